"""Byte-level BPE: texts as numbers of pieces that a tokenizer has learnt, and the pieces of GPT-2.

A tokenizer begins with the 256 bytes and merges, again and again, the pair of neighbours that comes most often; pairs
that come equally often go by their numbers, the lower first. Merges never cross the pieces of the pre-tokenisation.
Papers: Sennrich, Haddow & Birch, 2016, https://arxiv.org/abs/1508.07909; on bytes: Radford et al., "Language models are
unsupervised multitask learners", 2019 (GPT-2). The merging itself is the lecture's library, `tokenizers`.

Shapes: N tokens of a text.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Final, Literal, NamedTuple

import torch
from jaxtyping import Int64
from tokenizers import AddedToken, Regex, decoders, models, pre_tokenizers, trainers
from tokenizers import Tokenizer as Backend
from torch import Tensor

from data.dataset import DataError
from data.embedded import embedded
from data.text import OWN_SOURCE, Text, split

PreTokenisation = Literal["GPT-2", "digits apart", "white space", "lines"]

PRE_TOKENISATIONS: Final = ("GPT-2", "digits apart", "white space", "lines")
WORDS: Final = r" ?\S+|\s+"  # a word with the space before it
LINES: Final = r"[^\n]*\n|[^\n]+"
NUM_BYTES: Final = 256
MAX_LEARNT: Final = 10_000  # tokens that a network here can choose from
MAX_JSON: Final = 10_000_000  # bytes of a tokenizer that is brought along
LONGEST: Final = 400  # characters; a longer stretch without a break is cut, or merging it would take minutes
END: Final = "<|endoftext|>"  # GPT-2's one special token
SIGNS: Final = {" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍"}
FILES: Final = ("gpt2_encoder.json", "gpt2_vocab.bpe")


class Merge(NamedTuple):
    """The numbers of two tokens, and of the one that they become."""

    left: int
    right: int
    made: int


def _alphabet() -> dict[str, int]:
    """The sign that stands for each byte in a tokenizer's file: itself where it can be seen, else one from 256 on."""
    seen = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(NUM_BYTES) if byte not in seen]
    return {chr(byte): byte for byte in seen} | {chr(NUM_BYTES + i): byte for i, byte in enumerate(hidden)}


BYTE_OF: Final = _alphabet()


@dataclass(frozen=True)
class Tokenizer:
    """A byte-level BPE, ready to use.

    Attributes:
        json: all of it, as the library writes it to a file.
        name: what it is called.
    """

    json: str
    name: str

    @cached_property
    def _backend(self) -> Backend:
        return Backend.from_str(self.json)

    @cached_property
    def _strings(self) -> tuple[str, ...]:
        """Tokens as they stand in the file."""
        known = {index: token for token, index in self._backend.get_vocab().items()}
        return tuple(known.get(index, "") for index in range(max(known) + 1))

    @cached_property
    def _bytes(self) -> tuple[bytes, ...]:
        """The bytes of every token; of a special one, those of its name."""
        special = frozenset(self.special)
        return tuple(
            token.encode() if index in special else bytes([BYTE_OF[sign] for sign in token])
            for index, token in enumerate(self._strings)
        )

    @cached_property
    def special(self) -> tuple[int, ...]:
        """Numbers of the tokens that stand for no text, such as the end of a document."""
        added = self._backend.get_added_tokens_decoder()
        return tuple(sorted(index for index, token in added.items() if token.special))

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """Tokens as they are shown: white space as signs, bytes that are no whole character as hexadecimal numbers."""
        return tuple(map(shown, self._bytes))

    @property
    def num_tokens(self) -> int:
        """V, how many tokens there are, special ones among them."""
        return len(self._strings)

    @cached_property
    def merges(self) -> tuple[Merge, ...]:
        """The merges in the order in which they were learnt."""
        pairs = json.loads(self.json)["model"]["merges"]
        number = {token: index for index, token in enumerate(self._strings)}
        halves = (pair.split(" ") if isinstance(pair, str) else pair for pair in pairs)
        return tuple(Merge(number[left], number[right], number[left + right]) for left, right in halves)

    def encode(self, text: str) -> list[int]:
        """The numbers of a text's tokens; a lone surrogate, which is no character, becomes “�”."""
        # as a batch of one: that lets other threads run meanwhile, a single text would stop them for seconds
        return list(self._backend.encode_batch([well_formed(text)], add_special_tokens=False)[0].ids)

    def decode(self, ids: list[int]) -> str:
        """The text of some tokens; what is not a whole character becomes “�”."""
        table = self._bytes
        return b"".join([table[index] for index in ids]).decode("utf-8", "replace")

    def bytes_of(self, index: int) -> bytes:
        """The bytes that a token stands for; for a special one, those of its name."""
        return self._bytes[index]

    def pieces(self, text: str) -> list[str]:
        """A text cut as the pre-tokenisation cuts it, before any merge."""
        cut = self._backend.pre_tokenizer.pre_tokenize_str(well_formed(text))
        return [bytes(BYTE_OF[sign] for sign in piece).decode("utf-8", "replace") for piece, _ in cut]


