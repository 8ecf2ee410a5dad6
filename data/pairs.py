"""Pairs of a source and a target, to be turned one into the other: letters to rearrange, spellings, numbers, dates.

Shapes: N pairs, S places of a source with its end sign, T places of a target with its start and end signs.
"""

import datetime
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final, NamedTuple

import torch
from babel.dates import format_date
from jaxtyping import Int64
from num2words import num2words
from torch import Generator, Tensor

from data.dataset import DataError, seeded
from data.embedded import embedded

PAD: Final = 0  # nothing: fills the short ones up
START: Final = 1
END: Final = 2
SPECIAL: Final = ("·", "▷", "■")
LETTERS: Final = tuple("abcdefghij")
SHORTEST: Final = 3  # letters of a source to rearrange
NUM_JUDGED: Final = 64  # pairs that are judged for the curves, in training and in the test
PASS: Final = 2000  # pairs that count as one pass where each batch is new
TEST_SHARE: Final = 0.1
NUM_NUMBERS: Final = 1000
NUM_DATES: Final = 6000
FIRST_DAY: Final = datetime.date(1950, 1, 1)
NUM_DAYS: Final = 36_525  # a hundred years
FORMS: Final = ("medium", "long", "full")
LANGUAGES: Final = {"English": "en", "German": "de", "French": "fr", "Spanish": "es", "Polish": "pl"}
REARRANGED: Final = ("reverse", "copy", "sort")
SPELLING: Final = "spelling to phonemes"
NUMBERS: Final = "numbers in words"
DATES: Final = "dates"
FILES: Final = {SPELLING: "cmudict_8000.tsv"}
SOURCES: Final = {
    SPELLING: "8,000 words of the CMU Pronouncing Dictionary, © 1993-2015 Carnegie Mellon University, BSD licence.",
    NUMBERS: "The numbers 0 to 999, written out by num2words.",
    DATES: "Days from 1950 to 2049, written out by Babel as the Unicode CLDR says.",
}


class Pairs(NamedTuple):
    """Sources and targets as numbers, filled up with `PAD`.

    Attributes:
        sources: (N, S), each ended by `END`.
        targets: (N, T), each between `START` and `END`.
    """

    sources: Int64[Tensor, "N S"]
    targets: Int64[Tensor, "N T"]

    def rows(self, chosen: Int64[Tensor, " n"]) -> "Pairs":
        """Some of them, no wider than the longest needs."""
        sources, targets = self.sources[chosen], self.targets[chosen]
        return Pairs(sources[:, : _longest(sources)], targets[:, : _longest(targets)])


def _longest(numbers: Int64[Tensor, "N L"]) -> int:
    return int((numbers != PAD).sum(1).max())


class PairTask:
    """What a network learns to turn into what.

    Attributes:
        name: the task.
        source_signs, target_signs: the sign behind each number, `SPECIAL` first.
        train, test: pairs that are judged; no source of the test is trained on where the pairs are given.
        held_out: all pairs that no network is trained on; those of the test where each batch is new.
        max_source, max_target: places of the longest, with start and end.
        num_pairs: how many count as one pass.
        source: attribution and licence.
    """

    def __init__(self, name: str, language: str = "English", length: int = 6) -> None:
        """Reads or makes the pairs.

        Args:
            name: one of `REARRANGED`, or of the keys of `SOURCES`.
            language: of numbers and dates.
            length: letters of the longest source that is rearranged.
        """
        self.name, self._length = name, length
        self._given: Pairs | None = None
        self.source = SOURCES.get(name, "Made by this page; each batch is new.")
        if name in REARRANGED:
            self.source_signs = self.target_signs = SPECIAL + LETTERS
            self.max_source, self.max_target, self.num_pairs = length + 1, length + 2, PASS
            self.train = rearranged(name, NUM_JUDGED, length, seeded(1))
            self.test = self.held_out = rearranged(name, NUM_JUDGED, length, seeded(2))
            return
        texts = given_texts(name, language)
        self.source_signs = SPECIAL + signs_of(source for source, _ in texts)
        self.target_signs = SPECIAL + signs_of(target for _, target in texts)
        pairs = as_numbers(texts, self.source_signs, self.target_signs)
        order = torch.randperm(len(texts), generator=seeded(0))
        num_test = round(TEST_SHARE * len(texts))
        self.max_source, self.max_target = pairs.sources.shape[1], pairs.targets.shape[1]
        self.test, self.held_out = pairs.rows(order[:NUM_JUDGED]), pairs.rows(order[:num_test])
        self._given = pairs.rows(order[num_test:])
        self.train = self._given.rows(torch.arange(NUM_JUDGED))
        self.num_pairs = len(texts) - num_test

    def next_batch(self, batch_size: int) -> Pairs:
        """Pairs drawn with torch's global generator: new ones, or some of those given."""
        if self._given is None:
            return rearranged(self.name, batch_size, self._length, None)
        return self._given.rows(torch.randint(self.num_pairs, (batch_size,)))

    def numbers(self, text: str) -> Int64[Tensor, " S"]:
        """A source that somebody typed, as numbers.

        Raises:
            DataError: if it is empty, too long, or has a sign that the network has never seen.
        """
        shown = text.strip()
        known = {sign: number for number, sign in enumerate(self.source_signs) if number > END}
        if not shown:
            raise DataError("There is nothing to read: type a source.")
        if len(shown) > self.max_source - 1:
            raise DataError(
                f"That has {len(shown):,} signs, and this network reads at most {self.max_source - 1}: shorten it."
            )
        strange = [sign for sign in shown if sign not in known and sign.lower() not in known]
        if strange:
            some = "".join(sign for sign in known if sign != " ")
            raise DataError(f"This network has never seen “{strange[0]}”: use only {some}.")
        return torch.tensor([known[sign] if sign in known else known[sign.lower()] for sign in shown] + [END])


