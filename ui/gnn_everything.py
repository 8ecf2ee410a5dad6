"""Everything is a graph: a picture, a sentence, a molecule and a club as nodes and links, on the page `gnn`."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from data.dataset import DataError
from experiments.gnn_everything import (
    BRIGHT,
    KINDS,
    MAX_ATOMS,
    MAX_WORDS,
    SENTENCE_GRAPHS,
    Answers,
    Thing,
    adjacency,
    answers_under,
    club_graph,
    digit_picture,
    molecule_graph,
    numbering,
    picture_graph,
    sentence_graph,
    sizes_of,
)
from figures.gnn_everything import everything_scene, mark_of, page_of
from training.run import Run, Snapshot
from ui.knobs import IN_URL
from ui.live import live_canvas
from ui.words import plain, written

FIRST_SENTENCE: Final = "the old cat sat on the red mat"
FIRST_MOLECULE: Final = "CN1C=NC2=C1C(=O)N(C(=O)N2C)C"  # caffeine
MAX_LETTERS: Final = 300
HEIGHT: Final = 460.0
MEANINGS: Final = {
    "picture": (
        "**A picture is a graph** whose links are the same around every pixel: each hears its eight neighbours, as a "
        "3 by 3 kernel does. A click on a pixel turns it on or off; that changes what is told of a node, not the links."
    ),
    "chain": "**A sentence is a chain** to a recurrent network: each word is linked to the one before and after it.",
    "complete": (
        "**A sentence is a complete graph** to attention without a mask: every word hears every other in one layer."
    ),
    "causal": (
        "**A sentence is a directed graph** to attention with the causal mask: every word hears those before it, and "
        "the matrix is a triangle."
    ),
    "molecule": (
        "**A molecule is a graph** as it stands: atoms and bonds. The matrix says who is bound to whom, not how; the "
        "kind of a bond is a number of its own on each edge, which GCN does not look at."
    ),
    "social network": (
        "**A circle of friends is a graph:** 34 members of a karate club and 78 friendships. The colours are the two "
        "clubs it split into."
    ),
}


def everything_tab(run: Run, snapshot: Snapshot) -> None:
    """Draws one thing as a graph in three ways, and asks two networks what they say when it is numbered anew."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        kind = str(
            st.segmented_control("What", KINDS, default=KINDS[0], required=True, key="gnn_everything_kind", **IN_URL)
        )
        try:
            thing, meaning, name = _choose(kind)
        except DataError as error:
            st.error(plain(error))
            return
    draw = _draws().get(kind, 0)
    number = numbering(len(thing.names), draw)
    mark = _mark_within(kind, name, len(thing.names))
    where = (kind, name, draw)
    page = _page_within(where, page_of(thing, number, mark))
    live_canvas(
        everything_scene(thing, adjacency(thing), number, mark=mark, page=page),
        key="gnn_everything_picture",
        height=HEIGHT,
        on_event=_answer(number, where, page),
    )
    st.markdown(f"{MEANINGS[meaning]} {_told_sizes(thing)}")
    _renumbering(run, thing, number, kind, draw)


def _told_sizes(thing: Thing) -> str:
    sizes = sizes_of(thing)
    links = "directed links" if thing.is_directed else "links"
    return (
        f"Here {sizes.num_nodes} nodes have {sizes.num_links} {links}, {sizes.density:.0%} of all "
        f"possible ones. A node hears {sizes.mean_degree:.3g} others on average, and {sizes.largest_degree} at most."
    )


# ---- what is drawn -------------------------------------------------------------------------------------------------


def _choose(kind: str) -> tuple[Thing, str, str]:
    """The thing that is asked for, which of `MEANINGS` is about it, and a name that changes with it.

    Raises:
        DataError: if what the visitor wrote cannot be drawn.
    """
    if kind == "picture":
        return _choose_picture()
    if kind == "sentence":
        return _choose_sentence()
    if kind == "molecule":
        with st.container(width=420):
            label = f"SMILES of a molecule of at most {MAX_ATOMS} atoms"
            smiles = st.text_input(label, FIRST_MOLECULE, max_chars=MAX_LETTERS, key="gnn_everything_smiles", **IN_URL)
        return molecule_graph(str(smiles or "")), kind, str(smiles)
    return club_graph(), kind, ""


def _choose_picture() -> tuple[Thing, str, str]:
    with st.container(width=160):
        digit = int(st.selectbox("Digit", range(10), index=3, key="gnn_everything_digit", **IN_URL))
    pixels = _pixels(digit)
    is_first = np.array_equal(pixels, digit_picture(digit))
    st.button("As it was", key="gnn_everything_undo", on_click=_forget_pixels, disabled=is_first)
    return picture_graph(pixels), "picture", str(digit)


def _choose_sentence() -> tuple[Thing, str, str]:
    with st.container(width=320):
        label = f"A sentence of at most {MAX_WORDS} words"
        text = st.text_input(label, FIRST_SENTENCE, max_chars=MAX_LETTERS, key="gnn_everything_text", **IN_URL)
    graph = str(
        st.segmented_control(
            "Links", SENTENCE_GRAPHS, default="chain", required=True, key="gnn_everything_links", **IN_URL
        )
    )
    words = str(text or "").split()
    return sentence_graph(words, graph), graph, str(len(words[:MAX_WORDS]))


