"""One update of a GAN in slow motion: what takes part in a stage, where the points are, and what each of them costs.

All scenes take a `Turn` of experiments/gan_stages.py.

Shapes: n examples, D numbers each, R cells along a side.
"""

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from figures.augmentation import draw_pictures
from figures.curves import round_above
from figures.gan_walk import REACH
from figures.scene import Box, Colour, Limits, Scene
from figures.theme import ON_PAGE

WIDTH: Final = 1080.0
HEIGHT: Final = 400.0
PLANE: Final[Box] = (716.0, 26.0, 340.0, 340.0)
CHART: Final[Box] = (60.0, 206.0, 560.0, 146.0)
HALF: Final[Box] = (60.0, 206.0, 146.0, 146.0)
SMALLEST: Final = 0.01  # of an axis of scores
NEEDLE: Final = 0.22  # of the plane, the longest gradient
ACROSS: Final = 4  # pictures in a row
TILE_PITCH: Final = PLANE[2] / ACROSS + 14  # from one row of them to the next
MANY_LAYERS: Final = 8


class Block(NamedTuple):
    """A box of the diagram: where it stands and what it is called."""

    box: Box
    words: str


BLOCKS: Final[dict[str, Block]] = {
    "noise": Block((8.0, 22.0, 84.0, 42.0), "noise z"),
    "generator": Block((126.0, 22.0, 104.0, 42.0), "generator G"),
    "fakes": Block((264.0, 22.0, 84.0, 42.0), "fakes x̃"),
    "real": Block((264.0, 104.0, 84.0, 42.0), "real x"),
    "discriminator": Block((392.0, 63.0, 124.0, 42.0), "discriminator D"),
    "loss": Block((558.0, 63.0, 84.0, 42.0), "loss L"),
}
FLOWS: Final = (
    ("noise", "generator"),
    ("generator", "fakes"),
    ("fakes", "discriminator"),
    ("real", "discriminator"),
    ("discriminator", "loss"),
)


class Stage(NamedTuple):
    """What one stage shows.

    Attributes:
        kind: `noise`, `fakes`, `judge`, `loss`, `gradient`, `slopes` or `update`.
        blocks: of the diagram that take part.
        flows: arrows that take part, as (from, to).
        is_back: the arrows run backwards: gradients.
    """

    kind: str
    blocks: tuple[str, ...]
    flows: tuple[tuple[str, str], ...]
    is_back: bool = False


def stage_scene(turn: Any, stage: Stage, follow: int) -> bytes:
    """Draws one stage: the diagram, the numbers of that batch, and the plane or the pictures.

    Args:
        turn: a `Turn`.
        stage: which part of it.
        follow: the example that the formula speaks of.

    Returns:
        The bytes for the canvas.
    """
    takes_part = ", ".join(BLOCKS[name].words for name in stage.blocks)
    alt = (
        f"Update {turn.number} of the {turn.who}, stage {stage.kind}. Taking part: {takes_part}. Loss {turn.loss:.3g}."
    )
    scene = Scene(WIDTH, HEIGHT, alt)
    _draw_diagram(scene, stage)
    DRAWERS[stage.kind](scene, turn, follow)
    if turn.is_plane:
        _draw_plane(scene, turn, stage.kind, follow)
    else:
        _draw_tiles(scene, turn, stage.kind, follow)
    return scene.to_bytes()


# ---- the diagram ---------------------------------------------------------------------------------------------------


def _draw_diagram(scene: Scene, stage: Stage) -> None:
    """All blocks and arrows; those that take no part are faint."""
    for flow in FLOWS:
        _draw_arrow(scene, *flow, is_on=flow in stage.flows, is_back=stage.is_back)
    for name, block in BLOCKS.items():
        is_on = name in stage.blocks
        scene.rect(
            block.box, fill="panel" if is_on else None, stroke="accent" if is_on else "hairline",
            width=2 if is_on else 1, radius=5,
        )  # fmt: skip
        left, top, width, height = block.box
        scene.text(
            left + width / 2, top + height / 2, block.words, size=ON_PAGE.label, align="center",
            colour="text" if is_on else "muted", weight=600 if is_on else 400,
        )  # fmt: skip


