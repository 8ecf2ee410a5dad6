"""The latent space of the page `vae`: its map, ways through it, and one example with everything that becomes of it.

Examples are arrays of pictures, (m, C, S, S) from 0 to 1, grey or in colour, or points of the plane, (m, 2).
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from figures.palettes import Palette
from figures.scene import Box, Colour, Scene
from figures.theme import ON_PAGE

WIDTH: Final = 1000.0
MAP: Final[Box] = (34.0, 34.0, 416.0, 416.0)
LARGE: Final = 280.0  # side of the decoded picture
STRENGTH: Final = 0.55  # of the manifold behind the points
SMALL: Final = 92.0  # side of the input
LABELS: Final = 92.0  # room for the name of a way
LETTERS: Final = 14  # of a class
LIMITS: Final = (-1.15, 1.15)  # of the plane where examples are points
ANGLES: Final = np.linspace(0, 2 * np.pi, 41)
CIRCLE: Final = np.stack([np.cos(ANGLES), np.sin(ANGLES)])


def draw_examples(scene: Scene, boxes: Any, examples: np.ndarray, **more: Any) -> None:
    """Draws pictures into boxes, or points into small planes.

    Args:
        scene: what to draw into.
        boxes: m boxes.
        examples: m of them, see above.
        **more: for the sheet of pictures.
    """
    if examples.ndim == 2:
        for box, xy in zip(boxes, examples, strict=True):
            scene.rect(box, stroke="hairline")
            scene.points(box, xy[None], xlim=LIMITS, ylim=LIMITS, radius=max(2.0, box[2] / 24))
        return
    is_coloured = examples.shape[1] == 3
    shown = np.nan_to_num(examples.transpose(0, 2, 3, 1)) if is_coloured else examples[:, 0]
    palette: Palette = "rgb" if is_coloured else "grey"
    scene.sheet(np.array(boxes), shown, low=0, high=1, palette=palette, smooth=False, **more)


# ---- the map ---------------------------------------------------------------------------------------------------------


def latent_scene(
    seen: Any,
    here: np.ndarray,
    decoded: np.ndarray,
    *,
    chosen: int | None = None,
    given: np.ndarray | None = None,
    ellipses: Sequence[int] = (),
    tiles: np.ndarray | None = None,
    background: np.ndarray | None = None,
) -> bytes:
    """The codes of test examples on a plane, and what a point of it decodes to.

    Args:
        seen: the `Codes`.
        here: (2,) where the point lies on the plane.
        decoded: (1, …) what it decodes to.
        chosen: the example whose code it is, if it is one, by its number in `seen`.
        given: (1, …) the input of that example.
        ellipses: examples whose deviation is drawn.
        tiles: (c, c, …) what the middles of c × c cells decode to, the upper row first.
        background: (m, 2) inputs to show beside a decoded point; None for pictures.

    Returns:
        The bytes for the canvas. A click on the map sends the plane `latent`.
    """
    told = "anywhere" if chosen is None else f"of test example {seen.places[chosen] + 1}"
    alt = (
        f"The codes of {len(seen.xy)} test examples on a plane, coloured by class, with a point {told} at "
        f"{here[0]:.2f}, {here[1]:.2f}, and what it decodes to."
    ).replace("-", "−")
    scene = Scene(WIDTH, 486, alt)
    limits = (-seen.reach, seen.reach)
    _head(scene, MAP, "Codes of test examples", _plane_words(seen))
    is_tiled = tiles is not None and background is None
    if tiles is not None and is_tiled:
        _draw_tiles(scene, tiles)
    scene.axes(MAP, xlim=limits, ylim=limits, ticks=6)
    strong = 2.6 if is_tiled else 3.2
    shown: dict[str, Any] = {"classes": seen.labels} if seen.class_names else {"colour": "accent"}
    scene.points(MAP, seen.xy, xlim=limits, ylim=limits, radius=strong, **shown)
    outlines = [ellipse(seen.xy[index], seen.covariances[index]) for index in ellipses]
    if outlines:
        scene.lines(MAP, outlines, xlim=limits, ylim=limits, colours="text", width=1.5)
    _draw_cross(scene, here, limits)
    scene.plane(MAP, xlim=limits, ylim=limits, id="latent", tip="Decode the point; on a code, take that example")
    _draw_legend(scene, seen)
    if background is None:
        _draw_sides(scene, seen, decoded, chosen, given)
    else:
        _draw_plane(scene, decoded, given, background, tiles)
    return scene.to_bytes()


def ellipse(centre: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """One standard deviation around a centre, as a closed line.

    Args:
        centre: (2,).
        covariance: (2, 2).
    """
    sizes, turns = np.linalg.eigh(np.nan_to_num(np.asarray(covariance, dtype=float), posinf=0.0))
    return np.asarray(centre + (turns * np.sqrt(np.maximum(sizes, 0)) @ CIRCLE).T)


def _plane_words(seen: Any) -> str:
    k = seen.mean.shape[1]
    if k <= 2:
        return "the one latent unit runs across" if k == 1 else "latent unit 1 runs across, unit 2 up"
    return f"two directions of {k}, with {seen.share:.0%} of the variance"


def _head(scene: Scene, box: Box, title: str, note: str = "") -> None:
    scene.text(box[0], box[1] - 24, title, size=ON_PAGE.title, weight=600)
    if note:
        scene.text(box[0], box[1] - 9, note, size=ON_PAGE.note, colour="muted")


def _draw_tiles(scene: Scene, tiles: np.ndarray) -> None:
    count, (left, top, side, _) = len(tiles), MAP
    cell = side / count
    boxes = [(left + column * cell, top + row * cell, cell, cell) for row in range(count) for column in range(count)]
    flat = tiles.reshape(count * count, *tiles.shape[2:])
    draw_examples(scene, boxes, flat, border=False, opacity=np.full(count * count, STRENGTH))


def _draw_cross(scene: Scene, here: np.ndarray, limits: tuple[float, float]) -> None:
    """Two hairlines and a ring at the point."""
    for axis in (0, 1):
        ends = np.tile(here, (2, 1)).astype(float)
        ends[:, 1 - axis] = limits
        scene.lines(MAP, [ends], xlim=limits, ylim=limits, colours="text", width=1, dash=True)
    scene.points(MAP, here[None], xlim=limits, ylim=limits, colour="text", hollow=np.array([True]), radius=7)
    scene.points(MAP, here[None], xlim=limits, ylim=limits, colour="text", radius=2)


def _draw_legend(scene: Scene, seen: Any) -> None:
    """The classes, beside the map."""
    left, top = MAP[0] + MAP[2] + 18, MAP[1]
    for index, name in enumerate(seen.class_names):
        y = top + 8 + 19 * index
        scene.points((left, y - 6, 12, 12), np.zeros((1, 2)), xlim=(-1, 1), ylim=(-1, 1), classes=[index], radius=4)
        scene.text(left + 20, y, str(name)[:LETTERS], size=ON_PAGE.label)


def _draw_sides(scene: Scene, seen: Any, decoded: np.ndarray, chosen: int | None, given: np.ndarray | None) -> None:
    """The decoded point, large, and the input it came from, if it came from one."""
    left = 620.0
    box = (left, MAP[1], LARGE, LARGE)
    _head(scene, box, "Decoded from the point", "what the decoder paints there")
    draw_examples(scene, [box], decoded)
    if chosen is None or given is None:
        scene.text(left, box[1] + LARGE + 24, "No example lies here: this is made up.", size=ON_PAGE.label)
        return
    half = (left, box[1] + LARGE + 44, SMALL, SMALL)
    name = f", {str(seen.class_names[int(seen.labels[chosen])])[:LETTERS]}" if seen.class_names else ""
    _head(scene, half, "The input of this code", f"test example {seen.places[chosen] + 1}{name}")
    draw_examples(scene, [half], given)


def _draw_plane(
    scene: Scene, decoded: np.ndarray, given: np.ndarray | None, background: np.ndarray, tiles: np.ndarray | None
) -> None:
    """Where points lie: the inputs, the decoded map as a net, the decoded point and the input of its code."""
    side = MAP[3]
    box = (WIDTH - side - 8, MAP[1], side, side)
    note = "grey: test points" + (", net: the decoded map" if tiles is not None else "")
    _head(scene, box, "Decoded from the point", f"{note}; ring: the input of this code" if given is not None else note)
    draw_cloud(scene, box, background)
    if tiles is not None:
        lines = [*tiles, *tiles.transpose(1, 0, 2)]
        scene.lines(box, lines, xlim=LIMITS, ylim=LIMITS, colours="accent", width=0.6)
    scene.points(box, decoded, xlim=LIMITS, ylim=LIMITS, colour="negative", radius=6)
    if given is not None:
        scene.points(box, given, xlim=LIMITS, ylim=LIMITS, colour="text", hollow=np.array([True]), radius=7)


def draw_cloud(scene: Scene, box: Box, points: np.ndarray) -> None:
    """Axes of the plane the examples lie in, and many of them in grey."""
    scene.axes(box, xlim=LIMITS, ylim=LIMITS, ticks=4)
    scene.points(box, points, xlim=LIMITS, ylim=LIMITS, colour="grey", radius=2)


# ---- between two -----------------------------------------------------------------------------------------------------


def ways_scene(ways: Any, names: tuple[str, str], background: np.ndarray | None = None) -> bytes:
    """What lies between two codes on the straight way and on the sphere.

    Args:
        ways: a `Ways`.
        names: of the inputs at the two ends.
        background: (m, 2) inputs to show behind the ways; None for pictures.
    """
    count = len(ways.shares)
    alt = f"{count} decoded steps from one code to the other, on the straight way and on the sphere."
    if background is not None:
        return _ways_of_points(ways, background, alt)
    pitch = (WIDTH - LABELS) / (count + 2)
    side = pitch - 8
    scene = Scene(WIDTH, 2 * pitch + 34, alt)
    for row, (word, decoded) in enumerate((("straight", ways.straight.decoded), ("spherical", ways.spherical.decoded))):
        y = 30 + row * pitch
        scene.text(0, y + side / 2, word, size=ON_PAGE.title, weight=600)
        draw_examples(scene, [(LABELS + (place + 1) * pitch, y, side, side) for place in range(count)], decoded)
    for place in range(0, count, 2):
        x = LABELS + (place + 1.5) * pitch - 4
        words = f"{ways.shares[place]:.0%}"
        scene.text(x, 14, words, size=ON_PAGE.note, align="center", colour="muted")
    if len(ways.ends):
        middle = 30 + pitch - side / 2 - 4
        boxes = [(LABELS, middle, side, side), (LABELS + (count + 1) * pitch, middle, side, side)]
        draw_examples(scene, boxes, ways.ends)
        for box, name in zip(boxes, names, strict=True):
            scene.text(box[0] + side / 2, middle - 12, name, size=ON_PAGE.note, align="center", colour="muted")
    return scene.to_bytes()


def _ways_of_points(ways: Any, background: np.ndarray, alt: str) -> bytes:
    """The two ways where the decoder puts them, among the inputs."""
    side, reach = 380.0, (-ways.reach, ways.reach)
    left, right = (34.0, 34.0, side, side), (WIDTH - side - 130, 34.0, side, side)
    scene = Scene(WIDTH, side + 64, alt)
    _head(scene, left, "The ways in the latent space", "grey: codes of test points")
    _head(scene, right, "The ways, decoded", "grey: test points; rings: the inputs at the ends")
    scene.axes(left, xlim=reach, ylim=reach, ticks=4)
    scene.points(left, ways.codes, xlim=reach, ylim=reach, colour="grey", radius=2)
    draw_cloud(scene, right, background)
    styles: tuple[tuple[Any, Colour, bool], ...] = (
        (ways.straight, "negative", False),
        (ways.spherical, "positive", True),
    )
    for number, (way, colour, is_dashed) in enumerate(styles):
        for box, track, limits in ((left, way.places, reach), (right, way.decoded, LIMITS)):
            scene.lines(box, [track], xlim=limits, ylim=limits, colours=colour, width=2, dash=is_dashed)
            scene.points(box, track, xlim=limits, ylim=limits, colour=colour, radius=4)
        name, x = ("straight", "spherical")[number], right[0] + side + 20
        scene.text(x, 50 + 20 * number, name, size=ON_PAGE.title, colour=colour, weight=600)
    hollow = np.ones(len(ways.ends), dtype=bool)
    scene.points(right, ways.ends, xlim=LIMITS, ylim=LIMITS, colour="text", hollow=hollow, radius=8)
    return scene.to_bytes()


# ---- one example -----------------------------------------------------------------------------------------------------


def example_scene(seen: Any) -> bytes:
    """An input, what becomes of it, the difference, and draws from its cloud.

    Args:
        seen: a `OneExample`.
    """
    alt = (
        f"Test example {seen.row + 1}, its reconstruction from the mean of its code, the difference, and "
        f"{len(seen.draws)} reconstructions from draws."
    )
    side, small, gap, top = 182.0, 86.0, 10.0, 40.0
    scene = Scene(WIDTH, top + side + 8, alt)
    lefts = [0.0, side + 18, 2 * (side + 18)]
    boxes: list[Box] = [(left, top, side, side) for left in lefts]
    for box, (title, note) in zip(boxes, _parts_of(seen), strict=True):
        _head(scene, box, title, note)
    draw_examples(scene, boxes[:2], np.concatenate([seen.input, seen.reconstruction]))
    _draw_difference(scene, boxes[2], seen)
    left = 3 * (side + 18) + 8
    if seen.input.ndim == 2:
        box = (left, top, side, side)
        _head(scene, box, "Decoded draws z = μ + σ ε", "each from other dice")
        scene.rect(box, stroke="hairline")
        scene.points(box, seen.draws, xlim=LIMITS, ylim=LIMITS, radius=4)
        return scene.to_bytes()
    across = int((WIDTH - left + gap) // (small + gap))
    _head(scene, (left, top, 0, 0), "Decoded draws z = μ + σ ε", "each from other dice; they differ where it is unsure")
    places = [divmod(index, across) for index in range(min(len(seen.draws), 2 * across))]
    draws = [(left + column * (small + gap), top + row * (small + gap), small, small) for row, column in places]
    draw_examples(scene, draws, seen.draws[: len(draws)])
    return scene.to_bytes()


def _parts_of(seen: Any) -> tuple[tuple[str, str], ...]:
    last = ("Input − reconstruction", "blue: too little of it; orange: too much")
    if seen.input.ndim == 2:
        last = ("Both", "disc: the input; ring: the reconstruction")
    return ("Input", f"test example {seen.row + 1}"), ("Reconstruction", "decoded from the mean μ"), last


def _draw_difference(scene: Scene, box: Box, seen: Any) -> None:
    """Where the reconstruction misses, pixel by pixel; for points, the way from one to the other."""
    if seen.input.ndim == 2:
        scene.rect(box, stroke="hairline")
        ends = np.concatenate([seen.input, seen.reconstruction])
        scene.lines(box, [ends], xlim=LIMITS, ylim=LIMITS, colours="negative", width=2)
        scene.points(box, ends, xlim=LIMITS, ylim=LIMITS, hollow=np.array([False, True]), radius=5)
        return
    difference = (seen.input - seen.reconstruction)[0]  # (C, S, S)
    scene.sheet(box, difference.mean(0), low=-1, high=1, smooth=False, readout="difference")
