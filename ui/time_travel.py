"""The time bar under the status line: every checkpoint of the run can be shown again, played back, branched from."""

from typing import Final

import streamlit as st

from training.run import Run, Snapshot
from ui.knobs import IN_URL
from ui.pins import keep_future
from ui.words import plain

PLAYBACK: Final = {"2 moments/s": 0.5, "4 moments/s": 0.25, "8 moments/s": 0.125}  # seconds between two moments
DEFAULT: Final = "4 moments/s"


def playback_tick(slug: str) -> float | None:
    """Seconds between two moments while the past is played back; None when it is not."""
    return PLAYBACK[_pace(slug)] if st.session_state.get(f"_{slug}_playback") else None


def _pace(slug: str) -> str:
    return str(st.session_state.get(f"{slug}_playback_pace", DEFAULT))


def playback_knob(slug: str) -> None:
    """How fast the past is played back; it stands among the knobs, because the bar has no room for it."""
    words = "How fast Look back goes through the moments of the run."
    choices = list(PLAYBACK)
    st.selectbox("Looking back", choices, choices.index(DEFAULT), key=f"{slug}_playback_pace", help=words, **IN_URL)


def play_back(run: Run, slug: str) -> None:
    """Shows the next moment if the past is being played back, and ends that at the newest one."""
    if not st.session_state.get(f"_{slug}_playback"):
        return
    later = [step for step in run.checkpoint_steps if step > run.step]
    if later and not run.is_playing:
        run.visit(later[0])
    if len(later) <= 1 or run.is_playing:
        st.session_state[f"_{slug}_playback"] = False


def time_bar(run: Run, snapshot: Snapshot, slug: str) -> None:
    """Scrubber and buttons, while the run is paused and has a past."""
    steps = run.checkpoint_steps
    if snapshot.is_playing or len(steps) < 2:
        return
    is_past, is_back = snapshot.step < snapshot.newest_step, playback_tick(slug) is not None
    key = f"{slug}_moment"
    st.session_state[key] = snapshot.step
    st.select_slider(
        "Moment of the run",
        steps,
        key=key,
        format_func=lambda step: f"step {step:,}",
        on_change=_visit,
        args=(run, slug),
        disabled=is_back,
        label_visibility="collapsed",
        width="stretch",
    )
    label, icon = ("Stop", ":material/stop:") if is_back else ("Look back", ":material/history:")
    words = "Show the moments of this run again, from the one shown on, or from the start."
    st.button(label, key=f"{slug}_playback_go", icon=icon, help=words, on_click=_toggle, args=(run, slug))
    back = "Back to the newest step. Playing goes on from there too: looking back loses nothing."
    st.button("Newest", key=f"{slug}_newest", disabled=not is_past, help=back, on_click=run.leave)
    on = "Train on from this moment. What came after it is forgotten; the run as it was stays under Compare."
    st.button("Branch here", key=f"{slug}_branch", disabled=not is_past, help=on, on_click=_branch, args=(run, slug))


def _visit(run: Run, slug: str) -> None:
    moment = st.session_state[f"{slug}_moment"]
    if run.is_playing or st.session_state.get(f"_{slug}_playback") or moment not in run.checkpoint_steps:
        return  # nobody can turn it to that: a slow browser has told an older moment once more
    run.visit(moment)


def _toggle(run: Run, slug: str) -> None:
    is_back = not st.session_state.get(f"_{slug}_playback")
    st.session_state[f"_{slug}_playback"] = is_back
    if is_back and run.visited is None:
        run.visit(0)


def _branch(run: Run, slug: str) -> None:
    st.session_state[f"_{slug}_playback"] = False
    complaint = keep_future(run, slug)
    if complaint:
        st.toast(f"Not branched, because the run as it was could not be kept. {plain(complaint)}")
    else:
        run.branch()
