"""The tabs "Rounding" and "Low rank": they open at every moment, say what was measured, and leave the run as it is."""

import time

import pytest
import torch
from streamlit.testing.v1 import AppTest

from experiments.pretrained import PretrainedExperiment
from experiments.pretrained_low_rank import Change, Cut
from experiments.pretrained_rounding import Alone, Cost
from experiments.pretrained_settings import PretrainedSettings
from experiments.pretrained_storage import LARGE
from training.run import Run
from ui.pretrained_low_rank import change_words, cut_words, large_table, race_words
from ui.pretrained_rounding import NO_NUMBERS, fewest_bits, table, words, worst_words

SECONDS = 120


def page():
    import streamlit as st

    from ui.pretrained_low_rank import low_rank_tab
    from ui.pretrained_rounding import rounding_tab

    run = st.session_state["run"]
    {"Rounding": rounding_tab, "Low rank": low_rank_tab}[st.session_state["tab"]](run, run.poll())


def opened(run, tab):
    app = AppTest.from_function(page, default_timeout=SECONDS)
    app.session_state["run"], app.session_state["tab"] = run, tab
    return checked(app.run())


def checked(app):
    assert not app.exception
    assert not app.error
    return app


def said(app):
    return " ".join([*(text.value for text in app.markdown), *(text.value for text in app.caption)])


def trained(*steps):
    run = Run(PretrainedExperiment, PretrainedSettings())
    for count in steps:
        take(run, count)
    return run


def take(run, steps):
    run.take(steps)
    while run.is_playing:
        run.advance(1.0)
    assert not run.poll().has_failed


@pytest.fixture(scope="module")
def run():
    return trained(40)


# ---- the run is not touched ------------------------------------------------------------------------------------------


def same(one, other):
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def test_the_run_goes_on_bit_for_bit_as_if_nobody_had_looked():
    watched, alone = trained(10), trained(25)
    app = opened(watched, "Rounding")
    app.session_state["pretrained_round_who"] = "from scratch"
    checked(app.run())
    opened(watched, "Low rank")
    take(watched, 15)
    assert same(watched.experiment.state_dict(), alone.experiment.state_dict())
    assert watched.experiment.tuned.training == alone.experiment.tuned.training
    assert all(weight.requires_grad for weight in watched.experiment.parameters())
    mine, yours = watched.history(), alone.history()
    assert all((mine.values[name] == yours.values[name]).all() for name in yours.values)


# ---- rounding --------------------------------------------------------------------------------------------------------


def test_every_choice_of_the_rounding_tab_works(run):
    app = opened(run, "Rounding")
    for key, value in [
        ("pretrained_round_who", "frozen"),
        ("pretrained_round_form", "min-max"),
        ("pretrained_round_what", "Loss"),
        ("pretrained_round_few", 8),
        ("pretrained_round_per", "row"),
        ("pretrained_round_per", "group"),
        ("pretrained_round_who", "from scratch"),
    ]:
        app.session_state[key] = value
        checked(app.run())
    assert "| 2 |" in said(app)
    scale = next(one for one in app.number_input if one.key.startswith("pretrained_round_part"))
    scale.set_value(scale.max)
    checked(app.run())
    for name in app.selectbox[0].options:
        app.selectbox[0].set_value(name)
        checked(app.run())
        assert f"In all of {name} rounding moves" in said(app)


def test_before_training_both_tabs_say_so():
    fresh = trained()
    assert "train until it knows something" in said(opened(fresh, "Rounding"))
    assert "has changed nothing yet" in said(opened(fresh, "Low rank"))


@pytest.mark.parametrize("tab", ["Rounding", "Low rank"])
def test_a_run_that_ran_away_is_said_to_have_no_numbers(tab):
    run = trained(1)
    with torch.no_grad():
        run.experiment.tuned.conv2.weight[0, 0] = torch.nan
    app = opened(run, tab)
    assert [one.value for one in app.info] == [NO_NUMBERS]


FULL = Cost(32, "–", 0.80, 0.60, 400_000, 0.0)


def costs_of(*accuracies):
    """As if each number of bits had such an accuracy, and finer scales a little less."""
    found = [FULL]
    for bits, accuracy in zip((8, 6, 4, 3, 2), accuracies, strict=True):
        for place, per in enumerate(("tensor", "row", "group")):
            found.append(Cost(bits, per, accuracy - 0.01 * place, 0.7, 12_000 * bits + 1000 * place, 0.1))
    return tuple(found)


COSTS = costs_of(0.80, 0.80, 0.79, 0.60, 0.10)


def test_the_words_on_rounding_are_the_numbers():
    text = words(COSTS, 200, 10)
    assert "**4.1 times less room**" in text  # 400 of 97 kB
    assert "gets 79.0% right instead of 80.0%; with 4 bits 78.0%, in 49 of 400 kB" in text
    assert "about ±2.8%" in text  # √(0.8 · 0.2 / 200)
    assert "**4 bits** and a scale a layer: 48 kB" in text
    assert "| 3 | 60.0% · 0.70 · 36 | 59.0% · 0.70 · 37 | 58.0% · 0.70 · 38 |" in table(COSTS).replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_the_smallest_copy_may_be_none_and_a_guesser_has_nothing_to_lose():
    bad = costs_of(0.5, 0.4, 0.3, 0.2, 0.1)
    assert fewest_bits(bad, 0.03) is None
    assert "No way of rounding keeps it that close." in words(bad, 200, 10)
    guesser = (Cost(32, "–", 0.11, 2.3, 400_000, 0.0), *COSTS[1:])
    assert "Who guesses loses nothing" in words(guesser, 200, 10)
    assert "Who guesses" not in words(COSTS, 200, 2)


