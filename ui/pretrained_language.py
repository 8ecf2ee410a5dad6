"""Page `pretrained`: what a real language model holds likely, writes, is surprised by, and gets wrong."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from data.dataset import DataError
from experiments.pretrained_language import asked, next_logits, read_through, smollm
from figures.decoder_text import surprise_scene, words_of
from training.run import Run, Snapshot
from ui.decoder_next import drawing_knobs, next_view
from ui.decoder_surprise import strong
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.pretrained_smollm import EXAMPLES, is_ready, text_box, whose
from ui.pretrained_writing import ANSWERS, mistakes, writing
from ui.words import plain

SLUG: Final = "pretrained_language"
TEXT: Final = f"{SLUG}_text"
ROWS: Final = 1000  # of the table
NUM_BUTTONS: Final = 8  # likeliest tokens to go on with
READ_FIRST: Final = (
    "The first woman to win a Nobel Prize was Marie Curie, in 1903, for physics. Her left sock was made of quantum "
    "cheese."
)


def next_tab(run: Run | None, snapshot: Snapshot | None) -> None:
    """SmolLM2-135M: the next token, a text written on, surprise, mistakes, and how its weights are stored."""
    if not is_ready():
        return
    view = st.segmented_control(
        "View", list(VIEWS), default=next(iter(VIEWS)), key=f"{SLUG}_view", label_visibility="collapsed", required=True
    )
    VIEWS[view]()
    whose()


# ---- the next token ----------------------------------------------------------------------------------------------


def next_token() -> None:
    """The table of what comes next, with buttons that append the likeliest tokens."""
    text = text_box(TEXT, "Text", EXAMPLES[0])
    is_question = st.toggle(
        "Chat template", key=f"{SLUG}_is_question", persist_state="session",
        help="Writes the text down as a question to an assistant; what comes next is then the answer.",
    )  # fmt: skip
    if is_question:
        with st.expander("What the network reads"):
            st.code(asked(text), language=None)
    try:
        logits = next_logits(text, bool(is_question))
    except DataError as error:
        st.error(plain(error))
        return
    if not is_question:  # what comes next in a question is not the question's
        _append(text, logits)
    next_view(SLUG, logits, smollm().tokenizer.vocabulary, drawing_knobs(SLUG), most=ROWS)


def _append(text: str, logits: np.ndarray) -> None:
    """Buttons for the likeliest tokens that are whole characters."""
    tokenizer = smollm().tokenizer
    likeliest = np.argsort(-logits, kind="stable")[: 4 * NUM_BUTTONS].tolist()
    whole = [token for token in likeliest if token not in tokenizer.special and "�" not in tokenizer.decode([token])]
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"{SLUG}_append"):
        st.markdown("Go on with", width="content")
        for place, token in enumerate(whole[:NUM_BUTTONS]):
            st.button(
                plain(tokenizer.vocabulary[token]), key=f"{SLUG}_append_{place}",
                on_click=_put, args=(text + tokenizer.decode([token]),),
            )  # fmt: skip


def _put(text: str) -> None:
    st.session_state[TEXT] = text


# ---- surprise ----------------------------------------------------------------------------------------------------


def surprise() -> None:
    """A text of the visitor's, each token coloured by how little it was expected."""
    text = text_box(f"{SLUG}_read", "Text to read", READ_FIRST)
    try:
        found = read_through(text)
    except DataError as error:
        st.error(plain(error))
        return
    key = f"_{SLUG}_token"

    def choose(event: dict[str, Any]) -> None:
        if event["kind"] == "hot":
            st.session_state[key] = int(str(event["id"]).partition(":")[2])

    chosen = st.session_state.get(key)
    chosen = chosen if chosen is not None and chosen < len(found.tokens) else None
    live_canvas(surprise_scene(found, chosen, is_large=is_lecture()), key=f"{SLUG}_surprise", on_event=choose)
    worst, mean = int(np.nanargmax(found.nats)), float(np.nanmean(found.nats))
    st.markdown(
        f"{strong()}: not foreseen. A token costs **{mean:.2f} nats** on average, a **perplexity of "
        f"{np.exp(mean):.1f}**: as unsure as a choice among so many equally likely tokens. The most surprising one is "
        f"“{plain(found.tokens[worst])}” with {found.nats[worst]:.2f} nats. Nothing is asked about the first. Point at "
        "a token, or click it, for its rank and for what was held likely."
    )
    if chosen is not None:
        st.markdown(plain(words_of(found, chosen)))


# ---- the weights -------------------------------------------------------------------------------------------------

_KINDS: Final = {
    "Q4_1": "4 bits each, and for 32 weights a scale and a smallest value",
    "Q8_0": "8 bits each, and a scale for 32 weights",
    "F32": "32 bits each",
}


def weights() -> None:
    """How the weights are stored, and what rounding saves."""
    stored = smollm().stored
    num_weights, num_bytes = sum(one.num_weights for one in stored), sum(one.num_bytes for one in stored)
    st.markdown(
        f"The file holds **{8 * num_bytes / num_weights:.2f} bits per weight** on average: {num_bytes / 1e6:.0f} MB, "
        f"where 16 bits would take {2 * num_weights / 1e6:.0f} MB, and 4 bits without anything beside them "
        f"{num_weights / 2e6:.0f} MB. For the arithmetic each is worked out to 32 bits again: "
        f"{4 * num_weights / 1e6:.0f} MB in memory. What rounding costs a network is measured in the tab *Rounding*."
    )
    table = pd.DataFrame(
        {
            "stored as": [one.kind for one in stored],
            "which is": [_KINDS.get(one.kind, "") for one in stored],
            "tensors": [one.num_tensors for one in stored],
            "weights": [f"{one.num_weights:,}" for one in stored],
            "bits per weight": [f"{one.bits:.2f}" for one in stored],
            "MB": [f"{one.num_bytes / 1e6:.1f}" for one in stored],
        }
    )
    st.dataframe(table, hide_index=True, key=f"{SLUG}_stored")
    network: Any = smollm().network
    attention, embeddings = network.blocks[0].attention, network.token_emb.weight
    kept = 2 * len(network.blocks) * attention.key.out_features
    st.markdown(
        f"{len(network.blocks)} blocks of width {attention.out.in_features}; {attention.n_heads} heads of queries "
        f"share {attention.n_kv_heads} of keys and values, so that writing keeps {kept:,} numbers for each token that "
        f"was read and not {kept * attention.n_heads // attention.n_kv_heads:,}. The table of {len(embeddings):,} "
        f"embeddings, {embeddings.numel() / num_weights:.0%} of the weights, is also the last layer."
    )


VIEWS: Final[dict[str, Callable[[], None]]] = {
    "What comes next": next_token,
    "Writing": writing,
    "Surprise": surprise,
    ANSWERS: mistakes,
    "The weights": weights,
}
