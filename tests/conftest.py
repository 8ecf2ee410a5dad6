"""What every test shares."""

import pytest
import torch
from hypothesis import settings

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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes share the tests: those of one file about one page stay together, in one process."""
    for item in items:
        slug = item.callspec.params.get("slug", "") if hasattr(item, "callspec") else ""
        item.add_marker(pytest.mark.xdist_group(f"{item.path.name} {slug}".strip()))
