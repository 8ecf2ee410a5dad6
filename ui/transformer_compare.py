"""Comparisons on the page `transformer`: three kinds of transformer, and this one with a part taken away."""

from typing import Any, Final

import streamlit as st

from experiments.transformer import TransformerExperiment
from experiments.transformer_settings import TransformerSettings
from figures.transformer_masks import masks_scene
from training.race import Entrant
from training.run import Run
from ui.live import live_canvas
from ui.race import race_panel
from ui.transformer_live import SLUG

STEPS: Final = 300
DEEP: Final[dict[str, Any]] = {"task": "reverse", "length": 4, "batch_size": 16, "num_layers": 2, "learning_rate": 0.02}
DEEP_STEPS: Final = 120
WITHOUT: Final[dict[str, dict[str, Any]]] = {
    "as it is": {},
    "no mask": {"uses_mask": False},
    "no cross-attention": {"uses_memory": False},
    "no positions": {"positions": "none"},
}
NORMS: Final[dict[str, dict[str, Any]]] = {
    "after, constant rate": DEEP,
    "after, warm-up": {**DEEP, "schedule": "warm-up", "schedule_steps": 3000},
    "before, constant rate": {**DEEP, "is_pre_norm": True},
}


def side_by_side(run: Run) -> None:
    """Tabs, of which only the open one is drawn."""
    parts = st.tabs(["GPT, BERT and this one", "A part taken away", "Where it normalises"], key="transformer_beside",
                    on_change="rerun", bind="query-params")  # fmt: skip
    for part, draw in zip(parts, (_kinds, _without, _norms), strict=True):
        if part.open:
            with part:
                draw(run)


def _kinds(_run: Run) -> None:
    """Who sees whom, and what each is for."""
    live_canvas(masks_scene(), key="transformer_masks", height=0.45)
    st.markdown(
        "Rows ask, columns are looked at; hatched cells may not be looked at. **GPT** is the decoder alone, without "
        "cross-attention: each word sees itself and what came before, so it can write on. **BERT** is the encoder "
        "alone: every word sees all, which serves to understand a text and cannot write one. **The transformer of "
        "2017, T5 and this page** have both: the encoder reads the source, the decoder writes the answer and looks at "
        "the source through cross-attention."
    )


def _entrants(run: Run, kinds: dict[str, dict[str, Any]]) -> list[Entrant]:
    """The settings of the run, changed."""
    now: TransformerSettings = run.settings
    whole = now.changed(uses_mask=True, uses_memory=True, positions="learned", schedule="constant", is_pre_norm=False)
    return [Entrant(label, TransformerExperiment, whole.changed(**values)) for label, values in kinds.items()]


def _without(run: Run) -> None:
    """A race of this network against itself without a part."""
    st.markdown(
        "**What each part is for.** The task and the sizes of this page, with one part taken away. Without the mask "
        "the loss falls fastest of all, and nothing can be written: the network has learnt to copy the answer it was "
        "shown."
    )
    race_panel(SLUG, "without", lambda: _entrants(run, WITHOUT), steps=STEPS, watched=("test_loss", "whole_accuracy"))


def _norms(run: Run) -> None:
    """A race of three places of the normalisation."""
    st.markdown(
        "**After or before.** In 2017 each part is normalised after its sum; deep networks then need a rate that rises "
        "slowly. Reversing four letters with two blocks in each half at a rate of 0.02: what does each do?"
    )
    race_panel(SLUG, "norms", lambda: _entrants(run, NORMS), steps=DEEP_STEPS, watched=("test_loss", "whole_accuracy"))
