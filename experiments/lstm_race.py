"""A race of cells: networks with an LSTM, a GRU and plain recurrent units, each with as many weights as the others."""

import math
from typing import Any, Final

from experiments.lstm import LSTMExperiment
from experiments.lstm_settings import LSTMSettings
from experiments.sequences import Own
from training.race import Entrant

CELLS: Final = {"lstm": "LSTM", "gru": "GRU", "rnn": "plain RNN"}
SUMS: Final = {"lstm": 4, "gru": 3, "rnn": 1}  # that a unit takes at each step
CLOSE: Final = 0.02  # difference in weights that counts as none, as a share
NARROWEST: Final = 2
WIDEST_EMBEDDING: Final = 128
MOST_TRIED: Final = 32  # embeddings that are tried where the settings' own is narrower


def num_weights(
    cell: str, embed_dim: int, hidden_dim: int, *, num_inputs: int, num_outputs: int, reads_numbers: bool
) -> int:
    """Weights and biases of the whole network; torch keeps two biases for each sum."""
    embedding = (num_inputs + reads_numbers) * embed_dim
    recurrent = SUMS[cell] * hidden_dim * (embed_dim + hidden_dim + 2)
    return embedding + recurrent + (hidden_dim + 1) * num_outputs


def equal_settings(
    settings: LSTMSettings, num_inputs: int, num_outputs: int, reads_numbers: bool
) -> list[LSTMSettings]:
    """The settings with each cell in turn, as wide as has the number of weights of an LSTM most nearly: within 2 %.

    The embedding stays if that comes close enough; else the embedding that fits best is taken too. Networks of a few
    dozen weights may differ more.
    """
    more: dict[str, Any] = {"num_inputs": num_inputs, "num_outputs": num_outputs, "reads_numbers": reads_numbers}
    wanted = num_weights("lstm", settings.embed_dim, settings.hidden_dim, **more)
    found = []
    for cell in CELLS:
        offers = []  # (difference, embedding, units)
        for embed in range(NARROWEST, min(WIDEST_EMBEDDING, max(MOST_TRIED, 2 * settings.embed_dim)) + 1):
            left = wanted - num_weights(cell, embed, 0, **more)
            for hidden in _near(SUMS[cell], left, embed + 2, num_outputs):
                offers.append((abs(num_weights(cell, embed, hidden, **more) - wanted), embed, hidden))
        best = min(offer for offer in offers if offer[1] == settings.embed_dim)
        if best[0] > CLOSE * wanted:
            best = min(offers)
        widths = {"cell": cell, "embed_dim": best[1], "hidden_dim": best[2]}
        found.append(settings.model_copy(update=widths))  # may be wider than the knob offers
    return found


def _near(sums: int, weights: int, more: int, num_outputs: int) -> tuple[int, int]:
    """The whole numbers of units next to where `weights` are used up: sums · H (H + more) + H · outputs = weights."""
    slope = sums * more + num_outputs
    root = (math.sqrt(slope**2 + 4 * sums * max(0, weights)) - slope) / (2 * sums)
    return max(NARROWEST, math.floor(root)), max(NARROWEST, math.ceil(root))


def entrants(
    settings: LSTMSettings, own: Own | None, num_inputs: int, num_outputs: int, reads_numbers: bool
) -> list[Entrant]:
    """One network of each cell, with as many weights as an LSTM of these settings has."""

    def build(one: LSTMSettings) -> LSTMExperiment:
        return LSTMExperiment(one, own)

    return [
        Entrant(f"{CELLS[one.cell]}, {one.hidden_dim} units", build, one)
        for one in equal_settings(settings, num_inputs, num_outputs, reads_numbers)
    ]
