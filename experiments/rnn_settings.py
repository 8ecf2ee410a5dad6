"""What can be varied on the page `rnn`."""

from typing import Final, Literal

from experiments.sequence_settings import SequenceSettings
from training.settings import knob

MAX_LAYERS: Final = 3


class RNNSettings(SequenceSettings):
    """The cell, how many layers of it, and how its recurrent weights begin."""

    cell: Literal["rnn", "gru"] = knob(
        "rnn",
        "Cell",
        "The plain cell mixes and bends; the GRU has gates that decide how much of the memory stays.",
        group="Network",
    )
    num_layers: int = knob(
        1,
        "Recurrent layers",
        "Each reads what the one before says, step by step; the second and third make the lecture's stack.",
        group="Network",
        ge=1,
        le=MAX_LAYERS,
    )
    initialisation: Literal["default", "orthogonal", "identity", "random"] = knob(
        "default",
        "First recurrent weights",
        "PyTorch's small random ones, a pure turning, nothing changed, or normal ones; all but the first are scaled.",
        group="Network",
    )
    spectral_radius: float = knob(
        1.0,
        "Spectral radius",
        "By how much the first recurrent weights stretch a memory in a step: below 1 it fades, above 1 it explodes.",
        group="Network",
        ladder=(0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2, 1.5, 2.0, 3.0),
        when={"initialisation": ("orthogonal", "identity", "random")},
        ge=0.1,
        le=3,
    )
