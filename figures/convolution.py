"""The live picture of the page `convolution`: before and after, what the network makes of it, and its kernel."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from figures.curves import draw_curves, numbers_at
from figures.kernels import draw_kernel, reach_of
from figures.palettes import Palette
from figures.scene import Box, Scene
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale

FIRST: Final = (0.5, 0.5)  # the chosen cell, as shares of the picture's height and width
LOOK: Final = "Look at another cell of the output"


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    tiles: tuple[Box, Box, Box, Box]  # input, wanted, output, error
    words_y: float  # middle of the line about the chosen cell
    found: Box
    wanted: Box
    loss: Box
    distance: Box | None  # None: told in words elsewhere


def _row(lefts: tuple[float, ...], top: float, side: float) -> tuple[Box, ...]:
    return tuple((left, top, side, side) for left in lefts)


PAGE: Final = Layout(
    1000.0,
    526.0,
    ON_PAGE,
    _row((8.0, 262.0, 516.0, 770.0), 42.0, 222.0),  # type: ignore[arg-type]
    286.0,
    (8.0, 344.0, 168.0, 168.0),
    (206.0, 344.0, 168.0, 168.0),
    (440.0, 344.0, 236.0, 142.0),
    (748.0, 344.0, 236.0, 142.0),
)
PROJECTOR: Final = Layout(
    1280.0,
    656.0,
    ON_PROJECTOR,
    _row((10.0, 332.0, 654.0, 976.0), 52.0, 292.0),  # type: ignore[arg-type]
    366.0,
    (10.0, 436.0, 210.0, 210.0),
    (250.0, 436.0, 210.0, 210.0),
    (560.0, 436.0, 700.0, 170.0),
    None,
)


def convolution_scene(
    seen: Any,
    history: Any,
    *,
    step: int,
    look: int = 0,
    cell: tuple[float, float] = FIRST,
    is_log: bool = False,
    is_large: bool = False,
) -> bytes:
    """Draws one moment of the search for a kernel.

    Args:
        seen: a `ConvolutionObservation`.
        history: the run's `Columns`.
        step: optimiser updates so far.
        look: a number that, when it changes, brings the picture into view.
        cell: which output cell is explained, as shares of the picture's height and width.
        is_log: logarithmic axes.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. A click in one of the maps sends the id of a plane, `input`, `wanted`, `output` or
        `error`, with x and y from 0 to 1, y upwards.
    """
    layout = PROJECTOR if is_large else PAGE
    rows = history.steps, history.values
    here = step if len(history.steps) and step < history.steps[-1] else None  # an earlier moment is visited
    alt = (
        f"A crop of a picture, what the filter {seen.filter} makes of it, what the network makes of it after "
        f"{step:,} steps, and the difference; below, the network's kernel beside the filter's. "
        f"Distance of the kernels: {seen.kernel_error:.1%}. Loss: {numbers_at(here, *rows, ('loss', 'test_loss'))}."
    )
    scene = Scene(layout.width, layout.height, alt, {"step": step, "look": look})
    _draw_tiles(scene, seen, layout, cell)
    _draw_cell(scene, seen, layout, cell)
    _draw_kernels(scene, seen, layout)
    told: dict[str, Any] = {"scale": layout.scale, "here": here, "is_log": is_log}
    draw_curves(scene, layout.loss, *rows, ("loss", "test_loss"), title="Loss", **told)
    if layout.distance:
        now = numbers_at(here, *rows, ("kernel_error",)).removeprefix("training ")
        heading = f"Distance of the kernels by step: {now}"
        draw_curves(scene, layout.distance, *rows, ("kernel_error",), title="", heading=heading, **told)
    return scene.to_bytes()


def map_box(seen: Any, tile: Box) -> Box:
    """Where a map stands in a tile that is as large as the picture: each cell over the pixels it stands for."""
    pixel = tile[2] / len(seen.picture)
    side = len(seen.output) * seen.stride * pixel
    start = seen.first_centre * pixel
    return tile[0] + start, tile[1] + start, min(side, tile[2] - start), min(side, tile[3] - start)


def _draw_tiles(scene: Scene, seen: Any, layout: Layout, cell: tuple[float, float]) -> None:
    scale = layout.scale
    titles = ("Picture, before", f"After: {seen.filter}", "What the network makes of it", "Error")
    count, size = len(seen.output), len(seen.picture)
    cut = f", stride {seen.stride}" if seen.stride > 1 else ""
    notes = (
        f"{size}×{size} pixels",
        "wanted",
        f"{count}×{count} cells{cut}",
        f"same colours: mean square {np.mean(np.square(seen.error)):.2g}",
    )
    for name, tile, title, note in zip(
        ("input", "wanted", "output", "error"), layout.tiles, titles, notes, strict=True
    ):
        scene.text(tile[0], tile[1] - 2.1 * scale.title, title, size=scale.title, weight=600)
        scene.text(tile[0], tile[1] - 0.8 * scale.title, note, size=scale.note, colour="muted", tabular=True)
        scene.rect(tile, fill="panel", stroke="hairline")
        scene.plane(tile, xlim=(0, 1), ylim=(0, 1), id=name, tip=LOOK)
    before, wanted, output, error = layout.tiles
    scene.sheet(before, seen.picture, low=-0.5, high=0.5, palette="grey", smooth=False, readout="pixel")
    reach, palette = seen.reach, palette_of(seen)
    shared: dict[str, Any] = {"low": -reach, "high": reach, "smooth": False}
    scene.sheet(wanted, seen.wanted, palette=palette, readout="wanted", **shared)
    scene.sheet(map_box(seen, output), np.nan_to_num(seen.output), palette=palette, readout="output", **shared)
    scene.sheet(map_box(seen, error), np.nan_to_num(seen.error), readout="error", **shared)
    _draw_window(scene, seen, layout, cell)


def palette_of(seen: Any) -> Palette:
    """Blue and orange for a map of differences, grey for one that is still a picture."""
    return "diverging" if seen.is_signed else "grey"


def chosen_cell(seen: Any, cell: tuple[float, float]) -> tuple[int, int]:
    """Row and column of the output cell that stands at a place of the picture, or the nearest there is."""
    size, count = len(seen.picture), len(seen.output)
    places = [int((share * size - seen.first_centre) // seen.stride) for share in cell]
    row, column = (min(max(place, 0), count - 1) for place in places)
    return row, column


def _draw_window(scene: Scene, seen: Any, layout: Layout, cell: tuple[float, float]) -> None:
    """The window of the chosen cell on the picture, and the cell on the maps."""
    pixel, (row, column) = layout.tiles[0][2] / len(seen.picture), chosen_cell(seen, cell)
    top, left = (seen.first_centre + seen.stride * place for place in (row, column))
    reach = len(seen.whole_kernel)
    before = (reach - 1) // 2
    stroke = 1.5 * layout.scale.stroke
    first = layout.tiles[0]
    window = (first[0] + (left - before) * pixel, first[1] + (top - before) * pixel, reach * pixel, reach * pixel)
    scene.rect(window, stroke="accent", width=stroke)
    for number, tile in enumerate(layout.tiles[1:]):
        side = pixel * (1 if number == 0 else seen.stride)
        scene.rect((tile[0] + left * pixel, tile[1] + top * pixel, side, side), stroke="text", width=stroke)


def _draw_cell(scene: Scene, seen: Any, layout: Layout, cell: tuple[float, float]) -> None:
    """One line: what the window's sum is, and what it should be."""
    row, column = chosen_cell(seen, cell)
    weights = len(seen.whole_kernel) ** 2
    output, error = seen.output[row, column], seen.error[row, column]
    words = (
        f"Cell ({row}, {column}): {weights} pixels × {weights} weights + bias {seen.bias + 0.0:.3f} = {output:.3f}, "
        f"wanted {output - error:.3f}."
    ).replace("-", "−")
    scale = layout.scale
    scene.text(layout.tiles[0][0], layout.words_y, words, size=scale.label, tabular=True)
    if layout is PAGE:
        right = layout.tiles[3][0] + layout.tiles[3][2]
        scene.text(right, layout.words_y, LOOK + ": click a map", size=scale.note, align="right", colour="muted")


