"""The page `tokenizer`: bits per byte are what they say, texts are split alike for all, bad ones are named."""

import math

import numpy as np
import pytest
import torch

from data.dataset import DataError
from data.text import raw_text
from data.tokenizer import END, gpt2, train_bpe
from experiments.sequences import Own
from experiments.tokenizer import TokenizerExperiment
from experiments.tokenizer_inside import BATCH, end_of, padded, sample_texts, side_by_side, spans_of, ways_of
from experiments.tokenizer_race import RACED, entrants
from experiments.tokenizer_settings import TokenizerSettings
from experiments.tokenizer_task import JUDGED, parts_of
from tests.training.toy import is_sentence
from training.settings import SettingsError


def build(own=None, **changes):
    torch.manual_seed(0)
    return TokenizerExperiment(TokenizerSettings(**changes), own)


def test_a_byte_costs_eight_bits_where_nothing_is_known():
    experiment = build(vocab_size=256)
    with torch.no_grad():
        for weight in experiment.parameters():
            weight.zero_()
    row = experiment.evaluate()
    assert row["test_loss"] == pytest.approx(math.log(256), rel=1e-5)
    assert row["bits_per_byte"] == pytest.approx(8, rel=1e-5)
    assert row["bytes_per_token"] == 1
    np.testing.assert_allclose(experiment.observe().bits, 8, rtol=1e-5)


def test_every_vocabulary_is_judged_on_the_same_text():
    raw = raw_text("Alice")
    train, tail = parts_of(raw)
    assert len(train) == len(raw) - round(0.1 * len(raw))
    assert raw.startswith(train + tail)
    assert len(tail) == JUDGED
    for size in (256, 4000):
        task = build(vocab_size=size).task
        assert task.tokenizer.decode(task.windows[:, -1].tolist()) == tail
        assert task.num_bytes == len(tail.encode())
        assert task.tokenizer.decode(task.train_ids.tolist()) == train


def test_each_judged_token_follows_what_is_read():
    task = build(window=4).task
    row = torch.cat([task.train_ids[-4:], task.windows[:, -1]])
    assert torch.equal(task.windows, row.unfold(0, 5, 1))
    batch = task.next_batch(16)
    assert batch.shape == (16, 5)


def test_the_network_by_hand():
    model = build(window=2).model
    x = torch.tensor([[3, 7]])
    read = torch.cat([model.embed.weight[3], model.embed.weight[7]])
    hidden = torch.tanh(model.mix.weight @ read + model.mix.bias)
    torch.testing.assert_close(model(x)[0], model.fc.weight @ hidden + model.fc.bias)


def test_the_order_of_the_tokens_matters():
    model = build().model
    assert not torch.allclose(model(torch.tensor([[3, 7]])), model(torch.tensor([[7, 3]])))


def test_what_is_observed_is_what_the_network_says():
    experiment = build()
    for _ in range(20):
        experiment.step()
    seen = experiment.observe()
    windows = experiment.task.windows[: len(seen.ids)]
    with torch.no_grad():
        chances = experiment.model(windows[:, :-1]).softmax(1)
    np.testing.assert_allclose(2.0**-seen.bits, chances[range(len(windows)), windows[:, -1]], rtol=1e-4)
    names = experiment.task.tokenizer.vocabulary
    assert seen.guesses[5][0] == names[int(chances[5].argmax())]
    assert "".join(seen.tokens).startswith(experiment.task.tokenizer.vocabulary[int(seen.ids[0])])
    assert seen.num_bytes.sum() <= 260


def test_merges_of_another_book_are_used():
    other, same = (build(text="Finnish declaration", learnt_from=name) for name in ("Alice", "the same text"))
    assert other.task.tokenizer == build().task.tokenizer
    assert other.task.bytes_per_token < same.task.bytes_per_token
    assert set(other.data_files) == {"alice.txt", "udhr_10_languages.tsv"}


@pytest.mark.parametrize("text", ["a" * 5000, "short", "ab", " \n" + "a" * 400 + "\n"])
def test_texts_that_cannot_be_used_are_named(text):
    with pytest.raises(DataError) as found:
        build(Own(text=text), text="own text")
    assert is_sentence(str(found.value))


def test_no_text_of_ones_own_is_named():
    with pytest.raises(SettingsError, match="no text of your own yet"):
        build(text="own text")


@pytest.mark.parametrize(
    "text", ["日本語のテキスト。" * 60, "ab " * 400, "e\u0301\u200b 👩‍👩‍👧 مرحبا " * 50, "a\ud800b " * 100]
)
def test_any_script_is_learnt_from(text):
    experiment = build(Own(text=text), text="own text", vocab_size=300)
    experiment.step()
    assert all(math.isfinite(value) for value in experiment.evaluate().values())
    assert experiment.observe().tokens


def test_the_race_changes_the_vocabulary_only():
    settings = TokenizerSettings(window=4)
    raced = entrants(settings, None)
    assert [one.settings.vocab_size for one in raced] == list(RACED)
    assert all(one.settings.changed(vocab_size=512) == settings for one in raced)
    assert raced[0].build(raced[0].settings).task.num_tokens == 256


def test_spans_are_whole_characters():
    tokenizer = train_bpe(raw_text("Alice"), 512)
    for made in (tokenizer, gpt2()):
        text = "née 日本 👩‍👩‍👧 مرحبا \u200b<b>&"
        pieces, spans = spans_of(made, text)
        assert "".join(span.text for span in spans) == text
        assert [place for span in spans for place in span.tokens] == list(range(len(pieces)))
        assert bytes.fromhex("".join(piece.bytes for piece in pieces)).decode() == text
    several = [span.text for span in spans_of(tokenizer, "aé日")[1] if len(span.tokens) > 1]
    assert several == ["é", "日"]
    assert spans_of(tokenizer, "") == ([], [])
    assert spans_of(gpt2(), f"a{END}")[0][1].is_special


def test_ways_are_compared():
    train = "one two three. One two!"
    texts = ["one two four", "ünd"]
    made = {cut.name: cut for cut in side_by_side(ways_of(train, train_bpe(train, 300)), texts)}
    assert made["white space"].counts == (3, 1)
    assert made["white space"].unknown == (1, 1)
    assert made["words, the lecture's"].vocabulary == 3
    assert made["words, the lecture's"].unknown == (1, 1)
    assert made["characters"].counts == (12, 3)
    assert made["characters"].unknown == (2, 2)
    assert made["bytes"].counts == (12, 4)
    assert made["GPT-2"].counts[0] == 3
    assert all(made[name].unknown == (0, 0) for name in ("bytes", "this page's BPE", "GPT-2"))


def test_other_languages_cost_more_tokens():
    texts = sample_texts()
    assert len(texts) == 12
    cost = {name: len(gpt2().encode(text)) / len(text.split()) for name, text in texts.items()}
    assert cost["English"] < 1.3
    assert min(cost["German"], cost["Polish"], cost["Finnish"]) > 1.5 * cost["English"]


def test_gpt2_has_nothing_to_pad_with():
    with pytest.raises(DataError, match=r"^GPT-2 has no padding token, and these texts have 4, 13, 2 tokens"):
        padded(gpt2(), BATCH, None)
    assert end_of(gpt2()) == 50_256
    assert end_of(train_bpe("a b", 256)) is None
    ids, is_text = padded(gpt2(), BATCH, 50_256)
    assert ids.shape == is_text.shape == (3, 13)
    assert is_text.sum(axis=1).tolist() == [4, 13, 2]
    assert (ids[~is_text] == 50_256).all()
    assert padded(gpt2(), ["a", "b"], None)[0].shape == (2, 1)
