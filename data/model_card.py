"""A model card: what stands in its head, which sections it has, and which of the recommended ones are missing.

The list is that of Mitchell et al., *Model Cards for Model Reporting* (2019), https://arxiv.org/abs/1810.03993. A
section counts as there if a heading, or a line of the head, says its name in one of the usual ways; whether what stands
below is any good has to be read.
"""

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from data.dataset import DataError
from data.extras import is_importable

MAX_BYTES: Final = 100_000
MAX_HEAD: Final = 5_000  # letters
MAX_VALUES: Final = 50  # of one line of the head
_HEAD: Final = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING: Final = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*")
_FENCE: Final = re.compile(r"\s*(```|~~~)")
_ROW: Final = re.compile(r"\|([^|]*)\|[^|]*\|\s*\**([\d,]{1,30})\**\s*\|?")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")


class Check(NamedTuple):
    """A recommended part of a card.

    Attributes:
        name: of the part.
        question: what it should answer.
        pattern: of headings that count as it.
        keys: lines of the head that count as it.
    """

    name: str
    question: str
    pattern: str
    keys: tuple[str, ...] = ()


CHECKS: Final = (
    Check("Model details", "Who made it, when, and what kind of network is it?",
          r"model (details|description|summary|architecture|information)|background|overview|about|introduction"),
    Check("Licence", "What may I do with the weights?", r"licen[cs]e", ("license", "licence")),
    Check("Intended use", "What is it for?", r"intended|direct use|use cases|^uses$"),
    Check("Out of scope", "What is it not for?", r"out.of.scope|misuse|not intended|prohibited|restrictions"),
    Check("Factors", "For which people, languages, cameras does it work better or worse?",
          r"factors|demographic|subgroups"),
    Check("Metrics", "How was it measured, and how well does it do?",
          r"metric|evaluation|results|performance|benchmark", ("metrics", "model-index")),
    Check("Evaluation data", "On which examples was that measured?",
          r"(evaluation|test(ing)?|validation) (data|set)|benchmark"),
    Check("Training data", "What did it learn from?",
          r"(training|pre-?training|fine-?tuning) (data|set|corpus)|datasets?\b", ("datasets",)),
    Check("Quantitative analyses", "How well does it do for each group, not only on the whole?",
          r"quantitative|disaggregated|by group|per.group|per.language"),
    Check("Ethical considerations", "Whom may it harm, and what was done about that?",
          r"ethic|bias|fairness|risk|harm|safety|societal|responsib"),
    Check("Caveats and recommendations", "Where does it fail, and what should I mind?",
          r"caveat|recommendation|limitation|known issues|fail"),
)  # fmt: skip


class Heading(NamedTuple):
    """A heading of a card: its line, counted from 1, how deep it is, and its words."""

    line: int
    depth: int
    words: str


@dataclass(frozen=True)
class Card:
    """A card that was read.

    Attributes:
        head: the lines between the two `---`, by their names; what is nested deeper is left out.
        headings: outside of the head and of code.
        lines: all of its lines.
    """

    head: Mapping[str, tuple[str, ...]]
    headings: tuple[Heading, ...]
    lines: tuple[str, ...]


class Finding(NamedTuple):
    """Whether a recommended part is there, and where; `where` is empty if it is missing."""

    check: Check
    where: str


def read_card(text: str) -> Card:
    """Reads a card.

    Raises:
        DataError: if it is empty, or too large.
    """
    if not text.strip():
        raise DataError("There is no card: paste the text of a README.md of the hub into the box.")
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise DataError(f"This card has more than {MAX_BYTES // 1000} kB: leave out its tables and examples.")
    text = text.replace("\r\n", "\n")
    found = _HEAD.match(text)
    after = text[: found.end()].count("\n") if found else 0
    return Card(_head(found[1]) if found else {}, _headings(text.split("\n"), after), tuple(text.split("\n")))


def findings(card: Card) -> tuple[Finding, ...]:
    """Which of the recommended parts are there."""
    return tuple(Finding(check, _where(card, check)) for check in CHECKS)


def section(card: Card, pattern: str) -> str:
    """The text below the first heading with these words, up to the next one that is no deeper; empty without one."""
    for place, heading in enumerate(card.headings):
        if re.search(pattern, heading.words, re.IGNORECASE):
            rest = (other.line for other in card.headings[place + 1 :] if other.depth <= heading.depth)
            return "\n".join(card.lines[heading.line - 1 : next(rest, len(card.lines) + 1) - 1]).strip()
    return ""


def lines_with(card: Card, pattern: str) -> str:
    """Every line of the card that has these words."""
    return "\n".join(line.strip() for line in card.lines if re.search(pattern, line, re.IGNORECASE))


def counted(card: Card) -> list[tuple[str, int]]:
    """The rows of its tables that end with a whole number: the first words without links, and that number."""
    rows = (_ROW.fullmatch(line.strip()[:2000]) for line in card.lines)
    named = [(_LINK.sub(r"\1", row[1]).strip(" *"), row[2].replace(",", "")) for row in rows if row]
    return [(name, int(number)) for name, number in named if number]


def _where(card: Card, check: Check) -> str:
    for key in check.keys:
        if key in card.head:
            return f"head: {key}"
    found = (one for one in card.headings if re.search(check.pattern, one.words, re.IGNORECASE))
    heading = next(found, None)
    return f"line {heading.line}: {heading.words}" if heading else ""


def _headings(lines: list[str], after: int) -> tuple[Heading, ...]:
    """The headings that stand neither in the head nor in code, where a `#` begins a comment."""
    found, fence = [], ""
    for number, line in enumerate(lines, start=1):
        marks = _FENCE.match(line)
        if marks and (not fence or marks[1] == fence):
            fence = "" if fence else marks[1]
        heading = None if fence or number <= after else _HEADING.fullmatch(line[:500])
        if heading:
            found.append(Heading(number, len(heading[1]), heading[2]))
    return tuple(found)


def _head(text: str) -> dict[str, tuple[str, ...]]:
    """The lines of the head as YAML; where that cannot be read, only their names."""
    names: dict[str, tuple[str, ...]] = {name: () for name in re.findall(r"^([\w-]+):", text[:MAX_HEAD], re.MULTILINE)}
    if len(text) > MAX_HEAD or not is_importable("yaml"):
        return names
    try:
        read: Any = importlib.import_module("yaml").safe_load(text)
    except Exception:  # whatever a stranger's text makes the parser raise
        return names
    return {str(name): _values(value) for name, value in read.items()} if isinstance(read, dict) else names


def _values(value: Any) -> tuple[str, ...]:
    """Words and numbers; nested things could be of any size and are left out."""
    values = value if isinstance(value, list) else [value]
    return tuple(str(one)[:200] for one in values[:MAX_VALUES] if isinstance(one, str | int | float))
