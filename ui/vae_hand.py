"""Look inside, page `vae`: the reparameterisation trick by hand, and its gradient against the score function's."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from experiments.vae_estimates import NUM_ESTIMATES, gradients, hand
from experiments.vae_hand import BASELINE, PATHWISE, SCORE, WAYS, Estimates, Hand, Told, apart_of, strays, told
from experiments.vae_inside import codes, one_example
from figures.vae_hand import hand_scene
from figures.vae_still import strays_still
from training.run import Run, Snapshot
from ui.live import live_canvas
from ui.still import mode, show
from ui.vae_example import NO_CLOUD, choose_row
from ui.words import factor, tex, written

REACH: Final = 4.0  # of μ and ε
NARROW, WIDE = 0.01, 2.0  # of σ
COUNTS: Final = (1, 2, 4, 8, 16, 32, 64)
SURE: Final = 3.0  # standard errors between two estimates that are still called alike


def hand_tab(run: Run, snapshot: Snapshot) -> None:
    """One unit of one example: its dice, its μ and σ to turn, and where the slopes flow."""
    if snapshot.settings.model != "VAE":
        st.caption(NO_CLOUD)
        return
    row, unit, mean, deviation, noise = _choose(run, snapshot)
    found = run.look(partial(hand, row=row, unit=unit, mean=mean, deviation=deviation, noise=noise))
    live_canvas(hand_scene(found.hand, found.decoded, found.given), key="vae_hand_picture")
    st.latex(formula(found.hand))
    st.caption(
        "f(z) is the reconstruction loss −ln p(x|z) of this example; its other units stay at their means. The dice are "
        "thrown before μ and σ are known, so z is a smooth function of both, and the slope of f goes through it. Had z "
        "been drawn from N(μ, σ²) directly, there would be no way back to μ and σ. The KL needs no dice: its slopes "
        f"are ∂KL/∂μ = μ = {written(mean, '.3g')} and ∂KL/∂σ = σ − 1/σ = {written(deviation - 1 / deviation, '.3g')}."
    )
    _compare(run, row, unit, mean, deviation)


def _choose(run: Run, snapshot: Snapshot) -> tuple[int, int, float, float, float]:
    """Example, unit, μ, σ and ε; at first those that the encoder says."""
    first, second, third, fourth, fifth = st.columns([2, 2, 3, 3, 3], gap="medium", vertical_alignment="bottom")
    with first:
        row = choose_row(snapshot, "hand")
    order = run.look(codes).order
    with second:
        unit = st.selectbox("Unit", order, format_func=lambda unit: f"{unit + 1}", key=f"vae_hand_unit_{len(order)}")
    said = run.look(partial(one_example, row=row))
    mean = float(np.clip(np.nan_to_num(said.mean[unit]), -REACH, REACH))
    deviation = float(np.clip(np.nan_to_num(said.deviation[unit]), NARROW, WIDE))
    key = f"{row}_{unit}_{snapshot.step}"
    mean = third.slider("μ", -REACH, REACH, mean, 0.01, key=f"vae_hand_mean_{key}")
    deviation = fourth.slider("σ", NARROW, WIDE, deviation, 0.01, key=f"vae_hand_deviation_{key}")
    noise = fifth.slider("ε", -3.0, 3.0, 1.0, 0.01, key="vae_hand_noise", help="What the dice show.")
    return row, int(unit), mean, deviation, noise


def formula(hand: Hand) -> str:
    """One draw and its derivatives with the numbers put in, and what flows back."""
    lines = [
        rf"z &= \mu + \sigma \, \varepsilon = {tex(hand.mean)} + {factor(hand.deviation)} \cdot {factor(hand.noise)} "
        rf"= {tex(hand.z)} & f(z) &= {tex(hand.cost, 4)}",
        rf"\frac{{\partial f}}{{\partial \mu}} &= \frac{{\partial f}}{{\partial z}} \cdot "
        rf"\frac{{\partial z}}{{\partial \mu}} = {factor(hand.slope)} \cdot 1 = {tex(hand.slope_of_mean)} & "
        rf"\frac{{\partial f}}{{\partial \sigma}} &= \frac{{\partial f}}{{\partial z}} \cdot "
        rf"\frac{{\partial z}}{{\partial \sigma}} = {factor(hand.slope)} \cdot {factor(hand.noise)} = "
        rf"{tex(hand.slope_of_deviation)}",
    ]
    return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"


# ---- against the score function --------------------------------------------------------------------------------------


def _compare(run: Run, row: int, unit: int, mean: float, deviation: float) -> None:
    """Three estimates of the same slopes from the same draws."""
    st.markdown("**Why not simply weigh the draws?** The same slopes of the mean loss, estimated in three ways:")
    found = run.look(partial(gradients, row=row, unit=unit, mean=mean, deviation=deviation))
    left, right = st.columns([7, 5], gap="medium")
    with left:
        st.markdown(table(found))
        st.markdown(verdict(found))
    with right:
        each = {name: np.array(strays(found.of_mean[name], COUNTS)) for name in WAYS}
        show(strays_still(COUNTS, each, mode()), key="vae_hand_strays")
    st.caption(
        "The score function E[f(z) ∂ ln q(z)/∂μ] = E[f(z) ε/σ] needs no slope of the decoder, so it works for dice "
        "that choose among classes as well. Its price is the spread: it learns from the size of f, not from its slope. "
        f"The baseline takes the mean of the other draws off f. All from {NUM_ESTIMATES:,} draws of this example."
    )


def table(found: Estimates) -> str:
    """Both slopes by each way, with standard errors and the variance of one draw."""
    lines = ["| | ∂E[f]/∂μ | variance | ∂E[f]/∂σ | variance |", "|---|---|---|---|---|"]
    for name in WAYS:
        cells = [cell for draws in (found.of_mean[name], found.of_deviation[name]) for cell in _cells(told(draws))]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cells(one: Told) -> tuple[str, str]:
    return f"${{{tex(one.mean)} \\pm {tex(one.error, 2)}}}$", f"${{{tex(one.variance, 2)}}}$"


def verdict(found: Estimates) -> str:
    """Whether the ways agree, and how many draws the score function needs for the same certainty."""
    ways = {name: told(found.of_mean[name]) for name in WAYS}
    path, score = ways[PATHWISE], ways[SCORE]
    apart = max(apart_of(slopes[PATHWISE], slopes[SCORE]) for slopes in (found.of_mean, found.of_deviation))
    agree = "agree within their errors" if apart <= SURE else "do not agree: the variance is too large to trust these"
    return (
        f"Pathwise and score function lie at most {apart:.1f} standard errors apart: they {agree}. For ∂E[f]/∂μ the "
        f"score function has **{_times(score, path)}** the variance of the pathwise estimate and needs so many times "
        f"the draws; with the baseline **{_times(ways[BASELINE], path)}**."
    )


def _times(one: Told, other: Told) -> str:
    ratio = one.variance / max(other.variance, 1e-30)
    return f"{ratio:,.0f} times" if ratio >= 10 else f"{ratio:.2g} times"