def signs_of(texts: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """All different signs of some sequences, in their order."""
    return tuple(sorted({sign for text in texts for sign in text}))


def as_numbers(
    texts: Sequence[tuple[Sequence[str], Sequence[str]]], source_signs: Sequence[str], target_signs: Sequence[str]
) -> Pairs:
    """Signs as their numbers, with start and end."""
    of_source = {sign: number for number, sign in enumerate(source_signs)}
    of_target = {sign: number for number, sign in enumerate(target_signs)}
    sources = [torch.tensor([*(of_source[sign] for sign in source), END]) for source, _ in texts]
    targets = [torch.tensor([START, *(of_target[sign] for sign in target), END]) for _, target in texts]
    fill = torch.nn.utils.rnn.pad_sequence
    return Pairs(fill(sources, batch_first=True), fill(targets, batch_first=True))


def rearranged(name: str, n: int, length: int, generator: Generator | None) -> Pairs:
    """Letters, between `SHORTEST` and `length` of them, and the same in another order.

    Args:
        name: one of `REARRANGED`.
        n: how many pairs.
        length: of the longest.
        generator: torch's global one if left out.
    """
    lengths = torch.randint(min(SHORTEST, length), length + 1, (n, 1), generator=generator)
    letters = torch.randint(len(SPECIAL), len(SPECIAL) + len(LETTERS), (n, length), generator=generator)
    place = torch.arange(length + 2)
    is_letter = place[:length] < lengths  # (n, length)
    match name:
        case "reverse":
            ordered = letters.gather(1, (lengths - 1 - place[:length]).clamp_min(0))
        case "sort":  # what is no letter goes to the end
            ordered = letters.where(is_letter, len(SPECIAL) + len(LETTERS)).sort(1).values
        case _:
            ordered = letters
    sources, targets = torch.zeros(n, length + 1, dtype=torch.int64), torch.zeros(n, length + 2, dtype=torch.int64)
    sources[:, :-1], targets[:, 1:-1] = letters * is_letter, ordered * is_letter
    sources[place[:-1] == lengths] = END
    targets[:, 0] = START
    targets[place == lengths + 1] = END
    return Pairs(sources, targets)


@cache
def given_texts(name: str, language: str) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Sources and targets of a real task, in signs.

    Args:
        name: a key of `SOURCES`.
        language: a key of `LANGUAGES`; spellings are English.
    """
    code = LANGUAGES[language]
    match name:
        case "spelling to phonemes":
            lines = embedded(FILES[name]).read_text(encoding="utf-8").splitlines()
            pairs = [line.split("\t") for line in lines]
            return tuple((tuple(word), tuple(phonemes.split())) for word, phonemes in pairs)
        case "numbers in words":
            words = [str(num2words(number, lang=code)) for number in range(NUM_NUMBERS)]
            return tuple((tuple(str(number)), tuple(word)) for number, word in enumerate(words))
        case _:
            days = torch.randperm(NUM_DAYS, generator=seeded(0))[:NUM_DATES].tolist()
            forms = torch.randint(len(FORMS), (NUM_DATES,), generator=seeded(1)).tolist()
            found = []
            for day, form in zip(days, forms, strict=True):
                date = FIRST_DAY + datetime.timedelta(days=day)
                written = format_date(date, format=FORMS[form], locale=code).replace("\u202f", " ").replace("\xa0", " ")
                found.append((tuple(written), tuple(date.isoformat())))
            return tuple(found)
