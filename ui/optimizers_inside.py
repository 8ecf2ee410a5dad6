"""Look inside, page `optimizers`: tabs below the paused picture, of which only the open one is computed."""

from collections.abc import Callable
from typing import Any, Final

import pandas as pd
import streamlit as st

from figures.optimizers_formula import RULES, pair, short, update_lines
from figures.optimizers_layout import LOOKS
from figures.optimizers_still import path_map, path_relief
from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.still import mode, show
from ui.tabs import open_tab
from ui.time_travel import playback_tick

SLUG: Final = "optimizers"


def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The part of the page for a paused race; while it runs, one line says so.

    Args:
        run: what is looked into.
        snapshot: the run now.
    """
    if snapshot.is_playing or playback_tick(SLUG) is not None:
        st.caption("Pause to look inside: every number of the last step can then be read.")
        return
    _tabs(run, snapshot)


@st.fragment
def _tabs(run: Run, snapshot: Snapshot) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    open_tab(TABS, "optimizers_inside", run, snapshot)


def step_tab(run: Run, snapshot: Snapshot) -> None:
    """The last step of one racer, equation by equation, and what it is made of."""
    seen: Any = snapshot.observation
    if not seen.updates:
        st.caption("No step was taken yet: press +1 above.")
        return
    names = list(seen.racers)
    key = "optimizers_taken_apart"
    if st.session_state.get(key) not in names:
        st.session_state.pop(key, None)
    name = st.segmented_control(
        "Racer",
        names,
        default=names[seen.focus],
        required=True,
        format_func=lambda one: LOOKS[one].name,
        key=key,
        label_visibility="collapsed",
    )
    index = names.index(name)
    update = seen.updates[index]
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown(f"**{LOOKS[name].name}, step {snapshot.step:,}** · {RULES[name]}")
        rows = [
            f"| {line.symbol} | {line.rule} | {line.numbers} | **{line.result}** |" for line in update_lines(update)
        ]
        st.markdown("\n".join(["| | rule | with its numbers | is |", "|---|---|---|---|", *rows]))
        if name in ("adam", "adamw", "rmsprop", "adagrad"):
            st.caption(
                "Squares, roots and quotients are taken for each weight by itself. Below the fraction stands a tiny ε "
                "too, against division by 0."
            )
    with right:
        st.markdown("**What the step is made of**")
        rows = [f"| by the {part} | {pair(value)} |" for part, value in update.parts]
        rows.append(f"| **together** | **{pair(sum(value for _, value in update.parts))}** |")
        rows.append(f"| as torch moved it | {pair(update.move)} |")
        st.markdown("\n".join(["| | Δ |", "|---|---:|", *rows]))
        st.markdown(
            f"It stood at {pair(update.position)} and went to {pair(update.position + update.move)}. "
            f"Each weight's gradient counts {pair(update.scale)} times."
        )
        if seen.is_out[index]:
            st.caption("This racer diverged and was taken off the surface before its last step.")


def racers_tab(run: Run, snapshot: Snapshot) -> None:
    """The terms of all racers side by side."""
    seen: Any = snapshot.observation
    rows = []
    for index, name in enumerate(seen.racers):
        row = {
            "racer": LOOKS[name].name,
            "at": pair(seen.positions[index]),
            "height": "diverged" if seen.is_out[index] else short(float(seen.heights[index])),
            "distance": short(float(seen.distances[index])),
            "rate": short(float(seen.rates[index])),
        }
        if seen.updates:
            update = seen.updates[index]
            parts = dict(update.parts)
            row |= {
                "gradient g": pair(update.gradient),
                "memory m or b": "" if update.first[0] != update.first[0] else pair(update.first),
                "squares v or s": "" if update.second[0] != update.second[0] else pair(update.second),
                "× for each weight": pair(update.scale),
                "by the gradient": pair(parts["gradient"]),
                "by momentum": pair(parts["momentum"]) if "momentum" in parts else "",
                "step Δ": pair(update.move),
            }
        rows.append(row)
    words = "All racers: where they are and what their last step was made of."
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=words, key="optimizers_racers_table")
    st.caption("Two numbers in brackets are those of the first and the second weight.")


def paths_tab(run: Run, snapshot: Snapshot) -> None:
    """The paths from above, with hover."""
    heights, slopes = run.call("path_numbers")
    show(path_map(snapshot.observation, heights, slopes, mode()), key="optimizers_paths")
    st.caption("Point at a path: step, loss and length of the true slope there. Long paths keep every second place.")


def relief_tab(run: Run, snapshot: Snapshot) -> None:
    """The surface in three dimensions."""
    heights, slopes = run.call("path_numbers")
    show(path_relief(snapshot.observation, heights, slopes, mode()), key="optimizers_relief")
    st.caption("Drag to turn. Heights are drawn by their logarithm, so that the floor of a valley shows.")


def layers_tab(run: Run, snapshot: Snapshot) -> None:
    """Every racer as the model it is: two weights."""
    anatomy(run, SLUG)


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "One step": step_tab,
    "All racers": racers_tab,
    "Paths": paths_tab,
    "In 3-D": relief_tab,
    "Layers": layers_tab,
}
