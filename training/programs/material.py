"""Writes down what an experiment was built from besides its settings: a visitor's points or table, as plain text."""

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from training.programs.source import ProgramError

MAX_MATERIAL: Final = 1_000_000  # letters; a longer program opens in no editor
MAX_LINE: Final = 88  # letters of a value that stays on one line


@dataclass
class Writing:
    """Values as program text.

    Attributes:
        classes: the project's classes that the text makes objects of.
        texts: long texts that stand before it, by their names.
        imports: lines it needs.
    """

    classes: dict[type, None] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    imports: dict[str, None] = field(default_factory=dict)

    def write(self, value: Any, indent: int = 0) -> str:
        """A value as an expression.

        Raises:
            ProgramError: if there is no way to write it.
        """
        if isinstance(value, str):
            needs_single = '"' in value and "'" not in value
            return repr(value) if needs_single else json.dumps(value, ensure_ascii=False)
        if isinstance(value, float) and not math.isfinite(value):
            return f'float("{value}")'
        if isinstance(value, int | float | bool | None):
            return repr(value)
        if isinstance(value, pd.DataFrame):
            return self._table(value, indent)
        if isinstance(value, dict):
            items = [f"{self.write(key)}: {self.write(item, indent + 4)}" for key, item in value.items()]
            return _listed("{", items, "}", indent)
        if isinstance(value, tuple | list):
            items = [self.write(item, indent + 4) for item in value]
            if isinstance(value, tuple) and len(items) == 1:
                return f"({items[0]},)"
            return _listed(*(("(", items, ")") if isinstance(value, tuple) else ("[", items, "]")), indent)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._record(value, indent)
        raise ProgramError(f"What this run was built from ({type(value).__name__}) cannot be written into a program.")

    def _record(self, value: Any, indent: int) -> str:
        self.classes[type(value)] = None
        items = []
        for part in dataclasses.fields(value):
            held = getattr(value, part.name)
            is_default = held is part.default or (isinstance(held, tuple) and not held)
            if not is_default and part.name not in ("report", "content"):  # what was said of a table, its own file
                items.append(f"{part.name}={self.write(held, indent + 4)}")
        return _listed(f"{type(value).__name__}(", items, ")", indent)

    def _table(self, table: pd.DataFrame, indent: int) -> str:
        name = f"TABLE_{len(self.texts) + 1}" if self.texts else "TABLE"
        self.texts[name] = _quoted(table.to_csv(index=False, lineterminator="\n"))
        self.imports["import io"] = self.imports["import pandas as pd"] = None
        kinds = ["float" if kind.kind == "f" else "object" for kind in table.dtypes]
        columns = [f"{self.write(str(name))}: {kind}" for name, kind in zip(table.columns, kinds, strict=True)]
        arguments = [
            f"io.StringIO({name})",
            f"dtype={_listed('{', columns, '}', indent + 4)}",
            'na_values=[""]',
            "keep_default_na=False",
        ]
        return _listed("pd.read_csv(", arguments, ")", indent)


def _listed(opening: str, items: list[str], closing: str, indent: int) -> str:
    line = opening + ", ".join(items) + closing
    if len(line) + indent <= MAX_LINE and "\n" not in line:
        return line
    space = " " * (indent + 4)
    return opening + "\n" + "".join(f"{space}{item},\n" for item in items) + " " * indent + closing


def _quoted(text: str) -> str:
    """A text of several lines between triple quotes."""
    plain = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    shown = "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in plain)
    return f'"""\\\n{shown}"""'


def written(value: Any) -> str:
    """A plain value as an expression."""
    return Writing().write(value)


def written_material(material: Mapping[str, Any]) -> tuple[Writing, str]:
    """The arguments of an experiment, a line or more each.

    Raises:
        ProgramError: if they are too large, or cannot be written.
    """
    writing = Writing()
    lines = [f"{name} = {writing.write(value)}" for name, value in material.items()]
    blocks = [*(f"{name} = {text}" for name, text in writing.texts.items()), *lines]
    text = "\n\n".join(blocks)
    if len(text) > MAX_MATERIAL:
        raise ProgramError(
            f"Your data are too large to be written into a program ({len(text) / 1e6:.1f} MB, at most "
            f"{MAX_MATERIAL / 1e6:.0f} MB): use fewer rows or columns."
        )
    return writing, text
