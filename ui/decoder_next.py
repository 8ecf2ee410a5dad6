"""What comes next? Every token of the vocabulary with its logit, the temperature, the cut and its chance."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from data.dataset import DataError
from experiments.decoder_inside import NextTokens, next_logits, next_tokens, prompt_of
from experiments.decoder_writing import Drawing
from figures.decoder_still import next_tokens_still
from figures.decoder_text import shown
from training.run import Run, Snapshot
from ui.still import mode, show
from ui.words import plain, tex

MAX_PROMPT: Final = 2000  # characters
TEMPERATURES: Final = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0)
CUTS: Final = ("all", "top-k", "top-p", "min-p")
ROWS: Final = 9  # of the table that are seen at a time
MOST_ROWS: Final = 10_000  # that are sent
HELP: Final = {
    "top-k": "Only so many of the likeliest tokens.",
    "top-p": "The likeliest tokens that together have this chance.",
    "min-p": "Tokens with at least this share of the likeliest one's chance.",
}


def prompt_box(run: Run) -> str:
    """Where the visitor writes a prompt; it stays from tab to tab. White space at its ends counts."""
    key = "decoder_prompt"
    task = run.look(lambda experiment: (experiment.settings.task, experiment.settings.num_digits))
    if st.session_state.get("_decoder_prompt_of") != task:  # another task has other signs
        st.session_state["_decoder_prompt_of"] = task
        st.session_state[key] = run.look(prompt_of)  # type: ignore[arg-type]
    st.session_state.setdefault(key, "")
    return str(st.text_input("Prompt", key=key, max_chars=MAX_PROMPT, persist_state="session") or "")


def drawing_knobs(slug: str = "decoder") -> Drawing:
    """Temperature and cut; they act on logits that are there already.

    Args:
        slug: begins the keys.
    """
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key=f"{slug}_drawing"):
        with st.container(width=260):
            temperature = st.select_slider(
                "Temperature", TEMPERATURES, value=0.8, key=f"{slug}_drawn_at", persist_state="session"
            )
        cut = st.segmented_control("Cut", CUTS, default="all", key=f"{slug}_cut", persist_state="session") or "all"
        with st.container(width=220):
            if cut == "top-k":
                amount: Any = st.slider("k", 1, 50, 5, key=f"{slug}_cut_k", help=HELP[cut])
                return Drawing(temperature, top_k=amount)
            if cut == "top-p":
                amount = st.slider("p", 0.05, 1.0, 0.9, 0.05, key=f"{slug}_cut_p", help=HELP[cut])
                return Drawing(temperature, top_p=amount)
            if cut == "min-p":
                amount = st.slider("share", 0.0, 1.0, 0.1, 0.02, key=f"{slug}_cut_min", help=HELP[cut])
                return Drawing(temperature, min_p=amount)
    return Drawing(temperature)


def next_tab(run: Run, snapshot: Snapshot) -> None:
    """The table over the full vocabulary, bars, and the fraction of the token that is clicked."""
    prompt = prompt_box(run)
    try:
        logits, symbols = _logits(run, snapshot, prompt)
    except DataError as error:
        st.error(plain(error))
        return
    next_view("decoder", logits, symbols, drawing_knobs())


def next_view(slug: str, logits: np.ndarray, symbols: Sequence[str], how: Drawing, *, most: int = MOST_ROWS) -> None:
    """The table of what comes next, its bars, and the fraction of the row that is clicked.

    Args:
        slug: begins the keys.
        logits: of every token.
        symbols: how every token is shown.
        how: temperature and cut.
        most: rows of the table.
    """
    found = next_tokens(logits, how)
    signs = [shown(symbols[number]) for number in found.order]
    table, bars = st.columns([1, 1], gap="large")
    with table:
        row = _table(found, signs, f"{slug}_next_rows", most)
    with bars:
        show(next_tokens_still(signs, found.before, found.after, found.num_kept, mode()), key=f"{slug}_next_picture")
    st.markdown(_words(found, signs[row], row, how))
    if found.after[row] > 0 and how.temperature > 0:
        st.latex(fraction(found, row, how))


def _logits(run: Run, snapshot: Snapshot, prompt: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """The network's logits, asked once for each prompt and moment."""
    key = (id(run), snapshot.step, snapshot.settings.model_dump_json(), prompt)
    kept: Any = st.session_state.get("_decoder_logits")
    if kept is None or kept[0] != key:
        symbols = run.look(lambda experiment: experiment.task.symbols)  # type: ignore[attr-defined]
        kept = key, run.look(partial(next_logits, prompt=prompt)), symbols
        st.session_state["_decoder_logits"] = kept
    return kept[1], kept[2]


def _table(found: NextTokens, signs: list[str], key: str, most: int) -> int:
    """The tokens, the likeliest first; returns the row that is clicked, or the first."""
    frame = pd.DataFrame(
        {
            "token": signs,
            "logit": found.logits,
            "÷ T": found.scaled,
            "softmax": 100 * found.before,
            "drawn": np.where(found.after > 0, 100 * found.after, np.nan),
        }
    )
    numbers = st.column_config.NumberColumn
    event: Any = st.dataframe(
        frame.head(most),
        hide_index=True,
        height=36 * (min(ROWS, len(signs)) + 1),
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        column_config={
            "token": st.column_config.TextColumn("token"),
            "logit": numbers("logit", format="%.3f"),
            "÷ T": numbers("÷ T", format="%.3f"),
            "softmax": numbers("softmax over all, %", format="%.3f"),
            "drawn": numbers("after the cut, %", format="%.3f", help="Empty: cut off."),
        },
    )
    rows = event["selection"]["rows"]
    return int(rows[0]) if rows and rows[0] < len(signs) else 0


def _words(found: NextTokens, sign: str, row: int, how: Drawing) -> str:
    """The cut and the clicked token in a sentence or two."""
    kept = f"**{found.num_kept} of {len(found.order):,} tokens** are left by the cut, the dashed line in the picture"
    if found.num_kept == len(found.order):
        kept = f"All **{len(found.order):,} tokens** can be drawn"
    told = f"{kept}. Click a row for its fraction; this is the one of “{plain(sign)}”, rank {row + 1}"
    if how.temperature == 0:
        return f"At temperature 0 the likeliest token is taken, without chance: “{plain(sign)}” has rank {row + 1}."
    if found.after[row] == 0:
        return f"{told}: it is cut off, so its chance is 0."
    return f"{told}:"


def fraction(found: NextTokens, row: int, how: Drawing) -> str:
    """The chance of a token as a worked fraction over all tokens that are left."""
    kept = found.scaled[found.after > 0].astype(float)
    top = float(kept.max())  # taken off above and below, as every softmax does, so that nothing overflows
    above, below = float(np.exp(found.scaled[row] - top)), float(np.exp(kept - top).sum())
    exponent = rf"{tex(float(found.logits[row]))} / {how.temperature:g} - {tex(top)}".replace("- -", "+ ")
    return (
        rf"p = \frac{{e^{{{exponent}}}}}{{\sum_{{{len(kept)}\ \text{{tokens}}}} e^{{z / T - {tex(top)}}}}}"
        rf" = \frac{{{tex(above, 4)}}}{{{tex(below, 4)}}} = {100 * found.after[row]:.3f}\ \%"
    ).replace("- -", "+ ")
