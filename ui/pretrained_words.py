"""GloVe's words, page `pretrained`: neighbours, analogies and how often they are right, axes, and bias."""

from collections.abc import Callable
from typing import Any, Final

import pandas as pd
import streamlit as st

from data.analogies import PAIRS
from data.dataset import DataError
from data.word_vectors import SOURCE, glove
from experiments.pretrained_words import (
    JOBS,
    MOST_PLACED,
    SHE,
    Analogy,
    analogy,
    analogy_scores,
    axis_of,
    job_agreement,
    nearest,
    plane_of,
)
from figures.pretrained_words import axis_still, plane_scene
from training.run import Run, Snapshot
from ui.lecture import is_lecture
from ui.live import Event, live_canvas
from ui.still import mode, show
from ui.words import plain, written

NUM_NEAR: Final = 14
MAX_LETTERS: Final = 30
MAX_TEXT: Final = 400
HEIGHT: Final = 0.55  # of the window
WORD: Final = "pretrained_words_word"
PART: Final = "pretrained_words_part"
NAMES: Final = ("a", "b", "c")
FIRST: Final = {"a": "man", "b": "king", "c": "woman"}
EXAMPLES: Final = (
    ("man", "king", "woman"),
    ("paris", "france", "tokyo"),
    ("car", "cars", "child"),
    ("big", "bigger", "small"),
    ("go", "went", "see"),
    ("bird", "fly", "fish"),
)
COLD: Final = "cold", "hot"
ON_AXIS: Final = "winter summer ice fire sun snow water coffee tea war peace beach kitchen oil"
MOST_FAILURES: Final = 200


def words_tab(run: Run, snapshot: Snapshot) -> None:
    """What can be done with words as directions; needs nothing but the embedded file."""
    part = st.segmented_control(
        "Show", list(PARTS), default=next(iter(PARTS)), required=True, key=PART,
        label_visibility="collapsed",
    )  # fmt: skip
    try:
        PARTS[str(part)]()
    except DataError as error:
        st.info(plain(error))
    vectors = glove()
    st.caption(
        f"{SOURCE} Here are the {len(vectors.words):,} most frequent of its 400,000 words, {vectors.units.shape[1]} "
        f"numbers each, {vectors.units.nbytes / 1e6:.1f} MB in memory. They were fitted so that products of two words "
        "say how often one stands near the other, and nothing else: whatever is shown here was in the texts. "
        "[The paper](https://aclanthology.org/D14-1162/)."
    )


# ---- neighbours ----------------------------------------------------------------------------------------------------


def neighbours_part() -> None:
    """The words nearest to one, on a plane; a click on one goes there."""
    with st.container(width=320):
        typed = st.text_input("A word", "piano", max_chars=MAX_LETTERS, key=WORD, persist_state="session")
    near = nearest(typed, NUM_NEAR)
    plane = plane_of([typed, *(one.word for one in near)])
    picture, table = st.columns([4, 1], gap="medium")
    with picture:
        live_canvas(
            plane_scene(plane, is_large=is_lecture()), key="pretrained_words_plane", height=HEIGHT, on_event=_go
        )
    with table:
        rows = [{"word": one.word, "cosine": f"{one.cosine:.2f}"} for one in near]
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", height=380)
    st.markdown(
        f"The {NUM_NEAR} words whose directions are closest to **{plain(plane.words[0])}**, by their cosine: 1 is the "
        "same direction, 0 a right angle. Click a word to go there. The picture lays "
        f"{glove().units.shape[1]} dimensions flat and keeps {plane.share:.0%} of what differs among these words, so "
        "near in the table and near in the picture need not agree. Words that stand among the same words are near, "
        "also when they mean the opposite: look at *hot* or *north*."
    )


def _go(event: Event) -> None:
    """A click on a word opens its neighbours."""
    if str(event.get("id", "")).startswith("word:"):
        st.session_state.update({WORD: str(event["word"]), PART: next(iter(PARTS))})


# ---- analogies -----------------------------------------------------------------------------------------------------


def analogies_part() -> None:
    """Three words and a fourth: a is to b as c is to what, with the trick and without."""
    words, leaves_out = _asked()
    found = analogy(*words, leaves_out=leaves_out)
    given, answer = found.given, found.answers[0].word
    known = list(dict.fromkeys([*given, answer]))
    plane = plane_of(known)
    arrows = [(known.index(start), known.index(end)) for start, end in ((given[0], given[1]), (given[2], answer))]
    picture, table = st.columns([3, 1], gap="medium")
    with picture:
        scene = plane_scene(plane, chosen=known.index(answer), arrows=[arrow for arrow in arrows if len({*arrow}) > 1],
                            is_large=is_lecture())  # fmt: skip
        live_canvas(scene, key="pretrained_words_arrows", height=HEIGHT, on_event=_go)
    with table:
        rows = [{"answer": one.word, "cosine": f"{one.cosine:.3f}"} for one in found.answers]
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    _both(found, analogy(*words, leaves_out=not leaves_out))