def _draw_kernels(scene: Scene, seen: Any, layout: Layout) -> None:
    reach = reach_of(seen.wanted_kernel)
    scale = layout.scale
    size = len(seen.whole_kernel)
    layers = f", of {len(seen.kernels)} layers together" if len(seen.kernels) > 1 else ""
    heads = (
        (layout.found, "Kernel found", f"{size}×{size}{layers}"),
        (layout.wanted, "Kernel of the filter", "hidden"),
    )
    for box, title, note in heads:
        scene.text(box[0], box[1] - 2.1 * scale.title, title, size=scale.title, weight=600)
        if note == "hidden":
            note = "which the network is not told"
        scene.text(box[0], box[1] - 0.8 * scale.title, note, size=scale.note, colour="muted")
    draw_kernel(scene, layout.found, seen.whole_kernel, reach=reach, size=scale.label)
    draw_kernel(scene, layout.wanted, seen.wanted_kernel, reach=reach, size=scale.label)


def race_scene(seen: Sequence[Any], labels: Sequence[str]) -> bytes:
    """Where several searches ended: the error of each on the same crop, and its kernel below.

    Args:
        seen: a `ConvolutionObservation` of each.
        labels: their names.
    """
    told = ", ".join(f"{label} {one.kernel_error:.2g}" for label, one in zip(labels, seen, strict=True))
    scene = Scene(960, 330, f"Errors and kernels of several searches. Distance from the filter's kernel: {told}.")
    reach = reach_of(seen[0].wanted_kernel)
    for index, (one, label) in enumerate(zip(seen, labels, strict=True)):
        tile = (240.0 * index, 40.0, 150.0, 150.0)
        scene.text(tile[0], 10, label, size=ON_PAGE.title, weight=600)
        scene.text(
            tile[0], 27, f"kernels {one.kernel_error:.2g} apart", size=ON_PAGE.note, colour="muted", tabular=True
        )
        scene.rect(tile, fill="panel", stroke="hairline")
        error = np.where(np.isfinite(one.error), one.error, np.nan)
        scene.sheet(map_box(one, tile), error, low=-one.reach, high=one.reach, smooth=False, readout="error")
        draw_kernel(scene, (tile[0], 204, 118, 118), one.whole_kernel, reach=reach, size=ON_PAGE.note)
    return scene.to_bytes()


def card_scene(seen: Any) -> bytes:
    """The picture, the kernel and the map, small and without words.

    Args:
        seen: a `ConvolutionObservation`.
    """
    scene = Scene(360, 200, f"A picture, a kernel that looks for the filter {seen.filter}, and the map it gives.")
    before, after = (0.0, 30.0, 140.0, 140.0), (220.0, 30.0, 140.0, 140.0)
    scene.sheet(before, seen.picture, low=-0.5, high=0.5, palette="grey", smooth=False)
    reach = reach_of(seen.wanted_kernel)
    kernel = np.nan_to_num(seen.whole_kernel)
    scene.sheet((152.0, 72.0, 56.0, 56.0), kernel, low=-reach, high=reach, smooth=False)
    palette = palette_of(seen)
    output = np.nan_to_num(seen.output)
    scene.sheet(map_box(seen, after), output, low=-seen.reach, high=seen.reach, palette=palette, smooth=False)
    return scene.to_bytes()
