"""What the tabs about SmolLM2 share: loading it, the text they speak about, and whose work it is."""

from typing import Final

import streamlit as st

from data.extras import EXTRAS
from experiments.pretrained_language import MAX_LETTERS, MAX_TOKENS, smollm
from experiments.pretrained_shelf import memory
from ui.pretrained_missing import explain_missing
from ui.words import plain

NAME: Final = "smollm"
EXAMPLES: Final = (
    "The capital of France is",
    "Once upon a time there was a",
    "To be, or not to be, that is the",
    "What is the capital of Turkey?",
    "12 * 12 =",
)


def is_ready() -> bool:
    """Whether the network can be asked; loads it, or says how to get it."""
    if explain_missing(NAME):
        return False
    if NAME not in memory():
        extra = EXTRAS[NAME]
        size = f"{extra.megabytes} MB from disk, some seconds, once for all visitors"
        with st.spinner(f"Loading {extra.title}: {size} …"):
            smollm()
    return True


def whose() -> None:
    """Who trained it on what, its size, and what it may be used for."""
    extra = EXTRAS[NAME]
    num_weights = sum(one.num_weights for one in smollm().stored)
    st.caption(
        f"[{extra.title}]({extra.source}), {extra.licence}: {num_weights / 1e6:.1f} million weights, trained by "
        "Hugging Face on 2 trillion tokens of web pages and program code, mostly English, and then on conversations. "
        "It is small: it writes fluently, knows little, and reckons badly, as *What it gets wrong* shows. Here it "
        f"takes {memory()[NAME] / 1e6:.0f} MB of memory, shared by all visitors; texts stay on this machine."
    )


def text_box(key: str, label: str, first: str, most_tokens: int = MAX_TOKENS) -> str:
    """Where the visitor writes, with examples above.

    Args:
        key: under which the text is kept.
        label: of the box.
        first: what stands there at the start.
        most_tokens: how many tokens are read.
    """
    st.session_state.setdefault(key, first)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"{key}_examples"):
        st.markdown("Examples", width="content")
        for number, example in enumerate(EXAMPLES):
            st.button(plain(example), key=f"{key}_example_{number}", on_click=_put, args=(key, example))
    help = f"At most {MAX_LETTERS} letters and {most_tokens} tokens. A space at the end counts."
    return str(st.text_area(label, key=key, max_chars=MAX_LETTERS, height=80, help=help, persist_state="session") or "")


def _put(key: str, text: str) -> None:
    st.session_state[key] = text
