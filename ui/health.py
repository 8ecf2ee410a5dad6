"""Run health: what is wrong with a paused run, one line each, with a button that mends it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import pandas as pd
import streamlit as st

from training.findings import Finding, checkup
from training.health import LayerHealth
from training.run import Run
from training.settings import SettingsError
from ui.knobs import turn
from ui.transport import stop_of
from ui.words import plain

_HELP: Final = "Sets these knobs, and trains again from step 0."
_COLUMNS: Final[dict[str, tuple[str, str]]] = {
    "gradient": ("%.1e", "Length of the gradient of the loss in the next step, √Σ g²."),
    "update / weights": ("%.1e", "Length of the next update over the length of the weights; about 0.001 is usual."),
    "dead": ("percent", "Units in the flat part of their bend for every example: no gradient reaches them."),
    "saturated": (
        "percent",
        "Outputs at an end of tanh or sigmoid, where the slope is below a fiftieth of the steepest.",
    ),
}


def health(run: Run, slug: str) -> None:
    """The strip below the picture of a paused run: findings with their buttons, or one calm sentence."""
    snapshot = run.poll()
    if snapshot.is_playing or snapshot.has_failed:
        return
    found = checkup(run)
    with st.container(key=f"{slug}_health", gap="xsmall"):
        for finding in found.findings:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f":material/health_and_safety: {plain(finding.sentence)}", width="stretch")
                _button(run, slug, finding)
        with st.container(horizontal=True, vertical_alignment="center"):
            if not found.findings:
                st.caption(plain(found.calm), width="content")
            details = st.popover("Layer by layer", type="tertiary", key=f"{slug}_health_open", on_change="rerun")
        if details.open:
            with details:
                _layers(found.layers, slug)


def first_aid(run: Run, slug: str) -> None:
    """The button that mends a run that has failed; draw it beside the message that says why."""
    for finding in checkup(run).findings:
        _button(run, slug, finding, type="primary", icon=":material/health_and_safety:", width="stretch")


def _button(run: Run, slug: str, finding: Finding, **look: Any) -> None:
    st.button(
        finding.label,
        key=f"{slug}_remedy_{finding.kind}",
        help=_HELP if finding.remedy else "Trains again from step 0.",
        on_click=_mend,
        args=(run, slug, finding.remedy),
        **look,
    )


def _mend(run: Run, slug: str, remedy: Mapping[str, Any]) -> None:
    """Turns the knobs and starts again; if these settings do not go together, the page says so when it is drawn."""
    turn(type(run.settings), slug, remedy)
    with suppress(SettingsError):
        run.change(run.settings.changed(**remedy))
        run.reset()
        run.play(stop_of(slug))


def _layers(networks: Mapping[str, tuple[LayerHealth, ...]], slug: str) -> None:
    rows = [
        {"layer": one.name if len(networks) == 1 else f"{name}: {one.name}", "gradient": one.gradient,
         "update / weights": one.update_ratio, "dead": one.dead, "saturated": one.saturated}
        for name, layers in networks.items()
        for one in layers
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["layer", *_COLUMNS]).dropna(axis="columns", how="all")
    st.dataframe(
        table,
        hide_index=True,
        width="content",
        height="auto" if len(table) <= 12 else 440,
        placeholder="",
        column_config={
            name: st.column_config.NumberColumn(format=form, help=words) for name, (form, words) in _COLUMNS.items()
        },
        alt="Layer by layer: gradients, updates, dead and saturated units.",
        key=f"{slug}_health_layers",
    )
