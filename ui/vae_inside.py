"""Look inside, page `vae`: tabs below the paused picture, of which only the open one is computed."""

from collections.abc import Callable
from typing import Final

import numpy as np
import streamlit as st

from experiments.vae_inside import Units, units
from figures.vae_still import aggregate_still, kl_still, variance_still
from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.still import mode, show
from ui.tabs import open_tab
from ui.time_travel import playback_tick
from ui.vae_bound import bound_tab
from ui.vae_example import between_tab, example_tab
from ui.vae_hand import hand_tab
from ui.vae_latent import latent_tab
from ui.vae_live import SLUG
from ui.vae_own import own_tab
from ui.words import written

TABS_KEY: Final = "vae_inside"
FULL: Final = 0.1  # nats of a unit that is not empty
FAR: Final = 0.2  # by which mean or deviation of all draws may differ from those of N(0, 1)


def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The part of the page for a paused run; while it plays, one line says so."""
    if snapshot.is_playing or playback_tick(SLUG) is not None:
        st.caption("Pause to look inside: every number of this network can then be read.")
        return
    _tabs(run, snapshot)


@st.fragment
def _tabs(run: Run, snapshot: Snapshot) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    open_tab(TABS, TABS_KEY, run, snapshot)


def units_tab(run: Run, snapshot: Snapshot) -> None:
    """Which units say something, and whether all clouds together look like the prior."""
    found = run.look(units)
    is_vae = snapshot.settings.model == "VAE"
    st.markdown(health_words(found, snapshot.settings.beta) if is_vae else _plain_words(found))
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Nats of each unit**" if is_vae else "**How far the codes spread in each unit**")
        still = kl_still(found.kl, found.active, found.order, mode()) if is_vae else variance_still(found, mode())
        show(still, key="vae_units_kl")
    with right:
        unit = _unit(found)
        show(aggregate_still(found.draws[:, unit], found.mean[:, unit], unit, mode()), key="vae_units_spread")
        st.caption(_unit_words(found, unit))


def _unit(found: Units) -> int:
    st.markdown("**All clouds together against the prior**")
    with st.container(width=200):
        return int(
            st.selectbox(
                "Unit", found.order, format_func=lambda unit: f"unit {unit + 1}", key=f"vae_units_{len(found.kl)}"
            )
        )


def _unit_words(found: Units, unit: int) -> str:
    draws, mean = found.draws[:, unit], found.mean[:, unit]
    used = "used" if found.active[unit] else "not used"
    return (
        f"Unit {unit + 1} is {used}: its mean varies by {found.variance[unit]:.3g} over the test examples (used above "
        f"0.01), its σ is {found.deviation[unit]:.3g} on average. Its draws have mean {written(draws.mean(), '.2f')} "
        f"and deviation {draws.std():.2f}, the means alone {mean.std():.2f}. What lies beyond 4 stands at the edge."
    )


def health_words(found: Units, beta: float) -> str:
    """How the code does, in words.

    Args:
        found: the units.
        beta: the weight of the pull, for the advice.
    """
    k, used, total = len(found.kl), int(found.active.sum()), float(found.kl.sum())
    rate = f"The code costs **{total:.3g} nats** ({total / np.log(2):.3g} bits) an example."
    if not np.isfinite(total):
        return "The numbers of this network are no numbers any more: reset the run, with a lower learning rate."
    if used == 0 and total > FULL * k:
        return f"None of {k} units tells inputs apart, and yet the clouds lie far from N(0, 1): **{total:.3g} nats**."
    if used == 0:
        return (
            f"**Posterior collapse.** None of {k} units says anything of its input: every cloud is N(0, 1) itself. "
            f"The decoder gets dice and answers with one average picture. {rate} A lower β (it is {beta:g}), a β that "
            "rises slowly, or free nats let the units come back."
        )
    everyone = f"All {k} units are" if k > 1 else "The one unit is"
    words = f"**{used} of {k} units are used.** " if used < k else f"**{everyone} used.** "
    if used < k:
        idle = float(found.kl[~found.active].sum())
        who = "The other unit says" if k - used == 1 else f"The other {k - used} say"
        words += (
            f"{who} nothing of the input: a μ that hardly moves, {idle:.2g} nats in all. Its dice the decoder learns "
            "to ignore. "
        )
    return f"{words}{rate} {_prior_words(found)}"


def _prior_words(found: Units) -> str:
    """Whether draws from the prior meet places that the decoder knows."""
    draws = found.draws[:, found.active]
    means, deviations = draws.mean(0), draws.std(0)
    off = np.abs(means).max(), np.abs(deviations - 1).max()
    told = (
        f"Over the used units, all clouds together have means up to {off[0]:.2f} from 0 and deviations up to "
        f"{off[1]:.2f} from 1"
    )
    if max(off) <= FAR:
        return f"{told}: unit by unit they are spread like draws from N(0, 1), so those meet what the decoder knows."
    return f"{told}: they are not spread like draws from N(0, 1), so decoded draws are not spread like the data."


def _plain_words(found: Units) -> str:
    return (
        f"A plain autoencoder has no clouds and no pull: its {len(found.kl)} units spread as they like, and a draw "
        "from N(0, 1) may fall anywhere between them."
    )


def layers_tab(run: Run, snapshot: Snapshot) -> None:
    """The layers in a table."""
    anatomy(run, SLUG)


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "Latent map": latent_tab,
    "Between two": between_tab,
    "One example": example_tab,
    "Reparameterisation": hand_tab,
    "The bound": bound_tab,
    "Units": units_tab,
    "Your picture": own_tab,
    "Layers": layers_tab,
}
