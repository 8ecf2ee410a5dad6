"""The race of vocabularies on the page `tokenizer`."""

from typing import Any, Final

import streamlit as st

from experiments.tokenizer_race import entrants
from experiments.tokenizer_settings import TokenizerSettings
from training.run import Run
from ui.race import race_panel
from ui.tokenizer_live import SLUG

STEPS: Final = 300


def race_of_vocabularies(run: Run, settings: TokenizerSettings) -> None:
    """Trains the network of the page on bytes and on four vocabularies."""
    st.markdown(
        "**How large a vocabulary?** The same text and network, cut into bytes and into more and more tokens. Bits per "
        "byte can be compared; the loss per token cannot, because tokens differ in length."
    )

    def own_of(experiment: Any) -> Any:
        return experiment.material.get("own")

    own = run.look(own_of)
    race_panel(
        SLUG, "vocabularies", lambda: entrants(settings, own), steps=STEPS, watched=("bits_per_byte", "test_loss")
    )
