"""The experiment of the page `encoder`: gaps, classes, one after the other, and what it shows of itself."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from data.dataset import DataError
from data.labelled import Labelled
from data.tokenizer import train_bpe
from experiments.encoder import EncoderExperiment
from experiments.encoder_data import corpus_of, make_corpus
from experiments.encoder_measures import clues_of, rank_correlation
from experiments.encoder_observation import GIVEN, KEPT, MASKED, REPLACED
from experiments.encoder_own import files_of, material_of
from experiments.encoder_races import num_steps, sides, starts
from experiments.encoder_settings import EncoderSettings
from models.encoder import CLS, MASK, PAD, SPECIAL, UNKNOWN
from tests.training.toy import is_sentence
from training.probe import evaluating
from training.settings import SettingsError

NAMES = {"task": "fill gaps", "data": "names", "level": "character"}
OWN = Labelled(
    "own table", tuple(f"the {word} is {i}" for i in range(20) for word in ("cat", "dog")), (0, 1) * 20, ("cat", "dog"),
    "mine",
)  # fmt: skip


def build(own=None, **changes):
    settings = EncoderSettings(**changes)
    torch.manual_seed(settings.seed)
    return EncoderExperiment(settings, own)


def test_own_tokens_are_asked_for_read_and_travel():
    tokenizer = train_bpe(" ".join(OWN.texts), 300).json
    settings = EncoderSettings(level="own BPE", data="own table")
    experiment = EncoderExperiment(settings, OWN, tokenizer)
    experiment.step()
    assert {"␣cat", "␣dog"} <= set(experiment.corpus.vocabulary)
    assert experiment.material == {"own": OWN, "tokenizer": tokenizer}
    back = material_of(files_of(experiment.material))
    assert (back["tokenizer"], back["own"].texts) == (tokenizer, OWN.texts)
    with pytest.raises(SettingsError, match="tokenizer of your own"):
        EncoderExperiment(settings, OWN)
    with pytest.raises(DataError, match="not a tokenizer"):
        material_of({"tokenizer.json": b"{}"})


# ---- examples ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["word", "character", "BPE"])
def test_an_example_can_be_read_back(level):
    corpus = make_corpus(EncoderSettings(level=level, data="authors", max_len=32), None)
    assert corpus.vocabulary[:4] == SPECIAL
    assert (corpus.ids[:, 0] == CLS).all()
    assert (corpus.is_token.sum(1) == torch.tensor([len(row) for row in corpus.symbols])).all()
    for row in (0, 5, len(corpus.ids) - 1):
        assert corpus.symbols_of(corpus.text_of(row))[-2:] == list(corpus.symbols[row][-2:])
    for number, written in zip(corpus.ids[3].tolist(), corpus.symbols[3], strict=False):
        assert number == UNKNOWN or corpus.vocabulary[number] == written


def test_no_sentence_is_in_training_and_in_the_test():
    texts = Labelled("own table", tuple(f"a{i} b{i} " * 20 for i in range(40)), (0, 1) * 20, ("x", "y"), "mine")
    corpus = corpus_of(texts, "word", 8)
    found = [{word for row in part for word in row[1:]} for part in
             (corpus.symbols[: corpus.num_train], corpus.symbols[corpus.num_train :])]  # fmt: skip
    assert not found[0] & found[1]
    assert len(found[1]) == 2 * 8


def test_long_sentences_are_cut_and_it_says_so():
    corpus = make_corpus(EncoderSettings(max_len=8), None)
    assert corpus.ids.shape[1] == 8
    assert "cut into pieces" in corpus.report[0]


def test_what_was_never_trained_on_is_unknown():
    corpus = make_corpus(EncoderSettings(), None)
    assert corpus.row_of("zzyzx", 16) == [CLS, UNKNOWN]
    assert corpus.row_of("", 16) == [CLS]
    assert len(corpus.row_of("la " * 500, 16)) == 16


@pytest.mark.parametrize(
    ("changes", "own"),
    [({"data": "own table"}, None), ({"data": "Alice"}, None), ({"data": "own table", "level": "word"}, "few words")],
)
def test_what_cannot_be_built_says_so(changes, own):
    brought = Labelled("own table", tuple(f"{own} {i}" for i in range(4)), (0, 1) * 2, ("a", "b"), "") if own else None
    with pytest.raises((SettingsError, DataError)) as found:
        build(brought, **changes)
    assert is_sentence(str(found.value))


def test_own_texts_are_learnt_and_travel():
    experiment = build(OWN, data="own table")
    for _ in range(60):
        experiment.step()
    assert experiment.evaluate()["test_accuracy"] == 1
    back = material_of(files_of(experiment.material))["own"]
    assert (back.texts, back.labels, back.class_names) == (OWN.texts, OWN.labels, OWN.class_names)
    with pytest.raises(DataError):
        material_of({"labelled.json": b'{"texts": ["a"], "labels": [3], "class_names": ["x", "y"], "report": []}'})
    with pytest.raises(DataError):
        material_of({"labelled.json": b"{"})


# ---- two stages ----------------------------------------------------------------------------------------------------


def test_labels_come_after_the_gaps_and_frozen_weights_stay():
    experiment = build(task="pretrain and freeze", pretrain_steps=20, num_labels=50)
    for _ in range(20):
        assert experiment.is_filling
        experiment.step()
    assert not experiment.is_filling
    assert experiment.steps_per_epoch == math.ceil(50 / 16)
    before = {name: weight.clone() for name, weight in experiment.model.named_parameters()}
    experiment.step()
    moved = {name for name, weight in experiment.model.named_parameters() if not torch.equal(weight, before[name])}
    assert moved == {"fc.weight", "fc.bias"}


def test_pretraining_does_not_look_at_labels():
    """With all labels changed, the weights after filling gaps are the same."""
    one, other = (build(task="pretrain first", pretrain_steps=20) for _ in range(2))
    other._labels = (other._labels + 1) % 10
    for experiment in (one, other):
        torch.manual_seed(5)
        for _ in range(20):
            experiment.step()
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_state_of_the_second_stage_comes_back():
    one, other = (build(task="pretrain first", pretrain_steps=20, num_labels=50) for _ in range(2))
    for _ in range(25):
        one.step()
    other.load_state_dict(one.state_dict())
    assert other.evaluate() == one.evaluate()
    with pytest.raises(IndexError):
        other.load_state_dict({**one.state_dict(), "order": torch.tensor([10**6] * 50)})
    with pytest.raises(IndexError):
        other.load_state_dict({**one.state_dict(), "place": [25, 50, 0]})


def test_the_loss_of_gaps_is_that_of_the_gaps_alone():
    experiment = build(**NAMES, mask_share=0.4)
    rows = torch.arange(8)
    torch.manual_seed(3)
    loss = experiment.gap_loss(rows)
    loss.backward()
    torch.manual_seed(3)
    is_asked = experiment._can_be_asked[rows] & (torch.rand(8, 16) < 0.4)
    others, dice = torch.randint(UNKNOWN + 1, len(experiment.corpus.vocabulary), (8, 16)), torch.rand(8, 16)
    hidden = torch.where(is_asked & (dice < 0.1), others, experiment._ids[rows]).masked_fill(
        is_asked & (dice >= 0.2), MASK
    )
    logits = experiment.filler(hidden, experiment._ids[rows] != PAD)
    wanted = F.cross_entropy(logits[is_asked], experiment._ids[rows][is_asked])
    torch.testing.assert_close(loss, wanted)


def test_guessing_by_how_often_symbols_come_is_the_line_to_beat():
    experiment = build(**NAMES)
    loss, accuracy = experiment.corpus.unigram
    assert 2.5 < loss < math.log(len(experiment.corpus.vocabulary))
    test = experiment.corpus.ids[experiment.corpus.num_train :]
    train = experiment.corpus.ids[: experiment.corpus.num_train]
    best = train[train > UNKNOWN].mode().values
    assert accuracy == pytest.approx((test[test > UNKNOWN] == best).float().mean().item())


# ---- what it shows -------------------------------------------------------------------------------------------------


def test_gaps_are_shown_as_the_network_sees_them():
    gaps = build(**NAMES, mask_share=0.4, random_share=0.5, kept_share=0.2).observe().gaps
    assert {GIVEN, MASKED, REPLACED, KEPT} == set(gaps.role.ravel().tolist())
    for row, place in np.ndindex(gaps.role.shape):
        role, shown, right = int(gaps.role[row, place]), gaps.symbols[row][place], gaps.right[row][place]
        assert (shown == "[MASK]") == (role == MASKED)
        assert (gaps.said[row][place] != "") == (role != GIVEN) == bool(np.isfinite(gaps.chance[row, place]))
        if role in (GIVEN, KEPT):
            assert shown == right


def test_occlusion_by_hand():
    """Leaving a symbol out by the mask is reading the sentence as if nobody could see it."""
    experiment = build()
    for _ in range(30):
        experiment.step()
    x = experiment._ids[:1]
    with evaluating(experiment.model.modules()):
        clues = clues_of(experiment.model, x, uses_mask=True)
        seen = x != PAD
        whole = experiment.model(x, seen).log_softmax(1)[0]
        seen[0, 2] = False
        without = experiment.model(x, seen).log_softmax(1)[0]
    assert clues.occlusion[0, 2].item() == pytest.approx((whole.max() - without[whole.argmax()]).item(), abs=1e-5)
    assert clues.attention.sum().item() == pytest.approx(1, abs=1e-5)


def test_rank_correlation_by_hand():
    one = torch.tensor([1.0, 2.0, 3.0, 4.0])
    assert rank_correlation(one, one.exp()) == pytest.approx(1)
    assert rank_correlation(one, -one) == pytest.approx(-1)
    assert rank_correlation(one, torch.tensor([2.0, 1.0, 4.0, 3.0])) == pytest.approx(0.6)


def test_a_hidden_word_is_guessed_and_attention_moves():
    experiment = build(**NAMES)
    filled = experiment.fill("anna", (2, 99))
    assert filled.symbols == ("[CLS]", *"anna")
    (guess,) = filled.guesses
    assert (guess.place, guess.right) == (2, "n")
    assert list(guess.chances) == sorted(guess.chances, reverse=True)
    assert guess.chance <= guess.chances[0] + 1e-6
    np.testing.assert_allclose(filled.before.sum(3), 1, atol=1e-5)
    assert np.abs(filled.after - filled.before).max() > 1e-4
    shown, chances = experiment.each_place("anna")
    assert chances[1] == pytest.approx(guess.chance, abs=1e-5)
    assert len(shown) == len(chances) == 4


def test_a_network_that_sees_the_left_only_guesses_the_same_whatever_follows():
    experiment = build(**NAMES, sees="left only")
    guesses = [experiment.fill(text, (2,)).guesses[0].chances for text in ("annabel", "anton")]
    assert guesses[0] == pytest.approx(guesses[1], abs=1e-6)
    _, weights, seen = experiment.maps("anna")
    assert (weights[:, :, ~seen] == 0).all()


def test_more_padding_changes_nothing_with_the_mask():
    experiment = build(max_len=32)
    lengths = experiment.corpus.is_token[experiment.corpus.num_train :].sum(1)
    masked, unmasked = experiment.padded(int(lengths.argmin()), 10)
    assert masked.shape == unmasked.shape == (11, 10)
    assert experiment.padded(int(lengths.argmax()), 99)[0].shape == (32 - 16 + 1, 10)
    np.testing.assert_allclose(masked, masked[:1].repeat(11, 0), atol=1e-5)
    assert np.abs(unmasked - unmasked[:1]).max() > 1e-3


def test_the_confusion_matrix_counts_every_test_example():
    experiment = build()
    counts = experiment.verdict()
    assert counts.sum() == len(experiment.corpus.ids) - experiment.corpus.num_train


def test_before_the_blocks_a_symbol_at_a_place_is_one_point():
    experiment = build()
    states = experiment.states(200)
    assert states.xy.shape == (2, len(states.symbols), 2)
    assert ((states.shares > 0) & (states.shares <= 1)).all()
    assert all(symbol in context for symbol, context in zip(states.symbols, states.contexts, strict=True))


# ---- races ---------------------------------------------------------------------------------------------------------


def test_the_races_differ_in_what_they_are_about_only():
    settings = EncoderSettings(num_labels=100)
    tasks = [entrant.settings for entrant in starts(EncoderExperiment, settings)]
    assert [each.task for each in tasks] == ["classify", "pretrain first", "pretrain and freeze"]
    assert len({each.changed(task="classify") for each in tasks}) == 1
    assert num_steps(settings) > settings.pretrain_steps
    pair = [entrant.build(entrant.settings) for entrant in sides(EncoderExperiment, settings)]
    sizes = [sum(weight.numel() for weight in one.parameters()) for one in pair]
    assert sizes[0] == sizes[1]
    assert [one.model.sees_right for one in pair] == [True, False]
    assert starts(EncoderExperiment, EncoderSettings(task="fill gaps", data="Alice"))[0].settings.data == "languages"


def test_a_name_is_cut_into_characters_whatever_the_knob_says():
    experiment = build(data="names", level="word")
    assert experiment.observe().level == "character"
    assert all(len(symbol) == 1 for symbol in experiment.corpus.vocabulary[4:])
