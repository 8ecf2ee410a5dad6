"""The items of a scene that are many small marks: links, points, lines and histograms."""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from figures import packing
from figures.items import (
    Box,
    Colour,
    Items,
    Limits,
    array_of,
    box_of,
    boxes_of,
    classes_of,
    colour_of,
    digits,
    one_of,
    table_of,
    tenth,
    texts_of,
    vector_of,
)

Shape = Literal["disc", "square", "triangle", "diamond", "cross"]

SHAPES: Final = ("disc", "square", "triangle", "diamond", "cross")
_HOLLOW, _RINGED = 1, 2


class Marks(Items):
    """Marks at places: in scene coordinates for links, in data coordinates within a box for the others."""

    def edges(
        self,
        from_xy: npt.ArrayLike,
        to_xy: npt.ArrayLike,
        weight: npt.ArrayLike,
        *,
        scale: float,
        max_width: float = 6.0,
        straight: bool = False,
        id: str = "",
        names: Sequence[str] | None = None,
        readout: str = "weight",
    ) -> None:
        """Links whose width, opacity and colour show a signed weight; the pointer reads the value of the nearest.

        Args:
            from_xy: [n, 2] scene coordinates of the starts.
            to_xy: [n, 2] of the ends.
            weight: [n]; blue if positive, orange if negative; not finite is drawn as a dashed grey line.
            scale: the weight drawn at full width; larger ones are clamped to it.
            max_width: that width in scene units.
            straight: straight lines instead of curves that leave and arrive horizontally.
            id: when given, a click on a link sends `{"kind": "edge", "id": id, "index": i}`.
            names: one per link, shown before the value.
            readout: the word before the value.
        """
        starts, ends = table_of("from_xy", from_xy, 2), table_of("to_xy", to_xy, 2)
        weights = vector_of("weight", weight, len(starts))
        if len(ends) != len(starts):
            raise ValueError(f"to_xy must have shape [{len(starts)}, 2] like from_xy, not [{len(ends)}, 2]")
        if not scale > 0:
            raise ValueError(f"scale must be positive, not {scale}")
        codes, peak = packing.quantise_weights(weights)
        self._add(
            "edges",
            ends=self._blob.add(np.hstack([packing.tenths("from_xy", starts), packing.tenths("to_xy", ends)])),
            weights=self._blob.add(codes),
            peak=digits(peak),
            scale=digits(scale),
            width=tenth(max_width),
            straight=straight or None,
            id=id or None,
            names=texts_of("names", names, len(starts)),
            readout=readout,
        )

    def points(
        self,
        box: Box,
        xy: npt.ArrayLike,
        *,
        xlim: Limits,
        ylim: Limits,
        classes: npt.ArrayLike | None = None,
        values: npt.ArrayLike | None = None,
        low: float = -1.0,
        high: float = 1.0,
        colour: Colour = "accent",
        shape: Shape = "disc",
        hollow: npt.ArrayLike | None = None,
        ringed: npt.ArrayLike | None = None,
        radius: float = 3.5,
    ) -> None:
        """A cloud of points in a box; what lies beyond the limits, or is nan, is not drawn.

        Args:
            box: where the cloud stands.
            xy: [n, 2] in data coordinates.
            xlim: data x at the left and right side of the box.
            ylim: data y at its bottom and top.
            classes: [n] class of each point, for its colour; or
            values: [n] a number for each point, coloured by the diverging palette from `low` to `high`.
            low: the value drawn fully negative.
            high: the value drawn fully positive.
            colour: of all points, when neither classes nor values are given.
            shape: `disc`, `square`, `triangle`, `diamond` or `cross`.
            hollow: [n] bool, drawn as outlines: points not trained on.
            ringed: [n] bool, with a ring around: misclassified points.
            radius: in scene units.
        """
        place = table_of("xy", xy, 2)
        if classes is not None and values is not None:
            raise ValueError("classes and values cannot both colour the points")
        number = len(place)
        flags = _flags("hollow", hollow, number) * _HOLLOW + _flags("ringed", ringed, number) * _RINGED
        self._add(
            "points",
            box=box_of("box", box),
            xy=self._blob.add(_places(place, xlim, ylim)),
            classes=None if classes is None else self._blob.add(classes_of("classes", classes, number)),
            values=None if values is None else self._levels("values", values, number, low, high),
            colour=colour_of("colour", colour),
            shape=one_of("shape", shape, SHAPES),
            flags=self._blob.add(flags) if flags.any() else None,
            radius=tenth(radius),
        )

    def lines(
        self,
        boxes: npt.ArrayLike,
        xy: npt.ArrayLike | Sequence[npt.ArrayLike],
        *,
        xlim: Limits,
        ylim: Limits,
        colours: Colour | Sequence[Colour] = "accent",
        width: float = 1.5,
        dash: bool = False,
    ) -> None:
        """Polylines, together in one box or each in its own small one; a line breaks at nan and is cut at the limits.

        Args:
            boxes: [4] one box for all lines, or [n, 4] one for each.
            xy: [n, k, 2] or n arrays [k_i, 2] in data coordinates; or [n, k] heights over an even grid of `xlim`.
            xlim: data x at the left and right side of a box.
            ylim: data y at its bottom and top.
            colours: one, or one for each line.
            width: in scene units.
            dash: broken strokes, for what is not trained on.
        """
        tracks = _tracks("xy", xy, xlim)
        places = boxes_of("boxes", boxes)
        if len(places) not in (1, len(tracks)):
            raise ValueError(f"boxes must be one box or {len(tracks)}, one per line, not {len(places)}")
        each = [colours] * len(tracks) if isinstance(colours, int | str) else list(colours)
        if len(each) != len(tracks):
            raise ValueError(f"colours must be one or {len(tracks)}, one per line, not {len(each)}")
        joined = np.concatenate(tracks) if tracks else np.zeros((0, 2))
        self._add(
            "lines",
            boxes=self._place("boxes", places),
            xy=self._blob.add(_places(joined, _twice(xlim), _twice(ylim), clip=True)),
            lengths=self._blob.add(np.array([len(track) for track in tracks], dtype=np.uint32)),
            colours=[colour_of("colours", one) for one in each],
            width=tenth(width),
            dash=dash or None,
        )

    def histograms(
        self,
        boxes: npt.ArrayLike,
        heights: npt.ArrayLike,
        *,
        classes: Sequence[int] | None = None,
        border: bool = True,
    ) -> None:
        """Small histograms of several classes laid over each other, one box per tile.

        Args:
            boxes: [n, 4], or one box [4].
            heights: [n, classes, bins] as a share of the box height, 0 to 1.
            classes: the class of each layer, for its colour; 0, 1, 2 … if left out.
            border: a hairline around each tile.
        """
        places, bars = boxes_of("boxes", boxes), np.asarray(heights, dtype=np.float64)
        if bars.ndim != 3 or len(bars) != len(places) or 0 in bars.shape:
            raise ValueError(f"heights must have shape [{len(places)}, classes, bins], not {bars.shape}")
        layers = range(bars.shape[1]) if classes is None else classes
        colours = classes_of("classes", np.array(list(layers)), bars.shape[1]).tolist()
        self._add(
            "histograms",
            boxes=self._place("boxes", places),
            heights=self._blob.add(packing.quantise(np.nan_to_num(bars), 0.0, 1.0)),
            shape=list(bars.shape[1:]),
            classes=colours,
            border=border or None,
        )


