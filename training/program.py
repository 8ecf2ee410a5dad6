"""A run as a program of one file: the project's own source, shaken down to what this run needs, with a plain loop.

The program needs no part of the app. It repeats the run: the same random numbers, the same steps, the same rows of
numbers, the settings turned on the way turned again.
"""

import importlib.metadata
import json
import platform
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from training.capture import Capture
from training.experiment import Experiment, data_files_of, material_of
from training.programs import loop
from training.programs.material import Writing, written, written_material
from training.programs.reach import Round
from training.programs.render import Renderer, Source
from training.programs.shake import Shaker
from training.programs.source import Import, ProgramError, definition_of
from training.settings import knob_of

__all__ = ["Program", "ProgramError", "program_of"]

FIRST_STEPS: Final = 1000  # for a run that has not begun
WIDTH: Final = 120
HEADINGS: Final = {
    "settings": (
        "The settings",
        "Change a value and run again. Where it says that the code below is for this choice, the code of the other "
        "choices is not in this program.",
    ),
    "material": ("Your own data", "What you brought to the page."),
    "data": ("The data", "How the examples are made and split."),
    "models": ("The model", "The source that the page shows; it is what runs there."),
    "training": ("The optimiser", "How a gradient becomes a step."),
    "experiments": ("What is trained", "The problem, the loss, one step, and what is recorded of it."),
    "loop": ("The training loop", "The same steps in the same order as on the page."),
    "plots": ("The curves", "What to do with the recorded numbers."),
}


@dataclass(frozen=True)
class Part:
    """A section of the program: a heading, a sentence or two in a notebook, and code."""

    heading: str
    words: str
    code: str


