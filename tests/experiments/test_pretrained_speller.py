"""Spelling to sounds: what the trained network says, how it is scored, and a small one that learns the same."""

import numpy as np
import pytest
import torch

from data.dataset import DataError
from data.extras import MissingExtraError
from data.pairs import SPELLING, PairTask, given_texts
from data.phonemes import EXAMPLES
from experiments.pretrained_shelf import _shelf, memory
from experiments.pretrained_speller import (
    MADE_UP,
    MOST_WORDS,
    NUM_JUDGED,
    OF_G2P,
    judged,
    of_dictionary,
    pretrained_score,
    spell,
    speller,
    task,
    words_of,
)
from experiments.pretrained_speller_ours import SpellerExperiment, SpellerSettings, score_of
from training.lessons import run_trial
from training.run import Run


def test_the_weights_fit_the_signs() -> None:
    network = speller()
    assert network.letters.num_embeddings == len(task().source_signs) == 29
    assert network.phonemes.num_embeddings == len(OF_G2P.signs) == 74
    assert memory()["speller"] == 4 * sum(weight.numel() for weight in network.parameters())
    assert OF_G2P.signs.index("UW") == OF_G2P.signs.index("UW0") - 1
    assert task().source_signs[3:] == tuple("abcdefghijklmnopqrstuvwxyz"), "letters are numbered as in the weights"


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [("knight", "N AY1 T"), ("xylophone", "Z AY1 L AH0 F OW2 N"), ("blick", "B L IH1 K"), ("wug", "W AH1 G")],
)
def test_it_spells(word: str, phonemes: str) -> None:
    seen = spell(word)
    assert " ".join(seen.phonemes) == phonemes
    assert seen.is_over
    assert seen.letters == (*word, "end")
    assert [tops[0][0] for tops in seen.likeliest] == [*seen.phonemes, "end"]
    assert all(tops[0][1] >= tops[1][1] >= tops[2][1] for tops in seen.likeliest)
    assert seen.update.shape == (len(word) + 1,)
    np.testing.assert_allclose(np.diag(seen.likeness), 1, atol=1e-5)
    np.testing.assert_allclose(seen.likeness, seen.likeness.T, atol=1e-6)


@pytest.mark.parametrize(("word", "wrong"), [("colonel", "K AA1 L AH0 N AH0 L"), ("fbi", "B AY1")])
def test_what_follows_no_rule_it_gets_wrong(word: str, wrong: str) -> None:
    assert " ".join(spell(word).phonemes) == wrong


def test_made_up_words_are_in_no_dictionary_here_and_are_spelt() -> None:
    known = {"".join(word) for word, _ in given_texts(SPELLING, "English")}
    for word in MADE_UP:
        assert word not in known
        assert {sign.rstrip("012") for sign in spell(word).phonemes} <= set(EXAMPLES)


def test_words_are_taken_as_they_are_typed() -> None:
    assert words_of("  Café NAÏVE ") == ["cafe", "naive"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "type a word"),
        ("don't", "without “'”"),
        ("日本", "a to z only"),
        ("a" * 21, "at most 20"),
        ("a " * (MOST_WORDS + 1), "at most 6"),
    ],
)
def test_what_cannot_be_read_costs_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        words_of(text)


def test_the_judged_words_are_held_out_here_and_on_the_page_of_the_transformer() -> None:
    pairs = PairTask(SPELLING)
    held_out = {tuple(row) for row in pairs.held_out.sources.tolist()}
    assert len(held_out) == 800
    assert NUM_JUDGED <= 800
    torch.manual_seed(0)
    wide = pairs.held_out.sources.shape[1]
    drawn = torch.nn.functional.pad(pairs.next_batch(7200).sources, (0, 9))[:, :wide]
    assert not held_out & {tuple(row) for row in drawn.tolist()}
    assert len(pairs.test.sources) == 64
    assert {tuple(row) for row in torch.nn.functional.pad(pairs.test.sources, (0, 9))[:, :wide].tolist()} <= held_out


def test_the_trained_one_is_right_on_most_words_of_its_dictionary() -> None:
    score = pretrained_score()
    assert score.num_words == NUM_JUDGED
    assert 0.78 < score.accuracy < 0.88
    assert 0.02 < score.error_rate < 0.07
    assert score.accuracy == pytest.approx(1 - len(score.mistakes) / NUM_JUDGED)
    tomb = next(one for one in score.mistakes if one.word == "tomb")
    assert tomb.said == ("T", "AA", "M")
    assert tomb.right == ("T", "UW", "M")


def test_a_small_one_learns_and_stays_behind() -> None:
    """The table of the tab: half as many steps are enough to see it."""
    run = Run(SpellerExperiment, SpellerSettings())
    numbers = run_trial(run, 300)
    score = run.look(score_of)
    assert numbers["first_test_accuracy"] < 0.02
    assert numbers["test_loss"] < 0.4 * numbers["first_test_loss"]
    assert numbers["test_accuracy"] == pytest.approx(score.accuracy)
    assert 0.2 < score.accuracy < pretrained_score().accuracy - 0.2
    assert score.error_rate > 3 * pretrained_score().error_rate


def test_the_same_seed_gives_the_same_run_and_a_checkpoint_restores_it() -> None:
    settings = SpellerSettings(hidden_dim=16, batch_size=8)

    def fresh() -> SpellerExperiment:
        torch.manual_seed(3)
        return SpellerExperiment(settings)

    first, second = fresh(), fresh()
    for experiment in (first, second):
        torch.manual_seed(5)
        for _ in range(3):
            experiment.step()
    assert first.evaluate() == second.evaluate()
    state = {name: [part.clone() for part in value] if name == "weights" else value
             for name, value in first.state_dict().items()}  # fmt: skip
    other = fresh()
    other.load_state_dict(state)
    assert other.evaluate() == first.evaluate()
    assert other.epoch == first.epoch == pytest.approx(24 / 7200)
    assert judged(other.model, of_dictionary()) == score_of(first)


def test_without_the_package_there_is_one_sentence(without_extras: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(_shelf, "speller", raising=False)
    with pytest.raises(MissingExtraError, match=r"^g2p-en is not installed here"):
        speller()