@dataclass(frozen=True, eq=False)
class TokenText(Text):
    """A text in the tokens of a tokenizer."""

    tokenizer: Tokenizer | None = None

    def join(self, symbols: Int64[Tensor, " n"]) -> str:
        """Tokens as text to read."""
        assert self.tokenizer is not None
        return self.tokenizer.decode(symbols.tolist())

    def numbers(self, text: str) -> Int64[Tensor, " n"]:
        """A text in these tokens; any text can be written in them."""
        assert self.tokenizer is not None
        return torch.tensor(self.tokenizer.encode(text), dtype=torch.int64)


def well_formed(text: str) -> str:
    """The same text with “�” in place of lone surrogates, which UTF-8 cannot hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def shown(token: bytes) -> str:
    """A token as it can be seen: white space as signs, hexadecimal numbers where it is no text."""
    try:
        text = token.decode("utf-8")
    except UnicodeDecodeError:
        return token.hex(" ")
    text = "".join(SIGNS.get(letter, letter) for letter in text)
    return text if text.isprintable() else token.hex(" ")


@lru_cache(maxsize=32)
def train_bpe(
    text: str,
    vocab_size: int = 1000,
    min_frequency: int = 2,
    pre_tokenisation: PreTokenisation = "GPT-2",
    special: tuple[str, ...] = (),
) -> Tokenizer:
    """Learns a tokenizer from a text; the same text gives the same tokenizer.

    Args:
        text: any text.
        vocab_size: V, tokens to stop at, the 256 bytes and special ones among them.
        min_frequency: a pair that comes less often is not merged.
        pre_tokenisation: what merges do not cross: GPT-2's pieces, these with each digit apart, words, or lines.
        special: tokens that stand for no text; they get the first numbers.
    """
    backend = Backend(models.BPE())
    backend.pre_tokenizer = _pre_tokenizer(pre_tokenisation)
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        min_frequency=min_frequency,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=list(special),
    )
    backend.train_from_iterator(_without_endless(well_formed(text), pre_tokenisation), trainer)
    return Tokenizer(backend.to_str(), f"BPE, {backend.get_vocab_size():,} tokens")


def _pre_tokenizer(name: PreTokenisation) -> Any:
    """How a text is cut before it is merged; the last part turns every piece into bytes."""
    if name == "GPT-2":
        return pre_tokenizers.ByteLevel(add_prefix_space=False)
    if name == "digits apart":
        cut: Any = pre_tokenizers.Digits(individual_digits=True)
        return pre_tokenizers.Sequence([cut, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    cut = pre_tokenizers.Split(Regex(WORDS if name == "white space" else LINES), "isolated")
    return pre_tokenizers.Sequence([cut, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def _without_endless(text: str, pre_tokenisation: PreTokenisation) -> list[str]:
    """The text as it is, or in parts where a stretch without a break would be too long to merge."""
    kinds = r"[^\n]" if pre_tokenisation == "lines" else r"\S|\s"
    endless = "|".join(f"(?:{kind}){{{LONGEST}}}" for kind in kinds.split("|"))
    ends = [found.end() for found in re.finditer(endless, text)]
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]


def own_tokenizer(content: str) -> Tokenizer:
    """A tokenizer from a file that this app, or the library, has written.

    Raises:
        DataError: if it is too large, broken, or of another kind.
    """
    if len(content) > MAX_JSON:
        raise DataError(
            f"The tokenizer's file has {len(content) / 1e6:,.0f} MB, and at most {MAX_JSON // 1_000_000} MB are read: "
            "train a smaller one."
        )
    wrong = DataError("This is not a tokenizer's file: it must be the JSON of a byte-level BPE, as this page saves it.")
    try:
        parts = json.loads(content)
        is_known = parts["model"]["type"] == "BPE" and parts["pre_tokenizer"] in _known_cuts()
        made = Tokenizer(content, "your own BPE")
        if not is_known or parts["normalizer"] or made.num_tokens < NUM_BYTES or made.decode(made.encode("aé")) != "aé":
            raise wrong
        made = replace(made, name=f"your BPE, {made.num_tokens:,} tokens")
        assert len(made.merges) < made.num_tokens
    except Exception as error:  # the library raises a bare Exception for what it cannot read
        raise wrong from error
    return made


@lru_cache(maxsize=1)
def _known_cuts() -> list[Any]:
    """The pre-tokenisations of this module as they stand in a file; other patterns could take for ever."""
    backend = Backend(models.BPE())
    known = []
    for name in PRE_TOKENISATIONS:
        backend.pre_tokenizer = _pre_tokenizer(name)
        known.append(json.loads(backend.to_str())["pre_tokenizer"])
    return known


@lru_cache(maxsize=1)
def gpt2() -> Tokenizer:
    """GPT-2's own tokenizer: 50,257 tokens learnt from 40 GB of web pages in 2019, and no token for padding."""
    backend = Backend(models.BPE.from_file(*(str(embedded(name)) for name in FILES)))
    backend.pre_tokenizer = _pre_tokenizer("GPT-2")
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens([AddedToken(END, special=True)])
    return Tokenizer(backend.to_str(), "GPT-2")


