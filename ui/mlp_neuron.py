"""Look inside, page `mlp`: one neuron with the numbers of one example, and the weights to edit."""

import re
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from experiments.mlp_inside import MAX_WEIGHT
from figures.mlp_still import neuron_map, weight_map
from training.run import Run, Snapshot
from training.settings import SettingsError
from ui.pins import keep_future
from ui.share import asked
from ui.still import mode, show
from ui.words import factor, plain, tex, written

SELECTED: Final = "mlp_selected"  # (layer from 1, unit from 0), also set by a click in the live picture
IN_LINK: Final = "mlp_neuron"  # the same as `layer.unit`, counted from 1, as people do
CHANGED: Final = "_mlp_changed"  # the network was changed by hand, and the picture above does not show it yet
EXAMPLE: Final = "mlp_example"  # from 1, as people count
MAX_TERMS: Final = 8
BENDS: Final = {
    "relu": r"\max(0, {z})",
    "leaky_relu": r"\max(0.01 \cdot {z}, {z})",
    "elu": r"\mathrm{{ELU}}({z})",
    "gelu": r"\mathrm{{GELU}}({z})",
    "silu": r"\mathrm{{SiLU}}({z})",
    "tanh": r"\tanh({z})",
    "sigmoid": r"\sigma({z})",
    "sine": r"\sin({z})",
    "identity": "{z}",
}


def unit_names(seen: Any, layer: int) -> list[str]:
    """Names of the units of a layer: inputs for 0, neurons as `layer.unit`, classes for the outputs.

    Args:
        seen: an `MLPObservation`.
        layer: from 0 to L+1.
    """
    if layer == 0:
        return list(seen.input_labels)
    if layer < len(seen.widths) - 1:
        return [f"{layer}.{unit + 1}" for unit in range(seen.widths[layer])]
    return list(seen.class_names) if len(seen.class_names) == seen.widths[-1] else ["output"]


def layer_name(seen: Any, layer: int) -> str:
    """What a layer is called in a choice."""
    return f"Layer {layer}" if layer < len(seen.widths) - 1 else "Outputs"


def choose_layer(seen: Any, label: str, key: str, **more: Any) -> int:
    """A choice among the layers; from 1."""
    layers = list(range(1, len(seen.widths)))
    if st.session_state.get(key) not in layers:
        st.session_state[key] = layers[0]
    return int(st.selectbox(label, layers, format_func=lambda layer: layer_name(seen, layer), key=key, **more))


def choose_example(seen: Any) -> int:
    """A choice among the examples, the same for all tabs; from 0."""
    count = len(seen.targets)
    st.session_state[EXAMPLE] = min(max(1, st.session_state.get(EXAMPLE, 1)), count)
    help_text = f"From 1 to {count}; the first {seen.num_train} are for training, the others for the test."
    return int(st.number_input("Example", 1, count, step=1, key=EXAMPLE, help=help_text)) - 1


def example_words(seen: Any, example: int) -> str:
    """Which example it is, in markdown."""
    kind = "Training" if example < seen.num_train else "Test"
    if seen.task == "classification":
        return f"{kind} example {example + 1}, true class **{plain(seen.class_names[int(seen.targets[example])])}**"
    return f"{kind} example {example + 1}, true value **{written(seen.targets[example])}**"


def neuron_tab(run: Run, snapshot: Snapshot) -> None:
    """One neuron: its formula with numbers, all its terms, and its map."""
    seen: Any = snapshot.observation
    left, right = st.columns([6, 5], gap="large")
    with left:
        example, (layer, unit) = _choose_neuron(seen)
        neuron = run.call("neuron", layer=layer, unit=unit, example=example)
        name = plain(unit_names(seen, layer)[unit])
        kind = "Output" if layer == len(seen.widths) - 1 else "Neuron"
        st.markdown(
            f"**{kind} {name}** takes a weighted sum, adds its bias, and bends it. {example_words(seen, example)}."
        )
        st.latex(formula(neuron))
        _terms_table(neuron, unit_names(seen, layer - 1))
    with right:
        show(neuron_map(seen, neuron, mode()), key="mlp_neuron_map")
        st.caption(_map_words(seen))


