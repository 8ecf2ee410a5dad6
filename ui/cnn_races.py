"""Against others, page `cnn`: networks trained side by side, on moved pictures, and against their size."""

from typing import Any, Final

import streamlit as st

from experiments.cnn_settings import CNNSettings
from figures.cnn_still import shift_curves, size_points
from training.race import Entrant
from training.run import Run
from ui.race import race_panel
from ui.still import mode, show

SLUG: Final = "cnn"
STEPS: Final = 300
MOST: Final = 6  # pixels
SHIFTED: Final[dict[str, dict[str, Any]]] = {
    "convolutional": {"architecture": "cnn"},
    "mean of each map": {"architecture": "cnn", "use_global_pooling": True, "depth": 3, "learning_rate": 5e-3},
    "without convolutions": {"architecture": "mlp"},
}
SIZES: Final[dict[str, dict[str, Any]]] = {
    "no convolution": {"architecture": "mlp"},
    "4 and 8 maps": {"architecture": "cnn", "width": 4},
    "16 and 32 maps": {"architecture": "cnn", "width": 16},
    "means, 3 layers": {"architecture": "cnn", "width": 8, "depth": 3, "use_global_pooling": True},
    "Inception": {"architecture": "inception"},
}


def entrants(run: Run, kinds: dict[str, dict[str, Any]]) -> list[Entrant]:
    """Networks on the pictures of this run, with its seed, else with the defaults; learning rates of their own."""
    now: CNNSettings = run.settings
    names = ("data", "image_size", "num_train", "has_shuffled_pixels", "seed", "device", "batch_size")
    kept = {name: getattr(now, name) for name in names}
    return [Entrant(label, run.build, CNNSettings(**kept, **values)) for label, values in kinds.items()]


def shift_part(run: Run) -> None:
    """Trains three networks on the same pictures, then moves the test pictures."""
    st.markdown(
        "**Moved pictures.** Three networks learn the pictures as they are. Then the test pictures are moved by some "
        "pixels, up, down and to both sides: who still knows them?"
    )
    race = race_panel(SLUG, "shift", lambda: entrants(run, SHIFTED), steps=STEPS, watched=("loss", "test_accuracy"))
    if race is None:
        return
    accuracies = [one.call("shift_accuracy", most=MOST) for one in race.runs]
    show(shift_curves([one.label for one in race.entrants], accuracies, mode()), key="cnn_moved")
    st.caption("Measured on the first 200 test pictures, the mean over four directions.")


def size_part(run: Run) -> None:
    """Trains networks of several sizes on the same pictures, and sets their accuracy against their size."""
    st.markdown(
        "**Parameters against accuracy.** Five networks, as many steps each. More weights are not more accuracy: it "
        "matters where they are."
    )
    race = race_panel(SLUG, "size", lambda: entrants(run, SIZES), steps=STEPS, watched=("loss", "test_accuracy"))
    if race is None:
        return
    counts = [one.poll().observation.num_parameters for one in race.runs]  # type: ignore[attr-defined]
    accuracies = [one.call("verdict").accuracy for one in race.runs]
    show(size_points([one.label for one in race.entrants], counts, accuracies, mode()), key="cnn_sizes")
    st.caption("Accuracy on all test pictures after the race.")