def known_bpe(
    tokens: Sequence[str], merges: Sequence[str], special: Sequence[str], pre_tokenisation: PreTokenisation, name: str
) -> Tokenizer:
    """A tokenizer that others have learnt, from its parts.

    Args:
        tokens: V, in the order of their numbers, as they stand in a tokenizer's file.
        merges: pairs of tokens with a space between, in the order in which they were learnt.
        special: those of the tokens that stand for no text.
        pre_tokenisation: what merges do not cross.
        name: what it is called.
    """
    numbers = {token: number for number, token in enumerate(tokens)}
    backend = Backend(models.BPE(vocab=numbers, merges=[(left, right) for left, right in map(str.split, merges)]))
    backend.pre_tokenizer = _pre_tokenizer(pre_tokenisation)
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens([AddedToken(token, special=True) for token in special])
    return Tokenizer(backend.to_str(), name)


@lru_cache(maxsize=16)
def as_tokens(raw: str, name: str, tokenizer: Tokenizer, source: str = OWN_SOURCE) -> TokenText:
    """A text in the tokens of a tokenizer, with its tail kept for the test.

    Args:
        raw: any text.
        name: what it is called.
        tokenizer: what cuts it.
        source: whose the text is.

    Raises:
        DataError: if the text is too short to learn from, or there are too many different tokens.
    """
    if tokenizer.num_tokens > MAX_LEARNT:
        raise DataError(
            f"The tokenizer has {tokenizer.num_tokens:,} tokens, and a network here can choose from at most "
            f"{MAX_LEARNT:,}: train a smaller one."
        )
    ids = torch.tensor(tokenizer.encode(raw), dtype=torch.int64)
    num_train = split(raw, ids, "token")
    tail = len(tokenizer.decode(ids[num_train:].tolist()))
    return TokenText(name, "BPE", ids, tokenizer.vocabulary, num_train, tail, source, (), tokenizer)
