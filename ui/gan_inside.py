"""Look inside, page `gan`: tabs below the paused picture, of which only the open one is computed."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from experiments.gan_inside import ideal, memory_of, modes_of, scores_of, slopes_of
from experiments.gan_settings import CHANCES
from figures.gan_inside import histograms_still, ideal_scene, modes_scene, pairs_scene, roc_still, slopes_still
from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.gan_live import SLUG
from ui.gan_stages import stages_tab
from ui.gan_walk import walk_tab
from ui.live import live_canvas
from ui.still import mode, show
from ui.tabs import open_tab
from ui.time_travel import playback_tick
from ui.words import written

TABS_KEY: Final = "gan_inside"
COPIED: Final = 0.5  # ratio of distances below which fakes are called copies
NO_NUMBERS: Final = "The numbers are none any more: reset, or change a setting."


def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The part of the page for a paused run; while it plays, one line says so."""
    if snapshot.is_playing or playback_tick(SLUG) is not None:
        st.caption(
            "Pause to look inside: the next step in slow motion, the noise, the scores, the modes, the gradients."
        )
        return
    _tabs(run, snapshot)


@st.fragment
def _tabs(run: Run, snapshot: Snapshot) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    is_whole = not snapshot.has_failed
    tabs = {name: draw if is_whole or draw is layers_tab else _no_numbers for name, draw in TABS.items()}
    open_tab(tabs, TABS_KEY, run, snapshot)


def _no_numbers(run: Run, snapshot: Snapshot) -> None:
    st.caption(NO_NUMBERS)


# ---- scores --------------------------------------------------------------------------------------------------------


def scores_tab(run: Run, snapshot: Snapshot) -> None:
    """What the discriminator says, how well it tells, and the best answer."""
    seen: Any = snapshot.observation
    found = run.look(scores_of)  # type: ignore[arg-type]
    samples = {"real": found.real, "fake": found.fake, "real, never seen": found.fresh}
    if seen.is_chance:
        samples = {name: 1 / (1 + np.exp(-scores)) for name, scores in samples.items()}
    samples = {name: scores for name, scores in samples.items() if len(scores)}
    left, right = st.columns([6, 5], gap="large")
    with left:
        title = "D(x), the chance of being real" if seen.is_chance else "score D(x)"
        show(
            histograms_still(samples, title, mode(), what="What the discriminator says", limits=seen.limits),
            key="gan_scores",
        )
    with right:
        show(roc_still(found.false_share, found.true_share, found.area, mode()), key="gan_roc")
    where = "at D = 1/2" if seen.is_chance else "at a score of 0" if seen.loss == "hinge" else "at the best threshold"
    words = (
        f"It is right **{found.accuracy:.1%}** of the time {where}. A random real example scores above a random fake "
        f"with a chance of **{found.area:.1%}**, the area under the ROC curve; at 50% it cannot tell them apart."
    )
    if "real, never seen" in samples:
        known, new = (written(float(samples[name].mean()), ".3g") for name in ("real", "real, never seen"))
        words += (
            f" Real examples that it learns from get {known} on average, real ones that it has never seen {new}: a "
            "large gap would mean that it knows them by heart."
        )
    st.markdown(" ".join([words, *(alarm for alarm in seen.alarms if alarm == seen.verdicts[1])]))
    _ideal(run, snapshot)


def _ideal(run: Run, snapshot: Snapshot) -> None:
    """D beside the best D, where that is known."""
    st.markdown("**The best discriminator.** Where the data have density p and the fakes q, no D is better than")
    st.latex(r"D^*(x) = \frac{p(x)}{p(x) + q(x)}")
    found = run.look(ideal)  # type: ignore[arg-type]
    if found is None:
        st.caption(
            "It can be drawn for the clouds of points, whose density is known, under the losses whose best answer this "
            "is: minimax, non-saturating and least squares. A critic has another best answer, and for pictures nobody "
            "knows p."
        )
        return
    live_canvas(ideal_scene(found.said, found.best, found.fakes, found.real), key="gan_ideal", height=0.55)
    smoothed = ", times one minus the label smoothing" if snapshot.settings.label_smoothing else ""
    st.markdown(
        f"Where the examples are, D is **{found.gap:.2f}** away from the best answer on average. q is estimated from "
        f"2,000 fakes with a small bell around each, and p is blurred by the same bell{smoothed}. Hatched: there is "
        "next to nothing of either. If the fakes were as good as the data, D* would be 1/2 everywhere."
    )


# ---- modes and memory ----------------------------------------------------------------------------------------------


def modes_tab(run: Run, snapshot: Snapshot) -> None:
    """Which modes are reached, and whether training examples are copied."""
    found = run.look(modes_of)  # type: ignore[arg-type]
    if found is None:
        st.caption("These data have no modes to count: take the ring, the grid, the clusters, or pictures.")
    else:
        _coverage(found)
    st.markdown("**By heart?** How far each fake is from the closest training example.")
    _memory(run, snapshot)