def _asked() -> tuple[tuple[str, str, str], bool]:
    """The three words and the toggle."""
    state = st.session_state
    for name in NAMES:
        state.setdefault(f"pretrained_words_{name}", FIRST[name])

    def take() -> None:
        example = state["pretrained_words_example"]
        if example is not None:
            state.update({f"pretrained_words_{name}": word for name, word in zip(NAMES, example, strict=True)})

    st.pills(
        "Examples", EXAMPLES, format_func=lambda one: f"{one[0]} : {one[1]} = {one[2]} : ?", on_change=take,
        key="pretrained_words_example", label_visibility="collapsed",
    )  # fmt: skip
    columns = st.columns([2, 2, 2, 3], vertical_alignment="bottom")
    labels = ("a", "is to b", "as c is to ?")
    given = [
        column.text_input(label, max_chars=MAX_LETTERS, key=f"pretrained_words_{name}", persist_state="session")
        for column, label, name in zip(columns, labels, NAMES, strict=False)
    ]
    leaves_out = columns[3].toggle("Leave out the three words given", value=True, key="pretrained_words_leaves_out")
    return (given[0], given[1], given[2]), leaves_out


def _both(found: Analogy, other: Analogy) -> None:
    """What the trick does here, in a sentence."""
    left_out, allowed = (found, other) if found.leaves_out else (other, found)
    a, b, c = map(plain, found.given)
    free = allowed.answers[0].word
    is_given = f", which is {'abc'[found.given.index(free)]} itself" if free in found.given else ""
    st.markdown(
        f"The vector **{b} − {a} + {c}** is nearest to **{plain(free)}**{is_given}. Leave the three words out, as is "
        f"usual and often not said, and **{plain(left_out.answers[0].word)}** comes first. The arrows lie parallel "
        "where the analogy holds."
    )


# ---- scores --------------------------------------------------------------------------------------------------------


def scores_part() -> None:
    """How many analogies are right, by kind."""
    scores = analogy_scores()
    total = sum(score.num_questions for score in scores)
    st.markdown(
        f"**{total:,} analogies with a known answer**: every pair of words of a kind with every other. All of their "
        "words are among the 5,000, and the answer is sought among all of these."
    )
    rows = [
        {
            "kind": score.kind,
            "questions": f"{score.num_questions:,}",
            "right, the three left out": f"{score.left_out:.0%}",
            "right, all words allowed": f"{score.all_allowed:.0%}",
            "answer is c itself": f"{score.is_c:.0%}",
            "right, nearest to c alone": f"{score.nearest:.0%}",
        }
        for score in scores
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    st.markdown(
        "The last column does not look at a and b at all: it says the nearest neighbour of c. Much of what looks like "
        "reasoning is this ([Linzen, 2016](https://arxiv.org/abs/1606.07736)); what the offset adds is the difference."
    )
    kind = st.segmented_control(
        "Wrong answers", list(PAIRS), default=next(iter(PAIRS)), required=True, key="pretrained_words_kind"
    )
    failures = next(score.failures for score in scores if score.kind == kind)
    st.dataframe(
        pd.DataFrame(
            [
                {"asked": f"{one.question.a} : {one.question.b} = {one.question.c} : ?", "it says": one.answer,
                 "wanted": one.question.d}
                for one in failures[:MOST_FAILURES]
            ]
        ),
        hide_index=True, width="stretch", height=260,
    )  # fmt: skip


# ---- axes ----------------------------------------------------------------------------------------------------------


def axis_part() -> None:
    """Two words of the visitor's span an axis, and others lie on it."""
    left, right, rest = st.columns([1, 1, 4])
    ends = [
        column.text_input(
            label, word, max_chars=MAX_LETTERS, key=f"pretrained_words_end_{word}", persist_state="session"
        )
        for column, label, word in zip((left, right), ("From", "to"), COLD, strict=True)
    ]
    text = rest.text_input(
        f"Words to place, at most {MOST_PLACED}", ON_AXIS, max_chars=MAX_TEXT, key="pretrained_words_placed",
        persist_state="session",
    )  # fmt: skip
    show(axis_still(axis_of((ends[0], ends[1]), text.replace(",", " ").split()), mode()), key="pretrained_words_axis")
    st.markdown(
        "Each word's cosine with the direction from the first word to the second. The line is the mean of all words, "
        "the dotted ones one standard deviation from it: what lies between them is hardly told apart. A word has one "
        "vector for all its meanings: between *cold* and *hot*, *war* is the coldest of these, for the Cold War, and "
        "*ice* is not cold at all."
    )


def bias_part() -> None:
    """Jobs on the axis from he to she."""
    axis = axis_of(SHE, JOBS.split())
    off = (axis.places - axis.mean) / axis.deviation
    picture, words = st.columns([3, 2], gap="large")
    with picture:
        show(axis_still(axis, mode()), key="pretrained_words_bias")
    words.markdown(
        f"**Names of {len(axis.words)} jobs on the direction from he to she.** None of them says whether a man or a "
        f"woman is meant, yet they lie from {written(off[0], '+.1f')} (*{axis.words[0]}*) to "
        f"{written(off[-1], '+.1f')} (*{axis.words[-1]}*) standard deviations from the mean of all words, the line.\n\n"
        "Along *man* to *woman* their order is much the same (rank correlation "
        f"{job_agreement():.2f}), so it is not about two pronouns.\n\n"
        "It comes from the texts: whom newspapers and Wikipedia wrote about in which job is what these vectors were "
        "fitted to. Who builds on such vectors, say to sort applications, builds on that too.\n\n"
        "[Bolukbasi et al., 2016](https://arxiv.org/abs/1607.06520) measured it like this; "
        "[Caliskan et al., 2017](https://arxiv.org/abs/1608.07187), with tests made for people."
    )


PARTS: Final[dict[str, Callable[[], Any]]] = {
    "Neighbours": neighbours_part,
    "Analogies": analogies_part,
    "How often is it right?": scores_part,
    "An axis of your own": axis_part,
    "Bias": bias_part,
}
