"""The app as it would be if its warm-up did not freeze the heap: for the benchmark of that line, started by it only."""

import gc
from pathlib import Path

from streamlit import App

from ui.live import routes
from ui.warmup import lifespan

gc.freeze = lambda: None
app = App(Path(__file__).parents[1] / "ui" / "router.py", lifespan=lifespan, routes=routes)
