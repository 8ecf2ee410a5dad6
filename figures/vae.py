"""The live picture of the page `vae`: copies and samples, the latent plane and what it decodes to, units, curves."""

from typing import Any, Final

import numpy as np

from figures.curves import Level, Style, draw_curves, numbers_at, round_above
from figures.scene import Box, Limits, Scene, ticks_of
from figures.vae_latent import draw_examples, ellipse
from figures.vae_layout import PAGE, PROJECTOR, Layout, grid_tiles, row_of_tiles

NUM_ELLIPSES: Final = 40
MIDDLE: Final = np.zeros(2)
LETTER: Final = 0.56  # width of one, as a share of its size
HELD_OUT: Final[tuple[Style, ...]] = (("test", "negative", True),)
AROUND: Final = 1.15  # how far the plane of the points is drawn
ABOVE: Final = 1.2  # the best constant answer
FEW: Final = 8  # units whose numbers all have room
OF_POINTS: Final = (-2.0, 6.0)  # the loss of points may be below 0, and its first values are far above
GRACE: Final = 100  # steps before an empty code is an alarm: a fresh network says nothing yet
NOTHING: Final = "Collapsed: no unit is used"


def vae_scene(
    seen: Any, history: Any, *, step: int, look: int = 0, is_log: bool = False, is_large: bool = False
) -> bytes:
    """Draws the network at work, its latent plane and its learning curves.

    Args:
        seen: a `VAEObservation`.
        history: the run's `Columns`.
        step: optimiser updates so far.
        look: a number that, when it changes, brings the picture into view.
        is_log: a logarithmic loss axis.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. A click sends the id `example:index`, or a place of the plane with the id `map` or
        `grid`.
    """
    layout = PROJECTOR if is_large else PAGE
    scene = Scene(layout.width, layout.height, _alt(seen, history, step), {"step": step, "look": look})
    if seen.cloud is None:
        _draw_tests(scene, seen, layout)
        _draw_samples(scene, seen, layout)
        _draw_grid(scene, seen, layout)
        _draw_decoded(scene, seen, layout)
    else:
        _draw_density(scene, seen, layout)
        _draw_mesh(scene, seen, layout)
        _draw_place(scene, seen, layout)
    _draw_map(scene, seen, layout)
    _draw_legend(scene, seen, layout)
    _draw_units(scene, seen, layout, step)
    _draw_curves(scene, seen, history, layout, step, is_log=is_log)
    return scene.to_bytes()


def _alt(seen: Any, history: Any, step: int) -> str:
    told = numbers_at(None, history.steps, history.values, ("loss", "test_loss"))
    what = "points" if seen.cloud is not None else "pictures"
    return (
        f"After {step:,} steps a network copies {what} through {len(seen.kl_units)} numbers, of which "
        f"{int(seen.is_active.sum())} tell them apart. Loss: {told}."
    )


# ---- pictures ------------------------------------------------------------------------------------------------------


def _draw_tests(scene: Scene, seen: Any, layout: Layout) -> None:
    """A few test pictures, their copies below them, and the differences below these."""
    scale, (left, top, _, _) = layout.scale, layout.data
    count = min(layout.columns, len(seen.shown))
    words = "Test pictures, copies, difference"
    scene.text(left, layout.title_y, words, size=scale.title, weight=600)
    inputs, copies = seen.pictures.inputs[:count], seen.pictures.copies[:count]
    draw_examples(scene, row_of_tiles(layout, count, 0, top), inputs)
    draw_examples(scene, row_of_tiles(layout, count, 1, top), copies)
    difference = (copies - inputs).mean(1)
    boxes = row_of_tiles(layout, count, 2, top)
    scene.sheet(boxes, difference, low=-1, high=1, smooth=False, readout="copy − picture")
    for index in range(count):
        box = (left + index * layout.pitch, top, layout.tile, 2 * layout.pitch + layout.tile)
        is_chosen = int(seen.shown[index]) == seen.example
        name = seen.class_names[seen.classes[index]]
        tip = f"Test picture {seen.shown[index] + 1}, {name}: find it on the map"
        if is_chosen:
            scene.rect(box, stroke="accent", width=2)
        scene.hot(box, f"example:{seen.shown[index]}", tip, pressed=is_chosen)


def _draw_samples(scene: Scene, seen: Any, layout: Layout) -> None:
    """Decoded draws from N(0, 1), always the same draws."""
    scale, left = layout.scale, layout.data[0]
    words = "Samples: the same draws from N(0, 1)"
    scene.text(left, layout.samples_y - 1.1 * scale.title, words, size=scale.title, weight=600)
    rows = 2
    boxes = np.concatenate([row_of_tiles(layout, layout.columns, row, layout.samples_y) for row in range(rows)])
    draw_examples(scene, boxes, seen.pictures.samples[: len(boxes)])


