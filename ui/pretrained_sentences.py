"""Sentences, page `pretrained`: the visitor's own as vectors, who is close to whom, and what that cannot tell."""

from typing import Final

import streamlit as st

from data.dataset import DataError
from data.extras import EXTRAS
from experiments.pretrained_authors import LANGUAGES, SIZES, Learning, told_apart, translated
from experiments.pretrained_sentences import (
    EXAMPLES,
    MAX_LETTERS,
    MAX_SENTENCES,
    NAME,
    PAIRS,
    QUESTION,
    compared,
    judged,
    lines_of,
    network,
    similar_to,
)
from experiments.pretrained_shelf import memory
from figures.pretrained_sentences import cosines_still, learning_still, points_still, ranks_still
from training.run import Run, Snapshot
from ui.pretrained_missing import explain_missing
from ui.still import mode, show
from ui.words import plain, written

ROOM: Final = "pretrained_sentences"
FIRST_SIZE: Final = 20  # examples of each author


def sentences_tab(run: Run, snapshot: Snapshot) -> None:
    """Everything the sentence vectors are good for, and what they are not."""
    if not has_encoder():
        return
    _card()
    box, picture = st.columns([2, 5], gap="large")
    with box:
        text = st.text_area(
            "One sentence a line", "\n".join(EXAMPLES), key=f"{ROOM}_text", height=315,
            max_chars=2 * MAX_SENTENCES * MAX_LETTERS, persist_state="session",
        )  # fmt: skip
        st.caption(
            "Cosines in hundredths. Blue is close; at 0 two sentences have nothing in common. On the right the "
            "baseline, which counts words, rare ones for more (TF-IDF): it sees only what both sentences share."
        )
    try:
        texts = lines_of(text)
    except DataError as error:
        picture.info(plain(error))
    else:
        with picture:
            _cosines(texts)
        _search(texts)
    _blind_spots()
    _authors()
    _languages()


def has_encoder() -> bool:
    """Loads the network for the tabs that show it; says what is missing if it is not installed."""
    if explain_missing(NAME):
        return False
    with st.spinner(f"Loading {EXTRAS[NAME].title}, {EXTRAS[NAME].megabytes} MB: a second or two, once."):
        network()
    return True


def _card() -> None:
    """What it is, whose, and how large."""
    extra = EXTRAS[NAME]
    num_weights = sum(one.numel() for one in network().parameters())
    st.markdown(
        f"[{extra.title}]({extra.source}) turns a sentence into 384 numbers, a point on a sphere; the cosine of two "
        "points says how much the sentences have in common. Microsoft taught the small MiniLM to imitate the attention "
        "of a large network; every second of its twelve blocks is kept here. Volunteers around Hugging Face then "
        "showed it 1.17 billion pairs of English texts that belong together (a comment and its answer, a title and its "
        "article, two ways to ask one thing), until the two were closer to each other than to the rest."
    )
    st.caption(
        f"{num_weights / 1e6:.1f} million weights, {memory()[NAME] / 1e6:.0f} MB in memory, shared by all visitors; "
        f"{extra.licence}. What you write is read on this server and written to no file."
    )


def _cosines(texts: tuple[str, ...]) -> None:
    found = compared(texts)
    show(cosines_still(texts, found.vectors, found.words, mode()), key=f"{ROOM}_cosines")


def _search(texts: tuple[str, ...]) -> None:
    """The points, and a question that ranks the sentences."""
    left, right = st.columns(2, gap="large")
    with left:
        found = compared(texts)
        st.markdown("**As points.** The two directions in which the vectors differ most; 382 others are not shown.")
        show(points_still(texts, found.xy, found.shares, mode()), key=f"{ROOM}_points")
    with right:
        question = st.text_input(
            "Search by meaning", QUESTION, key=f"{ROOM}_question", max_chars=MAX_LETTERS, persist_state="session"
        )
        try:
            by_vectors, by_words = similar_to(question, texts)
        except DataError as error:
            st.info(plain(error))
            return
        show(ranks_still(texts, by_vectors, by_words, mode()), key=f"{ROOM}_ranks")
        first = f"The vectors put sentence {by_vectors.argmax() + 1} first"
        second = f"shared words put {by_words.argmax() + 1} first." if by_words.any() else "no sentence shares a word."
        st.caption(f"{first}; {second}")