def _draw_arrow(scene: Scene, start: str, end: str, *, is_on: bool, is_back: bool) -> None:
    """From the right side of one block to the left side of the next; backwards for a gradient."""
    one, other = BLOCKS[start].box, BLOCKS[end].box
    ends = [[one[0] + one[2] + 3, one[1] + one[3] / 2], [other[0] - 3, other[1] + other[3] / 2]]
    if is_on and is_back:
        ends.reverse()
    colour: Colour = ("negative" if is_back else "accent") if is_on else "hairline"
    xy = np.array(ends)
    along = (xy[1] - xy[0]) / np.linalg.norm(xy[1] - xy[0])
    across = np.array([-along[1], along[0]])
    head = np.stack([xy[1] - 8 * along + 4 * across, xy[1], xy[1] - 8 * along - 4 * across])
    upwards = [np.stack([line[:, 0], HEIGHT - line[:, 1]], axis=1) for line in (xy, head)]
    whole: Box = (0.0, 0.0, WIDTH, HEIGHT)
    width = 2.0 if is_on else 1.0
    scene.lines(whole, upwards, xlim=(0, WIDTH), ylim=(0, HEIGHT), colours=[colour, colour], width=width)


# ---- the numbers of the batch, lower left --------------------------------------------------------------------------


def _head(scene: Scene, words: str) -> None:
    scene.text(8, CHART[1] - 20, words, size=ON_PAGE.title, weight=600)


def _draw_noise(scene: Scene, turn: Any, follow: int) -> None:
    """The noise of the batch: its first two units as points, all units of one example as bars."""
    _head(scene, f"The noise of {len(turn.noise)} fakes, {turn.noise.shape[1]} units each")
    reach = round_above(np.abs(turn.noise))
    limits = (-reach, reach)
    first = turn.noise[:, :1]
    pair = np.hstack([first, turn.noise[:, 1:2] if turn.noise.shape[1] > 1 else np.zeros_like(first)])
    scene.axes(HALF, xlim=limits, ylim=limits, xlabel="unit 1")
    scene.points(HALF, pair, xlim=limits, ylim=limits, colour="grey", radius=2.2)
    scene.points(HALF, pair[follow : follow + 1], xlim=limits, ylim=limits, colour="accent", radius=5)
    units = turn.noise[follow, :16]
    box: Box = (290.0, CHART[1], 330.0, CHART[3])
    scene.text(box[0], box[1] - 20, f"The units of fake {follow + 1}", size=ON_PAGE.title, weight=600)
    _bars(scene, box, units, limits, [str(unit + 1) for unit in range(len(units))])


def _bars(scene: Scene, box: Box, values: np.ndarray, limits: Limits, names: Sequence[str]) -> None:
    """Signed bars from the middle line."""
    left, top, width, height = box
    scene.axes(box, xlim=(0, 1), ylim=limits, ticks=([], [limits[0], 0.0, limits[1]]), grid=True)
    pitch, unit = width / len(values), height / (limits[1] - limits[0])
    zero = top + limits[1] * unit
    for place, (value, name) in enumerate(zip(values.tolist(), names, strict=True)):
        high = abs(value) * unit
        if high >= 0.5:
            bar = (left + pitch * (place + 0.2), zero - high if value > 0 else zero, 0.6 * pitch, high)
            scene.rect(bar, fill="positive" if value > 0 else "negative")
        scene.text(
            left + pitch * (place + 0.5), top + height + 12, name, size=ON_PAGE.note, align="center", colour="muted"
        )


def _draw_judgement(scene: Scene, turn: Any, follow: int) -> None:
    """Every example of the batch by its score: real above, fakes below."""
    _head(scene, "What D says to each: the score, its output before the loss")
    _draw_strips(scene, turn, follow, turn.real_scores, turn.fake_scores, score_limits(turn))


