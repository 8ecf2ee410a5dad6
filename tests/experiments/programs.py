"""Runs exported programs and compares their numbers with those of the page.

As a script it does so for every option of a page and prints one line of JSON for each: in a process of its own, where
no shapes are checked, that takes a fraction of the time.
"""

import builtins
import contextlib
import json
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from catalog import PAGES
from data.dataset import DataError
from tests.experiments.test_laws import EVERY_END, LIVE_ENDS, acting, experiment_class
from tests.shapes import unchecked
from tests.training.toy import finish
from training.program import Program, program_of
from training.run import Run
from training.settings import SettingsError

STEPS = 60
FEW = 24  # for one option among many: past the first row of history after the start
OURS = {"app", "benchmarks", "catalog", "data", "experiments", "figures", "models", "pages", "tests", "training", "ui"}
TITLES = {page.slug: page.title for page in PAGES}


def program(slug: str, run: Run) -> Program:
    """The run as a program; shapes and types are not checked on the way, which takes a tenth of the time."""
    with unchecked():
        return program_of(slug, TITLES[slug], run.capture(), run.experiment)


@contextlib.contextmanager
def alone() -> Iterator[types.ModuleType]:
    """A module that can import nothing of the project; torch's random state comes back."""
    module, real, random = types.ModuleType("program"), builtins.__import__, torch.get_rng_state()

    def guarded(name: str, names: Any = None, *rest: Any) -> Any:
        if (names or {}).get("__name__") == "program" and name.split(".")[0] in OURS:
            raise ImportError(f"the program imports {name}")
        return real(name, names, *rest)

    sys.modules["program"], builtins.__import__ = module, guarded  # dataclasses look for the module they are in
    try:
        yield module
    finally:
        builtins.__import__ = real
        del sys.modules["program"]
        torch.set_rng_state(random)


def rows_of(text: str, *num_steps: int) -> list[dict[str, float]]:
    """What a program records."""
    with alone() as module:
        exec(compile(text, "program.py", "exec", dont_inherit=True), vars(module))
        return module.train(*num_steps)


def largest_difference(rows: list[dict[str, float]], run: Run) -> float:
    """Compares a program's rows with a run's history: relative for numbers above 1, absolute below."""
    history = run.poll().history
    assert [row["step"] for row in rows] == history.steps.tolist()
    assert {name for row in rows for name in row} - {"step"} == set(history.values)
    largest = 0.0
    for name, column in history.values.items():
        theirs = np.array([row.get(name, np.nan) for row in rows])
        np.testing.assert_array_equal(np.isfinite(theirs), np.isfinite(column), err_msg=name)
        finite = np.isfinite(column)
        gaps = np.abs(theirs - column)[finite] / np.maximum(1, np.abs(column[finite]))
        largest = max(largest, float(gaps.max(initial=0.0)))
    return largest


def train(run: Run, num_steps: int = STEPS) -> Run:
    run.take(num_steps)
    return finish(run, max_slices=5000)


def _at_its_end(slug: str, name: str, value: Any) -> Run:
    return train(Run(experiment_class(slug), _settings(slug, name, value)), STEPS if name == "seed" else FEW)


def _settings(slug: str, name: str, value: Any) -> Any:
    return acting(slug, name).changed(**{name: value})


def _turned_on_the_way(slug: str, name: str, value: Any) -> Run:
    """To the end and back, at uneven steps."""
    default = acting(slug, name)
    run = train(Run(experiment_class(slug), default), 7)
    run.change(default.changed(**{name: value}))
    train(run, 8)
    run.change(default)
    return train(run, 9)


def compare_all(slug: str, folder: Path) -> Iterator[dict[str, Any]]:
    """One line for each option of a page; the programs are left in `folder`. What is the default is run once."""
    known: dict[Any, dict[str, Any]] = {}
    cases = [(_at_its_end, end) for end in EVERY_END] + [(_turned_on_the_way, end) for end in LIVE_ENDS]
    for make, end in cases:
        if end.values[0] != slug:
            continue
        line: dict[str, Any] = {
            "id": f"{end.id}-{'live' if make is _turned_on_the_way else 'whole'}",
            "slug": end.values[0],
        }
        same = (end.values[0], _settings(*end.values)) if make is _at_its_end else None
        if same in known:
            yield {**known[same], **line}
            continue
        try:
            run = make(*end.values)
        except (SettingsError, DataError) as error:  # no such device here, nothing brought along
            yield {**line, "refused": str(error)}
            continue
        try:
            text = program(end.values[0], run).script()
            (folder / f"{line['id'].replace(' ', '_').replace('/', '_')[:150]}.py").write_text(text, encoding="utf-8")
            line = {**line, "difference": largest_difference(rows_of(text, run.step), run), "steps": run.step}
            if same:
                known[same] = line
            yield line
        except Exception as error:
            yield {**line, "failed": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    for found in compare_all(sys.argv[1], Path(sys.argv[2])):
        print(json.dumps(found), flush=True)
