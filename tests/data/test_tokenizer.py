"""Byte-level BPE: what is cut can be put together again, equal texts give equal tokenizers, bad files are named."""

import json

import pytest
import torch
from tokenizers import ByteLevelBPETokenizer, Tokenizer, pre_tokenizers

from data.dataset import DataError
from data.text import raw_text
from data.tokenizer import (
    BYTE_OF,
    END,
    MAX_JSON,
    MAX_LEARNT,
    PRE_TOKENISATIONS,
    as_tokens,
    gpt2,
    known_bpe,
    own_tokenizer,
    shown,
    train_bpe,
    well_formed,
)
from tests.training.toy import is_sentence

SENTENCE = "low lower lowest, newer newest wide wider widest; "
STRANGE = [
    "",
    " ",
    "a" * 3000,
    "é e\u0301 \u200b\u200d👩‍👩‍👧 \U0001f600",
    "مرحبا بالعالم",
    "日本語",
    "\x00\x07\r\n",
    "<script>&amp;",
]


@pytest.mark.parametrize("cut", PRE_TOKENISATIONS)
@pytest.mark.parametrize("text", STRANGE)
def test_any_text_comes_back(cut, text):
    for tokenizer in (train_bpe(SENTENCE * 20, 300, 2, cut), gpt2()):
        assert tokenizer.decode(tokenizer.encode(text)) == text
        assert b"".join(map(tokenizer.bytes_of, tokenizer.encode(text))) == text.encode()
        assert "".join(tokenizer.pieces(text)) == text


def test_the_merges_by_hand():
    """In "aab", " aab", " ab" the pair a-b comes three times; then a-ab twice, and what is left comes once."""
    tokenizer = train_bpe("aab aab ab", 300, 2)
    assert tokenizer.vocabulary[256:] == ("ab", "aab")
    a, b = tokenizer.encode("a")[0], tokenizer.encode("b")[0]
    assert tokenizer.merges == ((a, b, 256), (a, 256, 257))
    assert [tokenizer.vocabulary[index] for index in tokenizer.encode("aaab ab")] == ["a", "aab", "␣", "ab"]


def test_training_is_repeatable_and_as_the_lectures_library_does_it():
    text = raw_text("Alice")[:20_000]
    once = train_bpe.__wrapped__(text, 500)
    assert once == train_bpe.__wrapped__(text, 500)
    theirs = ByteLevelBPETokenizer()
    theirs.train_from_iterator([text], vocab_size=500, min_frequency=2, show_progress=False)
    assert Tokenizer.from_str(once.json).get_vocab() == theirs.get_vocab()
    assert once.encode(text) == theirs.encode(text).ids


def test_the_alphabet_is_the_librarys():
    assert sorted(BYTE_OF) == sorted(pre_tokenizers.ByteLevel.alphabet())
    assert sorted(BYTE_OF.values()) == list(range(256))
    assert BYTE_OF["Ġ"] == 32


def test_a_frequency_and_a_size_are_limits():
    text = SENTENCE * 3
    assert train_bpe(text, 256).num_tokens == 256
    assert train_bpe(text, 260).num_tokens == 260
    assert train_bpe(text, 5000, 1000).num_tokens == 256
    assert train_bpe(text, 5000, 2).num_tokens < 400


def test_merges_stay_within_the_pieces():
    text = "one 1234 two 1234 " * 30
    apart = train_bpe(text, 400, 2, "digits apart")
    assert not any("1" in apart.vocabulary[made] for _, _, made in apart.merges)
    assert "␣1234" in train_bpe(text, 400).vocabulary
    assert train_bpe("go on\n" * 30, 400, 2, "lines").vocabulary[-1] == "go␣on⏎"
    assert train_bpe("go on, " * 30, 400, 2, "white space").vocabulary[-2:] == ("␣on,", "␣go")


def test_special_tokens_stand_for_no_text():
    tokenizer = train_bpe(SENTENCE * 20, 300, 2, "GPT-2", (END,))
    assert tokenizer.special == (0,)
    assert tokenizer.encode(f"a{END}b")[1] == 0
    assert tokenizer.bytes_of(0) == END.encode()
    assert train_bpe(SENTENCE * 20, 300).special == ()


def test_gpt2_is_the_published_one():
    tokenizer = gpt2()
    assert tokenizer.num_tokens == 50_257
    assert len(tokenizer.merges) == 50_000
    assert tokenizer.special == (50_256,)
    assert tokenizer.encode("Hello world") == [15496, 995]
    assert Tokenizer.from_str(tokenizer.json).padding is None
    assert own_tokenizer(tokenizer.json).json == tokenizer.json


