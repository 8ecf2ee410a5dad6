"""Learning curves as a Vega-Lite dict: drawn in place, cheap to send, the same axes while training goes on."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from figures import theme

MAX_ROWS: Final = 120


class Level(NamedTuple):
    """A horizontal line to compare with: chance, or another model's score."""

    label: str
    value: float


def curve_frame(steps: np.ndarray, columns: Mapping[str, np.ndarray]) -> pa.Table:
    """The history thinned to what a screen can show, the newest row always among it.

    An Arrow table, because that is what travels: Streamlit takes 2 ms a curve and tick to make one from a DataFrame.

    Args:
        steps: (num_rows,) step of each row.
        columns: name to (num_rows,) values.

    Returns:
        Columns `step` and one float32 column a name, at most `MAX_ROWS` rows.
    """
    kept = np.unique(np.linspace(0, len(steps) - 1, min(len(steps), MAX_ROWS)).astype(int))
    values = {name: np.asarray(column, dtype=np.float32)[kept] for name, column in columns.items()}
    return pa.table({"step": steps[kept].astype(np.int32), **values})


def curve_spec(
    names: Sequence[str],
    *,
    title: str,
    is_log: bool = False,
    domain: tuple[float, float] | None = None,
    levels: Sequence[Level] = (),
    height: int = 130,
) -> dict[str, Any]:
    """Lines over steps: the first name is the training curve, the second the test curve.

    Args:
        names: columns of `curve_frame`, at most two.
        title: the quantity and its unit.
        is_log: a logarithmic vertical axis; values at or below 0 are then not drawn.
        domain: fixed ends of the vertical axis.
        levels: horizontal lines with labels.
        height: in px.
    """
    kind: dict[str, Any] = {"type": "log"} if is_log else {"type": "linear", "zero": True}
    if domain:
        kind["domain"] = list(domain)
    styles = [(theme.TRAIN_LINE, [1, 0]), (theme.TEST_LINE, [6, 3])]
    layers = [_line(name, kind, style) for name, style in zip(names, styles, strict=False)]
    layers += [layer for level in levels for layer in _level(level, kind)]
    return {
        "title": {"text": title, "anchor": "start", "fontSize": 13, "offset": 4},
        "height": height,
        "padding": {"left": 4, "right": 8, "top": 2, "bottom": 2},
        "layer": layers,
        "config": {"legend": {"disable": True}},
    }


def _line(name: str, kind: Mapping[str, Any], style: tuple[str, list[int]]) -> dict[str, Any]:
    colour, dash = style
    y: dict[str, Any] = {"field": name, "type": "quantitative", "scale": dict(kind), "title": None}
    y["axis"] = {"tickCount": 4, "format": ".3~g"}
    unit = "format(datum.value, '~s') + (datum.value == 0 ? ' steps' : '')"
    x = {"field": "step", "type": "quantitative", "title": None, "axis": {"tickCount": 5, "labelExpr": unit}}
    mark = {"type": "line", "color": colour, "strokeDash": dash, "strokeWidth": theme.LINE_WIDTH, "clip": True}
    if kind["type"] == "log":
        return {"transform": [{"filter": f"datum['{name}'] > 0"}], "mark": mark, "encoding": {"x": x, "y": y}}
    return {"mark": mark, "encoding": {"x": x, "y": y}}


def _level(level: Level, kind: Mapping[str, Any]) -> list[dict[str, Any]]:
    y = {"datum": level.value, "type": "quantitative", "scale": dict(kind)}
    rule = {"type": "rule", "color": theme.BASELINE_LINE, "strokeDash": [2, 2], "clip": True}
    text = {"type": "text", "color": theme.BASELINE_LINE, "align": "right", "dy": 9, "clip": True, "fontSize": 11}
    place = {"x": {"value": "width"}, "y": y, "text": {"value": level.label}}
    return [
        {"data": {"values": [{}]}, "mark": rule, "encoding": {"y": y}},
        {"data": {"values": [{}]}, "mark": text, "encoding": place},
    ]
