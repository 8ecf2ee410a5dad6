"""The live picture of the page `optimizers`: a surface from above, who walks on it, and one step in numbers."""

import math
from functools import lru_cache
from typing import Any, Final

import contourpy
import numpy as np

from figures.curves import draw_axes, log_limits, powers_of, round_above, row_at, rows_to_draw
from figures.items import numeral
from figures.optimizers_formula import RULES, short, update_lines
from figures.optimizers_layout import LOOKS, PAGE, PROJECTOR, Layout
from figures.scene import Box, Colour, Limits, Scene

PART_COLOURS: Final[tuple[Colour, ...]] = ("text", "grey", "muted")  # by the gradient, by momentum, by decay
FEW_LINES: Final = 4  # of an update: up to so many are written larger
NUM_LEVELS: Final = 11
TICKS: Final = (-4.0, -2.0, 0.0, 2.0, 4.0)
HIGH: Final = 0.9  # share of the picture that lies below the darkest colour
FLOOR: Final = 1e-3  # of that range: below, the colours do not go on
NEAR: Final = 0.012  # of the picture: places of a trail nearer than this are one
MAX_PLACES: Final = 130  # of one trail
FIELD_OPACITY: Final = 0.5
CLICK_TIP: Final = "Start all racers here"
RATE_REACH: Final = (0.02, 10.0)  # the rate axis, as multiples of the limit


def race_scene(
    seen: Any, history: Any, *, step: int, look: int = 0, is_log: bool = True, is_large: bool = False
) -> bytes:
    """Draws surface, trails, standings, curves, and the last step of the racer in focus.

    Args:
        seen: a `RaceObservation`.
        history: the run's `Columns`.
        step: optimiser updates so far.
        look: a number that, when it changes, brings the picture into view.
        is_log: a logarithmic axis of heights.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. A click sends `ground` with coordinates, `focus:name`, `rate:best` or `rate:limit`.
    """
    layout = PROJECTOR if is_large else PAGE
    scene = Scene(layout.width, layout.height, _alt(seen, step), {"step": step, "look": look})
    _draw_ground(scene, seen, layout.map, layout.scale.title)
    _draw_trails(scene, seen, layout.map)
    _draw_step(scene, seen, layout.map)
    limits = (-seen.side, seen.side)
    scene.plane(layout.map, xlim=limits, ylim=limits, id="ground", tip=CLICK_TIP)
    _draw_standings(scene, seen, layout)
    _draw_curves(scene, seen, history, layout, step, is_log=is_log)
    _draw_update(scene, seen, layout)
    _draw_rates(scene, seen, layout) if seen.bowl else _draw_story(scene, seen, layout)
    return scene.to_bytes()


def card_scene(seen: Any) -> bytes:
    """The surface with its trails, small and without words.

    Args:
        seen: a `RaceObservation`.
    """
    names = ", ".join(LOOKS[name].name for name in seen.racers)
    scene = Scene(360, 200, f"Trails of {names} on the surface {seen.surface}.")
    box = (80.0, 0.0, 200.0, 200.0)
    _draw_ground(scene, seen, box, 0)
    _draw_trails(scene, seen, box)
    return scene.to_bytes()


def _alt(seen: Any, step: int) -> str:
    places = ", ".join(
        f"{LOOKS[name].name} {'diverged' if is_out else f'at height {height:.3g}'}"
        for name, height, is_out in zip(seen.racers, seen.heights, seen.is_out, strict=True)
    )
    return f"The surface {seen.surface} from above, with the trails of {len(seen.racers)} optimisers after {step:,} " \
        f"steps: {places}."  # fmt: skip


# ---- the map -------------------------------------------------------------------------------------------------------


def shade(heights: np.ndarray, field: np.ndarray) -> np.ndarray:
    """Heights as they are coloured, 0 to 1: by their logarithm above the lowest, so that flat floors show too.

    Args:
        heights: any shape.
        field: the whole surface; the highest parts of it all count as 1, or a cliff in a corner would take the range.
    """
    low, top = field.min(), np.quantile(field - field.min(), HIGH) or 1.0
    above = np.clip(heights.astype(np.float64) - low, 0, top)
    return np.log1p(above / (FLOOR * top)) / math.log1p(1 / FLOOR)


