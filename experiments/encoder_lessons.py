"""The lessons of the page `encoder`, the failure museum among them."""

from typing import Final

from training.lessons import Lesson

LESSONS: Final[tuple[Lesson, ...]] = ()
