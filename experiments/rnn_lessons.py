"""The lessons of the page `rnn`."""

from typing import Final

from training.lessons import Lesson

LESSONS: Final[tuple[Lesson, ...]] = ()