def _blind_spots() -> None:
    """Pairs that mean the same, and pairs that do not but are closer."""
    vectors, words = judged()
    st.markdown(
        "**What it cannot tell.** It was trained on what texts are *about*. Pairs that mean the same without a word in "
        "common are close, which is its strength. But the pairs below them, which do not mean the same, are closer "
        "still: a negation, a number, who did what to whom hardly move the point."
    )
    lines = ["| difference | first | second | sentence vectors | shared words |", "|---|---|---|---:|---:|"]
    for pair, vector, word in zip(PAIRS, vectors, words, strict=True):
        numbers = f"{written(float(vector), '.2f')} | {written(float(word), '.2f')}"
        lines.append(f"| {pair.kind} | {plain(pair.first)} | {plain(pair.second)} | {numbers} |")
    st.markdown("\n".join(lines))


# ---- measured --------------------------------------------------------------------------------------------------------


def _authors() -> None:
    """Transfer learning with texts, when it is asked for."""
    st.markdown(
        "**Transfer learning with texts.** Which of five authors wrote a sentence? The network stays frozen, and only "
        "a linear layer (logistic regression) learns on its vectors. The baseline gets the same sentences as counted "
        "words. Names give some away to both (*Alice*), and the network may have met these old books in training."
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{ROOM}_authors"):
        most = st.segmented_control(
            "Examples of each author, at most", SIZES[1:], default=FIRST_SIZE, required=True, key=f"{ROOM}_most"
        )
        is_asked = st.button("Measure", key=f"{ROOM}_measure", icon=":material/stacked_line_chart:")
    known: dict[int, Learning] = st.session_state.setdefault(f"_{ROOM}_learning", {})
    most = int(most or FIRST_SIZE)
    if is_asked and most not in known:
        bar = st.progress(0.0, "The sentences are read.")
        known[most] = told_apart(most, lambda share: bar.progress(share, f"Sentences read: {share:.0%}"))
        bar.empty()
    if most not in known:
        st.caption("Press Measure: with 20 examples it takes some seconds, with 200 perhaps half a minute, once.")
        return
    learning = known[most]
    picture, told = st.columns([3, 2], gap="large", vertical_alignment="center")
    with picture:
        show(learning_still(learning, mode()), key=f"{ROOM}_accuracies")
    told.markdown(authors_words(learning))


def authors_words(learning: Learning) -> str:
    """Both accuracies in a sentence or two."""
    size, vectors, words = learning.sizes[-1], learning.vectors[-1], learning.words[-1]
    spread = (0.25 / learning.num_test) ** 0.5
    reached = [int(size) for size, score in zip(learning.sizes, learning.vectors, strict=True) if score >= words]
    return (
        f"With **{size}** sentences of each author, frozen vectors get **{vectors:.0%}** right, counted words "
        f"**{words:.0%}**; guessing gets {1 / len(learning.class_names):.0%}. "
        + (f"The vectors are as good as that with {reached[0]} already. " if reached and reached[0] < size else "")
        + f"{learning.num_test} test sentences say this to within about ±{2 * spread:.0%}."
    )


def _languages() -> None:
    """English in, another language out: how often the nearest sentence is the translation."""
    st.markdown(
        "**English only.** It was trained on English alone. In the Declaration of Human Rights each English sentence "
        "looks for its translation:"
    )
    language = st.segmented_control("Among the sentences in", LANGUAGES, key=f"{ROOM}_language")
    if language is None:
        st.caption("Choose a language to measure; it takes some seconds.")
        return
    with st.spinner("The sentences of both languages are read."):
        found = translated(language)
    paraphrases = judged()[0][[pair.is_same for pair in PAIRS]]
    st.markdown(
        f"Of {found.number} English sentences **{found.found:.0%}** are closest to their translation in "
        f"**{found.language}**, where guessing would find {1 / found.number:.0%}. Counting the words that both "
        f"languages spell alike, and nothing else, finds {found.found_by_words:.0%}, so what it does find need not be "
        f"understanding. The mean cosine of translations is {written(found.cosine, '.2f')}, that of all other pairs "
        f"{written(found.others, '.2f')}; in English, the paraphrases above reach "
        f"{written(float(paraphrases.mean()), '.2f')} without a common word. Networks for many languages are "
        "trained on translated pairs."
    )