def _draw_strips(scene: Scene, turn: Any, follow: int, real: np.ndarray | None, fake: np.ndarray, xlim: Limits) -> None:
    """A strip of points for the real examples and one for the fakes."""
    scene.axes(CHART, xlim=xlim, ylim=(0, 1), xlabel=score_name(turn), ticks=(scene_ticks(xlim), []), grid=True)
    for name, scores, y, colour in (("real", real, 0.72, "positive"), ("fake", fake, 0.28, "negative")):
        if scores is None:
            continue
        jitter = y + 0.15 * (np.arange(len(scores)) * 0.618 % 1 - 0.5)  # spread evenly, the same in each stage
        places = np.stack([scores, jitter], axis=1)
        scene.points(CHART, places, xlim=xlim, ylim=(0, 1), colour=colour, radius=2.4)  # type: ignore[arg-type]
        _follow(scene, CHART, places[follow], colour, xlim, (0, 1))
        scene.text(CHART[0] - 6, CHART[1] + CHART[3] * (1 - y), name, size=ON_PAGE.label, align="right")


def score_name(turn: Any) -> str:
    """What the discriminator gives, in words."""
    return "score, the logit of D(x)" if turn.gives_chances else "score D(x)"


def scene_ticks(limits: Limits) -> list[float]:
    """Five round places along an axis."""
    return [float(tick) for tick in np.linspace(*limits, 5)]


def _follow(scene: Scene, box: Box, place: np.ndarray, colour: Any, xlim: Limits, ylim: Limits) -> None:
    """The example that is followed, as a large point in a ring."""
    scene.points(box, place[None], xlim=xlim, ylim=ylim, colour=colour, radius=5, ringed=[True])


def score_limits(turn: Any) -> Limits:
    """Ends of the axis of scores, alike in all stages of a turn, 0 in the middle."""
    parts = [
        turn.fake_scores,
        turn.fake_after,
        *(one for one in (turn.real_scores, turn.real_after) if one is not None),
    ]
    every = np.concatenate(parts)
    finite = np.abs(every[np.isfinite(every)])
    reach = max(SMALLEST, round_above(finite)) if len(finite) else 1.0
    return -reach, reach


def _draw_loss(scene: Scene, turn: Any, follow: int) -> None:
    """The loss over the score, a curve for each kind of example, with the batch on it."""
    _head(scene, "What each costs: its loss over its score")
    xlim, xs = score_limits(turn), turn.curve_scores
    shown = [(xs >= xlim[0]) & (xs <= xlim[1])][0]
    curves = [(turn.fake_curve, turn.fake_scores, turn.fake_costs, "negative")]
    if turn.real_scores is not None:
        curves.append((turn.real_curve, turn.real_scores, turn.real_costs, "positive"))
    every = np.concatenate([costs for _, _, costs, _ in curves])
    finite = every[np.isfinite(every)]
    low, high = float(finite.min(initial=0.0)), float(finite.max(initial=0.1))
    ylim = (low - 0.05 * (high - low), high + 0.1 * (high - low))
    scene.axes(CHART, xlim=xlim, ylim=ylim, xlabel=score_name(turn), ticks=4, grid=True)
    for curve, scores, costs, colour in curves:
        line = np.stack([xs, np.where((curve >= ylim[0]) & (curve <= ylim[1]), curve, np.nan)], axis=1)[shown]
        scene.lines(CHART, [line], xlim=xlim, ylim=ylim, colours=colour, width=1.5)  # type: ignore[arg-type]
        places = np.stack([scores, costs], axis=1)
        scene.points(CHART, places, xlim=xlim, ylim=ylim, colour=colour, radius=2.4)  # type: ignore[arg-type]
        _follow(scene, CHART, places[follow], colour, xlim, ylim)