@lru_cache(maxsize=64)
def _contours(shades: bytes, size: int, side: float) -> list[np.ndarray]:
    """Lines of equal height; the same surface comes with every tick."""
    along = np.linspace(-side, side, size)
    lines = contourpy.contour_generator(along, along, np.frombuffer(shades).reshape(size, size))
    found = [line for level in np.arange(1, NUM_LEVELS) / NUM_LEVELS for line in lines.lines(float(level))]
    return [_thinned(np.asarray(line), side, 2 * NEAR) for line in found if len(line) > 3]


def _thinned(places: np.ndarray, side: float, near: float = NEAR) -> np.ndarray:
    """Without the places that a screen cannot tell from the ones before; the last one stays."""
    cells = np.round(places / (2 * side * near))
    kept = np.ones(len(places), dtype=bool)
    kept[1:-1] = (cells[1:-1] != cells[:-2]).any(axis=1)
    thin = places[kept]
    if len(thin) > MAX_PLACES:
        thin = thin[np.unique(np.linspace(0, len(thin) - 1, MAX_PLACES).astype(int))]
    return thin


def cut(places: np.ndarray, side: float) -> np.ndarray:
    """A trail that leaves the picture far behind, cut at half a side beyond it, so that each line keeps its direction.

    Returns:
        (n, 2); the pieces are apart by nan.
    """
    reach = 1.5 * side
    if np.abs(places).max() <= reach:
        return places
    start = places[:-1].astype(np.float64)
    way = places[1:] - start
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.stack([(-reach - start) / way, (reach - start) / way])
    begin = np.fmin(*ends).max(axis=1).clip(0, 1)[:, None]
    end = np.fmax(*ends).min(axis=1).clip(0, 1)[:, None]
    pieces = np.stack([start + begin * way, start + end * way, np.full_like(start, np.nan)], axis=1)
    return pieces[begin[:, 0] < end[:, 0]].reshape(-1, 2)


def _draw_ground(scene: Scene, seen: Any, box: Box, title_size: float) -> None:
    limits = (-seen.side, seen.side)
    shades = shade(seen.field, seen.field)
    scene.sheet(box, shades[::-1], low=0.0, high=1.0, palette="magnitude", opacity=[FIELD_OPACITY])
    contours = _contours(shades.tobytes(), len(shades), seen.side)
    scene.lines(box, contours, xlim=limits, ylim=limits, colours="grey", width=0.7)
    if title_size:
        scene.axes(box, xlim=limits, ylim=limits, ticks=(TICKS, TICKS))
        words = f"{seen.surface[0].upper()}{seen.surface[1:]}, from above · × is a minimum · click to start there"
        scene.text(box[0], box[1] - 0.8 * title_size, words, size=title_size, weight=600)
    if len(seen.track):
        scene.lines(box, [seen.track], xlim=limits, ylim=limits, colours="text", width=1.5, dash=True)
    scene.points(box, seen.minima, xlim=limits, ylim=limits, colour="text", shape="cross", radius=6)


def _draw_trails(scene: Scene, seen: Any, box: Box) -> None:
    limits = (-seen.side, seen.side)
    tracks = [cut(_thinned(seen.trails[:, index], seen.side), seen.side) for index in range(len(seen.racers))]
    looks = [LOOKS[name] for name in seen.racers]
    drawing: dict[str, Any] = {"xlim": limits, "ylim": limits}
    colours = [look.colour for look in looks]
    scene.lines(box, tracks, colours=colours, width=1.6, **drawing)
    scene.lines(box, [tracks[seen.focus]], colours="background", width=4.5, **drawing)
    scene.lines(box, [tracks[seen.focus]], colours=colours[seen.focus], width=2.8, **drawing)
    scene.points(box, seen.start[None], colour="text", shape="disc", hollow=[True], radius=5, **drawing)
    for index, look in enumerate(looks):
        if not seen.is_out[index]:
            place = seen.positions[index][None]
            scene.points(box, place, colour="background", shape=look.shape, radius=6, **drawing)
            drawing |= {"hollow": [look.is_hollow]}
            scene.points(box, place, colour=look.colour, shape=look.shape, radius=4.5, **drawing)
            del drawing["hollow"]


