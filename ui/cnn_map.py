"""Look inside, page `cnn`: one map taken apart, and one of its cells worked out with its real numbers."""

from typing import Any, Final

import numpy as np
import streamlit as st

from figures.cnn_inside import cell_scene, parts_scene
from training.run import Run, Snapshot
from training.settings import SettingsError
from ui.cnn_live import select, selected
from ui.cnn_own import own_picture
from ui.live import live_canvas
from ui.words import factor, tex

LAYER: Final = "cnn_map_layer"
NUMBER: Final = "cnn_map_number"
CELL: Final = "cnn_map_cell"
CELLS: Final = "_cnn_map_cells"
WALK: Final = "cnn_map_walk"
CHANNEL: Final = "_cnn_map_channel"
WALK_SECONDS: Final = 0.4
MAX_TERMS: Final = 6


def map_tab(run: Run, snapshot: Snapshot) -> None:
    """A map of a convolution: which inputs and kernels it is made of, and one cell with its numbers."""
    known: dict[str, int] = run.call("convolutions")
    if not known:
        st.info("This network has no convolution: choose another under Network to take a map apart.")
        return
    st.session_state[LAYER], st.session_state[NUMBER] = _chosen(run, known)
    first, second, third, fourth = st.columns([2, 2, 5, 2], vertical_alignment="bottom")
    layer = first.selectbox("Convolution", list(known), key=LAYER, on_change=_select)
    number = int(second.number_input("Map", 1, known[layer], step=1, key=NUMBER, on_change=_select))
    is_walking = fourth.toggle("Walk along", key=WALK, help="Moves the kernel on to the next cell, by itself.")
    st.fragment(_parts, run_every=WALK_SECONDS if is_walking else None)(run, layer, number - 1, third)


def _chosen(run: Run, known: dict[str, int]) -> tuple[str, int]:
    """The convolution and the number of the map (from 1) that the live picture outlines."""
    chosen = selected()
    if chosen is not None:
        try:
            layer, number = run.call("origin", layer=chosen[0], number=chosen[1])
            return layer, min(number, known[layer] - 1) + 1
        except SettingsError:  # it belongs to another network
            pass
    return next(iter(known)), 1


def _select() -> None:
    select(st.session_state[LAYER], int(st.session_state[NUMBER]) - 1)


def _parts(run: Run, layer: str, number: int, place: Any) -> None:
    """The parts of the map, and the cell; moves on to the next cell if asked to."""
    parts = run.call("conv_parts", name=layer, number=number, picture=own_picture(run))
    height, width = parts.sums.shape
    last = height * width
    if st.session_state.get(CELLS) != last or CELL not in st.session_state:  # another size: begin in its middle
        st.session_state.update({CELLS: last, CELL: min(last, height // 2 * width + width // 2 + 1)})
    cell = int(st.session_state[CELL])
    cell = cell % last + 1 if st.session_state.get(WALK) else min(max(1, cell), last)
    st.session_state[CELL] = cell
    if last > 1:
        help_text = "Which cell of the sum is worked out, row by row; a click on the sum chooses one too."
        st.slider("Cell", 1, last, key=CELL, help=help_text)
    row, column = divmod(cell - 1, width)
    channel = min(int(st.session_state.get(CHANNEL, 0)), len(parts.inputs) - 1)

    def handle(event: dict[str, Any]) -> None:
        if event["kind"] == "plane":
            at_row, at_column = height - 1 - int(event["y"]), int(event["x"])
            st.session_state[CELL] = min(max(0, at_row), height - 1) * width + min(max(0, at_column), width - 1) + 1
        elif event["kind"] == "hot":
            st.session_state[CHANNEL] = int(event["id"].partition(":")[2])

    live_canvas(parts_scene(parts, row, column, channel), key="cnn_parts", on_event=handle)
    st.markdown(
        f"**Row {row + 1}, column {column + 1}, input channel {channel + 1} of {len(parts.inputs)}.** The kernel lies "
        "over a small square; each number under it is multiplied by its weight, and the products are summed."
    )
    patch = parts.patch(row, column)
    live_canvas(cell_scene(patch[channel], parts.kernels[channel]), key="cnn_cell")
    st.latex(cell_formula(parts, row, column))


def cell_formula(parts: Any, row: int, column: int) -> str:
    """The sum over the channels, the bias, the ReLU and the pooling of one cell, with its numbers."""
    sums = (parts.patch(row, column) * parts.kernels).sum(axis=(1, 2))
    terms = [factor(float(value)) for value in sums[:MAX_TERMS]]
    if len(sums) > MAX_TERMS:
        terms.append(r"\dots")
    value = float(parts.sums[row, column])
    lines = [rf"z &= \underbrace{{{' + '.join(terms)}}}_{{\text{{{_channels(len(sums))}}}}} + "
             rf"\underbrace{{{factor(parts.bias)}}}_{{\text{{bias}}}} = {tex(value, 4)}"]  # fmt: skip
    for name, values in parts.after.items():
        shrink = parts.sums.shape[0] // values.shape[0]
        if name == "ReLU":
            before = float(parts.after.get("batch normalisation", parts.sums)[row, column])
            lines.append(rf"\mathrm{{ReLU}} &= \max(0, {tex(before, 4)}) = {tex(float(values[row, column]), 4)}")
        elif name == "batch normalisation":
            lines.append(rf"\text{{normalised}} &= {tex(float(values[row, column]), 4)}")
        else:
            lines.append(_pooled(parts.after["ReLU"], values, row // shrink, column // shrink, name))
    return r"\begin{aligned} " + r" \\ ".join(line for line in lines if line) + r" \end{aligned}"


def _channels(count: int) -> str:
    return "the one channel" if count == 1 else f"{count} channels"


def _pooled(before: np.ndarray, after: np.ndarray, row: int, column: int, name: str) -> str:
    """The square of four that the cell belongs to; empty for a last row or column that no square covers."""
    if row >= after.shape[0] or column >= after.shape[1]:
        return r"\text{pooled} &\; \text{no: this last row or column fills no square of 2×2}"
    four = ", ".join(tex(float(value)) for value in before[2 * row : 2 * row + 2, 2 * column : 2 * column + 2].ravel())
    how = r"\max" if name.startswith("max") else r"\mathrm{mean}"
    return rf"\text{{pooled}} &= {how}({four}) = {tex(float(after[row, column]), 4)}"
