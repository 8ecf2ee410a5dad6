"""Everything slow, done once before the first visitor comes in."""

import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from catalog import PAGES
from training.memory import keep_memory
from ui.home import card_picture


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Warms up; the server's health check answers only afterwards."""
    warm_up()
    yield {}


def warm_up() -> None:
    """Trains the networks of the start page, which loads all of torch, and imports what the pages need.

    What is alive then is frozen: the garbage collector never walks through it again.
    """
    keep_memory()
    for page in PAGES:
        card_picture(page.slug)
    for name in ("plotly.graph_objects", "pandas", "ui.take_home"):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