def _draw_grid(scene: Scene, seen: Any, layout: Layout) -> None:
    """The plane of the map, decoded: a thumbnail at each place of a net."""
    scale, box = layout.scale, layout.grid
    scene.text(box[0], layout.title_y, "The same plane, decoded", size=scale.title, weight=600)
    cells = len(seen.pictures.grid)
    pictures = seen.pictures.grid.reshape(cells * cells, *seen.pictures.grid.shape[2:])
    draw_examples(scene, grid_tiles(box, cells), pictures, border=False)
    _draw_point(scene, seen, layout, box, "grid")


def _draw_decoded(scene: Scene, seen: Any, layout: Layout) -> None:
    """The point of the map as a picture, and below it the example looked at beside its copy."""
    scale, (left, top, width, height) = layout.scale, layout.decoded
    scene.text(left, layout.title_y, "Decoded", size=scale.title, weight=600)
    draw_examples(scene, [layout.decoded], seen.pictures.decoded[None])
    y = top + height + 1.2 * scale.label
    x1, x2 = seen.point
    scene.text(left, y, f"✕ ({_signed(x1)}, {_signed(x2)})", size=scale.label, tabular=True)
    y += 2.4 * scale.label
    scene.text(left, y, f"○ {_cut(seen.class_names[seen.example_class], 11)}", size=scale.label, weight=600)
    y += 1.1 * scale.label
    right = left + width - layout.pair
    boxes = np.array([(left, y, layout.pair, layout.pair), (right, y, layout.pair, layout.pair)])
    draw_examples(scene, boxes, np.stack([seen.pictures.looked_at, seen.pictures.looked_copy]))
    y += layout.pair + 1.2 * scale.note
    scene.text(left, y, f"test {seen.example + 1}", size=scale.note, colour="muted")
    scene.text(right, y, "its copy", size=scale.note, colour="muted")


def _signed(value: float) -> str:
    return f"{round(float(value), 1) + 0.0:.1f}".replace("-", "−")


def _cut(name: str, letters: int) -> str:
    return name if len(name) <= letters else name[: letters - 1] + "…"


# ---- points --------------------------------------------------------------------------------------------------------


def _draw_density(scene: Scene, seen: Any, layout: Layout) -> None:
    """The density that is known, and what the decoder draws."""
    scale, box, cloud = layout.scale, _square(layout), seen.cloud
    scene.text(box[0], layout.title_y, "True density, and samples", size=scale.title, weight=600)
    inner = _inner(box)
    scene.rect(box, stroke="hairline")
    scene.sheet(inner, cloud.density, low=0, high=round_above(cloud.density), palette="magnitude", border=False)
    limits = (-AROUND, AROUND)
    scene.points(box, cloud.samples, xlim=limits, ylim=limits, colour="negative", radius=1.6)


def _draw_mesh(scene: Scene, seen: Any, layout: Layout) -> None:
    """A square net of the latent plane where the decoder puts it, over the test points and their copies."""
    scale, box, cloud = layout.scale, layout.grid, seen.cloud
    limits = (-AROUND, AROUND)
    scene.text(box[0], layout.title_y, "The same plane, decoded", size=scale.title, weight=600)
    scene.axes(box, xlim=limits, ylim=limits, ticks=([-1, 0, 1], [-1, 0, 1]))
    scene.points(box, cloud.inputs, xlim=limits, ylim=limits, colour="grey", radius=1.6)
    mesh = np.where(np.isfinite(cloud.mesh), cloud.mesh, np.nan)
    net = [*mesh, *mesh.swapaxes(0, 1)]
    scene.lines(box, net, xlim=limits, ylim=limits, colours="accent", width=0.7)
    scene.points(box, cloud.decoded[None], xlim=limits, ylim=limits, colour="text", shape="cross", radius=6)


def _draw_place(scene: Scene, seen: Any, layout: Layout) -> None:
    """The point of the map and where it is decoded to."""
    scale, (left, top, _, _) = layout.scale, layout.decoded
    scene.text(left, layout.title_y, "Decoded", size=scale.title, weight=600)
    lines = [
        f"✕ ({_signed(seen.point[0])}, {_signed(seen.point[1])})",
        f"→ ({_signed(seen.cloud.decoded[0])}, {_signed(seen.cloud.decoded[1])})",
    ]
    for number, words in enumerate(lines):
        scene.text(left, top + (1 + 1.6 * number) * scale.label, words, size=scale.label, tabular=True)


