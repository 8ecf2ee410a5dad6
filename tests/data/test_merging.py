"""Merging written out does what the library does, ties included."""

import random

import pytest

from data.merging import grow, learn_merges, merged
from data.text import raw_text
from data.tokenizer import gpt2, train_bpe


def texts():
    """Random texts of few letters, which are full of ties."""
    draw = random.Random(0)
    for letters, length in [("ab ", 40), ("aab ", 120), ("abc \n", 300), ("aaa b", 200), ("éa ", 90)] * 4:
        yield "".join(draw.choice(letters) for _ in range(length))


@pytest.mark.parametrize("text", [*texts(), raw_text("Alice")[:500], "aaaaaaaaaaa", "low low lower newest widest"])
@pytest.mark.parametrize("min_frequency", [1, 2, 4])
def test_the_merges_are_the_librarys(text, min_frequency):
    tokenizer = train_bpe(text, 330, min_frequency)
    stages = learn_merges([piece.encode() for piece in tokenizer.pieces(text)], 1000, min_frequency)
    made = [stage.pairs[0][0] for stage in stages[:-1]]
    theirs = [(left, right) for left, right, _ in tokenizer.merges]
    assert made[: len(theirs)] == theirs
    assert len(theirs) == len(made) or tokenizer.num_tokens == 330


def test_the_stages_by_hand():
    stages = learn_merges([b"aab", b" aab", b" ab"], 10)
    assert [stage.num_tokens for stage in stages] == [10, 7, 5]
    assert [stage.pairs[0][1] for stage in stages] == [3, 2, 1]
    assert [stage.ties for stage in stages] == [1, 1, 2]
    assert stages[-1].names[256:] == (b"ab", b"aab")
    assert len(learn_merges([b"aab", b" aab", b" ab"], 1)) == 2


def test_pairs_are_merged_from_the_left():
    assert merged((1, 1, 1), (1, 1), 2) == (2, 1)
    assert merged((1, 2, 1, 2, 1), (1, 2), 3) == (3, 3, 1)
    assert merged((), (1, 2), 3) == ()


@pytest.mark.parametrize("word", ["unbelievable", " the lowest", "é日本 🙂 aaaaa", ""])
def test_a_word_grows_into_its_tokens(word):
    for tokenizer in (train_bpe(raw_text("Alice"), 2000), gpt2()):
        nodes = grow(tokenizer, word)
        parts = {place for node in nodes for place in node.parts}
        roots = sorted((node for i, node in enumerate(nodes) if i not in parts), key=lambda node: node.first)
        assert [node.token for node in roots] == tokenizer.encode(word)
        assert [node.order for node in nodes if node.order] == list(range(1, len(parts) // 2 + 1))
        for node in nodes:
            assert tokenizer.bytes_of(node.token) == word.encode()[node.first : node.last + 1]
