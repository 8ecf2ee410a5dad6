"""The experiment of the page `attention`: its tasks, and what it says about heads, lengths and order."""

import math

import numpy as np
import pytest
import torch
from torch import Generator

from experiments.attention import AttentionExperiment
from experiments.attention_hand import work_out
from experiments.attention_heads import BEHAVIOURS, entropies, evened_heads, names_of, shares
from experiments.attention_inside import HOW, LENGTHS
from experiments.attention_settings import MAX_LEN, AttentionSettings
from experiments.attention_tasks import WHO_WORDS, draw, recipe_of
from models.attention import causal_mask
from models.attention_inside import attention_weights
from training.settings import SettingsError, choices_of

TASKS = choices_of(AttentionSettings.model_fields["task"])


def build(**changes):
    settings = AttentionSettings(**changes)
    torch.manual_seed(settings.seed)
    return AttentionExperiment(settings)


def drawn(task, n=50, **changes):
    settings = AttentionSettings(task=task, **changes)
    return draw(task, recipe_of(settings), n, Generator().manual_seed(0))


# ---- tasks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_fixed", [False, True])
def test_the_next_letter_of_a_block_came_after_the_same_letter_before(is_fixed):
    found = drawn(f"repeats, {'fixed' if is_fixed else 'random'} period")
    periods = set()
    for inputs, targets, weights in zip(*found, strict=True):
        assert torch.equal(inputs[1:], targets[:-1])
        period = int((weights == 0).sum()) + 1
        periods.add(period)
        assert len(set(inputs[:period].tolist())) == period
        assert torch.equal(inputs[period:], inputs[:-period])
        assert torch.equal(weights, (torch.arange(1, 21) >= period).float())
    assert periods == {10} if is_fixed else periods == set(range(4, 11))


def test_a_longer_sequence_repeats_blocks_as_long_as_in_training():
    settings = AttentionSettings()
    for length in (10, 60):
        recipe = recipe_of(settings, length)
        assert (recipe.seq_len, recipe.shortest, recipe.longest) == (length, 4, 10)


def test_each_other_task_wants_what_it_says():
    inputs, targets, weights = drawn("previous letter")
    assert torch.equal(targets[:, 1:], inputs[:, :-1])
    assert weights.sum(1).tolist() == [19.0] * 50
    inputs, targets, _ = drawn("reverse")
    assert torch.equal(targets.flip(1), inputs)
    inputs, targets, _ = drawn("sort")
    assert (targets.diff(dim=1) >= 0).all()
    assert torch.equal(targets.sort(1).values, inputs.sort(1).values)
    inputs, targets, weights = drawn("random letters")
    assert torch.equal(targets[:, :-1], inputs[:, 1:])
    inputs, targets, weights = drawn("who did it")
    assert torch.equal(targets[:, -1], inputs[:, 0])
    assert (inputs[:, 0] != inputs[:, 2]).all()
    assert weights.sum() == 50
    assert build(task="who did it").observe().words == ("dog", "bites", "man", "?")
    assert build(task="who did it", shown=2).observe().words == ("man", "bites", "dog", "?")


# ---- heads ---------------------------------------------------------------------------------------------------------

TOKENS = torch.tensor([[0, 1, 2, 0, 1, 2]])
SEEN = causal_mask(6)


