"""The embedded pictures: as their sources say, unchanged, divided the same way each time."""

import hashlib
import re

import pytest
import torch

from data.dataset import DataError
from data.embedded import embedded
from data.images import IMAGE_SETS, LOADERS, load_images
from tests.rules.house import ROOT

SHAPES = {
    "fashion": (3600, 3000, 1, 28, 10),
    "digits": (2000, 1600, 1, 28, 10),
    "cats and dogs": (200, 160, 1, 28, 2),
    "drawings": (1000, 800, 1, 28, 10),
    "fruit": (575, 300, 3, 64, 5),
}
SOURCES = (ROOT / "data" / "files" / "SOURCES.md").read_text(encoding="utf-8")
FILES = re.findall(r"^\| `([\w.]+)` \|.*\| `([0-9a-f]{64})` \|$", SOURCES, re.MULTILINE)


@pytest.mark.parametrize(("name", "digest"), FILES)
def test_a_file_is_the_one_that_was_described(name, digest):
    assert hashlib.sha256(embedded(name).read_bytes()).hexdigest() == digest


def test_every_file_is_described():
    present = {path.name for path in (ROOT / "data" / "files").iterdir()}
    assert present == {"SOURCES.md", *(name for name, _ in FILES)}


@pytest.mark.parametrize("name", IMAGE_SETS)
def test_every_set_has_its_known_shape_and_source(name):
    images = load_images(name)
    total, num_train, channels, side, num_classes = SHAPES[name]
    assert images.x.shape == (total, channels, side, side)
    assert images.num_train == num_train
    assert len(images.class_names) == num_classes
    assert set(images.y.tolist()) == set(range(num_classes))
    assert "licence" in images.source or "CC BY" in images.source
    assert images.x.min() == 0
    assert images.x.max() == 255


@pytest.mark.parametrize("name", ["digits", "cats and dogs", "drawings"])
def test_each_class_gives_a_fifth_to_the_test(name):
    images = load_images(name)
    everyone, tested = images.y.bincount(), images.y[images.num_train :].bincount()
    assert (tested - 0.2 * everyone).abs().max() <= 0.5


def test_the_names_are_those_of_the_loaders():
    assert tuple(LOADERS) == IMAGE_SETS


def test_cats_and_dogs_are_the_first_drawings():
    pair, every = load_images("cats and dogs"), load_images("drawings")
    cats = every.x[every.y == 0].flatten(1).float().sum(1).sort().values
    assert torch.equal(pair.x[pair.y == 0].flatten(1).float().sum(1).sort().values, cats)


def test_a_set_is_read_once():
    assert load_images("digits") is load_images("digits")


def test_a_missing_file_is_named():
    with pytest.raises(DataError, match=r"^The file data/files/no\.npz is missing: .*\.$"):
        embedded("no.npz")
