"""Positions as pictures: the matrix of sines and cosines, rotated pairs, fans of penalties, and the lecture's table."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from figures import theme
from figures.attention_maps import Cell, Look, draw_map
from figures.kernels import reach_of
from figures.line_still import Line, lines_still
from figures.scene import Box, Colour, Scene
from figures.still import Still
from figures.theme import ON_PAGE

WIDTH: Final = 1000.0
HEIGHT: Final = 400.0
TOP: Final = 52.0
TABLE: Final[Box] = (34.0, TOP, 300.0, 316.0)
PRODUCTS: Final[Box] = (384.0, TOP, 250.0, 250.0)
WAVES: Final[Box] = (706.0, TOP, 284.0, 124.0)
BY_DISTANCE: Final[Box] = (706.0, 240.0, 284.0, 124.0)
ROPE_HEIGHT: Final = 300.0
CIRCLE: Final = 150.0
PAIRS: Final = 4  # of the query that are drawn
ADDED_HEIGHT: Final = 250.0


def sines_scene(sines: Any, cell: Cell) -> bytes:
    """The matrix of sines and cosines, the products of its rows, and two curves through the chosen cell.

    Args:
        sines: a `Sines`.
        cell: the position and the dimension that are looked at.

    Returns:
        The bytes for the canvas. A click sends the planes `table` (x the dimension, y minus the position) and
        `products` (both positions).
    """
    (num_places, width), (p, i) = sines.table.shape, cell
    kind = "sine" if i % 2 == 0 else "cosine"
    alt = (
        f"Sinusoidal positions: {num_places} positions by {width} dimensions. Position {p}, dimension {i}, a {kind}: "
        f"{sines.table[p, i]:.3f}. The product of two rows depends on their distance only, from "
        f"{sines.by_distance[0]:.1f} at distance 0; at equal distance products differ by {sines.spread:.0e} at most."
    )
    scene = Scene(WIDTH, HEIGHT, alt)
    _title(scene, TABLE, "Position by dimension", "blue positive, orange negative; click a cell")
    rows = [f"position {number}" for number in range(num_places)]
    columns = [f"dimension {number}" for number in range(width)]
    scene.sheet(TABLE, sines.table, low=-1, high=1, smooth=False, readout="=")
    scene.name_cells(rows, columns, "")
    _ticks(scene, TABLE, num_places, width)
    _cell_frame(scene, TABLE, (num_places, width), cell)
    limits = (0.0, float(width)), (-float(num_places), 0.0)
    tip = "Choose a cell of the matrix"
    scene.plane(TABLE, xlim=limits[0], ylim=limits[1], id="table", tip=tip, steps=(width, num_places))

    _title(scene, PRODUCTS, "Row p times row p′", "bands: equal distance, equal product")
    reach = width / 2
    scene.sheet(PRODUCTS, sines.products, low=-reach, high=reach, smooth=False, readout="=")
    scene.name_cells(rows, rows, "")
    _ticks(scene, PRODUCTS, num_places, num_places)
    high = PRODUCTS[3] / num_places
    scene.rect((PRODUCTS[0], PRODUCTS[1] + p * high, PRODUCTS[2], high), stroke="text")
    _draw_curves(scene, sines, cell)
    return scene.to_bytes()


def _draw_curves(scene: Scene, sines: Any, cell: Cell) -> None:
    (num_places, width), (p, i) = sines.table.shape, cell
    first = i - i % 2
    _title(scene, WAVES, f"Dimensions {first} and {first + 1} over positions", "blue: sine, orange: cosine")
    draw: dict[str, Any] = {"xlim": (0, num_places - 1), "ylim": (-1.1, 1.1)}
    scene.axes(WAVES, **draw, ticks=([0, 16, 32, 48], [-1, 0, 1]), grid=True)
    places = np.arange(num_places, dtype=float)
    waves = [np.stack([places, sines.table[:, first + side]], axis=1) for side in (0, 1)]
    scene.lines(WAVES, waves, **draw, colours=["positive", "negative"])
    scene.points(WAVES, [[p, sines.table[p, i]]], **draw, colour="text", radius=4.5)
    _title(scene, BY_DISTANCE, "Product by distance k", "line: mean over p; dots: this position")
    top = width / 2
    low = min(-0.25 * top, float(sines.by_distance.min()))
    spans: dict[str, Any] = {"xlim": (0, len(sines.by_distance) - 1), "ylim": (1.1 * low, 1.1 * top)}
    scene.axes(BY_DISTANCE, **spans, ticks=3, grid=True, xlabel="k")
    distances = np.arange(len(sines.by_distance), dtype=float)
    scene.lines(BY_DISTANCE, [np.stack([distances, sines.by_distance], axis=1)], **spans, colours="positive")
    own = np.array([[k, sines.products[p, p + k]] for k in range(len(distances)) if p + k < num_places])
    scene.points(BY_DISTANCE, own, **spans, colour="text", radius=2.5)


def _title(scene: Scene, box: Box, title: str, note: str) -> None:
    scene.text(box[0], box[1] - 34, title, size=ON_PAGE.title, weight=600)
    scene.text(box[0], box[1] - 18, note, size=ON_PAGE.note, colour="muted")


def _ticks(scene: Scene, box: Box, num_rows: int, num_columns: int) -> None:
    """A few numbers beside the rows and below the columns."""
    for row in range(0, num_rows, 16):
        y = box[1] + (row + 0.5) * box[3] / num_rows
        scene.text(box[0] - 5, y, str(row), size=ON_PAGE.note, align="right", colour="muted", tabular=True)
    for column in range(0, num_columns, max(1, num_columns // 4)):
        x = box[0] + (column + 0.5) * box[2] / num_columns
        scene.text(
            x, box[1] + box[3] + 12, str(column), size=ON_PAGE.note, align="center", colour="muted", tabular=True
        )


def _cell_frame(scene: Scene, box: Box, shape: Cell, cell: Cell) -> None:
    high, wide = box[3] / shape[0], box[2] / shape[1]
    scene.rect((box[0] + cell[1] * wide - 1, box[1] + cell[0] * high - 1, wide + 2, high + 2), stroke="text", width=2)


# ---- RoPE ------------------------------------------------------------------------------------------------------------


def rope_scene(rotation: Any, query_at: int, key_at: int) -> bytes:
    """The first pairs of a query and a key as arrows turned by their positions, and the score by distance.

    Args:
        rotation: a `Rotation`.
        query_at: position of the query.
        key_at: position of the key.
    """
    distance = query_at - key_at
    alt = (
        f"RoPE: pairs of numbers of a query at position {query_at} and of a key at position {key_at}, turned by angles "
        f"that grow with the position. Their product is {rotation.score:.3f}. At equal distance the products differ by "
        f"{rotation.spread:.0e} at most."
    )
    scene = Scene(WIDTH, ROPE_HEIGHT, alt)
    number = min(PAIRS, len(rotation.query) // 2)
    limits: dict[str, Any] = {"xlim": (-1.05, 1.05), "ylim": (-1.05, 1.05)}
    round_ = np.linspace(0, 2 * np.pi, 73)
    circle = np.stack([np.cos(round_), np.sin(round_)], axis=1)
    for pair in range(number):
        box = (8.0 + pair * (CIRCLE + 10.0), TOP + 12, CIRCLE, CIRCLE)
        _title(
            scene,
            box,
            f"Pair {pair + 1}",
            "fastest" if pair == 0 else "slower" if pair + 1 < number else "slowest drawn",
        )
        scene.lines(box, [circle], **limits, colours="hairline", width=1.0)
        ends = slice(2 * pair, 2 * pair + 2)
        longest = max(float(np.linalg.norm(one[ends])) for one in (rotation.query, rotation.key)) or 1.0
        arrows: tuple[tuple[np.ndarray, np.ndarray, Colour], ...] = (
            (rotation.query, rotation.turned_query, "positive"),
            (rotation.key, rotation.turned_key, "negative"),
        )
        for before, after, colour in arrows:
            still = np.array([[0.0, 0.0], before[ends] / longest])
            scene.lines(box, [still], **limits, colours="grey", width=1.2, dash=True)
            scene.lines(box, _arrow(after[ends] / longest), **limits, colours=colour, width=2.5)
        part = float(rotation.turned_query[ends] @ rotation.turned_key[ends])
        words = f"product {part:.3f}".replace("-", "−")
        scene.text(box[0] + CIRCLE / 2, box[1] + CIRCLE + 14, words, size=ON_PAGE.label, align="center", tabular=True)
    x = 8.0
    legend: tuple[tuple[str, Colour], ...] = (
        ("query, turned", "positive"),
        ("key, turned", "negative"),
        ("dashed: before", "muted"),
    )
    for words, ink in legend:
        scene.text(x, ROPE_HEIGHT - 30, words, size=ON_PAGE.note, colour=ink)
        x += 110
    box = (706.0, TOP + 12, 284.0, 170.0)
    _title(scene, box, "Score by distance", "query minus key position; dot: now")
    top = 1.1 * reach_of(rotation.by_distance)
    spans: dict[str, Any] = {"xlim": (0, len(rotation.by_distance) - 1), "ylim": (-top, top)}
    scene.axes(box, **spans, ticks=3, grid=True, xlabel="distance")
    distances = np.arange(len(rotation.by_distance), dtype=float)
    scene.lines(box, [np.stack([distances, rotation.by_distance], axis=1)], **spans, colours="positive")
    if distance >= 0:
        scene.points(box, [[distance, rotation.score]], **spans, colour="text", radius=4.5)
    return scene.to_bytes()


def _arrow(end: np.ndarray) -> list[np.ndarray]:
    """A line from the middle with a small head."""
    direction = np.arctan2(end[1], end[0])
    wings = [end - 0.16 * np.array([np.cos(direction + turn), np.sin(direction + turn)]) for turn in (-0.45, 0.45)]
    return [np.array([[0.0, 0.0], end]), np.array([wings[0], end, wings[1]])]


# ---- ALiBi and the lecture's table -----------------------------------------------------------------------------------


def fan_still(penalty: Any, mode: theme.Mode, *, is_weight: bool) -> Still:
    """What each head takes from a score by distance, or the weights it makes of equal scores.

    Args:
        penalty: a `Penalty`.
        mode: light or dark.
        is_weight: draws the weights instead of the penalties.
    """
    values = penalty.by_distance
    if is_weight:
        powers = np.exp(values)
        values = powers / powers.sum(axis=1, keepdims=True)
    distances = np.arange(values.shape[1], dtype=float)
    number = len(values)
    shades = theme.MAGNITUDE[2:] if mode == "light" else theme.MAGNITUDE[:-2][::-1]
    lines = [
        Line(f"head {head + 1}, slope {slope:.3g}", distances, values[head],
             shades[round(head * (len(shades) - 1) / max(number - 1, 1))])
        for head, slope in enumerate(penalty.slopes)
    ]  # fmt: skip
    title = "weight, if all scores are equal" if is_weight else "added to the score"
    far = "; ".join(f"head {head + 1} {value:.3g}" for head, value in enumerate(values[:, -1]))
    alt = f"ALiBi, {title}, by distance for {number} heads. At distance {int(distances[-1])}: {far}."
    xaxis = {"title": {"text": "distance of the key"}}
    yaxis: dict[str, Any] = {"title": {"text": title}} | (
        {"type": "log", "range": [-6, 0], "exponentformat": "power"} if is_weight else {}
    )
    return lines_still(lines, mode, alt=alt, xaxis=xaxis, yaxis=yaxis)


def added_scene(summed: Any, words: Sequence[str], chosen: Cell) -> bytes:
    """The lecture's table: token + position = input, number by number.

    Args:
        summed: a `Summed`.
        words: T of them.
        chosen: the word and the dimension that are framed.

    Returns:
        The bytes for the canvas. A click sends the ids of `draw_map` with the hots `token`, `position` and `input`.
    """
    t, i = chosen
    alt = (
        f"Vectors of {len(words)} words, of their positions, and the sums that the network gets. Dimension {i + 1} of "
        f"word {t + 1}: {summed.tokens[t, i]:.2f} plus {summed.positions[t, i]:.2f} is {summed.inputs[t, i]:.2f}."
    )
    height = min(ADDED_HEIGHT, TOP + 34.0 * (len(words) + 1))
    scene = Scene(WIDTH, height, alt)
    reach = reach_of(summed.tokens, summed.positions, summed.inputs)
    look = Look(-reach, reach, "diverging", "value", ".1f")
    columns = tuple(str(number + 1) for number in range(summed.tokens.shape[1]))
    parts = (("token", "Token", "what the word means", summed.tokens),
             ("position", "+ position", "where it stands", summed.positions),
             ("input", "= input", "what the network gets", summed.inputs))  # fmt: skip
    for number, (hot, title, note, values) in enumerate(parts):
        box = (8.0 + number * 334.0, TOP, 316.0, height - TOP - 4)
        _title(scene, box, title, note)
        draw_map(scene, box, values, words, columns, scale=ON_PAGE, look=look, hot=hot, chosen=chosen)
    return scene.to_bytes()