def looking(places):
    """Weights of one layer with one head that looks at one place from each."""
    weights = torch.zeros(1, 1, 1, 6, 6)
    weights[0, 0, 0, range(6), places] = 1
    return weights


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("previous", [0, 0, 1, 2, 3, 4]),
        ("duplicate", [0, 0, 0, 0, 1, 2]),
        ("induction", [0, 0, 0, 1, 2, 3]),
        ("itself", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_a_head_that_does_one_thing_has_all_its_mass_there(name, places):
    found, by_chance = shares(looking(places), TOKENS, SEEN)
    scores = dict(zip(BEHAVIOURS, found.flatten().tolist(), strict=True))
    assert scores[name] == pytest.approx(1)
    assert all(score < 0.5 for other, score in scores.items() if other != name)
    assert names_of(found, by_chance) == [name]


def test_what_chance_gives_is_what_looking_at_all_alike_gives():
    alike = (SEEN / SEEN.sum(1, keepdim=True)).expand(1, 1, 1, 6, 6)
    found, by_chance = shares(alike, TOKENS, SEEN)
    torch.testing.assert_close(found.flatten(), by_chance)
    induction = [1 / 4, 1 / 5, 1 / 6]  # of the places 4 to 6
    assert by_chance[list(BEHAVIOURS).index("induction")] == pytest.approx(sum(induction) / 3)
    assert names_of(found, by_chance) == [""]
    assert entropies(alike, SEEN).item() == pytest.approx(1)
    assert entropies(looking([0, 0, 1, 2, 3, 4]), SEEN).item() == pytest.approx(0, abs=1e-6)


def test_without_repetition_there_is_no_score_for_it():
    found, _ = shares(looking([0, 0, 1, 2, 3, 4]), torch.arange(6)[None], SEEN)
    scores = dict(zip(BEHAVIOURS, found.flatten().tolist(), strict=True))
    assert math.isnan(scores["duplicate"])
    assert math.isnan(scores["induction"])
    assert not math.isnan(scores["previous"])


def test_an_evened_head_looks_at_all_it_may_alike_and_only_while_asked():
    experiment = build()
    tokens = experiment.judged.inputs[:4]
    before = attention_weights(experiment.model, tokens)
    with evened_heads(experiment.model, [(0, 1)]):
        inside = attention_weights(experiment.model, tokens)
    alike = causal_mask(20) / causal_mask(20).sum(1, keepdim=True)
    torch.testing.assert_close(inside[0][:, 1], alike.expand(4, 20, 20))
    assert torch.equal(inside[0][:, 0], before[0][:, 0])
    assert not torch.allclose(inside[1], before[1])
    assert torch.equal(attention_weights(experiment.model, tokens)[0], before[0])


@pytest.mark.parametrize("how", HOW)
def test_the_loss_without_a_head_is_that_of_the_network_without_it(how):
    experiment = build(mask="none")
    with torch.no_grad():
        whole = experiment.loss(experiment.model(experiment.judged.inputs), experiment.judged).item()
    assert experiment.loss_with([], how) == pytest.approx(whole)
    rises = experiment.losses_without(how)
    assert rises.shape == (2, 2)
    assert (rises != 0).all()
    assert experiment.loss_with([(1, 0)], how) - whole == pytest.approx(rises[1, 0], abs=1e-6)


# ---- order and length ----------------------------------------------------------------------------------------------


def test_order_is_lost_without_positions_and_mask_only():
    bare = build(positions="none")
    assert bare.shuffle_difference(is_masked=False) < 1e-10
    assert bare.shuffle_difference(is_masked=True) > 1e-2
    assert bare.model.mask == "causal"
    assert build(positions="learned").shuffle_difference(is_masked=False) > 1e-2


@pytest.mark.parametrize("task", [task for task in TASKS if task != "who did it"])
def test_other_lengths_can_be_tried(task):
    found = build(task=task, seq_len=8, d_model=16).accuracy_by_length()
    assert found.shape == (len(LENGTHS),)
    assert ((found >= 0) & (found <= 1)).all()
    assert max(LENGTHS) <= MAX_LEN


def test_the_future_pulls_on_nothing_behind_a_causal_mask():
    assert build().future_gradient() == 0.0
    assert build(mask="none").future_gradient() > 1e-3


def test_the_two_sentences_about_the_dog_are_one_without_positions():
    assert build(task="who did it", positions="none").evaluate()["swap_difference"] < 1e-6
    assert build(task="who did it").evaluate()["swap_difference"] > 1e-3


# ---- what is shown -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", TASKS)
def test_the_observation_is_of_the_watched_sequence(task):
    experiment = build(task=task, shown=3)
    seen = experiment.observe()
    assert seen.weights.shape == (2, 2, len(seen.words), len(seen.words))
    np.testing.assert_allclose(seen.weights.sum(3), 1, rtol=1e-5)
    assert (seen.weights[:, :, ~seen.is_seen] == 0).all()
    asked = experiment.judged.weights[2] > 0
    assert [bool(word) for word in seen.wanted] == asked.tolist()
    assert np.isnan(seen.chances).tolist() == (~asked).tolist()
    assert set(seen.words) <= set(WHO_WORDS if task == "who did it" else "abcdefghijkl")


@pytest.mark.parametrize(
    ("changes", "word"), [({"n_heads": 3}, "evenly"), ({"d_model": 24, "n_heads": 8, "positions": "RoPE"}, "pairs")]
)
def test_what_cannot_be_shared_is_said_in_a_sentence(changes, word):
    with pytest.raises(SettingsError, match=word) as caught:
        build(**changes)
    assert str(caught.value).endswith(".")


def test_a_place_beyond_the_epoch_is_refused():
    experiment = build()
    state = experiment.state_dict()
    with pytest.raises(IndexError):
        experiment.load_state_dict({**state, "place": [0, 10**6, 0]})


# ---- by hand -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("positions", ["learned", "RoPE", "ALiBi"])
@pytest.mark.parametrize("layer", [0, 1])
def test_the_calculation_by_hand_gives_the_weights_of_the_network(positions, layer):
    experiment = build(positions=positions, seq_len=8, d_model=16)
    worked = work_out(experiment.given((), layer), 1, is_causal=True)
    seen = experiment.observe()
    assert worked.tokens == seen.words
    np.testing.assert_allclose(worked.weights, seen.weights[layer, 1], atol=1e-6)


def test_what_is_typed_is_read_where_every_word_is_known():
    experiment = build()
    assert experiment.given(("a", "c", "a")).tokens == ("a", "c", "a")
    assert experiment.given(("the", "cat")).tokens == experiment.observe().words[:8]
