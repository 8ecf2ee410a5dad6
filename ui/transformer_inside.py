"""Look inside, page `transformer`: tabs below the paused picture, of which only the open one is computed."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np
import streamlit as st

from data.dataset import DataError
from experiments.schedule_race import rate_curves
from experiments.transformer_inside import first_target, leak, loss_by_confidence
from figures.attention_maps import AttentionMaps
from figures.attention_tokens import token_text
from figures.optimizers_study import schedule_still
from figures.transformer_steps import steps_scene
from figures.transformer_still import confidence_still, leak_still, targets_still
from training.optimizers import WARM_SHARE
from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.attention_maps import attention_view
from ui.knobs import IN_URL
from ui.live import live_canvas
from ui.still import mode, show
from ui.tabs import open_tab
from ui.time_travel import playback_tick
from ui.transformer_live import SLUG
from ui.transformer_search import search_tab
from ui.transformer_source import asked_source, asked_writing
from ui.words import plain, tex, written

TABS_KEY: Final = "transformer_inside"
SMOOTHINGS: Final = (0.0, 0.1, 0.2, 0.4)
SCHEDULES: Final = ("constant", "warm-up", "Noam")
LAST_REPLACED: Final = 12
TIGHT: Final = 1e-4  # a change below is rounding
KINDS: Final = {
    "Cross": "Rows: the sign that was written. Columns: the source. This is how the answer looks back.",
    "Encoder": "The source looks at itself, at every place; nothing is masked.",
    "Decoder": "The answer looks at itself, each place at what stands before it; hatched: masked.",
}


def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The part of the page for a paused run; while it plays, one line says so."""
    if snapshot.is_playing or playback_tick(SLUG) is not None:
        st.caption("Pause to look inside: all attention, an answer sign by sign, and the search for the best one.")
        return
    _tabs(run, snapshot)


@st.fragment
def _tabs(run: Run, snapshot: Snapshot) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    open_tab(TABS, TABS_KEY, run, snapshot)


def attention_tab(run: Run, snapshot: Snapshot) -> None:
    """The three kinds of attention for one source."""
    seen = asked_writing(run, snapshot, "attention")
    if seen is None:
        return
    kind = st.segmented_control(
        "Kind", list(KINDS), default="Cross", key="transformer_kind", label_visibility="collapsed"
    )
    chosen = kind or "Cross"
    looks = seen.looks[chosen]
    st.caption(KINDS[chosen])
    attention_view(
        SLUG,
        chosen.lower(),
        lambda: AttentionMaps(looks.weights.astype(np.float32), looks.rows, looks.columns, looks.is_seen),
    )


def steps_tab(run: Run, snapshot: Snapshot) -> None:
    """One answer, sign by sign."""
    seen = asked_writing(run, snapshot, "steps")
    if seen is None:
        return
    last = len(seen.given)
    key = "transformer_step"
    st.session_state[key] = min(st.session_state.get(key, 1), last)
    at = 1
    if last > 1:
        with st.container(width=560):
            at = int(st.slider("Step", 1, last, key=key))
    live_canvas(steps_scene(seen, at - 1), key="transformer_steps", height=0.5)
    says, chance = token_text(seen.given[at - 1]), seen.chances[at - 1, 0]
    so_far = plain(" ".join(token_text(sign) for sign in seen.inputs[:at]))
    st.markdown(
        f"Given {so_far} it says **{plain(says)}**, with a chance of {chance:.1%}. The chance of all signs up to "
        f"here is the product: {written(float(seen.chances[:at, 0].prod()), '.3g')}."
    )


def leak_tab(run: Run, snapshot: Snapshot) -> None:
    """Whether a later sign reaches an earlier place."""
    text = asked_source(snapshot, "leak")
    with st.container(width=360):
        place = int(st.slider("Sign to replace", 1, LAST_REPLACED, 4, key="transformer_replaced"))
    try:
        seen = run.look(partial(leak, text=text, place=place - 1))
    except DataError as error:
        st.error(plain(error))
        return
    show(leak_still(seen, mode()), key="transformer_leak")
    before = float(seen.changes[: seen.place].max()) if seen.place else 0.0
    verdict = "The mask holds: no place before it has moved." if before < TIGHT else "It leaks: places before it moved."
    st.markdown(
        f"Sign {seen.place + 1} of the decoder's input was replaced by **{plain(token_text(seen.other))}**. Blue: from "
        f"there on the logits may move. Orange: before it they may not, and the largest change there is "
        f"{written(before, '.2g')}. **{verdict}** Switch the causal mask off under Network and look again."
    )


