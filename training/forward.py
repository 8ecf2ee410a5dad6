"""One forward pass through any network, watched module by module: shapes, arithmetic, memory, receptive fields.

The pass is the network's own, on a real batch, in evaluation mode and without gradients. It leaves nothing behind.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

from training.experiment import Network
from training.probe import evaluating
from training.turn import same_random_numbers

Shape = tuple[int, ...]
Shapes = tuple[tuple[Shape, ...], tuple[Shape, ...]]  # of what comes in and what goes out


@dataclass
class Visit:
    """What one module did in one pass.

    Attributes:
        calls: how often it was called.
        inputs: shapes of the tensors that came in at the first call.
        outputs: shapes of the tensors that went out of it.
        operations: multiplications and additions, those of the modules inside included.
        num_bytes: of the outputs of all calls.
        reach: receptive field of a place in the output, one number an axis; None where that means nothing.
    """

    calls: int = 0
    inputs: tuple[Shape, ...] = ()
    outputs: tuple[Shape, ...] = ()
    operations: int = 0
    num_bytes: int = 0
    reach: tuple[int, ...] | None = None
    _before: int = field(default=0, repr=False)


def watch(network: Network) -> dict[nn.Module, Visit]:
    """What every module that is called does in one pass, in order of the calls."""
    visits: dict[nn.Module, Visit] = {}
    _watch(network, visits)
    return visits


def watch_as_far_as_possible(network: Network) -> tuple[dict[nn.Module, Visit], bool]:
    """The same of a network that may not come to the end: on the device `meta`, sizes cannot depend on numbers.

    Returns:
        What was called until then, and whether the pass went to the end.
    """
    visits: dict[nn.Module, Visit] = {}
    try:
        _watch(network, visits)
    except RuntimeError:  # what torch raises there, where a size is asked of numbers or real numbers are mixed in
        return visits, False
    return visits, True


def _watch(network: Network, visits: dict[nn.Module, Visit]) -> None:
    counter = FlopCounterMode(display=False, custom_mapping=_NOT_COUNTED_BY_TORCH)

    def before(module: nn.Module, args: Any, kwargs: Any) -> None:
        visit = visits.setdefault(module, Visit())
        visit._before = counter.get_total_flops()
        if not visit.calls:
            visit.inputs = shapes_of((args, kwargs))

    def after(module: nn.Module, args: Any, kwargs: Any, outputs: Any) -> None:
        visit = visits[module]
        visit.outputs = visit.outputs or shapes_of(outputs)
        visit.calls += 1
        visit.operations += counter.get_total_flops() - visit._before
        visit.num_bytes += sum(one.numel() * one.element_size() for one in tensors_in(outputs))
        visit.reach = _mark(module, next(tensors_in(args), None), next(tensors_in(outputs), None))

    has_windows = any(isinstance(module, _WINDOWS) for module in network.module.modules())
    with ExitStack() as stack:
        stack.enter_context(counter)
        if has_windows:
            stack.enter_context(_Fields())
        stack.enter_context(hooked(list(network.module.modules()), before, after))
        run_through(network, _marked(network.inputs) if has_windows else None)


def letters(network: Network, visits: dict[nn.Module, Visit]) -> Callable[[nn.Module], tuple[str, str]]:
    """Finds out what the sizes in the shapes depend on, by passes with one example (one time step …) fewer.

    Args:
        network: whose axes have letters; where it names none, the first axis of every input that is as long as that
            of the first input is B, the examples of the batch.
        visits: of a pass with all examples.

    Returns:
        A function that writes a module's shapes before and after, as `B × 8`.
    """
    trials = []
    for letter, size in _sizes(network).items():
        other = size - 1 if size > 1 else size + 1
        trials.append((letter, size, other, _shapes_with(network, letter, other)))

    def write(module: nn.Module) -> tuple[str, str]:
        shapes: Shapes = visits[module].inputs, visits[module].outputs
        found = []
        for letter, size, other, seen in trials:
            varied = seen.get(module)
            if varied is None or [[len(s) for s in part] for part in varied] != [[len(s) for s in p] for p in shapes]:
                varied = _guessed(shapes, size, other)
            found.append((letter, size, other, varied))
        texts = []
        for side in (0, 1):
            parts = []
            for number, shape in enumerate(shapes[side]):
                sizes = [
                    _size_text(value, [(one, n, m, seen[side][number][axis]) for one, n, m, seen in found])
                    for axis, value in enumerate(shape)
                ]
                parts.append(written(sizes))
            texts.append(joined(parts))
        return texts[0], texts[1]

    return write


def written(sizes: Sequence[object]) -> str:
    """A shape for people: `B × 8`; a single number has the shape 1."""
    return " × ".join(map(str, sizes)) or "1"


def joined(shapes: Sequence[str]) -> str:
    """Several shapes; of many, the first three."""
    return ", ".join([*shapes[:3], *(["…"] if len(shapes) > 3 else [])])


def shapes_of(nest: Any) -> tuple[Shape, ...]:
    """Shapes of all tensors in a nest of tuples, lists and dicts; what is no tensor has none."""
    return tuple(tuple(one.shape) for one in tensors_in(nest))


def tensors_in(nest: Any) -> Iterator[Tensor]:
    """All tensors in a nest of tuples, lists and dicts."""
    if isinstance(nest, Tensor):
        yield nest
    elif isinstance(nest, dict):
        for value in nest.values():
            yield from tensors_in(value)
    elif isinstance(nest, list | tuple):
        for value in nest:
            yield from tensors_in(value)


@contextmanager
def hooked(modules: Sequence[nn.Module], before: Any = None, after: Any = None) -> Iterator[None]:
    """Calls `before(module, args, kwargs)` and `after(module, args, kwargs, outputs)` at each call of a module."""
    hooks = [one.register_forward_pre_hook(before, with_kwargs=True) for one in modules if before]
    hooks += [one.register_forward_hook(after, with_kwargs=True) for one in modules if after]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


@torch.no_grad()
def run_through(network: Network, batch: Sequence[Any] | None = None) -> None:
    """One pass in evaluation mode, of the network's own batch or of another. Leaves nothing behind itself."""
    device = next((one.device for one in tensors_in(network.inputs)), torch.device("cpu"))
    is_fast = torch.backends.mha.get_fastpath_enabled()
    with same_random_numbers(device), evaluating(network.module.modules()):
        torch.backends.mha.set_fastpath_enabled(False)  # it would go past the modules inside an encoder layer
        try:
            network.module(*(network.inputs if batch is None else batch))
        finally:
            torch.backends.mha.set_fastpath_enabled(is_fast)


