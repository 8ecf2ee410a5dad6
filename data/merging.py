"""Byte-pair encoding written out: how merges are learnt, one at a time, and how they are carried out on a word.

The library does the same a thousand times faster; a test compares the two, ties included.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from data.tokenizer import BYTE_OF, Merge, Tokenizer

Pair = tuple[int, int]


class Stage(NamedTuple):
    """A text after some merges.

    Attributes:
        pieces: numbers of the tokens of each piece.
        pairs: every pair of neighbours with how often it comes, the next to be merged first.
        names: the bytes behind each number.
    """

    pieces: tuple[tuple[int, ...], ...]
    pairs: tuple[tuple[Pair, int], ...]
    names: tuple[bytes, ...]

    @property
    def num_tokens(self) -> int:
        """How long the text is now."""
        return sum(map(len, self.pieces))

    @property
    def ties(self) -> int:
        """How many pairs come as often as the one to be merged next, itself among them."""
        return sum(count == self.pairs[0][1] for _, count in self.pairs) if self.pairs else 0


class Node(NamedTuple):
    """A token on the way from the bytes of a word to its tokens.

    Attributes:
        first, last: the bytes that it covers, both included.
        token: its number.
        order: which merge of this word made it, from 1; 0 for a byte.
        rank: which merge of the tokenizer that was, from 1; 0 for a byte.
        parts: places of its two halves among the nodes; none for a byte.
    """

    first: int
    last: int
    token: int
    order: int
    rank: int
    parts: tuple[int, ...]


def learn_merges(pieces: Sequence[bytes], num_merges: int, min_frequency: int = 2) -> list[Stage]:
    """Merges the most frequent pair of neighbours again and again; of those that tie, the one with lower numbers.

    Args:
        pieces: what merges do not cross.
        num_merges: to stop at.
        min_frequency: a pair that comes less often is not merged.

    Returns:
        The text before the first merge, and after each.
    """
    names = [bytes([BYTE_OF[sign]]) for sign in sorted(BYTE_OF)]
    number = {name: index for index, name in enumerate(names)}
    rows = [tuple(number[bytes([byte])] for byte in piece) for piece in pieces]
    stages: list[Stage] = []
    while True:
        counts = Counter(pair for row in rows for pair in pairwise(row))
        pairs = sorted(counts.items(), key=lambda found: (-found[1], found[0]))
        stages.append(Stage(tuple(rows), tuple(pairs), tuple(names)))
        if len(stages) > num_merges or not pairs or pairs[0][1] < min_frequency:
            return stages
        left, right = pairs[0][0]
        made = number.setdefault(names[left] + names[right], len(names))
        if made == len(names):
            names.append(names[left] + names[right])
        rows = [merged(row, (left, right), made) for row in rows]


def merged(row: Sequence[int], pair: Pair, made: int) -> tuple[int, ...]:
    """A row of tokens with `made` in place of each pair, from left to right."""
    out: list[int] = []
    at = 0
    while at < len(row):
        is_pair = tuple(row[at : at + 2]) == pair
        out.append(made if is_pair else row[at])
        at += 2 if is_pair else 1
    return tuple(out)


@lru_cache(maxsize=8)
def ranks_of(tokenizer: Tokenizer) -> dict[Pair, tuple[int, Merge]]:
    """The merges of a tokenizer by their pair, each with its rank, from 1."""
    return {(merge.left, merge.right): (rank, merge) for rank, merge in enumerate(tokenizer.merges, start=1)}


@lru_cache(maxsize=8)
def bytes_numbers(tokenizer: Tokenizer) -> dict[bytes, int]:
    """The numbers of the 256 tokens that are a single byte."""
    plain = (index for index in range(tokenizer.num_tokens) if index not in tokenizer.special)
    return {name: index for index in plain if len(name := tokenizer.bytes_of(index)) == 1}


def grow(tokenizer: Tokenizer, word: str) -> list[Node]:
    """How a word becomes tokens: its bytes, then every merge in the order in which it is carried out.

    Args:
        tokenizer: whose merges.
        word: a word or a few; each piece of the pre-tokenisation is merged by itself.
    """
    ranks = ranks_of(tokenizer)
    number = bytes_numbers(tokenizer)
    nodes: list[Node] = []
    rows: list[list[int]] = []  # places among the nodes of what is not yet merged, for each piece
    for piece in tokenizer.pieces(word):
        places = range(len(nodes), len(nodes) + len(piece.encode()))
        nodes += [Node(i, i, number[bytes([byte])], 0, 0, ()) for i, byte in zip(places, piece.encode(), strict=True)]
        rows.append(list(places))
    order = 0
    for row in rows:
        while True:
            known = ((ranks.get((nodes[a].token, nodes[b].token)), at) for at, (a, b) in enumerate(pairwise(row)))
            found = [(rank[0], at, rank[1]) for rank, at in known if rank is not None]
            if not found:
                break
            rank, at, merge = min(found)
            order += 1
            halves = row[at], row[at + 1]
            nodes.append(Node(nodes[halves[0]].first, nodes[halves[1]].last, merge.made, order, rank, halves))
            row[at : at + 2] = [len(nodes) - 1]
    return nodes
