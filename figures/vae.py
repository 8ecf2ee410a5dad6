"""The live picture of the page `vae`: copies and samples, the latent plane and what it decodes to, units, curves."""

from typing import Any, Final

import numpy as np

from figures.curves import Level, Style, draw_axes, draw_curves, numbers_at, round_above
from figures.scene import Limits, Scene
from figures.vae_layout import PAGE, PROJECTOR, Layout, grid_tiles, row_of_tiles

NUM_ELLIPSES: Final = 40
CIRCLE: Final = np.stack([np.cos(angles := np.linspace(0, 2 * np.pi, 25)), np.sin(angles)])
LETTER: Final = 0.56  # width of one, as a share of its size
HELD_OUT: Final[tuple[Style, ...]] = (("test", "negative", True),)
AROUND: Final = 1.15  # how far the plane of the points is drawn
OF_POINTS: Final = (-2.0, 6.0)  # the loss of points may be below 0, and its first values are far above
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
    _draw_units(scene, seen, layout)
    _draw_curves(scene, seen, history, layout, step, is_log=is_log)
    return scene.to_bytes()


def _alt(seen: Any, history: Any, step: int) -> str:
    told = numbers_at(None, history.steps, history.values, ("loss", "test_loss"))
    what = "points" if seen.cloud is not None else "pictures"
    return (
        f"After {step:,} steps a network copies {what} through {len(seen.kl_units)} numbers, of which "
        f"{int(seen.is_active.sum())} tell them apart. Loss: {told}."
    )


def draw_shares(scene: Scene, boxes: Any, pictures: np.ndarray, **more: Any) -> None:
    """Pictures [n, C, H, W] from 0 to 1, grey or in colour, each in its box."""
    shown = np.asarray(pictures, dtype=np.float64)
    if shown.shape[1] == 3:
        colours = np.nan_to_num(shown.transpose(0, 2, 3, 1))
        scene.sheet(boxes, colours, low=0, high=1, palette="rgb", smooth=False, **more)
    else:
        scene.sheet(boxes, shown[:, 0], low=0, high=1, palette="grey", smooth=False, **more)


# ---- pictures ------------------------------------------------------------------------------------------------------


def _draw_tests(scene: Scene, seen: Any, layout: Layout) -> None:
    """A few test pictures, their copies below them, and the differences below these."""
    scale, (left, top, _, _) = layout.scale, layout.data
    count = min(layout.columns, len(seen.shown))
    words = "Test pictures, copies, difference"
    scene.text(left, layout.title_y, words, size=scale.title, weight=600)
    inputs, copies = seen.pictures.inputs[:count], seen.pictures.copies[:count]
    draw_shares(scene, row_of_tiles(layout, count, 0, top), inputs)
    draw_shares(scene, row_of_tiles(layout, count, 1, top), copies)
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
    draw_shares(scene, boxes, seen.pictures.samples[: len(boxes)])


def _draw_grid(scene: Scene, seen: Any, layout: Layout) -> None:
    """The plane of the map, decoded: a thumbnail at each place of a net."""
    scale, box = layout.scale, layout.grid
    scene.text(box[0], layout.title_y, "The same plane, decoded", size=scale.title, weight=600)
    cells = len(seen.pictures.grid)
    pictures = seen.pictures.grid.reshape(cells * cells, *seen.pictures.grid.shape[2:])
    draw_shares(scene, grid_tiles(box, cells), pictures, border=False)
    _draw_point(scene, seen, layout, box, "grid")


def _draw_decoded(scene: Scene, seen: Any, layout: Layout) -> None:
    """The point of the map as a picture, and below it the example looked at beside its copy."""
    scale, (left, top, width, height) = layout.scale, layout.decoded
    scene.text(left, layout.title_y, "Decoded", size=scale.title, weight=600)
    draw_shares(scene, layout.decoded, seen.pictures.decoded[None])
    y = top + height + 1.2 * scale.label
    x1, x2 = seen.point
    scene.text(left, y, f"✕ ({_signed(x1)}, {_signed(x2)})", size=scale.label, tabular=True)
    y += 2.4 * scale.label
    scene.text(left, y, f"○ {_cut(seen.class_names[seen.example_class], 11)}", size=scale.label, weight=600)
    y += 1.1 * scale.label
    right = left + width - layout.pair
    boxes = np.array([(left, y, layout.pair, layout.pair), (right, y, layout.pair, layout.pair)])
    draw_shares(scene, boxes, np.stack([seen.pictures.looked_at, seen.pictures.looked_copy]))
    y += layout.pair + 1.2 * scale.note
    scene.text(left, y, f"test {seen.example + 1}", size=scale.note, colour="muted")
    scene.text(right, y, "its copy", size=scale.note, colour="muted")