# ---- letters -------------------------------------------------------------------------------------------------------


def _axes(network: Network) -> list[list[str]]:
    """The letters of the axes of each tensor that comes in; an empty one where nobody gave a letter."""
    named = [axes.split() for axes in network.axes]
    shapes = shapes_of(network.inputs)
    batch = shapes[0][0] if shapes and shapes[0] else None
    guessed = [["B"] if shape and shape[0] == batch else [] for shape in shapes]
    return named or guessed


def _sizes(network: Network) -> dict[str, int]:
    """The size that each letter stands for."""
    found: dict[str, int] = {}
    for axes, shape in zip(_axes(network), shapes_of(network.inputs), strict=False):
        for letter, size in zip(axes, shape, strict=False):
            if letter.isupper():
                found.setdefault(letter, size)
    return found


def _shapes_with(network: Network, letter: str, size: int) -> dict[nn.Module, Shapes]:
    """The shapes in a pass where the axes called `letter` have another size; empty if the network refuses that."""
    rows, names = [], iter(_axes(network))
    for one in network.inputs:
        for axis, name in enumerate(next(names, [])) if isinstance(one, Tensor) else ():
            if name == letter:
                places = torch.arange(size, device=one.device) % one.shape[axis]
                one = one.index_select(axis, places)
        rows.append(one)
    seen: dict[nn.Module, Shapes] = {}

    def after(module: nn.Module, args: Any, kwargs: Any, outputs: Any) -> None:
        seen.setdefault(module, (shapes_of((args, kwargs)), shapes_of(outputs)))

    try:
        with hooked(list(network.module.modules()), after=after):
            run_through(network, rows)
    except Exception:  # a graph whose edges name a node that has gone, say: then sizes alone must do
        return {}
    return seen