def _draw_gradients(scene: Scene, turn: Any, follow: int) -> None:
    """The length of the gradient of each parameter."""
    _head(scene, f"The gradient of L for each parameter of the {turn.who}: its length")
    _lengths(scene, [part.name for part in turn.parts], np.array([part.gradient for part in turn.parts]))


def _lengths(scene: Scene, names: Sequence[str], values: np.ndarray) -> None:
    """Lying bars, the largest as wide as the chart."""
    top = float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
    names, values = names[:MANY_LAYERS], values[:MANY_LAYERS]
    line = min(20.0, CHART[3] / max(len(names), 1))
    for row, (name, value) in enumerate(zip(names, values.tolist(), strict=True)):
        y = CHART[1] + line * (row + 0.5)
        scene.text(CHART[0] + 84, y, name, size=ON_PAGE.label, align="right")
        width = 320 * value / top if top else 0.0
        if width >= 0.5:
            scene.rect((CHART[0] + 92, y - 0.33 * line, width, 0.66 * line), fill="negative")
        scene.text(CHART[0] + 100 + width, y, f"{value:.2g}", size=ON_PAGE.note, colour="muted", tabular=True)


def _draw_update(scene: Scene, turn: Any, follow: int) -> None:
    """The scores of the same batch before and after, each joined by a line."""
    _head(scene, "The same batch judged again: from where it was to where it is now")
    xlim = score_limits(turn)
    _draw_strips(scene, turn, follow, turn.real_after, turn.fake_after, xlim)
    for before, after, y in ((turn.real_scores, turn.real_after, 0.72), (turn.fake_scores, turn.fake_after, 0.28)):
        if before is not None:
            jitter = y + 0.15 * (np.arange(len(before)) * 0.618 % 1 - 0.5)
            ways = [
                np.array([[one, height], [two, height]]) for one, two, height in zip(before, after, jitter, strict=True)
            ]
            scene.lines(CHART, ways, xlim=xlim, ylim=(0, 1), colours="grey", width=1)


DRAWERS: Final = {
    "noise": _draw_noise,
    "fakes": _draw_noise,
    "judge": _draw_judgement,
    "loss": _draw_loss,
    "gradient": _draw_gradients,
    "slopes": _draw_loss,
    "update": _draw_update,
}


# ---- the plane, or the pictures, on the right ----------------------------------------------------------------------


def _draw_plane(scene: Scene, turn: Any, kind: str, follow: int) -> None:
    """D over the plane, the real points and the fakes as far as they are there in this stage."""
    limits: dict[str, Any] = {"xlim": REACH, "ylim": REACH}
    is_after = kind == "update"
    field = turn.field_after if is_after else turn.field
    is_judged = kind in ("judge", "loss", "gradient", "slopes", "update")
    when = ", which stays" if turn.who == "generator" else ", after its update" if is_after else ", before its update"
    title = f"D over the plane{when}" if is_judged else "The plane"
    scene.text(PLANE[0], PLANE[1] - 14, title, size=ON_PAGE.title, weight=600)
    if is_judged:
        scene.sheet(PLANE, field[::-1], low=0, high=1, opacity=[0.55])
    scene.axes(PLANE, **limits)
    if turn.real is not None and kind != "noise":
        scene.points(PLANE, turn.real, colour="positive", radius=2.4, **limits)
    if kind == "noise":
        words, middle = "Nothing is made of it yet.", (PLANE[0] + PLANE[2] / 2, PLANE[1] + PLANE[3] / 2)
        scene.text(*middle, words, size=ON_PAGE.label, align="center", colour="muted")
        return
    fakes = turn.fakes
    if kind == "slopes":
        scene.lines(PLANE, needles(fakes, turn.slopes), colours="text", width=1.2, **limits)
    if kind == "update" and turn.moved is not None:
        ways = [np.stack(pair) for pair in zip(fakes, turn.moved, strict=True)]
        scene.lines(PLANE, ways, colours="text", width=1.2, **limits)
        fakes = turn.moved
    scene.points(PLANE, fakes, colour="negative", radius=2.4, **limits)
    _follow(scene, PLANE, fakes[follow], "negative", REACH, REACH)
    if turn.real is not None:
        _follow(scene, PLANE, turn.real[follow], "positive", REACH, REACH)
    note = "blue: real · orange: fake · large: the one followed"
    scene.text(PLANE[0] + PLANE[2], PLANE[1] + PLANE[3] + 26, note, size=ON_PAGE.note, align="right", colour="muted")


