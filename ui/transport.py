"""The transport bar: play, pause, step, reset; the same on every page."""

from typing import Final

import streamlit as st

from training.run import MAX_STEPS, Run, Snapshot, Stop

PACES: Final[dict[str, float | None]] = {
    "10 steps/s": 10,
    "50 steps/s": 50,
    "200 steps/s": 200,
    "1000 steps/s": 1000,
    "full speed": None,
}
DEFAULT_PACE: Final = "200 steps/s"
WAIT_SECONDS: Final = 0.08  # for a few steps to be done before the page is drawn


def transport(run: Run, slug: str) -> None:
    """Draws the bar and carries out what was pressed."""
    snapshot = run.poll()
    failed = "The loss is not a number any more: reset, or change a setting." if snapshot.has_failed else None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{slug}_transport"):
        if run.is_playing:
            st.button("Pause", icon=":material/pause:", type="primary", shortcut="Space", on_click=run.pause, key=f"{slug}_go")
        else:
            st.button(
                "Play",
                icon=":material/play_arrow:",
                type="primary",
                shortcut="Space",
                on_click=_play,
                args=(run, slug),
                key=f"{slug}_go",
                disabled=bool(failed),
                help=failed,
            )
        for count in (1, 10, 100):
            st.button(
                f"+{count}",
                key=f"{slug}_step_{count}",
                help=failed or f"Take {count} step{'s' if count > 1 else ''}: one step is one update of the weights.",
                shortcut="ArrowRight" if count == 1 else None,
                on_click=_take,
                args=(run, count),
                disabled=bool(failed),
            )
        st.button(
            "+epoch",
            key=f"{slug}_epoch",
            help=failed or "Train to the end of the current pass over the training examples.",
            on_click=_take_epoch,
            args=(run,),
            disabled=bool(failed),
        )
        st.button(
            "Reset", icon=":material/replay:", key=f"{slug}_reset", shortcut="Home",
            help="Back to step 0 with the same first weights.", on_click=run.reset,
        )
        st.button(
            "New seed", key=f"{slug}_new_seed",
            help="Other data, other first weights, another order of batches.", on_click=_new_seed, args=(run, slug),
        )
        pace = st.selectbox(
            "Speed", list(PACES), index=list(PACES).index(DEFAULT_PACE), key=f"{slug}_pace", width=150,
            label_visibility="collapsed", persist_state="session", bind="query-params",
            help="How fast to train, so that the eye can follow; the steps are the same.",
        )
    run.set_pace(PACES[pace])


def _play(run: Run, slug: str) -> None:
    run.play(stop_of(slug))


def _take(run: Run, count: int) -> None:
    run.take(count)
    _await(run)


def _take_epoch(run: Run) -> None:
    run.take_epoch()
    _await(run)


def _await(run: Run) -> None:
    from ui.runs import poll  # here, because runs and transport would import each other

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
    shared = {"bind": "query-params", "persist_state": "session"}
    st.caption("Pause by itself after (0: never)")
    left, right = st.columns(2)
    left.number_input("Steps", 0, MAX_STEPS, 0, step=100, key=f"{slug}_stop_steps", **shared)
    right.number_input("Seconds", 0, 3600, 0, step=5, key=f"{slug}_stop_seconds", **shared)
    left.number_input(
        "Test loss", 0.0, 100.0, 0.0, step=0.01, format="%.3f", key=f"{slug}_stop_loss",
        help="Pause when the test loss is as low as this.", **shared,
    )
    right.number_input(
        "Patience", 0, MAX_STEPS, 0, step=100, key=f"{slug}_stop_patience",
        help="Pause when the test loss has found no new low for so many steps (early stopping).", **shared,
    )


def status(snapshot: Snapshot) -> None:
    """One line: where the run is, how fast it goes, and why it paused by itself."""
    parts = [f"step **{snapshot.step:,}**", f"epoch **{snapshot.epoch:,.1f}**"]
    if snapshot.is_playing and snapshot.steps_per_second:
        parts.append(f"{snapshot.steps_per_second:,.0f} steps/s")
    if snapshot.seconds_left is not None:
        parts.append(f"about {snapshot.seconds_left:,.0f} s left")
    parts.append(f"on {snapshot.device.upper()}")
    st.markdown(" · ".join(parts))
    if snapshot.message:
        (st.error if snapshot.has_failed else st.info)(snapshot.message)
