"""The plane of the page `gan`: real points, fakes, the discriminator's field, the generator's net, trails, pushes."""

from collections.abc import Collection
from typing import Any, Final, NamedTuple

import numpy as np

from figures.gan_layout import PAGE, PROJECTOR, Layout
from figures.items import Colour
from figures.scene import Box, Limits, Scene

REACH: Final[Limits] = (-1.1, 1.1)  # of both axes, a little beyond what can be forged
SQUARE: Final[Limits] = (-1.0, 1.0)  # that the field covers
FAKE, REAL = 0, 1  # classes, for their colours
FAINT: Final = 0.55  # opacity of the field, so that points stand out
PUSH: Final = 0.06  # of the plane, for a slope of 1
LONGEST_PUSH: Final = 0.3
PLACE_TIP: Final = "Place a point; the right button takes the nearest away"


class Layer(NamedTuple):
    """One part of the picture that can be switched off.

    Attributes:
        name: in the legend.
        colour: of its swatch.
        tip: what it shows.
    """

    name: str
    colour: Colour
    tip: str


LAYERS: Final = (
    Layer("field", "accent", "what the discriminator says at each place, blue for real and orange for fake"),
    Layer("real", REAL, "what the generator is to forge"),
    Layer("fake", FAKE, "points made of always the same noise"),
    Layer("net", "text", "where an even net over the noise lands, with equally many fakes in each mesh"),
    Layer("pushes", "muted", "where the discriminator's slope pushes a fake, and how strongly"),
    Layer("trails", FAKE, "where some fakes have been in the last 120 steps"),
    Layer("modes", "text", "where real points gather; broken and with a cross where fakes are missing"),
)
FIRST_LAYERS: Final = ("field", "real", "fake", "pushes", "modes")


def draw_plane(
    scene: Scene, seen: Any, layout: Layout, layers: Collection[str], *, can_place_points: bool = False
) -> None:
    """Draws the layers that are on, and the legend that switches them.

    Args:
        scene: what to draw into.
        seen: a `GANObservation` of points.
        layout: where things stand.
        layers: names of those that are on.
        can_place_points: whether a click places a point of the visitor's own.
    """
    box, scale, plane = layout.plane, layout.scale, seen.plane
    title = "Real points and fakes"
    scene.text(box[0], box[1] - scale.title, title, size=scale.title, weight=600)
    if "field" in layers:
        _draw_field(scene, seen, box)
    scene.axes(box, xlim=REACH, ylim=REACH, ticks=([-1, -0.5, 0, 0.5, 1], [-1, -0.5, 0, 0.5, 1]))
    told: dict[str, Any] = {"xlim": REACH, "ylim": REACH}
    if "net" in layers:
        scene.lines(box, _net(plane.sheet), colours="muted", width=0.9 * scale.stroke, **told)
    if "trails" in layers:
        tracks = [plane.trails[:, index] for index in range(plane.trails.shape[1])]
        scene.lines(box, tracks, colours=FAKE, width=1.2 * scale.stroke, **told)
    if "real" in layers:
        scene.points(box, plane.real, classes=np.full(len(plane.real), REAL), radius=2.2 * scale.stroke**0.5, **told)
    if "fake" in layers:
        scene.points(box, plane.fake, classes=np.full(len(plane.fake), FAKE), radius=2.2 * scale.stroke**0.5, **told)
    if "pushes" in layers:
        scene.lines(box, _pushes(plane), colours="text", width=1.2 * scale.stroke, **told)
    if "modes" in layers and len(plane.modes):
        _draw_modes(scene, plane, box, told, scale.stroke)
    _draw_legend(scene, seen, layout, layers)
    if can_place_points:
        scene.plane(box, xlim=REACH, ylim=REACH, id="map", tip=PLACE_TIP)


def _draw_field(scene: Scene, seen: Any, box: Box) -> None:
    low, high = seen.limits
    scene.sheet(
        _square(box), seen.plane.field[::-1], low=low, high=high, opacity=[FAINT], border=False,
        readout="D(x)" if seen.is_chance else "score",
    )  # fmt: skip


