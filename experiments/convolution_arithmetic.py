"""The sizes of convolutions and poolings, exactly as torch.nn has them, with the formula and what the floor drops."""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["convolution", "transposed", "max pooling", "average pooling"]
Padding = Literal["number", "valid", "same", "full"]

POOLINGS: Final = ("max pooling", "average pooling")


@dataclass(frozen=True)
class Axis:
    """One axis of an operation.

    Attributes:
        kind: what is done.
        size: N, cells that come in.
        kernel: K, cells of a window.
        stride: s, cells from one window to the next (for a transposed one, between what two cells write).
        before: cells of padding before the first one (for a transposed one, cells cut off there).
        after: the same behind the last one.
        dilation: d, cells from one weight to the next.
        output_padding: cells added behind the output of a transposed one.
        is_ceil: a pooling that also takes a last window that hangs over the end.
    """

    kind: Kind
    size: int
    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    output_padding: int = 0
    is_ceil: bool = False

    @property
    def reach(self) -> int:
        """Cells from the first to the last weight of a window: d(K − 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def padded(self) -> int:
        """Cells with the padding."""
        return self.size + self.before + self.after


def padding_of(padding: Padding, number: int, kernel: int, dilation: int) -> tuple[int, int]:
    """How many cells are added before and after.

    `same` keeps the size at stride 1, with the odd cell behind, as torch has it; `full` lets every window take part
    that holds at least one cell.
    """
    spread = dilation * (kernel - 1)
    match padding:
        case "valid":
            return 0, 0
        case "same":
            return spread // 2, spread - spread // 2
        case "full":
            return spread, spread
        case "number":
            return number, number


def complaint(axis: Axis) -> str:
    """Why this cannot be computed, in one sentence; empty if it can. The rules are those of torch.nn."""
    if axis.kind == "transposed":
        if axis.output_padding >= max(axis.stride, axis.dilation):
            return (
                f"Output padding {axis.output_padding} must be smaller than stride {axis.stride} or dilation "
                f"{axis.dilation}: it only says which of the sizes that the stride merged is meant."
            )
        if output_size(axis) < 1:
            return f"Nothing is left: the padding cuts {axis.before + axis.after} cells off all that is written."
        return ""
    if axis.kind in POOLINGS and axis.before > axis.kernel // 2:
        return (
            f"Padding {axis.before} is more than half the window of {axis.kernel}: some windows would hold only that."
        )
    if output_size(axis) < 1:
        return (
            f"A window reaches over {axis.reach} cells, and there are only {axis.padded} with the padding: choose a "
            "smaller kernel or dilation, a larger input, or more padding."
        )
    return ""


def output_size(axis: Axis) -> int:
    """Cells that go out. Check `complaint` first: what cannot be computed gives a number without meaning."""
    if axis.kind == "transposed":
        return (axis.size - 1) * axis.stride - axis.before - axis.after + axis.reach + axis.output_padding
    room = axis.padded - axis.reach
    if not axis.is_ceil:
        return room // axis.stride + 1
    count = -(-room // axis.stride) + 1
    if (count - 1) * axis.stride >= axis.size + axis.before:  # a last window that would start beyond the end
        count -= 1
    return count


def num_windows_at(axis: Axis) -> list[int]:
    """How many windows read each cell of the padded input, first to last; not for a transposed one."""
    counts = [0] * axis.padded
    for window in range(output_size(axis)):
        for weight in range(axis.kernel):
            place = window * axis.stride + weight * axis.dilation
            if place < axis.padded:  # a window of a ceiling hangs over
                counts[place] += 1
    return counts


def dropped(axis: Axis) -> list[int]:
    """Places in the padded input behind the last window: what the floor drops; not for a transposed one."""
    end = (output_size(axis) - 1) * axis.stride + axis.reach
    return list(range(min(end, axis.padded), axis.padded))


def general_formula(axis: Axis) -> str:
    """The size in LaTeX, in letters."""
    pads = "2p" if axis.before == axis.after else "p"
    if axis.kind == "transposed":
        return rf"(N - 1)\,s - {pads} + d(K - 1) + \text{{output padding}} + 1"
    left, right = _brackets(axis)
    return rf"{left} \frac{{N + {pads} - d(K-1) - 1}}{{s}} {right} + 1"


def formula(axis: Axis) -> str:
    """The same with the numbers put in, and the result."""
    n, k, s, d = axis.size, axis.kernel, axis.stride, axis.dilation
    pads = rf"2 \cdot {axis.before}" if axis.before == axis.after else str(axis.before + axis.after)
    result = rf"\mathbf{{{output_size(axis)}}}"
    if axis.kind == "transposed":
        return rf"({n} - 1) \cdot {s} - {pads} + {d} \cdot ({k} - 1) + {axis.output_padding} + 1 = {result}"
    left, right = _brackets(axis)
    room = axis.padded - axis.reach
    is_shorter = axis.is_ceil and output_size(axis) < -(-room // s) + 1
    shorter = r" - 1 \text{ (it would begin beyond the end)}" if is_shorter else ""
    return (
        rf"{left} \frac{{{n} + {pads} - {d} \cdot ({k} - 1) - 1}}{{{s}}} {right} + 1 = "
        rf"{left} \frac{{{room}}}{{{s}}} {right} + 1{shorter} = {result}"
    )


def _brackets(axis: Axis) -> tuple[str, str]:
    return (r"\left\lceil", r"\right\rceil") if axis.is_ceil else (r"\left\lfloor", r"\right\rfloor")


def channel_complaint(inputs: int, outputs: int, groups: int) -> str:
    """Why channels cannot be grouped so, in one sentence; empty if they can."""
    for name, count in (("input", inputs), ("output", outputs)):
        if count % groups:
            return (
                f"{count} {name} channels cannot be dealt out evenly to {groups} groups: choose a divisor of {count}."
            )
    return ""


def num_parameters(inputs: int, outputs: int, groups: int, num_weights: int) -> int:
    """Weights and biases of a convolution, transposed or not: every output channel reads the inputs of its group."""
    return outputs * (inputs // groups) * num_weights + outputs


def num_macs(inputs: int, outputs: int, groups: int, num_weights: int, num_cells: int) -> int:
    """Multiplications with addition of one picture.

    Args:
        inputs: channels that come in.
        outputs: channels that go out.
        groups: parts that do not see each other.
        num_weights: of one window in one channel.
        num_cells: of an output map; of an input map for a transposed convolution, where each cell is written out.
    """
    return outputs * (inputs // groups) * num_weights * num_cells