def _square(layout: Layout) -> Box:
    side = layout.map[3]
    return layout.data[0], layout.data[1], side, side


def _inner(box: Box) -> Box:
    """The square from −1 to 1 inside the plane that is drawn."""
    left, top, width, height = box
    border = (1 - 1 / AROUND) / 2
    return left + border * width, top + border * height, width / AROUND, height / AROUND


# ---- the latent plane ----------------------------------------------------------------------------------------------


def _draw_map(scene: Scene, seen: Any, layout: Layout) -> None:
    """Where the codes of test examples lie, some with their clouds, and how wide N(0, 1) is."""
    scale, box = layout.scale, layout.map
    limits = (-seen.limit, seen.limit)
    words = "Codes of test examples, with σ" if seen.model == "VAE" else "Codes of test examples"
    scene.text(box[0], layout.title_y, words, size=scale.title, weight=600)
    scene.axes(box, xlim=limits, ylim=limits, ticks=4)
    circles = [ellipse(MIDDLE, deviation**2 * np.eye(2)) for deviation in (1, 2)]
    scene.lines(box, circles, xlim=limits, ylim=limits, colours="hairline", width=1)
    classes = seen.classes if seen.class_names else None
    drawn = np.flatnonzero(np.isfinite(seen.codes).all(1))
    _draw_ellipses(scene, seen, layout, limits, drawn[:NUM_ELLIPSES])
    kept = None if classes is None else classes[drawn]
    scene.points(box, seen.codes[drawn], xlim=limits, ylim=limits, classes=kept, radius=2.2)
    at = seen.example_code[None]
    scene.points(box, at, xlim=limits, ylim=limits, colour="text", hollow=[True], radius=6)
    _draw_point(scene, seen, layout, box, "map")


def _draw_ellipses(scene: Scene, seen: Any, layout: Layout, limits: Limits, rows: np.ndarray) -> None:
    """One standard deviation around some of the codes."""
    rows = rows[np.isfinite(seen.covariances[rows]).all((1, 2))]
    if not len(rows) or not seen.covariances[rows].any():
        return
    outlines = [ellipse(seen.codes[row], seen.covariances[row]) for row in rows]
    colours: Any = [int(k) for k in seen.classes[rows]] if seen.class_names else "accent"
    scene.lines(layout.map, outlines, xlim=limits, ylim=limits, colours=colours, width=0.8)


def _draw_point(scene: Scene, seen: Any, layout: Layout, box: Box, id: str) -> None:
    """A cross where the point of the map lies; a click moves it."""
    limits = (-seen.limit, seen.limit)
    at, size = seen.point[None], 7
    scene.points(box, at, xlim=limits, ylim=limits, colour="accent", shape="cross", radius=size)
    scene.plane(box, xlim=limits, ylim=limits, id=id, tip="Decode this point")


def _draw_legend(scene: Scene, seen: Any, layout: Layout) -> None:
    """The names of the classes in their colours."""
    x, size = layout.map[0], layout.scale.note
    room = layout.width - x - 10
    letters = max(2, int(room / max(1, len(seen.class_names)) / (LETTER * size)) - 2)
    for k, name in enumerate(seen.class_names):
        words = _cut(name, letters)
        scene.text(x, layout.legend_y, words, size=size, colour=k, weight=600)
        x += LETTER * size * (len(words) + 2)
    y = layout.legend_y + (1.5 * size if seen.class_names else 0)
    scene.text(layout.map[0], y, _signs(seen), size=size, colour="muted")


def _signs(seen: Any) -> str:
    """What the signs on the two planes mean."""
    words = "Circles: 1σ and 2σ of N(0, 1). ✕ the point decoded, click to move it. ○ the example looked at."
    return words if seen.cloud is None else f"{words} Net: squares of the plane."


# ---- units and curves ----------------------------------------------------------------------------------------------


def _draw_units(scene: Scene, seen: Any, layout: Layout, step: int) -> None:
    """The divergence of each unit; grey where a unit tells nothing apart."""
    scale, box = layout.scale, layout.units
    used, count = int(seen.is_active.sum()), len(seen.kl_units)
    heights = np.where(np.isfinite(seen.kl_units), seen.kl_units, 0.0)
    if seen.model != "VAE":
        words, heights = f"Variance of each unit: {used} of {count} used", np.nan_to_num(seen.variances, posinf=0.0)
    else:
        words = f"KL of each unit (nats): {used} of {count} used"
    is_alarm = used == 0 and step >= GRACE
    colour = "negative" if is_alarm else "text"
    scene.text(
        box[0] - 30, box[1] - scale.title, NOTHING if is_alarm else words, size=scale.title, weight=600, colour=colour
    )
    top = round_above(np.append(heights, 0.1))
    limits = (0.5, count + 0.5)
    numbers = list(range(1, count + 1)) if count <= FEW else ticks_of(limits, 4)
    scene.axes(box, xlim=limits, ylim=(0.0, top), ticks=(numbers, ticks_of((0.0, top), 4)))
    pitch = box[2] / count
    for unit, height in enumerate(heights):
        high = box[3] * min(float(height) / top, 1.0)
        place = (box[0] + (unit + 0.15) * pitch, box[1] + box[3] - high, 0.7 * pitch, max(high, 0.5))
        scene.rect(place, fill="positive" if seen.is_active[unit] else "grey")