def _draw_step(scene: Scene, seen: Any, box: Box) -> None:
    """The last step of the racer in focus, where it is long enough to be seen."""
    if not seen.updates or seen.is_out[seen.focus]:
        return
    update = seen.updates[seen.focus]
    if np.hypot(*update.move) > 0.12:
        draw_arrow(scene, box, update.position, update.position + update.move, seen.side, "text", 1.6)


def draw_arrow(
    scene: Scene, box: Box, start: np.ndarray, end: np.ndarray, side: float, colour: Any, width: float
) -> None:
    """A line with a head, in data coordinates from -side to side."""
    way = end - start
    length = float(np.hypot(*way))
    if not 1e-9 < length < 100 * side:
        return
    ahead = way / length * min(0.06 * side, 0.5 * length)
    across = 0.5 * np.array([-ahead[1], ahead[0]])
    path = np.array([start, end, end - ahead + across, end, end - ahead - across])
    scene.lines(box, [path], xlim=(-side, side), ylim=(-side, side), colours=colour, width=width)


# ---- who is where --------------------------------------------------------------------------------------------------


def _draw_standings(scene: Scene, seen: Any, layout: Layout) -> None:
    """A line for each racer: mark, name, rate, height, distance; a click puts it in focus."""
    left, top, width, pitch = layout.legend
    scale = layout.scale
    columns = (left + 0.5 * width, left + 0.76 * width, left + width)
    for right, word in zip(columns, ("rate", "height", "distance"), strict=True):
        scene.text(right, top - 0.35 * pitch, word, size=scale.note, align="right", colour="muted")
    for index, name in enumerate(seen.racers):
        look, y = LOOKS[name], top + (index + 0.65) * pitch
        is_focus = index == seen.focus
        row = (left - 4, y - pitch / 2, width + 8, pitch)
        if is_focus:
            scene.rect(row, fill="panel", stroke="accent", radius=3)
        spot = (left, y - pitch / 2, pitch, pitch)
        scene.points(spot, [[0, 0]], xlim=(-1, 1), ylim=(-1, 1), colour=look.colour, shape=look.shape,
                     hollow=[look.is_hollow], radius=0.26 * pitch / scale.stroke)  # fmt: skip
        scene.text(left + pitch + 4, y, look.name, size=scale.label, weight=600 if is_focus else 400)
        numbers = [short(float(seen.rates[index]))]
        out = seen.is_out[index]
        numbers += ["diverged", ""] if out else [short(float(seen.heights[index])), short(float(seen.distances[index]))]
        for right, number in zip(columns, numbers, strict=True):
            scene.text(right, y, number, size=scale.label, align="right", tabular=True)
        scene.hot(row, f"focus:{name}", f"Look at {look.name}", pressed=is_focus)


def _draw_curves(scene: Scene, seen: Any, history: Any, layout: Layout, step: int, *, is_log: bool) -> None:
    """The heights of all racers over the steps."""
    box, steps = layout.curves, history.steps
    lines = [np.asarray(history.values[name], dtype=np.float64) for name in seen.racers]
    lines = [np.where(np.isfinite(line), line, np.nan) for line in lines]
    is_log = is_log and bool(np.nanmin(np.concatenate(lines)) >= 0)
    if is_log:
        lines = [powers_of(np.maximum(line, 1e-9)) for line in lines]
    everything = np.concatenate(lines)
    ylim = _log_limits(everything) if is_log else (0.0, round_above(everything))
    xlim = (0.0, max(50.0, round_above(steps)))
    scene.text(box[0], box[1] - 0.9 * layout.scale.title, "Height by step", size=layout.scale.title, weight=600)
    draw_axes(scene, box, xlim, ylim, layout.scale, is_log=is_log)
    kept = rows_to_draw(len(steps))
    kept = np.append(kept[:-1:2], kept[-1])  # seven lines: half the rows of one
    tracks = [np.stack([steps[kept], line[kept]], axis=1) for line in lines]
    colours = [LOOKS[name].colour for name in seen.racers]
    scene.lines(box, tracks, xlim=xlim, ylim=ylim, colours=colours, width=1.3)
    scene.lines(box, [tracks[seen.focus]], xlim=xlim, ylim=ylim, colours=colours[seen.focus], width=2.6)
    if len(steps) and step < steps[-1]:
        here = float(steps[row_at(step, steps)])
        scene.lines(box, [np.array([[here, ylim[0]], [here, ylim[1]]])], xlim=xlim, ylim=ylim, colours="text", width=1)


