"""The layers of any network in a table: shapes, parameters, arithmetic, memory, and how far the weights have moved."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Final

import torch
from torch import Tensor, nn

from training.experiment import Network
from training.forward import Visit, joined, letters, watch, written
from training.probe import NextStep, next_step, parameters_in
from training.run import Run

MIN_SAVED: Final = 4  # lines that showing equal blocks once has to save


@dataclass(frozen=True)
class Weights:
    """Sums over the weights of one layer or of several; NaN where it is not known.

    Attributes:
        count: how many weights.
        total: Σ w.
        squares: Σ w².
        start_squares: Σ w² at step 0.
        moved_squares: Σ (w − w at step 0)².
        num_graded: how many weights got a gradient.
        gradient_squares: Σ g² of the next step's gradient.
        num_zero: how many of the gradients are exactly 0.
        update_squares: Σ Δw² of the next step.
    """

    count: int = 0
    total: float = 0.0
    squares: float = 0.0
    start_squares: float = 0.0
    moved_squares: float = 0.0
    num_graded: int = 0
    gradient_squares: float = 0.0
    num_zero: int = 0
    update_squares: float = 0.0

    def __add__(self, other: "Weights") -> "Weights":
        """The weights of both."""
        return Weights(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def mean(self) -> float:
        """Mean of the weights."""
        return self.total / self.count if self.count else math.nan

    @property
    def deviation(self) -> float:
        """Standard deviation of the weights."""
        return math.sqrt(max(0.0, self.squares / self.count - self.mean**2)) if self.count else math.nan

    @property
    def norm(self) -> float:
        """√Σ w²."""
        return math.sqrt(self.squares) if self.count else math.nan

    @property
    def start_norm(self) -> float:
        """√Σ w² at step 0."""
        return math.sqrt(self.start_squares) if self.count else math.nan

    @property
    def moved(self) -> float:
        """Distance from step 0 over the norm there; NaN if all began at 0."""
        return math.sqrt(self.moved_squares / self.start_squares) if self.start_squares else math.nan

    @property
    def gradient_norm(self) -> float:
        """√Σ g²."""
        return math.sqrt(self.gradient_squares) if self.num_graded else math.nan

    @property
    def zero_share(self) -> float:
        """Share of gradients that are exactly 0."""
        return self.num_zero / self.num_graded if self.num_graded else math.nan

    @property
    def update_ratio(self) -> float:
        """Length of the next update over the length of the weights."""
        return math.sqrt(self.update_squares / self.squares) if self.squares and self.num_graded else math.nan


@dataclass(frozen=True)
class Layer:
    """One line of the table: a layer, or several equal ones together.

    Attributes:
        path: attribute names from the network down; empty for the network itself.
        kind: its class.
        times: how many equal layers are shown in this line; counts, arithmetic and memory are of all of them.
        calls: how often it is called in one pass; 0 if it is not.
        inputs: shapes that come in, with letters.
        outputs: shapes that go out, with letters.
        sizes_in: the same for this batch.
        sizes_out: the same for this batch.
        formula: how the number of parameters comes about, for one of the layers.
        shared_with: the layer whose weights these are; they count there.
        num_parameters: weights and biases, each once.
        num_frozen: those that do not learn.
        num_macs: multiplications with addition in one pass.
        num_bytes: of parameters, buffers, and outputs for this batch.
        reach: receptive field of a place in the last one's output; empty where that means nothing.
        weights: sums over its parameters.
    """

    path: str
    kind: str
    times: int
    calls: int
    inputs: str
    outputs: str
    sizes_in: str
    sizes_out: str
    formula: str
    shared_with: str
    num_parameters: int
    num_frozen: int
    num_macs: int
    num_bytes: int
    reach: str
    weights: Weights


@dataclass(frozen=True)
class Anatomy:
    """A network, layer by layer.

    Attributes:
        layers: every layer on its own line.
        folded: the same, with repeated equal blocks shown once.
        num_parameters: of the network, each once.
        num_frozen: those that do not learn.
        num_macs: multiplications with addition in one pass of this batch.
        num_bytes: of parameters, buffers, and outputs for this batch.
        weights: sums over all parameters.
        batch: the sizes of what comes in.
    """

    layers: tuple[Layer, ...]
    folded: tuple[Layer, ...]
    num_parameters: int
    num_frozen: int
    num_macs: int
    num_bytes: int
    weights: Weights
    batch: str


def anatomies(run: Run) -> dict[str, Anatomy]:
    """Every network of a run as it is now, by name. Changes nothing."""
    start = run.state_at(0)
    has_failed = run.poll().has_failed

    def ask(experiment: object) -> dict[str, Anatomy]:
        step = NextStep() if has_failed else next_step(run.experiment)
        first = parameters_in(run.experiment, start)
        networks = run.experiment.networks()
        return {name: anatomy(network, step=step, first=first) for name, network in networks.items()}

    return run.look(ask)


def anatomy(network: Network, *, step: NextStep | None = None, first: Mapping[Tensor, Tensor] | None = None) -> Anatomy:
    """One network, from one pass of its batch.

    Args:
        network: with a real batch.
        step: gradients and updates, where there are some.
        first: the parameters at step 0, where that is known.
    """
    visits = watch(network)
    table = Table(network, visits, step or NextStep(), first or {})
    lines = tuple(table.lines(is_folded=False))
    return Anatomy(
        layers=lines,
        folded=tuple(table.lines(is_folded=True)),
        num_parameters=sum(line.num_parameters for line in lines),
        num_frozen=sum(line.num_frozen for line in lines),
        num_macs=sum(line.num_macs for line in lines),
        num_bytes=sum(line.num_bytes for line in lines),
        weights=sum((line.weights for line in lines), Weights()),
        batch=joined([written(one) for one in visits[network.module].inputs]),
    )


class Table:
    """Walks down a network and makes the lines."""

    def __init__(
        self,
        network: Network,
        visits: Mapping[nn.Module, Visit],
        step: NextStep,
        first: Mapping[Tensor, Tensor],
    ) -> None:
        self._network, self._visits, self._step, self._first = network, visits, step, first
        self._write: Callable[[nn.Module], tuple[str, str]] = cache(letters(network, dict(visits)))

    def lines(self, *, is_folded: bool, depth: int | None = None) -> list[Layer]:
        """The lines, where what lies deeper than `depth` is summed into the part that holds it."""
        self._is_folded, self._depth = is_folded, depth
        self._owners: dict[Tensor, str] = {}  # who counts a tensor
        self._met: set[nn.Module] = set()
        return self._below("", self._network.module)

    def _below(self, path: str, module: nn.Module) -> list[Layer]:
        """The lines of a module: one if nothing inside it is called, else its own share and those inside."""
        self._met.add(module)
        inside = [(name, one) for name, one in module.named_children() if one not in self._met]
        if module in self._visits and not any(one in self._visits for part in inside for one in part[1].modules()):
            self._met.update(module.modules())
            return [self._line(path, module, list(module.named_parameters()), list(module.buffers()), [])]
        own, buffers = list(module.named_parameters(recurse=False)), list(module.buffers(recurse=False))
        line = self._line(path, module, own, buffers, [one for _, one in inside])
        blocks = []
        for name, one in inside:
            if one not in self._met:
                below = f"{path}.{name}" if path else name
                blocks.append((below, self._below(below, one)))
        has_own = own or line.num_macs or not inside
        below_lines = _folded(blocks) if self._is_folded else [line for _, lines in blocks for line in lines]
        found = [*([line] if has_own else []), *below_lines]
        is_deep = self._depth is not None and path and path.count(".") + 1 >= self._depth
        return [self._part(line, found)] if is_deep and found else found

    def _line(
        self,
        path: str,
        module: nn.Module,
        named: Sequence[tuple[str, nn.Parameter]],
        buffers: Sequence[Tensor],
        inside: Sequence[nn.Module],
    ) -> Layer:
        visit = self._visits.get(module)
        inputs, outputs = self._write(module) if visit else ("", "")
        owners = [self._owners.get(one) for _, one in named]
        new = [one for (_, one), owner in zip(named, owners, strict=True) if owner is None]
        self._owners.update({one: path or type(module).__name__ for one in new})
        own_tensors: list[Tensor] = [*new, *buffers]
        made = 0 if visit is None or inside else visit.num_bytes
        done = 0 if visit is None else visit.operations
        done -= self._done_in(inside)
        return Layer(
            path=path,
            kind=type(module).__name__,
            times=1,
            calls=visit.calls if visit else 0,
            inputs=inputs,
            outputs=outputs,
            sizes_in=joined([written(one) for one in visit.inputs]) if visit else "",
            sizes_out=joined([written(one) for one in visit.outputs]) if visit else "",
            formula=" + ".join(written(one.shape) for one in new),
            shared_with=next((owner for owner in owners if owner is not None), ""),
            num_parameters=sum(one.numel() for one in new),
            num_frozen=sum(one.numel() for one in new if not one.requires_grad),
            num_macs=max(0, done) // 2,
            num_bytes=made + sum(one.numel() * one.element_size() for one in own_tensors),
            reach=written(visit.reach) if visit and visit.reach else "",
            weights=sum((self._sums(one) for one in new), Weights()),
        )

    def _part(self, line: Layer, inside: Sequence[Layer]) -> Layer:
        """A module with all that is in it in one line; one that is a mere list begins and ends as those in it do."""
        is_called = line.calls > 0
        first, last = (line, line) if is_called else (inside[0], inside[-1])
        return replace(
            _together(inside),
            path=line.path,
            kind=line.kind,
            times=1,
            calls=line.calls if is_called else first.calls,
            inputs=first.inputs,
            outputs=last.outputs,
            sizes_in=first.sizes_in,
            sizes_out=last.sizes_out,
            formula="",
            shared_with="",
            reach=inside[0].reach if len(inside) == 1 else "",  # of several branches the last need not see farthest
        )

    def _done_in(self, modules: Iterable[nn.Module]) -> int:
        """What these do, or, where they are lists that are never called themselves, what those in them do."""
        return sum(
            self._visits[one].operations if one in self._visits else self._done_in(one.children()) for one in modules
        )

    @torch.no_grad()
    def _sums(self, parameter: nn.Parameter) -> Weights:
        if parameter.is_meta:
            return Weights(parameter.numel(), *(math.nan,) * 4)
        values = parameter.double()
        first, gradient = self._first.get(parameter), self._step.gradients.get(parameter)
        update = self._step.updates.get(parameter)
        return Weights(
            count=values.numel(),
            total=float(values.sum()),
            squares=_squares(values),
            start_squares=math.nan if first is None else _squares(first),
            moved_squares=math.nan if first is None else _squares(values - first),
            num_graded=0 if gradient is None else gradient.numel(),
            gradient_squares=0.0 if gradient is None else _squares(gradient),
            num_zero=0 if gradient is None else int((gradient == 0).sum()),
            update_squares=0.0 if update is None else _squares(update),
        )


def _squares(values: Tensor) -> float:
    """Σ v² in double precision: an exploding network overflows single precision."""
    return float((values.double() ** 2).sum())


# ---- folding -------------------------------------------------------------------------------------------------------


def _folded(blocks: Sequence[tuple[str, list[Layer]]]) -> list[Layer]:
    """The lines of neighbouring blocks, where the longest repetitions are shown once."""
    alike = [tuple(_signature(line, path) for line in lines) for path, lines in blocks]
    folded: list[Layer] = []
    at = 0
    while at < len(blocks):
        length, times, saved = _repetition(alike, at)
        if saved and _repetition(alike, at + 1)[2] >= saved:
            length, times = 1, 1  # Linear, bend, Linear, bend … reads better than bend, Linear, bend, Linear …
        copies = [
            [line for _, lines in blocks[at + length * k : at + length * (k + 1)] for line in lines]
            for k in range(times)
        ]
        folded += [_together(same) for same in zip(*copies, strict=True)]
        at += length * times
    return folded


def _repetition(alike: Sequence[tuple[object, ...]], at: int) -> tuple[int, int, int]:
    """How many blocks from `at` on are repeated how often, and the lines that saves; (1, 1, 0) if it saves few."""
    best = (1, 1, 0)
    for length in range(1, (len(alike) - at) // 2 + 1):
        pattern, times = alike[at : at + length], 1
        while alike[at + length * times : at + length * (times + 1)] == pattern:
            times += 1
        saved = sum(map(len, pattern)) * (times - 1)
        if saved > max(best[2], MIN_SAVED - 1):
            best = (length, times, saved)
    return best


def _signature(line: Layer, path: str) -> Layer:
    """What has to be the same in equal layers: all but the place, the numbers in the weights and the field."""
    return replace(line, path=line.path.removeprefix(path), reach="", weights=Weights(), shared_with="")


def _together(same: Sequence[Layer]) -> Layer:
    """Equal layers in one line."""
    return replace(
        same[0],
        times=sum(line.times for line in same),
        num_parameters=sum(line.num_parameters for line in same),
        num_frozen=sum(line.num_frozen for line in same),
        num_macs=sum(line.num_macs for line in same),
        num_bytes=sum(line.num_bytes for line in same),
        reach=same[-1].reach,
        weights=sum((line.weights for line in same), Weights()),
    )