def _square(box: Box) -> Box:
    """The part of the box that the field covers."""
    left, top, width, height = box
    inner = (SQUARE[1] - SQUARE[0]) / (REACH[1] - REACH[0])
    return left + width * (1 - inner) / 2, top + height * (1 - inner) / 2, width * inner, height * inner


def _net(sheet: np.ndarray) -> list[np.ndarray]:
    """The lines of the net, both ways; one line for a thread."""
    rows = list(sheet)
    return rows if len(rows) == 1 else rows + list(sheet.transpose(1, 0, 2))


def _pushes(plane: Any) -> list[np.ndarray]:
    """A stroke from each fake to where its slope points; long ones are cut, so that they cannot hide the rest."""
    ways = PUSH * plane.ways
    lengths = np.linalg.norm(ways, axis=1, keepdims=True)
    ways = ways * np.minimum(1, LONGEST_PUSH / np.maximum(lengths, 1e-12))
    return [np.stack([start, start + way]) for start, way in zip(plane.starts, ways, strict=True)]


def _draw_modes(scene: Scene, plane: Any, box: Box, told: dict[str, Any], stroke: float) -> None:
    """A ring around each mode, as far as it reaches; where too few fakes are, it is broken, with a cross."""
    turn = np.linspace(0, 2 * np.pi, 33)
    rings = plane.modes[:, None] + plane.mode_reach[:, None, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    if plane.is_covered.any():
        scene.lines(box, list(rings[plane.is_covered]), colours="text", width=stroke, **told)
    if not plane.is_covered.all():
        missed = ~plane.is_covered
        scene.lines(box, list(rings[missed]), colours="text", width=stroke, dash=True, **told)
        scene.points(box, plane.modes[missed], colour="text", shape="cross", radius=6 * stroke**0.5, **told)


def _draw_legend(scene: Scene, seen: Any, layout: Layout, layers: Collection[str]) -> None:
    """The names of the layers with their colours; each is a button that switches its layer."""
    offered = [layer for layer in LAYERS if layer.name != "modes" or len(seen.plane.modes)]
    left, _, width, _ = layout.plane
    size, room = layout.scale.label, width / len(LAYERS)
    for index, layer in enumerate(offered):
        x, is_on = left + index * room, layer.name in layers
        swatch: Box = (x, layout.legend - 0.4 * size, 0.8 * size, 0.8 * size)
        scene.rect(swatch, fill=layer.colour if is_on else None, stroke=layer.colour, radius=2)
        scene.text(
            x + 1.15 * size, layout.legend, layer.name, size=size, colour="text" if is_on else "muted",
            weight=600 if is_on else 400,
        )  # fmt: skip
        tip = f"{'Hide' if is_on else 'Show'} {layer.name}: {layer.tip}"
        spot = (x - 2, layout.legend - 0.9 * size, room - 2, 1.8 * size)
        scene.hot(spot, f"layer:{layer.name}", tip, pressed=is_on)


def points_scene(points: Any, *, is_large: bool = False) -> bytes:
    """The empty plane to click points into, before there are enough of them to learn from.

    Args:
        points: (x₁, x₂) of those placed so far.
        is_large: laid out for a projector.
    """
    layout = PROJECTOR if is_large else PAGE
    scene = Scene(layout.width, layout.height, f"The plane with {len(points)} points of your own.", {"step": 0})
    box, size = layout.plane, 1.15 * layout.scale.title
    scene.axes(box, xlim=REACH, ylim=REACH, grid=True)
    if len(points):
        scene.points(box, np.array(points), xlim=REACH, ylim=REACH, classes=np.full(len(points), REAL), radius=3.2)
    scene.text(box[0] + box[2] + 40, box[1] + box[3] / 2, "Click into the square to place real points", size=size)
    scene.plane(box, xlim=REACH, ylim=REACH, id="map", tip=PLACE_TIP)
    return scene.to_bytes()


def draw_card_plane(scene: Scene, seen: Any, box: Box) -> None:
    """Field, real points and fakes, small."""
    plane: Any = seen.plane
    told: dict[str, Any] = {"xlim": REACH, "ylim": REACH}
    _draw_field(scene, seen, box)
    scene.points(box, plane.real, classes=np.full(len(plane.real), REAL), radius=1.6, **told)
    scene.points(box, plane.fake, classes=np.full(len(plane.fake), FAKE), radius=1.6, **told)
