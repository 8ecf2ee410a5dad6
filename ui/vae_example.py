"""Look inside, page `vae`: one test example with its numbers, and the way from one to another."""

from functools import partial
from typing import Any, Final

import numpy as np
import streamlit as st

from experiments.vae_inside import ENDS, MEANS, PRIOR, OneExample, one_example, units, ways
from figures.vae_latent import example_scene, ways_scene
from figures.vae_still import cloud_still, densities_still, kl_still, lengths_still
from training.run import Run, Snapshot
from ui.live import live_canvas
from ui.still import mode, show
from ui.words import tex, written

NO_CLOUD: Final = "A plain autoencoder has no doubt σ, and so nothing to draw here: choose VAE under Kind."
DICE: Final = "_vae_ways_dice"


def choose_row(snapshot: Snapshot, what: str, label: str = "Test example", away: int = 0) -> int:
    """The place of a test example, from 0; people count from 1. At first the one in the live picture.

    Args:
        snapshot: of the run.
        what: for whom it is, part of its key.
        label: of the knob.
        away: so many places behind the one in the live picture at first.
    """
    seen: Any = snapshot.observation
    first = (seen.example + away) % seen.num_test
    key = f"vae_{what}_{snapshot.settings.data}_{seen.example}"
    help = f"From 1 to {seen.num_test}."
    return int(st.number_input(label, 1, seen.num_test, first + 1, step=1, key=key, help=help)) - 1


# ---- one example -----------------------------------------------------------------------------------------------------


def example_tab(run: Run, snapshot: Snapshot) -> None:
    """An input, its cloud, what is decoded from it, and its loss in nats."""
    with st.container(width=180):
        row = choose_row(snapshot, "example")
    found = run.look(partial(one_example, row=row))
    live_canvas(example_scene(found), key="vae_example_picture")
    if snapshot.settings.model != "VAE":
        st.markdown(
            f"Reconstruction loss **{written(found.cost, '.4g')}** nats. A plain autoencoder says one point and no "
            "doubt: every draw is the same."
        )
        return
    many = run.look(units)
    order = sorted(range(len(found.kl)), key=lambda unit: -np.nan_to_num(found.kl[unit]))
    left, middle, right = st.columns([5, 4, 4], gap="medium")
    with left:
        st.latex(formula(found))
        st.markdown(_words(found, many))
    with middle:
        show(cloud_still(found.mean, found.deviation, order, mode()), key="vae_example_cloud")
    with right:
        show(kl_still(found.kl, many.active, order, mode()), key="vae_example_kl")


def formula(found: OneExample) -> str:
    """The loss of the example, and the divergence of the unit that says most, with the numbers put in."""
    unit = int(np.nan_to_num(found.kl).argmax())
    mean, deviation = float(found.mean[unit]), float(found.deviation[unit])
    total = float(found.kl.sum())
    with np.errstate(divide="ignore"):  # an exploded network is shown too
        log_variance = 2 * float(np.log(deviation))
    return (
        rf"\begin{{aligned}} L &= \underbrace{{{tex(found.cost, 4)}}}_{{-\ln p(x|z)}} + "
        rf"\underbrace{{{tex(total)}}}_{{\mathrm{{KL}}}} = {tex(found.cost + total, 4)} \\ "
        rf"\mathrm{{KL}}_{{{unit + 1}}} &= \tfrac12(\mu^2 + \sigma^2 - 1 - \ln \sigma^2) \\ "
        rf"&= \tfrac12({tex(mean**2)} + {tex(deviation**2)} - 1 {_less(log_variance)}) \\ "
        rf"&= {tex(float(found.kl[unit]))} \end{{aligned}}"
    )


def _less(value: float) -> str:
    """Taken off in a sum."""
    return f"- {tex(value)}" if value >= 0 else f"+ {tex(-value)}"


def _words(found: OneExample, many: Any) -> str:
    return (
        f"Nats, for this example alone. The reconstruction is the mean over 100 draws, which differ by "
        f"{written(found.spread, '.3g')}; from the mean μ it is {written(found.cost_of_mean, '.4g')}. "
        f"{int(many.active.sum())} of {len(many.active)} units are used over the test."
    )


# ---- between two -----------------------------------------------------------------------------------------------------


def between_tab(run: Run, snapshot: Snapshot) -> None:
    """Two ways from one code to another."""
    choices = ENDS if snapshot.settings.model == "VAE" else (MEANS,)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        with st.container(width=160):
            first = choose_row(snapshot, "from", "From test example")
        with st.container(width=160):
            second = choose_row(snapshot, "to", "To test example", away=1)
        ends = st.segmented_control("Between", choices, default=MEANS, required=True, key=f"vae_between_{len(choices)}")
        if ends != MEANS:
            st.button("Throw other dice", key="vae_between_dice", on_click=_throw)
    found = run.look(partial(ways, first=first, second=second, ends=ends, seed=st.session_state.get(DICE, 0)))
    names = ("", "") if ends == PRIOR else (f"test {first + 1}", f"test {second + 1}")
    background = run.call("test_inputs", places=list(range(300))) if snapshot.settings.data == "points" else None
    live_canvas(ways_scene(found, names, background), key="vae_between_picture")
    left, right = st.columns(2, gap="large")
    with left:
        show(lengths_still(found, mode()), key="vae_between_lengths")
    with right:
        show(densities_still(found, mode()), key="vae_between_densities")
    st.latex(
        r"\text{straight: } (1-t)\,a + t\,b \qquad \text{spherical: } \ell(t) \left( "
        r"\frac{\sin (1-t)\omega}{\sin \omega}\,\frac{a}{\lVert a \rVert} + "
        r"\frac{\sin t\omega}{\sin \omega}\,\frac{b}{\lVert b \rVert} \right), \quad "
        rf"\omega = {tex(found.angle)}°, \; \ell \text{{ from }} {tex(float(found.straight.lengths[0]))} "
        rf"\text{{ to }} {tex(float(found.straight.lengths[-1]))}"
    )
    st.markdown(ways_words(found))


def _throw() -> None:
    st.session_state[DICE] = st.session_state.get(DICE, 0) + 1


def ways_words(found: Any) -> str:
    """Why there is a second way, with the numbers of this one."""
    low, usual, high = found.usual
    middle = len(found.fine) // 2
    straight, spherical = float(found.straight.lengths[middle]), float(found.spherical.lengths[middle])
    shell = (
        f"**Why a sphere.** Draws from N(0, 1) in {found.num_units} units are about {usual:.2f} long, nine of ten "
        f"between {low:.2f} and {high:.2f} (dotted). With many units they lie on a shell of radius √k: the density is "
        "highest in the middle, and yet no draw ever falls there. Half way, the straight way is "
        f"{straight:.2f} long, the spherical one {spherical:.2f}. "
    )
    if straight < low <= spherical:
        return f"{shell}So the straight way leaves the shell, and the decoder is asked where it was not trained."
    return (
        f"{shell}Here the straight way does no harm. It does with 64 units, between two draws from N(0, 1); "
        "the means μ are shorter than draws, because units that say little have μ near 0."
    )
