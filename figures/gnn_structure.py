"""The structure of a molecule in a live picture: bonds as lines, atoms by their symbols, a number on each as colour."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from figures.scene import Box, Limits, Scene
from figures.theme import ON_PAGE, Scale

LONGEST: Final = 46.0  # scene units of a bond, so that small molecules do not fill a box
MARGIN: Final = 1.0  # bond lengths around the outermost atoms, for their words
DISC: Final = 0.36  # radius of an atom's disc, in bond lengths
LETTERS: Final = 0.46  # height of the symbols
CLEAR: Final = 0.3  # how far from a symbol its bonds end
NUMBER: Final = 0.5  # from an atom to its number
BESIDE: Final = 0.13  # from one line of a double bond to the other
INSET: Final = 0.14  # by which the inner line of a ring is shorter at each end
LETTER: Final = 0.62  # width of a letter, of its height
SOFT: Final = 1.4  # colours reach only so far into the palette, so that symbols on them can be read
SMALLEST: Final = 14.0  # scene units of a bond below which hydrogens and charges are left out
TINIEST: Final = 10.0  # and below which symbols are
MAX_HOT: Final = 324  # atoms that are buttons

Floats = npt.NDArray[np.float64]


def draw_structure(
    scene: Scene,
    box: Box,
    structure: Any,
    *,
    values: npt.ArrayLike | None = None,
    reach: float = 1.0,
    chosen: int | None = None,
    hot_id: str = "",
    is_numbered: bool = False,
    scale: Scale = ON_PAGE,
) -> None:
    """Draws a molecule as large as fits.

    Args:
        scene: where.
        box: the room it gets.
        structure: a `Structure`.
        values: (n) a number for each atom, drawn as a disc: blue if positive, orange if negative; nan for no disc.
        reach: the number drawn at full colour.
        chosen: an atom to be ringed.
        hot_id: makes each atom a button with the id `<hot_id>:<atom>`, whose click carries `{"atom"}`.
        is_numbered: writes the number of each atom beside it, from 1, if there is room.
        scale: of the scene: a projector draws strokes and points thicker.
    """
    unit, xlim, ylim = _fit(box, structure.xy)
    numbers = None if values is None else np.asarray(values, dtype=np.float64)
    if numbers is not None:
        shown = structure.xy[np.isfinite(numbers)]
        levels, most = numbers[np.isfinite(numbers)], SOFT * reach
        radius = DISC * unit / scale.stroke
        scene.points(box, shown, xlim=xlim, ylim=ylim, values=levels, low=-most, high=most, radius=radius)
    _draw_bonds(scene, box, structure, unit, (xlim, ylim))
    if chosen is not None:
        place = structure.xy[[chosen]]
        ring = (DISC * unit + 2.0) / scale.stroke
        scene.points(box, place, xlim=xlim, ylim=ylim, colour="accent", hollow=[True], radius=ring)
    places = _in_scene(box, structure.xy, xlim, ylim)
    _draw_symbols(scene, structure, places, unit)
    if is_numbered and unit >= SMALLEST:
        for atom, (x, y) in enumerate(places + NUMBER * unit * _outwards(structure)):
            scene.text(x, y, str(atom + 1), size=scale.note, colour="muted", align="center")
    if hot_id and len(places) <= MAX_HOT:
        _add_spots(scene, structure, places, unit, numbers, chosen, hot_id)


def draw_legend(scene: Scene, box: Box, reach: float, low: str, high: str, scale: Scale = ON_PAGE) -> None:
    """A bar with the colours of the discs from `-reach` to `reach`, a word at each end."""
    x, y, width, height = box
    levels = np.linspace(-reach, reach, 41)[None]
    scene.sheet(box, levels, low=-SOFT * reach, high=SOFT * reach)
    middle = y + height / 2
    scene.text(x - 6, middle, low, size=scale.note, align="right", colour="muted")
    scene.text(x + width + 6, middle, high, size=scale.note, colour="muted")


def _fit(box: Box, xy: Floats) -> tuple[float, Limits, Limits]:
    """Scene units of a bond, and the limits of the box in bond lengths."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    room = np.array(box[2:])
    unit = min(LONGEST, float((room / (high - low + 2 * MARGIN)).min()))
    half, middle = room / unit / 2, (low + high) / 2
    (left, bottom), (right, top) = middle - half, middle + half
    return unit, (float(left), float(right)), (float(bottom), float(top))