def test_the_worst_layer_is_named_and_whether_size_is_the_reason():
    small, large = Alone("conv1", 144, 0.6, 1.1, 0.2), Alone("conv4", 73_728, 0.8, 0.59, 0.3)
    text = worst_words((small, large), FULL, 3)
    assert "conv1 costs most:** rounded alone to 3 bits it raises the loss by 0.500 nats, with 144 weights" in text
    assert "conv4 with 73,728, changes it by −0.010" in text
    assert "The largest" not in worst_words((Alone("conv4", 73_728, 0.6, 1.1, 0.3), small), FULL, 3)
    assert "no layer rounded alone" in worst_words((large,), FULL, 8)


# ---- low rank --------------------------------------------------------------------------------------------------------


def test_every_choice_of_the_low_rank_tab_works(run):
    app = opened(run, "Low rank")
    for name in app.selectbox[0].options:
        app.selectbox[0].set_value(name)
        checked(app.run())
    for rank in (1, 64):
        app.session_state["pretrained_rank_large"] = rank
        app.session_state["pretrained_rank_which"] = "all linear layers"
        checked(app.run())
    assert "134,515,008" in said(app)


def test_the_race_of_ranks_ends_with_what_each_has_to_store(run):
    app = opened(run, "Low rank")
    app.button(key="pretrained_ranks_go").click()
    checked(app.run())
    end = time.monotonic() + 300
    while "kB a task" not in said(app):
        assert time.monotonic() < end, "the race did not end"
        time.sleep(0.5)
        checked(app.run())
    text = said(app)
    assert "low rank\\, r \\= 1 | 2,547 | 2.6% | 10.2 |" in text  # 1,257 in the layers, 1,290 in the head
    assert "| in full | 98,682 | 100.0% | 394.7 |" in text


def change(name, needed, by_chance, count=100):
    import numpy as np

    def values(few):
        found = np.zeros(count, dtype=np.float32)
        found[:few] = 1.0
        return found

    # so many equal singular values that nine tenths of them are `needed`
    return Change(name, (count, count), 0.1, values(int(needed / 0.9)), values(int(by_chance / 0.9)))


def test_a_change_that_is_not_of_low_rank_is_called_so_with_its_number():
    low, high = change("conv4", 8, 90), change("conv1", 81, 90)
    assert (low.needed, high.needed, high.needed_by_chance) == (8, 81, 90)
    text = change_words((low, high))
    assert "Of low rank: conv4 (8 of 100, random 90)." in text
    assert "**Not of low rank:** conv1 (81 of 100, random 90)." in text
    assert "Not of low rank" not in change_words((low,))
    assert "Of low rank" not in change_words((high,))
    assert "and 3 more" in change_words((high,) * 9)
    assert "**Not of low rank:** conv1 (7 of 9" in change_words((change("conv1", 7, 8, 9),)), "8 of 9 would be all"


def test_what_the_race_says_is_what_it_measured():
    labels = ["head only", "low rank, r = 8", "in full"]
    text = race_words(labels, [(0.05, 0.8), (0.02, 0.78), (0.01, 0.77)], 200)
    assert "0.050 with the head alone, 0.020 with low rank\\, r \\= 8, 0.010 in full" in text
    assert "best with head only, 80.0%; but the 200 test pictures do not tell the 3 apart" in text
    assert "two standard errors are 5.7%" in text  # 2 √(0.8 · 0.2 / 200)
    assert "need a new head" in text
    text = race_words(labels, [(0.05, 0.4), (0.02, 0.78), (0.01, 0.8)], 200)
    assert "best with in full, 80.0%; 2 of 3 are within" in text
    assert "need a new head" not in text


def test_what_a_cut_keeps_is_said_as_a_share_of_the_gain():
    measured = (Cut(0, 0.2, 2.0, 0), Cut(8, 0.5, 1.0, 10_000), Cut(None, 0.8, 0.6, 96_912))
    text = cut_words(measured, 200)
    assert "Rank 8 of every change, 10,000 numbers instead of 96,912, gives 50.0%: 50% of the gain" in text
    for accuracy in (0.8, 0.75):  # two standard errors are 0.057
        text = cut_words((Cut(0, accuracy, 2.0, 0), *measured[1:]), 200)
        assert "of the gain" not in text
        assert "no gain that 200 test pictures could show" in text


def test_the_table_of_large_models_is_the_formula():
    text = large_table(LARGE, 8, all_layers=False)
    assert "6,738,415,616 | 13,477 MB | 4,194,304 | 8.4 MB | 1,607 ×" in text
    assert "134,515,008 | 269 MB | 460,800 | 0.9 MB | 292 ×" in text
