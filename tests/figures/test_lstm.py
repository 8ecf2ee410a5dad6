"""Pictures of the page `lstm`, for every cell and kind of task."""

import numpy as np
import pytest
import torch

from experiments.lstm import LSTMExperiment
from experiments.lstm_settings import LSTMSettings
from figures.lstm import PAGE, PROJECTOR, card_scene, chosen, levels_of, lstm_scene, map_tops
from figures.lstm_cell import numbers_of, sentences
from figures.lstm_still import gate_terms, gradient_by_lag, largest_terms, match_map, track_map, unit_over_time
from figures.packing import unpack
from figures.theme import ON_PROJECTOR
from training.history import Columns

STEPS = np.arange(0, 2000, 2)
HISTORY = Columns(STEPS, {name: 1 / (1 + STEPS) for name in ("loss", "test_loss")})
CASES = [
    {},
    {"cell": "gru", "task": "memory", "seq_len": 60},
    {"cell": "rnn", "task": "copy"},
    {"task": "Alice", "hidden_dim": 64, "start": 30},
    {"task": "Alice", "level": "word"},
    {"task": "sunspots"},
    {"task": "adding", "cell": "rnn"},
]
per_case = pytest.mark.parametrize("settings", CASES, ids=str)


def observe(**settings):
    torch.manual_seed(0)
    return LSTMExperiment(LSTMSettings(**settings)).observe()


def items(packet):
    return unpack(packet)[0]["items"]


def draw(seen, **more):
    return lstm_scene(seen, HISTORY, **{"unit": 1, "at": 3, "step": 12, **more})


@per_case
@pytest.mark.parametrize("is_large", [False, True])
def test_every_task_and_cell_is_drawn_in_few_bytes(settings, is_large):
    seen = observe(**settings)
    packet = draw(seen, is_large=is_large)
    kinds = [item["kind"] for item in items(packet)]
    assert kinds.count("plane") == len(seen.signals)
    assert {"sheet", "edges", "lines", "axes"} <= set(kinds)
    assert len(packet) < 24_000


@per_case
def test_nothing_leaves_the_picture_and_words_are_large_enough_on_a_projector(settings):
    seen = observe(**settings)
    tops, height = map_tops(seen, PROJECTOR)
    assert tops[-1] + height + 3.2 * ON_PROJECTOR.label < PROJECTOR.height
    assert (np.diff(tops) > height).all()
    for item in items(draw(seen, is_large=True)):
        if item["kind"] == "text":
            assert 0 <= item["at"][0] <= PROJECTOR.width
            assert 0 <= item["at"][1] <= PROJECTOR.height
            assert item["size"] >= 12
    tops, height = map_tops(seen, PAGE)
    assert tops[-1] + height + 3.2 * PAGE.scale.label < PAGE.height


def test_each_map_can_be_clicked_and_other_sequences_reached():
    spots = {item["id"]: item for item in items(draw(observe())) if item["kind"] in ("plane", "hot")}
    assert {"map:forget", "map:input", "map:proposal", "map:output", "map:cell", "map:hidden"} <= set(spots)
    assert spots["row:-1"]["disabled"]
    assert "disabled" not in spots["row:1"]
    assert "window:1" not in spots, "the whole sequence is shown"
    spots = {item["id"]: item for item in items(draw(observe(task="Alice"))) if item["kind"] == "hot"}
    assert "disabled" not in spots["window:1"]


def test_a_choice_beyond_the_window_is_brought_back():
    seen = observe()
    assert chosen(seen, 99, 99) == (15, 19)
    assert chosen(seen, -3, -3) == (0, 0)
    draw(seen, unit=99, at=99)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("step", [0, 6])
def test_the_numbers_in_the_diagram_make_the_new_state(cell, step):
    seen = observe(cell=cell)
    n = numbers_of(seen, 2, step)
    if cell == "lstm":
        assert n["kept"] + n["written"] == pytest.approx(n["cell"], abs=1e-6)
        assert n["output"] * n["bent"] == pytest.approx(n["hidden"], abs=1e-6)
        assert f"{n['cell']:.2f}".replace("-", "−") in sentences(cell, n)[0]
    elif cell == "gru":
        assert n["kept"] + n["written"] == pytest.approx(n["hidden"], abs=1e-6)
    assert n["before"] == (0 if step == 0 else pytest.approx(float(seen.of("hidden")[step - 1, 2])))


def test_lines_that_would_lie_upon_each_other_are_not_both_drawn():
    levels = levels_of(observe(task="Alice"))
    values = [level.value for level in levels]
    assert values == sorted(values)
    assert np.diff(values).min() > 0.5


@per_case
def test_a_card_is_small_and_without_words(settings):
    packet = card_scene(observe(**settings))
    assert {item["kind"] for item in items(packet)} == {"sheet"}
    assert len(packet) < 12_000


def test_an_exploded_network_is_drawn_too():
    torch.manual_seed(0)
    experiment = LSTMExperiment(LSTMSettings())
    with torch.no_grad():
        for weight in experiment.parameters():
            weight.fill_(float("nan"))
    seen = experiment.observe()
    draw(seen)
    card_scene(seen)


def test_the_terms_drawn_add_up_to_the_sum():
    torch.manual_seed(0)
    experiment = LSTMExperiment(LSTMSettings())
    parts = experiment.parts(unit=0, step=4)
    for part in parts:
        assert sum(value for _, value in largest_terms(part, "(")) == pytest.approx(part.sum, abs=1e-5)
    still = gate_terms(parts, "(", "light")
    assert len(still.figure.data) == 4


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_still_pictures_say_what_they_show(mode):
    seen = observe()
    curves = {"one": np.array([1.0, 0.1]), "two": np.array([1.0, 0.0])}
    counts = np.array([[0.0, 1.0, np.nan]])
    for still in (
        unit_over_time(seen, 0, 3, mode),
        gradient_by_lag(curves, mode),
        track_map(np.zeros((3, 2)), ["step", "vowel"], mode),
        match_map([["a", "<b>", ""]], counts, 2, 1, mode),
    ):
        assert still.alt.endswith(".")
        assert still.figure.data
    assert "<b>" not in str(match_map([["a", "<b>", ""]], counts, 2, 1, mode).figure.data[0].text)
