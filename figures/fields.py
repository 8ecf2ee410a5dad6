"""The items of a scene that fill an area: sheets of tiles, class maps, their enlargement and their legend."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from figures import packing, theme
from figures.items import Box, Items, array_of, box_of, boxes_of, digits, numeral, one_of, tenth, texts_of
from figures.palettes import PALETTES, Palette

Side = Literal["below", "above", "left", "right"]


class Fields(Items):
    """Fields of numbers or classes. Row 0 is the top row."""

    def sheet(
        self,
        boxes: npt.ArrayLike,
        values: npt.ArrayLike,
        *,
        low: float = -1.0,
        high: float = 1.0,
        palette: Palette = "diverging",
        ids: Sequence[str] | None = None,
        titles: Sequence[str] | None = None,
        labels: Sequence[str] | None = None,
        label_side: Side = "below",
        label_size: float = 12.0,
        smooth: bool = True,
        border: bool = True,
        selected: Sequence[int] = (),
        opacity: npt.ArrayLike | None = None,
        readout: str = "",
    ) -> None:
        """Many fields of one resolution at once: feature tiles, filters, an attention map; one big field is n = 1.

        Args:
            boxes: [n, 4], or one box [4], where the tiles stand.
            values: [n, rows, cols], or [rows, cols] for one tile; [n, rows, cols, 3] for the palette `rgb`.
                Drawn from `low` to `high` in 255 levels, clipped beyond; nan is drawn hatched in grey.
            low: the value at the low end of the palette.
            high: the value at the high end.
            palette: `diverging`, `magnitude`, `grey`, `ink` or `rgb`, see `figures.palettes`.
            ids: one per tile; tiles with ids can be enlarged by `zoom`.
            titles: one per tile, shown by `zoom` and in the tip; the ids if left out.
            labels: one short text per tile, drawn on `label_side`.
            label_side: where the labels stand.
            label_size: their size in scene units.
            smooth: blend between the cells; False keeps the cells of a matrix or the pixels of an image.
            border: a hairline around each tile.
            selected: indices of tiles with an accent border.
            opacity: [n] from 0 to 1, to fade tiles that do not take part.
            readout: when given, the value under the pointer is shown after this word, e.g. `activation`.
        """
        places = boxes_of("boxes", boxes)
        fields = _fields("values", values, len(places), channels=3 if palette == "rgb" else None)
        one_of("palette", palette, PALETTES)
        self._add(
            "sheet",
            boxes=self._place("boxes", places),
            values=self._blob.add(packing.quantise(fields, low, high)),
            shape=list(fields.shape[1:3]),
            range=[digits(low), digits(high)],
            palette=palette,
            ids=texts_of("ids", ids, len(places)),
            titles=texts_of("titles", titles, len(places)),
            labels=texts_of("labels", labels, len(places)),
            labelSide=one_of("label_side", label_side, ("below", "above", "left", "right")) if labels else None,
            labelSize=tenth(label_size) if labels else None,
            smooth=smooth or None,
            border=border or None,
            selected=[int(index) for index in selected] or None,
            opacity=None if opacity is None else self._levels("opacity", opacity, len(places)),
            readout=readout or None,
        )

    def name_cells(self, rows: Sequence[str], columns: Sequence[str], missing: str) -> None:
        """Names the rows and columns of the sheet added last, to be read with its values.

        Args:
            rows: one for each.
            columns: one for each.
            missing: what is read where the value is nan.
        """
        sheet = self._items[-1]
        for kind, names, number in zip(("rows", "columns"), (rows, columns), sheet["shape"], strict=True):
            sheet[kind] = texts_of(kind, names, number)
        sheet["missing"] = missing

    def classes(
        self,
        box: Box,
        class_index: npt.ArrayLike,
        confidence: npt.ArrayLike,
        *,
        num_classes: int,
        smooth: bool = True,
        border: bool = True,
    ) -> None:
        """Which class is said at each place (colour) and how surely (opacity).

        Args:
            box: where the field stands.
            class_index: [rows, cols] integers below `num_classes`.
            confidence: [rows, cols] from 0 (the colour of the paper) to 1; nan is drawn hatched in grey.
            num_classes: how many classes there are, at most `len(theme.CLASSES)`.
            smooth: blend between the cells.
            border: a hairline around the field.
        """
        theme.class_colours(num_classes)
        index, sure = np.asarray(class_index), np.asarray(confidence, dtype=np.float64)
        if index.ndim != 2 or index.size == 0 or not np.issubdtype(index.dtype, np.integer):
            raise ValueError(f"class_index must be integers of shape [rows, cols], not {index.dtype} {index.shape}")
        if int(index.min()) < 0 or int(index.max()) >= num_classes:
            raise ValueError(f"class_index must lie in 0 … {num_classes - 1}")
        if sure.shape != index.shape:
            raise ValueError(f"confidence must have the shape of class_index {index.shape}, not {sure.shape}")
        self._add(
            "classes",
            box=box_of("box", box),
            values=self._blob.add(_class_codes(index, sure, num_classes)),
            shape=list(index.shape),
            classes=num_classes,
            smooth=smooth or None,
            border=border or None,
        )

    def zoom(self, box: Box, *, ids: Sequence[str] | None = None, title: str = "", title_size: float = 14.0) -> None:
        """While the pointer is over a tile (or it was tapped, or has the focus), draw it enlarged in `box`.

        Add it after the field it covers and before the points that shall stay on top.

        Args:
            box: where the enlarged tile appears.
            ids: the tiles it serves; None for every sheet tile with an id.
            title: text above the box while no tile is enlarged; then the tile's title stands there.
            title_size: in scene units.
        """
        self._add(
            "zoom",
            box=box_of("box", box),
            ids=None if ids is None else list(ids),
            title=title or None,
            size=tenth(title_size),
        )

    def colorbar(
        self, box: Box, *, low: float, high: float, palette: Palette = "diverging", labels: Sequence[str] | None = None
    ) -> None:
        """A small legend of a palette; lying when `box` is wider than high, else standing with `high` on top.

        Args:
            box: the coloured bar; the numerals stand below it or to its right.
            low: the value at the low end.
            high: the value at the high end.
            palette: as in `sheet`.
            labels: texts from low to high, evenly spread; the end values (and the middle of `diverging`) if left out.
        """
        one_of("palette", palette, PALETTES)
        packing.check_limits("low, high", low, high)
        ends = (low, (low + high) / 2, high) if palette == "diverging" else (low, high)
        shown = list(labels) if labels is not None else [numeral(value) for value in ends]
        self._add("colorbar", box=box_of("box", box), palette=palette, labels=shown)


def _fields(name: str, values: npt.ArrayLike, number: int, channels: int | None) -> npt.NDArray[np.float64]:
    array = array_of(name, values)
    wanted = 3 + (channels is not None)
    if array.ndim == wanted - 1 and number == 1:
        array = array[None]
    fits = array.ndim == wanted and len(array) == number and 0 not in array.shape[1:]
    if not fits or (channels is not None and array.shape[3] != channels):
        shape = f"[{number}, rows, cols{'' if channels is None else f', {channels}'}]"
        raise ValueError(f"{name} must have shape {shape}, not {array.shape}")
    return array


def _class_codes(
    index: npt.NDArray[np.integer[Any]], confidence: npt.NDArray[np.float64], num_classes: int
) -> npt.NDArray[np.uint8]:
    """One byte per cell: 254 // num_classes shades for each class, `MISSING` for nan."""
    shades = packing.LEVELS // num_classes
    shade = np.rint(np.nan_to_num(np.clip(confidence, 0.0, 1.0)) * (shades - 1))
    return np.where(np.isnan(confidence), packing.MISSING, index * shades + shade).astype(np.uint8)
