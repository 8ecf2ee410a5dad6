"""One visitor's runs: made once a page, kept over page switches, parked when the visitor is gone."""

from collections.abc import Hashable, Mapping
from typing import Any, Final

import streamlit as st

from data.dataset import DataError
from training.capture import Capture, CaptureError
from training.run import Build, Run, Snapshot
from training.scheduler import SCHEDULER, BusyError
from training.settings import Settings, SettingsError
from ui.knobs import load
from ui.material import Material

MAX_RUNS: Final = 8  # of one visitor; the one not looked at for longest makes room


@st.cache_resource(scope="session", on_release=Run.park, show_spinner=False)
def _lease(slug: str, number: int, _run: Run) -> Run:
    """Streamlit releases this entry when the tab is closed or the connection drops; the run is then parked."""
    return _run


def open_run(slug: str, build: Build, settings: Settings, material: Hashable = None) -> tuple[Run, str]:
    """The visitor's run of a page, brought in line with the settings.

    Args:
        slug: which page.
        build: makes the experiment.
        settings: what the knobs say now.
        material: stands for what the visitor brought (points, a table); when it changes, `build` is used anew.

    Returns:
        The run, and a sentence saying why it could not follow the settings; empty if it could.
    """
    runs: dict[str, tuple[Run, Hashable]] = st.session_state.setdefault("_runs", {})
    complaint = ""
    if slug not in runs:
        try:
            run = Run(build, settings)
        except (SettingsError, DataError) as error:
            complaint = str(error)
            run = Run(build, type(settings)())
        _make_room(runs)
        runs[slug] = run, material
    else:
        run, known = runs[slug]
        try:
            if material != known:
                run.replace(build, settings)
                runs[slug] = run, material
            else:
                run.change(settings)
        except (SettingsError, DataError) as error:
            complaint = str(error)
    capture: Capture | None = st.session_state.pop(f"_{slug}_resume", None)
    if capture is not None and not complaint:
        try:
            run.resume(capture)
        except CaptureError as error:
            complaint = str(error)
    _lease(slug, id(run), run)
    return run, complaint


def resume_next(slug: str, capture: Capture, material: Material, brought: Mapping[str, Any]) -> None:
    """Brings a page to a captured run: turns its knobs, and has `open_run` go on from there. Call it in a callback.

    Args:
        slug: which page.
        capture: where to go on.
        material: how what a visitor brought comes into the session.
        brought: what the captured run was built from besides its settings.
    """
    load(type(capture.settings), slug, dict(capture.settings))
    material.put(brought)
    st.session_state[f"_{slug}_resume"] = capture


def run_of(slug: str) -> Run | None:
    """The visitor's run of a page, if they have been there."""
    runs: dict[str, tuple[Run, Hashable]] = st.session_state.get("_runs", {})
    return runs[slug][0] if slug in runs else None


def _make_room(runs: dict[str, tuple[Run, Any]]) -> None:
    if len(runs) >= MAX_RUNS:
        oldest = min(runs, key=lambda slug: runs[slug][0].polled_at)
        runs.pop(oldest)[0].park()


def poll(run: Run) -> Snapshot:
    """The newest snapshot of a run that somebody looks at; a playing run keeps its place at the worker."""
    snapshot = run.poll()
    try:
        SCHEDULER.submit(run)
    except BusyError as error:
        run.pause()
        st.warning(str(error))
    return snapshot
