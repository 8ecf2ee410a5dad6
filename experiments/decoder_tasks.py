"""The tasks of the page `decoder` behind one interface: rows of tokens of which the next is wanted.

Shapes: B sequences, T tokens, N tokens of a whole text.
"""

import math
from typing import Final

from torch import Generator

from data.dataset import seeded
from data.synthetic import Sequences
from data.text import OWN_SOURCE, SOURCES, TEST_SHARE, Text, as_symbols, load_text, raw_text
from data.token_tasks import (
    LETTER_SYMBOLS,
    SORT_SYMBOLS,
    SUM_SYMBOLS,
    addition,
    induction,
    random_tokens,
    sorting,
)
from data.tokenizer import as_tokens, own_tokenizer, train_bpe
from experiments.brought_tokenizer import MISSING
from experiments.decoder_settings import ALL_TEXTS, OWN_TEXT, WITH_DIGITS, DecoderSettings
from experiments.sequences import NUM_JUDGED, PASS, Own, Task, TextTask
from training.settings import SettingsError

MAX_SEARCHED: Final = 400_000  # characters in which copies are looked for
SHORT: Final = 16  # letters of an average line, for lines to be written one by one


def triples_of(line: str) -> list[str]:
    """Every three letters in a row, the ends of the line among them."""
    whole = f"\n{line}\n"
    return [whole[start : start + 3] for start in range(len(whole) - 2)]


class ReadingTask(TextTask):
    """A text whose next token is wanted, measured in bits per byte, so that different tokens can be compared.

    Attributes:
        bits_per_byte: of the test, for each nat.
        corpus: the training part as text, in which copies are looked for.
        lines: the lines of the training part if they are short, such as names; else none.
        triples: the stretches of three letters in these lines.
    """

    def __init__(self, text: Text, seq_len: int) -> None:
        """Chooses the windows that are judged, and weighs the tail.

        Args:
            text: the tokens.
            seq_len: T.

        Raises:
            DataError: if the training part or the tail is too short.
        """
        super().__init__(text, seq_len)
        tail, learnt = text.ids[text.num_train :], text.join(text.ids[: text.num_train])
        lines = learnt.split("\n")
        has_short_lines = len(learnt) < SHORT * len(lines)
        self.corpus = learnt[:MAX_SEARCHED]
        self.lines = frozenset(lines if has_short_lines else ())
        self.triples = frozenset(triple for line in self.lines for triple in triples_of(line))
        self.bits_per_byte = len(tail) / max(1, len(text.join(tail).encode())) / math.log(2)  # for each nat


class MadeTask(Task):
    """A task whose rows are made; each batch is new.

    Attributes:
        prompt_length: tokens that are given before an answer begins; 0 where there is no such place.
    """

    takes_numbers = False
    source = "Made by this page; each batch is new, and the test asks what never comes in training."
    report: tuple[str, ...] = ()
    num_sequences = PASS
    prompt_length = 0

    def __init__(self, symbols: tuple[str, ...]) -> None:
        """Makes the rows that are judged; what `make` needs is known already.

        Args:
            symbols: the signs of the tokens.
        """
        self.symbols = self.answers = symbols
        self.num_inputs = self.num_outputs = len(symbols)
        self.train = self.make(NUM_JUDGED, False, seeded(1))
        self.test = self.make(2 * NUM_JUDGED, True, seeded(2))
        wanted = self.train.targets[self.train.weights > 0].bincount(minlength=len(symbols)) + 1.0
        logs = (wanted / wanted.sum()).log()
        told = -(logs[self.test.targets] * self.test.weights).sum() / self.test.weights.sum()
        self.baselines = {"ln V": math.log(len(symbols)), "unigram": told.item()}

    def make(self, n: int, is_test: bool, generator: Generator | None) -> Sequences:
        """Rows, for the test or not."""
        raise NotImplementedError

    def next_batch(self, batch_size: int) -> Sequences:
        """New rows from torch's global generator."""
        return self.make(batch_size, False, None)


class SortTask(MadeTask):
    """Digits, and the same digits in order."""

    def __init__(self, num_digits: int) -> None:
        """Takes how many digits are sorted."""
        self.num_digits = self.prompt_length = num_digits
        super().__init__(SORT_SYMBOLS)

    def make(self, n: int, is_test: bool, generator: Generator | None) -> Sequences:
        """Rows, for the test or not."""
        return sorting(n, self.num_digits, is_test=is_test, generator=generator)


class SumTask(MadeTask):
    """Two numbers and their sum."""

    def __init__(self, num_digits: int, is_reversed: bool) -> None:
        """Takes how many digits each number has, and whether the sum begins with its ones."""
        self.num_digits, self.is_reversed, self.prompt_length = num_digits, is_reversed, 2 * num_digits + 2
        super().__init__(SUM_SYMBOLS)

    def make(self, n: int, is_test: bool, generator: Generator | None) -> Sequences:
        """Rows, for the test or not."""
        return addition(n, self.num_digits, is_reversed=self.is_reversed, is_test=is_test, generator=generator)


class LettersTask(MadeTask):
    """Letters that repeat, or letters without any order."""

    def __init__(self, seq_len: int, repeats: bool) -> None:
        """Takes T, and whether the letters repeat."""
        self.seq_len, self.repeats = seq_len, repeats
        super().__init__(LETTER_SYMBOLS)

    def make(self, n: int, is_test: bool, generator: Generator | None) -> Sequences:
        """Rows; so many are possible that none comes twice."""
        if self.repeats:
            return induction(n, self.seq_len, generator=generator)
        return random_tokens(n, self.seq_len, generator=generator)


def make_task(settings: DecoderSettings, own: Own, tokenizer: str) -> Task:
    """The task that the settings name.

    Args:
        settings: which one.
        own: the visitor's text.
        tokenizer: the visitor's tokenizer, as JSON.

    Raises:
        SettingsError: if the visitor's own text or tokenizer is wanted and there is none.
        DataError: if a text is too short for the sequences, or the tokenizer is broken.
    """
    if settings.task in ALL_TEXTS:
        return ReadingTask(chosen_text(settings, own, tokenizer), settings.seq_len)
    if settings.task == "sort":
        return SortTask(settings.num_digits)
    if settings.task in WITH_DIGITS:
        return SumTask(settings.num_digits, settings.task == "reversed addition")
    return LettersTask(settings.seq_len, settings.task == "induction")


def chosen_text(settings: DecoderSettings, own: Own, tokenizer: str) -> Text:
    """The text that the settings name, in their tokens."""
    is_own, level = settings.task == OWN_TEXT, settings.level
    if is_own and not own.text:
        raise SettingsError("There is no text of your own yet: upload or paste one.")
    if level == "character" or level == "byte":
        return as_symbols(own.text, own.text_name, level) if is_own else load_text(settings.task, level)
    raw, source = (own.text, OWN_SOURCE) if is_own else (raw_text(settings.task), SOURCES[settings.task])
    name = own.text_name if is_own else settings.task
    if level == "BPE":
        begin = raw[: round((1 - TEST_SHARE) * len(raw))]  # what is kept for the test teaches the tokenizer nothing
        return as_tokens(raw, name, train_bpe(begin, settings.vocab_size), source)
    if not tokenizer:
        raise SettingsError(MISSING)
    return as_tokens(raw, name, own_tokenizer(tokenizer), source)
