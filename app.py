"""The door: `streamlit run app.py` starts this ASGI app. The navigation is in ui/router.py."""

from streamlit import App

from ui import live, room_route
from ui.warmup import lifespan

app = App("ui/router.py", lifespan=lifespan, routes=[*live.routes, *room_route.routes])
