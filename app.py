"""The door: `streamlit run app.py` starts this ASGI app. The navigation is in ui/router.py."""

from streamlit import App

from ui.live import routes
from ui.warmup import lifespan

app = App("ui/router.py", lifespan=lifespan, routes=routes)
