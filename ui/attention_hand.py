"""Attention by hand: a sentence of the visitor's with every number, and why the scores are divided by √d."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import streamlit as st

from data.dataset import DataError
from experiments.attention_hand import (
    MOST_WORDS,
    NUM_KEYS,
    NUM_QUERIES,
    SURE,
    WIDTHS,
    ByHand,
    GivenOf,
    Saturation,
    saturation,
    seeded_attention,
    words_of,
    work_out,
)
from figures.attention_hand import hand_scene, saturation_still, scores_still
from figures.attention_maps import Cell, cell_of
from figures.attention_tokens import token_text
from ui.knobs import IN_URL
from ui.live import live_canvas
from ui.still import mode, show
from ui.words import factor, plain, tex, written

FIRST_TEXT: Final = "the cat sat on the mat"
PARTS: Final = ("One sentence", "Why divide by √d")
TEMPERATURES: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
MOST_TERMS: Final = 6  # of a sum that are written out
HEIGHT: Final = 490.0


def by_hand(slug: str, given: GivenOf | None = None) -> None:
    """The part of the page; only what is chosen is computed.

    Args:
        slug: which page.
        given: makes a sentence into what the attention of a trained network reads; a fresh one if left out.
    """
    st.fragment(_parts)(slug, given)


def _parts(slug: str, given: GivenOf | None) -> None:
    label = "By hand"
    chosen = st.segmented_control(
        label, PARTS, default=PARTS[0], required=True, key=f"{slug}_hand", label_visibility="collapsed", **IN_URL
    )
    if chosen == PARTS[0]:
        _sentence(slug, given)
    else:
        _division(slug)


def _sentence(slug: str, given: GivenOf | None) -> None:
    row = st.container(horizontal=True, gap="medium", vertical_alignment="bottom")
    with row, st.container(width=320):
        label = f"A sentence of at most {MOST_WORDS} words"
        text = st.text_input(label, FIRST_TEXT, max_chars=200, key=f"{slug}_hand_text", **IN_URL)
    with row, st.container(width=220):
        help = "Divides the scores: below 1 the weights sharpen, above 1 they even out."
        temperature = st.select_slider(
            "Temperature", TEMPERATURES, 1.0, key=f"{slug}_hand_temperature", help=help, **IN_URL
        )
    with st.container(horizontal=True, gap="medium"):
        is_causal = st.toggle("Causal mask", key=f"{slug}_hand_causal", help="No word sees a later one.", **IN_URL)
        is_scaled = st.toggle("Divide by √d", value=True, key=f"{slug}_hand_scaled", **IN_URL)
        help = "Without them, the same word twice has the same row and the same column."
        has_positions = given is not None or st.toggle(
            "Add positions", value=True, key=f"{slug}_hand_positions", help=help, **IN_URL
        )
    words = _words(slug, text)
    source = seeded_attention(words, has_positions=has_positions) if given is None else given(words)
    with row:
        head = _head(slug, source.layer.n_heads)
    hand = work_out(source, head, is_causal=is_causal, is_scaled=is_scaled, temperature=temperature)
    cell = _cell(slug, len(hand.tokens))
    picture = hand_scene(hand, cell, formula=_formula(hand, temperature, is_scaled=is_scaled))
    live_canvas(picture, key=f"{slug}_hand_picture", height=HEIGHT, on_event=_answer(slug, hand))
    _calculation(hand, cell)
    st.caption(_whose(given))


def _whose(given: GivenOf | None) -> str:
    if given is None:
        return (
            "One head of a fresh multi-head attention: each word has a made-up vector, and the weights that make q, k "
            "and v of it are random. What it prefers means nothing yet; how it is computed is the same after training."
        )
    return "The attention of the network of this page, as it is trained now."


def _words(slug: str, text: str) -> tuple[str, ...]:
    """The words of the sentence; those of the last good one, and a sentence, where it cannot be used."""
    kept = f"_{slug}_hand_words"
    try:
        words = words_of(text)
    except DataError as error:
        st.warning(plain(error))
        return st.session_state.get(kept, words_of(FIRST_TEXT))
    st.session_state[kept] = words
    return words


def _head(slug: str, number: int) -> int:
    key = f"{slug}_hand_head"
    if number < 2:
        return 0
    heads = list(range(1, number + 1))
    if st.session_state.get(key) not in heads:
        st.session_state.pop(key, None)
    return int(st.segmented_control("Head", heads, default=1, required=True, key=key, width="content")) - 1


def _formula(hand: ByHand, temperature: float, *, is_scaled: bool) -> str:
    parts = [f"÷ √{hand.q.shape[1]}"] if is_scaled else []
    parts += [f"÷ temperature {temperature:g}"] if temperature != 1 else []
    parts += ["hatched: masked"] if not hand.is_seen.all() else []
    return ", ".join(parts) or "the products as they are"


def _cell(slug: str, number: int) -> Cell:
    t, s = st.session_state.get(f"_{slug}_hand_cell", (1, 0))
    return min(t, number - 1), min(s, number - 1)


def _answer(slug: str, hand: ByHand) -> Any:
    def answer(event: dict[str, Any]) -> None:
        for hot in ("product", "score", "weight"):
            if (cell := cell_of(event, hot, hand.weights.shape)) is not None:
                st.session_state[f"_{slug}_hand_cell"] = cell

    return answer


def _calculation(hand: ByHand, cell: Cell) -> None:
    """One weight from its query and key to its share of the output, with all numbers."""
    t, s = cell
    query, key = plain(token_text(hand.tokens[t], 20)), plain(token_text(hand.tokens[s], 20))
    st.latex(calculation(hand, cell))
    if not hand.is_seen[t, s]:
        st.markdown(
            f"“{query}” may not look at “{key}”: the mask takes the score away before softmax. The others share "
            "the whole 1 among them; the masked one has no weight, rather than a small one."
        )
        return
    st.markdown(
        f"**“{query}” ({t + 1}) asks, “{key}” ({s + 1}) answers.** The query and the key are multiplied number by "
        f"number and summed. Softmax takes e to the power of each score of the row and divides by their sum, so a "
        f"row of weights sums to 1: here {written(float(hand.weights[t].sum()), '.3f')}. The output of “{query}” "
        "is the mean of all values with these weights. Click another cell to work it out."
    )


def calculation(hand: ByHand, cell: Cell) -> str:
    """The formulas of a cell with the numbers put in."""
    t, s = cell
    product = float(hand.products[t, s])
    lines = [
        rf"q_{{{t + 1}}} \cdot k_{{{s + 1}}} &= {_sum(hand.q[t], hand.k[s])} = {tex(product)}",
    ]
    if not hand.is_seen[t, s]:
        return rf"\begin{{aligned}} {lines[0]} \\ w &: \text{{masked}} \end{{aligned}}"
    score, powers = float(hand.scores[t, s]), np.exp(hand.scores[t][hand.is_seen[t]].astype(float))
    lines.append(rf"\text{{score}} &= \frac{{{tex(product)}}}{{{tex(hand.divisor)}}} = {tex(product / hand.divisor)}")
    if abs(score - product / hand.divisor) > 1e-6:
        lines[-1] += rf" \quad \text{{with ALiBi's penalty: }} {tex(score)}"
    weight = float(hand.weights[t, s])
    lines.append(
        rf"w &= \frac{{e^{{{tex(score)}}}}}{{\sum_j e^{{\text{{score}}_j}}}} = "
        rf"\frac{{{tex(float(np.exp(score)))}}}{{{tex(float(powers.sum()))}}} = {tex(weight)}"
    )
    seen = hand.is_seen[t]
    lines.append(
        rf"\text{{output}}_1 &= \sum_j w_j v_{{j,1}} = {_sum(hand.weights[t][seen], hand.v[seen, 0])} "
        rf"= {tex(float(hand.out[t, 0]))}"
    )
    return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"


def _sum(left: np.ndarray, right: np.ndarray) -> str:
    """A sum of products with its numbers, the largest ones where there are many."""
    terms = [rf"{factor(float(a), 2)} \cdot {factor(float(b), 2)}" for a, b in zip(left, right, strict=True)]
    if len(terms) <= MOST_TERMS:
        return " + ".join(terms)
    return " + ".join(terms[: MOST_TERMS - 1]) + r" + \dots"


def _division(slug: str) -> None:
    """Scores of random queries and keys over d, with and without the division."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        with st.container(width=340):
            width = st.select_slider("d, numbers of a query", WIDTHS, 64, key=f"{slug}_hand_width", **IN_URL)
        with st.container(width=240):
            temperature = st.select_slider("Temperature", TEMPERATURES, 1.0, key=f"{slug}_hand_heat", **IN_URL)
    found = {
        is_scaled: [saturation(one, temperature, is_scaled=is_scaled) for one in WIDTHS] for is_scaled in (True, False)
    }
    here = WIDTHS.index(width)
    scaled, unscaled = found[True][here], found[False][here]
    columns = st.columns(3, gap="medium")
    with columns[0]:
        show(scores_still(scaled, unscaled, mode()), key=f"{slug}_hand_scores")
    measures: tuple[tuple[str, Callable[[Saturation], float], bool], ...] = (
        ("rows with a weight above 0.9", lambda one: one.share_sure, True),
        ("size of softmax's derivative", lambda one: one.gradient, False),
    )
    for column, (title, measure, is_share) in zip(columns[1:], measures, strict=True):
        with column:
            divided, plain_ones = (np.array([measure(one) for one in found[kind]]) for kind in (True, False))
            still = saturation_still(WIDTHS, divided, plain_ones, width, mode(), title=title, is_share=is_share)
            show(still, key=f"{slug}_hand_{'sure' if is_share else 'slope'}")
    st.markdown(
        f"**Why √d.** A product of two vectors is a sum of d terms. If all numbers have spread 1, the sum has spread "
        f"√d = {width**0.5:.1f}: measured {unscaled.scores.std():.1f}, and {scaled.scores.std():.2f} after the "
        f"division. Without it, {unscaled.share_sure:.0%} of the rows put more than {SURE} on one key (with it "
        f"{scaled.share_sure:.0%}), and the derivative of softmax, through which the gradient must pass, is "
        f"{unscaled.gradient:.3f} instead of {scaled.gradient:.3f}. A low temperature does the same harm on purpose."
    )
    st.caption(
        f"{NUM_QUERIES} random queries with {NUM_KEYS} random keys each; the derivative's size is the Frobenius norm "
        "of diag(w) − w wᵀ, averaged over the rows."
    )
