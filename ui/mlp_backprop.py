"""Look inside, page `mlp`: the backprop microscope, one update from the forward numbers to the weights that move."""

from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from training.run import Run, Snapshot
from ui.mlp_neuron import choose_example, choose_layer, example_words, unit_names
from ui.runs import poll
from ui.words import factor, plain, tex, written

ONE, BATCH = "One example", "The next batch"
WAIT_SECONDS: Final = 1.0
OPTIMIZERS: Final = {
    "sgd": "plain gradient descent",
    "momentum": "SGD with momentum",
    "nesterov": "SGD with Nesterov momentum",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "adamw": "AdamW",
    "adagrad": "Adagrad",
}


@np.errstate(all="ignore")  # an exploded network is shown too, with whatever its numbers are
def backprop_tab(run: Run, snapshot: Snapshot) -> None:
    """One update: forward, loss, gradient, update; and a button that makes it."""
    seen: Any = snapshot.observation
    example, layer = _choose(run, snapshot)
    found = run.call("microscope", example=example)
    _show_summary(snapshot, found, example)
    left, right = st.columns([5, 7], gap="large")
    with left:
        st.markdown("**1 Forward** · each neuron's sum and value")
        _forward_table(seen, found, is_one=example is not None)
        st.markdown("**2 Loss** · how wrong the output is")
        st.latex(loss_formula(seen, found))
    with right:
        st.markdown("**3 Gradient** and **4 Update** · pick a row to see it worked out")
        _weights_table(snapshot, found, layer)


def _choose(run: Run, snapshot: Snapshot) -> tuple[int | None, int]:
    """The example to learn from (from 0; None: the next batch) and the layer to show. Applies the update if asked."""
    seen: Any = snapshot.observation
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Learn from", [ONE, BATCH], default=ONE, required=True, key="mlp_backprop_on", bind="query-params"
        )
        example = None
        if kind == ONE:
            with st.container(width=150):
                example = choose_example(seen)
        with st.container(width=150):
            layer = choose_layer(seen, "Weights into", "mlp_backprop_layer")
        failed = "The loss is not a number any more: reset, or change a setting." if snapshot.has_failed else None
        label = "Apply this update"
        help_text = failed or "Makes exactly this update: it counts as one step of the run."
        if st.button(label, type="primary", key="mlp_apply", disabled=bool(failed), help=help_text):
            _apply(run, example)
            st.rerun()
    return example, layer


def _apply(run: Run, example: int | None) -> None:
    if example is not None:
        run.edit("choose", example=example)
    run.take(1)
    poll(run)
    run.wait(WAIT_SECONDS)


def _show_summary(snapshot: Snapshot, found: Any, example: int | None) -> None:
    settings = snapshot.settings
    if example is not None:
        words, whose = f"{example_words(snapshot.observation, example)}.", "its"
    else:
        count, whose = len(found.targets), "their"
        words = f"The next batch: {count} examples, and each gradient is the average of theirs."
        if len(found.indices):
            some = ", ".join(str(index + 1) for index in found.indices[:8])
            words = (
                f"The next batch: examples {some}{', …' if count > 8 else ''} ({count} in all); gradients are averages."
            )
    change = found.loss_after - found.loss_before
    words += f" The update takes {whose} loss from **{written(found.loss_before)}** to **{written(found.loss_after)}**"
    words += f" ({written(change, '+.2g')})."
    if settings.dropout:
        words += " Dropout is on: the forward numbers have some neurons set to 0, the two losses have not."
    if found.penalty:
        words += f" The L1 penalty adds {found.penalty:.3g} to the loss and its pull to each gradient."
    st.markdown(words)


def _forward_table(seen: Any, found: Any, *, is_one: bool) -> None:
    rows = []
    for number, layer in enumerate(found.layers, start=1):
        names = unit_names(seen, number)
        columns = (layer.sums.mean(0), layer.values.mean(0), layer.deltas.sum(0))
        for name, z, value, delta in zip(names, *columns, strict=True):
            rows.append({"neuron": name, "z": z, "f(z)": value, "δ = ∂loss/∂z": delta})
    column = st.column_config.NumberColumn
    config = {"z": column(format="%.4f"), "f(z)": column(format="%.4f"), "δ = ∂loss/∂z": column(format="%.3g")}
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, column_config=config, height=246, key="mlp_forward",
        alt="Every neuron with its weighted sum, its value and the slope of the loss.",
    )  # fmt: skip
    if not is_one:
        st.caption("z and f(z) are means over the batch, δ is its sum.")


def loss_formula(seen: Any, found: Any) -> str:
    """How the loss comes about, with the numbers of the one example; for a batch, its mean."""
    value = tex(found.loss, 4)
    if len(found.targets) > 1:
        return rf"L = \frac{{1}}{{{len(found.targets)}}} \sum_i L_i = {value}"
    outputs, y = found.layers[-1].values[0], found.targets[0]
    if seen.loss_name == "cross-entropy" or (seen.loss_name == "bce" and len(outputs) == 1):
        return _lines(r"-\ln P(\text{true class})", rf"-\ln {tex(found.chances[0, int(y)], 4)} = {value}")
    if seen.loss_name == "bce":
        inner = r"y_k \ln \sigma(z_k) + (1 - y_k) \ln(1 - \sigma(z_k))"
        return _lines(rf"-\tfrac{{1}}{{K}} \sum_k \big[ {inner} \big]", value)
    if seen.loss_name == "mse" and seen.class_names:
        return _lines(r"\tfrac{1}{K} \sum_k (z_k - y_k)^2", value)
    difference = rf"{tex(float(outputs[0]), 4)} - {factor(float(y), 4)}"
    if seen.loss_name == "mse":
        return _lines(r"(\hat y - y)^2", rf"({difference})^2 = {value}")
    return _lines(r"\mathrm{Huber}(\hat y - y)", rf"\mathrm{{Huber}}({difference}) = {value}")


