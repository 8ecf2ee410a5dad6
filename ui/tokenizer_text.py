"""Text, tokens and numbers side by side: what is pointed at in one lights up in the other."""

from pathlib import Path
from typing import Any, Final

import streamlit as st

from data.tokenizer import SIGNS, Tokenizer, gpt2, own_tokenizer
from experiments.tokenizer_inside import spans_of, tokenizer_of
from figures import theme
from training.run import Run
from ui.still import mode
from ui.words import plain

MAX_LETTERS: Final = 20_000
MAX_SHOWN: Final = 1200  # tokens
WHO: Final = ("This page's", "GPT-2's", "Your file's")
EXAMPLE: Final = (
    "Alice's  cat\tcan't read 2026-11-23; naïve café, 日本語, שלום, مرحبا, 👩‍👩‍👧 — <b>x</b> == 3.14\n<|endoftext|>"
)
COLOURS: Final = 6  # that tokens take in turn

_CSS: Final = """
.tokens { color: var(--st-text-color); font: 15px/1.9 var(--st-font); }
.text { margin: 0 0 0.8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.span { background: color-mix(in srgb, var(--colour) 28%, transparent); border-radius: 3px; padding: 2px 0;
  box-shadow: inset 0 -2px 0 var(--colour); }
.several { background: repeating-linear-gradient(45deg, color-mix(in srgb, var(--colour) 45%, transparent) 0 3px,
  transparent 3px 6px); }
.list { display: flex; flex-wrap: wrap; gap: 4px; margin: 0; padding: 0; list-style: none; }
.piece { display: inline-flex; flex-direction: column; align-items: center; padding: 1px 6px; border-radius: 3px;
  background: color-mix(in srgb, var(--colour) 16%, transparent); box-shadow: inset 0 -2px 0 var(--colour);
  line-height: 1.35; }
.id, .hex { font-size: 11px; opacity: 0.75; font-variant-numeric: tabular-nums; }
.shown { unicode-bidi: isolate; white-space: pre; }
.special { background: var(--st-text-color); color: var(--st-background-color); border-radius: 8px; padding: 1px 6px; }
.lit .span:not(.on), .lit .piece:not(.on) { opacity: 0.35; }
.on { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
"""


def text_tab(run: Run) -> None:
    """A text of the visitor's, in tokens."""
    with st.container(horizontal=True, vertical_alignment="center"):
        who = st.segmented_control(
            "Tokenizer", WHO, default=WHO[0], required=True, key="tokenizer_who", label_visibility="collapsed"
        )
        sees_space = st.toggle("White space as signs", value=True, key="tokenizer_sees_space")
        sees_bytes = st.toggle("Bytes", value=False, key="tokenizer_sees_bytes")
    if who == WHO[2] and not st.session_state.get("tokenizer_own_json"):
        st.info("There is no tokenizer of your own yet: load its JSON under “Vocabulary”.")
        return
    tokenizer = chosen(run, str(who))
    text = st.text_area("Text", EXAMPLE, key="tokenizer_typed", height=90, persist_state="session")
    if not text:
        st.info("The text is empty: write something above.")
        return
    if len(text) > MAX_LETTERS:
        st.info(
            f"The text has {len(text):,} characters, and the first {MAX_LETTERS:,} are cut: keep the part that matters."
        )
        text = text[:MAX_LETTERS]
    show_tokens(tokenizer, text, sees_space=sees_space, sees_bytes=sees_bytes)


def chosen(run: Run, who: str) -> Tokenizer:
    """One of `WHO`; the page's own where the visitor has none."""
    brought = st.session_state.get("tokenizer_own_json")
    if who == WHO[2] and brought:
        return own_tokenizer(brought)
    return gpt2() if who == WHO[1] else run.look(tokenizer_of)


def show_tokens(
    tokenizer: Tokenizer, text: str, *, sees_space: bool, sees_bytes: bool, key: str = "tokenizer_tokens"
) -> None:
    """Counts in a line, then the text and its tokens."""
    pieces, spans = spans_of(tokenizer, text)
    num_bytes = sum(len(piece.bytes.split()) for piece in pieces)
    several = sum(len(span.tokens) > 1 for span in spans)
    st.markdown(
        f"**{len(pieces):,} tokens** of {plain(tokenizer.name)} for {len(text):,} characters, {num_bytes:,} bytes: "
        f"{num_bytes / len(pieces):.2f} bytes a token. {several:,} hatched stretches need several tokens."
    )
    if len(pieces) > MAX_SHOWN:
        st.caption(f"The first {MAX_SHOWN:,} tokens are drawn.")
    kept = [span for span in spans if span.tokens[-1] < MAX_SHOWN]
    surface = theme.SURFACES[mode()]
    _mount(
        key=key,
        data={
            "pieces": [
                {"id": piece.id, "shown": piece.shown, "hex": piece.bytes, "special": piece.is_special}
                for piece in pieces[:MAX_SHOWN]
            ],
            "spans": [
                {"text": _visible(span.text) if sees_space else span.text, "tokens": list(span.tokens)} for span in kept
            ],
            "colours": list(theme.CLASSES[:COLOURS]),
            "ink": surface.text,
            "bytes": sees_bytes,
        },
    )


def _visible(text: str) -> str:
    """White space as signs; a line break also breaks the line."""
    return "".join(SIGNS.get(letter, letter) + ("\n" if letter == "\n" else "") for letter in text)


_mount: Any = st.components.v2.component(
    "tokens", css=_CSS, js=(Path(__file__).parent / "static" / "tokens.js").read_text(encoding="utf-8")
)
