"""Compare, page `augmentation`: what augmentation gives with few and with many training pictures."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from experiments.augmentation_settings import AugmentationSettings
from training.race import Entrant
from training.run import Build
from ui.race import race_panel

SLUG: Final = "augmentation"
AMOUNTS: Final = (50, 200, 800)
STEPS: Final = 300


def amounts(settings: AugmentationSettings, build: Build) -> None:
    """Trains both networks on each number of pictures, with the knobs as they are.

    Args:
        settings: of the page's run.
        build: makes the experiment of settings.
    """

    def entrants() -> Sequence[Entrant]:
        return [Entrant(f"{n:,} pictures", build, settings.changed(num_train=n)) for n in AMOUNTS]

    st.markdown(
        "**How many pictures?** Both networks on few, on some and on many training pictures: `plain` is the one "
        "without augmentation."
    )
    watched = ("test_accuracy", "test_plain_accuracy", "test_altered_accuracy")
    race_panel(SLUG, "amounts", entrants, steps=STEPS, watched=watched, label="Train on few and on many")