def _log_limits(powers: np.ndarray) -> Limits:
    """Whole powers of ten around the curves; what is lower than a hundred-thousandth of the highest is the bottom."""
    low, high = log_limits(powers)
    high = min(high, 4.0)
    return max(low, high - 8.0), high


# ---- one step ------------------------------------------------------------------------------------------------------


def _draw_update(scene: Scene, seen: Any, layout: Layout) -> None:
    """The rule of the racer in focus with the numbers of its last step, and its arrows."""
    (left, y), scale, pitch = layout.lines, layout.scale, layout.pitch
    name = seen.racers[seen.focus]
    title = f"{LOOKS[name].name}: the last step in numbers"
    scene.text(left, y, title, size=scale.title, weight=600)
    scene.text(left, y + pitch, RULES[name], size=scale.label, colour="muted")
    if not seen.updates:
        scene.text(left, y + 2.4 * pitch, "Press Play or take a step.", size=scale.label, colour="muted")
        return
    if seen.is_out[seen.focus]:
        words = "It diverged: its steps grew until it left the picture for good."
        scene.text(left, y + 2.4 * pitch, words, size=scale.label)
        return
    update = seen.updates[seen.focus]
    lines = update_lines(update)
    y += 2.3 * pitch
    size, pitch = (scale.note, pitch) if len(lines) > FEW_LINES else (scale.title, 1.3 * pitch)
    for line in lines:
        is_last = line.symbol == "Δ"
        colour: Colour = LOOKS[name].colour if is_last else "text"
        scene.text(left, y, line.symbol, size=scale.label, weight=600)
        words = f"= {line.numbers}" if line.numbers else f"= {line.result}"
        scene.text(left + 1.7 * scale.label, y, words, size=size, tabular=True)
        if line.numbers:
            y += 0.92 * pitch
            scene.text(left + 1.7 * scale.label, y, f"= {line.result}", size=size, weight=600, tabular=True,
                       colour=colour)  # fmt: skip
        y += 1.08 * pitch
    _draw_arrows(scene, update, layout, LOOKS[name].colour)


def _draw_arrows(scene: Scene, update: Any, layout: Layout, colour: int) -> None:
    """The parts of the step tip to tail, and the step itself, enlarged."""
    box, scale = layout.arrows, layout.scale
    corners = np.cumsum([np.zeros(2), *(part for _, part in update.parts)], axis=0)
    side = round_above(1.1 * np.abs(corners).max(axis=0, initial=1e-12))
    scene.rect(box, fill="panel", stroke="hairline")
    scene.text(box[0], box[1] - 0.8 * scale.note, f"enlarged: ± {numeral(side)}", size=scale.note, colour="muted")
    for (_, part), start, shade_of in zip(update.parts, corners, PART_COLOURS, strict=False):
        draw_arrow(scene, box, start, start + part, side, shade_of, 1.8)
    draw_arrow(scene, box, np.zeros(2), corners[-1], side, colour, 3.0)
    y = box[1] + box[3] + scale.note
    for (name, _), shade_of in zip(update.parts, PART_COLOURS, strict=False):
        scene.text(box[0], y, f"→ by the {name}", size=scale.note, colour=shade_of)
        y += 1.3 * scale.note
    scene.text(box[0], y, "→ the step Δ", size=scale.note, weight=600, colour=colour)


# ---- the rate ------------------------------------------------------------------------------------------------------


