"""A live picture as a list of things to draw, packed into a few kilobytes.

A page builds a `Scene` from numpy arrays four times a second, `ui.live.live_canvas` sends its bytes, and one general
renderer in the browser draws them. Nothing here knows a network, a page or a screen.

Scene coordinates run right and down from (0, 0); the canvas scales them to the room it gets, so one unit is about
one CSS pixel on a laptop. A box is `(x, y, width, height)`. Items are drawn in the order they were added. Data
coordinates run up, as in a plot, and are mapped into a box by `xlim` and `ylim`. Row 0 of a field is its top row.

    scene = Scene(400, 300, alt="What the network says at each place of the plane")
    scene.sheet((40, 20, 260, 260), field)
    scene.points((40, 20, 260, 260), xy, xlim=(-6, 6), ylim=(-6, 6), classes=labels)
    data = scene.to_bytes()
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from figures import packing
from figures.fields import Fields
from figures.items import Box, Colour, Limits, box_of, colour_of, limits_of, numeral, one_of, tenth
from figures.marks import Marks

__all__ = ["Align", "Box", "Colour", "Limits", "Scene", "ticks_of"]

Align = Literal["left", "center", "right"]


class Scene(Fields, Marks):
    """One picture: add items in drawing order, then take `to_bytes()`.

    Args:
        width: scene units from left to right.
        height: scene units from top to bottom.
        alt: what the picture shows, in a sentence, for those who cannot see it.
        meta: small facts that travel along, such as `{"step": 120}`; the canvas shows `step` as `data-step`.

    Raises:
        ValueError: by every method, naming the argument whose shape or value does not fit.
    """

    def __init__(self, width: float, height: float, alt: str, meta: Mapping[str, Any] | None = None) -> None:
        if not (width > 0 and height > 0):
            raise ValueError(f"width and height must be positive, not {width}, {height}")
        if not alt.strip():
            raise ValueError("alt must say what the picture shows")
        super().__init__()
        self.width, self.height, self.alt = width, height, alt
        self.meta: dict[str, Any] = dict(meta or {})
        self._spots: set[str] = set()

    def to_bytes(self) -> bytes:
        """The packet that the canvas draws; the same items give the same bytes."""
        meta = {name: _plain(value) for name, value in self.meta.items()}
        size = [tenth(self.width), tenth(self.height)]
        header = {"size": size, "alt": self.alt, "meta": meta, "items": self._items}
        return packing.pack(self.width, self.height, header, self._blob)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 14.0,
        align: Align = "left",
        colour: Colour = "text",
        weight: int = 400,
        tabular: bool = False,
        angle: float = 0.0,
    ) -> None:
        """One line of text whose middle height is at `y`.

        Args:
            x: left end, centre or right end, as `align` says.
            y: middle height.
            text: the words.
            size: in scene units; never drawn below 11 CSS pixels.
            align: `left`, `center` or `right`.
            colour: a name or a class.
            weight: 400 plain, 600 strong.
            tabular: all digits equally wide, for numbers that change.
            angle: degrees clockwise that it is turned around (x, y).
        """
        self._add(
            "text",
            at=[tenth(x), tenth(y)],
            text=text,
            size=tenth(size),
            align=one_of("align", align, ("left", "center", "right")),
            colour=colour_of("colour", colour),
            weight=weight,
            tabular=tabular or None,
            angle=tenth(angle) or None,
        )

    def rect(
        self,
        box: Box,
        *,
        fill: Colour | None = None,
        stroke: Colour | None = None,
        width: float = 1.0,
        radius: float = 0.0,
        dash: bool = False,
    ) -> None:
        """A rectangle, filled or outlined, with corners of `radius` scene units."""
        self._add(
            "rect",
            box=box_of("box", box),
            fill=None if fill is None else colour_of("fill", fill),
            stroke=None if stroke is None else colour_of("stroke", stroke),
            width=tenth(width),
            radius=tenth(radius),
            dash=dash or None,
        )

    def axes(
        self,
        box: Box,
        *,
        xlim: Limits,
        ylim: Limits,
        xlabel: str = "",
        ylabel: str = "",
        ticks: int | tuple[Sequence[float], Sequence[float]] = 3,
        grid: bool = False,
    ) -> None:
        """A hairline box with a few numerals.

        Args:
            box: the data area; the numerals stand below and to the left of it.
            xlim: data x at the left and right side.
            ylim: data y at the bottom and top.
            xlabel: below the numerals, in the middle.
            ylabel: turned, left of the numerals.
            ticks: about how many on each axis (0 for none), or the values themselves for x and for y.
            grid: hairlines across the box at the ticks.
        """
        xticks, yticks = (ticks_of(xlim, ticks), ticks_of(ylim, ticks)) if isinstance(ticks, int) else ticks
        self._add(
            "axes",
            box=box_of("box", box),
            xticks=_marks("xlim", xticks, xlim),
            yticks=_marks("ylim", yticks, ylim),
            xlabel=xlabel or None,
            ylabel=ylabel or None,
            grid=grid or None,
        )

    def hot(
        self,
        box: Box,
        id: str,
        tip: str,
        *,
        event: Mapping[str, Any] | None = None,
        glyph: str = "",
        pressed: bool | None = None,
        disabled: bool = False,
        cursor: str = "pointer",
    ) -> None:
        """A place to click, which is a real button for the keyboard and for screen readers.

        A click sends `{"kind": "hot", "id": id, **event}`.

        Args:
            box: its area; a glyph button is drawn as a circle in it.
            id: unique in the scene among `hot` and `plane`.
            tip: what it does, shown on hover and focus and read aloud; a disabled one says why.
            event: more that travels with the click; plain JSON values.
            glyph: a sign such as `+` or `−` on a small round button; invisible if left out.
            pressed: the state of a toggle; None for a plain button.
            disabled: shows the tip but sends nothing.
            cursor: the CSS cursor over it.
        """
        self._add(
            "hot",
            box=box_of("box", box),
            id=self._spot(id),
            tip=tip,
            event=dict(event) if event else None,
            glyph=glyph or None,
            pressed=pressed,
            disabled=disabled or None,
            cursor=cursor,
        )

    def plane(
        self,
        box: Box,
        *,
        xlim: Limits,
        ylim: Limits,
        id: str,
        tip: str = "Place a point",
        steps: tuple[int, int] | None = None,
    ) -> None:
        """A data area to click into, by keyboard too: arrows aim, Enter clicks.

        A click sends `{"kind": "plane", "id", "x", "y", "shift", "alt", "button"}`, x and y in data coordinates,
        button 2 for the right one and for a long tap.

        Args:
            box: its area.
            xlim: data x at the left and right side.
            ylim: data y at the bottom and top.
            id: unique in the scene among `hot` and `plane`.
            tip: what a click does, read aloud.
            steps: cells across and down, when the arrows shall go from cell to cell.
        """
        limits = [limits_of("xlim", xlim), limits_of("ylim", ylim)]
        shown = None if steps is None else list(steps)
        self._add("plane", box=box_of("box", box), limits=limits, id=self._spot(id), tip=tip, steps=shown)

    def pad(self, box: Box, *, id: str, tip: str, width: float = 8.0, colour: Colour = "text") -> None:
        """A place to draw on, by keyboard too: arrows aim, Enter makes a dot, Shift with an arrow a line.

        A finished stroke is sent as `{"kind": "pad", "id", "stroke": [[x, y], …]}`, from (0, 0) at the upper left
        corner to (1, 1). It stays visible until the next scene, which is to show what became of it.

        Args:
            box: its area.
            id: unique in the scene among `hot`, `plane` and `pad`.
            tip: what to draw here, read aloud.
            width: of the stroke while it is drawn, in scene units.
            colour: of the stroke.
        """
        ink = {"width": tenth(width), "colour": colour_of("colour", colour)}
        self._add("pad", box=box_of("box", box), id=self._spot(id), tip=tip, **ink)

    def _spot(self, id: str) -> str:
        if id in self._spots:
            raise ValueError(f"id {id!r} is already taken by another hot, plane or pad")
        self._spots.add(id)
        return id


def ticks_of(limits: Limits, count: int) -> list[float]:
    """About `count` round numbers within `limits`: steps of 1, 2 or 5 times a power of ten."""
    packing.check_limits("xlim, ylim", *limits)
    if count <= 0:
        return []
    raw = (limits[1] - limits[0]) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * power for unit in (1, 2, 5, 10) if unit * power >= raw * 0.999)
    first, last = math.ceil(limits[0] / step - 1e-9), math.floor(limits[1] / step + 1e-9)
    return [min(max(index * step, limits[0]), limits[1]) for index in range(first, last + 1)]


def _marks(name: str, ticks: Sequence[float], limits: Limits) -> list[list[float | str]]:
    """Each tick within the limits as its share of the axis and its numeral."""
    packing.check_limits(name, *limits)
    low, high = limits
    return [[round((tick - low) / (high - low), 4), numeral(tick)] for tick in ticks if low <= tick <= high]


def _plain(value: object) -> object:
    """A fact JSON can carry: numpy scalars become Python's, and what is not finite becomes null."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
