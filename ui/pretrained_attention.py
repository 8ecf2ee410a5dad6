"""Attention, page `pretrained`: the 72 heads of a trained encoder on the visitor's own sentence."""

from typing import Final

import numpy as np
import streamlit as st

from data.dataset import DataError
from experiments.pretrained_attention import (
    BEHAVIOURS,
    FIRST,
    MAX_LETTERS,
    NAMED_FROM,
    NUM_PROBED,
    Habits,
    Reading,
    reading,
    typical_habits,
)
from experiments.pretrained_attention import habits as habits_of
from figures.attention_maps import AttentionMaps
from figures.pretrained_attention import habits_still, hidden_still
from training.run import Run, Snapshot
from ui.attention_maps import attention_view
from ui.pretrained_sentences import has_encoder
from ui.still import mode, show
from ui.words import plain, written

ROOM: Final = "pretrained_attention"
WHERE: Final = (f"{NUM_PROBED} sentences of five authors", "this text")
PAPER: Final = "https://arxiv.org/abs/1906.04341"


def attention_tab(run: Run, snapshot: Snapshot) -> None:
    """The maps, what the heads do, and what that is worth."""
    if not has_encoder():
        return
    first, second = st.columns(2)
    texts = (
        first.text_input("A sentence", FIRST, key=f"{ROOM}_first", max_chars=MAX_LETTERS, persist_state="session"),
        second.text_input(
            "A second one, to read as a pair", key=f"{ROOM}_second", max_chars=MAX_LETTERS, persist_state="session"
        ),
    )
    try:
        seen = reading(*texts)
    except DataError as error:
        st.info(plain(error))
        return
    with st.spinner(f"The heads are scored on {NUM_PROBED} sentences, once."):
        typical = typical_habits()
    maps = AttentionMaps(seen.weights, seen.tokens, seen.tokens, names=typical.names())
    previous = typical.best(list(BEHAVIOURS).index("previous token"))
    attention_view("pretrained", "attention_maps", lambda: maps, start=previous)
    if seen.types.any():
        st.caption("Its vectors were trained with one text at a time; that two stand in one input is how BERT began.")
    _what_heads_do(seen, typical)
    _worth(seen)


def _what_heads_do(seen: Reading, typical: Habits) -> None:
    where = st.segmented_control("Measured on", WHERE, default=WHERE[0], required=True, key=f"{ROOM}_where")
    found = typical if where != WHERE[1] else habits_of([(seen.ids, seen.weights)])
    st.markdown(f"**What each head does**, by the share of its attention that goes there. {habits_words(found)}")
    show(habits_still(found, list(BEHAVIOURS), mode()), key=f"{ROOM}_habits")
    st.caption(
        "Only places count that have something of the kind: a word that comes once has no same token elsewhere. The "
        f"name of a head, above its map, is what it does on the {WHERE[0]} with at least {NAMED_FROM:.0%} and twice "
        f"what chance gives. Of BERT's heads [many rest on \\[SEP\\]]({PAPER}) when there is nothing for them to do; "
        "these rest on \\[CLS\\]."
    )


def habits_words(found: Habits) -> str:
    """The head that does each thing most, with its number, in a sentence."""
    told = []
    for number, name in enumerate(BEHAVIOURS):
        if np.isfinite(found.shares[number]).any():
            layer, head = found.best(number)
            share = found.shares[number, layer, head]
            told.append(f"*{plain(name)}* {share:.0%} in layer {layer + 1}, head {head + 1}")
    cls = found.shares[list(BEHAVIOURS).index("[CLS]")].mean()
    return f"The most of each: {', '.join(told)}. Over all heads, {cls:.0%} of all attention rests on \\[CLS\\]."


def _worth(seen: Reading) -> None:
    st.markdown("**Attention is not an explanation.** " + worth_words(seen))
    show(hidden_still(seen.tokens, seen.received, seen.turned, mode()), key=f"{ROOM}_hidden")


def worth_words(seen: Reading) -> str:
    """What is looked at most against what matters most, with numbers."""
    most, matters = int(seen.received.argmax()), int(seen.turned.argmax())
    rank = (
        f" Over the words alone, the order by attention and the order by what is lost have a rank correlation of "
        f"{written(seen.agreement, '.2f')} (1: the same order)."
        if np.isfinite(seen.agreement)
        else ""
    )
    return (
        f"“{plain(seen.tokens[most])}” gets {seen.received[most]:.0%} of all attention; put \\[MASK\\] in its place, "
        f"and the vector of the text turns by {seen.turned[most]:.3f} (1 − cosine). Hiding "
        f"“{plain(seen.tokens[matters])}”, which gets {seen.received[matters]:.0%}, turns it by "
        f"{seen.turned[matters]:.3f}.{rank} A weight says where a head took something from, not how much there was to "
        "take, nor whether it was needed."
    )
