"""Find one, page `pretrained`: where trained networks are, and how to read what is said of them, a tab for each."""

from collections.abc import Callable
from typing import Final

from training.run import Run, Snapshot

FIND: Final[dict[str, Callable[[Run, Snapshot], None]]] = {}
