"""Look inside, page `gnn`: colour refinement on two graphs, what networks say of both, and what helps."""

import math
from functools import cache, partial
from typing import Final

import numpy as np
import streamlit as st

from experiments.gnn_colours import (
    LAYERS,
    PAIRS,
    Colouring,
    Help,
    Verdict,
    helps,
    live_verdict,
    place_nodes,
    refine,
    verdicts,
)
from figures.gnn_colours import colours_scene
from training.run import Run, Snapshot
from ui.knobs import IN_URL
from ui.live import live_canvas
from ui.words import written

HEIGHT: Final = 430.0


@np.errstate(all="ignore")  # an exploded network is asked too, with whatever its numbers are
def colours_tab(run: Run, snapshot: Snapshot) -> None:
    """Two graphs, round by round; then the networks."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        with st.container(width=300):
            name = str(st.selectbox("Two graphs", list(PAIRS), key="gnn_colours_pair", **IN_URL))
        found = _refined(name)
        last = len(found.rounds) - 1
        with st.container(width=260):
            number = st.slider("Round", 0, last, min(found.apart or last, last), key=f"gnn_colours_round_{name}")
    pair = PAIRS[name]
    places, links = _drawn(name)
    live_canvas(colours_scene(found, number, pair.names, places, links), key="gnn_colours_picture", height=HEIGHT)
    st.markdown(f"{pair.note} {_told(found)}")
    live = run.look(partial(live_verdict, pair=pair))
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**What networks say of both**, every node told the same")
        st.markdown(verdict_table((live, *_said(name)), pair.names))
        st.caption(
            f"The first is the network of this page, at step {snapshot.step:,}: each node and link gets the numbers "
            f"most frequent in its data. The others are fresh, with {LAYERS} layers. All in double precision."
        )
    with right:
        st.markdown("**What helps**: a GIN with a sum, told more of each node")
        st.markdown(help_table(_helped(name)))
        st.caption(
            "A number of its own tells all nodes apart, but then the answer depends on how they are numbered. Counts "
            "of rings tell such graphs apart and do not mind the order; where there is no ring, they add nothing."
        )


@cache
def _refined(name: str) -> Colouring:
    return refine(PAIRS[name])


@cache
def _said(name: str) -> tuple[Verdict, ...]:
    return verdicts(PAIRS[name])


@cache
def _helped(name: str) -> tuple[Help, ...]:
    return helps(PAIRS[name])


@cache
def _drawn(name: str) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Places and links of both graphs."""
    graphs = PAIRS[name].graphs
    return [place_nodes(graph) for graph in graphs], [np.array(graph.edges).reshape(-1, 2) for graph in graphs]


def _told(found: Colouring) -> str:
    last = len(found.rounds) - 1
    if found.apart is None:
        return (
            f"After round {last} no colour splits any more, and both have as many nodes of each: **colours never tell "
            "them apart**, and so no network here does that is told the same of each node, however long it trains."
        )
    if found.apart == 0:
        return (
            "**Told apart at once**, by the number of nodes: a sum over nodes sees that without any message. A mean "
            "over nodes does not; whether it sees more depends on what a layer does with the neighbours."
        )
    times = "one layer" if found.apart == 1 else f"{found.apart} layers"
    return (
        f"**Told apart in round {found.apart}**: the framed colours have other counts. A network that sums needs at "
        f"least {times} for it, and weights that do not lose it again."
    )


def verdict_table(found: tuple[Verdict, ...], names: tuple[str, str]) -> str:
    """A row for each network: what it says of both graphs, and how far apart that is."""
    lines = [f"| | {names[0]} | {names[1]} | difference |", "|---|---:|---:|---:|"]
    for verdict in found:
        place = int(np.nan_to_num(np.abs(verdict.outputs[0] - verdict.outputs[1])).argmax())
        cells = [_digits(float(row[place])) for row in verdict.outputs]
        lines.append(f"| {verdict.name} | {cells[0]} | {cells[1]} | {difference_words(verdict)} |")
    return "\n".join(lines)


def help_table(found: tuple[Help, ...]) -> str:
    """A row for each thing told: how far apart both graphs are, and the first one from itself renumbered."""
    lines = ["| told besides | difference | same graph, renumbered |", "|---|---:|---:|"]
    for one in found:
        again = Verdict("", np.stack([one.verdict.outputs[0], one.verdict.outputs[0] + one.renumbered]))
        lines.append(f"| {one.name} | {difference_words(one.verdict)} | {difference_words(again)} |")
    return "\n".join(lines)


def difference_words(verdict: Verdict) -> str:
    """A difference, and whether it is one."""
    if not math.isfinite(verdict.difference):
        return "not a number"
    told = written(verdict.difference, ".2g")
    return f"**none** ({told})" if verdict.is_same else told


def _digits(value: float) -> str:
    return written(value, ".10f") if abs(value) < 1e6 else written(value, ".4g")
