"""The tools that keep the other rules are switched on: each refuses a planted violation."""

import shutil
import subprocess
import sys
import tomllib
import warnings
from pathlib import Path

import pytest
import torch
from jaxtyping import TypeCheckError

from models.mlp import SimpleMLP
from tests.rules.house import ROOT

# One import against each contract.
AGAINST_THE_FLOORS = {
    "data/a.py": "import models.a",
    "models/a.py": "import streamlit",
    "experiments/a.py": "import plotly",
    "figures/a.py": "import data.a",
    "pages/a.py": "import torch",
    "training/a.py": "import models.a",
    "ui/a.py": "",
}


def test_import_linter_refuses_imports_that_go_up(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, line in AGAINST_THE_FLOORS.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).parent.joinpath("__init__.py").touch()
        (tmp_path / name).write_text(line + "\n")
    program = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    command = [sys.executable, "-c", program, "--no-cache", "--no-logo"]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False).stdout
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    for contract in contracts:
        assert f"{contract['name']} BROKEN" in printed


def test_a_wrong_shape_is_refused() -> None:
    with pytest.raises(TypeCheckError):
        SimpleMLP(input_dim=4)(torch.zeros(2, 3, 4))


def test_a_warning_is_an_error() -> None:
    with pytest.raises(UserWarning, match="planted"):
        warnings.warn("planted", UserWarning, stacklevel=1)
