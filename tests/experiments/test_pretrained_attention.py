"""Heads of a trained encoder: scores by hand, and what the page says of them measured again."""

import numpy as np
import pytest

from data.dataset import DataError
from experiments.pretrained_attention import BEHAVIOURS, CLS, FIRST, SEP, habits, reading, typical_habits

IDS = np.array([CLS, 7, 8, 7, SEP])
NAMES = list(BEHAVIOURS)


def looking(places):
    """One head whose every place looks at one other only."""
    return np.eye(len(places))[places][None, None]


@pytest.mark.parametrize(
    ("name", "places", "share"),
    [
        ("previous token", [0, 0, 1, 2, 3], 1),
        ("previous token", [1, 2, 3, 4, 0], 0),
        ("next token", [1, 2, 3, 4, 0], 1),
        ("itself", [0, 1, 2, 4, 3], 3 / 5),
        ("same token elsewhere", [0, 3, 0, 1, 0], 1),
        ("same token elsewhere", [0, 1, 2, 1, 4], 1 / 2),
        ("[CLS]", [0, 0, 0, 0, 1], 4 / 5),
        ("[SEP]", [4, 4, 4, 4, 4], 1),
    ],
)
def test_scores_by_hand(name, places, share):
    assert habits([(IDS, looking(places))]).shares[NAMES.index(name), 0, 0] == pytest.approx(share)


def test_a_head_that_looks_everywhere_has_what_chance_gives():
    found = habits([(IDS, np.full((1, 1, 5, 5), 0.2)), (IDS[:2], np.full((1, 1, 2, 2), 0.5))])
    np.testing.assert_allclose(found.shares[:, 0, 0], found.by_chance)
    assert found.names() == ("",)


def test_without_a_repetition_there_is_no_score():
    found = habits([(np.array([CLS, 7, SEP]), np.full((1, 1, 3, 3), 1 / 3))])
    assert np.isnan(found.shares[NAMES.index("same token elsewhere")]).all()
    assert found.names() == ("",)


def test_what_the_page_says_of_typical_heads():
    found = typical_habits()
    shares = dict(zip(NAMES, found.shares, strict=True))
    assert found.best(NAMES.index("previous token")) == (0, 2)
    assert shares["previous token"].max() > 0.99
    assert shares["next token"].max() > 0.6
    assert shares["same token elsewhere"].max() > 0.3 > 5 * found.by_chance[NAMES.index("same token elsewhere")]
    assert shares["[CLS]"].mean() > 0.3
    assert shares["[SEP]"].max() < 0.1, "other than BERT's own heads, these rest on [CLS]"
    names = found.names()
    assert len(names) == 72
    assert names[2] == "previous token"
    assert 30 < names.count("[CLS]") < 60


def test_what_is_looked_at_most_matters_least():
    seen = reading(FIRST)
    assert seen.tokens[0] == "[CLS]"
    assert seen.received.sum() == pytest.approx(1, abs=1e-5)
    assert seen.received.argmax() == 0
    assert seen.received[0] > 0.4
    assert seen.turned.argmin() == 0
    assert seen.turned[0] < 0.02 < 10 * seen.turned[0] < seen.turned.max()
    assert 0 < seen.agreement < 0.95


def test_a_pair_is_read_with_both_texts_marked():
    seen = reading("The cat sleeps.", "A kitten naps.")
    assert seen.tokens == ("[CLS]", "the", "cat", "sleeps", ".", "[SEP]", "a", "kitten", "nap", "##s", ".", "[SEP]")
    assert seen.types.tolist() == [0] * 6 + [1] * 6
    assert seen.weights.shape == (6, 12, 12, 12)
    np.testing.assert_allclose(seen.weights.sum(-1), 1, atol=1e-5)


def test_one_word_has_no_order_to_agree_with():
    assert np.isnan(reading("Yes").agreement)


@pytest.mark.parametrize(("text", "words"), [(" ", "nothing to read"), ("word " * 47, "49 tokens, and at most 48")])
def test_a_bad_text_costs_a_sentence(text, words):
    with pytest.raises(DataError, match=words):
        reading(text)
