"""The lessons of the page `pretrained`, its failure among them."""

from typing import Final

from training.lessons import Lesson

LESSONS: Final[tuple[Lesson, ...]] = ()
