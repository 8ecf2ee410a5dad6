"""The live picture of the page `transformer`, what a click in it does, and the presets."""

from typing import Any, Final

import streamlit as st

from experiments.transformer_settings import TransformerSettings
from figures.transformer import transformer_scene
from training.run import Snapshot
from ui.knobs import IN_URL, load
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.runs import run_of
from ui.trials import times_started

SLUG: Final = "transformer"
CANVAS_SHARE: Final = 0.69  # of the window's height
FIRST: Final = 2  # pair whose attention is drawn; the first is short
GOAL: Final = 0.99  # of the answers right as a whole
WIDE: Final[dict[str, Any]] = {"embed_dim": 64, "num_heads": 4, "ff_dim": 128}
RISING: Final[dict[str, Any]] = {"schedule": "one-cycle"}
PRESETS: Final[dict[str, dict[str, Any]]] = {
    "Reverse letters": {},
    "Sort letters": {"task": "sort", **RISING, "schedule_steps": 500},
    "The lecture's sizes": {**WIDE, "num_layers": 2, "length": 8, "learning_rate": 2e-3},
    "Dates to numbers": {"task": "dates", **WIDE, **RISING, "learning_rate": 3e-3, "schedule_steps": 1000},
    "Numbers in German": {
        "task": "numbers in words",
        "language": "German",
        **WIDE,
        **RISING,
        "learning_rate": 3e-3,
        "schedule_steps": 1000,
    },
    "Spelling to phonemes": {
        "task": "spelling to phonemes",
        **WIDE,
        **RISING,
        "num_layers": 2,
        "dropout": 0.1,
        "learning_rate": 2e-3,
        "schedule_steps": 5000,
    },
}


def draw_transformer(snapshot: Snapshot) -> bool:
    """Pairs, attention and learning curves of one moment; returns whether a pair was clicked."""
    seen: Any = snapshot.observation
    scene = transformer_scene(
        seen,
        snapshot.history,
        step=snapshot.step,
        look=times_started(SLUG),
        selected=min(selected(), len(seen.watched) - 1),
        is_log=st.session_state.get("transformer_is_log", False),
        is_large=is_lecture(),
    )
    return live_canvas(scene, key="transformer_network", height=CANVAS_SHARE, on_event=handle) is not None


def selected() -> int:
    """The pair chosen in the picture, from 0."""
    return int(st.session_state.get("transformer_at", FIRST)) - 1


def handle(event: dict[str, Any]) -> None:
    """Carries out a click: choose a pair."""
    if event["kind"] == "hot":
        st.session_state["transformer_at"] = int(event["id"].partition(":")[2]) + 1


def view_knobs() -> None:
    """What only the pictures follow."""
    st.toggle("Logarithmic loss axis", value=False, key="transformer_is_log", **IN_URL)


def presets() -> None:
    """A row of settings to begin with, and what each took here, if it has been run."""
    known: dict[str, str] = st.session_state.setdefault("_transformer_measured", {})
    run = run_of(SLUG)
    snapshot = run.poll() if run else None
    if snapshot is not None and snapshot.newest_step > 0:
        known[_key(snapshot.settings)] = measured(snapshot)
    with st.popover("Presets", icon=":material/tune:", width="stretch"):
        for name, values in PRESETS.items():
            st.button(
                name,
                key=f"transformer_preset_{name.split()[0].lower()}_{len(name)}",
                on_click=load,
                args=(TransformerSettings, SLUG, values),
                width="stretch",
            )
            st.caption(known.get(_key(TransformerSettings(**values)), "Not measured in this session yet."))


def _key(settings: TransformerSettings) -> str:
    """The settings of a run as its identity, whatever its seed."""
    return settings.model_dump_json(exclude={"seed", "device"})


def measured(snapshot: Snapshot) -> str:
    """How long the run has taken on this machine, in a sentence."""
    history = snapshot.history
    whole = history.values["whole_accuracy"]
    reached = [int(step) for step, share in zip(history.steps, whole, strict=True) if share >= GOAL]
    pace = snapshot.seconds / max(snapshot.newest_step, 1)
    if reached:
        return (
            f"Measured here: {GOAL:.0%} of whole answers right after {reached[0]:,} steps, {reached[0] * pace:.1f} s."
        )
    best = float(whole.max()) if len(whole) else 0.0
    taken = f"{snapshot.newest_step:,} steps, {snapshot.seconds:.0f} s"
    return f"Measured here: {best:.0%} of whole answers right after {taken}."
