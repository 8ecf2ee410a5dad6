"""What every test shares."""

import re
from importlib.util import find_spec

import pytest
import torch
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from catalog import PAGES
from data.extras import EXTRAS
from tests.browser import NONE_FOUND, find_browser

# The same cases in every run, and no time limit per case: a slow machine is not a broken law.
settings.register_profile("house", derandomize=True, deadline=None, database=None)
settings.load_profile("house")

torch.set_num_threads(1)  # as the engine does


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The Chromium, Chrome or Edge to hand to Playwright's `executable_path`."""
    path = find_browser()
    assert path is not None, NONE_FOUND
    return path


class ByPage(LoadScopeScheduling):
    """Where several processes share the tests: those of one file about one page stay in one process."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, rest = nodeid.partition("::")
        words = re.split(r"[^a-z0-9_]+", rest)
        return f"{file} {next((page.slug for page in PAGES if page.slug in words), '')}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByPage:
    return ByPage(config, log)


@pytest.fixture
def without_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where requirements-pretrained.txt is not installed."""
    hidden = {extra.package for extra in EXTRAS.values()} | {"gguf", "timm", "transformers", "regex"}
    monkeypatch.setattr("data.extras.find_spec", lambda name: None if name in hidden else find_spec(name))