def _draw_curves(scene: Scene, seen: Any, history: Any, layout: Layout, step: int, *, is_log: bool) -> None:
    """The loss, and the divergence with the β in force."""
    rows = history.steps, history.values
    here = step if len(history.steps) and step < history.steps[-1] else None  # an earlier moment is visited
    told: dict[str, Any] = {"scale": layout.scale, "here": here}
    unit = "nats" if seen.reduction == "sum" else "nats a value"
    levels = [Level(words, value) for words, value in seen.levels]
    limits = None if is_log else _loss_limits(seen, history)
    names = ("loss", "test_loss")
    is_above = seen.cloud is None and not is_log  # the words: where pictures are learnt, the curve runs below the line
    shown = [Level("", level.value) for level in levels] if is_above else levels
    draw_curves(
        scene, layout.loss, *rows, names, title=f"Loss ({unit})", limits=limits, is_log=is_log, levels=shown, **told
    )
    if is_above and limits is not None:
        _name_levels(scene, layout, levels, limits)
    name, title = _third_curve(seen)
    newest = numbers_at(here, *rows, (name,), HELD_OUT)
    heading = f"KL (nats): {newest} · effective β {_weight(seen)}" if seen.model == "VAE" else f"{title}: {newest}"
    draw_curves(scene, layout.third, *rows, (name,), title=title, heading=heading, styles=HELD_OUT, **told)


def _name_levels(scene: Scene, layout: Layout, levels: list[Level], limits: Limits) -> None:
    """The names of the lines to compare with, above them."""
    left, top, width, height = layout.loss
    for level in levels:
        y = top + height * (1 - (level.value - limits[0]) / (limits[1] - limits[0])) - 0.75 * layout.scale.note
        if top < y < top + height:
            scene.text(left + width - 4, y, level.label, size=layout.scale.note, align="right", colour="muted")


def _third_curve(seen: Any) -> tuple[str, str]:
    """The column of the divergence and its title; an autoencoder has none, and its samples are judged instead."""
    if seen.model == "VAE":
        return "test_kl", f"KL, effective β {_weight(seen)}"
    if seen.cloud is None:
        return "sample_haze", "Haze of samples (copies: 1)"
    return "sample_surprise", "Surprise of samples (nats)"


def _loss_limits(seen: Any, history: Any) -> Limits:
    """From 0 to a little above the best constant answer: what is learnt lies there, and the first losses far above."""
    if seen.cloud is not None:
        return OF_POINTS
    newest = [history.last(name) for name in ("loss", "test_loss")]
    return 0.0, round_above(np.array([ABOVE * seen.levels[0][1], *newest]))


def _weight(seen: Any) -> str:
    return f"{seen.effective_beta:.3g}".replace("-", "−")


def card_scene(seen: Any) -> bytes:
    """The latent plane and what it decodes to, small and without words.

    Args:
        seen: a `VAEObservation`.
    """
    scene = Scene(360, 200, "Codes of test examples in a plane, and what the plane decodes to.")
    left, right = (0.0, 10.0, 175.0, 180.0), (185.0, 10.0, 175.0, 180.0)
    limits = (-seen.limit, seen.limit)
    drawn = np.flatnonzero(np.isfinite(seen.codes).all(1))
    classes = seen.classes[drawn] if seen.class_names else None
    scene.points(left, seen.codes[drawn], xlim=limits, ylim=limits, classes=classes, radius=2.2)
    if seen.cloud is None:
        cells = len(seen.pictures.grid)
        pictures = seen.pictures.grid.reshape(cells * cells, *seen.pictures.grid.shape[2:])
        draw_examples(scene, grid_tiles(right, cells), pictures, border=False)
    else:
        mesh = np.where(np.isfinite(seen.cloud.mesh), seen.cloud.mesh, np.nan)
        scene.lines(right, [*mesh, *mesh.swapaxes(0, 1)], xlim=(-AROUND, AROUND), ylim=(-AROUND, AROUND), width=0.7)
    return scene.to_bytes()
