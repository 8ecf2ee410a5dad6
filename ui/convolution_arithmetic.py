"""Look inside, page `convolution`: the calculator of sizes, and the window with all its numbers."""

from collections.abc import Callable
from typing import Any, Final, get_args

import streamlit as st

from experiments.convolution_arithmetic import (
    POOLINGS,
    Axis,
    Kind,
    channel_complaint,
    complaint,
    formula,
    general_formula,
    num_macs,
    num_parameters,
    output_size,
    padding_of,
)
from experiments.convolution_scan import Scan, make_scan, small_numbers, small_weights
from figures.convolution_scan import matrix_scene, scan_scene
from ui.knobs import IN_URL
from ui.live import live_canvas

PLACE: Final = "convolution_window_cell"  # which output cell, from 0
RUNS: Final = "_convolution_window_runs"
SECONDS: Final = 0.6  # from one window to the next
LARGEST: Final = 12  # cells of the input along a side
BIAS: Final = 1.0


def arithmetic_tab() -> None:
    """Knobs of the operation, its sizes, and its window."""
    knobs, picture = st.columns([3, 7], gap="large")
    with knobs:
        axes, words = _operation()
        channels = _channels(axes[0].kind)
    with picture:
        problem = words or next(filter(None, map(complaint, axes)), "") or channel_complaint(*channels)
        if problem:
            st.info(problem)
            return
        _sizes(axes, channels)
        _window(axes)


def _key(name: str) -> str:
    return f"convolution_window_{name}"


def _whole(label: str, name: str, low: int, high: int, start: int, help: str) -> int:
    return int(st.slider(label, low, high, start, key=_key(name), help=help, **IN_URL))


def _choice(label: str, name: str, choices: tuple[str, ...], help: str) -> str:
    return str(st.selectbox(label, choices, key=_key(name), help=help, **IN_URL))


def _operation() -> tuple[tuple[Axis, Axis], str]:
    """Both axes as the knobs say, and a sentence if the words for padding do not fit."""
    kind: Any = _choice("Operation", "kind", get_args(Kind), "Transposed goes the other way: from few cells to many.")
    left, right = st.columns(2)
    with left:
        dims = _choice("Axes", "axes", ("2-D", "1-D"), "Pictures have two axes, sounds and texts one.")
        width = _whole("Input width", "width", 1, LARGEST, 7, "Cells, N.")
        kernel = _whole("Kernel size", "size", 1, 7, 3, "Weights along each side, K.")
        stride = _whole("Stride", "stride", 1, 5, 2, "Cells from one window to the next, s.")
    with right:
        words = ("number", "valid", "same", "full") if kind == "convolution" else ("number", "valid")
        if st.session_state.get(_key("padding")) not in words:
            st.session_state.pop(_key("padding"), None)
        padding: Any = _choice("Padding", "padding", words, "How many cells are put around the input.")
        height = _whole("Input height", "height", 1, LARGEST, 8, "Cells, N.") if dims == "2-D" else 1
        dilation = 1
        if kind != "average pooling":
            dilation = _whole("Dilation", "dilation", 1, 4, 1, "Cells from one weight to the next, d.")
        number = _whole("Cells", "number", 0, 6, 0, "On each side, p.") if padding == "number" else 0
    more, is_ceil = 0, False
    if kind == "transposed":
        more = _whole("Output padding", "more", 0, 4, 0, "Cells added behind, smaller than the stride.")
    if kind in POOLINGS:
        is_ceil = bool(st.toggle("Ceil instead of floor", key=_key("ceil"), help="Takes a last window.", **IN_URL))
    if padding == "same" and stride > 1:
        return (Axis(kind, 1, 1),) * 2, (
            "Padding same keeps the size, and a stride above 1 shrinks it: PyTorch refuses both together. Choose "
            "stride 1, or give the padding as a number."
        )

    def axis(size: int) -> Axis:
        before, after = padding_of(padding, number, kernel, dilation)
        return Axis(kind, size, kernel, stride, before, after, dilation, more, is_ceil)

    return (axis(height) if dims == "2-D" else Axis(kind, 1, 1), axis(width)), ""


def _channels(kind: Kind) -> tuple[int, int, int]:
    """Input and output channels and groups, for the cost; a pooling keeps its channels."""
    if kind in POOLINGS:
        return 1, 1, 1
    with st.popover("Channels and groups", width="stretch"):
        inputs = _whole("Input channels", "inputs", 1, 64, 1, "Maps that come in.")
        outputs = _whole("Output channels", "outputs", 1, 64, 1, "Maps that go out, each with its own kernels.")
        groups = _whole("Groups", "groups", 1, 64, 1, "Parts that do not see each other.")
    return inputs, outputs, groups


