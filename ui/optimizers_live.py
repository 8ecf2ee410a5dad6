"""The live picture of the page `optimizers`, and what a click in it does."""

from typing import Any, Final

import streamlit as st

from experiments.optimizers_settings import NAMES, RaceSettings
from figures.optimizers import race_scene
from training.run import Snapshot
from ui.knobs import IN_URL, turn
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.runs import run_of
from ui.trials import times_started

SLUG: Final = "optimizers"
CANVAS_SHARE: Final = 0.69  # of the window's height


def draw_race(snapshot: Snapshot) -> bool:
    """Surface, racers and numbers of one moment; returns whether something in the picture was clicked."""
    scene = race_scene(
        snapshot.observation,
        snapshot.history,
        step=snapshot.step,
        look=times_started(SLUG),
        is_log=st.session_state.get("optimizers_is_log", True),
        is_large=is_lecture(),
    )
    return live_canvas(scene, key="optimizers_race", height=CANVAS_SHARE, on_event=handle) is not None


def handle(event: dict[str, Any]) -> None:
    """Carries out a click: a new start, another racer in focus, the best or the largest rate."""
    if event["kind"] == "plane":
        start = {"start": "chosen", "start_x": round(float(event["x"]), 2), "start_y": round(float(event["y"]), 2)}
        turn(RaceSettings, SLUG, start)
        return
    what, _, which = str(event.get("id", "")).partition(":")
    if what == "focus" and which in NAMES:
        turn(RaceSettings, SLUG, {"optimizer": which})
    elif what == "rate":
        _set_rate(which)


def _set_rate(which: str) -> None:
    run = run_of(SLUG)
    seen: Any = run.poll().observation if run is not None else None
    if seen is not None and seen.bowl is not None and which in ("best", "limit"):
        times = seen.bowl.rate / run.settings.learning_rate if run is not None else 1.0
        turn(RaceSettings, SLUG, {"learning_rate": getattr(seen.bowl, which) / times})


def view_knobs() -> None:
    """What only the pictures follow."""
    st.toggle("Logarithmic heights", value=True, key="optimizers_is_log", **IN_URL)
