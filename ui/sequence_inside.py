"""Tabs below the picture that the pages `rnn` and `lstm` share: eigenvalues, writing, what time costs."""

from itertools import pairwise
from typing import Any, Final

import numpy as np
import streamlit as st

from experiments.sequence_inside import LENGTHS, next_symbols, time_by_length
from figures.sequence_still import next_chances, times_by_length
from training.run import Run, Snapshot
from ui.still import mode, show
from ui.words import plain, written

NUM_COMPOSED: Final = {"character": 400, "byte": 400, "word": 80}
MAX_PROMPT: Final = 200
SHORT: Final = 24  # letters of the longest line, for lines to stand side by side


def writing_tab(run: Run, snapshot: Snapshot, slug: str) -> None:
    """Lets the visitor begin a text, and shows how the network goes on and where it copies."""
    seen: Any = snapshot.observation
    if seen.kind != "text":
        st.caption("This task is no text: choose one of the texts under Task to let the network write.")
        return
    settings = snapshot.settings
    words, chances = st.columns([3, 2], gap="large")
    with words:
        first = seen.written.prompt.split("\n")[-1]
        prompt = st.text_input("Begin with", value=first, max_chars=MAX_PROMPT, key=f"{slug}_prompt")
        length = NUM_COMPOSED[settings.level]
        composed = run.look(lambda experiment: experiment.compose(prompt, length))  # type: ignore[attr-defined]
        st.markdown(f"**{plain(composed.prompt)}**{marked(composed.text, composed.is_copied)}")
        share = composed.is_copied.mean()
        st.caption(
            f"Grey: {share:.0%} of the characters stand in stretches that are copied from the training text. The "
            f"longest stretch that also stands there has {len(composed.longest)} characters: "
            f"“{plain(composed.longest)}”."
        )
        limit = f"among the {settings.top_k} likeliest" if settings.top_k else "among all"
        st.caption(f"Temperature {settings.temperature:g}, chosen {limit}: both are knobs under View.")
    with chances:
        st.markdown("**What may come next**")
        names, values = run.look(lambda experiment: next_symbols(experiment, prompt))  # type: ignore[arg-type]
        show(next_chances(names, values, mode()), key=f"{slug}_next")


def marked(text: str, is_copied: np.ndarray) -> str:
    """A text as markdown, grey where it is copied."""
    if not text:
        return ""
    pieces: list[str] = []
    between = " · " if all(len(line) <= SHORT for line in text.split("\n")) else "  \n"
    edges = [0, *(np.flatnonzero(np.diff(is_copied)) + 1).tolist(), len(text)]
    for start, end in pairwise(edges):
        lines = text[start:end].split("\n")
        shown = [plain(line) for line in lines]
        spaced = [
            f"{' ' if line[:1] == ' ' else ''}{word}{' ' if line[-1:] == ' ' and word else ''}"
            for line, word in zip(lines, shown, strict=True)
        ]
        coloured = [f":gray[{part}]" if is_copied[start] and part.strip() else part for part in spaced]
        pieces.append(between.join(coloured))
    return "".join(pieces)


def time_tab(run: Run, snapshot: Snapshot, slug: str) -> None:
    """Measures on demand how long a step takes for longer sequences."""
    width, batch_size = snapshot.settings.hidden_dim, snapshot.settings.batch_size
    st.markdown(
        "A recurrent layer must finish step t before it can begin step t + 1. A convolution or attention sees all "
        "steps at once, as large matrix products."
    )
    key = f"_{slug}_times"
    if st.button("Measure on this machine", key=f"{slug}_measure", icon=":material/timer:"):
        st.session_state[key] = (width, batch_size, time_by_length(width, batch_size))
    if key not in st.session_state:
        st.caption("Takes about three seconds.")
        return
    width, batch_size, found = st.session_state[key]
    show(times_by_length(LENGTHS, found, mode()), key=f"{slug}_time_picture")
    measured = np.isfinite(found["RNN"]) & np.isfinite(found["convolution"]) & np.isfinite(found["three RNNs"])
    if measured.any():
        place = int(np.flatnonzero(measured)[-1])
        rnn, stack, convolution = (found[kind][place] for kind in ("RNN", "three RNNs", "convolution"))
        st.caption(
            f"One layer each, {width} wide, {batch_size} sequences, forward and back. At {LENGTHS[place]} steps the "
            f"RNN took {written(rnn, '.2f')} ms, three of them on top of each other {written(stack, '.2f')} ms, the "
            f"convolution {written(convolution, '.2f')} ms."
        )
