"""Every kind of picture file is read, or refused in a sentence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from data.dataset import DataError
from data.pictures import MAX_FILE_BYTES, SUFFIXES, fitted, read_image, read_picture
from tests.data.own_pictures import noise, picture, png_head, saved
from tests.training.toy import is_sentence

KINDS = {".jpg": "JPEG", ".jpeg": "JPEG", ".tif": "TIFF", ".tiff": "TIFF"}


def refusal(content: bytes, name: str = "a.png") -> str:
    with pytest.raises(DataError) as caught:
        read_image(name, content, 32)
    assert is_sentence(str(caught.value))
    assert "a.png" in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_kind_that_is_named_is_read(suffix: str) -> None:
    kind = KINDS.get(suffix, suffix[1:].upper())
    pixels = read_image("a" + suffix, saved(picture(), kind), 32)
    assert pixels.shape == (16, 24, 3)
    assert pixels.dtype == np.uint8
    assert np.abs(pixels[-3, -3].astype(int) - (200, 40, 10)).max() < 12


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I;16", "I", "F"])
def test_every_kind_of_pixel_is_read(mode: str) -> None:
    image = picture()
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    elif mode in ("1", "LA", "I", "F"):
        image = image.convert("L").convert(mode)
    elif mode != "RGB":
        image = image.convert(mode)
    kind = {"CMYK": "TIFF", "YCbCr": "TIFF", "LAB": "TIFF", "F": "TIFF", "I": "TIFF", "PA": "GIF"}.get(mode, "PNG")
    if mode == "PA":
        image = image.convert("P")
    pixels = read_image("a", saved(image, kind), 32)
    assert pixels.shape == (16, 24, 3)
    assert pixels[2, 2].min() > 180  # the white corner
    assert pixels[-2, -2].mean() < 180


def test_a_cmyk_photo_keeps_its_colours() -> None:
    pixels = read_image("a.jpg", saved(picture().convert("CMYK"), "JPEG", quality=95), 32)
    assert np.abs(pixels[-3, -3].astype(int) - (200, 40, 10)).max() < 12


def test_sixteen_bits_are_brought_to_eight() -> None:
    values = np.array([[0, 257 * 100], [257 * 200, 65535]], dtype=np.uint16)
    read = read_picture("a.png", saved(Image.fromarray(values)), 32)
    assert read.pixels[..., 0].tolist() == [[0, 100], [200, 255]]
    assert is_sentence(read.notes[0])


def test_numbers_that_are_none_do_no_harm() -> None:
    values = np.array([[0.0, np.nan], [np.inf, 4.0]], dtype=np.float32)
    assert read_image("a.tif", saved(Image.fromarray(values), "TIFF"), 32)[..., 0].tolist() == [[0, 0], [0, 255]]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_as_its_camera_held_it(orientation: int) -> None:
    upright = noise(40)
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = upright.transpose(turns[orientation]) if orientation in turns else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert np.array_equal(read_image("a.png", saved(stored, exif=exif), 40), np.asarray(upright))


def test_what_is_see_through_stands_on_white() -> None:
    image = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    assert read_image("a.png", saved(image), 8).min() == 255


def test_of_a_moving_picture_the_first_is_taken() -> None:
    frames = [picture(colour=(250, 0, 0)), picture(colour=(0, 0, 250))]
    read = read_picture("a.gif", saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), 32)
    assert read.pixels[-2, -2, 0] > 200
    assert "moves" in read.notes[0]


def test_a_large_picture_is_made_smaller_in_its_proportions() -> None:
    assert read_image("a.jpg", saved(Image.new("RGB", (3000, 1500)), "JPEG"), 128).shape == (64, 128, 3)
    assert read_image("a.png", saved(Image.new("RGB", (2000, 1))), 100).shape == (1, 100, 3)


@pytest.mark.parametrize("size", [(10_000, 10_000), (65_500, 65_500), (2_000_000_000, 3)])
def test_too_many_pixels_are_refused_before_they_are_unpacked(size: tuple[int, int]) -> None:
    assert "million pixels" in refusal(png_head(*size)) or "no picture" in refusal(png_head(*size))


def test_a_jpeg_of_a_hundred_megapixels_is_refused() -> None:
    assert "million pixels" in refusal(saved(Image.new("L", (10_000, 10_000)), "JPEG"))
    assert "8,000×8,000" in refusal(png_head(8_000, 8_000))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_half_a_picture_is_refused(kind: str) -> None:
    whole = saved(noise(64), kind)
    assert refusal(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"hello, I am a text", "no picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture"),  # would start another program
        (bytes(MAX_FILE_BYTES + 1), "MB"),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes, word: str) -> None:
    assert word in refusal(content)


WHOLE = {kind: saved(noise(20), kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")}


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_bytes_that_were_cut_or_changed_give_a_picture_or_a_sentence(kind: str, data: st.DataObject) -> None:
    content = bytearray(WHOLE[kind])
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))]
    try:
        pixels = read_image("a", bytes(content), 16)
        found = max(pixels.shape[:2]) <= 16
    except DataError as error:
        found = is_sentence(str(error))
    assert found


def test_a_name_of_a_thousand_letters_is_cut() -> None:
    with pytest.raises(DataError) as caught:
        read_image("../" + "x" * 1000 + "\n.png", b"no", 16)
    assert len(str(caught.value)) < 250
    assert ".." not in str(caught.value)


def test_the_middle_square_is_taken() -> None:
    pixels = np.zeros((10, 30, 3), dtype=np.uint8)
    pixels[:, 10:20] = 255
    assert fitted(pixels, 10, is_grey=True).tolist() == [[[255] * 10] * 10]
    assert fitted(pixels, 4, is_grey=False).shape == (3, 4, 4)
