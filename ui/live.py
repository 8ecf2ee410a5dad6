"""The live canvas: one component that draws any `figures.scene.Scene`, four times a second, in the same node.

The renderer (`static/live/*.js`) does not travel with the ticks. A loader of a few lines imports it from `routes`,
which `app.py` must hand to `streamlit.App(..., routes=live.routes)`; the browser keeps it for good, because its address
holds the hash of its text. The address is relative to the page and the route accepts any folders before it, so that
deep links, `server.baseUrlPath` and a proxy that cuts a prefix all work.
"""

import hashlib
import json
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from figures import theme
from figures.palettes import PALETTES, palette_stops
from ui.lecture import CANVAS_SHARE, is_lecture
from ui.room_message import Picture

Event = dict[str, Any]

_FOLDER: Final = Path(__file__).parent / "static" / "live"
_MODES: Final[tuple[theme.Mode, ...]] = ("light", "dark")
_ROOM: Final = struct.Struct("<ff")

_LOADER: Final = """
const renderer = import(new URL("_live/{version}/{module}", document.baseURI)).catch(() => null);
export default async (component) => {{
  const live = await renderer;
  if (live) return live.show(component);
  const apology = Object.assign(document.createElement("p"), {{ role: "alert", textContent: "{apology}" }});
  component.parentElement.replaceChildren(apology);
}};
"""
_APOLOGY: Final = (
    "The live picture could not be loaded: reload the page; if that does not help, the app must be started with "
    "streamlit run app.py."
)


def live_canvas(
    scene_bytes: bytes, *, key: str, height: float | None = None, on_event: Callable[[Event], None] | None = None
) -> Event | None:
    """Show a scene; call it again with the next one, in the same place and with the same `key`.

    The canvas fills the width of its container, keeps the scene's proportions and never grows beyond `height`. It is
    the same node in every tick, so hovering, the focus and a tip stay; a new key or another place makes a new one.

    Args:
        scene_bytes: what `Scene.to_bytes()` gave.
        key: the identity of this canvas on the page; required.
        height: the most it may take: CSS pixels, or a share of the browser window if not above 1 (0.7 is 70 %). In
            lecture mode a picture with a height fills the window.
        on_event: called with the event before the script (or fragment) runs again.

    Returns:
        What was clicked since the last run, as `Scene.hot`, `Scene.plane` and `Scene.edges` describe it, else None.

    Raises:
        ValueError: when `key` is empty or `height` is not positive.
    """
    if not key:
        raise ValueError("key must name the canvas: without one every tick would build it anew")
    if height is not None and not height > 0:
        raise ValueError(f"height must be positive, not {height}")

    is_large = height is not None and is_lecture()
    room = CANVAS_SHARE if is_large else height or 0.0

    def notify() -> None:
        event = st.session_state[key].get("event")
        if on_event is not None and event is not None:
            on_event(event)

    if (drawn := _drawn.get()) is not None:
        drawn.append(Picture(height or 0.0, scene_bytes))
    result = _mount(key=key, data=_ROOM.pack(room, is_large) + scene_bytes, on_event_change=notify)
    event: Event | None = result.get("event")
    return event


@contextmanager
def recorded() -> Iterator[list[Picture]]:
    """Collects what `live_canvas` draws inside the block, to be shown elsewhere too."""
    pictures: list[Picture] = []
    former = _drawn.set(pictures)
    try:
        yield pictures
    finally:
        _drawn.reset(former)


def follow_canvas(code: str, *, key: str) -> None:
    """Shows what is published in a room, read-only; the browser gets it by itself, without a run of the script.

    Args:
        code: of the room.
        key: the identity of this element on the page.
    """
    _follow(key=key, data={"code": code})


def _theme_module() -> str:
    """The colours of `figures.theme` as a JavaScript module."""
    colours = {
        "surfaces": {mode: theme.SURFACES[mode]._asdict() for mode in _MODES},
        "fixed": {
            "positive": theme.POSITIVE,
            "negative": theme.NEGATIVE,
            "grey": theme.NOT_TRAINED,
        },
        "classes": theme.CLASSES,
        "scales": {"page": theme.ON_PAGE._asdict(), "projector": theme.ON_PROJECTOR._asdict()},
        "palettes": {mode: {name: palette_stops(name, mode) for name in PALETTES} for mode in _MODES},
    }
    return f"export default {json.dumps(colours)};\n"


def _modules() -> dict[str, str]:
    """Every module of the renderer by its file name."""
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.js"))}
    return files | {"theme.js": _theme_module()}


def _version() -> str:
    """A hash that changes with any module, for an address the browser may keep for good."""
    return hashlib.sha256(json.dumps(_modules()).encode()).hexdigest()[:12]


async def _serve(request: Request) -> Response:
    module = _modules().get(request.path_params["name"])
    if module is None:
        return Response("no such module", status_code=404)
    current = request.path_params["version"] == _version()
    keep = "public, max-age=31536000, immutable" if current else "no-store"
    return Response(module, media_type="text/javascript", headers={"Cache-Control": keep})


routes: Final = [
    Route("/_live/{version}/{name}", _serve),
    Route("/{folders:path}/_live/{version}/{name}", _serve),
]

_drawn: ContextVar[list[Picture] | None] = ContextVar("_drawn", default=None)


def _component(name: str, module: str) -> Any:
    js = _LOADER.format(version=_version(), module=module, apology=_APOLOGY)
    return st.components.v2.component(name, js=js)


_mount = _component("live_canvas", "mount.js")
_follow = _component("follow_canvas", "follow.js")
