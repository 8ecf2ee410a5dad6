"""Taking parts out of a text while everything else stays as it was written, comments and line breaks too."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from training.programs.source import Module


@dataclass
class Edits:
    """Changes to the text of one module, all measured on the text as it was."""

    module: Module
    _changes: list[tuple[int, int, str]] = field(default_factory=list)

    def replace(self, start: int, end: int, text: str = "") -> None:
        """Puts `text` in place of what is from `start` to `end`."""
        self._changes.append((start, end, text))

    def drop_lines(self, first: int, last: int) -> None:
        """Takes whole lines out, `last` included."""
        if last >= first:
            self.replace(self.module.starts[first - 1], self.module.starts[last])

    def dedent(self, first: int, last: int, width: int) -> None:
        """Moves lines to the left, except inside strings of several lines."""
        for number in range(first, last + 1):
            start = self.module.starts[number - 1]
            if self.module.text[start : start + width].isspace() and number not in self.module.lines_in_strings:
                self.replace(start, start + width)

    def drop_items(self, spans: Sequence[tuple[int, int]], is_kept: Sequence[bool]) -> None:
        """Takes items out of a list with commas between them."""
        last_kept = max((index for index, kept in enumerate(is_kept) if kept), default=-1)
        for index, (start, end) in enumerate(spans):
            if is_kept[index]:
                continue
            if index < last_kept:
                self.replace(start, spans[index + 1][0])
            elif last_kept >= 0:
                self.replace(spans[index - 1][1] if index else start, end)
            else:
                after = re.compile(r"\s*,?\s*").match(self.module.text, end)
                stop = spans[index + 1][0] if index + 1 < len(spans) else after.end() if after else end
                self.replace(start, stop)

    def text(self, start: int, end: int) -> str:
        """The text from `start` to `end` with the changes made; those inside a part taken out count for nothing."""
        pieces: list[str] = []
        place = start
        for first, last, new in sorted(self._changes, key=_order):
            if first < place or last > end:
                continue
            pieces += [self.module.text[place:first], new]
            place = last
        return "".join([*pieces, self.module.text[place:end]])


def _order(change: tuple[int, int, str]) -> tuple[int, bool, int]:
    """By place; what is put in comes before what is taken out there, and the longer before the shorter."""
    start, end, _ = change
    return start, end > start, -end
