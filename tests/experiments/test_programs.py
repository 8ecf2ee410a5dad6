"""Every run can be taken home as a program, and the program gives the same numbers. Goes over the whole catalog."""

import builtins
import contextlib
import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch

from catalog import PAGES
from data.dataset import DataError
from tests.experiments.test_laws import EVERY_END, SLUGS, acting, experiment_class, settings_class
from tests.training.toy import finish
from training.program import Program, program_of
from training.run import Run
from training.settings import SettingsError

STEPS = 60
OURS = {"data", "experiments", "figures", "models", "pages", "training", "ui", "catalog", "benchmarks"}
TITLES = {page.slug: page.title for page in PAGES}
per_page = pytest.mark.parametrize("slug", SLUGS)


def program(slug: str, run: Run) -> Program:
    return program_of(slug, TITLES[slug], run.capture(), run.experiment)


@contextlib.contextmanager
def alone():
    """Nothing of the project can be imported, and the random state comes back."""
    real = builtins.__import__

    def guarded(name: str, *arguments: Any, **named: Any) -> Any:
        level = arguments[3] if len(arguments) > 3 else named.get("level", 0)
        caller = (arguments[0] if arguments else named.get("globals") or {}).get("__name__", "")
        if caller.startswith("program") and (level or name.split(".")[0] in OURS):
            raise ImportError(f"the program imports {name}")
        return real(name, *arguments, **named)

    random = torch.get_rng_state()
    builtins.__import__ = guarded
    try:
        yield
    finally:
        builtins.__import__ = real
        torch.set_rng_state(random)


def rows_of(text: str, num_steps: int | None = None) -> list[dict[str, float]]:
    """Runs a program in a namespace of its own; returns what it recorded."""
    namespace: dict[str, Any] = {"__name__": "program"}
    module = type(sys)("program")
    sys.modules["program"] = module  # dataclasses look their module up
    namespace = vars(module)
    try:
        with alone():
            exec(compile(text, "program.py", "exec", dont_inherit=True), namespace)
            return namespace["train"]() if num_steps is None else namespace["train"](num_steps)
    finally:
        del sys.modules["program"]


def assert_same_rows(rows: list[dict[str, float]], run: Run) -> float:
    """Compares the program's rows with the run's history, and returns the largest difference."""
    history = run.poll().history
    assert [row["step"] for row in rows] == history.steps.tolist()
    assert set(history.values) == {name for row in rows for name in row} - {"step"}
    largest = 0.0
    for name, column in history.values.items():
        ours = np.array([row.get(name, np.nan) for row in rows])
        np.testing.assert_allclose(ours, column, rtol=1e-6, atol=1e-6, err_msg=name)
        finite = np.isfinite(ours) & np.isfinite(column)
        largest = max(largest, np.abs(ours - column)[finite].max(initial=0.0))
    return float(largest)


def complaints(text: str) -> str:
    """What ruff says of a program. The shapes in annotations are words, not names."""
    plain = re.sub(r'(\[Tensor, )"[^"]*"', r'\1"..."', text)
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--quiet", "--select", "F,E9,W291,W391", "-"]
    return subprocess.run(command, input=plain, capture_output=True, text=True, timeout=60, check=False).stdout


def trained(slug: str, num_steps: int = STEPS, **changes: Any) -> Run:
    run = Run(experiment_class(slug), settings_class(slug)(**changes))
    run.take(num_steps)
    return finish(run)


@pytest.mark.parametrize(("slug", "name", "value"), EVERY_END)
def test_each_option_at_its_ends(slug, name, value):
    settings = acting(slug, name).changed(**{name: value})
    try:
        run = Run(experiment_class(slug), settings)
    except (SettingsError, DataError):
        return  # nothing to take home: no such device here, or nothing brought along
    run.take(STEPS)
    finish(run)
    text = program(slug, run).script()
    run_failed = run.poll().has_failed
    rows = rows_of(text, run.step if run_failed else None)
    assert_same_rows(rows, run)
