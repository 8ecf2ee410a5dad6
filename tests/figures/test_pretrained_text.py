"""Pictures of sentence vectors and of heads: arrays come out as they went in, words mean only themselves."""

import numpy as np
import pytest

from experiments.pretrained_attention import Habits
from experiments.pretrained_authors import Learning
from figures.attention_maps import AttentionMaps
from figures.attention_view import PAGE, attention_scene
from figures.packing import unpack
from figures.pretrained_attention import habits_still, hidden_still
from figures.pretrained_sentences import MOST_NUMBERED, cosines_still, learning_still, points_still, ranks_still

TEXTS = ("<b>one</b>", "two", "a sentence that goes on for longer than an axis has room")
MODES = pytest.mark.parametrize("mode", ["light", "dark"])


@MODES
def test_cosines_stand_side_by_side_with_their_numbers(mode):
    vectors, words = np.full((3, 3), -0.25), np.eye(3)
    vectors[0, 2] = vectors[2, 0] = 0.5
    still = cosines_still(TEXTS, vectors, words, mode)
    left, right = still.figure.data
    assert (np.array(left.z) == vectors).all()
    assert (np.array(right.z) == words).all()
    assert list(left.text[0]) == ["−25", "−25", "50"]
    assert (left.zmin, left.zmax) == (-1, 1)
    assert "&lt;b&gt;" in still.figure.layout.yaxis.ticktext[0]
    assert "By sentence vectors 1 and 3 are closest, with 0.50" in still.alt


def test_many_cells_keep_their_numbers_for_the_pointer():
    for number, is_written in ((MOST_NUMBERED, True), (MOST_NUMBERED + 1, False)):
        still = cosines_still(["text"] * number, np.eye(number), np.eye(number), "light")
        assert (still.figure.data[0].texttemplate is not None) == is_written


@MODES
def test_points_have_their_numbers(mode):
    still = points_still(TEXTS, np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]), (0.5, 0.25), mode)
    assert list(still.figure.data[0].text) == ["1", "2", "3"]
    assert still.figure.layout.xaxis.title.text == "main direction, 50% of the variance"
    assert points_still(TEXTS[:2], np.zeros((2, 2)), (0.0, 0.0), mode)


@MODES
def test_the_closest_is_on_top(mode):
    still = ranks_still(TEXTS, np.array([0.1, 0.9, -0.3]), np.array([0.5, 0.0, 0.2]), mode)
    vectors, words = still.figure.data
    assert vectors.x.tolist() == [0.9, 0.1, -0.3]
    assert words.x.tolist() == [0.0, 0.5, 0.2]
    assert still.figure.layout.xaxis.range[0] < -0.3
    assert still.alt == "Closest to the question: 2 two, with 0.90."


@MODES
def test_accuracies_have_the_level_of_chance(mode):
    learning = Learning(np.array([5, 10]), np.array([0.5, 0.75]), np.array([0.25, 0.5]), 40, ("a", "b", "c", "d"))
    still = learning_still(learning, mode)
    assert still.figure.data[2].y.tolist() == [0.25, 0.25]
    assert "with 10 examples of each author 75% against 50%" in still.alt


@MODES
def test_each_behaviour_has_its_map(mode):
    shares = np.zeros((4, 2, 3))
    shares[0, 1, 2], shares[3] = 1.0, np.nan
    still = habits_still(Habits(shares, np.full(4, 0.1)), ["one", "two", "three", "four"], mode)
    assert len(still.figure.data) == 4
    assert list(still.figure.data[0].text[1]) == ["0", "0", "100"]
    assert list(still.figure.data[3].text[0]) == ["", "", ""]
    assert "one: layer 2, head 3" in still.alt
    assert "four" not in still.alt


@MODES
def test_attention_stands_above_what_hiding_costs(mode):
    still = hidden_still(("[CLS]", "<i>", "b"), np.array([0.8, 0.1, 0.1]), np.array([0.0, 0.3, 0.1]), mode)
    assert [trace.y.tolist() for trace in still.figure.data] == [[0.8, 0.1, 0.1], [0.0, 0.3, 0.1]]
    assert still.alt == "Most attention goes to [CLS]; hiding <i> turns the vector most."


def test_many_heads_stand_below_each_other():
    weights = np.full((6, 12, 4, 4), 0.25, dtype=np.float32)
    packet = unpack(attention_scene(AttentionMaps(weights, tuple("abcd"), tuple("abcd")), 0, 2))[0]
    boxes = {item["id"]: item["box"] for item in packet["items"] if item["kind"] == "hot" and "head:" in item["id"]}
    assert len(boxes) == 72
    assert boxes["head:0:0"][0] == boxes["head:0:11"][0], "the heads of a layer"
    assert boxes["head:0:0"][1] == boxes["head:5:0"][1], "the first head of all layers"
    assert boxes["head:0:0"][2] > 20, "large enough to see"
    texts = {item["text"] for item in packet["items"] if item["kind"] == "text"}
    assert {"head 12", "layer", "6"} <= texts
    assert boxes["head:5:11"][1] + boxes["head:5:11"][3] <= PAGE.height