def _sizes(axes: tuple[Axis, Axis], channels: tuple[int, int, int]) -> None:
    """The formula with its numbers, for each axis, and what it costs."""
    rows, columns = axes
    st.latex(rf"\text{{cells that go out}} = {general_formula(columns)}")
    st.latex(rf"\text{{width: }} {formula(columns)}")
    if rows.size > 1:
        st.latex(rf"\text{{height: }} {formula(rows)}")
    inputs, outputs, groups = channels
    if rows.kind in POOLINGS:
        st.caption("A pooling has no weights: every channel is pooled by itself.")
        return
    weights = rows.kernel * columns.kernel
    cells = rows.size * columns.size if rows.kind == "transposed" else output_size(rows) * output_size(columns)
    st.caption(
        f"Weights and biases: {outputs} × {inputs // groups} × {weights} + {outputs} = "
        f"**{num_parameters(inputs, outputs, groups, weights):,}** · multiplications for one picture: "
        f"**{num_macs(inputs, outputs, groups, weights, cells):,}**. Drawn is one channel."
    )


def _window(axes: tuple[Axis, Axis]) -> None:
    """The window over the numbers. A fragment: it moves by itself without the rest of the page."""
    rows, columns = axes
    scan = make_scan(
        axes, small_numbers(rows.size, columns.size, 0), small_weights(rows.kernel, columns.kernel, 0), BIAS
    )
    runs = bool(st.session_state.get(RUNS))
    st.fragment(_moving, run_every=SECONDS if runs else None)(scan, runs, rows.kind == "convolution")


def _moving(scan: Scan, was_running: bool, has_floor: bool) -> None:
    last = scan.output.size - 1
    if PLACE in st.session_state:  # else the link decides
        st.session_state[PLACE] = min(_next() if was_running else int(st.session_state[PLACE]), last)
    if was_running and st.session_state.get(PLACE, 0) >= last:
        st.session_state[RUNS] = False
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            "Hold the window" if was_running else "Run the window",
            key="convolution_window_go",
            on_click=_go,
            args=(last,),
            disabled=last == 0,
        )
        st.button("Step", key="convolution_window_step", on_click=_step, args=(last,), disabled=last == 0)
        now = int(st.slider("Output cell", 0, last, key=PLACE, **IN_URL)) if last > 0 else 0
        as_matrix = st.toggle("As a matrix", key="convolution_window_matrix", disabled=scan.is_max, **IN_URL)
    if as_matrix and not scan.is_max:
        picture, height = matrix_scene(scan.matrix(), scan, now), 420.0
    else:
        picture, height = scan_scene(scan, now, has_floor=has_floor), 460.0
    live_canvas(picture, key="convolution_window_picture", height=height, on_event=_picker(scan))
    if bool(st.session_state.get(RUNS)) != was_running:
        st.rerun()  # the window starts or stops moving


def _next() -> int:
    """The cell of this moment while the window runs; the first moment after a click still shows the cell before."""
    has_waited = st.session_state.get("_convolution_window_tick", False)
    st.session_state["_convolution_window_tick"] = True
    return int(st.session_state[PLACE]) + (1 if has_waited and st.session_state.get(RUNS) else 0)


def _go(last: int) -> None:
    st.session_state[RUNS] = not st.session_state.get(RUNS)
    st.session_state.pop("_convolution_window_tick", None)
    if st.session_state[RUNS] and st.session_state.setdefault(PLACE, 0) >= last:
        st.session_state[PLACE] = 0


def _step(last: int) -> None:
    now = int(st.session_state.get(PLACE, 0))
    st.session_state[PLACE] = now + 1 if now < last else 0


def _picker(scan: Scan) -> Callable[[dict[str, Any]], None]:
    """Goes to the output cell that was clicked, in the output itself or as a row of the matrix."""
    rows, columns = scan.output.shape

    def pick(event: dict[str, Any]) -> None:
        down = 1 - float(event["y"])
        if event["id"] == "matrix":
            st.session_state[PLACE] = min(int(down * rows * columns), rows * columns - 1)
        else:
            row, column = min(int(down * rows), rows - 1), min(int(event["x"] * columns), columns - 1)
            st.session_state[PLACE] = row * columns + column

    return pick
