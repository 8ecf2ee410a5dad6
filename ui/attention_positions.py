"""Positions on a page: sines and cosines cell by cell, the lecture's table, RoPE's arrows, ALiBi's fan."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import streamlit as st

from data.dataset import DataError
from experiments.attention_hand import MOST_WORDS, words_of
from experiments.attention_positions import (
    BASES,
    HEADS,
    NUM_PLACES,
    WIDTHS,
    added,
    angle,
    penalty,
    rotation,
    sines,
)
from figures.attention_maps import Cell, cell_of
from figures.attention_positions import added_scene, fan_still, rope_scene, sines_scene
from ui.knobs import IN_URL
from ui.live import live_canvas
from ui.still import mode, show
from ui.words import factor, plain, tex, written

FIRST_TEXT: Final = "the cat sat"
ADDED_WIDTH: Final = 8
FIRST_CELL: Final = (5, 2)
SINES_HEIGHT: Final = 420.0
ROPE_HEIGHT: Final = 320.0
ADDED_HEIGHT: Final = 270.0


def positions(slug: str) -> None:
    """The part of the page; only what is chosen is computed."""
    st.fragment(_parts)(slug)


def _parts(slug: str) -> None:
    chosen = st.segmented_control(
        "Positions", list(PARTS), default=next(iter(PARTS)), required=True, key=f"{slug}_positions_part",
        label_visibility="collapsed", **IN_URL,
    )  # fmt: skip
    PARTS[chosen](slug)


def _width_and_base(slug: str, name: str, widths: tuple[int, ...], first: int) -> tuple[int, float]:
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=300):
            label = "Dimensions d"
            width = st.select_slider(label, widths, first, key=f"{slug}_{name}_width", **IN_URL)
        with st.container(width=300):
            help = "The longest wave takes 2π times as many positions. A small base makes all pairs fast."
            base = st.select_slider("Base", BASES, 10_000.0, key=f"{slug}_{name}_base", help=help,
                                    format_func=lambda one: f"{one:g}", **IN_URL)  # fmt: skip
    return int(width), float(base)


def sines_part(slug: str) -> None:
    """The matrix of sines and cosines with one cell worked out."""
    width, base = _width_and_base(slug, "sines", WIDTHS, 32)
    found = sines(width, base)
    p, i = st.session_state.get(f"_{slug}_sines_cell", FIRST_CELL)
    i = min(i, width - 1)
    live_canvas(
        sines_scene(found, (p, i)), key=f"{slug}_sines_picture", height=SINES_HEIGHT, on_event=_pick(slug, width)
    )
    left, right = st.columns(2, gap="large")
    with left:
        st.latex(cell_formula(p, i, width, base))
        st.markdown(
            "Each pair of dimensions is a hand of a clock: the first ones turn fast, the last ones hardly move. "
            "Together they tell every position apart, as the digits of a number do."
        )
    with right:
        st.latex(r"PE(p) \cdot PE(p + k) = \sum_i \cos\left(k \, / \, \text{base}^{2i/d}\right)")
        st.markdown(
            "The product of two rows holds their distance k and not where they stand. Measured over all pairs of "
            f"equal distance here, it differs by at most {written(found.spread, '.1e')}. That is how a head can find "
            "“two words back” anywhere in a sentence."
        )


def cell_formula(position: int, dimension: int, width: int, base: float) -> str:
    """One cell of the matrix with its numbers."""
    name = r"\sin" if dimension % 2 == 0 else r"\cos"
    even = dimension - dimension % 2
    inner = angle(position, dimension, width, base)
    value = float(sines(width, base).table[position, dimension])
    return (
        rf"PE({position}, {dimension}) = {name}\left(\frac{{{position}}}{{{base:g}^{{{even}/{width}}}}}\right) = "
        rf"{name}({tex(inner)}) = {tex(value)}"
    )


def _pick(slug: str, width: int) -> Callable[[dict[str, Any]], None]:
    def pick(event: dict[str, Any]) -> None:
        cell = cell_of(event, "table", (NUM_PLACES, width))
        if cell is not None:
            st.session_state[f"_{slug}_sines_cell"] = cell

    return pick


def added_part(slug: str) -> None:
    """The lecture's table with words of the visitor's."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        with st.container(width=320):
            label = f"At most {MOST_WORDS} words"
            text = st.text_input(label, FIRST_TEXT, max_chars=200, key=f"{slug}_added_text", **IN_URL)
        kind = st.segmented_control(
            "Positions", ["sines and cosines", "learned"], default="sines and cosines", required=True,
            key=f"{slug}_added_kind", **IN_URL,
        )  # fmt: skip
    try:
        words = st.session_state[f"_{slug}_added_words"] = words_of(text)
    except DataError as error:
        st.warning(plain(error))
        words = st.session_state.get(f"_{slug}_added_words", words_of(FIRST_TEXT))
    summed = added(words, ADDED_WIDTH, is_learned=kind == "learned")
    t, i = st.session_state.get(f"_{slug}_added_cell", (0, 0))
    t = min(t, len(words) - 1)
    live_canvas(
        added_scene(summed, words, (t, i)), key=f"{slug}_added_picture", height=ADDED_HEIGHT,
        on_event=_pick_added(slug, len(words)),
    )  # fmt: skip
    token, position, sum = (float(one[t, i]) for one in summed)
    st.latex(
        rf"\text{{token}}_{{{t + 1},{i + 1}}} + \text{{position}}_{{{t + 1},{i + 1}}} = {tex(token)} + "
        rf"{factor(position)} = {tex(sum)}"
    )
    own = (
        "The table of positions is random at first and learned like the words, one row for each position: a sentence "
        "longer than the table cannot be read."
        if kind == "learned"
        else "Sines and cosines are computed, not learned, and have no last position."
    )
    st.markdown(
        f"The vectors of the words are those a fresh embedding of {ADDED_WIDTH} numbers begins with. The same word has "
        f"the same token vector wherever it stands; only the sum differs. {own}"
    )


