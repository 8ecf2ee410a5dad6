"""The live picture of the page `augmentation`."""

from typing import Final

from figures.augmentation import twins_scene
from training.run import Snapshot
from ui.lecture import is_lecture
from ui.live import live_canvas
from ui.trials import times_started

SLUG: Final = "augmentation"
CANVAS_SHARE: Final = 0.69  # of the window's height


def draw_twins(snapshot: Snapshot) -> bool:
    """Batch, altered pictures and curves of one moment; nothing in it can be clicked."""
    scene = twins_scene(
        snapshot.observation,
        snapshot.history,
        step=snapshot.step,
        look=times_started(SLUG),
        is_large=is_lecture(),
    )
    return live_canvas(scene, key="augmentation_twins", height=CANVAS_SHARE) is not None