@dataclass(frozen=True)
class Program:
    """A program in parts; `script` and `notebook` put them together."""

    slug: str
    title: str
    introduction: str
    parts: tuple[Part, ...]
    files: tuple[str, ...] = ()  # it reads these in the folder data/files beside it

    def script(self) -> str:
        """The program as one Python file."""
        pieces = [f'"""{self.introduction}"""\n\n{self.parts[0].code}']
        for part in self.parts[1:]:
            rule = f"# ---- {part.heading} ".ljust(WIDTH, "-")
            words = "".join(f"# {line}\n" for line in textwrap.wrap(part.words, WIDTH - 2))
            space = "\n" if part.code.startswith(("def ", "class ", "@")) else ""
            pieces.append(f"{rule}\n{words}\n{space}{part.code}")
        return "\n\n\n".join([*pieces, loop.MAIN]) + "\n"

    def notebook(self) -> str:
        """The same as a Jupyter notebook (nbformat 4.5)."""
        cells = [_cell(0, "markdown", f"# {self.title}\n\n{self.introduction}")]
        parts = [replace(self.parts[0], code=self.parts[0].code.replace("import argparse\n", "")), *self.parts[1:]]
        for part in (*parts, Part("Train", "Run this cell to train, and to draw the curves.", loop.RUN)):
            words = f"\n\n{part.words}" if part.words else ""
            cells += [_cell(len(cells), "markdown", f"## {part.heading}{words}")]
            cells += [_cell(len(cells), "code", part.code)]
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
        return json.dumps(
            {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1, ensure_ascii=False
        )


def program_of(slug: str, title: str, capture: Capture, experiment: Experiment) -> Program:
    """Writes a run as a program.

    Args:
        slug: the page.
        title: of the page.
        capture: the run so far.
        experiment: the one that runs.

    Raises:
        ProgramError: if that is not possible; the message is one sentence for the visitor.
    """
    changed = sorted({name for change in capture.changes for name in change.values})
    material = material_of(experiment)
    writing, material_text = written_material(material)
    roots = ["step", "evaluate", "record_every", *(["apply"] if capture.changes else [])]
    shaker = Shaker(experiment, capture.first_settings, changed, roots)
    kept = shaker.shake(list(material), list(writing.classes))
    taken = {*loop.NAMES, *loop.IMPORTS.values(), *material, *writing.texts}
    renderer = Renderer(shaker, kept, taken, {Import(*target): name for target, name in loop.IMPORTS.items()})
    source = renderer.render()
    experiment_name = renderer.names[shaker.classes[0]]
    for cls in writing.classes:
        name = renderer.names[definition_of(cls)]
        material_text = material_text.replace(f"{cls.__name__}(", f"{name}(")
    code = {
        "settings": _settings(capture, kept, changed),
        **{floor: text for floor, text in source.sections.items()},
        "material": material_text,
        "loop": _loop(experiment_name, capture, list(material)),
        "plots": loop.PLOTS,
    }
    order = ["settings", "data", "models", "training", "experiments", "material", "loop", "plots"]
    parts = [Part("Imports", "", _imports(source, writing))]
    parts += [Part(*HEADINGS[name], code[name]) for name in order if code[name]]
    files = data_files_of(experiment)
    return Program(slug, title, _introduction(slug, title, capture, source, files), tuple(parts), files)


def _settings(capture: Capture, kept: Round, changed: Sequence[str]) -> str:
    """The settings that the program reads, one a line, each with what it means."""
    settings = capture.first_settings
    names = [name for name in type(settings).model_fields if name in kept.fields | {"seed", *changed}]
    extra = sorted(kept.fields - set(names))
    for name in extra:
        if not hasattr(settings, name) or callable(getattr(settings, name)):
            raise ProgramError(f"This experiment uses its settings in a way ({name}) that no program can repeat.")
    lines = []
    for name in names:
        field = type(settings).model_fields[name]
        fixed = " The code below is for this choice." if name in kept.decided else ""
        line = f"    {name}={written(getattr(settings, name))},  # "
        meaning = (field.description or "").split(". ")[0].rstrip(".") + "."
        fits = len(line + meaning + fixed) <= WIDTH
        lines.append(f"{line}{meaning if fits else knob_of(field)['label'] + '.'}{fixed}\n")
    lines += [f"    {name}={written(getattr(settings, name))},\n" for name in extra]
    text = "settings = SimpleNamespace(\n" + "".join(lines) + ")"
    return text + _changes(capture)


def _changes(capture: Capture) -> str:
    text = ""
    if capture.changes:
        lines = "".join(f"    ({change.step}, {written(change.values)}),\n" for change in capture.changes)
        text += (
            f"\n\n# Turned on the page while the network trained: after which step, and what.\nCHANGES = [\n{lines}]"
        )
    if capture.edits:
        steps = ", ".join(f"{step:,}" for step in capture.edits[:20]) + (", …" if len(capture.edits) > 20 else "")
        text += (
            f"\n\n# On the page, something was changed by hand (a weight, say) at step {steps}. That is not repeated"
            "\n# here, so from there on the curves differ from those of the page."
        )
    return text


def _loop(experiment: str, capture: Capture, material: Sequence[str]) -> str:
    arguments = ", ".join(["settings", *(f"{name}={name}" for name in material)])
    text = loop.LOOP if capture.changes else loop.without_changes()
    steps = capture.step or FIRST_STEPS
    return text.replace("EXPERIMENT(settings)", f"{experiment}({arguments})").replace("STEPS_OF_THE_RUN", str(steps))


def _imports(source: Source, writing: Writing) -> str:
    own = [f"import {module}" for module, name in loop.IMPORTS if not name]
    needed = {line for line in [*own, *writing.imports, *source.imports] if line.startswith("import ")}
    parts: dict[str, set[str]] = {"types": {"SimpleNamespace"}}
    for line in source.imports:
        if line.startswith("from "):
            module, names = line.removeprefix("from ").split(" import ")
            parts.setdefault(module, set()).update(names.split(", "))
    if source.typing:
        parts.setdefault("typing", set()).add("TYPE_CHECKING")
    lines = sorted(needed) + [_import_from(module, sorted(names)) for module, names in sorted(parts.items())]
    is_ours = {line: line.split()[1].split(".")[0] not in sys.stdlib_module_names for line in lines}
    blocks = ["from __future__ import annotations"]
    blocks += ["\n".join(line for line in lines if is_ours[line] is third) for third in (False, True)]
    if source.typing:
        imports = [line for line in source.typing if line.startswith(("import ", "from "))]
        aliases = [line for line in source.typing if line not in imports]
        typing = "\n\n".join("\n".join(lines) for lines in (imports, aliases) if lines)
        reason = "# only to read: what the annotations below mean"
        blocks.append(f"if TYPE_CHECKING:  {reason}\n{textwrap.indent(typing, '    ')}")
    return "\n\n".join(block for block in blocks if block)


def _import_from(module: str, names: Sequence[str]) -> str:
    """An import of names, one a line where one line is too short for all."""
    line = f"from {module} import {', '.join(names)}"
    return line if len(line) <= WIDTH else f"from {module} import (\n" + "".join(f"    {one},\n" for one in names) + ")"


def _introduction(slug: str, title: str, capture: Capture, source: Source, files: Sequence[str]) -> str:
    packages = ["torch", "numpy", *sorted(source.packages - {"torch", "numpy"} - sys.stdlib_module_names)]
    pins = " ".join(f"{_distribution(name)}=={_version(name)}" for name in packages)
    steps = capture.step or FIRST_STEPS
    needed = "".join(f"It reads data/files/{name}: keep that folder beside this program.\n\n" for name in files)
    return (
        f"{title}: the network of the page “{slug}” of Neural Atlas, trained without the app.\n\n"
        f"It repeats the run with seed {capture.first_settings.seed} over {steps:,} steps, and gives the same learning "
        f"curves.\n\n{needed}"
        f"    pip install {pins}\n"
        f"    python {slug}.py          trains, prints the last row, and draws the curves if matplotlib is installed\n"
        f"    python {slug}.py --csv    also writes every row to history.csv\n\n"
        f"Written with Python {platform.python_version()}; other versions may give slightly different numbers.\n"
    )


@cache
def _distribution(package: str) -> str:
    """What pip calls a package."""
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:  # the search takes half a second
        return importlib.metadata.packages_distributions().get(package, [package])[0]
    return package


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(_distribution(package)).split("+")[0]
    except importlib.metadata.PackageNotFoundError as error:
        raise ProgramError(
            f"The version of {package} is not known, so the program cannot say what it needs."
        ) from error


def _cell(number: int, kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}}
    if kind == "code":
        cell.update(execution_count=None, outputs=[])
    return {**cell, "source": text.splitlines(keepends=True)}
