"""The map of well-known networks, and where to find them."""

from typing import Final

import streamlit as st

from data.families import AGPL, FAMILIES, NOT_GIVEN, PLACES, TASKS, Family
from experiments.pretrained_sizes import our_sizes
from figures.decoder_cost import short
from figures.pretrained_map import HERE, Spot, map_still
from training.run import Run, Snapshot
from ui.anatomy import in_bytes
from ui.still import mode, show

FORMATS: Final = {"float32": 4.0, "16 bit": 2.0, "4 bit": 0.5}  # bytes of a parameter
TRAINING: Final = 16.0  # bytes: weight, gradient, and two means of Adam, in float32 each
FIRST: Final = "ResNet-50"


def map_tab(run: Run, snapshot: Snapshot) -> None:
    """Draws the map with its filter, one network in full, and the list of places."""
    tasks = st.pills("What for", TASKS, selection_mode="multi", default=list(TASKS), key="pretrained_map_tasks")
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    has_ours = right.toggle(
        "The networks of this app", key="pretrained_map_ours",
        help="Each page's default network is built and counted; the first time that takes some seconds.",
    )  # fmt: skip
    shown = [one for one in FAMILIES if one.task in tasks]
    spots = [Spot(one.name, one.year, one.parameters, one.task, _bubble(one)) for one in shown]
    if has_ours:
        with st.spinner("Every page's network is built and counted."):
            ours = our_sizes()
        spots += [Spot(one.title, None, one.parameters, HERE, (f"{one.parameters:,} parameters",)) for one in ours]
    if not spots:
        st.info("Choose something that a network is for, or the networks of this app.")
        return
    names = [one.name for one in shown] or [one.name for one in FAMILIES]
    chosen = left.selectbox(
        "One of them in full", names, index=names.index(FIRST) if FIRST in names else 0, key="pretrained_map_one"
    )
    show(map_still(spots, TASKS, str(chosen), mode()), key="pretrained_map")
    st.caption(
        "The years before 2012 are drawn close together. Networks of one year stand side by side by size. Each line up "
        "is ten times as many parameters; from LeNet-5 to DeepSeek-V3 it is eleven million times as many."
    )
    _in_full(next(one for one in FAMILIES if one.name == chosen))
    _places()


def _bubble(one: Family) -> tuple[str, ...]:
    weights = f"weights: {one.where}" if one.where else NOT_GIVEN
    return (
        f"{one.year}, {short(one.parameters)} parameters",
        f"learnt from {one.data}",
        f"licence: {one.licence}",
        weights,
        one.paper,
    )


def _in_full(one: Family) -> None:
    """What is known of the chosen one, and what it weighs."""
    left, right = st.columns(2, gap="large")
    with left:
        counted = "as torchvision counts them" if one.registry else "given in its paper, or counted layer by layer"
        st.markdown(
            f"**{one.name}**, {one.year}: to {one.task}. [Paper or page]({one.paper}).\n\n"
            f"- Parameters: {one.parameters:,}, {counted}.\n- Learnt from: {one.data}.\n"
            f"- Licence of the weights: {one.licence}.\n- Where: {one.where or 'nowhere'}."
        )
    with right:
        rows = [(f"weights in {name}", in_bytes(one.parameters * size)) for name, size in FORMATS.items()]
        rows.append(("to train all of it with Adam", in_bytes(one.parameters * TRAINING)))
        st.markdown(
            "\n".join(["| memory | |", "|---|---:|", *(f"| {name} | {size} |" for name, size in rows)])
            + "\n\nParameters × bytes. Training keeps four numbers for each: the weight, its gradient, and Adam's two "
            "means; activations come on top."
        )


def _places() -> None:
    """Where to look."""
    st.markdown("**Where to find them**")
    half = len(PLACES) // 2 + 1
    for column, part in zip(st.columns(2, gap="large"), (PLACES[:half], PLACES[half:]), strict=True):
        lines = [f"- **[{place.name}]({place.address})** ({place.licence}): {place.sentence}" for place in part]
        column.markdown("\n".join(lines))
    st.caption(AGPL)