def _draw_rates(scene: Scene, seen: Any, layout: Layout) -> None:
    """Where the learning rate lies between hardly moving and diverging; the marks can be clicked."""
    bowl, (left, top, width, height), scale = seen.bowl, layout.rates, layout.scale
    low, high = (math.log10(times * bowl.limit) for times in RATE_REACH)

    def at(rate: float) -> float:
        return left + width * min(1.0, max(0.0, (math.log10(rate) - low) / (high - low)))

    zones: list[tuple[float, float, Colour]] = [
        (left, at(bowl.limit), "accent"),
        (at(bowl.limit), left + width, "negative"),
    ]
    for begin, end, colour in zones:
        scene.rect((begin, top, end - begin, height), fill=colour, radius=2)
    name = LOOKS[bowl.whose].name
    marks = {"limit": (bowl.limit, f"limit {short(bowl.limit)}")}
    if bowl.whose == "sgd":
        marks["best"] = (bowl.best, f"best {short(bowl.best)}")
    for key, (rate, words) in marks.items():
        x, is_limit = at(rate), key == "limit"
        scene.rect((x - 1, top - 4, 2, height + 8), fill="text")
        align, shift = ("left", 5) if is_limit else ("right", -5)
        scene.text(x + shift, top + height + scale.note, words, size=scale.note, align=align)  # type: ignore[arg-type]
        size = 5.5 * scale.note
        spot = (x if is_limit else x - size, top - 4, size, height + 2 * scale.note)
        scene.hot(spot, f"rate:{key}", f"Set the learning rate to the {key} of {name}, {short(rate)}")
    y = top + height + scale.note
    scene.text(left, y, "too slow", size=scale.note, colour="muted")
    scene.text(left + width, y, "diverges", size=scale.note, align="right", colour="negative")
    here = np.array([[at(bowl.rate), 0.0]])
    spot = (left, top - 9, width, height + 4)
    scene.points(spot, here, xlim=(left, left + width), ylim=(-1, 1), colour="text", shape="diamond", radius=6)
    scene.text(left, top - 1.15 * scale.label, rate_words(bowl), size=scale.note)


def rate_words(bowl: Any) -> str:
    """What the rate of the racer means on this bowl."""
    low, high = bowl.curvatures
    name = LOOKS[bowl.whose].name
    begin = f"λ = {short(low)} and {short(high)} · {name} at η = {short(bowl.rate)}: "
    share = bowl.rate / bowl.limit
    if abs(share - 1) < 1e-6:
        return begin + "at the limit, it oscillates for ever"
    if share > 1:
        return begin + "above the limit, it diverges"
    if bowl.whose != "sgd":
        return begin + f"{share:.0%} of its limit"
    factors = f"{short(bowl.factors[0])} and {short(bowl.factors[1])} are left each step"
    if bowl.rate < 0.1 * bowl.best:
        return begin + f"too slow, {factors}"
    return begin + (f"zigzags, {factors}" if bowl.factors[1] < 0 else f"glides, {factors}")


def _draw_story(scene: Scene, seen: Any, layout: Layout) -> None:
    """Where a surface that is no bowl comes from."""
    left, top, _, _ = layout.rates
    size = layout.scale.note
    for number, words in enumerate(_wrapped(seen.story or STORIES[seen.surface], 82)):
        scene.text(left, top + (1.35 * number - 0.4) * size, words, size=size, colour="muted")


STORIES: Final = {
    "ravine": "Steep walls, a winding floor that hardly falls: the slope points across, the way leads along.",
    "Rosenbrock": "A bent valley: finding it is easy, following its flat floor to (1, 1) is not.",
    "Beale": "A plateau with cliffs in the corners; the minimum is at (3, 0.5).",
    "Himmelblau": "Four minima, all equally low. Small differences at the hill decide which one is found.",
    "saddle": "At (0, 0) the slope is 0 and yet it is no minimum: up along x, down along y.",
}


def _wrapped(words: str, letters: int) -> list[str]:
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) >= letters:
            lines.append("")
        lines[-1] += f"{' ' if lines[-1] else ''}{word}"
    return lines
