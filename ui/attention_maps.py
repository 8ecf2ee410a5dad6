"""The attention of a network, to choose a head in and to read cell by cell: for the section "Look inside"."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from figures.attention_links import MOST_LINKED
from figures.attention_maps import AttentionMaps, Cell, Focus, cell_of
from figures.attention_tokens import CLOSE, OPEN, token_text
from figures.attention_view import attention_scene, head_weights
from ui.knobs import IN_URL
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.words import plain

CANVAS_SHARE = 0.66  # of the window's height
FIRST_SHARE = 70  # per cent of each row's mass


def attention_view(slug: str, key: str, maps: Callable[[], AttentionMaps], *, start: Cell = (0, 0)) -> Cell:
    """Overview of all heads, the chosen one as a map and as lines, and what a clicked cell says.

    Args:
        slug: which page.
        key: names this view among those of the page.
        maps: gives the weights; called once.
        start: the layer and head to begin with, from 0.

    Returns:
        The chosen layer and head, from 0.
    """
    seen = maps()
    name = f"{slug}_{key}"
    shape = seen.weights.shape
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key=f"{name}_knobs"):
        layer = _number("Layer", f"{name}_layer", shape[0], start[0])
        head = _number("Head", f"{name}_head", shape[1], start[1])
        is_mean = shape[1] > 1 and st.toggle(
            "Mean of the layer", key=f"{name}_mean", help="The mean over its heads.", **IN_URL
        )
        with st.container(width=210):
            help = "The fewest lines of each row that hold so many per cent of its mass."
            share = st.slider("Lines, % of each row", 0, 100, FIRST_SHARE, key=f"{name}_share", help=help, **IN_URL)
        longest = max(shape[2:])
        first = 0
        if longest > MOST_LINKED:
            with st.container(width=210):
                label = f"First of {MOST_LINKED} places with lines"
                last = longest - MOST_LINKED + 1
                _keep_within(f"{name}_first", last)
                first = int(st.slider(label, 1, last, 1, key=f"{name}_first", **IN_URL)) - 1
    chosen, focus = _marked(name, shape)
    scene = attention_scene(
        seen, layer, head, share=share / 100, chosen=chosen, focus=focus, is_mean=is_mean, first=first,
        is_large=is_lecture(),
    )  # fmt: skip
    live_canvas(scene, key=f"{name}_picture", height=CANVAS_SHARE, on_event=_answer(name, shape))
    st.markdown(sentence(seen, layer, head, chosen, is_mean=is_mean))
    return layer, head


def sentence(maps: AttentionMaps, layer: int, head: int, chosen: Cell | None, *, is_mean: bool = False) -> str:
    """What the map says about a cell, or how to read it, as markdown."""
    weights = head_weights(maps, layer, head, is_mean=is_mean)
    if chosen is None:
        return (
            "Point at a cell for its weight, click one for the whole row. A row is a query: its weights over the keys "
            "sum to 1. Click a token beside the lines to see only its own. A weight says what was looked at, not why "
            "the answer came out as it did."
        )
    row = weights[chosen[0]]
    query, value = _spoken(maps.rows, chosen[0]), row[chosen[1]]
    if not np.isfinite(row).any():
        why = "softmax over no key" if not _sees(maps, chosen[0]) else "an exploded network"
        return f"{query} has no weights: {why} is not a number."
    if not np.isfinite(value):
        return f"{query} may not look at {_spoken(maps.columns, chosen[1])}: the cell is masked, which is not a 0."
    best = np.argsort(-np.nan_to_num(row))[: min(3, int(np.isfinite(row).sum()))]
    most = ", ".join(f"{_spoken(maps.columns, int(s))} {row[s]:.3f}" for s in best)
    return (
        f"{query} looks at {_spoken(maps.columns, chosen[1])} with weight **{value:.3f}**. Most of all it looks at "
        f"{most}. Its row sums to {np.nansum(row):.3f}."
    )


def _sees(maps: AttentionMaps, row: int) -> bool:
    return maps.is_seen is None or bool(maps.is_seen[row].any())


def _spoken(tokens: tuple[str, ...], place: int) -> str:
    return f"{OPEN}“{plain(token_text(tokens[place], 24))}” ({place + 1}){CLOSE}"


def _number(label: str, key: str, most: int, start: int) -> int:
    """A choice among layers or heads, from 0; none where there is only one."""
    if most < 2:
        return 0
    _keep_within(key, most)
    with st.container(width=110):
        return int(st.number_input(label, 1, most, start + 1, key=key, **IN_URL)) - 1


def _keep_within(key: str, most: int) -> None:
    if isinstance(value := st.session_state.get(key), int) and not 1 <= value <= most:
        st.session_state[key] = min(max(value, 1), most)


def _marked(name: str, shape: tuple[int, ...]) -> tuple[Cell | None, Focus]:
    """The cell and the token that were clicked, as far as the map has them."""
    chosen: Cell | None = st.session_state.get(f"_{name}_cell")
    focus: Focus = st.session_state.get(f"_{name}_focus")
    if chosen is not None and not (chosen[0] < shape[2] and chosen[1] < shape[3]):
        chosen = None
    if focus is not None and focus[1] >= shape[2 if focus[0] == "from" else 3]:
        focus = None
    return chosen, focus


def _answer(name: str, shape: tuple[int, ...]) -> Callable[[dict[str, Any]], None]:
    """Carries out a click: choose a head, a cell, or a token; a second click on the same takes the choice back."""

    def answer(event: dict[str, Any]) -> None:
        state = st.session_state
        if event["id"].startswith("head:"):
            if shape[0] > 1:
                state[f"{name}_layer"] = int(event["layer"]) + 1
            if shape[1] > 1:
                state[f"{name}_head"] = int(event["head"]) + 1
                state[f"{name}_mean"] = False
        elif event["id"].startswith("token:"):
            focus = str(event["side"]), int(event["place"])
            state[f"_{name}_focus"] = None if state.get(f"_{name}_focus") == focus else focus
        elif (cell := cell_of(event, "cell", (shape[2], shape[3]))) is not None:
            state[f"_{name}_cell"] = None if state.get(f"_{name}_cell") == cell else cell

    return answer
