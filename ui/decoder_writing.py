"""Writing token by token with the cache of keys and values, and what the cache saves."""

from functools import partial
from typing import Any, Final

import streamlit as st

from data.dataset import DataError
from experiments.decoder_inside import Pen, cache_times
from figures.decoder_still import cache_still
from training.run import Run, Snapshot
from ui.decoder_next import drawing_knobs, prompt_box
from ui.sequence_inside import marked
from ui.still import mode, show
from ui.words import plain

TICK: Final = 0.25  # seconds between two tokens
LONGEST: Final = 300  # tokens that are written on their own
PEN: Final = "_decoder_pen"


def writing_tab(run: Run, snapshot: Snapshot) -> None:
    """A prompt, buttons for one token and for many, and the text; below, the cache measured."""
    prompt = prompt_box(run)
    how = drawing_knobs()
    key = (id(run), snapshot.step, snapshot.settings.model_dump_json(), prompt)
    state: Any = st.session_state
    try:
        if PEN not in state or state[PEN][0] != key:
            state[PEN] = key, run.look(partial(Pen, prompt=prompt))
            state["decoder_writes"] = False
    except DataError as error:
        st.error(plain(error))
        return
    _paper(run, how)
    _cache(run, snapshot)


def _paper(run: Run, how: Any) -> None:
    """The text with its buttons; while it writes on its own, this part alone is drawn again."""

    def show_text() -> None:
        key, pen = st.session_state[PEN]
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            step = st.button("Next token", key="decoder_next_token", icon=":material/arrow_forward:")
            writes = st.toggle("Write on", key="decoder_writes")
            if st.button("Begin anew", key="decoder_anew", icon=":material/restart_alt:"):
                seed = st.session_state["_decoder_seed"] = st.session_state.get("_decoder_seed", 0) + 1
                pen = run.look(partial(Pen, prompt=key[-1], seed=seed))
                st.session_state[PEN] = key, pen
        if (step or writes) and len(pen.shares) < LONGEST:
            run.look(partial(pen.go_on, how=how))
        text, (is_copied, longest) = run.look(lambda e: (pen.text(e), pen.copied(e)))
        st.markdown(f"**{plain(key[-1])}**{marked(text, is_copied)}")
        st.caption(_words(pen, longest, is_copied))
        if writes and len(pen.shares) >= LONGEST:
            st.caption(f"{LONGEST} tokens are enough: begin anew.")
        if bool(writes) != is_writing:
            st.rerun()  # the clock starts or stops

    is_writing = bool(st.session_state.get("decoder_writes", False))
    st.fragment(show_text, run_every=TICK if is_writing else None)()


def _words(pen: Pen, longest: str, is_copied: Any) -> str:
    """What was written, in a line."""
    if not pen.shares:
        return "Nothing is written yet: take one token, or let it write on."
    kept = "keys and values kept" if pen.is_cached else "everything read again: the context is full, or it leaks"
    words = f"Token {len(pen.shares)}, {kept}; it had a chance of {pen.shares[-1]:.1%}."
    if longest:
        words += (
            f" Grey: copied from the training text, {is_copied.mean():.0%} of the characters; the longest stretch that "
            f"also stands there: “{plain(longest)}” ({len(longest)} characters)."
        )
    return words


def _cache(run: Run, snapshot: Snapshot) -> None:
    """Measures writing with the cache and without it."""
    st.markdown(
        "**What the cache saves.** A causal network never changes its mind about what it has read. So the keys and "
        "values of every token can be kept, and only the newest token goes through the blocks."
    )
    if snapshot.settings.variant == "leaking":
        st.caption("The leaking network sees the future, so each new token changes all that was worked out: no cache.")
        return
    key = "_decoder_cache_times"
    if st.button("Measure on this machine", key="decoder_measure", icon=":material/timer:"):
        st.session_state[key] = run.look(cache_times)  # type: ignore[arg-type]
    if key not in st.session_state:
        return
    found = st.session_state[key]
    show(cache_still(found, mode()), key="decoder_cache_picture")
    kept, again = (values.sum() for values in found.values())
    count = len(found["without it"])
    st.caption(
        f"{count} tokens: {kept / 1000:.3f} s with the cache, {again / 1000:.3f} s without, {again / kept:.1f} times "
        "as long. A small network spends most of that on starting each operation, which the cache does not spare."
    )
