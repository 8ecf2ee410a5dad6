"""A molecule of the visitor's, page `gnn`: which atoms count, in two ways, and where the network puts it."""

import math
from typing import Any, Final

import numpy as np

from figures.gnn_structure import draw_legend, draw_structure
from figures.scene import Box, Limits, Scene
from figures.theme import ON_PAGE

WIDTH: Final = 1000.0
HEIGHT: Final = 372.0
SLOPES: Final[Box] = (4.0, 48.0, 336.0, 280.0)
LEFT_OUT: Final[Box] = (346.0, 48.0, 336.0, 280.0)
PLANE: Final[Box] = (706.0, 48.0, 280.0, 280.0)


def molecule_scene(structure: Any, said: Any, *, chosen: int | None = None, is_numbered: bool = False) -> bytes:
    """Draws a molecule twice, its atoms in the colours of what they count, and all molecules as points.

    Args:
        structure: a `Structure`.
        said: a `Said`, its atoms in the order of the structure.
        chosen: an atom to be ringed.
        is_numbered: writes the number of each atom beside it.

    Returns:
        The bytes for the canvas. A click on an atom sends `{"atom"}`.
    """
    scene = Scene(WIDTH, HEIGHT, _alt(structure, said))
    parts = (
        ("Slope × input", "a guess from the slope", SLOPES, said.slopes, "slope"),
        ("Leave one atom out", "the answer without the atom", LEFT_OUT, said.left_out, "left"),
    )
    for title, note, box, values, hot_id in parts:
        _title(scene, box, title, note)
        reach = reach_of(values)
        draw_structure(
            scene, box, structure, values=values, reach=reach, chosen=chosen, hot_id=hot_id, is_numbered=is_numbered
        )
        x, y, width, height = box
        words = f"{reach:.2g}"
        draw_legend(scene, (x + width / 2 - 50, y + height + 16, 100, 9), reach, f"against  −{words}", f"{words}  for")
    _draw_plane(scene, said)
    return scene.to_bytes()


def reach_of(values: np.ndarray) -> float:
    """The largest number without its sign; 1 if there is none."""
    top = float(np.abs(np.nan_to_num(values, posinf=0.0, neginf=0.0)).max()) if values.size else 0.0
    return top if top > 0 else 1.0


def _title(scene: Scene, box: Box, title: str, note: str) -> None:
    scene.text(box[0], box[1] - 34, title, size=ON_PAGE.title, weight=600)
    scene.text(box[0], box[1] - 16, note, size=ON_PAGE.note, colour="muted")


def _draw_plane(scene: Scene, said: Any) -> None:
    _title(scene, PLANE, "Among all", f"{len(said.cloud):,} molecules before the last layer; the ring is this one")
    places = np.vstack([said.cloud, said.xy[None]])
    limits: Any = {"xlim": _limits(places[:, 0]), "ylim": _limits(places[:, 1])}
    scene.rect(PLANE, stroke="hairline")
    if said.class_names:
        colours: dict[str, Any] = {"classes": said.targets}
    else:
        middle, spread = float(np.mean(said.targets)), 2 * float(np.std(said.targets)) or 1.0
        colours = {"values": said.targets, "low": middle - spread, "high": middle + spread}
    scene.points(PLANE, said.cloud, radius=2.4, **limits, **colours)
    scene.points(PLANE, said.xy[None], radius=9.0, colour="text", hollow=[True], **limits)
    scene.points(PLANE, said.xy[None], radius=3.0, colour="text", **limits)
    x, y, _, height = PLANE
    told = "colour: the true class" if said.class_names else "colour: the true value"
    scene.text(x, y + height + 20, told, size=ON_PAGE.note, colour="muted")


def _limits(values: np.ndarray) -> Limits:
    """From the least to the largest, with a margin; around 0 if they do not differ."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    margin = 0.05 * (high - low) or max(1.0, abs(low))
    return low - margin, high + margin


def _alt(structure: Any, said: Any) -> str:
    best = int(np.argmax(np.nan_to_num(said.slopes)))
    words = (
        f"atom {best + 1}, {structure.elements[best]}, speaks most for {said.speaks_for}" if said.slopes.size else ""
    )
    agreement = "" if math.isnan(said.agreement) else f"; the two ways agree with {said.agreement:.2f}"
    return (
        f"The molecule {structure.smiles} twice, its atoms coloured by slope times input and by leaving them out: "
        f"{words}{agreement}."
    )
