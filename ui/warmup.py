"""Everything slow, done once before the first visitor comes in."""

import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from catalog import PAGES


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Imports torch and all experiments, trains each for some steps, then freezes the garbage collector's heap.

    The server's health check answers only afterwards.
    """
    warm_up()
    yield {}


def warm_up() -> None:
    """Trains every experiment of the catalog for three steps, so that no visitor waits for a first time."""
    import_module = importlib.import_module
    for page in PAGES:
        import_module(f"experiments.{page.slug}").warm_up()
    for name in ("plotly.graph_objects", "pandas", "ui.frame"):
        import_module(name)
    gc.collect()
    gc.freeze()
