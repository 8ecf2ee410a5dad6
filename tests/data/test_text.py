"""Texts as numbers: the lecture's data set, three levels, and one sentence for each text that cannot be used."""

import pytest
import torch

from data.dataset import DataError
from data.text import MAX_BYTES, TEXTS, TextDataset, as_symbols, load_text, read_text
from tests.training.toy import is_sentence

LEVELS = ("character", "word", "byte")
SENTENCE = "The cat can't sit on the mat, and the dog sits under it. "


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "training.txt"
    path.write_text("B a, c! a\nC's", encoding="utf-8")
    return path


def test_the_lectures_data_set_by_hand(file):
    dataset = TextDataset(file, seq_len=3)
    assert dataset.tokens == ["b", "a", "c", "a", "c", "s"]
    assert dataset.stoi == {"a": 0, "b": 1, "c": 2, "s": 3}
    assert dataset.itos == {0: "a", 1: "b", 2: "c", 3: "s"}
    assert dataset.indices == [1, 0, 2, 0, 2, 3]
    assert len(dataset) == 3
    x, y = dataset[2]
    assert x.tolist() == [2, 0, 2]
    assert y.tolist() == [0, 2, 3]


def test_a_data_set_shorter_than_its_sequences_is_refused(file):
    with pytest.raises(DataError, match="too few for sequences of 30"):
        TextDataset(file)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("level", LEVELS)
def test_every_text_has_every_level(name, level):
    text = load_text(name, level)
    assert int(text.ids.min()) >= 0
    assert int(text.ids.max()) < len(text.itos) <= 5000
    assert 0.89 < text.num_train / len(text.ids) < 0.91
    assert text.num_test_characters > 0
    assert "domain" in text.source or "CC0" in text.source


def test_numbers_are_the_text_again():
    for level in LEVELS:
        text = as_symbols(SENTENCE * 9, "own", level)
        again = text.numbers(text.join(text.ids))
        assert torch.equal(again, text.ids)
    characters = as_symbols(SENTENCE * 9, "own", "character")
    assert characters.join(characters.ids) == SENTENCE * 9
    assert characters.numbers("cat Ω").tolist() == characters.numbers("cat ").tolist()


def test_rare_words_share_a_number():
    text = as_symbols(" ".join(f"word{i}" for i in range(6000)), "own", "word")
    assert len(text.itos) == 5000
    assert text.itos[-1] == "…"
    assert text.report == ("1,001 rare words count as one, “…”.",)
    assert text.numbers("never").tolist() == [4999]


@pytest.mark.parametrize(
    "own", ["שלום עולם, מה שלומך היום? ", "مرحبا بالعالم كيف حالك ", "吾輩は猫である。名前はまだ無い。", "😀😁 🎉é ü "]
)
@pytest.mark.parametrize("level", LEVELS)
def test_other_scripts_work(own, level):
    text = as_symbols(read_text((own * 60).encode()), "own", level)
    joined = text.join(text.ids)
    assert joined.replace(" ", "").startswith(own.replace(" ", "")[:4].replace(",", "")) or level == "word"


BAD = {
    "empty": b"",
    "blank": b"  \n \t",
    "binary": bytes(range(256)) * 10,
    "pdf": b"%PDF-1.7 and so on",
    "zip": b"PK\x03\x04rest",
    "large": b"word " * 10_000_000,
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_what_is_no_text_is_refused_in_a_sentence(content):
    with pytest.raises(DataError) as caught:
        read_text(content)
    assert is_sentence(str(caught.value))


def test_fifty_megabytes_are_named():
    with pytest.raises(DataError, match=r"is 50\.0 MB large, and at most 2 MB"):
        read_text(b"word " * 10_000_000)
    assert len(read_text(b"word " * (MAX_BYTES // 5))) == MAX_BYTES


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("text", ["", "word", "a" * 500, "a " * 500])
def test_texts_without_anything_to_learn_are_refused(text, level):
    if text == "a " * 500 and level != "word":
        return
    with pytest.raises(DataError) as caught:
        as_symbols(text, "own", level)
    assert is_sentence(str(caught.value))


def test_windows_line_ends_and_code_pages_are_read():
    assert read_text(b"one\r\ntwo\rthree") == "one\ntwo\nthree"
    assert read_text("naïve".encode("cp1252")) == "naïve"
    assert read_text("\ufeffword".encode("utf-16-le")) == "word"