def _flags(name: str, mask: npt.ArrayLike | None, number: int) -> npt.NDArray[np.uint8]:
    return np.zeros(number, np.uint8) if mask is None else (vector_of(name, mask, number) != 0).astype(np.uint8)


def _places(xy: npt.NDArray[np.float64], xlim: Limits, ylim: Limits, clip: bool = False) -> npt.NDArray[np.uint16]:
    columns = (np.clip(xy[:, axis], *limits) if clip else xy[:, axis] for axis, limits in enumerate((xlim, ylim)))
    codes = [packing.quantise_places(column, *limits) for column, limits in zip(columns, (xlim, ylim), strict=True)]
    return np.stack(codes, axis=1)


def _twice(limits: Limits) -> Limits:
    """Limits twice as far apart around the same middle: room for a line to leave its box in its true direction."""
    packing.check_limits("xlim, ylim", *limits)
    half = (limits[1] - limits[0]) / 2
    return limits[0] - half, limits[1] + half


def _tracks(name: str, xy: npt.ArrayLike | Sequence[npt.ArrayLike], xlim: Limits) -> list[npt.NDArray[np.float64]]:
    if isinstance(xy, np.ndarray) and xy.ndim == 2:
        grid = np.linspace(*xlim, xy.shape[1])
        return [np.stack([grid, row], axis=1) for row in array_of(name, xy)]
    if not isinstance(xy, Sequence | np.ndarray):
        raise ValueError(f"{name} must be an array or a list of arrays, not {type(xy).__name__}")
    return [table_of(name, track, 2) for track in xy]
