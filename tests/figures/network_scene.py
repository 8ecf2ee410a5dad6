"""The picture the live layer is measured by: a network 2-[8,8,8]-1 on a plane, with everything one can click."""

import numpy as np
import numpy.typing as npt

from figures.scene import Box, Scene

Floats = npt.NDArray[np.float64]

LIMITS = (-6.0, 6.0)
OUTPUT: Box = (730.0, 58.0, 300.0, 300.0)
NODE: Box = (650.0, 200.0, 16.0, 16.0)
SIZES = (2, 8, 8, 8)
TILE, GAP, TOP, LEFT, STEP = 34.0, 10.0, 62.0, 60.0, 150.0


def network_scene(step: int, *, width: float = 1080.0, height: float = 520.0) -> Scene:
    """The network after `step` updates of a training that is only played: the weights wander with the step."""
    scene = Scene(width, height, alt="A small network separates two classes", meta={"step": step})
    weights = _weights(step)
    tiles, output = _activations(weights, 20)[:-1], _activations(weights, 64)[-1]
    centres = [_column(layer, size) for layer, size in enumerate(SIZES)]
    _draw_links(scene, weights, centres)
    _draw_tiles(scene, tiles, centres)
    _draw_heads(scene, step)
    _draw_output(scene, output[0])
    return scene


def _weights(step: int) -> list[Floats]:
    rng = np.random.default_rng(7)
    shapes = list(zip(SIZES, (*SIZES[1:], 1), strict=True))
    return [rng.normal(size=shape) * 0.8 + 0.4 * np.sin(step / 9 + rng.uniform(0, 6, size=shape)) for shape in shapes]


def _activations(weights: list[Floats], resolution: int) -> list[Floats]:
    """Per layer [units, resolution, resolution]; the inputs first, the output last."""
    across = np.linspace(*LIMITS, resolution)
    hidden = np.stack(np.meshgrid(across, across[::-1])).reshape(2, -1) / 3
    layers = [hidden / 2]
    for weight in weights:
        hidden = np.tanh(weight.T @ hidden)
        layers.append(hidden)
    return [layer.reshape(-1, resolution, resolution) for layer in layers]


def _column(layer: int, size: int) -> Floats:
    """The centres [size, 2] of a layer's tiles."""
    rows = np.arange(size) * (TILE + GAP) + TOP + TILE / 2
    return np.stack([np.full(size, LEFT + layer * STEP + TILE / 2), rows], axis=1)


def _draw_links(scene: Scene, weights: list[Floats], centres: list[Floats]) -> None:
    half = np.array([TILE / 2, 0.0])
    ends = [*centres[1:], np.array([[NODE[0] + TILE / 2, NODE[1] + NODE[3] / 2]])]
    for weight, starts, stops in zip(weights, centres, ends, strict=True):
        first, second = np.indices(weight.shape).reshape(2, -1)
        scene.edges(starts[first] + half, stops[second] - half, weight.ravel(), scale=2.0, max_width=5.0, id="link")


def _draw_tiles(scene: Scene, tiles: list[Floats], centres: list[Floats]) -> None:
    for layer, (fields, places) in enumerate(zip(tiles, centres, strict=True)):
        corners = places - TILE / 2
        boxes = np.hstack([corners, np.full_like(corners, TILE)])
        names = ["x₁", "x₂"] if layer == 0 else [f"layer {layer}, neuron {unit + 1}" for unit in range(len(fields))]
        labels = names if layer == 0 else None
        scene.sheet(boxes, fields, ids=[f"{layer}.{unit}" for unit in range(len(fields))], titles=names, labels=labels,
                    label_side="left", label_size=14, readout="activation")  # fmt: skip


def _draw_heads(scene: Scene, step: int) -> None:
    scene.text(LEFT, 24, "Inputs", weight=600)
    for layer in (1, 2, 3):
        x = LEFT + layer * STEP
        scene.text(x - 36, 24, f"Layer {layer}", weight=600)
        scene.text(x - 36, 42, "8 neurons", size=12, colour="muted", tabular=True)
        scene.hot((x + 34, 13, 22, 22), f"add {layer}", f"Add a neuron to layer {layer}", glyph="+")
        scene.hot((x + 60, 13, 22, 22), f"remove {layer}", f"Remove a neuron from layer {layer}", glyph="−")
        for unit in range(4):
            box = (x, TOP + unit * (TILE + GAP), TILE, TILE)
            scene.hot(box, f"neuron {layer}.{unit}", f"layer {layer}, neuron {unit + 1}", event={"unit": unit})
    scene.rect(NODE, fill="accent", radius=3)
    scene.text(1030, 24, f"step {step:,}".replace(",", " "), align="right", tabular=True)


def _draw_output(scene: Scene, output: Floats) -> None:
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, 500)
    angle, radius = rng.uniform(0, 2 * np.pi, 500), np.where(labels == 1, 1.2, 4.2) + rng.normal(0, 0.6, 500)
    cloud = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    wrong = (np.arange(500) % 71) == 0
    scene.sheet(OUTPUT, output)
    scene.zoom(OUTPUT, title="Output")
    scene.points(OUTPUT, cloud, xlim=LIMITS, ylim=LIMITS, classes=labels, hollow=np.arange(500) % 5 == 0, ringed=wrong)
    scene.axes(OUTPUT, xlim=LIMITS, ylim=LIMITS, xlabel="x₁", ylabel="x₂")
    scene.plane(OUTPUT, xlim=LIMITS, ylim=LIMITS, id="place", tip="Place a point")
    scene.colorbar((1044, 58, 10, 300), low=-1, high=1)
