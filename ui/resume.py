"""Brings a page to a run that was kept: its knobs turn, and its run goes on where the other one stopped."""

import streamlit as st

from training.capture import Capture, CaptureError
from training.run import Run
from training.settings import Settings
from ui.knobs import load
from ui.words import plain


def ask_resume(slug: str, settings_class: type[Settings], capture: Capture) -> None:
    """Turns the knobs, and asks for the run itself at the next drawing of the page. Call it in a callback."""
    load(settings_class, slug, dict(capture.settings))
    st.session_state[f"_{slug}_resume"] = capture


def resume_asked(run: Run, slug: str) -> None:
    """Takes over what was asked for; call it once the run has followed the knobs."""
    capture = st.session_state.pop(f"_{slug}_resume", None)
    if capture is None:
        return
    try:
        run.resume(capture)
    except CaptureError as error:
        st.warning(plain(error))
