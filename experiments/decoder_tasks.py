"""The tasks of the page `decoder` behind one interface: rows of tokens of which the next is wanted.

Shapes: B sequences, T tokens, N tokens of a whole text.
"""

import math
from collections.abc import Callable

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
from experiments.decoder_settings import ALL_TEXTS, OWN_TEXT, WITH_DIGITS, DecoderSettings
from experiments.sequences import NUM_JUDGED, PASS, Own, Task, TextTask
from training.settings import SettingsError

Maker = Callable[[int, bool, Generator | None], Sequences]  # how many rows, whether for the test, chance


class ReadingTask(TextTask):
    """A text whose next token is wanted, measured in bits per byte, so that different tokens can be compared."""

    def __init__(self, text: Text, seq_len: int) -> None:
        """Chooses the windows that are judged, and weighs the tail.

        Args:
            text: the tokens.
            seq_len: T.

        Raises:
            DataError: if the training part or the tail is too short.
        """
        super().__init__(text, seq_len)
        tail = text.ids[text.num_train :]
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

    def __init__(self, make: Maker, symbols: tuple[str, ...], prompt_length: int) -> None:
        """Makes the rows that are judged.

        Args:
            make: gives rows.
            symbols: the signs of the tokens.
            prompt_length: see above.
        """
        self.make, self.symbols, self.answers, self.prompt_length = make, symbols, symbols, prompt_length
        self.num_inputs = self.num_outputs = len(symbols)
        self.train = make(NUM_JUDGED, False, seeded(1))
        self.test = make(4 * NUM_JUDGED, True, seeded(2))
        wanted = self.train.targets[self.train.weights > 0].bincount(minlength=len(symbols)) + 1.0
        logs = (wanted / wanted.sum()).log()
        told = -(logs[self.test.targets] * self.test.weights).sum() / self.test.weights.sum()
        self.baselines = {"ln V": math.log(len(symbols)), "unigram": told.item()}

    def next_batch(self, batch_size: int) -> Sequences:
        """New rows from torch's global generator."""
        return self.make(batch_size, False, None)


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
    if settings.task in WITH_DIGITS:
        return digits_task(settings.task, settings.num_digits)
    return letters_task(settings.task, settings.seq_len)


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
        raise SettingsError("There is no tokenizer of your own yet: train one on the page Tokenizer, or take BPE.")
    return as_tokens(raw, name, own_tokenizer(tokenizer), source)


def digits_task(name: str, num_digits: int) -> MadeTask:
    """Sorting or adding."""
    if name == "sort":

        def make(n: int, is_test: bool, generator: Generator | None) -> Sequences:
            return sorting(n, num_digits, is_test=is_test, generator=generator)

        return MadeTask(make, SORT_SYMBOLS, num_digits)

    def make_sums(n: int, is_test: bool, generator: Generator | None) -> Sequences:
        is_reversed = name == "reversed addition"
        return addition(n, num_digits, is_reversed=is_reversed, is_test=is_test, generator=generator)

    return MadeTask(make_sums, SUM_SYMBOLS, 2 * num_digits + 2)


def letters_task(name: str, seq_len: int) -> MadeTask:
    """Letters that repeat, or letters without any order."""
    maker = {"induction": induction, "random tokens": random_tokens}[name]

    def make(n: int, is_test: bool, generator: Generator | None) -> Sequences:
        return maker(n, seq_len, generator=generator)

    return MadeTask(make, LETTER_SYMBOLS, 0)
