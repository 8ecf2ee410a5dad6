"""A decoder-only network that can be watched: its answers, what it writes, where its heads look."""

from typing import Final

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor

from experiments.decoder_observation import DecoderObservation, Example, Line
from experiments.decoder_settings import ALL_TEXTS, WITH_DIGITS
from experiments.decoder_tasks import MadeTask, ReadingTask
from experiments.decoder_training import DecoderTraining
from experiments.decoder_writing import Drawing, write
from experiments.sequence_watching import MAX_SEARCHED, Written, copies, signs
from models.attention_inside import attention_weights

NUM_SHOWN: Final = 24  # tokens of the sequence whose attention is shown
NUM_PROBLEMS: Final = 18  # that are answered for the picture
NUM_ROWS: Final = 4  # rows of letters
NUM_LINES: Final = 27  # short lines that are written
LONGEST_LINE: Final = 12  # tokens
NUM_WRITTEN: Final = 64  # tokens of other texts
NUM_PROMPT: Final = 12
SHORT: Final = 16  # letters of an average line, for lines to be written one by one


class DecoderWatching(DecoderTraining):
    """An experiment on a decoder-only network, with eyes."""

    def observe(self) -> DecoderObservation:
        """The network as it is now, on the first rows of the test."""
        task = self.task
        self.model.eval()
        tokens = self.shown()
        weights = np.concatenate([layer.cpu().numpy() for layer in attention_weights(self.model, tokens)])
        is_text, is_short = isinstance(task, ReadingTask), self._has_short_lines()
        found = DecoderObservation(
            task=self.settings.task,
            kind="text" if is_text else "digits" if self.settings.task in WITH_DIGITS else "letters",
            variant=self.settings.variant,
            examples=() if is_text else self._examples(),
            lines=self.lines(NUM_LINES) if is_text and is_short else (),
            written=self._written() if is_text and not is_short else None,
            tokens=signs(tokens[0], task.symbols),
            weights=weights,
            is_seen=self._seen(tokens.shape[1]),
            layer_names=self.layer_names,
            baselines=dict(task.baselines),
            bits_per_byte=task.bits_per_byte if isinstance(task, ReadingTask) else float("nan"),
            num_parameters=sum(weight.numel() for weight in self._weights),
            source=task.source,
            report=task.report,
        )
        self.model.train()
        return found

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The attentions in the order of a forward pass."""
        blocks = range(1, self.settings.n_layers + 1)
        if self.settings.variant == "leaking":
            return tuple(f"block {block}, {part}" for block in blocks for part in ("masked", "unmasked"))
        return tuple(f"block {block}" for block in blocks)

    def shown(self) -> Int64[Tensor, "1 T"]:
        """The sequence whose attention is shown."""
        return self.task.test.inputs[:1, :NUM_SHOWN].to(self.device)

    def _seen(self, num_places: int) -> np.ndarray:
        """What each attention may look at."""
        triangle = np.tri(num_places, dtype=bool)
        everything = np.ones_like(triangle)
        masks = [everything if name.endswith("unmasked") else triangle for name in self.layer_names]
        return np.stack(masks)

    # ---- answers -----------------------------------------------------------------------------------------------

    @torch.no_grad()
    def _examples(self) -> tuple[Example, ...]:
        """The first rows of the test, answered; problems with digits are written out token by token."""
        assert isinstance(self.task, MadeTask)
        count = NUM_PROBLEMS if self.task.prompt_length else NUM_ROWS
        inputs, targets, weights = (part[:count] for part in self.task.test)
        given = self.answers(inputs)
        names = self.task.symbols
        return tuple(
            Example(signs(read, names), signs(wanted, names), signs(answer, names), asked)
            for read, wanted, answer, asked in zip(inputs, targets, given, weights.numpy() > 0, strict=True)
        )

    # ---- text --------------------------------------------------------------------------------------------------

    @property
    def drawing(self) -> Drawing:
        """How tokens are drawn, as the settings say."""
        return Drawing(self.settings.temperature, self.settings.top_k)

    def _has_short_lines(self) -> bool:
        if self.settings.task not in ALL_TEXTS:
            return False
        found = self.corpus.split("\n")
        return len(self.corpus) < SHORT * len(found)

    @property
    def corpus(self) -> str:
        """The training part as text, in which copies are looked for."""
        if not hasattr(self, "_corpus"):
            assert isinstance(self.task, ReadingTask)
            text = self.task.text
            self._corpus = text.join(text.ids[: text.num_train])[:MAX_SEARCHED]
            self._corpus_lines = frozenset(self._corpus.split("\n"))
        return self._corpus

    def lines(self, count: int, seed: int = 0) -> tuple[Line, ...]:
        """Short lines that the network writes, each marked if the training text has it."""
        assert isinstance(self.task, ReadingTask)
        text = self.task.text
        start = text.numbers("\n")[:1].expand(count, 1).to(self.device)
        length = min(LONGEST_LINE, self.model.max_len - 1)
        rows = write(self.model, start, length, self.drawing, seed=seed).cpu()
        found = [text.join(row).split("\n")[0] for row in rows]
        return tuple(Line(line, line in self._corpus_lines) for line in found)

    def _written(self) -> Written:
        """Goes on from the beginning of the test."""
        assert isinstance(self.task, ReadingTask)
        text = self.task.text
        return self.compose(text.ids[text.num_train : text.num_train + NUM_PROMPT], NUM_WRITTEN)

    def compose(self, prompt: Int64[Tensor, " n"], length: int, seed: int = 0) -> Written:
        """Goes on from a prompt, and looks for copies in what was written."""
        assert isinstance(self.task, ReadingTask)
        join = self.task.text.join
        ids = write(self.model, prompt[None].to(self.device), length, self.drawing, seed=seed)[0].cpu()
        is_copied, longest = copies(join(ids), self.corpus)
        return Written(join(prompt), join(ids), is_copied, longest)
