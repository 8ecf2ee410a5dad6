"""Rules about what is written for people, and about what the repository may hold."""

import importlib.util
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.rules.house import files, rule, text

MAX_BYTES = 2_000_000
# Paths and tools of the machine it was written on, spelt so that this file does not hold them.
FORBIDDEN = re.compile(
    r"/(?:work|root|farm)/|farm-(?:studio|bench)|[.]library\b|\bsub" + "agent|(?:/home|/Users)/[a-z]", re.IGNORECASE
)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
PIN = re.compile(r"[A-Za-z0-9._-]+==[0-9][\w.]*\s+# \S.*")
MAKEFILE = "run:\n\ttrue\ntest:\n\ttrue\n"


def _readme(command: str = "make run", path: str = "models/") -> str:
    return f"Python 3.11\n```\n{command}\n```\n| where | what |\n|---|---|\n| `{path}` | networks |\n"


@rule({"a.md": "all is well\n"}, {"a.md": "see /wo" + "rk/notes\n"})
def nothing_names_this_machine(root: Path) -> Iterator[str]:
    """What works only where it was written is of no use to the next person."""
    for path in files(root):
        for number, line in enumerate(text(root / path).splitlines(), start=1):
            if found := FORBIDDEN.search(line):
                yield f"{path}:{number} holds {found.group()}"


@rule({"data/files/a.csv": b"1"}, {"data/files/a.csv": b"1" * (MAX_BYTES + 1)})
def files_are_small(root: Path) -> Iterator[str]:
    """A clone should take seconds in a lecture hall."""
    for path in files(root):
        if (size := (root / path).stat().st_size) > MAX_BYTES:
            yield f"{path} has {size} bytes, more than {MAX_BYTES}"


@rule(
    {"requirements.txt": "# why\nnumpy==2.4.6  # arrays\n"},
    {"requirements-dev.txt": "-r requirements.txt\nruff==1.0\n"},
)
def requirements_are_pinned_with_a_reason(root: Path) -> Iterator[str]:
    """Exactly one version, and why it is there at all."""
    for path in files(root, ".txt"):
        if path.match("requirements*.txt"):
            for line in filter(None, text(root / path).splitlines()):
                if not line.startswith(("#", "-r ")) and not PIN.fullmatch(line):
                    yield f"{path}: {line!r} is not `name==version  # reason`"


@rule({"README.md": _readme(), "Makefile": MAKEFILE}, {"README.md": _readme("make lunch")})
def readme_commands_exist(root: Path) -> Iterator[str]:
    """Every line of a code block in the README is something that can be run."""
    for block in re.findall(r"```\w*\n(.*?)```", text(root / "README.md"), re.DOTALL):
        for line in filter(None, map(str.strip, block.splitlines())):
            if not _can_run(root, line):
                yield f"README.md: `{line}` names what does not exist"


@rule({"README.md": _readme(), "models/a.py": ""}, {"README.md": _readme(path="modles/")})
def readme_table_is_true(root: Path) -> Iterator[str]:
    """What the README says is there is there."""
    for row in re.findall(r"^\|(.*?)\|", text(root / "README.md"), re.MULTILINE):
        for name in re.findall(r"`([^`]+)`", row):
            if not (root / name.replace("<slug>", "mlp")).exists():
                yield f"README.md: there is no {name}"


@rule(
    {"README.md": "[a](docs/a.md#top) [b](https://b.org)\n", "docs/a.md": "[c](../README.md)\n"},
    {"docs/a.md": "[c](b.md)\n"},
)
def links_lead_somewhere(root: Path) -> Iterator[str]:
    """Links inside the repository, pictures included."""
    for path in files(root, ".md"):
        for target in LINK.findall(text(root / path)):
            if "://" not in target and not (root / path.parent / target).exists():
                yield f"{path} links to {target}, which is not there"


VERSIONS = {"pyproject.toml": '[project]\nrequires-python = ">=3.11,<3.14"\n', "Makefile": "(3, 11) <= v <= (3, 13)"}


@rule({**VERSIONS, "README.md": "Python 3.11, 3.12 or 3.13"}, {"README.md": "Python 3.10 or 3.13"})
def python_versions_agree(root: Path) -> Iterator[str]:
    """README, Makefile and pyproject.toml name the same oldest and newest Python."""
    project = tomllib.loads(text(root / "pyproject.toml"))["project"]
    oldest, beyond = (int(minor) for minor in re.findall(r"3\.(\d+)", project["requires-python"]))
    if f"(3, {oldest}) <=" not in text(root / "Makefile") or f"<= (3, {beyond - 1})" not in text(root / "Makefile"):
        yield f"Makefile accepts other Pythons than {project['requires-python']}"
    named = {int(minor) for minor in re.findall(r"\b3\.(\d\d)\b", text(root / "README.md"))}
    if named != set(range(oldest, beyond)):
        yield f"README.md names Python 3.{sorted(named)}, pyproject.toml {project['requires-python']}"


@rule({"CHANGELOG.md": "## [Unreleased]\n"}, {"CHANGELOG.md": "## 0.1.0\n"})
def changelog_is_open(root: Path) -> Iterator[str]:
    """The next change has a place to be written down."""
    if not re.search(r"^## \[Unreleased\]", text(root / "CHANGELOG.md"), re.MULTILINE):
        yield "CHANGELOG.md has no section [Unreleased]"


@rule({".ci/run": "make test\n", "README.md": "make test\n"}, {".ci/run": "# make test\npytest\n"})
def ci_runs_the_readme(root: Path) -> Iterator[str]:
    """One way to test, for people and machines."""
    for name in (".ci/run", "README.md"):
        if not re.search(r"^(?:exec )?make test\b", text(root / name), re.MULTILINE):
            yield f"{name} does not call `make test`"


def _can_run(root: Path, line: str) -> bool:
    """Whether every file, make target and module that a command line names exists."""
    words = line.split()
    match words:
        case ["make", target, *_]:
            return re.search(rf"^{re.escape(target)}:", text(root / "Makefile"), re.MULTILINE) is not None
        case [("python" | "py"), *_, "-m", "venv", ".venv"] | ["conda", ("create" | "activate"), *_]:
            return True
        case ["python", "-m", module]:
            return importlib.util.find_spec(module) is not None
        case ["pip", "install", *_, "-r", name] | ["streamlit", "run", name]:
            return (root / name).is_file()
        case [r".venv\Scripts\activate"]:
            return True
        case _:
            return False
