"""Torchvision can be imported beside any torch, and only those who need it pay for it."""

import subprocess
import sys

import pytest
import torch

from data import vision
from data.vision import load_torchvision
from tests.rules.house import ROOT

USE = """
import torch
from data.vision import load_torchvision
for _ in range(2):
    v2 = load_torchvision("torchvision.transforms.v2")
    datasets, models, utils = (load_torchvision(f"torchvision.{name}") for name in ("datasets", "models", "utils"))
image = torch.rand(3, 40, 40)
assert v2.RandomResizedCrop(28)(image).shape == (3, 28, 28)
assert len(datasets.FakeData(size=3, image_size=(3, 8, 8))) == 3
assert models.resnet18(num_classes=2).eval()(image[None]).shape == (1, 2)
assert utils.make_grid(image[None]).ndim == 3
"""
OPEN = """
import sys
import ui.router, ui.warmup, ui.home
from catalog import PAGES
import importlib
for page in PAGES:
    importlib.import_module(f"experiments.{page.slug}")
assert "torchvision" not in sys.modules, "torchvision is imported before anybody asks for it"
"""


def run(program: str) -> None:
    strict = ["-W", "error", "-W", "ignore:`torch.jit.script` is deprecated"]  # as in pyproject.toml
    command = [sys.executable, *strict, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-1500:]


def test_what_is_used_of_it_works_in_a_fresh_process() -> None:
    run(USE)


def test_nothing_imports_it_on_the_way_to_a_page() -> None:
    run(OPEN)


def test_another_failure_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise RuntimeError("something else")

    monkeypatch.setattr(vision.importlib, "import_module", broken)
    monkeypatch.setattr(torch.version, "cuda", "12.9")
    with pytest.raises(RuntimeError, match="something else"):
        load_torchvision()
