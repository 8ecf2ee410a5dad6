"""Against others, page `vae`: an autoencoder, a VAE and a β-VAE from the same first weights."""

from typing import Any, Final

import streamlit as st

from experiments.vae_settings import VAESettings
from training.race import Entrant
from training.run import Run
from ui.race import race_panel

SLUG: Final = "vae"
STEPS: Final = 600
KINDS: Final[dict[str, dict[str, Any]]] = {
    "autoencoder": {"model": "autoencoder"},
    "VAE (β = 1)": {"model": "VAE", "beta": 1.0},
    "β-VAE (β = 4)": {"model": "VAE", "beta": 4.0},
}


def entrants(run: Run) -> list[Entrant]:
    """The three on the examples of this run, with its seed and its other settings; nothing is out of order in them."""
    now: VAESettings = run.settings
    usual = {"sign": "right", "reduction": "sum", "warm_up": 0, "free_bits": 0.0}
    return [Entrant(label, run.build, now.changed(**usual, **values)) for label, values in KINDS.items()]


def race_of_kinds(run: Run) -> None:
    """Trains the three side by side."""
    st.markdown(
        "**How hard to pull.** Three networks learn the same examples, with sums over the values. Who copies best, and "
        "whose samples are the best?"
    )
    score = "sample_surprise" if run.settings.data == "points" else "sample_haze"
    watched = ("test_reconstruction", score, "active_units")
    if race_panel(SLUG, "kinds", lambda: entrants(run), steps=STEPS, watched=watched) is not None:
        st.caption(
            "Sample surprise: minus the logarithm of the true density at decoded draws from N(0, 1), in nats."
            if run.settings.data == "points"
            else "Sample haze: how grey decoded draws from N(0, 1) are, as a multiple of the copies; 1 is as clear."
        )
