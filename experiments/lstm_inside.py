"""Looking inside the network of the page `lstm`: one sequence, one step taken apart, gradients, all states of a text.

Nothing here moves the run, its optimiser or its random numbers.

Shapes: R rows to look into, L steps of them, W steps of a window, H units, U units that are drawn.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from data.synthetic import Sequences
from experiments.lstm_observation import GATES, MOST_SHOWN, NUM_NEXT, SIGNALS, WINDOW, WORDS_WINDOW, LSTMObservation
from experiments.lstm_reading import memory_gradients, read, sums_of
from experiments.lstm_settings import LSTMSettings
from experiments.lstm_task import block, rows_to_read, signs
from experiments.lstm_tracks import tracks_of_symbols, tracks_of_text, tracks_of_values
from experiments.sequence_settings import ALL_TEXTS
from experiments.sequences import Own, Task, TextTask
from models.lstm import SimpleLSTM
from models.rnn import SimpleRNN
from training.arrays import array
from training.turn import same_random_numbers

FLAT_GATE: Final = 0.01  # a gate this close to 0 or 1 passes next to no gradient
FLAT_TANH: Final = 0.99
NUM_GRADIENTS: Final = 32  # test sequences over which gradients are averaged


@dataclass(frozen=True, eq=False)
class Part:
    """Where one sum of a unit comes from at one step: z = W x + U h + b.

    Attributes:
        name: of the gate or proposal.
        from_symbol: what the symbol read adds.
        from_hidden: (H,) what each hidden value of the step before adds.
        bias: b.
        sum: z.
        value: after the bend.
        is_gate: bent by σ to a share; otherwise by tanh.
    """

    name: str
    from_symbol: float
    from_hidden: Float[np.ndarray, " H"]
    bias: float
    sum: float
    value: float
    is_gate: bool


@dataclass(frozen=True, eq=False)
class Recording:
    """The states of all units over all test sequences.

    Attributes:
        symbols: R rows of L symbols as they are shown.
        states: hidden values, and for an LSTM the cell values, each (R, L, H).
        tracks: (R, L) of everything a unit might keep track of, by name.
    """

    symbols: tuple[tuple[str, ...], ...]
    states: dict[str, Float[np.ndarray, "R L H"]]
    tracks: dict[str, Float[np.ndarray, "R L"]]


class Inside(ABC):
    """What `LSTMExperiment` answers when it is looked into."""

    settings: LSTMSettings
    device: torch.device
    task: Task
    model: SimpleLSTM | SimpleRNN
    _own: Own | None

    @abstractmethod
    def moved(self, batch: Sequences) -> Sequences:
        """The same sequences on the device."""

    @abstractmethod
    def write(self, prompt: Tensor, length: int, temperature: float | int, top_k: int, seed: int = 0) -> Tensor:
        """Symbols that the network writes on from a prompt."""

    @cached_property
    def rows(self) -> Sequences:
        """What can be looked into: test sequences, or rows of the text's tail; no step needs them."""
        return self.moved(rows_to_read(self.task))

    @torch.no_grad()
    def observe(self) -> LSTMObservation:
        """The chosen row, read by the network as it is now."""
        row, first = self._place()
        inputs, targets, weights = (part[row : row + 1] for part in self.rows)
        window = slice(first, first + self._window)
        seen = read(self.model, inputs[:, : window.stop])
        outputs = self.model.fc(seen["hidden"][0, window])  # (W, K)
        is_asked = (weights[0, window] > 0).tolist()
        wanted, symbols = targets[0, window], self.task.answers
        said, next_symbols, next_chances = self._said(outputs)
        memory = "cell" if "cell" in seen else "hidden"
        values = torch.stack([seen[name][0, window, :MOST_SHOWN] for name in SIGNALS[self.settings.cell]])
        answers = signs(wanted, symbols)
        return LSTMObservation(
            takes_numbers=self.task.takes_numbers,
            cell=self.settings.cell,
            task=self.settings.task,
            symbols=tuple(signs(inputs[0, window], self.task.symbols)),
            targets=tuple(sign if asked else "" for sign, asked in zip(answers, is_asked, strict=True)),
            said=said,
            next_symbols=next_symbols,
            next_chances=next_chances,
            values=array(values),
            before=self._before(seen["hidden"], first),
            memory_before=self._before(seen[memory], first),
            num_units=self.settings.hidden_dim,
            row=row,
            start=first,
            length=self.rows.inputs.shape[1],
            num_rows=len(self.rows.inputs),
            levels=tuple(self.task.baselines.items()),
            saturated_share=(saturated_share(seen),),
        )

    @property
    def _window(self) -> int:
        """Steps in the picture: fewer where the signs are whole words."""
        return WORDS_WINDOW if self.settings.level == "word" and self.settings.task in ALL_TEXTS else WINDOW

    def _place(self) -> tuple[int, int]:
        """Row and first step that are shown, as far as they exist."""
        row = min(self.settings.row, len(self.rows.inputs) - 1)
        return row, min(self.settings.start, max(0, self.rows.inputs.shape[1] - self._window))

    def _said(
        self, outputs: Float[Tensor, "W K"]
    ) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], Float[np.ndarray, "W n"]]:
        """The answers as signs, the few most likely symbols, and their chances; numbers have no chance."""
        if self.task.takes_numbers:
            said = tuple(block(value) for value in outputs[:, 0].nan_to_num().tolist())
            written = tuple((f"{value:.2f}".replace("-", "−"),) for value in outputs[:, 0].tolist())
            return said, written, np.ones((len(said), 1))
        chances = outputs.softmax(1).nan_to_num()
        best, which = chances.topk(min(NUM_NEXT, chances.shape[1]), dim=1)
        found = tuple(tuple(signs(line, self.task.answers)) for line in which)
        return tuple(line[0] for line in found), found, array(best)

    def _before(self, states: Float[Tensor, "1 L H"], first: int) -> Float[np.ndarray, " U"]:
        before = states[0, first - 1] if first else torch.zeros_like(states[0, 0])
        return array(before[:MOST_SHOWN])

    @torch.no_grad()
    def parts(self, unit: int, step: int) -> tuple[Part, ...]:
        """Where each gate and the proposal of one unit come from at one step of the chosen sequence.

        Args:
            unit: from 0.
            step: of the whole sequence, from 0.
        """
        sums, size = sums_of(self.model), self.settings.hidden_dim
        row, _ = self._place()
        inputs = self.rows.inputs[row : row + 1, : step + 1]
        seen = read(self.model, inputs)
        before = seen["hidden"][0, step - 1] if step else torch.zeros_like(seen["hidden"][0, 0])
        embedded = self.model.embed(inputs[0, step])
        found = []
        for number, name in enumerate(PARTS[self.settings.cell]):
            at = number * size + unit
            products = sums.hidden[at] * before
            from_symbol = float(sums.input[at] @ embedded)
            bias = float(sums.input_bias[at] + sums.hidden_bias[at])
            if self.settings.cell == "gru" and name == "proposal":  # the reset gate lets only a share of it through
                reset = float(seen["reset"][0, step, unit])
                products = products * reset
                bias = float(sums.input_bias[at] + reset * sums.hidden_bias[at])
            value = float(seen[name][0, step, unit])
            total = from_symbol + float(products.sum()) + bias
            found.append(Part(name, from_symbol, array(products), bias, total, value, name in GATES))
        return tuple(found)

    def recording(self) -> Recording:
        """The states of all units over all test sequences, and what they might keep track of."""
        seen = read(self.model, self.rows.inputs)
        states = {"hidden h": array(seen["hidden"])}
        if "cell" in seen:
            states["cell c"] = array(seen["cell"])
        rows = [signs(row, self.task.symbols) for row in self.rows.inputs]
        return Recording(tuple(map(tuple, rows)), states, self._tracks(rows))

    def _tracks(self, rows: list[list[str]]) -> dict[str, Float[np.ndarray, "R L"]]:
        if self.task.takes_numbers:
            return tracks_of_values(array(self.rows.inputs))
        if self.settings.task not in ALL_TEXTS:
            return tracks_of_symbols(rows, has_first=self.settings.task in ("memory", "copy"))
        return tracks_of_text(rows)

    @torch.no_grad()
    def composed(self, prompt: str, length: int) -> tuple[str, str]:
        """What is known of a prompt, and how the network goes on, with the temperature of the settings.

        Args:
            prompt: any text; what the training text does not have is left out.
            length: symbols to write.
        """
        assert isinstance(self.task, TextTask)
        text, settings = self.task.text, self.settings
        known = text.numbers(prompt)
        known = known if len(known) else text.ids[:1]
        return text.join(known), text.join(self.write(known, length, settings.temperature, settings.top_k))

    def gradients(self) -> Float[np.ndarray, " lags"]:
        """‖∂L_T/∂c_t‖ against the lag T − t, for the last step at which an answer is wanted."""
        batch = self.moved(Sequences(*(part[:NUM_GRADIENTS] for part in self.task.test)))
        last = int(torch.nonzero(batch.weights[0])[-1])
        targets = batch.targets[:, last]

        def judge(outputs: Tensor) -> Tensor:
            if self.task.takes_numbers:
                return (outputs - targets).square().mean(1).sum()
            return F.cross_entropy(outputs, targets, reduction="sum")

        return array(memory_gradients(self.model, batch.inputs[:, : last + 1], judge))

    def gradients_at_the_start(self, cell: str) -> Float[np.ndarray, " lags"]:
        """The same for a fresh network with that cell and as many units, before its first step."""
        with same_random_numbers(self.device):
            torch.manual_seed(self.settings.seed)
            build: Any = type(self)
            fresh: Inside = build(self.settings.changed(cell=cell), self._own)
            return fresh.gradients()


PARTS: Final = {  # in the order in which torch keeps their weights
    "lstm": ("input", "forget", "proposal", "output"),
    "gru": ("reset", "update", "proposal"),
    "rnn": ("hidden",),
}


def saturated_share(seen: dict[str, Float[Tensor, "B T H"]]) -> float:
    """Share of gate values in the flat part of σ; where there are no gates, of hidden values in that of tanh."""
    gates = [seen[name] for name in seen if name in GATES]
    if not gates:
        return (seen["hidden"].abs() > FLAT_TANH).float().mean().item()
    values = torch.stack(gates)
    return ((values < FLAT_GATE) | (values > 1 - FLAT_GATE)).float().mean().item()