def _choose_neuron(seen: Any) -> tuple[int, tuple[int, int]]:
    """The example and the neuron, which the live picture outlines too."""
    layer, unit = selected() or (1, 0)
    layer = min(max(1, layer), len(seen.widths) - 1)
    unit = min(max(0, unit), seen.widths[layer] - 1)
    st.session_state["mlp_neuron_layer"], st.session_state["mlp_neuron_unit"] = layer, unit + 1
    first, second, third = st.columns(3)
    with first:
        choose_layer(seen, "In", "mlp_neuron_layer", on_change=_select)
    second.number_input("Neuron", 1, seen.widths[layer], step=1, key="mlp_neuron_unit", on_change=_select)
    with third:
        example = choose_example(seen)
    return example, (layer, unit)


def _select() -> None:
    select(st.session_state["mlp_neuron_layer"], st.session_state["mlp_neuron_unit"] - 1)


def select(layer: int, unit: int) -> None:
    """Chooses a neuron, (layer from 1, unit from 0), for the picture, the tab and the link."""
    st.session_state[SELECTED] = layer, unit
    st.query_params[IN_LINK] = f"{layer}.{unit + 1}"


def selected() -> tuple[int, int] | None:
    """The chosen neuron; at first the one that the link names, if it names one."""
    found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})", asked(IN_LINK))
    if SELECTED not in st.session_state and found:
        st.session_state[SELECTED] = int(found[1]), int(found[2]) - 1
    chosen: tuple[int, int] | None = st.session_state.get(SELECTED)
    return chosen


def formula(neuron: Any) -> str:
    """The neuron's formula, then the same with its numbers; at most eight terms are written out."""
    count = len(neuron.inputs)
    shown = min(count, MAX_TERMS)
    pairs = list(zip(neuron.weights[:shown], neuron.inputs[:shown], strict=True))
    letters = [f"w_{{{i + 1}}} h_{{{i + 1}}}" for i in range(min(count, 3))]
    general = " + ".join(letters if count <= 3 else [letters[0], letters[1], r"\dots", f"w_{{{count}}} h_{{{count}}}"])
    rest = [] if count == shown else [r"\dots"]
    numbers = [rf"{factor(weight)} \cdot {factor(value)}" for weight, value in pairs]
    lines = [" + ".join(numbers[start : start + 2]) for start in range(0, shown, 2)]
    lines[-1] = " + ".join([lines[-1], *rest])
    joined = r" \\ &\quad + ".join(lines)
    bend = BENDS[neuron.activation]
    return (
        r"\begin{aligned} z &= " + general + r" + b \\ &= " + joined + rf" + {factor(neuron.bias)} \\ "
        rf"&= {tex(neuron.sum)} \\ f(z) &= " + bend.format(z="z") + " = " + bend.format(z=tex(neuron.sum))
        + (rf" = {tex(neuron.value)}" if neuron.activation != "identity" else "") + r" \end{aligned}"
    )  # fmt: skip


def _terms_table(neuron: Any, names: list[str]) -> None:
    frame = pd.DataFrame(
        {"from": names, "h": neuron.inputs, "w": neuron.weights, "w · h": neuron.products},
        index=range(1, len(names) + 1),
    )
    config = {name: st.column_config.NumberColumn(format="%.4f") for name in ("h", "w", "w · h")}
    st.dataframe(
        frame, column_config=config, height="auto" if len(frame) <= 6 else 246, key="mlp_terms",
        alt="Every input of the neuron with its weight and their product.",
    )  # fmt: skip


def _map_words(seen: Any) -> str:
    if seen.kind == "curve":
        return "The line is f(z) at every x; the dot is the example."
    fold = "Blue is positive, orange negative, the line is where f(z) is 0; the dot is the example."
    if seen.kind == "table":
        return f"f(z) over the plane of the map, all other directions held at the mean of the training examples. {fold}"
    return f"f(z) for every point of the plane. {fold}"


