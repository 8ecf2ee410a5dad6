"""What depth does to a graph network, to inspect: how alike nodes grow, and how far away is still heard."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from figures import theme
from figures.line_still import Line, Mark, lines_still
from figures.still import Still

HEIGHT: Final = 300
SMALLEST: Final = 1e-12  # slopes below are not drawn on a logarithmic axis


def alike_still(now: Any, start: Any, mode: theme.Mode, *, is_energy: bool) -> Still:
    """Cosine, or Dirichlet energy, after each layer: at the start and now.

    Args:
        now: an `Alike`.
        start: one at step 0.
        mode: light or dark.
        is_energy: which of the two.
    """
    columns = [one.energies if is_energy else one.cosines for one in (start, now)]
    layers = np.arange(len(columns[0]))
    lines = [
        Line("at the start", layers, columns[0], theme.NOT_TRAINED, "dash"),
        Line("now", layers, columns[1], theme.POSITIVE),
    ]
    what = "Dirichlet energy" if is_energy else "mean cosine of two nodes"
    told = ", ".join(f"{name} {column[-1]:.3g}" for name, column in zip(("at the start", "now"), columns, strict=True))
    known = np.concatenate(columns)
    top = max(0.05, float(np.nan_to_num(known, nan=0.0, posinf=0.0).max()))
    low = min(0.0, float(np.nan_to_num(known, nan=0.0, neginf=0.0).min()))
    return lines_still(
        lines,
        mode,
        alt=f"{what} by layer. After the last layer: {told}.",
        xaxis=_layers("after layer (0: the inputs)", layers),
        yaxis={"title": {"text": what}, "range": [low * 1.05, top * 1.05]},
        height=HEIGHT,
    )


def depths_still(
    found: Mapping[str, np.ndarray],
    depths: Sequence[int],
    mode: theme.Mode,
    *,
    title: str,
    is_share: bool = True,
    best: bool = False,
) -> Still:
    """A number of trained networks against their depth, a line for each variant.

    Args:
        found: for each variant one number for each depth.
        depths: numbers of layers.
        mode: light or dark.
        title: of the number.
        is_share: whether it lies between 0 and 1.
        best: whether the best of each line is marked.
    """
    styles = ((theme.POSITIVE, "solid"), (theme.NEGATIVE, "dash"), (theme.CLASSES[2], "dot"))
    lines, marks = [], []
    x = np.arange(len(depths), dtype=float)
    for (name, values), (colour, dash) in zip(found.items(), styles, strict=False):
        lines.append(Line(name, x, values, colour, dash))  # type: ignore[arg-type]
        if best and np.isfinite(values).any():
            place = int(np.nanargmax(values))
            marks.append(Mark(float(place), float(values[place]), f"{values[place]:.3g}", colour))
    told = "; ".join(
        f"{name}: " + ", ".join(f"{depth} layers {value:.3g}" for depth, value in zip(depths, values, strict=True))
        for name, values in found.items()
    )
    return lines_still(
        lines,
        mode,
        alt=f"{title} by depth. {told}.",
        xaxis={"title": {"text": "layers"}, "tickvals": list(x), "ticktext": [str(one) for one in depths]},
        yaxis={"title": {"text": title}, **({"range": [0, 1.08]} if is_share else {})},
        marks=marks,
        height=HEIGHT,
    )


def squashed_still(now: Any, start: Any, mode: theme.Mode) -> Still:
    """Size of the slope by distance, on a logarithmic axis: at the start, now, and what the links alone hand on.

    Args:
        now: a `Squashed`.
        start: one at step 0.
        mode: light or dark.
    """
    reach = now.num_layers + 1
    links = now.graph.values[:reach] * _ratio(now)
    lines = [
        Line("at the start", start.measured.distance[:reach], _above(start.measured.values[:reach]),
             theme.NOT_TRAINED, "dash"),
        Line("now", now.measured.distance[:reach], _above(now.measured.values[:reach]), theme.POSITIVE),
        Line("the links alone, to scale", now.graph.distance[:reach], _above(links), theme.NEGATIVE, "dot"),
    ]  # fmt: skip
    values = now.measured.values[:reach]
    alt = (
        f"Mean size of the slope of a node's last state to the inputs of a node, by distance: {values[0]:.3g} for "
        f"itself, {values[-1]:.3g} at {len(values) - 1} links, with {now.num_layers} layers."
    )
    return lines_still(
        lines,
        mode,
        alt=alt,
        xaxis=_layers("links between the two nodes", np.arange(len(values))),
        yaxis={"title": {"text": "mean size of the slope"}, "type": "log", "exponentformat": "power", "dtick": 1},
        height=HEIGHT,
    )


def places_still(found: Any, num_layers: int, chance: float, mode: theme.Mode) -> Still:
    """Accuracy along test chains by the distance from the node that says the class.

    Args:
        found: a `ByDistance`.
        num_layers: of the network: how far it can hear.
        chance: accuracy of guessing.
        mode: light or dark.
    """
    x = found.distance.astype(float)
    lines = [
        Line("test chains", x, found.values, theme.TEST_LINE),
        Line("guessing", x[[0, -1]], np.array([chance, chance]), theme.BASELINE_LINE, "dash"),
    ]
    if num_layers < x[-1]:
        edge = num_layers + 0.5
        name = f"{num_layers} layer{'' if num_layers == 1 else 's'}: no further"
        lines.append(Line(name, np.array([edge, edge]), np.array([0.0, 1.0]), theme.POSITIVE, "dot"))
    told = ", ".join(f"{place} links {share:.0%}" for place, share in zip(found.distance, found.values, strict=True))
    return lines_still(
        lines,
        mode,
        alt=f"Accuracy by distance from the node that says the class: {told}.",
        xaxis=_layers("links from the node that says the class", found.distance),
        yaxis={"title": {"text": "accuracy"}, "range": [0, 1.05], "tickformat": ".0%"},
        height=HEIGHT,
    )


def _layers(title: str, numbers: np.ndarray) -> dict[str, Any]:
    return {"title": {"text": title}, "tickvals": numbers.tolist(), "ticktext": [str(one) for one in numbers.tolist()]}


def _above(values: np.ndarray) -> np.ndarray:
    return np.where(values > SMALLEST, values, np.nan)


def _ratio(now: Any) -> float:
    """What brings the links' own curve to the network's at distance 0."""
    return float(now.measured.values[0] / now.graph.values[0]) if now.graph.values[0] > 0 else 1.0
