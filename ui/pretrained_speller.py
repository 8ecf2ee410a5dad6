"""Spelling to sounds, page `pretrained`: a trained GRU spells words, is judged, and one of ours beside it."""

from typing import Any, Final

import pandas as pd
import streamlit as st

from data.dataset import DataError
from data.extras import EXTRAS
from data.pairs import SPELLING
from data.phonemes import EXAMPLES, without_stress
from experiments.pretrained_shelf import memory
from experiments.pretrained_speller import (
    LONGEST_SAID,
    LONGEST_WORD,
    MADE_UP,
    MOST_WORDS,
    NUM_JUDGED,
    Score,
    pretrained_score,
    spell,
    speller,
    task,
    words_of,
)
from experiments.pretrained_speller_ours import SpellerExperiment, SpellerSettings, score_of
from figures.pretrained_speller import speller_scene
from training.race import Entrant, Race
from training.run import Run, Snapshot
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.pretrained_missing import explain_missing
from ui.race import race_panel
from ui.words import plain

SLUG: Final = "pretrained"
EXAMPLE: Final = "knight though xylophone read"
MAX_LETTERS: Final = 200
PARTS: Final = ("A word", "How often is it right?")
STEPS: Final = 600
HEIGHT: Final = 0.62  # of the window
MOST_MISTAKES: Final = 40


def speller_tab(run: Run, snapshot: Snapshot) -> None:
    """Words of the visitor's in phonemes, and how well that works."""
    if explain_missing("speller"):
        return
    extra = EXTRAS["speller"]
    with st.spinner(f"Reading {extra.title}, {extra.megabytes} MB."):
        network = speller()
    part = st.segmented_control(
        "Show", PARTS, default=PARTS[0], required=True, key="pretrained_speller_part", label_visibility="collapsed"
    )
    if part == PARTS[0]:
        _words()
    else:
        _scores()
    size = sum(weight.numel() for weight in network.parameters())
    st.caption(
        f"{extra.title} by Kyubyong Park and Jongseok Kim, [{extra.licence}]({extra.source}): {size:,} weights, "
        f"{memory()['speller'] / 1e6:.1f} MB in memory, trained on the CMU Pronouncing Dictionary. Their package looks "
        "words up in the dictionary first, and asks this network only for those it does not find there. Built as in "
        "[Cho et al., 2014](https://arxiv.org/abs/1406.1078), and "
        "[Sutskever et al., 2014](https://arxiv.org/abs/1409.3215)."
    )


# ---- a word --------------------------------------------------------------------------------------------------------


def _words() -> None:
    typed, drawn = st.columns([2, 3], gap="medium")
    text = typed.text_input(
        f"A word or several, at most {MOST_WORDS} of {LONGEST_WORD} letters",
        EXAMPLE, max_chars=MAX_LETTERS, key="pretrained_speller_words", persist_state="session",
    )  # fmt: skip
    try:
        words = list(dict.fromkeys(words_of(text)))
    except DataError as error:
        st.info(plain(error))
        return
    told = {word: " ".join(spell(word).phonemes) for word in words}
    word = words[0]
    if len(words) > 1:
        word = drawn.segmented_control(
            "Drawn below", words, format_func=lambda one: f"{one}: {told[one]}", default=words[0], required=True,
            key=f"pretrained_speller_of_{'_'.join(words)}",
        )  # fmt: skip
    seen = spell(str(word))
    live_canvas(speller_scene(seen, EXAMPLES, is_large=is_lecture()), key="pretrained_speller_picture", height=HEIGHT)
    if not seen.is_over:
        st.info(f"It did not come to an end, and was stopped after {LONGEST_SAID} phonemes.")
    heard = dict.fromkeys(without_stress(sign) for sign in seen.phonemes)
    st.markdown(
        f"**{plain(word)}** is said {' '.join(seen.phonemes)}: "
        + ", ".join(f"{sign} as in *{EXAMPLES[sign]}*" for sign in heard)
        + ". After a vowel, 1 is the main stress, 2 a second one, 0 none. The decoder is given the last state only: "
        "all it knows of the word is in those 256 numbers. One spelling gets one answer, so of *read* it can say "
        "only one of the two ways; and a word whose sound follows no rule, such as *colonel*, it gets wrong."
    )


# ---- scores --------------------------------------------------------------------------------------------------------


def _scores() -> None:
    theirs = pretrained_score()
    st.markdown(
        f"**The same {NUM_JUDGED} words for both.** They are words of the dictionary; stress does not count. The "
        "trained network has learnt from that dictionary, so it has *seen* them, most or all. For ours they are held "
        "out: it has seen none. The error rate counts phonemes to put in, take out or replace, as a share of the "
        "right ones."
    )
    table = st.empty()
    race = race_panel(
        SLUG, "speller", lambda: [Entrant("GRU, 128 units", SpellerExperiment, SpellerSettings())], steps=STEPS,
        watched=("loss", "test_loss", "test_accuracy"), label="Train a small one of ours",
    )  # fmt: skip
    with table:
        _table(theirs, race)
    st.caption(
        f"Ours is built alike, with half the units, and learns from {task().num_pairs:,} words. The dictionary here "
        "holds one way to say each word, so some of what counts as wrong is said that way somewhere."
    )
    st.page_link(
        "../pages/transformer.py",
        label="The same task on the page of the transformer, which looks back at every letter",
        icon=":material/arrow_forward:",
        query_params={"transformer_task": SPELLING},
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        _mistakes(theirs)
    with right:
        _made_up()


def _table(theirs: Score, race: Race | None) -> None:
    rows = [
        _row("g2p-en, trained on the dictionary", sum(w.numel() for w in speller().parameters()), "most or all", theirs)
    ]
    if race is not None:
        one = race.runs[0]
        seen: Any = one.poll().observation
        rows.append(_row(f"ours, {one.poll().step:,} steps here", seen.num_parameters, "none", one.look(score_of)))
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def _row(name: str, num_weights: int, has_seen: str, score: Score) -> dict[str, str]:
    return {
        "speller": name,
        "weights": f"{num_weights:,}",
        "has seen the words": has_seen,
        "words right": f"{score.accuracy:.1%}",
        "phoneme error rate": f"{score.error_rate:.1%}",
    }


def _mistakes(score: Score) -> None:
    st.markdown(f"**What the trained one gets wrong**: {len(score.mistakes)} of {score.num_words} words.")
    rows = [
        {"word": one.word, "it says": " ".join(one.said), "the dictionary": " ".join(one.right)}
        for one in score.mistakes[:MOST_MISTAKES]
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", height=280)


def _made_up() -> None:
    st.markdown("**Made-up words**, of which it can have seen none. There is no right answer to compare with.")
    rows = [{"word": word, "it says": " ".join(spell(word).phonemes)} for word in MADE_UP]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", height=280)
