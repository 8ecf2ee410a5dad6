"""An Inception module drawn: its branches, what they give, and what they cost with and without reductions."""

from typing import Any, Final

import numpy as np

from figures.scene import Box, Scene
from figures.theme import ON_PAGE

WIDTH: Final = 960.0
ROWS: Final = {"1×1": 46.0, "3×3": 116.0, "5×5": 186.0, "pool": 256.0}  # top of each branch
NAMES: Final = ("1×1", "3×3", "5×5", "pool")  # in the order of their colours
BOX: Final = (180.0, 46.0)  # width and height of a layer
FIRST, SECOND, CONCAT = 150.0, 420.0, 730.0  # left sides
BARS: Final = 346.0
LENGTH: Final = 520.0  # of the longest bar


def inception_scene(shown: Any, bills: tuple[Any, Any], in_channels: int) -> bytes:
    """The module, and bars for what it costs with and without reductions.

    Args:
        shown: the `Bill` of the module that is drawn.
        bills: with reductions, and without.
        in_channels: maps that come in.
    """
    total = sum(shown.widths.values())
    alt = (
        f"An Inception module: {in_channels} maps go into four branches, which give {total} maps side by side. It has "
        f"{bills[0].num_parameters:,} weights with reductions and {bills[1].num_parameters:,} without."
    )
    scene = Scene(WIDTH, 486, alt)
    _draw_links(scene, shown, in_channels)
    side = (10.0, 46.0, 60.0, 256.0)
    scene.rect(side, fill="panel", stroke="hairline", radius=4)
    scene.text(40, 162, f"{in_channels}", size=ON_PAGE.title, align="center", weight=600)
    scene.text(40, 182, "maps in", size=ON_PAGE.note, align="center", colour="muted")
    for name, top in ROWS.items():
        _draw_branch(scene, [part for part in shown.parts if part.branch == name], name, top)
    _draw_concat(scene, shown, total)
    _draw_bars(scene, bills)
    return scene.to_bytes()


def _layers_of(name: str, parts: list[Any]) -> list[tuple[float, str, str]]:
    """Left side, title and note of each box of a branch, first to last."""
    told = [
        (f"{part.kernel}×{part.kernel}: {part.inputs} → {part.outputs}", f"{part.num_parameters:,} weights")
        for part in parts
    ]
    if name == "pool":
        told = [("3×3 max-pool, stride 1", "no weights"), *told]
    lefts = (FIRST, SECOND) if len(told) == 2 else (SECOND,)
    return [(left, *words) for left, words in zip(lefts, told, strict=True)]


def _draw_branch(scene: Scene, parts: list[Any], name: str, top: float) -> None:
    for left, title, note in _layers_of(name, parts):
        box: Box = (left, top, *BOX)
        scene.rect(box, fill="background", stroke=NAMES.index(name), width=2, radius=4)
        middle = left + BOX[0] / 2
        scene.text(middle, top + 16, title, size=ON_PAGE.label, align="center", weight=600)
        scene.text(middle, top + 33, note, size=ON_PAGE.note, align="center", colour="muted", tabular=True)


def _draw_links(scene: Scene, shown: Any, in_channels: int) -> None:
    """Lines as thick as many maps go along them."""
    starts, ends, weights, names = [], [], [], []
    for name, top in ROWS.items():
        parts = [part for part in shown.parts if part.branch == name]
        lefts = [left for left, *_ in _layers_of(name, parts)]
        y = top + BOX[1] / 2
        between = in_channels if name == "pool" else parts[0].outputs
        counts = [in_channels, *[between] * (len(lefts) - 1), shown.widths[name]]
        xs = [70.0, *lefts, CONCAT]
        for index, count in enumerate(counts):
            starts.append((xs[index] + (BOX[0] if index else 0), y))
            ends.append((xs[index + 1], y))
            weights.append(count)
            names.append(f"branch {name}")
    scene.edges(
        np.array(starts), np.array(ends), np.array(weights, float), scale=float(max(weights)), max_width=10.0,
        names=names, readout="maps", straight=True,
    )  # fmt: skip


def _draw_concat(scene: Scene, shown: Any, total: int) -> None:
    """The maps of all branches, one after another, to scale."""
    top, height = 46.0, 256.0
    for index, name in enumerate(NAMES):
        part = height * shown.widths[name] / total
        scene.rect((CONCAT, top, 60, part), fill=index, stroke="background")
        middle = top + part / 2
        if part >= 13:
            scene.text(CONCAT + 70, middle, f"{shown.widths[name]} from {name}", size=ON_PAGE.label, tabular=True)
        top += part
    scene.text(CONCAT, 26, f"{total} maps out, side by side", size=ON_PAGE.title, weight=600)
    scene.text(10, 26, "One picture's maps", size=ON_PAGE.title, weight=600)
    scene.text(SECOND, 26, "Four branches see the same maps", size=ON_PAGE.title, weight=600)


def _draw_bars(scene: Scene, bills: tuple[Any, Any]) -> None:
    """Weights and multiplications of both, each pair to one scale, in the colours of the branches."""
    y = BARS
    for word, count in (("weights", "num_parameters"), ("multiplications", "num_macs")):
        longest = max(getattr(one, count) for one in bills)
        for name, one in zip(("with 1×1 reductions", "without"), bills, strict=True):
            scene.text(262, y, f"{word} {name}", size=ON_PAGE.label, align="right")
            left = 272.0
            for index, branch in enumerate(NAMES):
                share = sum(getattr(part, count) for part in one.parts if part.branch == branch) / longest
                if share > 0:
                    scene.rect((left, y - 9, LENGTH * share, 18), fill=index)
                left += LENGTH * share
            scene.text(left + 8, y, f"{getattr(one, count):,}", size=ON_PAGE.label, tabular=True, weight=600)
            y += 28
        y += 14
