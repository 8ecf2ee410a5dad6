"""The lessons of the page `gan`."""

from typing import Final

from training.lessons import Lesson

LESSONS: Final[tuple[Lesson, ...]] = ()
