"""A .zip from anywhere becomes a set of pictures, or a sentence."""

import io
import zipfile

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from data import own_images
from data.dataset import DataError
from data.own_images import from_classes, most_images, read_folder_zip
from tests.data.own_pictures import folder, noise, picture, png_head, saved, zipped
from tests.training.toy import is_sentence

FINE = zipped(folder("cats", "dogs", count=8))


def refusal(content: bytes) -> str:
    with pytest.raises(DataError) as caught:
        read_folder_zip(content, size=16)
    assert is_sentence(str(caught.value))
    return str(caught.value)


def test_one_folder_for_each_class_is_divided_by_the_seed() -> None:
    images = read_folder_zip(FINE, size=16)
    assert images.class_names == ("cats", "dogs")
    assert images.x.shape == (16, 3, 16, 16)
    assert images.num_train == 12
    assert images.y[12:].bincount().tolist() == [2, 2]
    assert images.x[0, 0, -2, -2] == 5 + 20 * images.y[0]  # each picture keeps its class
    again, other = read_folder_zip(FINE, size=16), read_folder_zip(FINE, size=16, seed=1)
    assert torch.equal(images.x, again.x)
    assert not torch.equal(images.x, other.x)


def test_the_lectures_folders_are_kept_as_they_are() -> None:
    files = {}
    for part, count in (("train", 5), ("val", 2), ("test", 3)):
        files |= folder("cats", "dogs", count=count, before=f"project/data/{part}/")
    images = read_folder_zip(zipped(files), size=16)
    assert (images.num_train, len(images.y)) == (10, 20)
    assert images.class_names == ("cats", "dogs")
    assert "val and test" in images.report


def test_folders_without_a_test_are_divided() -> None:
    images = read_folder_zip(zipped(folder("cats", "dogs", before="train/")), size=16)
    assert (images.num_train, len(images.y)) == (6, 8)


@pytest.mark.parametrize("before", ["", "a/", "a/b/c/"])
def test_folders_around_and_inside_the_classes_do_not_matter(before: str) -> None:
    files = folder("cats", "dogs", before=before) | folder("deep/deeper", before=f"{before}cats/", count=2)
    images = read_folder_zip(zipped(files), size=16)
    assert images.class_names == ("cats", "dogs")
    assert images.y.bincount().tolist() == [6, 4]


def test_a_class_may_be_called_train() -> None:
    assert read_folder_zip(zipped(folder("train", "bus")), size=16).class_names == ("bus", "train")


def test_litter_is_passed_over_and_other_files_are_counted() -> None:
    litter = {"__MACOSX/cats/._1.png": b"x", "cats/.DS_Store": b"x", "dogs/Thumbs.db": b"x", "dogs/notes.txt": b"x"}
    images = read_folder_zip(zipped(folder("cats", "dogs") | litter | {"lost.png": saved(picture())}), size=16)
    assert len(images.y) == 8
    assert "no pictures: 1." in images.report
    assert "no folder of a class: 1." in images.report


def test_broken_pictures_are_named_and_the_rest_trains() -> None:
    bad = {"cats/cut.png": saved(noise(40))[:500], "dogs/huge.png": png_head(9000, 9000), "dogs/text.jpg": b"hello"}
    images = read_folder_zip(zipped(folder("cats", "dogs") | bad), size=16)
    assert len(images.y) == 8
    assert all(name in images.report for name in ("cut.png", "huge.png", "text.jpg"))


def test_a_class_with_one_picture_is_learnt_and_named() -> None:
    images = read_folder_zip(zipped(folder("cats", "dogs") | folder("fish", count=1)), size=16)
    fish = images.class_names.index("fish")
    assert fish in images.y[: images.num_train]
    assert "“fish”" in images.report


def test_a_class_without_training_pictures_is_left_out() -> None:
    files = folder("cats", "dogs", before="train/") | folder("cats", "dogs", "fish", before="test/")
    images = read_folder_zip(zipped(files), size=16)
    assert images.class_names == ("cats", "dogs")
    assert "“fish”" in images.report


def test_of_five_hundred_classes_the_ten_largest_are_used() -> None:
    names = [f"c{index:03d}" for index in range(500)]
    files = {f"{name}/0.png": saved(picture(8, 8)) for name in names} | folder(*names[40:50], count=2)
    images = read_folder_zip(zipped(files), size=8)
    assert images.class_names == tuple(names[40:50])
    assert "Of 500 folders" in images.report


def test_too_many_pictures_are_thinned_out_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_images, "MAX_IMAGES", 12)
    images = read_folder_zip(zipped(folder("cats", count=30) | folder("dogs", count=4)), size=16)
    assert images.y.bincount().tolist() == [8, 4]
    assert "too many at 16 pixels: 22." in images.report


def test_no_set_is_too_large_for_a_run_file() -> None:
    for size in (28, 64, 128):
        for is_grey in (False, True):
            assert most_images(size, is_grey) * size * size * (1 if is_grey else 3) <= 24 * 2**20