def needles(fakes: np.ndarray, slopes: np.ndarray) -> list[np.ndarray]:
    """From each fake the way its loss falls, the longest of them a fixed part of the plane."""
    longest = float(np.linalg.norm(slopes, axis=1).max(initial=0.0))
    if not np.isfinite(longest) or longest == 0:
        return [np.stack([fake, fake]) for fake in fakes]
    scale = NEEDLE * (REACH[1] - REACH[0]) / longest
    return [np.stack([fake, fake - scale * slope]) for fake, slope in zip(fakes, slopes, strict=True)]


def _draw_tiles(scene: Scene, turn: Any, kind: str, follow: int) -> None:
    """Some pictures of the batch, the one that is followed first; gradients and changes as pictures."""
    if kind == "noise":
        scene.text(PLANE[0], PLANE[1], "Nothing is made of it yet.", size=ON_PAGE.label, colour="muted")
        return
    changes = {"slopes": ("where the loss falls: blue, brighter", turn.slopes),
               "update": ("what has changed: blue, brighter", turn.moved)}  # fmt: skip
    words, change = changes.get(kind, ("", None))
    top = PLANE[1]
    if turn.real is not None:
        top = _draw_row(scene, turn, "real", turn.real, turn.real_scores, kind, follow, top, ACROSS)
    number = 2 * ACROSS if turn.real is None and change is None else ACROSS
    top = _draw_row(scene, turn, "fakes", turn.fakes, turn.fake_scores, kind, follow, top, number)
    if change is None:
        return
    rows = _shown(len(change), follow, ACROSS)
    tiles = (-change[rows] if kind == "slopes" else change[rows] - turn.fakes[rows]).reshape(-1, *turn.shape)[:, 0]
    scene.text(PLANE[0], top - 12, words, size=ON_PAGE.title, weight=600)
    reach = float(np.abs(tiles).max()) or 1.0
    scene.sheet(_boxes(top, len(rows)), tiles, low=-reach, high=reach, smooth=False, readout="change")


def _draw_row(
    scene: Scene, turn: Any, name: str, values: np.ndarray, scores: np.ndarray, kind: str, follow: int, top: float,
    number: int,
) -> float:  # fmt: skip
    """Pictures with what D says to each, once it has; returns where the next row may begin."""
    rows = _shown(len(values), follow, number)
    said = 1 / (1 + np.exp(-scores[rows])) if turn.gives_chances else scores[rows]
    labels = None if kind == "fakes" else [f"{each:.2f}" for each in said]
    told = name if labels is None else f"{name}, and what D says to each"
    scene.text(PLANE[0], top - 12, told, size=ON_PAGE.title, weight=600)
    pictures = (values[rows].reshape(-1, *turn.shape) + 1) / 2
    draw_pictures(scene, _boxes(top, len(rows)), pictures, labels=labels, label_size=ON_PAGE.note, selected=[0])
    return top + TILE_PITCH * math.ceil(len(rows) / ACROSS) + 26


def _shown(total: int, follow: int, number: int) -> list[int]:
    """The example that is followed, then the first others."""
    return [follow, *(row for row in range(total) if row != follow)][:number]


def _boxes(top: float, number: int) -> list[Box]:
    side = PLANE[2] / ACROSS
    return [
        (PLANE[0] + side * (place % ACROSS), top + TILE_PITCH * (place // ACROSS), side - 6, side - 6)
        for place in range(number)
    ]
