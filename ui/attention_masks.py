"""Masks on a page: who may look at whom, drawn and clicked, and why every layer needs its mask."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import streamlit as st

from experiments.attention_hand import seeded_attention
from experiments.attention_masks import MASKS, NUM_LAYERS, PADDING, from_the_future, leak, mask_of, weights_under
from figures.attention_maps import cell_of
from figures.attention_masks import leak_scene, mask_scene
from figures.attention_tokens import token_text
from ui.knobs import IN_URL
from ui.live import live_canvas
from ui.words import plain, written

PARTS: Final = ("Who may look at whom", "A mask in every layer")
WORDS: Final = ("the", "cat", "sat", "on", "the", "mat")
MOST_PADDING: Final = 3
CANVAS_HEIGHT: Final = 360.0
WORDS_OF: Final = {
    "none": "Every word sees every word: right for an encoder such as BERT, which is given the whole sentence.",
    "causal": (
        "The lecture's triangle: word t sees the words up to t. It lets a network learn to predict every next word of "
        "a sentence at once, without being shown it."
    ),
    "padding": (
        "Sentences of one batch are filled up to the same length. The filling is no word, so nobody may look at it. "
        "Its own rows still ask; what they answer is thrown away."
    ),
    "window": (
        "Each word sees itself and the few before it. A layer then costs T · window instead of T · T; what lies "
        "further back is reached through several layers."
    ),
    "your own": "Your own mask: click a cell of it to open or shut it.",
}


def masks(slug: str) -> None:
    """The part of the page; only what is chosen is computed."""
    st.fragment(_parts)(slug)


def _parts(slug: str) -> None:
    chosen = st.segmented_control(
        "Masks", PARTS, default=PARTS[0], required=True, key=f"{slug}_masks", label_visibility="collapsed", **IN_URL
    )
    if chosen == PARTS[0]:
        _one_mask(slug)
    else:
        _every_layer(slug)


def _one_mask(slug: str) -> None:
    window = num_padding = 2
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        kind = str(
            st.segmented_control("Mask", MASKS, default="causal", required=True, key=f"{slug}_mask_kind", **IN_URL)
        )
        with st.container(width=220):
            if kind == "window":
                window = st.slider("Words seen", 1, len(WORDS), 2, key=f"{slug}_mask_window", **IN_URL)
            if kind == "padding":
                num_padding = st.slider("Padding", 1, MOST_PADDING, 2, key=f"{slug}_mask_padding", **IN_URL)
    tokens = WORDS[: len(WORDS) - num_padding] + (PADDING,) * num_padding if kind == "padding" else WORDS
    blocked = st.session_state.get(f"_{slug}_mask_blocked", frozenset())
    mask = mask_of(kind, len(tokens), window=window, num_padding=num_padding, blocked=blocked)
    weights = weights_under(seeded_attention(tokens), mask)[0]
    scene = mask_scene(weights, mask, tokens)
    live_canvas(scene, key=f"{slug}_mask_picture", height=CANVAS_HEIGHT, on_event=_switch(slug, mask))
    st.markdown(
        f"{WORDS_OF[kind]} The scores of shut cells become −∞ before softmax, so they take no part in the sum: they "
        "are hatched, for they have no weight, not a weight of 0."
    )
    empty = np.flatnonzero(~mask.any(axis=1))
    if len(empty):
        names = ", ".join(f"“{plain(token_text(tokens[t]))}” ({t + 1})" for t in empty)
        st.warning(
            f"{names} sees nothing at all: softmax then divides 0 by 0, the row is NaN, and so is every number of the "
            "network after it. Let each word see at least itself."
        )


def _switch(slug: str, mask: np.ndarray) -> Callable[[dict[str, Any]], None]:
    """Opens or shuts the cell that was clicked; a ready-made mask becomes the visitor's own."""

    def switch(event: dict[str, Any]) -> None:
        cell = cell_of(event, "mask", mask.shape)
        if cell is None:
            return
        blocked = {(int(t), int(s)) for t, s in np.argwhere(~mask)} ^ {cell}
        st.session_state[f"_{slug}_mask_blocked"] = frozenset(blocked)
        st.session_state[f"{slug}_mask_kind"] = "your own"

    return switch


def _every_layer(slug: str) -> None:
    """Two layers, with the mask in both, in one, in none: what the outputs depend on, measured."""
    ways = {
        "both layers masked": (True, True),
        "only the first": (True, False),
        "only the second": (False, True),
        "no mask": (False, False),
    }
    found = [(name, leak(len(WORDS), masked)) for name, masked in ways.items()]
    chosen = st.session_state.get(f"_{slug}_mask_leak")
    scene = leak_scene(found, WORDS, chosen)
    live_canvas(scene, key=f"{slug}_leak_picture", height=CANVAS_HEIGHT, on_event=_choose(slug, len(WORDS)))
    future = {name: from_the_future(one) for name, one in found}
    st.markdown(
        f"**Is the mask needed in every layer?** A row is an output word of {NUM_LAYERS} layers, a column an input "
        "word; the number is the size of the derivative, how much the one depends on the other. With the mask in both "
        f"layers the future has no way in: the largest derivative is {written(future['both layers masked'], '.3g')}, "
        f"exactly. With a mask in the first layer only, the second one looks ahead "
        f"({written(future['only the first'], '.3g')}). With a mask in the second only, the first has already mixed "
        f"the future into the past ({written(future['only the second'], '.3g')}). One open layer is enough to cheat."
    )
    if chosen is not None:
        t, s = chosen
        values = "; ".join(f"{name} {written(float(one[t, s]), '.3g')}" for name, one in found)
        st.markdown(f"Output “{WORDS[t]}” ({t + 1}) by input “{WORDS[s]}” ({s + 1}): {values}.")
    st.caption("Two fresh blocks with attention, feed-forward part and normalisation; derivatives by autograd.")


def _choose(slug: str, number: int) -> Callable[[dict[str, Any]], None]:
    def choose(event: dict[str, Any]) -> None:
        hot = str(event["id"]).split(":")[0]
        st.session_state[f"_{slug}_mask_leak"] = cell_of(event, hot, (number, number))

    return choose
