"""The component around the live canvas, without a browser."""

import asyncio
import json
import re
import struct
from typing import Any

import pytest
from starlette.requests import Request
from starlette.routing import Match
from streamlit.testing.v1 import AppTest

from figures import packing, theme
from ui import live


def script() -> None:
    from figures.scene import Scene
    from ui.live import live_canvas

    scene = Scene(40, 30, "A test", {"step": 3})
    assert live_canvas(scene.to_bytes(), key="picture", height=0.5) is None


def get(path: str) -> tuple[int, str, dict[str, str]]:
    """Asks the routes for a path, as a server would."""
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
    for route in live.routes:
        match, child = route.matches(scope)
        if match is Match.FULL:
            response = asyncio.run(child["endpoint"](Request({**scope, **child})))
            return response.status_code, bytes(response.body).decode(), dict(response.headers)
    return 404, "", {}


def test_a_script_without_routes_runs() -> None:
    app = AppTest.from_function(script).run()
    assert not app.exception
    data = app.get("bidi_component")[0].proto.bytes
    assert struct.unpack("<ffff", data[:16]) == (0.5, 0.0, 40.0, 30.0)
    assert packing.unpack(data[8:])[0]["meta"] == {"step": 3}


def test_the_renderer_does_not_travel_with_the_ticks() -> None:
    app = AppTest.from_function(script).run()
    assert len(app.get("bidi_component")[0].proto.js_content) < 1000


@pytest.mark.parametrize("folder", ["", "/mlp", "/lab/atlas"])
def test_every_import_of_the_renderer_is_served(folder: str) -> None:
    todo, seen = {"mount.js", "follow.js"}, set()
    while todo:
        name = todo.pop()
        status, text, headers = get(f"{folder}/_live/{live._version()}/{name}")
        assert status == 200
        assert headers["content-type"].startswith("text/javascript")
        assert "immutable" in headers["cache-control"]
        seen.add(name)
        todo |= set(re.findall(r'from "\./([\w.]+)"', text)) - seen
    assert seen == set(live._modules())


def test_other_files_and_other_versions_are_not_kept() -> None:
    assert get(f"/_live/{live._version()}/live.py")[0] == 404
    assert get("/_live/older/mount.js")[2]["cache-control"] == "no-store"


def test_the_colours_are_those_of_the_theme() -> None:
    text = get(f"/_live/{live._version()}/theme.js")[1]
    colours = json.loads(text.removeprefix("export default ").removesuffix(";\n"))
    assert colours["fixed"]["positive"] == theme.POSITIVE
    assert colours["surfaces"]["dark"]["background"] == theme.SURFACES["dark"].background


def test_a_canvas_needs_a_key_and_room() -> None:
    with pytest.raises(ValueError, match="key"):
        live.live_canvas(b"", key="")
    with pytest.raises(ValueError, match="height"):
        live.live_canvas(b"", key="a", height=0)


def test_what_is_drawn_in_a_block_can_be_shown_elsewhere() -> None:
    def script() -> None:
        import streamlit as st

        from figures.scene import Scene
        from ui.live import live_canvas, recorded

        scenes = [Scene(40, 30, f"Picture {number}").to_bytes() for number in range(3)]
        with recorded() as pictures:
            live_canvas(scenes[0], key="one", height=0.5)
            live_canvas(scenes[1], key="two")
        live_canvas(scenes[2], key="three")
        st.text(str(pictures == [(0.5, scenes[0]), (0.0, scenes[1])]))

    assert AppTest.from_function(script).run().text[0].value == "True"