def _guessed(shapes: Shapes, size: int, other: int) -> Shapes:
    """The shapes of a pass that could not be made: first axes of the right size would follow."""
    inputs, outputs = (
        tuple(tuple(other if at == 0 and value == size else value for at, value in enumerate(shape)) for shape in side)
        for side in shapes
    )
    return inputs, outputs


def _size_text(value: int, trials: Sequence[tuple[str, int, int, int]]) -> str:
    """One size of a shape: the letters it is in proportion to, and what is left; `4·B`."""
    rest, found = value, []
    for letter, size, other, seen in trials:
        if seen != value and seen * size == value * other and rest % size == 0:
            found.append(letter)
            rest //= size
    return "·".join([*([str(rest)] if rest != 1 or not found else []), *found])


# ---- arithmetic ----------------------------------------------------------------------------------------------------


def _lstm_operations(inputs: Any, in_weight: Any, state_weight: Any, *_: Any, **__: Any) -> int:
    return 2 * math.prod(inputs[:-1]) * (math.prod(in_weight) + math.prod(state_weight))


def _cudnn_operations(inputs: Any, weights: Any, *_: Any, **__: Any) -> int:
    return 2 * math.prod(inputs[:-1]) * sum(math.prod(one) for one in weights if len(one) == 2)


def _attention_operations(query: Any, key: Any, value: Any, *_: Any, **__: Any) -> int:
    return int(sdpa_flop_count(query, key, value))


_NOT_COUNTED_BY_TORCH: Final = {
    torch.ops.aten.mkldnn_rnn_layer: _lstm_operations,
    torch.ops.aten._cudnn_rnn: _cudnn_operations,
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: _attention_operations,
}


# ---- receptive fields ----------------------------------------------------------------------------------------------

Field = tuple[tuple[int, int], ...]  # how far a place sees, and the distance of two neighbours, along each axis

_NAME: Final = "_field"
_WINDOWS: Final = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d,
                   nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)  # fmt: skip


class _Fields(TorchFunctionMode):
    """Passes the receptive field on through whatever keeps the places: a bend, a sum of two branches."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        outputs = func(*args, **(kwargs or {}))
        if isinstance(outputs, Tensor) and outputs.ndim > 2 and not hasattr(outputs, _NAME):
            inputs = [one for one in tensors_in(args) if hasattr(one, _NAME)]
            if inputs and all(one.shape[2:] == outputs.shape[2:] for one in inputs):
                setattr(outputs, _NAME, max(getattr(one, _NAME) for one in inputs))
        return outputs


def _marked(inputs: Sequence[Any]) -> list[Any]:
    """The batch with its fields: every place sees itself."""
    copies = [one.clone() if isinstance(one, Tensor) else one for one in inputs]
    for one in copies:
        if isinstance(one, Tensor) and one.ndim > 2:
            setattr(one, _NAME, ((1, 1),) * (one.ndim - 2))
    return copies


def _mark(module: nn.Module, came: Tensor | None, went: Tensor | None) -> tuple[int, ...] | None:
    """Gives the output of a convolution or pooling its field; returns it if there is one."""
    before: Field | None = getattr(came, _NAME, None)
    if not isinstance(module, _WINDOWS) or before is None or went is None:
        return None
    window = (_each(getattr(module, name, 1), len(before)) for name in ("kernel_size", "stride", "dilation"))
    after: Field = tuple(
        (reach + (size - 1) * dilation * step, step * stride)
        for (reach, step), size, stride, dilation in zip(before, *window, strict=True)
    )
    setattr(went, _NAME, after)
    return tuple(reach for reach, _ in after)


def _each(value: Any, num_axes: int) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,) * num_axes
