"""Look inside, page `vae`: how far the bound lies below log p(x)."""

import math
from functools import partial

import streamlit as st

from experiments.vae_estimates import NUM_PARTS, NUM_WEIGHTS, Bounds, bounds, places_of_bound, weights
from figures.vae_still import bound_still
from training.run import Run, Snapshot
from ui.still import mode, show
from ui.vae_example import NO_CLOUD, choose_row
from ui.words import written

SOME, ONE = "Some test examples", "One test example"


def bound_tab(run: Run, snapshot: Snapshot) -> None:
    """The importance-weighted bound over the number of draws."""
    if snapshot.settings.model != "VAE":
        st.caption(NO_CLOUD)
        return
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        what = st.segmented_control("Bound of", (SOME, ONE), default=SOME, required=True, key="vae_bound_of")
        places = run.look(places_of_bound)
        if what == ONE:
            with st.container(width=180):
                places = (choose_row(snapshot, "bound"),)
    parts = [run.look(partial(weights, places=places, part=part)) for part in range(NUM_PARTS)]
    found = run.look(partial(bounds, places=places, parts=parts))
    left, right = st.columns(2, gap="large")
    with left:
        show(bound_still(found.counts, found.means, found.errors, _levels(found), mode()), key="vae_bound_curve")
    with right:
        st.latex(formula(found))
        st.markdown(_words(found, snapshot, len(places)))


def _levels(found: Bounds) -> list[tuple[str, float]]:
    return [("true density", found.true_density)] if math.isfinite(found.true_density) else []


def formula(found: Bounds) -> str:
    """The ELBO and the bound of K draws with their numbers."""
    elbo, last = float(found.means[0]), float(found.means[-1])
    form = ".2f" if abs(elbo) >= 10 else ".3f"
    return (
        r"\begin{aligned} \mathrm{ELBO} &= \mathbb{E}[\ln p(x|z)] - \mathrm{KL} \\ "
        rf"&= {elbo + found.kl:{form}} - {found.kl:{form}} = {elbo:{form}} \\ "
        r"L_K &= \mathbb{E} \ln \frac{1}{K} \sum_{i=1}^{K} \frac{p(x|z_i)\, p(z_i)}{q(z_i|x)} \\ "
        rf"L_1 &= {elbo:{form}} \le L_{{{found.counts[-1]}}} = {last:{form}} \le \ln p(x) \end{{aligned}}"
    )


def _words(found: Bounds, snapshot: Snapshot, count: int) -> str:
    gain = float(found.means[-1] - found.means[0])
    error = float(found.errors[-1])
    who = "of this example" if count == 1 else f"over {count} test examples"
    words = (
        f"**The bound rises by {written(gain, '.3g')} nats** from K = 1 to K = {found.counts[-1]} (± {error:.2g}, the "
        f"standard error of the last), the mean {who} with {NUM_WEIGHTS:,} draws each. With one draw it is the ELBO. "
        "That lies below ln p(x) by KL(q(z|x) ‖ p(z|x)): the encoder's cloud is not quite where the z that explain x "
        "are. More draws, weighed by how well they explain x, make up for it "
        "([Burda et al., 2016](https://arxiv.org/abs/1509.00519))."
    )
    if math.isfinite(found.true_density):
        rest = found.true_density - float(found.means[-1])
        words += (
            f"\n\nHere the source of the points is known: its log density is **{written(found.true_density, '.3f')}**. "
        )
        words += (
            "At a single point the model may well be above it; on average it cannot be."
            if count == 1
            else f"The {written(rest, '.3f')} nats that are left to it are what the decoder has not learnt, and the "
            f"little that even {found.counts[-1]} draws lose."
        )
    elif snapshot.settings.reconstruction == "MSE":
        words += "\n\nUp to a constant: the squared difference is −ln of a Gaussian of variance ½ without its factor."
    else:
        words += "\n\nGrey pixels are taken as shares of white, so this is a score of that kind, not bits of a file."
    return words
