"""Attention as a graph, and what it costs: on a page."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import streamlit as st

from experiments.attention_cost import BUDGET, D_MODEL, LENGTHS, N_HEADS, Cost, exponent, measure_cost
from experiments.attention_graph import FEWEST, GRAPHS, SENTENCE, Graph, attention_graph_of
from figures.attention_graph import cost_still, graph_scene
from figures.attention_links import Focus
from figures.attention_maps import cell_of
from ui.knobs import IN_URL
from ui.live import live_canvas
from ui.still import mode, show
from ui.words import written

CANVAS_HEIGHT: Final = 440.0
MEANINGS: Final = {
    "complete": "Without a mask every word looks at every word: a complete graph. One layer connects all.",
    "causal": (
        "With the causal mask arrows only run forwards: a directed graph without circles. The first word has heard of "
        "nobody, the last one of all."
    ),
    "window": (
        "With a window each word looks only at those just before it. What lies further back arrives through several "
        "layers, as through several windows of a convolution."
    ),
}


def attention_graph(slug: str) -> None:
    """The part of the page about the graph."""
    st.fragment(_graph)(slug)


def _graph(slug: str) -> None:
    window = 2
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        kind = str(
            st.segmented_control("Graph", GRAPHS, default="causal", required=True, key=f"{slug}_graph_kind", **IN_URL)
        )
        with st.container(width=220):
            number = st.slider("Words", FEWEST, len(SENTENCE), 6, key=f"{slug}_graph_words", **IN_URL)
        if kind == "window":
            with st.container(width=220):
                window = st.slider("Words seen", 2, 6, 3, key=f"{slug}_graph_window", **IN_URL)
    graph = attention_graph_of(kind, number, window)
    focus: Focus = st.session_state.get(f"_{slug}_graph_focus")
    if focus is not None and focus[1] >= number:
        focus = None
    live_canvas(
        graph_scene(graph, focus), key=f"{slug}_graph_picture", height=CANVAS_HEIGHT, on_event=_answer(slug, graph)
    )
    layers = f"{graph.layers} layer{'' if graph.layers == 1 else 's'}"
    st.markdown(
        f"{MEANINGS[kind]} Here {number} words have {graph.num_edges} arrows, and after {layers} every word has heard "
        "of all that can reach it. A graph network passes messages along edges that are given; attention passes them "
        "along edges whose strength it computes anew for each sentence. The mask is the graph, the weights are its "
        "strengths."
    )


def _answer(slug: str, graph: Graph) -> Callable[[dict[str, Any]], None]:
    def answer(event: dict[str, Any]) -> None:
        key, number = f"_{slug}_graph_focus", len(graph.tokens)
        if str(event["id"]).startswith("node:"):
            place = int(event["place"])
        elif (cell := cell_of(event, "cell", (number, number))) is not None:
            place = cell[0]
        else:
            return
        focus = ("from", place)
        st.session_state[key] = None if st.session_state.get(key) == focus else focus

    return answer


def cost(slug: str) -> None:
    """The part of the page about time and memory, measured when asked for."""
    st.fragment(_cost)(slug)


def _cost(slug: str) -> None:
    st.markdown(
        "**The price.** Every word looks at every word, so the weights are a matrix of T times T: twice the length, "
        "four times the numbers. A recurrent network keeps one state a word, but must take its steps one by one."
    )
    key = f"_{slug}_cost"
    if st.button("Measure on this machine", key=f"{slug}_cost_go", icon=":material/timer:"):
        with st.spinner("Measuring."):
            st.session_state[key] = measure_cost()
    found: Cost | None = st.session_state.get(key)
    if found is None:
        st.caption(f"Takes at most about {BUDGET:g} seconds.")
        return
    columns = st.columns(2, gap="large")
    slopes: dict[str, dict[str, float]] = {}
    parts = (("ms", "time of one pass, ms", found.milliseconds), ("kib", "memory that is kept, KiB", found.kibibytes))
    for column, (name, title, values) in zip(columns, parts, strict=True):
        slopes[name] = {kind: exponent(one) for kind, one in values.items()}
        with column:
            show(cost_still(LENGTHS, values, slopes[name], mode(), title=title), key=f"{slug}_cost_{name}")
    time, memory = slopes["ms"]["attention"], slopes["kib"]["attention"]
    place = int(np.flatnonzero(np.isfinite(found.kibibytes["attention"]))[-1])
    st.markdown(
        f"At {LENGTHS[place]} places the weights of {N_HEADS} heads take "
        f"{found.kibibytes['attention'][place] / 1024:.3g} MiB. Over the longest lengths attention's memory grows like "
        f"T to the {written(memory, '.2f')} and its time like T to the {written(time, '.2f')}; the recurrent network's "
        f"time grows like T to the {written(slopes['ms']['RNN'], '.2f')}."
    )
    st.caption(
        f"One layer each, {D_MODEL} wide, one sequence, forward only, one processor; the shortest of a few passes. "
        "Short sequences cost what starting costs, so the slope is fitted to the longest three. Making q, k and v "
        "grows like T and still weighs in there, so the time comes near T² only for longer ones."
    )
