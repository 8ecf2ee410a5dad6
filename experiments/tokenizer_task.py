"""A text cut into tokens, for the page `tokenizer`: one part to learn merges and guesses from, the tail to judge them.

Shapes: N tokens of the training part, M tokens judged, C tokens read.
"""

import math
from functools import lru_cache
from typing import Final

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from data.dataset import DataError
from data.languages import FILE, SOURCE, declaration
from data.synthetic import Sequences
from data.text import FILES, MIN_SYMBOLS, OWN_SOURCE, SOURCES, TEST_SHARE, raw_text
from data.tokenizer import Tokenizer, train_bpe
from experiments.sequence_settings import OWN_TEXT
from experiments.sequences import Own, text_baselines
from experiments.tokenizer_settings import TokenizerSettings
from training.settings import SettingsError

JUDGED: Final = 5000  # characters of the tail, and about as many of the training part, that are judged
DECLARATION: Final = " declaration"


class TokenTask:
    """Which token comes next?

    Attributes:
        tokenizer: what cuts the text.
        train_text: the training part.
        train_ids: (N,) the same in tokens.
        windows: (M, C + 1) each token judged, last in its row, and the C tokens before it.
        train_windows: as many of the training part.
        num_windows: of the training part, side by side; as many count as one pass.
        num_bytes: of the tokens judged.
        baselines: bits per byte of guessing by how often a token comes, and by what follows the one before.
        floor: what the better of them costs in nats per token.
        bytes_per_token: of the tail; how short the text has become.
        median_count: how often a token comes in the training part; half of those that come do so less often.
        source: attribution and licence.
    """

    def __init__(self, settings: TokenizerSettings, own: Own) -> None:
        """Learns the merges, and cuts both parts of the text with them.

        Args:
            settings: which text, and how to cut it.
            own: what the visitor brought.

        Raises:
            SettingsError: if the visitor's own text is wanted and there is none.
            DataError: if it is too short, or repeats one character.
        """
        raw, self.source = chosen_text(settings.text, own)
        train, tail = parts_of(raw)
        book = train if settings.learnt_from == "the same text" else parts_of(raw_text(settings.learnt_from))[0]
        self.train_text = train
        self.tokenizer = train_bpe(book, settings.vocab_size, settings.min_frequency, settings.pre_tokenisation)
        self.num_tokens = self.tokenizer.num_tokens
        self.train_ids, test_ids = encoded(train, self.tokenizer), encoded(tail, self.tokenizer)
        window = settings.window
        if len(self.train_ids) < MIN_SYMBOLS + window:
            raise DataError(
                f"The text has only {len(self.train_ids):,} tokens to learn from, and at least {MIN_SYMBOLS + window} "
                "are needed: take a longer one."
            )
        self.windows = torch.cat([self.train_ids[-window:], test_ids]).unfold(0, window + 1, 1)  # (M, C + 1)
        starts = torch.linspace(0, len(self.train_ids) - window - 1, len(test_ids)).long()
        self.train_windows = self.train_ids[starts[:, None] + torch.arange(window + 1)]
        self.num_windows = len(self.train_ids) // (window + 1)
        self.num_bytes = len(tail.encode("utf-8", "replace"))
        self.bytes_per_token = self.num_bytes / len(test_ids)
        counts = self.train_ids.bincount()
        self.median_count = float(counts[counts > 0].median())
        pairs = torch.cat([self.train_ids[-1:], test_ids])[None]
        judged = Sequences(pairs[:, :-1], pairs[:, 1:], torch.ones(1, len(test_ids)))
        nats = text_baselines(self.train_ids, judged, self.num_tokens)
        self.baselines = {name: self.bits_per_byte(nats[name]) for name in ("unigram", "bigram")}
        self.floor = min(nats["unigram"], nats["bigram"])

    def bits_per_byte(self, nats_per_token: float) -> float:
        """The same in bits for each byte of the text: what tokenizers can be compared by."""
        return nats_per_token / math.log(2) / self.bytes_per_token

    def next_batch(self, batch_size: int) -> Int64[Tensor, "B C1"]:
        """Windows from anywhere in the training part."""
        width = self.windows.shape[1]
        starts = torch.randint(len(self.train_ids) - width + 1, (batch_size,))
        return self.train_ids[starts[:, None] + torch.arange(width)]


def chosen_text(name: str, own: Own) -> tuple[str, str]:
    """A text by its name on the page, and whose it is."""
    if name == OWN_TEXT:
        if not own.text:
            raise SettingsError("There is no text of your own yet: upload or paste one.")
        return own.text, OWN_SOURCE
    if name.endswith(DECLARATION):
        return declaration(name.removesuffix(DECLARATION)), SOURCE
    return raw_text(name), SOURCES[name]


def file_of(name: str) -> tuple[str, ...]:
    """The file in `data/files` that holds a text."""
    return (FILE,) if name.endswith(DECLARATION) else (FILES[name],) if name in FILES else ()


def parts_of(raw: str) -> tuple[str, str]:
    """The training part of a text, and as much of its tail as is judged; the same whatever the tokens are.

    Raises:
        DataError: if the text is too short, or repeats one character.
    """
    if len(set(raw.split())) == 1 and len(set(raw.strip())) == 1:
        raise DataError("The text repeats one character, so there is nothing to learn: take another one.")
    num_train = len(raw) - max(1, round(TEST_SHARE * len(raw)))
    if num_train < MIN_SYMBOLS:
        raise DataError(f"The text has only {len(raw):,} characters: take one of at least {2 * MIN_SYMBOLS}.")
    return raw[:num_train], raw[num_train : num_train + JUDGED]


@lru_cache(maxsize=12)
def encoded(text: str, tokenizer: Tokenizer) -> Int64[Tensor, " N"]:
    """A text as the numbers of its tokens; shared by all who ask."""
    return torch.tensor(tokenizer.encode(text), dtype=torch.int64)


def surprises(logits: Float[Tensor, "M V"], wanted: Int64[Tensor, " M"]) -> Float[Tensor, " M"]:
    """How many bits each wanted token costs: −log₂ of the chance that it was given."""
    return -logits.log_softmax(1).gather(1, wanted[:, None])[:, 0] / math.log(2)
