"""Use one, page `pretrained`: trained networks at work, a tab for each."""

from collections.abc import Callable
from typing import Final

from training.run import Run, Snapshot

USE: Final[dict[str, Callable[[Run, Snapshot], None]]] = {}