def _pick_added(slug: str, number: int) -> Callable[[dict[str, Any]], None]:
    def pick(event: dict[str, Any]) -> None:
        cell: Cell | None = cell_of(event, str(event["id"]).split(":")[0], (number, ADDED_WIDTH))
        if cell is not None:
            st.session_state[f"_{slug}_added_cell"] = cell

    return pick


def rope_part(slug: str) -> None:
    """A query and a key turned by their positions."""
    width, base = _width_and_base(slug, "rope", WIDTHS[1:], 8)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        with st.container(width=300):
            query_at = st.slider("Position of the query", 0, NUM_PLACES - 1, 9, key=f"{slug}_rope_query", **IN_URL)
        with st.container(width=300):
            key_at = st.slider("Position of the key", 0, NUM_PLACES - 1, 5, key=f"{slug}_rope_key", **IN_URL)
        is_same = st.toggle("Key like the query", value=True, key=f"{slug}_rope_same", **IN_URL)
    found = rotation(width, base, query_at, key_at, is_same=is_same)
    live_canvas(rope_scene(found, query_at, key_at), key=f"{slug}_rope_picture", height=ROPE_HEIGHT)
    st.markdown(
        "**RoPE** adds nothing. It turns each pair of numbers of a query and of a key by an angle that grows with the "
        f"position: here by {query_at} and by {key_at} times the pair's speed. Move both by as much, and the arrows "
        f"turn together: the angle between them, and the score {written(found.score, '.3f')}, stay. Measured at every "
        f"distance over 32 positions, scores of equal distance differ by at most {written(found.spread, '.0e')}."
    )
    st.latex(r"(R_t q) \cdot (R_s k) = q \cdot R_{s - t} \, k")


def alibi_part(slug: str) -> None:
    """The penalties of ALiBi by distance."""
    n_heads = int(st.segmented_control("Heads", HEADS, default=8, required=True, key=f"{slug}_alibi_heads", **IN_URL))
    found = penalty(n_heads)
    left, right = st.columns(2, gap="large")
    with left:
        show(fan_still(found, mode(), is_weight=False), key=f"{slug}_alibi_fan")
    with right:
        show(fan_still(found, mode(), is_weight=True), key=f"{slug}_alibi_weights")
    slopes = ", ".join(f"{slope:.3g}" for slope in found.slopes)
    st.markdown(
        f"**ALiBi** takes slope · distance from every score, with a slope for each head that is not learned: {slopes}. "
        "The first head is short-sighted, the last one sees far. There is no table and no last position, so a network "
        "trained on short texts can be run on longer ones."
    )


PARTS: Final[Mapping[str, Callable[[str], None]]] = {
    "Sines and cosines": sines_part,
    "Token + position": added_part,
    "RoPE": rope_part,
    "ALiBi": alibi_part,
}
