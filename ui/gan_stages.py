"""Look inside, page `gan`: one step in slow motion, stage by stage, each with its formula and the numbers in it."""

from typing import Any, Final, NamedTuple

import numpy as np
import streamlit as st

from experiments.gan_stages import taken_apart
from figures.gan_stages import Stage, stage_scene
from training.run import Run, Snapshot
from ui.gan_formulas import formula
from ui.live import live_canvas
from ui.runs import poll
from ui.words import written

PLACE: Final = "gan_stage"  # the slider, from 1
FOLLOW: Final = "gan_stage_example"
TAKEN: Final = "_gan_taken_apart"
WAIT_SECONDS: Final = 2.0
MAKE: Final = (("noise", "generator"), ("generator", "fakes"))
JUDGE_BOTH: Final = (("fakes", "discriminator"), ("real", "discriminator"))
COUNT: Final = (("discriminator", "loss"),)


class Step(NamedTuple):
    """A stage with what it is called."""

    title: str
    stage: Stage


STEPS: Final[dict[str, tuple[Step, ...]]] = {
    "discriminator": (
        Step("Noise is drawn", Stage("noise", ("noise",), ())),
        Step("The generator makes fakes", Stage("fakes", ("noise", "generator", "fakes", "real"), MAKE)),
        Step(
            "The discriminator judges real and fake",
            Stage("judge", ("fakes", "real", "discriminator"), JUDGE_BOTH),
        ),
        Step("What its mistakes cost", Stage("loss", ("discriminator", "loss"), COUNT)),
        Step("The gradient for its weights", Stage("gradient", ("discriminator", "loss"), COUNT, True)),
        Step("The discriminator moves", Stage("update", ("fakes", "real", "discriminator"), JUDGE_BOTH)),
    ),
    "generator": (
        Step("Noise is drawn anew", Stage("noise", ("noise",), ())),
        Step("The generator makes fakes", Stage("fakes", ("noise", "generator", "fakes"), MAKE)),
        Step(
            "The discriminator judges the fakes",
            Stage("judge", ("fakes", "discriminator"), JUDGE_BOTH[:1]),
        ),
        Step("What being found out costs", Stage("loss", ("discriminator", "loss"), COUNT)),
        Step(
            "The gradient on the fakes",
            Stage("slopes", ("fakes", "discriminator", "loss"), (*COUNT, *JUDGE_BOTH[:1]), True),
        ),
        Step("The generator moves", Stage("update", ("noise", "generator", "fakes"), MAKE)),
    ),
}


def stages_tab(run: Run, snapshot: Snapshot) -> None:
    """A stepper through the next step, its picture and its formula."""
    if snapshot.has_failed:
        st.caption("The numbers are none any more: reset, or change a setting.")
        return
    turns = _taken(run, snapshot)
    steps = [(turn, step) for turn in turns for step in STEPS[turn.who]]
    heading = st.empty()
    at, follow = _controls(run, len(steps), len(turns[0].fakes))
    turn, step = steps[at]
    number = STEPS[turn.who].index(step) + 1
    heading.markdown(f"**{turn.who.capitalize()} {number} of {len(STEPS[turn.who])}** · {step.title}")
    live_canvas(stage_scene(turn, step.stage, follow), key="gan_stage_picture", height=0.6)
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    with left:
        st.latex(formula(turn, step.stage.kind, follow, snapshot.settings))
    with right:
        st.markdown(words(turn, step.stage.kind, snapshot.settings))


def _taken(run: Run, snapshot: Snapshot) -> Any:
    """The next step taken apart; kept until there is another."""
    key = (id(run), snapshot.step, snapshot.settings.model_dump_json())
    kept = st.session_state.get(TAKEN)
    if kept is None or kept[0] != key:
        kept = st.session_state[TAKEN] = key, run.look(taken_apart)  # type: ignore[arg-type]
    return kept[1]


def _controls(run: Run, last: int, number: int) -> tuple[int, int]:
    """Buttons, keys and a slider for the stage, and the example to follow; returns both places from 0."""
    for key, most in ((PLACE, last), (FOLLOW, number)):
        st.session_state[key] = min(max(1, st.session_state.get(key, 1)), most)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for sign, key, tip, by in (("‹", "B", "The stage before", -1), ("›", "N", "The next stage", 1)):
            st.button(sign, key=f"gan_stage_{key}", help=f"{tip}. Key: {key}.", shortcut=key, on_click=_move,
                      args=(by, last))  # fmt: skip
        with st.container(width=380):
            at = int(st.slider("Stage", 1, last, key=PLACE)) - 1
        with st.container(width=150):
            follow = int(st.number_input("Follow example", 1, number, key=FOLLOW)) - 1
        if st.button("Take this step", key="gan_take_stages", help="Makes exactly this step of the run."):
            run.take(1)
            poll(run)
            run.wait(WAIT_SECONDS)
            run.pause()  # which brings the picture up to date
            st.rerun()
    return at, follow


def _move(by: int, last: int) -> None:
    """One stage on or back; behind the last comes the first."""
    st.session_state[PLACE] = (st.session_state.get(PLACE, 1) - 1 + by) % last + 1


def words(turn: Any, kind: str, settings: Any) -> str:
    """What happens in a stage, in a sentence or two."""
    is_critic = settings.loss in ("WGAN", "WGAN-GP", "hinge")
    if turn.who == "discriminator":
        several = f" It is the last of {turn.total} in this step." if turn.total > 1 else ""
        change = turn.loss_after - turn.loss
        return {
            "noise": f"An update of the discriminator begins with noise, a row for each fake.{several}",
            "fakes": "The generator turns each row into a fake. It only works here and does not learn. As many real "
            "examples are drawn at random from the data.",
            "judge": "Each example gets a score"
            + (
                ", and the higher the score, the more real it seems."
                if is_critic
                else "; above 0 it passes for real. Blue should lie right, orange left."
            )
            + (" What it sees is blurred by instance noise." if settings.instance_noise else ""),
            "loss": "Blue costs little on the right, orange on the left: that is all it is asked for.",
            "gradient": "The slope of the loss for each of its weights, by the chain rule, layer after layer. The "
            "generator gets none of it.",
            "update": f"Each weight moves against its gradient. The same batch now costs {written(change, '+.2g')}.",
        }[kind]
    change = turn.loss_after - turn.loss
    length = float(np.linalg.norm(turn.slopes, axis=1).mean())
    return {
        "noise": "Fresh noise: the generator must not learn one batch by heart.",
        "fakes": "The generator makes fakes again, and this time remembers how.",
        "judge": "No real example takes part. All the generator will ever know of the data is what the discriminator "
        "says to its fakes.",
        "loss": "It wants its fakes to be taken for real: the loss falls to the right.",
        "slopes": "The discriminator passes the slope of the loss back to the fakes: "
        + ("the lines say where each should go" if turn.is_plane else "blue pixels should become brighter")
        + f". The slope of a fake has a length of {written(length, '.2g')} on average.",
        "update": "The generator's weights move so that its fakes go that way together. They do not go all the way, "
        "nor quite in that direction, because all share the same weights. The loss changes by "
        f"{written(change, '+.2g')}.",
    }[kind]
