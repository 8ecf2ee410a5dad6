"""The transport bar: play, pause, step, reset; the same on every page."""

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from training.run import MAX_STEPS, Run, Snapshot, Stop
from ui.knobs import IN_URL
from ui.runs import poll

PACES: Final[dict[str, float | None]] = {
    "10 steps/s": 10,
    "50 steps/s": 50,
    "100 steps/s": 100,
    "200 steps/s": 200,
    "500 steps/s": 500,
    "1000 steps/s": 1000,
    "full speed": None,
}
DEFAULT_PACE: Final = "200 steps/s"
WAIT_SECONDS: Final = 0.08  # for a few steps to be done before the page is drawn


def transport(run: Run, slug: str, pace: str = DEFAULT_PACE) -> None:
    """Draws the bar and carries out what was pressed; `pace` is how fast the run goes until somebody says otherwise."""
    failed = "The loss has run away: reset, or change a setting." if run.poll().has_failed else None

    def button(name: str, label: str, help: str, act: Callable[..., Any], *args: Any, **look: Any) -> None:
        is_off = failed is not None and name.startswith(("go", "step"))
        st.button(
            label,
            key=f"{slug}_{name}",
            help=failed if is_off else help,
            disabled=is_off,
            on_click=act,
            args=args,
            **look,
        )

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{slug}_transport"):
        if run.is_playing:
            look = {"icon": ":material/pause:", "type": "primary", "shortcut": "Space"}
            button("go", "Pause", "Stop after the current step.", run.pause, **look)
        else:
            look = {"icon": ":material/play_arrow:", "type": "primary", "shortcut": "Space"}
            button("go", "Play", "Train until paused.", _play, run, slug, **look)
        once = "Take one step: one update of all weights."
        button("step_1", "+1", once, _take, run, 1, shortcut="ArrowRight")
        button("step_10", "+10", "Take 10 steps.", _take, run, 10)
        button("step_100", "+100", "Take 100 steps.", _take, run, 100)
        button("step_epoch", "+epoch", "Train to the end of this pass over the training examples.", _take_epoch, run)
        back = "Back to step 0 with the same first weights."
        button("reset", "Reset", back, run.reset, icon=":material/replay:", shortcut="Home")
        button("new_seed", "New seed", "Other data, first weights and order of batches.", _new_seed, run, slug)
        _pace_knob(run, slug, pace)


def _pace_knob(run: Run, slug: str, first: str) -> None:
    pace = st.selectbox(
        "Speed",
        list(PACES),
        index=list(PACES).index(first),
        key=f"{slug}_pace",
        width=150,
        label_visibility="collapsed",
        help="How fast to train, so that the eye can follow; the steps are the same.",
        **IN_URL,
    )
    run.set_pace(PACES[pace])


def _play(run: Run, slug: str) -> None:
    run.play(stop_of(slug))


def _take(run: Run, count: int) -> None:
    run.take(count)
    poll(run)
    run.wait(WAIT_SECONDS)


def _take_epoch(run: Run) -> None:
    run.take_epoch()
    poll(run)
    run.wait(WAIT_SECONDS)


def _new_seed(run: Run, slug: str) -> None:
    st.session_state[f"{slug}_seed"] = (run.settings.seed + 1) % 100_000


def stop_of(slug: str) -> Stop:
    """The stop conditions that the knobs of `stop_knobs` say; 0 means none."""
    state = st.session_state
    return Stop(
        steps=state.get(f"{slug}_stop_steps") or None,
        seconds=state.get(f"{slug}_stop_seconds") or None,
        target_loss=state.get(f"{slug}_stop_loss") or None,
        patience=state.get(f"{slug}_stop_patience") or None,
    )


def stop_knobs(slug: str) -> None:
    """When to pause by itself. The values are read when Play is pressed."""
    st.caption("Pause by itself after (0: never)")
    left, right = st.columns(2)
    left.number_input("Steps", 0, MAX_STEPS, 0, step=100, key=f"{slug}_stop_steps", **IN_URL)
    right.number_input("Seconds", 0, 3600, 0, step=5, key=f"{slug}_stop_seconds", **IN_URL)
    low = "Pause when the test loss is as low as this."
    left.number_input("Test loss", 0.0, 100.0, 0.0, 0.01, "%.3f", key=f"{slug}_stop_loss", help=low, **IN_URL)
    early = "Pause when the test loss has found no new low for so many steps (early stopping)."
    right.number_input("Patience", 0, MAX_STEPS, 0, step=100, key=f"{slug}_stop_patience", help=early, **IN_URL)


def status_words(snapshot: Snapshot) -> list[str]:
    """Where the run is, how fast it goes, and why it paused by itself; in Markdown."""
    is_past = snapshot.step < snapshot.newest_step
    parts = [f"step **{snapshot.step:,}**" + (f" of {snapshot.newest_step:,}" if is_past else "")]
    if snapshot.message and not snapshot.has_failed:
        return [*parts, snapshot.message]
    parts.append(f"epoch **{snapshot.epoch:,.1f}**")
    if snapshot.is_playing and snapshot.steps_per_second:
        parts.append(f"{snapshot.steps_per_second:,.0f} steps/s")
    if snapshot.seconds_left is not None:
        parts.append(f"about {snapshot.seconds_left:,.0f} s left")
    parts.append(f"on {snapshot.device.upper()}")
    return parts


def status(snapshot: Snapshot, *more: str) -> None:
    """One line: what `status_words` says, and `more`."""
    st.markdown(" · ".join([*status_words(snapshot), *more]), width="content")
