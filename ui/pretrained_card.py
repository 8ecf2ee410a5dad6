"""How to read a model card: a real one walked through, and the same check list for a card of the visitor's own."""

from collections.abc import Callable
from typing import Final, NamedTuple

import streamlit as st

from data.dataset import DataError
from data.extras import weights_file
from data.model_card import MAX_BYTES, Card, counted, findings, lines_with, read_card, section
from training.run import Run, Snapshot
from ui.pretrained_missing import explain_missing
from ui.words import plain

MITCHELL: Final = "https://arxiv.org/abs/1810.03993"
TOTAL: Final = "Total"
OWN: Final = """---
license: mit
datasets:
- my-photos
---
# My fruit network

## Intended use
It tells apples from pears.

## Training data
Forty photos from my kitchen.
"""


class Topic(NamedTuple):
    """A question to a card.

    Attributes:
        words: the card's own, empty if it has none.
        advice: what to look for.
    """

    words: Callable[[Card], str]
    advice: str


TOPICS: Final[dict[str, Topic]] = {
    "Licence": Topic(
        lambda card: lines_with(card, r"^licen[cs]e:"),
        "One word in the head. Apache-2.0 and MIT allow nearly everything; names with NC forbid to earn money with it; "
        "OpenRAIL, Llama and the like list uses that are forbidden. No word at all means: ask first. What the data may "
        "be used for is another question.",
    ),
    "Data": Topic(
        lambda card: section(card, r"training data"),
        "What it has never seen it does not know, and what the data get wrong it repeats. Ask where they come from, "
        "in which language, until when, and whether your test examples may be among them.",
    ),
    "Intended use": Topic(
        lambda card: section(card, r"intended"),
        "What its makers had in mind and tried. Whatever else you do with it, you are the first to test.",
    ),
    "Limits": Topic(
        lambda card: lines_with(card, r"truncated|was limited to"),
        "Often there is no heading for them: look for lengths, sizes and languages in the middle of the text. This "
        "card names two lengths: it was trained on shorter texts than it accepts.",
    ),
    "Evaluation": Topic(
        lambda card: section(card, r"evaluation|results|metric|benchmark"),
        "A number, the examples it was measured on, and what others reach there. Where there is none, measure it "
        "yourself on a hundred examples of your own before you build on it.",
    ),
}


def card_tab(run: Run, snapshot: Snapshot) -> None:
    """Draws the example, and the box for another."""
    st.markdown(
        "**A card says what a network is for and what it was made of.** Whoever puts one on the hub writes a "
        "README.md: a head between two lines of `---` that programs read, and text for people. "
        f"[Mitchell et al. (2019)]({MITCHELL}) say what should stand in it."
    )
    if not explain_missing("minilm"):
        _example(read_card((weights_file("minilm").parent / "README.md").read_text(encoding="utf-8")))
    _own()


def _example(card: Card) -> None:
    """The card of all-MiniLM-L6-v2, as it lies in the package."""
    st.markdown("**The card of all-MiniLM-L6-v2**, the network of the tab “Sentences”, as it was installed")
    left, right = st.columns(2, gap="large")
    with left:
        topic = st.segmented_control(
            "What about", list(TOPICS), default="Licence", required=True, key="pretrained_card_topic",
            label_visibility="collapsed",
        )  # fmt: skip
        words = TOPICS[topic].words(card)
        if words:
            st.code(words, language=None, wrap_lines=True, height=240 if len(words) > 600 else "content")
        else:
            st.info("The card says nothing about this.")
        st.markdown(TOPICS[topic].advice)
        if topic == "Data":
            _data(card)
        with st.expander("The whole card"):
            st.code("\n".join(card.lines), language="markdown", wrap_lines=True, height=480)
    with right:
        _checks(card)


def _data(card: Card) -> None:
    """What the table of data adds up to, and what the head does not name."""
    rows = counted(card)
    total = sum(number for name, number in rows if name == TOTAL)
    parts = [(number, name) for name, number in rows if name != TOTAL]
    if not parts or not total:
        return
    (most, largest), summed = max(parts), sum(number for number, _ in parts)
    agrees = "the total it gives" if summed == total else f"not the {total:,} it gives as their total"
    word = largest.split()[0]
    is_named = any(word.lower() in name.lower() for name in card.head.get("datasets", ()))
    named = "names it among the data sets" if is_named else "does not name it among the data sets"
    st.markdown(
        f"Added up here: its {len(parts)} rows make {summed:,} pairs, {agrees}. The largest, “{plain(largest)}”, is "
        f"{most / summed:.0%} of them, and the head, which is what programs read, {named}."
    )


def _checks(card: Card) -> None:
    """The recommended parts: where each is, or the question it would answer."""
    found = findings(card)
    there = sum(bool(one.where) for one in found)
    st.markdown(f"**{there} of {len(found)} recommended parts are there.**")
    rows = [
        f"| {one.check.name} | {plain(one.where) if one.where else f'**missing**: {one.check.question}'} |"
        for one in found
    ]
    st.markdown("\n".join(["| part | where |", "|---|---|", *rows]))
    st.caption(
        "Found by headings and lines of the head alone. A part may be there under another name, and a heading may have "
        "nothing below it: read."
    )


def _own() -> None:
    st.markdown("**A card of your own**: paste the README.md of a network you think of using, or write one for yours")
    left, right = st.columns(2, gap="large")
    with left:
        text = st.text_area(
            "Text of the card", OWN, key="pretrained_card_own", max_chars=MAX_BYTES, height=420,
            label_visibility="collapsed",
        )  # fmt: skip
    with right:
        try:
            card = read_card(text)
        except DataError as error:
            st.info(plain(error))
            return
        head = "; ".join(f"{name}: {', '.join(values) or '…'}" for name, values in list(card.head.items())[:12])
        st.text(f"Head: {head[:400]}" if head else "It has no head between two lines of ---.")
        _checks(card)
