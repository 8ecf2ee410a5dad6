"""The layers of any network in a table: shapes and cost, weights now and at the start, gradients."""

from collections.abc import Callable
from typing import Any, Final, Literal

import pandas as pd
import streamlit as st

from training.anatomy import Anatomy, Layer, anatomies
from training.run import Run
from ui.words import plain

Column = tuple[Callable[[Layer], Any], str | None, str]  # value, format of a number, help

_SHAPES: Final[dict[str, Column]] = {
    "in": (lambda layer: layer.inputs, None, "Shape of what comes in. B counts the examples of a batch."),
    "out": (lambda layer: layer.outputs, None, "Shape of what goes out."),
    "in this batch": (lambda layer: f"{layer.sizes_in} → {layer.sizes_out}" if layer.calls else "", None,
                      "The same shapes with the numbers of the batch that was looked at."),
    "parameters": (lambda layer: layer.num_parameters or None, "localized",
                   "Weights and biases. Those that two layers share are counted once."),
    "made of": (lambda layer: _made_of(layer), None, "Sizes of the weight matrices and biases of one such layer."),
    "frozen": (lambda layer: layer.num_frozen or None, "localized", "Parameters that do not learn."),
    "MACs": (lambda layer: layer.num_macs or None, "localized",
             "Multiplications, each with an addition, in one pass of the batch: B · inputs · outputs for a linear "
             "layer, "
             "B · places · kernel · channels in · channels out for a convolution. Counted by PyTorch."),
    "memory": (lambda layer: layer.num_bytes or None, "bytes", "Parameters, buffers, and the outputs for this batch."),
    "sees": (lambda layer: layer.reach or None, None,
             "Receptive field: how much of the input one place of the output can see. It grows by "
             "(kernel − 1) · dilation · the product of the strides before."),
    "calls": (lambda layer: layer.calls if layer.calls != 1 else None, "localized",
              "How often the layer is used in one pass, where not once."),
}  # fmt: skip
_WEIGHTS: Final[dict[str, Column]] = {
    "parameters": _SHAPES["parameters"],
    "mean": (lambda layer: layer.weights.mean, "%.3g", "Mean of all weights and biases of the layer."),
    "deviation": (lambda layer: layer.weights.deviation, "%.3g", "Their standard deviation."),
    "length now": (lambda layer: layer.weights.norm, "%.3g", "√Σ w²."),
    "at step 0": (lambda layer: layer.weights.start_norm, "%.3g", "√Σ w₀², before the first step."),
    "moved": (lambda layer: layer.weights.moved, "percent",
              "How far the weights have gone: ‖w − w₀‖ / ‖w₀‖. Blank where all began at 0."),
}  # fmt: skip
_GRADIENTS: Final[dict[str, Column]] = {
    "parameters": _SHAPES["parameters"],
    "gradient": (lambda layer: layer.weights.gradient_norm, "%.1e",
                 "Length of the gradient of the loss in the next step, √Σ g²."),
    "exactly 0": (lambda layer: layer.weights.zero_share, "percent", "Share of the gradients that are exactly 0."),
    "update / weights": (lambda layer: layer.weights.update_ratio, "%.1e",
                         "Length of the next update over the length of the weights; about 0.001 is usual."),
}  # fmt: skip
VIEWS: Final = {"Shapes and cost": _SHAPES, "Weights": _WEIGHTS, "Gradients": _GRADIENTS}


def anatomy(run: Run, slug: str) -> None:
    """Every network of a run, layer by layer, from one pass of a real batch."""
    networks = anatomies(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        view = st.segmented_control(
            "Show", list(VIEWS), default="Shapes and cost", required=True, key=f"{slug}_anatomy",
            label_visibility="collapsed",
        )  # fmt: skip
        is_long = False
        if any(len(one.folded) < len(one.layers) for one in networks.values()):
            is_long = st.toggle(
                "Every layer", key=f"{slug}_anatomy_long", help="Equal layers in a row are shown once, with how many."
            )
    for name, one in networks.items():
        st.markdown((f"**{plain(name)}** · " if len(networks) > 1 else "") + totals(one))
        _table(one.layers if is_long else one.folded, VIEWS[view], f"{slug}_anatomy_{name}")


def layers_of(one: Anatomy, key: str) -> None:
    """The layers of a single network that belongs to no run."""
    st.markdown(totals(one))
    is_long = len(one.folded) < len(one.layers) and st.toggle(
        "Every layer", key=f"{key}_long", help="Equal layers in a row are shown once, with how many."
    )
    _table(one.layers if is_long else one.folded, _SHAPES, key)


def totals(one: Anatomy) -> str:
    """The last line of the table, in words."""
    frozen = f" ({one.num_frozen:,} frozen)" if one.num_frozen else ""
    parts = [
        f"**{one.num_parameters:,} parameters**{frozen}",
        f"{one.num_macs:,} MACs in one pass of a batch of {one.batch}",
        f"{in_bytes(one.num_bytes)} of parameters and outputs",
    ]
    return " · ".join(parts)


def in_bytes(count: float) -> str:
    """A size in bytes, kB, MB or GB."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"


def outline_table(layers: tuple[Layer, ...], key: str, *, has_calls: bool) -> None:
    """Shapes and cost of a network that has no weights and no batch.

    Args:
        layers: its lines at some depth.
        key: of the table.
        has_calls: whether the pass went to the end, so that a layer without calls is one that is not used.
    """
    left_out = {"in this batch", "frozen", "memory", *(() if has_calls else ("calls",))}
    _table(layers, {name: column for name, column in _SHAPES.items() if name not in left_out}, key, name_width="medium")


def _table(
    layers: tuple[Layer, ...],
    columns: dict[str, Column],
    key: str,
    *,
    name_width: Literal["medium"] | None = None,
) -> None:
    rows = [
        {"layer": _name(layer), **{name: value(layer) for name, (value, _, _) in columns.items()}} for layer in layers
    ]
    table = pd.DataFrame(rows, columns=["layer", *columns]).dropna(axis="columns", how="all")
    table = table.drop(columns=[name for name in table if (table[name] == "").all()])
    config: dict[str, Any] = {"layer": st.column_config.TextColumn(pinned=True, width=name_width)}
    for name, (_, form, words) in columns.items():
        is_text = form is None
        kind = st.column_config
        config[name] = kind.TextColumn(help=words) if is_text else kind.NumberColumn(help=words, format=form)
    st.dataframe(
        table,
        hide_index=True,
        height="auto" if len(table) <= 12 else 440,
        placeholder="",
        column_config=config,
        alt="The network layer by layer: " + ", ".join(map(str, table.columns[1:])) + ".",
        key=key,
    )


def _name(layer: Layer) -> str:
    name = f"{layer.path} {layer.kind}".strip()
    return f"{name}  × {layer.times}" if layer.times > 1 else name


def _made_of(layer: Layer) -> str:
    shared = f"shared with {layer.shared_with}" if layer.shared_with else ""
    return " + ".join(part for part in (layer.formula, shared) if part)