def test_merges_make_the_tokens():
    tokenizer = train_bpe(raw_text("Alice"), 600)
    assert len(tokenizer.merges) == 600 - 256
    for left, right, made in tokenizer.merges:
        assert tokenizer.bytes_of(made) == tokenizer.bytes_of(left) + tokenizer.bytes_of(right)


def test_tokens_are_shown_so_that_they_can_be_seen():
    assert shown(b" the\n") == "␣the⏎"
    assert shown("é".encode()) == "é"
    assert shown("é".encode()[:1]) == "c3"
    assert shown(b"\x00") == "00"
    assert shown("\u200d".encode()) == "e2 80 8d"


def test_lone_surrogates_become_a_sign():
    assert well_formed("a\ud800b") == "a�b"
    assert well_formed("\ud83d\ude00") == "\U0001f600"
    tokenizer = train_bpe("a\ud800b " * 30, 270)
    assert tokenizer.decode(tokenizer.encode("a\udfffb")) == "a�b"


@pytest.mark.parametrize("text", ["a" * 100_000, "ab" * 50_000, " " * 100_000, "日本語" * 30_000])
@pytest.mark.parametrize("cut", PRE_TOKENISATIONS)
def test_endless_stretches_are_cut(text, cut):
    tokenizer = train_bpe.__wrapped__(text, 2000, 2, cut)
    assert tokenizer.decode(tokenizer.encode(text)) == text


@pytest.mark.parametrize("cut", PRE_TOKENISATIONS)
def test_a_saved_tokenizer_comes_back(cut):
    saved = train_bpe(raw_text("Alice"), 400, 2, cut)
    again = own_tokenizer(saved.json)
    assert again.json == saved.json
    assert again.encode("Alice was late") == saved.encode("Alice was late")


def _changed(**parts):
    return json.dumps(json.loads(train_bpe(SENTENCE, 260).json) | parts)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[1, 2]",
        "no JSON",
        _changed(model={"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}),
        _changed(model={"type": "BPE", "vocab": {"a": 0}, "merges": []}),
        _changed(
            pre_tokenizer={"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Isolated", "invert": False}
        ),
        _changed(pre_tokenizer=None),
        _changed(normalizer={"type": "Lowercase"}),
        train_bpe(SENTENCE, 260).json[:-40],
    ],
)
def test_broken_files_are_named(content):
    with pytest.raises(DataError) as found:
        own_tokenizer(content)
    assert is_sentence(str(found.value))


def test_a_tokenizer_is_made_anew_from_its_parts():
    learnt = train_bpe(raw_text("Alice"), 500, pre_tokenisation="digits apart", special=("<end>",))
    parts = json.loads(learnt.json)["model"]
    tokens = sorted(parts["vocab"], key=parts["vocab"].get)
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in parts["merges"]]
    made = known_bpe(tokens, merges, ["<end>"], "digits apart", "made anew")
    text = "Alice was 17, or 18?<end>"
    assert made.encode(text) == learnt.encode(text)
    assert made.special == learnt.special
    assert made.decode(made.encode(text)) == text


def test_a_file_that_is_too_large_is_not_read():
    with pytest.raises(DataError, match=r"at most 10 MB are read"):
        own_tokenizer(" " * (MAX_JSON + 1))


def test_a_text_in_tokens():
    raw = raw_text("Alice")
    tokenizer = train_bpe(raw, 600)
    text = as_tokens(raw, "Alice", tokenizer)
    assert text.level == "BPE"
    assert text.join(text.ids) == raw
    assert torch.equal(text.numbers(raw), text.ids)
    assert text.itos == tokenizer.vocabulary
    assert 0.89 < text.num_train / len(text.ids) < 0.91
    assert text.num_test_characters == len(text.join(text.ids[text.num_train :]))
    assert as_tokens(raw, "Alice", tokenizer) is text


@pytest.mark.parametrize("text", ["", "  \n", "short", "ab" * 30])
def test_texts_that_cannot_be_learnt_from_are_refused(text):
    with pytest.raises(DataError) as found:
        as_tokens(text, "own", train_bpe("ab" * 40, 300))
    assert is_sentence(str(found.value))


def test_too_many_tokens_for_a_network_are_refused():
    assert gpt2().num_tokens > MAX_LEARNT
    with pytest.raises(DataError, match="train a smaller one"):
        as_tokens(SENTENCE * 20, "own", gpt2())
