"""Pictures of words: what they say, and that no word covers another."""

from itertools import combinations

import numpy as np
import pytest

from data.word_vectors import glove
from experiments.pretrained_words import JOBS, SHE, axis_of, nearest, plane_of
from figures import pretrained_words
from figures.packing import unpack
from figures.pretrained_words import HEIGHT, WIDTH, axis_still, label_boxes, plane_scene


def neighbourhood(word: str) -> list[str]:
    return [word, *(one.word for one in nearest(word, 14))]


@pytest.mark.parametrize("word", ["piano", "the", "king", "north", "1999", *glove().words[200:4800:400]])
def test_no_word_covers_another_and_all_are_inside(word: str) -> None:
    plane = plane_of(neighbourhood(word))
    boxes = label_boxes(pretrained_words._spots(plane.xy), plane.words, 1.15 * 12)
    for one, other in combinations(boxes, 2):
        assert pretrained_words._shared(one, other) < 20, "at most a corner"
    for left, top, wide, high in boxes:
        assert left >= 0
        assert top >= 0
        assert left + wide <= WIDTH
        assert top + high <= HEIGHT


def test_words_keep_out_of_arrows() -> None:
    plane = plane_of(["man", "king", "woman", "queen"])
    spots = pretrained_words._spots(plane.xy)
    beads = pretrained_words._along(spots, [(0, 1), (2, 3)])
    boxes = label_boxes(spots, plane.words, 14.0, beads)
    assert all(pretrained_words._shared(box, bead) == 0 for box in boxes for bead in beads)


@pytest.mark.parametrize("is_large", [False, True])
def test_a_click_on_a_word_says_which(is_large: bool) -> None:
    plane = plane_of(neighbourhood("river"))
    scene = unpack(plane_scene(plane, arrows=[(0, 1)], is_large=is_large))[0]
    spots = [item for item in scene["items"] if item["kind"] == "hot"]
    assert [spot["event"]["word"] for spot in spots] == list(plane.words)
    assert [spot["pressed"] for spot in spots] == [True] + [False] * 14
    assert "river" in scene["alt"]


def test_a_single_word_is_drawn_in_the_middle() -> None:
    spots = pretrained_words._spots(plane_of(["king"]).xy)
    np.testing.assert_allclose(spots, [[WIDTH / 2, HEIGHT / 2]])


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_an_axis_shows_places_from_the_mean(mode: str) -> None:
    axis = axis_of(SHE, JOBS.split())
    still = axis_still(axis, mode)  # type: ignore[arg-type]
    (bars,) = still.figure.data
    np.testing.assert_allclose(np.array(bars.x) + axis.mean, axis.places, atol=1e-6)
    assert list(bars.y) == list(axis.words)
    assert axis.words[0] in still.alt
    assert len(still.figure.layout.shapes) == 3