@pytest.mark.parametrize(
    ("files", "word"),
    [
        ({}, "no picture"),
        ({"a.txt": b"x"}, "no picture"),
        (folder("cats"), "only one class"),
        (folder("cats", "dogs", count=1), "too few"),
        ({"cats/a.png": b"x", "dogs/b.png": b"x"}, "None of the pictures"),
        ({"../../cats/a.png": saved(picture())}, "leads out"),
        ({"cats/../../a.png": saved(picture())}, "leads out"),
        ({"..\\cats\\a.png": saved(picture())}, "leads out"),
        ({"/etc/a.png": saved(picture())}, "leads out"),
        ({"C:/cats/a.png": saved(picture())}, "leads out"),
    ],
)
def test_a_zip_of_which_nothing_can_be_learnt_is_refused(files: dict[str, bytes], word: str) -> None:
    assert word in refusal(zipped(files))


def test_what_is_no_zip_is_refused() -> None:
    for content in (b"", b"hello", saved(picture()), FINE[: len(FINE) // 2]):
        assert "not a .zip" in refusal(content)


def test_a_zip_with_too_many_entries_is_refused_unopened() -> None:
    assert "5,000 files" in refusal(zipped({f"{index}.txt": b"" for index in range(5001)}))


def test_a_zip_that_unpacks_to_very_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_images, "MAX_UNPACKED_BYTES", 2_000_000)
    bomb = zipped({f"cats/{index}.bmp": bytes(500_000) for index in range(9)})
    assert len(bomb) < 10_000
    assert "unpack to more than" in refusal(bomb)


def test_one_entry_does_not_unpack_beyond_its_bound() -> None:
    images = read_folder_zip(zipped(folder("cats", "dogs") | {"cats/bomb.png": bytes(40 * 2**20)}), size=16)
    assert "bomb.png" in images.report


def test_pixels_are_counted_over_all_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_images, "MAX_UNPACKED_PIXELS", 24 * 16 * 6)
    images = read_folder_zip(zipped(folder("cats", "dogs", count=5)), size=16)
    assert len(images.y) == 6


def test_a_zip_larger_than_allowed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_images, "MAX_ZIP_BYTES", 100)
    assert "MB" in refusal(FINE)


def test_an_encrypted_entry_counts_as_broken() -> None:
    content = bytearray(FINE)
    place = content.rindex(b"PK\x01\x02")
    content[place + 8] |= 1  # says that it is encrypted
    images = read_folder_zip(bytes(content), size=16)
    assert len(images.y) == 15
    assert "cannot be read" in images.report


def test_a_zip_in_a_zip_is_not_opened() -> None:
    images = read_folder_zip(zipped(folder("cats", "dogs") | {"cats/more.zip": FINE}), size=16)
    assert len(images.y) == 8


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_a_damaged_zip_gives_a_set_or_a_sentence(data: st.DataObject) -> None:
    content = bytearray(FINE)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(len(content) // 2, len(content)))]
    try:
        images = read_folder_zip(bytes(content), size=8)
        found = len(images.y) == len(images.x) > 0
    except DataError as error:
        found = is_sentence(str(error))
    assert found


def test_grey_pictures_have_one_channel() -> None:
    assert read_folder_zip(FINE, size=28, is_grey=True).x.shape == (16, 1, 28, 28)


# ---- classes made on the spot --------------------------------------------------------------------------------------


def few(value: int, count: int = 3) -> list[np.ndarray]:
    return [np.full((20, 30, 3), value, dtype=np.uint8)] * count


def test_classes_made_on_the_spot_become_a_set() -> None:
    images = from_classes({"yes": few(200), "no": few(20)}, size=12, is_grey=True)
    assert images.class_names == ("yes", "no")
    assert images.x.shape == (6, 1, 12, 12)
    assert all(images.x[images.y == 0].flatten() == 200)
    assert 0 < images.num_train < 6


@pytest.mark.parametrize(
    ("classes", "word"),
    [
        ({}, "None of"),
        ({"yes": few(1)}, "only one class"),
        ({"yes": few(1), "no": []}, "no picture yet"),
        ({"yes": few(1, 1), "no": few(2, 1)}, "too few"),
        ({str(index): few(1) for index in range(11)}, "11 classes"),
        ({"yes": few(1, 900), "no": few(1, 900)}, "1,800 pictures"),
    ],
)
def test_too_little_or_too_much_is_said_in_a_sentence(classes: dict[str, list[np.ndarray]], word: str) -> None:
    with pytest.raises(DataError) as caught:
        from_classes(classes, size=28)
    assert is_sentence(str(caught.value))
    assert word in str(caught.value)


def test_names_are_cut_to_one_line() -> None:
    images = from_classes({"a\nb" * 100: few(1), "<b>": few(2)}, size=8)
    assert all(len(name) < 100 and "\n" not in name for name in images.class_names)


def test_an_entry_that_lies_about_its_size_is_counted_by_its_bytes() -> None:
    buffer = io.BytesIO(zipped(folder("cats", "dogs") | {"cats/lie.bmp": bytes(3_000_000)}))
    with zipfile.ZipFile(buffer) as archive:
        claimed = archive.getinfo("cats/lie.bmp").file_size
    content = buffer.getvalue().replace(claimed.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    images = read_folder_zip(content, size=16)
    assert "lie.bmp" in images.report