def _signed(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


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
    scene.points(box, cloud.samples, xlim=limits, ylim=limits, colour="negative", radius=1.6 * scale.stroke)


def _draw_mesh(scene: Scene, seen: Any, layout: Layout) -> None:
    """A square net of the latent plane where the decoder puts it, over the test points and their copies."""
    scale, box, cloud = layout.scale, layout.grid, seen.cloud
    limits = (-AROUND, AROUND)
    scene.text(box[0], layout.title_y, "The same plane, decoded", size=scale.title, weight=600)
    scene.axes(box, xlim=limits, ylim=limits, ticks=([-1, 0, 1], [-1, 0, 1]))
    scene.points(box, cloud.inputs, xlim=limits, ylim=limits, colour="grey", radius=1.6 * scale.stroke)
    mesh = np.where(np.isfinite(cloud.mesh), cloud.mesh, np.nan)
    net = [*mesh, *mesh.swapaxes(0, 1)]
    scene.lines(box, net, xlim=limits, ylim=limits, colours="accent", width=0.7 * scale.stroke)
    scene.points(
        box, cloud.decoded[None], xlim=limits, ylim=limits, colour="text", shape="cross", radius=6 * scale.stroke
    )


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


def _square(layout: Layout) -> tuple[float, float, float, float]:
    left, top, width, height = layout.data
    side = min(width, height)
    return left, top, side, side


def _inner(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
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
    scene.lines(box, [CIRCLE.T, 2 * CIRCLE.T], xlim=limits, ylim=limits, colours="hairline", width=scale.stroke)
    classes = seen.classes if seen.class_names else None
    drawn = np.flatnonzero(np.isfinite(seen.codes).all(1))
    _draw_ellipses(scene, seen, layout, limits, drawn[:NUM_ELLIPSES])
    kept = None if classes is None else classes[drawn]
    scene.points(box, seen.codes[drawn], xlim=limits, ylim=limits, classes=kept, radius=2.2 * scale.stroke)
    at = seen.example_code[None]
    scene.points(box, at, xlim=limits, ylim=limits, colour="text", hollow=[True], radius=6 * scale.stroke)
    _draw_point(scene, seen, layout, box, "map")


def _draw_ellipses(scene: Scene, seen: Any, layout: Layout, limits: Limits, rows: np.ndarray) -> None:
    """One standard deviation around some of the codes."""
    rows = rows[np.isfinite(seen.covariances[rows]).all((1, 2))]
    if not len(rows) or not seen.covariances[rows].any():
        return
    values, vectors = np.linalg.eigh(seen.covariances[rows].astype(np.float64))
    shapes = vectors * np.sqrt(np.clip(values, 0, None))[:, None, :]  # (n, 2, 2)
    outlines = seen.codes[rows, None, :] + (shapes @ CIRCLE).swapaxes(1, 2)  # (n, 25, 2)
    colours: Any = [int(k) for k in seen.classes[rows]] if seen.class_names else "accent"
    scene.lines(layout.map, list(outlines), xlim=limits, ylim=limits, colours=colours, width=0.8 * layout.scale.stroke)


def _draw_point(scene: Scene, seen: Any, layout: Layout, box: tuple[float, float, float, float], id: str) -> None:
    """A cross where the point of the map lies; a click moves it."""
    limits = (-seen.limit, seen.limit)
    at, size = seen.point[None], 7 * layout.scale.stroke
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
    if not seen.class_names:
        words = (
            "Circles: one and two standard deviations of N(0, 1). Grey: test points. Net: the square from −3.5 to 3.5."
        )
        scene.text(x, layout.legend_y, words, size=size, colour="muted")


# ---- units and curves ----------------------------------------------------------------------------------------------


def _draw_units(scene: Scene, seen: Any, layout: Layout) -> None:
    """The divergence of each unit; grey where a unit tells nothing apart."""
    scale, box = layout.scale, layout.units
    used, count = int(seen.is_active.sum()), len(seen.kl_units)
    heights = np.where(np.isfinite(seen.kl_units), seen.kl_units, 0.0)
    if seen.model != "VAE":
        words, heights = f"Variance of each unit: {used} of {count} used", np.nan_to_num(seen.variances, posinf=0.0)
    else:
        words = f"KL of each unit (nats): {used} of {count} used"
    is_alarm = used == 0
    colour = "negative" if is_alarm else "text"
    scene.text(
        box[0] - 30, box[1] - scale.title, NOTHING if is_alarm else words, size=scale.title, weight=600, colour=colour
    )
    top = round_above(np.append(heights, 0.1))
    draw_axes(scene, box, (0.5, count + 0.5), (0.0, top), scale, is_log=False)
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
    unit = "nats" if seen.reduction == "sum" else "mean over the values"
    levels = [Level(words, value) for words, value in seen.levels]
    limits = OF_POINTS if seen.cloud is not None and not is_log else None
    names = ("loss", "test_loss")
    draw_curves(
        scene, layout.loss, *rows, names, title=f"Loss ({unit})", limits=limits, is_log=is_log, levels=levels, **told
    )
    draw_curves(
        scene,
        layout.divergence,
        *rows,
        ("test_kl",),
        title="",
        heading=_beta_words(seen, history, here),
        styles=HELD_OUT,
        **told,
    )


def _beta_words(seen: Any, history: Any, here: float | None) -> str:
    """The divergence of the test examples, and what β it is weighed with."""
    if seen.model != "VAE":
        return "KL: none without doubt"
    kl = numbers_at(here, history.steps, history.values, ("test_kl",), HELD_OUT)
    weight = f"{seen.effective_beta:.3g}".replace("-", "−")
    return f"KL (nats): {kl} · effective β {weight}"


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
        draw_shares(scene, grid_tiles(right, cells), pictures, border=False)
    else:
        mesh = np.where(np.isfinite(seen.cloud.mesh), seen.cloud.mesh, np.nan)
        scene.lines(right, [*mesh, *mesh.swapaxes(0, 1)], xlim=(-AROUND, AROUND), ylim=(-AROUND, AROUND), width=0.7)
    return scene.to_bytes()
