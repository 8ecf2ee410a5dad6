"""SmolLM2 writes token by token, with the chat template and without; and a few answers that can be checked."""

import time
from typing import Any, Final

import streamlit as st

from data.dataset import DataError
from experiments.decoder_writing import Drawing
from experiments.pretrained_writing import QUESTIONS, Letter, Question, answer_to
from figures.decoder_text import surprise_scene
from ui.decoder_next import drawing_knobs
from ui.decoder_surprise import strong
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.pretrained_smollm import EXAMPLES, text_box
from ui.words import plain

SLUG: Final = "pretrained_language"
ANSWERS: Final = "What it gets wrong"
NUM_WRITTEN: Final = 20  # tokens, on each side
TICK: Final = 0.4  # seconds between two pictures
SLICE: Final = 0.25  # of them are spent writing
LETTERS: Final = f"_{SLUG}_letters"
WRITES: Final = f"_{SLUG}_writes"
LARGEST_SEED: Final = 9999
SIDES: Final = (
    ("The text itself", "It goes on with the text."),
    ("With the chat template", "It answers the text as a question."),
)


def writing() -> None:
    """A text gone on with and answered, side by side."""
    text = text_box(f"{SLUG}_text", "Text", EXAMPLES[0])
    knobs, beside = st.columns([4, 1], vertical_alignment="bottom")
    with knobs:
        how = drawing_knobs(SLUG)
    with beside:
        seed = int(st.number_input("Seed", 0, LARGEST_SEED, 0, key=f"{SLUG}_seed", persist_state="session"))
    st.session_state.setdefault(WRITES, False)
    is_writing = bool(st.session_state[WRITES])

    def paper() -> None:
        _paper(text, how, seed, is_writing)

    with st.container():  # drawn again, it stays where it is
        st.fragment(paper, run_every=TICK if is_writing else None)()


def _paper(text: str, how: Drawing, seed: int, is_ticking: bool) -> None:
    """Buttons, how far it is, and both texts; while it writes, this part alone is drawn again."""
    state: Any = st.session_state
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if st.button(f"Write {NUM_WRITTEN} tokens", key=f"{SLUG}_write", icon=":material/edit:", type="primary"):
            _begin(text, seed)
        if st.button("Stop", key=f"{SLUG}_stop", icon=":material/stop:", disabled=not is_ticking):
            state[WRITES] = False
    letters: tuple[Letter, ...] = state.get(LETTERS, ())
    if state[WRITES]:
        _write(letters, how)
    if not letters:
        st.caption("Nothing is written yet.")
    for column, letter, (title, words) in zip(st.columns(2, gap="large"), letters, SIDES, strict=False):
        with column, st.container(border=True):
            st.markdown(f"**{title}.** {words}")
            st.caption(plain(letter.begin))
            st.text(letter.text or ("(It says at once that nothing more comes.)" if letter.is_done else "…"))
            ended = ", the last of which ends the text" if letter.is_done else ""
            share = 1.0 if letter.is_done else min(1.0, len(letter.ids) / NUM_WRITTEN)
            st.progress(share, f"{len(letter.ids)} of {NUM_WRITTEN} tokens{ended}")
    if seconds := sum(letter.seconds for letter in letters):
        st.caption(f"{sum(len(letter.ids) for letter in letters) / seconds:.1f} tokens a second, measured here.")
    if bool(state[WRITES]) != is_ticking:
        st.rerun()  # the clock starts or stops


def _begin(text: str, seed: int) -> None:
    """Both texts on their way, if the text can be read."""
    try:
        with st.spinner("Reading …"):
            letters = tuple(Letter(text, is_question=is_question, seed=seed) for is_question in (False, True))
    except DataError as error:
        st.error(plain(error))
        return
    st.session_state[LETTERS], st.session_state[WRITES] = letters, True


def _write(letters: tuple[Letter, ...], how: Drawing) -> None:
    """As many tokens as one slice of time allows, one at least, in turn."""
    end = time.monotonic() + SLICE
    while open_ones := [one for one in letters if not one.is_done and len(one.ids) < NUM_WRITTEN]:
        min(open_ones, key=lambda one: len(one.ids)).go_on(how)
        if time.monotonic() >= end:
            break
    if not open_ones:
        st.session_state[WRITES] = False


# ---- what it gets wrong ------------------------------------------------------------------------------------------


def mistakes() -> None:
    """One question with an answer that can be checked."""
    st.markdown(
        "The network was trained to go on with texts, and a wrong answer reads as well as a right one. These are its "
        "answers when it takes the likeliest token every time, so they are the same at each visit."
    )
    question: Question = st.radio(
        "Question", QUESTIONS, format_func=lambda one: one.words, index=1, key=f"{SLUG}_question"
    ) or QUESTIONS[1]  # fmt: skip
    with st.spinner("It answers …"):
        answer = answer_to(question)
    live_canvas(surprise_scene(answer.tokens, is_large=is_lecture()), key=f"{SLUG}_answer")
    verdict = "**Right**" if answer.is_right else "**Wrong**"
    should = "" if answer.is_right else f": a right answer has **{plain(question.right)}** in it"
    st.markdown(
        f"{verdict}{should}. {strong()}: unsure of this token. Its tokens had a chance of "
        f"**{answer.mean_chance:.0%}** each, as a geometric mean. A chance says how usual a word is at this place "
        "in texts, not whether it is true."
    )
