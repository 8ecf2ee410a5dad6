"""Rules about Python files that ruff, mypy and import-linter cannot see."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.rules.house import CODE, PACKAGES, files, imports, modules, rule, text

# Twice the taste of the house (30 and 200): enough for one table or one long story, not for two ideas.
MAX_FUNCTION = 60
MAX_MODULE = 400


@rule(
    {"models/gan.py": "import torch\nfrom models.attention import Block\n"},
    {"models/vae.py": "from models import gan\n"},
)
def models_import_no_models(root: Path) -> Iterator[str]:
    """A page shows a whole architecture, so it is in one file; attention, which has its own page, is the exception."""
    for path, tree in modules(root, "models"):
        for line, name in imports(tree):
            is_model = name.startswith(("models.", ".")) or name == "models"
            if is_model and not name.startswith(("models.attention", ".attention")):
                yield f"{path}:{line} imports {name}: a model does not import a model"


@rule(
    {"pages/mlp.py": "import streamlit as st\nfor i in range(3):\n    st.write(i)\n"},
    {"pages/mlp.py": "import streamlit as st\nwhile True:\n    st.write(1)\n"},
)
def pages_hold_no_loop_and_no_class(root: Path) -> Iterator[str]:
    """A training loop belongs to training/, a class to an imported module: a page script makes its classes anew."""
    for path, tree in modules(root, "pages"):
        for node in ast.walk(tree):
            if isinstance(node, ast.While | ast.ClassDef | ast.AsyncFunctionDef):
                yield f"{path}:{node.lineno} holds a {type(node).__name__}"


@rule({"catalog.py": "from typing import Final\n"}, {"catalog.py": "import models\n"})
def catalog_imports_nothing(root: Path) -> Iterator[str]:
    """The table of contents is strings; everything may read it, so it may read nothing."""
    for path, tree in modules(root, "catalog.py"):
        yield from (
            f"{path}:{line} imports {name}" for line, name in imports(tree) if name.split(".")[0] not in {"typing"}
        )


CATALOG = 'PAGES = (Entry(slug="mlp"),)\n'
ROOMS = {"pages/mlp.py": "", "models/mlp.py": "", "experiments/mlp.py": ""}


@rule(
    {"catalog.py": CATALOG, **ROOMS},
    {"catalog.py": CATALOG + 'Entry(slug="gan")\n', "pages/gan.py": "", "models/gan.py": ""},
)
def catalog_names_what_exists(root: Path) -> Iterator[str]:
    """Each page has its three files. A page without a network of its own (no model, no experiment) needs only one."""
    for slug in slugs(root):
        rooms = {room: (root / room / f"{slug}.py").exists() for room in ("pages", "models", "experiments")}
        if not rooms["pages"]:
            yield f"catalog.py lists {slug}, but there is no pages/{slug}.py"
        if rooms["models"] != rooms["experiments"]:
            yield f"{slug} has one of models/{slug}.py and experiments/{slug}.py, but not the other"


@rule({"catalog.py": CATALOG, **ROOMS}, {"pages/lost.py": ""})
def every_page_is_in_the_catalog(root: Path) -> Iterator[str]:
    """A page that the catalog does not name cannot be reached. Home is the map of the catalog itself."""
    known = {"home", *slugs(root)}
    for path in files(root, ".py", under=("pages",)):
        if path.stem not in known:
            yield f"{path} is not in catalog.py"


@rule({"ui/frame.py": "def f():\n    return 1\n"}, {"ui/frame.py": "def f():\n" + "    x = 1\n" * MAX_FUNCTION})
def functions_are_short(root: Path) -> Iterator[str]:
    """One function, one thought."""
    for path, tree in modules(root):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION:
                    yield f"{path}:{node.lineno} {node.name} has {length} lines, more than {MAX_FUNCTION}"


@rule({"ui/frame.py": "x = 1\n" * MAX_MODULE}, {"ui/frame.py": "x = 1\n" * (MAX_MODULE + 1)})
def modules_are_short(root: Path) -> Iterator[str]:
    """One file, one idea, read in ten minutes."""
    for path in files(root, ".py", under=CODE):
        length = len(text(root / path).splitlines())
        if length > MAX_MODULE:
            yield f"{path} has {length} lines, more than {MAX_MODULE}"


@rule({"ui/frame.py": ""}, {"ui/utils.py": ""})
def names_say_something(root: Path) -> Iterator[str]:
    """A module called helpers holds whatever nobody found a place for."""
    for path in files(root, ".py"):
        if path.stem in {"utils", "util", "helpers", "helper", "misc", "common", "tools"}:
            yield f"{path}: name it after what it does"


CONTRACTS = "[tool.importlinter]\nroot_packages = {}\n[tool.mypy]\nfiles = {}\n"


@rule(
    {"pyproject.toml": CONTRACTS.format(["ui"], ["ui"]), "ui/frame.py": ""},
    {"pyproject.toml": CONTRACTS.format(["ui"], [])},
)
def every_package_is_watched(root: Path) -> Iterator[str]:
    """A new folder of code comes under the floors and under mypy. Benchmarks may import anything."""
    tools = tomllib.loads(text(root / "pyproject.toml"))["tool"]
    for package in ("pages", *PACKAGES):
        if package != "benchmarks" and any(files(root, ".py", under=(package,))):
            if package not in tools["importlinter"]["root_packages"]:
                yield f"pyproject.toml: import-linter does not know {package}"
            if package not in tools["mypy"]["files"]:
                yield f"pyproject.toml: mypy does not know {package}"


def slugs(root: Path) -> list[str]:
    """The slugs in the catalog of this tree, read without importing it."""
    return re.findall(r'\bslug="(\w+)"', text(root / "catalog.py"))