_PAGE: Final = "_gnn_everything_page"  # (kind, name, draw, page) once the visitor has turned one
_MARK: Final = "_gnn_everything_mark"  # (kind, name, mark)
_DRAWS: Final = "_gnn_everything_draws"  # how often nodes were numbered anew, by kind
_PIXELS: Final = "_gnn_everything_pixels"  # (digit, pixels)


def _pixels(digit: int) -> np.ndarray:
    kept = st.session_state.get(_PIXELS)
    if kept is None or kept[0] != digit:
        kept = st.session_state[_PIXELS] = (digit, digit_picture(digit).copy())
    pixels: np.ndarray = kept[1]
    return pixels


def _forget_pixels() -> None:
    st.session_state.pop(_PIXELS, None)


def _draws() -> dict[str, int]:
    found: dict[str, int] = st.session_state.setdefault(_DRAWS, {})
    return found


# ---- clicks --------------------------------------------------------------------------------------------------------


def _mark_within(kind: str, name: str, num_nodes: int) -> tuple[int, ...] | None:
    """What is marked, if it was marked in this very thing."""
    kept = st.session_state.get(_MARK)
    if kept is None or kept[:2] != (kind, name) or max(kept[2]) >= num_nodes:
        return None
    mark: tuple[int, ...] = kept[2]
    return mark


def _page_within(where: tuple[str, str, int], default: int) -> int:
    """The page of the list that the visitor turned to in this very thing, else the one where the mark begins."""
    kept = st.session_state.get(_PAGE)
    return int(kept[3]) if kept is not None and kept[:3] == where else default


def _answer(number: np.ndarray, where: tuple[str, str, int], page: int) -> Callable[[dict[str, Any]], None]:
    kind, name, _ = where

    def answer(event: dict[str, Any]) -> None:
        state = st.session_state
        what, _, which = str(event.get("id", "")).partition(":")
        if what == "page":
            state[_PAGE] = (*where, max(0, page + int(which)))
            return
        mark = mark_of(event, number)
        if mark is None:
            return
        if what == "node" and kind == "picture":
            _toggle(mark[0])
        elif state.get(_MARK) == (kind, name, mark):
            state[_MARK] = None
            return
        state[_MARK] = (kind, name, mark)
        state[_PAGE] = None

    return answer


def _toggle(node: int) -> None:
    """Turns a pixel on or off."""
    pixels = st.session_state[_PIXELS][1]
    flat = pixels.reshape(-1)
    flat[node] = 0.0 if flat[node] > BRIGHT else 1.0


# ---- numbered anew -------------------------------------------------------------------------------------------------


def _renumbering(run: Run, thing: Thing, number: np.ndarray, kind: str, draw: int) -> None:
    with st.container(horizontal=True, gap="medium"):
        st.button("Renumber the nodes", key="gnn_everything_renumber", on_click=_renumber, args=(kind, draw + 1))
        st.button("First numbers", key="gnn_everything_first", on_click=_renumber, args=(kind, 0), disabled=draw == 0)
    if draw == 0:
        st.caption("A graph has no first node: who is number 0 is an accident. Renumber, and see what changes.")
        return
    found: Answers = run.look(lambda experiment: answers_under(experiment, thing, number))
    alt = "What two networks say of the graph before and after its nodes were numbered anew."
    st.dataframe(_table(found), hide_index=True, width="content", key="gnn_everything_answers", alt=alt)
    st.markdown(_verdict(found))


def _renumber(kind: str, draw: int) -> None:
    _draws()[kind] = draw


def _table(found: Answers) -> pd.DataFrame:
    """The outputs of both networks, before and after."""
    gnn = "this page's network" if found.is_live else "a fresh graph network"
    rows = []
    for who, outputs in ((f"{gnn}, first node" if found.is_of_nodes else gnn, found.gnn), ("an MLP", found.mlp)):
        for when, values in zip(("before", "after"), outputs, strict=True):
            told = ", ".join(written(float(value), ".6f") for value in values)
            rows.append({"network": who, "numbering": when, "outputs": told})
    return pd.DataFrame(rows)


def _verdict(found: Answers) -> str:
    which = (
        "The network of this page, as it stands after its training so far,"
        if found.is_live
        else "A graph network with this page's settings, fresh because the page's own reads other inputs,"
    )
    rounding = ", which is rounding" if found.gnn_difference > 0 else ""
    over = "of any node, each followed under its new number," if found.is_of_nodes else ""
    mlp = (
        f"The outputs of an untrained MLP that reads the matrix as a row of numbers change by up to "
        f"**{written(found.mlp_difference, '.2g')}**: to it, this is another graph."
        if found.mlp_difference > 0
        else "An MLP that reads the matrix as a row of numbers says the same only because these numbers leave this "
        "matrix as it was."
    )
    return (
        f"The picture keeps its shape; matrix and list change. {which} gives the same: the largest difference {over} "
        f"is **{written(found.gnn_difference, '.1g')}**{rounding}. {mlp}"
    ).replace("  ", " ")
