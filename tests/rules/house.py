"""What a house rule is, and how it reads the tree.

A rule takes the root of a tree and returns one line for each thing that breaks it. It is declared with a small tree
that keeps it and a change to that tree that breaks it once, so a test can prove that the rule is able to fail.
"""

import ast
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("benchmarks", "data", "experiments", "figures", "models", "training", "ui")
CODE: Final = ("app.py", "catalog.py", "pages", *PACKAGES)

Check = Callable[[Path], Iterator[str]]
Tree = Mapping[str, str | bytes]


class Rule(NamedTuple):
    """A check with the proof that it can fail."""

    check: Check
    kept: Tree
    broken: Tree  # laid over `kept`


RULES: Final[list[Rule]] = []


def rule(kept: Tree, broken: Tree) -> Callable[[Check], Check]:
    """Puts a check among the house rules."""

    def add(check: Check) -> Check:
        RULES.append(Rule(check, kept, broken))
        return check

    return add


def files(root: Path, *suffixes: str, under: tuple[str, ...] = ()) -> Iterator[Path]:
    """The files of the tree that git keeps or would keep, as paths below `root`; outside git, all of them."""
    if (root / ".git").exists():
        command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode().split("\0")
        paths = [Path(name) for name in sorted(filter(None, names))]
    else:
        hidden = {".venv", "__pycache__"}
        paths = [path.relative_to(root) for path in sorted(root.rglob("*")) if not hidden & set(path.parts)]
    for path in paths:
        is_wanted = (not suffixes or path.suffix in suffixes) and (not under or path.parts[0] in under)
        if is_wanted and (root / path).is_file():
            yield path


def text(path: Path) -> str:
    """What a file says; nothing if it is not text or not there."""
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


def modules(root: Path, *under: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every Python file below the folders (or of the names) `under`, parsed."""
    for path in files(root, ".py", under=under or CODE):
        yield path, ast.parse(text(root / path), str(path))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported, `from a import b` as `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
