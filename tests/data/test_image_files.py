import json

import pytest
import torch

from data.dataset import DataError
from data.image_files import PIXELS, WORDS, files_of, material_of
from data.own_images import read_folder_zip
from tests.data.own_pictures import folder, zipped
from tests.training.toy import is_sentence

OWN = read_folder_zip(zipped(folder("cats", "dogs")), size=12)


def test_pictures_go_into_files_and_come_back() -> None:
    back = material_of(files_of({"own": OWN}))["own"]
    assert torch.equal(back.x, OWN.x)
    assert torch.equal(back.y, OWN.y)
    assert (back.num_train, back.class_names, back.report) == (OWN.num_train, OWN.class_names, OWN.report)


def test_nothing_brought_is_no_file() -> None:
    assert files_of({}) == {}
    assert material_of({}) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"size": [3, 12, 13]},
        {"size": [3, 10_000, 10_000]},
        {"y": [0, 1]},
        {"y": [0, 1, 2, 0, 1, 2, 0, 1]},
        {"num_train": 8},
        {"class_names": [str(index) for index in range(11)]},
    ],
)
def test_what_does_not_fit_together_is_refused(change: dict[str, object]) -> None:
    files = files_of({"own": OWN})
    files[WORDS] = json.dumps(json.loads(files[WORDS]) | change).encode()
    with pytest.raises(DataError) as caught:
        material_of(files)
    assert is_sentence(str(caught.value))


@pytest.mark.parametrize("files", [{WORDS: b"{}"}, {PIXELS: b""}, {WORDS: b"no", PIXELS: b""}])
def test_half_of_it_is_refused(files: dict[str, bytes]) -> None:
    with pytest.raises(DataError):
        material_of(files)
