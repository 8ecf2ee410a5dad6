"""Pictures of a generator and a discriminator to inspect: scores, the best discriminator, modes, copies, gradients."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.augmentation import draw_pictures
from figures.gan_walk import REACH
from figures.line_still import Line, Mark, lines_still
from figures.scene import Box, Limits, Scene
from figures.still import Still, apply_theme, label
from figures.theme import ON_PAGE

WIDTH: Final = 1000.0
SIDE: Final = 280.0
HEIGHT: Final = 350.0
BINS: Final = 40
SHARE: Final = "%{x:.3g}: %{y:.1%}"
TICKS: Final = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)  # of D, on an axis of its logits
HIGHEST_SLOPE: Final = 3.0
REAL, FAKE = theme.POSITIVE, theme.NEGATIVE
NUM_CORNERS: Final = 33  # of a circle


def histograms_still(
    samples: Mapping[str, np.ndarray], title: str, mode: theme.Mode, *, what: str, limits: Limits | None = None
) -> Still:
    """Samples of a number over each other, as shares of their own sample.

    Args:
        samples: by name: real ones first, then the fakes, then real ones that nobody learns from.
        title: of the horizontal axis.
        mode: light or dark.
        what: the picture in a few words.
        limits: of the axis; what lies beyond counts for the outer bins. All of it is shown if they are left out.
    """
    every = np.concatenate(list(samples.values()))
    low, high = limits or (float(every.min()), float(every.max()))
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    figure = go.Figure()
    for (name, values), colour in zip(samples.items(), (REAL, FAKE, theme.NOT_TRAINED), strict=False):
        counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
        fill = None if colour == theme.NOT_TRAINED else "tozeroy"
        line = {"color": colour, "shape": "hvh", "width": theme.LINE_WIDTH, "dash": "solid" if fill else "dot"}
        middles, shares = (edges[1:] + edges[:-1]) / 2, counts / max(len(values), 1)
        figure.add_trace(
            go.Scatter(x=middles, y=shares, name=label(name), mode="lines", line=line, fill=fill, hovertemplate=SHARE)
        )
    axes = {
        "xaxis": {"title": {"text": title}, "range": [edges[0], edges[-1]], "zeroline": False},
        "yaxis": {"title": {"text": "share"}, "tickformat": ".0%", "rangemode": "tozero"},
    }
    apply_theme(figure, mode, height=320, **axes)
    told = ", ".join(f"{name} {np.mean(values):.3g} on average" for name, values in samples.items())
    return Still(figure, f"{what}: {told}.")


def roc_still(false_share: np.ndarray, true_share: np.ndarray, area: float, mode: theme.Mode) -> Still:
    """How many real examples and how many fakes pass for real, threshold by threshold.

    Args:
        false_share: (k,) of the fakes above each threshold.
        true_share: (k,) of the real examples above it.
        area: under the curve.
        mode: light or dark.
    """
    muted = theme.SURFACES[mode].muted
    lines = [
        Line(f"this discriminator, area {area:.3f}", false_share, true_share, REAL),
        Line("guessing, area 0.5", np.array([0.0, 1.0]), np.array([0.0, 1.0]), muted, "dot"),
    ]
    shares = {"range": [-0.01, 1.01], "tickformat": ".0%"}
    return lines_still(
        lines, mode, alt=f"ROC curve of the discriminator, area {area:.3f}.", height=320,
        xaxis={**shares, "title": {"text": "fakes taken for real"}},
        yaxis={**shares, "title": {"text": "real taken for real"}},
    )  # fmt: skip


def ideal_scene(said: np.ndarray, best: np.ndarray, fakes: np.ndarray, real: np.ndarray) -> bytes:
    """What the discriminator says at each place, the best answer there, and the difference.

    Args:
        said: (R, R) from 0 (fake) to 1 (real), the first row at the bottom.
        best: (R, R) p / (p + q).
        fakes: (n, 2) some fakes.
        real: (m, 2) some real points.

    Returns:
        The bytes for the canvas.
    """
    away = np.nanmean(np.abs(said - best))
    alt = f"D over the plane, the best answer p/(p + q), and their difference, {away:.2f} on average."
    scene = Scene(WIDTH, HEIGHT, alt)
    panels = (
        ("D(x), as it is", said, (0.0, 1.0)),
        ("The best D for these fakes, p / (p + q)", best, (0.0, 1.0)),
        ("Difference, D − best", said - best, (-1.0, 1.0)),
    )
    for number, (title, field, (low, high)) in enumerate(panels):
        box: Box = (36.0 + number * 328, 30.0, SIDE, SIDE)
        scene.text(box[0], box[1] - 14, title, size=ON_PAGE.title, weight=600)
        scene.sheet(box, field[::-1], low=low, high=high, opacity=[0.75])
        scene.axes(box, xlim=REACH, ylim=REACH)
        if number < 2:
            scene.points(box, real, xlim=REACH, ylim=REACH, colour="positive", radius=1.8)
            scene.points(box, fakes, xlim=REACH, ylim=REACH, colour="negative", radius=1.8)
    scene.text(
        36, HEIGHT - 10, "blue: real, 1 · orange: fake, 0 · pale: cannot tell", size=ON_PAGE.note, colour="muted"
    )
    return scene.to_bytes()


def modes_scene(
    centres: np.ndarray, radii: np.ndarray, shares: np.ndarray, is_covered: np.ndarray, fakes: np.ndarray
) -> bytes:
    """The modes as circles with the share of the fakes in each, and the fakes.

    Args:
        centres: (K, 2) of the modes.
        radii: (K,) within which a fake belongs to a mode.
        shares: (K,) of all fakes.
        is_covered: (K,) whether that is enough.
        fakes: (n, 2) some fakes.

    Returns:
        The bytes for the canvas.
    """
    side = 400.0
    alt = f"{len(fakes)} fakes and the {len(centres)} modes of the data, of which {int(is_covered.sum())} are reached."
    scene = Scene(side + 40, side + 50, alt)
    box: Box = (30.0, 10.0, side, side)
    scene.axes(box, xlim=REACH, ylim=REACH)
    scene.points(box, fakes, xlim=REACH, ylim=REACH, colour="grey", radius=2)
    for is_one, colour in ((True, "positive"), (False, "negative")):
        rings = [_ring(*each) for each in zip(centres[is_covered == is_one], radii[is_covered == is_one], strict=True)]
        if rings:
            scene.lines(box, rings, xlim=REACH, ylim=REACH, colours=[colour] * len(rings), width=2, dash=not is_one)  # type: ignore[list-item]
    scale = side / (REACH[1] - REACH[0])
    for centre, radius, share in zip(centres, radii, shares, strict=True):
        x, y = box[0] + scale * (centre[0] - REACH[0]), box[1] + scale * (REACH[1] - centre[1] - radius)
        scene.text(x, y - 8, f"{share:.0%}", size=ON_PAGE.note, align="center", tabular=True)
    note = "solid blue: reached · dashed orange: missed · numbers: share of the fakes"
    scene.text(box[0], side + 42, note, size=ON_PAGE.note, colour="muted")
    return scene.to_bytes()


def _ring(centre: np.ndarray, radius: float) -> np.ndarray:
    angle = np.linspace(0, 2 * math.pi, NUM_CORNERS)
    return centre + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def pairs_scene(fakes: np.ndarray, training: np.ndarray, labels: Sequence[str]) -> bytes:
    """Fakes above, and below each the training picture it is closest to.

    Args:
        fakes: (n, C, H, W) from 0 to 1.
        training: (n, C, H, W) likewise.
        labels: n words below each pair.

    Returns:
        The bytes for the canvas.
    """
    tile = min(96.0, (WIDTH - 70) / len(fakes) - 6)
    scene = Scene(WIDTH, 2 * tile + 40, f"{len(fakes)} fakes and the closest training picture of each.")
    boxes = [(70 + place * (tile + 6), 3.0, tile, tile) for place in range(len(fakes))]
    draw_pictures(scene, boxes, fakes)
    lower = [(x, y + tile + 6, width, height) for x, y, width, height in boxes]
    draw_pictures(scene, lower, training, labels=list(labels), label_size=ON_PAGE.label)
    for words, (_, y, _, height) in (("fake", boxes[0]), ("closest", lower[0])):
        scene.text(62, y + height / 2, words, size=ON_PAGE.label, align="right", colour="muted")
    return scene.to_bytes()


def slopes_still(
    scores: np.ndarray, slopes: Mapping[str, np.ndarray], here: float, chosen: str, mode: theme.Mode
) -> Still:
    """How steep each loss of the generator is, by what the discriminator says to a fake.

    Args:
        scores: (k,) places on the axis, the logits of D.
        slopes: by loss: (k,) |∂loss/∂score|; equal ones share a line.
        here: mean score of the fakes now.
        chosen: the loss of this run, drawn thick.
        mode: light or dark.
    """
    groups: dict[bytes, list[str]] = {}
    for name, slope in slopes.items():
        groups.setdefault(np.round(slope, 9).tobytes(), []).append(name)
    lines = [
        Line(", ".join(names), scores, slopes[names[0]], colour, width=4.0 if chosen in names else theme.LINE_WIDTH)
        for names, colour in zip(groups.values(), theme.CLASSES, strict=False)
    ]
    at = float(np.clip(here, scores[0], scores[-1]))
    there = float(np.interp(at, scores, slopes[chosen]))
    ticks = {"tickvals": [math.log(d / (1 - d)) for d in TICKS], "ticktext": [f"{d:g}" for d in TICKS]}
    return lines_still(
        lines, mode, height=360,
        alt=f"Slope of each loss over D of a fake. The fakes now score {here:.2f}, where {chosen} has {there:.2g}.",
        xaxis={**ticks, "title": {"text": "D(x̃), what is said to a fake"}, "range": [scores[0], scores[-1]]},
        yaxis={"title": {"text": "|∂loss/∂score|"}, "range": [-0.05, HIGHEST_SLOPE]},
        marks=[Mark(at, min(there, HIGHEST_SLOPE), "the fakes now")],
    )  # fmt: skip
