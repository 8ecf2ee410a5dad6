"""A decoder-only network that can be watched: its answers, what it writes, where its heads look."""

from typing import Final

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor

from experiments.decoder_observation import DecoderObservation, Example, Line
from experiments.decoder_settings import WITH_DIGITS
from experiments.decoder_tasks import MadeTask, ReadingTask
from experiments.decoder_training import DecoderTraining
from experiments.decoder_writing import Drawing, write
from experiments.sequence_watching import Written, copies, signs
from models.attention_inside import attention_weights

NUM_SHOWN: Final = 24  # tokens of the sequence whose attention is shown
NUM_PROBLEMS: Final = 36  # that are answered for the picture
NUM_ROWS: Final = 4  # rows of letters
NUM_TEXTS: Final = 3  # other texts that are written
NUM_WRITTEN: Final = 64  # tokens of each
NUM_PROMPT: Final = 12


class DecoderWatching(DecoderTraining):
    """An experiment on a decoder-only network, with eyes."""

    def observe(self) -> DecoderObservation:
        """The network as it is now, on the first rows of the test."""
        task = self.task
        self.model.eval()
        tokens = self.shown()
        weights = np.concatenate([layer.cpu().numpy() for layer in attention_weights(self.model, tokens)])
        is_text, lines = isinstance(task, ReadingTask), self._lines()
        found = DecoderObservation(
            task=self.settings.task,
            kind="text" if is_text else "digits" if self.settings.task in WITH_DIGITS else "letters",
            variant=self.settings.variant,
            examples=() if is_text else self._examples(),
            lines=lines,
            written=self._written() if is_text and not lines else (),
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

    def _lines(self) -> tuple[Line, ...]:
        """Short lines that the network writes, each marked if the training text has it."""
        task = self.task
        if not isinstance(task, ReadingTask) or not task.lines:
            return ()
        return tuple(Line(line, line in task.lines) for line in self.written_lines())

    def _written(self) -> tuple[Written, ...]:
        """Goes on from some places of the test, all at the same time."""
        task = self.reading_task
        text = task.text
        starts = torch.linspace(text.num_train, len(text.ids) - NUM_PROMPT, NUM_TEXTS).long()
        prompts = text.ids[starts[:, None] + torch.arange(NUM_PROMPT)]
        rows = write(self.model, prompts.to(self.device), NUM_WRITTEN, self.drawing).cpu()
        found = []
        for prompt, row in zip(prompts, rows, strict=True):
            is_copied, longest = copies(text.join(row), task.corpus)
            found.append(Written(text.join(prompt), text.join(row), is_copied, longest))
        return tuple(found)