def _coverage(found: Any) -> None:
    """The modes of a cloud on the plane and in a table; classes of pictures in a table."""
    is_plane, count = len(found.centres) > 0, int(found.is_covered.sum())
    one, many = ("mode", "modes") if is_plane else ("class", "classes")
    far = f"; **{found.share_far:.1%}** of the fakes are near none" if is_plane else ""
    how = (
        "A fake belongs to a mode within three deviations of its centre"
        if is_plane
        else "A fake counts for the class of the training picture that it is closest to"
    )
    st.markdown(
        f"**{count} of {len(found.names)} {many}** are reached{far}. {how}, and a {one} is reached if it gets a fifth "
        "of its fair share."
    )
    left, right = st.columns([5, 6], gap="large") if is_plane else (None, st.container())
    if left is not None:
        with left:
            scene = modes_scene(found.centres, found.radii, found.shares, found.is_covered, found.fakes)
            live_canvas(scene, key="gan_modes", height=0.6)
    columns = {"fakes": found.shares, "data": found.fair, "reached": found.is_covered}
    top = max(0.01, float(found.shares.max()), float(found.fair.max()))
    kinds = st.column_config
    right.dataframe(
        pd.DataFrame({one: found.names, **columns}),
        hide_index=True,
        column_config={
            "fakes": kinds.ProgressColumn(format="percent", min_value=0.0, max_value=top, help="Share of the fakes."),
            "data": kinds.NumberColumn(format="percent", help="Share of the data."),
        },
        height=440 if len(found.names) > 12 else "auto",
        alt=f"Every {one} with its share of the fakes and of the data.",
        key="gan_modes_table",
    )


def _memory(run: Run, snapshot: Snapshot) -> None:
    """Distances to the closest training example, and for pictures the closest pairs."""
    found = run.look(memory_of)  # type: ignore[arg-type]
    samples = {"real, held out": found.fresh, "fakes": found.fake}
    is_plane = found.training.shape[1] == 2
    if not is_plane:
        shape = (len(found.fakes), 1, 28, 28)
        labels = [f"{distance:.2f}" for distance in found.closest]
        fakes, training = ((each.reshape(shape) + 1) / 2 for each in (found.fakes, found.training))
        live_canvas(pairs_scene(fakes, training, labels), key="gan_pairs", height=0.4)
        st.caption(f"The ten fakes that are closest to a training picture, of {len(found.fake)}, and their distance.")
    show(
        histograms_still(samples, "distance to the closest training example", mode(), what="Distances"), key="gan_near"
    )
    verdict = "many are copies" if found.ratio < COPIED else "they are not copied"
    st.markdown(
        f"The median distance of the fakes is **{found.ratio:.2f}** times that of real examples held out: {verdict}. "
        "Near 1 the fakes keep as far from the training examples as new real ones do; far above 1 they are not yet "
        "near the data at all."
    )


# ---- gradient ------------------------------------------------------------------------------------------------------


def gradient_tab(run: Run, snapshot: Snapshot) -> None:
    """What each loss would hand to the generator right now."""
    found = run.look(slopes_of)  # type: ignore[arg-type]
    chosen = snapshot.settings.loss
    st.markdown(
        "**The same fakes, the same discriminator, six losses.** The gradient on a fake is the slope of the loss at "
        "its score, times the slope of the score at the fake, which is "
        f"{written(found.steepness, '.2g')} per unit on average here and the same for all."
    )
    left, right = st.columns(2, gap="large")
    with left:
        show(slopes_still(found.scores, found.curves, found.here, chosen, mode()), key="gan_slopes")
    with right:
        _slopes_table(found, chosen)
    own, other = found.factors["minimax"], found.factors["non-saturating"]
    critic = " This discriminator was trained as a critic, whose scores are no logits: do not take D at its word."
    st.markdown(
        "**Why the first loss starves.** Minimax lets the generator lower ln(1 − D). Its slope is D itself: the surer "
        "the discriminator is that a fake is one, the less the fake is told. −ln D has the slope 1 − D, which is "
        f"largest just then. Here the two hand over {written(own, '.2g')} and {written(other, '.2g')} of the slope. "
        "Least squares grows with the distance from 1, and a critic hands its slope on as it is."
        + ("" if chosen in CHANCES else critic)
    )


def _slopes_table(found: Any, chosen: str) -> None:
    """A row for each loss."""
    names = [f"{name} (this run)" if name == chosen else name for name in found.factors]
    columns = {"at its score": found.factors, "at the fake": found.lengths, "starved": found.starved}
    frame = pd.DataFrame({"loss": names, **{name: list(column.values()) for name, column in columns.items()}})
    number = st.column_config.NumberColumn
    config = {
        "at its score": number(format="%.3g", help="|∂loss/∂score|, mean over the fakes."),
        "at the fake": number(format="%.3g", help="Length of ∂loss/∂x̃, mean over the fakes."),
        "starved": number(format="percent", help="Share of the fakes that get less than 1% of the score's slope."),
    }
    alt = "For each loss the slope at the score, the gradient on a fake, and the share of starved fakes."
    st.dataframe(frame, hide_index=True, column_config=config, key="gan_slopes_table", alt=alt)


def layers_tab(run: Run, snapshot: Snapshot) -> None:
    """The layers of both in a table."""
    anatomy(run, SLUG)


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "Slow motion": stages_tab,
    "Latent walk": walk_tab,
    "Scores": scores_tab,
    "Modes and memory": modes_tab,
    "Gradient on the fakes": gradient_tab,
    "Layers": layers_tab,
}
