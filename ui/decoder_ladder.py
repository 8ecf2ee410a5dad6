"""The ladder of architectures on a page: five language models in a race, then what each had to pay for its loss."""

from typing import Any, Final

import numpy as np
import streamlit as st

from experiments.ladder import STEPS, ladder_entrants, names_task
from figures.curves import Level
from figures.decoder_ladder import ladder_points
from training.race import Race
from ui.race import race_panel
from ui.still import mode, show
from ui.words import written

COUNTED: Final = ("unigram", "bigram")
LOWEST: Final = 0.8  # end of the axis, as a share of what counting pairs costs
HIGHEST: Final = 1.1  # and of what counting single letters costs


def ladder(slug: str) -> None:
    """Trains bigram, MLP, RNN, LSTM and decoder on the same names, and sets loss against parameters and seconds.

    Args:
        slug: of the page.
    """
    st.markdown(
        "**One ladder, five rungs.** The same American first names, the same windows, letter by letter; only what a "
        "model can see of the letters before differs. Dashed: what plain counting costs, of single letters and of "
        "pairs. Nothing that sees one letter can do better than the pairs."
    )
    steps = st.segmented_control(
        "Steps", STEPS, default=STEPS[0], key=f"{slug}_ladder_steps", format_func="{:,}".format, required=True
    )
    task = names_task()
    levels = [Level(_counted(name, task.baselines[name], task.bits), task.baselines[name]) for name in COUNTED]
    high, low = (level.value for level in levels)
    race = race_panel(
        slug,
        "ladder",
        ladder_entrants,
        steps=steps,
        watched=("test_loss",),
        label="Climb the ladder",
        levels={"test_loss": levels},
        limits={"test_loss": (LOWEST * low, HIGHEST * high)},
    )
    if race is not None:
        _paid(slug, race, levels, task.bits)


def _counted(name: str, nats: float, bits: float) -> str:
    return f"{name} counts: {nats:.2f} nats, {nats * bits:.2f} bits a letter"


def _paid(slug: str, race: Race, levels: list[Level], bits: float) -> None:
    """The same losses against what they cost."""
    labels = [entrant.label for entrant in race.entrants]
    losses = np.array([columns.last("test_loss") for columns in race.histories])
    sizes = np.array([run.look(_size) for run in race.runs], dtype=np.float64)
    seconds = np.array([run.seconds for run in race.runs])
    left, right = st.columns(2, gap="large")
    with left:
        show(ladder_points(labels, sizes, losses, levels, bits, "parameters", mode()), key=f"{slug}_ladder_sizes")
    with right:
        about = "seconds of training"
        show(ladder_points(labels, seconds, losses, levels, bits, about, mode()), key=f"{slug}_ladder_seconds")
    st.markdown(verdict(labels, losses, seconds, levels, bits, race.num_steps))


def _size(experiment: Any) -> int:
    size: int = experiment.num_parameters
    return size


def verdict(
    labels: list[str], losses: np.ndarray, seconds: np.ndarray, levels: list[Level], bits: float, num_steps: int
) -> str:
    """Who came lowest and who was quickest, in words, from the numbers of the race."""
    if not np.isfinite(losses).all():
        return "One of them ran away, so they cannot be compared."
    names = [name.partition(":")[0] for name in labels]
    best, decoder, pairs = int(losses.argmin()), len(names) - 1, levels[-1].value
    below = [name for name, loss in zip(names, losses, strict=True) if loss < pairs]
    beaten = f"Below the counted pairs: {', '.join(below)}." if below else "Nobody is below the counted pairs yet."
    ahead = ""
    if best != decoder:
        gap, factor = losses[decoder] - losses[best], seconds[decoder] / max(seconds[best], 1e-9)
        ahead = (
            f" The decoder is {written(gap, '.2g')} nats behind and took {written(factor, '.2g')} times as long: a "
            "recurrent memory is built for short rows read in order, attention has to learn what order is. What "
            "attention gains, reach and training along the whole row at once, shows on longer texts and larger "
            "machines."
        )
    return (
        f"After {num_steps:,} steps each, **{names[best]}** has the lowest test loss, {losses[best]:.3f} nats or "
        f"{losses[best] * bits:.3f} bits a letter. {beaten}{ahead}"
    )
