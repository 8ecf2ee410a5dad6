"""Settings to begin with: a task and a network that fits it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.decoder_presets import PRESETS, seconds_of_a_step
from experiments.decoder_settings import DecoderSettings
from training.run import Run
from ui.decoder_live import SLUG
from ui.knobs import load


def presets(run: Run) -> None:
    """A menu of presets, each with the seconds it takes on this machine once that was measured."""
    with st.popover("Presets", icon=":material/tune:", width="stretch"):
        measured: Mapping[str, float] = st.session_state.get("_decoder_seconds", {})
        for name, preset in PRESETS.items():
            st.button(
                name, key=f"decoder_preset_{preset.slug}", on_click=_load, args=(preset.settings,), width="stretch"
            )
            told = f"{preset.steps:,} steps"
            if name in measured:
                told += f", about {_time(preset.steps * measured[name])} here ({1000 * measured[name]:.1f} ms a step)"
            st.caption(f"{preset.words} {told}.")
        st.button(
            "Measure the seconds", key="decoder_preset_seconds", on_click=_measure, args=(run,), icon=":material/timer:"
        )


def _load(settings: Mapping[str, Any]) -> None:
    load(DecoderSettings, SLUG, settings)


def _measure(run: Run) -> None:
    """Between two steps of the run, so that they do not take each other's time."""
    st.session_state["_decoder_seconds"] = run.look(lambda _: {name: seconds_of_a_step(name) for name in PRESETS})


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