def targets_tab(run: Run, snapshot: Snapshot) -> None:
    """Label smoothing: what the loss wants, and what being sure costs."""
    targets, rows, signs = run.look(first_target)  # type: ignore[arg-type]
    smoothing = snapshot.settings.label_smoothing
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(
            f"**What is wanted** at each place of the first answer of the test, with the ε = {smoothing:g} of this "
            "run: turn it under Training, it is live."
        )
        show(targets_still(targets, rows, signs, smoothing, mode()), key="transformer_targets")
    with right:
        own = st.slider("Another ε to compare", 0.0, 0.5, 0.1, 0.05, key="transformer_epsilon", **IN_URL)
        confidence = np.linspace(0.005, 0.999, 400)
        wanted = dict.fromkeys((0.0, smoothing, own))
        losses = {f"ε = {value:g}": loss_by_confidence(confidence, len(signs), value) for value in wanted}
        show(confidence_still(confidence, losses, mode()), key="transformer_confidence")
    best = 1 - own + own / len(signs)
    st.latex(
        r"q = 1 - \varepsilon + \frac{\varepsilon}{V}"
        rf" = 1 - {tex(own)} + \frac{{{tex(own)}}}{{{len(signs)}}} = {tex(best)}"
    )
    st.markdown(
        f"With ε = {own:g} the loss is lowest where the right sign has the chance q, and rises again beyond: being "
        f"quite sure costs. The loss can then not fall to 0; its least is "
        f"{written(float(loss_by_confidence(np.array([best - 1e-9]), len(signs), own)[0]), '.3f')} nats."
    )


def warm_up_tab(run: Run, snapshot: Snapshot) -> None:
    """The rise of the rate and the paper's formula, with the place of this run."""
    settings = snapshot.settings
    steps, curves = rate_curves(settings.learning_rate, settings.schedule_steps, snapshot.step)
    shown = {name: curves[name] for name in dict.fromkeys((*SCHEDULES, settings.schedule))}
    picture, words = st.columns([6, 5], gap="large")
    with picture:
        still = schedule_still(steps, shown, snapshot.step, mode(), settings.schedule)
        show(still, key="transformer_schedule")
    warm = WARM_SHARE * settings.schedule_steps
    peak = settings.embed_dim**-0.5 * warm**-0.5
    with words:
        st.markdown("**The paper's schedule** rises for w steps, then falls with the square root of the steps t.")
        st.latex(r"\text{rate}(t) = f \cdot D^{-1/2} \cdot \min\big(t^{-1/2},\; t \cdot w^{-3/2}\big)")
        st.latex(
            rf"D = {settings.embed_dim}, \quad w = {warm:g}, \quad f = \frac{{{tex(settings.learning_rate)}}}"
            rf"{{{settings.embed_dim}^{{-1/2}} \cdot {warm:g}^{{-1/2}}}} = {tex(settings.learning_rate / peak)}"
        )
        st.markdown(
            f"The factor f makes the highest rate the one chosen under Training, {settings.learning_rate:g}; w is a "
            f"tenth of the schedule's length. This run follows **{settings.schedule}** and is at step "
            f"{snapshot.step:,}."
        )


def layers_tab(run: Run, snapshot: Snapshot) -> None:
    """The layers in a table."""
    seen: Any = snapshot.observation
    anatomy(run, SLUG)
    st.text(seen.source)


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "Attention": attention_tab,
    "Sign by sign": steps_tab,
    "Greedy, beam, exact": search_tab,
    "Leak test": leak_tab,
    "Label smoothing": targets_tab,
    "Warm-up": warm_up_tab,
    "Layers and data": layers_tab,
}