def weights_tab(run: Run, snapshot: Snapshot) -> None:
    """The weights of one layer: to read, to change by hand, to freeze."""
    seen: Any = snapshot.observation
    left, right = st.columns([6, 5], gap="large")
    with left:
        first, second = st.columns(2, vertical_alignment="bottom")
        with first:
            layer = choose_layer(seen, "Weights into", "mlp_weights_layer")
        with second:
            _freeze_toggle(run, seen, layer)
        complaint = st.session_state.pop("_mlp_weights_complaint", None)
        if complaint:
            st.warning(complaint)
        st.caption(
            "A row is a neuron, a column what comes in. Click into a cell and type: the picture follows at once."
        )
        _editor(run, snapshot, layer)
    with right:
        inputs, units = unit_names(seen, layer - 1), unit_names(seen, layer)
        show(weight_map(seen.weights[layer - 1], seen.biases[layer - 1], inputs, units, mode()), key="mlp_weight_map")


def _freeze_toggle(run: Run, seen: Any, layer: int) -> None:
    key = "mlp_freeze"
    st.session_state[key] = seen.is_frozen[layer - 1]
    help_text = "A frozen layer keeps its weights while the others learn. A reset frees all layers."
    st.toggle("Freeze these weights", key=key, help=help_text, on_change=_freeze, args=(run, layer))


def _freeze(run: Run, layer: int) -> None:
    change_by_hand(run, "freeze", layer=layer, is_frozen=st.session_state["mlp_freeze"])


def _editor(run: Run, snapshot: Snapshot, layer: int) -> None:
    """The table; an edit is written into the network, and the table begins anew with what the network says."""
    seen: Any = snapshot.observation
    cells = np.concatenate([seen.weights[layer - 1], seen.biases[layer - 1][:, None]], axis=1).astype(np.float64)
    columns = [*_different(unit_names(seen, layer - 1)), "bias"]
    frame = pd.DataFrame(cells, columns=columns, index=unit_names(seen, layer))
    width = 72 if max(map(len, columns)) <= 6 else 104
    config: dict[str, Any] = {
        name: st.column_config.NumberColumn(
            format="%.3f", min_value=-MAX_WEIGHT, max_value=MAX_WEIGHT, step=1e-6, width=width
        )
        for name in columns
    }
    is_broken = not np.isfinite(cells).all()
    edited = st.data_editor(
        frame,
        column_config=config,
        disabled=is_broken,
        height="auto" if len(frame) <= 10 else 400,
        key=f"mlp_weights_{layer}_{snapshot.step}_{st.session_state.get('_mlp_edits', 0)}",
        alt="The weights and biases of the layer, to edit.",
    )
    if is_broken:
        st.caption("These weights are no numbers any more: reset the run to go on.")
    elif not np.array_equal(edited.to_numpy(dtype=np.float64, na_value=np.nan), cells):
        values = edited.to_numpy(dtype=np.float64, na_value=np.nan)
        change_by_hand(run, "set_weights", layer=layer, weight=values[:, :-1].tolist(), bias=values[:, -1].tolist())
        st.rerun()


def change_by_hand(run: Run, method: str, **arguments: Any) -> None:
    """Changes the network between two steps; the whole page has to be drawn anew, which `look_inside` sees to.

    What cannot be done is said on the page in one sentence.
    """
    st.session_state["_mlp_edits"] = st.session_state.get("_mlp_edits", 0) + 1
    st.session_state[CHANGED] = True
    complaint = keep_future(run, "mlp") if run.visited is not None else ""  # the edit makes another future
    try:
        if complaint:
            raise SettingsError(complaint)
        run.edit(method, **arguments)
    except SettingsError as error:
        st.session_state["_mlp_weights_complaint"] = str(error)


def _different(names: list[str]) -> list[str]:
    """Names of which no two are alike, nor like the column of biases."""
    taken = {"bias"}
    for index, name in enumerate(names):
        names[index] = name if name not in taken else f"{name} ({index + 1})"
        taken.add(names[index])
    return names
