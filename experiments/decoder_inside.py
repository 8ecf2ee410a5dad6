"""What can be asked of a decoder-only network between two steps: what comes next, what surprised it, what it keeps.

Shapes: n tokens of a prompt or a text, V tokens of the vocabulary.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn import functional as F

from experiments.decoder import DecoderExperiment
from experiments.decoder_tasks import MadeTask, ReadingTask
from experiments.decoder_writing import Drawing, Hand, Writer, chances
from experiments.prompts import first_prompt, read_prompt
from experiments.sequence_watching import copies, signs

NUM_READ: Final = 240  # tokens of a text whose surprises are shown
NUM_LIKELY: Final = 5  # likeliest tokens told for each place
NUM_BEGUN: Final = 12  # tokens of a prompt to begin with
MOST_TIMED: Final = 64  # tokens that are written to measure what a cache saves


@contextmanager
def evaluating(experiment: DecoderExperiment) -> Iterator[None]:
    """Without dropout and gradients, and as before afterwards."""
    experiment.model.eval()
    with torch.no_grad():
        yield
    experiment.model.train()


# ---- prompts -----------------------------------------------------------------------------------------------------


def prompt_of(experiment: DecoderExperiment) -> str:
    """A prompt to begin with: a whole problem, or the beginning of a line of the test."""
    task = experiment.task
    if isinstance(task, MadeTask) and task.prompt_length:
        return "".join(signs(task.test.inputs[0, : task.prompt_length], task.symbols))
    return first_prompt(experiment, 2 if isinstance(task, ReadingTask) and task.lines else NUM_BEGUN)


def tokens_of(experiment: DecoderExperiment, prompt: str) -> Int64[Tensor, " n"]:
    """A visitor's prompt as tokens.

    Raises:
        DataError: if it is empty, has signs that this network does not know, or is longer than its context.
    """
    return read_prompt(experiment, prompt, experiment.model.max_len).ids


# ---- the next token ----------------------------------------------------------------------------------------------


def next_logits(experiment: DecoderExperiment, prompt: str) -> np.ndarray:
    """(V,) logits of what comes after a prompt."""
    with evaluating(experiment):
        tokens = tokens_of(experiment, prompt)[None].to(experiment.device)
        logits: np.ndarray = experiment.model(tokens)[0, -1].cpu().numpy()
    return logits.copy()


@dataclass(frozen=True)
class NextTokens:
    """All tokens of the vocabulary, the likeliest first.

    Attributes:
        order: (V,) their numbers.
        logits: (V,) what the network says.
        scaled: (V,) the same divided by the temperature; infinite at temperature 0 for all but the likeliest.
        before: (V,) softmax of these.
        after: (V,) the chance to be drawn; 0 beyond the cut.
        num_kept: how many can come.
    """

    order: np.ndarray
    logits: np.ndarray
    scaled: np.ndarray
    before: np.ndarray
    after: np.ndarray
    num_kept: int


def next_tokens(logits: np.ndarray, how: Drawing) -> NextTokens:
    """Temperature, cut and softmax, over the whole vocabulary; the network is not asked again."""
    row = torch.tensor(logits, dtype=torch.float64)[None]
    order = np.argsort(-logits, kind="stable")
    after = chances(row, how)[0].numpy()[order]
    before = chances(row, Drawing(how.temperature))[0].numpy()[order]
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = logits[order] / how.temperature if how.temperature else np.where(after > 0, 0.0, -np.inf)
    return NextTokens(order, logits[order], scaled, before, after, int((after > 0).sum()))


# ---- writing step by step ----------------------------------------------------------------------------------------


class Pen:
    """A text on its way, one token at a time."""

    def __init__(self, experiment: DecoderExperiment, prompt: str, seed: int = 0) -> None:
        """Reads the prompt.

        Raises:
            DataError: if it cannot be used.
        """
        tokens = tokens_of(experiment, prompt).to(experiment.device)
        with evaluating(experiment):
            self._hand = Hand(experiment.model, tokens, seed)

    def go_on(self, experiment: DecoderExperiment, how: Drawing) -> None:
        """Writes one more token."""
        with evaluating(experiment):
            self._hand.go_on(how)

    @property
    def shares(self) -> list[float]:
        """The chance that each written token had."""
        return self._hand.shares

    @property
    def is_cached(self) -> bool:
        """Whether the next token will be read alone, with the keys and values of the others kept."""
        return self._hand.writer.is_cached

    def text(self, experiment: DecoderExperiment) -> str:
        """What was written so far."""
        written = self._hand.written
        if isinstance(experiment.task, ReadingTask):
            return experiment.task.text.join(written)
        return "".join(experiment.task.symbols[token] for token in written.tolist())

    def copied(self, experiment: DecoderExperiment) -> tuple[np.ndarray, str]:
        """Which characters stand in stretches of the training text, and the longest such stretch."""
        if not isinstance(experiment.task, ReadingTask):
            return np.zeros(len(self.text(experiment)), dtype=bool), ""
        return copies(self.text(experiment), experiment.task.corpus)


def cache_times(experiment: DecoderExperiment) -> dict[str, np.ndarray]:
    """Milliseconds for each token of a text that fills the context: with keys and values kept, and without.

    The fastest of three goes, taken in turn.
    """
    start = experiment.task.train.inputs[:1, :1].to(experiment.device)
    num_tokens = min(MOST_TIMED, experiment.model.max_len - 1)
    found = {name: np.full((3, num_tokens), np.nan) for name in ("with the cache", "without it")}
    with evaluating(experiment):
        for go in range(3):
            for name, times in found.items():
                writer = Writer(experiment.model, start, is_cached=name == "with the cache")
                for place in range(num_tokens):
                    begin = time.perf_counter()
                    writer.push(writer.logits.argmax(1))
                    times[go, place] = 1000 * (time.perf_counter() - begin)
    return {name: times.min(0) for name, times in found.items()}


# ---- surprise ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Surprises:
    """A text as the network has read it.

    Attributes:
        tokens: n signs.
        starts: where rows begin.
        nats: (n,) −ln of the chance that each had; NaN where nothing was asked.
        ranks: (n,) how many tokens were held likelier, plus 1.
        likely: for each place, the likeliest tokens with their chances.
    """

    tokens: tuple[str, ...]
    starts: tuple[int, ...]
    nats: np.ndarray
    ranks: np.ndarray
    likely: tuple[tuple[tuple[str, float], ...], ...]


def surprises(experiment: DecoderExperiment, is_test: bool, part: int = 0) -> Surprises:
    """How well each token of the training or the test text was foreseen.

    Args:
        experiment: whose network reads.
        is_test: the part that was kept for the test.
        part: which stretch of it, from 0; the last one is taken beyond the end.
    """
    task, longest = experiment.task, experiment.model.max_len
    if isinstance(task, ReadingTask):
        ids, begin = task.text.ids, task.text.num_train if is_test else 0
        end = len(ids) if is_test else task.text.num_train
        start = max(begin, min(begin + part * NUM_READ, end - NUM_READ - 1))
        rows = [ids[start : min(start + NUM_READ + 1, end)]]
        asked = torch.arange(len(rows[0])) > 0
    else:
        made = task.test if is_test else task.train
        count = max(1, NUM_READ // (made.inputs.shape[1] + 1))
        first = part * count % max(1, len(made.inputs) - count)
        whole = torch.cat([made.inputs, made.targets[:, -1:]], dim=1)
        rows = list(whole[first : first + count])
        asked = F.pad(made.weights[first : first + count], (1, 0)).flatten() > 0
    logits = [_read_along(experiment, row, longest) for row in rows]  # (n, V) each, the first of a row NaN
    starts = torch.tensor([0, *map(len, rows[:-1])]).cumsum(0).tolist()
    return surprises_of(torch.cat(rows), torch.cat(logits), task.symbols, asked, tuple(starts))


def surprises_of(
    tokens: Int64[Tensor, " n"],
    said: Float[Tensor, "n V"],
    symbols: Sequence[str],
    asked: Bool[Tensor, " n"],
    starts: tuple[int, ...] = (0,),
) -> Surprises:
    """How well tokens were foreseen.

    Args:
        tokens: that were read.
        said: logits of each before it was read.
        symbols: how each token of the vocabulary is shown.
        asked: where anything was asked.
        starts: where rows begin.
    """
    logs = said.log_softmax(1)
    own = logs.gather(1, tokens[:, None])
    top = logs.exp().topk(min(NUM_LIKELY, logs.shape[1]), dim=1)
    likely = tuple(
        tuple((symbols[token], share) for share, token in zip(*place, strict=True))
        for place in zip(top.values.tolist(), top.indices.tolist(), strict=True)
    )
    nats = torch.where(asked, -own[:, 0], torch.nan).numpy()
    return Surprises(signs(tokens, symbols), starts, nats, 1 + (logs > own).sum(1).numpy(), likely)


def _read_along(experiment: DecoderExperiment, row: Int64[Tensor, " n"], longest: int) -> Tensor:
    """(n, V) what was said of each token before it was read; at least half the context was known, once it is full."""
    with evaluating(experiment):
        vocabulary = experiment.task.num_inputs
        said = torch.full((len(row), vocabulary), torch.nan)
        for start in range(0, max(1, len(row) - 1), max(1, longest // 2)):
            window = row[start : start + longest]
            logits = experiment.model(window[None].to(experiment.device))[0].cpu()
            fresh = 0 if start == 0 else longest - longest // 2
            count = min(len(window), len(row) - start - 1)
            if count > fresh:
                said[start + fresh + 1 : start + count + 1] = logits[fresh:count]
    return said