def _lines(general: str, numbers: str) -> str:
    return rf"\begin{{aligned}} L &= {general} \\ &= {numbers} \end{{aligned}}"


def _weights_table(snapshot: Snapshot, found: Any, number: int) -> None:
    """Gradient and update of every weight of one layer; a chosen row is worked out below."""
    seen: Any = snapshot.observation
    layer, optimizer = found.layers[number - 1], snapshot.settings.optimizer
    frame = _weight_rows(seen, number, layer)
    is_plain = optimizer == "sgd" and not snapshot.settings.weight_decay
    shown = frame.drop(columns=["update"] if is_plain else [])
    names = {"update": st.column_config.NumberColumn(OPTIMIZERS[optimizer], format="%.3g")}
    event = st.dataframe(
        shown,
        hide_index=True,
        height=246,
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "w": st.column_config.NumberColumn(format="%.4f"),
            "∂loss/∂w": st.column_config.NumberColumn(format="%.3g"),
            "−η · ∂loss/∂w": st.column_config.NumberColumn(format="%.3g"),
            "new w": st.column_config.NumberColumn(format="%.4f"),
            **names,
        },
        key=f"mlp_gradients_{number}",
        alt="Every weight of the layer with its gradient and its update.",
    )
    if layer.is_frozen:
        st.caption(
            "This layer is frozen: its weights do not move, but the gradient passes through it to the layers before."
        )
        return
    rows = event.selection.rows
    row = rows[0] if rows and rows[0] < len(frame) else int(np.nan_to_num(frame["∂loss/∂w"].abs().to_numpy()).argmax())
    st.latex(update_formula(snapshot, found, number, row))
    to, source = plain(frame["to"][row]), plain(frame["from"][row])
    which = f"The bias of {to}" if source == "bias" else f"The weight to {to} from {source}"
    largest = "" if rows else ", which has the largest gradient here"
    st.caption(f"{which}{largest}; η = {found.rate:g}.")


def _weight_rows(seen: Any, number: int, layer: Any) -> pd.DataFrame:
    """One row a weight, neuron by neuron, the bias last."""
    to, sources = unit_names(seen, number), [*unit_names(seen, number - 1), "bias"]
    columns = {
        "w": (layer.weight, layer.bias),
        "∂loss/∂w": (layer.weight_gradient, layer.bias_gradient),
        "−η · ∂loss/∂w": (layer.weight_plain, layer.bias_plain),
        "update": (layer.weight_update, layer.bias_update),
    }
    frame = pd.DataFrame({"to": np.repeat(to, len(sources)), "from": np.tile(sources, len(to))})
    for name, (weight, bias) in columns.items():
        frame[name] = np.concatenate([weight, bias[:, None]], axis=1).ravel()
    frame["new w"] = frame["w"] + frame["update"]
    return frame


def update_formula(snapshot: Snapshot, found: Any, number: int, row: int) -> str:
    """One weight's gradient as error times input, and the step it makes."""
    layer, settings = found.layers[number - 1], snapshot.settings
    unit, source = divmod(row, layer.weight.shape[1] + 1)
    is_bias = source == layer.weight.shape[1]
    place: Any
    if is_bias:
        letter, place = "b", np.s_[unit]
        arrays = (layer.bias, layer.bias_gradient, layer.bias_plain, layer.bias_update)
    else:
        letter, place = "w", np.s_[unit, source]
        arrays = (layer.weight, layer.weight_gradient, layer.weight_plain, layer.weight_update)
    weight, gradient, plain_step, step = (float(array[place]) for array in arrays)
    slope = rf"\frac{{\partial L}}{{\partial {letter}}}"
    first = rf"{slope} &= {_slope_words(layer, unit, None if is_bias else source)}"
    if settings.l1 and not is_bias:
        first += rf", \quad \text{{with L1}} \; {tex(gradient)}"
    second = rf"-\eta \, {slope} &= -{tex(found.rate)} \cdot {factor(gradient)} = {tex(plain_step)}"
    third = rf"{letter} &\leftarrow {tex(weight, 5)} + {factor(step)} = {tex(weight + step, 5)}"
    if settings.optimizer != "sgd" or settings.weight_decay:
        third += rf" \quad \text{{({OPTIMIZERS[settings.optimizer]})}}"
    return rf"\begin{{aligned}} {first} \\ {second} \\ {third} \end{{aligned}}"


def _slope_words(layer: Any, unit: int, source: int | None) -> str:
    """δ · h of one example, or their sum over a batch; a bias (`source` None) has no h."""
    deltas = layer.deltas[:, unit]
    inputs = np.ones_like(deltas) if source is None else layer.inputs[:, source]
    total = tex(float(np.sum(deltas * inputs)))
    if len(deltas) > 1:
        return rf"\sum_i \delta_i {'' if source is None else 'h_i'} = {total}"
    if source is None:
        return rf"\delta = {total}"
    return rf"\delta \cdot h = {factor(float(deltas[0]))} \cdot {factor(float(inputs[0]))} = {total}"
