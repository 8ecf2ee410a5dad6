"""Tab "torchvision's shelf", page `pretrained`: browse every network that torchvision can build, without a network."""

from typing import Final

import pandas as pd
import streamlit as st

from experiments.pretrained_torchvision import ALL_TASKS, MEASURES, Built, Entry, Weights, built, find, shelf
from figures.pretrained_torchvision import family_still
from training.run import Run, Snapshot
from ui.anatomy import in_bytes, outline_table
from ui.still import mode, show
from ui.words import plain

EVERY: Final = "all"
LONGEST: Final = 40  # letters of the words to look for
FIRST: Final = "resnet50"


def shelf_tab(run: Run, snapshot: Snapshot) -> None:
    """Filters, the network that was chosen, and its layers."""
    with st.spinner("Opening torchvision …", show_time=False):
        number = len(shelf())
    st.markdown(
        f"**torchvision** came with this app, and with it the builders of {number} networks. All that stands here is "
        "read or worked out from it, without a network connection and without weights."
    )
    left, right = st.columns([4, 8], gap="large")
    with left:
        entry = _chosen()
        if entry is not None:
            _facts(entry, _weights(entry))
    if entry is None:
        right.info("No name on the shelf holds these words: leave some out, or choose another task.")
        return
    with right:
        _family(entry)
        with st.expander("All of this task in a table"):
            _table(entry)
        st.code(entry.code, language="python")
        st.caption(
            "This loads it, weights and all. This app does not run it: the weights are `.pth` files from "
            "download.pytorch.org, which are pickles, and reading a pickle can run whatever code its maker put in. "
            "PyTorch can refuse that (`weights_only=True`), but these builders read with `weights_only=False`. A "
            "safetensors file holds numbers only; weights in another form are never downloaded here."
        )
    _layers(entry)


def _chosen() -> Entry | None:
    """The network to look at; None if none fits."""
    task = st.selectbox("Task", (EVERY, *ALL_TASKS), index=1, key="pretrained_torchvision_task")
    words = st.text_input(
        "Words in its name", key="pretrained_torchvision_words", max_chars=LONGEST, placeholder="resnet 50",
        help="Parts of the name or of its family, in any order.",
    )  # fmt: skip
    names = [entry.name for entry in find("" if task == EVERY else task, words)]
    if not names:
        return None
    key = "pretrained_torchvision_name"
    if st.session_state.get(key) not in names:
        st.session_state[key] = FIRST if FIRST in names else names[0]
    return shelf()[st.selectbox(f"Network ({len(names)} fit)", names, key=key)]


def _weights(entry: Entry) -> Weights:
    """The weights to read about; the recommended ones first."""
    if len(entry.weights) == 1:
        return entry.weights[0]
    names = [one.name for one in entry.weights]
    name = st.selectbox("Weights", names, key=f"pretrained_torchvision_weights_{entry.name}")
    return entry.weights[names.index(name)]


def _facts(entry: Entry, weights: Weights) -> None:
    """What torchvision writes beside the weights."""
    lines = [
        f"**{weights.num_parameters:,}** parameters, a file of **{in_bytes(weights.megabytes * 1e6)}**",
        f"**{weights.gflops:,.4g}** GFLOPs for one input; torchvision counts a multiplication with its addition as one",
    ]
    for data, measures in weights.measures.items():
        found = ", ".join(f"{plain(name)} **{value:.4g}**" for name, value in measures.items())
        lines.append(f"on {plain(data)}: {found}")
    if weights.recipe:
        lines.append(f"[how it was trained]({weights.recipe})")
    licence = f"[a licence of their own]({weights.licence})" if weights.licence else "no licence noted"
    lines.append(
        f"these weights: {licence}. The code is BSD-3-Clause; weights may carry terms of the data they were trained on"
    )
    st.markdown("\n".join(f"- {line}" for line in lines))
    if weights.words:
        st.caption(plain(weights.words))


def _family(entry: Entry) -> None:
    """The chosen one among all of its task."""
    measure = MEASURES[entry.task][-1]
    show(family_still(find(entry.task, ""), entry, measure, mode()), key="pretrained_torchvision_family")


def _table(entry: Entry) -> None:
    """All networks of the task, to sort by any column."""
    _, measure, words = MEASURES[entry.task]
    rows = [
        {"network": one.name, "parameters": one.weights[0].num_parameters, "GFLOPs": one.weights[0].gflops,
         "file (MB)": round(one.weights[0].megabytes, 1), measure: one.score}
        for one in find(entry.task, "")
    ]  # fmt: skip
    number = st.column_config.NumberColumn
    config = {"parameters": number(format="localized"), measure: number(help=words)}
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, height=300, column_config=config, key="pretrained_torchvision_table",
        alt=f"Parameters, operations, size of the file and {words} of every network for {entry.task}.",
    )  # fmt: skip


def _layers(entry: Entry) -> None:
    """The table of layers, at a depth of the visitor's choice."""
    with st.spinner(f"Building {entry.name} without weights …"):
        found = built(entry.name)
    levels = found.outline.levels
    st.markdown(f"**{entry.name}**, {_totals(found)}")
    depth = 1
    if len(levels) > 1:
        depth = st.select_slider(
            "Depth", range(1, len(levels) + 1), min(2, len(levels)), key=f"pretrained_torchvision_depth_{entry.name}",
            format_func=lambda level: f"{level}: {len(levels[level - 1])} lines",
            help="1 shows the network's own parts, each further step what these are made of. Equal ones in a row are "
            "shown once, with how many.",
        )  # fmt: skip
    key = f"pretrained_torchvision_layers_{entry.name}_{depth}"
    outline_table(levels[depth - 1], key, has_calls=found.outline.is_whole)
    for sentence in _notes(entry, found):
        st.caption(sentence)


def _totals(found: Built) -> str:
    parts = [f"**{found.outline.num_parameters:,} parameters**", f"worked out for {found.inputs}"]
    if found.outline.is_whole:
        parts.insert(1, f"{found.outline.num_macs:,} MACs")
    parts.append(f"as float32 it would take {in_bytes(found.outline.num_bytes)}")
    return " · ".join(parts)


def _notes(entry: Entry, found: Built) -> list[str]:
    """What has to be said of how this network was built."""
    notes = [
        "Built on PyTorch's device `meta`: tensors with a shape and no numbers. A pass of such a tensor works out "
        "every shape and takes no memory."
    ]
    if not found.outline.is_whole:
        notes.append(
            "The pass stops where the network picks boxes: how many there are depends on numbers, and there are none. "
            "Layers after that have no shapes here."
        )
    if found.num_unfrozen:
        notes.append(
            f"With weights it counts {found.num_unfrozen:,} parameters less: torchvision then freezes the batch "
            "normalisations of its backbone, whose scales and shifts become fixed numbers."
        )
    if entry.task == "quantised":
        notes.append(
            "Drawn as it is before rounding; `quantize=True` puts 8-bit layers in place of these, and its file is "
            "about a quarter as large."
        )
    return notes
