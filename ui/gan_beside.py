"""Compare, page `gan`: a GAN and a VAE on the same examples, trained side by side, with samples of both."""

from typing import Final

import streamlit as st

from experiments.gan_beside import GAN, VAE, entrants, floor_of, samples_of, watched
from experiments.gan_inside import real_examples
from experiments.gan_settings import OWN_POINTS, PLANE, GANSettings
from figures.curves import Level
from figures.gan_beside import Panel, samples_scene
from figures.scene import Colour
from training.race import Race
from training.run import Run
from ui.gan_live import SLUG
from ui.live import live_canvas
from ui.race import race_panel

STEPS_ON_PLANE: Final = 2000
STEPS_ON_PICTURES: Final = 600
COLOURS: Final[dict[str, Colour]] = {GAN: 0, VAE: 1}  # those of their curves


def beside(run: Run, settings: GANSettings) -> None:
    """A race of two, behind a button."""
    settings = run.settings
    st.markdown(
        "**GAN and VAE.** Both turn noise into examples. A variational autoencoder learns to explain every example and "
        "pays for each it cannot explain: it seldom leaves a mode out, and blurs what it is unsure of. A GAN only has "
        "to pass: it may leave modes out, and need not blur. Both get the same examples, the same batches and as "
        "much noise, and are judged by the distance of their samples to real examples that neither has seen."
    )
    if settings.data == OWN_POINTS:
        st.caption("Points of your own have no others to be compared with: take a cloud, or pictures.")
        return
    is_plane = settings.data in PLANE
    level = Level("two samples of the data", run.look(floor_of))
    own = run.experiment.material.get("own") if not is_plane else None  # type: ignore[attr-defined]
    real = run.look(real_examples)  # type: ignore[arg-type]

    def draw(race: Race) -> None:
        panels = [Panel("Real examples", real, "grey")]
        for entrant, one in zip(race.entrants, race.runs, strict=False):
            found = samples_of(one)
            title = f"{entrant.label}: distance {found.distance:.3f}, {found.num_parameters:,} parameters"
            panels.append(Panel(title, found.made, COLOURS[entrant.label]))
        live_canvas(samples_scene(panels, real), key="gan_beside_samples", height=0.55)

    race = race_panel(
        SLUG, "beside", lambda: entrants(settings, own), steps=STEPS_ON_PLANE if is_plane else STEPS_ON_PICTURES,
        watched=watched(settings), levels={"energy_distance": [level]}, label="Train GAN and VAE side by side",
        below=draw,
    )  # fmt: skip
    if race is not None:
        st.caption(
            "Far: share of the samples that are near no mode. Those of the VAE are drawn with the noise of its decoder."
            if is_plane
            else "Haze: how undecided the pixels are, as a multiple of real pictures. The VAE's samples are the means "
            "of its decoder, as is usual."
        )
