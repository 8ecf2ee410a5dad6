"""Every kind of item in one scene, four times a second; what was clicked is written below it.

`?still` draws it once, so that two looks at it can be compared.
"""

import json

import numpy as np
import streamlit as st

from figures.scene import Scene
from tests.figures.network_scene import network_scene
from ui.live import Event, live_canvas


def demo_scene(step: int) -> Scene:
    scene = network_scene(step, height=690)
    scene.rect((60, 444, 994, 0), stroke="hairline")
    _curves(scene)
    _class_map(scene)
    _images(scene)
    _attention(scene)
    _small_tiles(scene, step)
    _buttons(scene)
    return scene


def _curves(scene: Scene) -> None:
    box, noise = (96.0, 486.0, 190.0, 126.0), np.random.default_rng(0).normal(0, 0.02, (2, 120))
    curves = np.exp(-np.arange(120) / 40)[None] * [[1.0], [0.8]] + [[0.05], [0.25]] + noise
    curves[1, 60:66] = np.nan
    scene.text(60, 468, "Loss", size=13, weight=600)
    scene.axes(box, xlim=(0, 120), ylim=(0, 1), xlabel="epoch", grid=True)
    scene.lines(box, curves[:1], xlim=(0, 120), ylim=(0, 1), width=2)
    scene.lines(box, curves[1:], xlim=(0, 120), ylim=(0, 1), colours="negative", width=2, dash=True)


def _class_map(scene: Scene) -> None:
    box, rng = (336.0, 486.0, 126.0, 126.0), np.random.default_rng(0)
    down, across = np.mgrid[-1:1:40j, -1:1:40j]
    index = np.where(across + down > 0.3, 0, np.where(across > down, 1, 2))
    scene.text(336, 468, "Three classes", size=13, weight=600)
    scene.classes(box, index, np.clip(np.abs(across * down) + 0.4, 0, 1), num_classes=3)
    for kind, (shape, centre) in enumerate((("disc", (0.5, -0.5)), ("square", (0.4, 0.6)), ("triangle", (-0.6, 0.1)))):
        xy = rng.normal(0, 0.15, (12, 2)) + centre
        scene.points(box, xy, xlim=(-1, 1), ylim=(-1, 1), colour=kind, shape=shape)


def _images(scene: Scene) -> None:
    distance = np.hypot(*np.mgrid[-2:2:12j, -2:2:12j])
    images = np.clip(1.4 - np.abs(distance - np.array([0.6, 1.1, 1.5])[:, None, None]) * 2, 0, 1)
    images[2, 4:8, 4:8] = np.nan
    boxes = [(500, 486 + 44 * row, 38, 38) for row in range(3)]
    scene.text(500, 468, "Images", size=13, weight=600)
    scene.sheet(boxes, images, low=0, high=1, palette="ink", smooth=False, labels=["0", "1", "nan"], label_side="right")
    scene.sheet((580, 486, 38, 38), np.indices((8, 8))[[0, 1, 0]].transpose(1, 2, 0) / 7, low=0, high=1, palette="rgb",
                smooth=False)  # fmt: skip
    scene.sheet((580, 530, 38, 38), images[0], low=0, high=1, palette="grey", opacity=[0.4], selected=[0])


def _attention(scene: Scene) -> None:
    scores = np.tril(np.random.default_rng(1).uniform(0, 1, (6, 6))) + 0.02
    is_masked = np.triu(np.ones((6, 6), dtype=bool), 3)
    scene.text(656, 468, "Attention", size=13, weight=600)
    weights = np.where(is_masked, np.nan, scores / scores.sum(1, keepdims=True))
    scene.sheet((656, 486, 126, 126), weights, low=0, high=1, palette="magnitude", smooth=False,
                titles=["head 1"], readout="attends", labels=["keys"])  # fmt: skip
    scene.name_cells([f"query {row}" for row in range(6)], [f"key {column}" for column in range(6)], "masked")
    scene.plane((656, 486, 126, 126), xlim=(0, 6), ylim=(-6, 0), id="cells", tip="Choose a cell", steps=(6, 6))
    scene.text(800, 560, "turned", size=11, angle=-90)
    scene.colorbar((656, 642, 126, 8), low=0, high=1, palette="magnitude")


def _small_tiles(scene: Scene, step: int) -> None:
    upper = [(822.0 + 60 * col, 486.0, 52.0, 58.0) for col in range(4)]
    lower = [(x, y + 68, width, height) for x, y, width, height in upper]
    centres = np.linspace(-1, 1, 4)[:, None, None] * [[[0.5], [-0.5]]]
    waves = np.stack([np.sin(np.linspace(0, 9, 40) * rate + step / 5) for rate in (0.5, 1, 1.5, 2)])
    scene.text(822, 468, "Histograms and signals", size=13, weight=600)
    scene.histograms(upper, 0.9 * np.exp(-((np.linspace(-1, 1, 15) - centres) ** 2) * 8))
    scene.lines(lower, waves, xlim=(0, 1), ylim=(-1.2, 1.2), colours=[0, 1, 2, 3])
    for box in lower:
        scene.rect(box, stroke="hairline")


def _buttons(scene: Scene) -> None:
    scene.rect((822, 636, 104, 26), stroke="hairline", radius=4)
    scene.text(874, 649, "noise", align="center", size=13)
    scene.hot((822, 636, 104, 26), "noise", "Noise is on", pressed=True)
    scene.hot((942, 637, 24, 24), "locked", "Not while the run is playing", glyph="×", disabled=True)
    scene.rect((990, 624, 60, 60), stroke="hairline")
    scene.pad((990, 624, 60, 60), id="paper", tip="Draw here", width=6)


def remember(event: Event) -> None:
    st.session_state["called"] = event
    st.session_state["calls"] = st.session_state.get("calls", 0) + 1


def draw() -> None:
    tick = st.session_state["tick"] = st.session_state.get("tick", 0) + 1
    step = 1 if "still" in st.query_params else tick
    event = live_canvas(demo_scene(step).to_bytes(), key="demo", height=0.88, on_event=remember)
    st.session_state["returned"] = event or st.session_state.get("returned")
    st.code(json.dumps([st.session_state.get(name) for name in ("called", "returned", "calls")]), language="json")


def live() -> None:
    st.html("<style>.stMainBlockContainer {padding: 3.5rem 2rem 1rem}</style>")
    st.fragment(draw, run_every=None if "still" in st.query_params else 0.25)()


def empty() -> None:
    st.write("Nothing here")


st.set_page_config(layout="wide")
st.navigation(
    [st.Page(live, title="Live", url_path="mlp"), st.Page(empty, title="Empty", default=True)], position="top"
).run()