def _in_scene(box: Box, xy: Floats, xlim: Limits, ylim: Limits) -> Floats:
    """Data coordinates as scene coordinates."""
    x = box[0] + (xy[:, 0] - xlim[0]) / (xlim[1] - xlim[0]) * box[2]
    y = box[1] + (ylim[1] - xy[:, 1]) / (ylim[1] - ylim[0]) * box[3]
    return np.stack([x, y], axis=1)


# ---- bonds --------------------------------------------------------------------------------------------------------


def _draw_bonds(scene: Scene, box: Box, structure: Any, unit: float, limits: tuple[Limits, Limits]) -> None:
    solid: list[Floats] = []
    dashed: list[Floats] = []
    for (i, j, order, is_aromatic), centre in zip(structure.bonds, structure.centres, strict=True):
        ends = [CLEAR if structure.labels[atom] and unit >= TINIEST else 0.0 for atom in (i, j)]
        lines = list(_bond_lines(structure.xy[i], structure.xy[j], order, ends, centre))
        solid += lines[:1] if is_aromatic else lines
        dashed += lines[1:] if is_aromatic else []
    width = min(max(unit / 20, 0.8), 1.8)
    for tracks, is_dashed in ((solid, False), (dashed, True)):
        if tracks:
            scene.lines(box, tracks, xlim=limits[0], ylim=limits[1], colours="text", width=width, dash=is_dashed)


def _bond_lines(start: Floats, end: Floats, order: float, cut: list[float], centre: Floats) -> Iterator[Floats]:
    """The lines of a bond: one to three, in a ring one along the edge and one inside."""
    way = (end - start) / max(float(np.linalg.norm(end - start)), 1e-9)
    aside = np.array([-way[1], way[0]])
    track = np.stack([start + cut[0] * way, end - cut[1] * way])
    if order <= 1:
        yield track
    elif order >= 3:
        yield from (track, track + BESIDE * aside, track - BESIDE * aside)
    elif np.isfinite(centre).all():
        side = np.sign(np.dot(centre - start, aside)) or 1.0
        shorter = np.stack([start + max(cut[0], INSET) * way, end - max(cut[1], INSET) * way])
        yield from (track, shorter + 1.4 * BESIDE * side * aside)
    else:
        yield from (track + BESIDE / 2 * aside, track - BESIDE / 2 * aside)


# ---- atoms --------------------------------------------------------------------------------------------------------


def _draw_symbols(scene: Scene, structure: Any, places: Floats, unit: float) -> None:
    if unit < TINIEST:
        return
    size = LETTERS * unit
    for element, label, turned, (x, y) in zip(
        structure.elements, structure.labels, structure.is_turned, places, strict=True
    ):
        if not label:
            continue
        words = label if unit >= SMALLEST else element
        letter = LETTER * size
        after = len(words) - words.index(element) - len(element)  # letters right of the element
        if words == element:
            scene.text(x, y, words, size=size, align="center", weight=600)
        elif turned:
            scene.text(x + letter * (len(element) / 2 + 0.8 * after), y, words, size=size, align="right", weight=600)
        else:
            scene.text(x - letter * len(element) / 2, y, words, size=size, weight=600)


def _outwards(structure: Any) -> Floats:
    """For each atom a direction of the scene away from its bonds; to the upper right if there is no such."""
    ways = np.zeros_like(structure.xy)
    for i, j, *_ in structure.bonds:
        way = structure.xy[i] - structure.xy[j]
        ways[i] += way
        ways[j] -= way
    sizes = np.linalg.norm(ways, axis=1, keepdims=True)
    found: Floats = np.where(sizes > 0.2, ways / np.maximum(sizes, 0.2), np.sqrt(0.5)) * (1, -1)
    return found


def _add_spots(
    scene: Scene, structure: Any, places: Floats, unit: float, values: Floats | None, chosen: int | None, hot_id: str
) -> None:
    half = max(DISC * unit, 5.0)
    for atom, (x, y) in enumerate(places):
        tip = f"Atom {atom + 1}, {structure.elements[atom]}"
        if values is not None and np.isfinite(values[atom]):
            tip += f": {values[atom]:+.3f}".replace("-", "−")
        spot = (float(x) - half, float(y) - half, 2 * half, 2 * half)
        scene.hot(spot, f"{hot_id}:{atom}", tip, event={"atom": atom}, pressed=atom == chosen)
