"""Find one, page `pretrained`: where trained networks are, and how to read what is said of them, a tab for each."""

from collections.abc import Callable
from typing import Final

from training.run import Run, Snapshot
from ui.pretrained_card import card_tab
from ui.pretrained_hub import hub_tab
from ui.pretrained_map import map_tab
from ui.pretrained_torchvision import shelf_tab

FIND: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "The map": map_tab,
    "torchvision's shelf": shelf_tab,
    "Any model by name": hub_tab,
    "How to read a model card": card_tab,
}
