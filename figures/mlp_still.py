"""Pictures of the paused page `mlp`, to inspect: the same numbers and colours as in the live one, with hover and zoom.

`seen` is always an `MLPObservation`.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.mlp import BOUNDED, MAP_OPACITY, value_range
from figures.scores import example_marker, pair_names
from figures.still import ROOM_BELOW, Still, apply_theme, colour_bar, colour_scale, label

MAP_HEIGHT: Final = 540
TILE_HEIGHT: Final = 470  # of one neuron or one layer
ROW_HEIGHT: Final = 84  # of one layer among the histograms


def decision_map(seen: Any, predictions: Any, mode: theme.Mode) -> Still:
    """What the network says at every place, and every example with its true and predicted label.

    Args:
        seen: the network now.
        predictions: `Predictions` of the same moment.
        mode: light or dark.
    """
    figure = go.Figure()
    if seen.kind == "curve":
        _add_line(figure, seen, seen.map_value, "prediction", mode)
    else:
        figure.add_trace(_output_field(seen, mode))
        if len(seen.class_names) == 2:
            figure.add_trace(_level_line(seen, seen.map_value, 0.5, mode))
    _add_examples(figure, seen, _example_texts(seen, predictions), mode)
    has_bar = seen.kind != "curve" and len(seen.class_names) <= 2
    apply_theme(figure, mode, height=MAP_HEIGHT, **_map_layout(seen, has_bar))
    num_wrong = int(seen.is_wrong.sum())
    what = f"{num_wrong} of {len(seen.targets)} examples are misclassified" if seen.class_names else "with all examples"
    return Still(figure, f"Map of the network's output over {seen.xlabel} and {seen.ylabel}; {what}.")


def neuron_map(seen: Any, neuron: Any, mode: theme.Mode) -> Still:
    """What one neuron computes over the map, with the place of the example whose numbers are shown.

    Args:
        seen: the network now.
        neuron: `Neuron`.
        mode: light or dark.
    """
    surface = theme.SURFACES[mode]
    figure = go.Figure()
    if seen.kind == "curve":
        _add_line(figure, seen, neuron.field, "f(z)", mode)
    else:
        reach = 1.0 if neuron.activation in BOUNDED else 2.0  # as the tiles of the live picture
        hover = f"{label(seen.xlabel)} %{{x:.2f}}<br>{label(seen.ylabel)} %{{y:.2f}}<br>f(z) %{{z:.3f}}<extra></extra>"
        scale = colour_scale("diverging", mode)
        field = go.Heatmap(
            z=neuron.field,
            zmin=-reach,
            zmax=reach,
            colorscale=scale,
            colorbar=colour_bar("f(z)", is_below=True),
            hovertemplate=hover,
        )
        figure.add_trace(field.update(**_cells(seen), zsmooth="best"))
        figure.add_trace(_level_line(seen, neuron.field, 0.0, mode))
    x, y = seen.positions[neuron.example]
    height = neuron.value if seen.kind == "curve" else y
    marker = {"symbol": "circle", "size": 11, "color": surface.text, "line": {"color": surface.background, "width": 2}}
    hover = f"example {neuron.example + 1}: f(z) = {neuron.value:.3f}<extra></extra>"
    figure.add_trace(
        go.Scatter(x=[x], y=[height], mode="markers", marker=marker, hovertemplate=hover, showlegend=False)
    )
    layout = _map_layout(seen, seen.kind != "curve")
    if seen.kind == "curve":
        layout["yaxis"] = {"title": {"text": "f(z)"}, "zeroline": False}
    apply_theme(figure, mode, height=TILE_HEIGHT, **layout)
    return Still(figure, f"Map of what neuron {neuron.unit + 1} of layer {neuron.layer} computes.")


def weight_map(
    weight: np.ndarray, bias: np.ndarray, inputs: Sequence[str], units: Sequence[str], mode: theme.Mode
) -> Still:
    """The weights of one layer as coloured cells, the bias in the last column.

    Args:
        weight: (H, D).
        bias: (H,).
        inputs: D names of what comes in.
        units: H names of the layer's neurons.
        mode: light or dark.
    """
    cells = np.concatenate([weight, bias[:, None]], axis=1)
    finite = np.abs(cells[np.isfinite(cells)])
    reach = float(finite.max(initial=0.0)) or 1.0
    columns, rows = [*map(label, inputs), "bias"], [label(name) for name in units]
    figure = go.Figure(
        go.Heatmap(
            z=cells,
            zmin=-reach,
            zmax=reach,
            colorscale=colour_scale("diverging", mode),
            colorbar=colour_bar(),
            xgap=1 if cells.size < 600 else 0,
            ygap=1 if cells.size < 600 else 0,
            customdata=pair_names(rows, columns),
            hovertemplate="%{customdata[0]} ← %{customdata[1]}: %{z:.4f}<extra></extra>",
        )
    )
    across, down = _some(len(columns)), _some(len(rows))
    plain = {"showgrid": False, "zeroline": False}
    apply_theme(
        figure,
        mode,
        height=TILE_HEIGHT,
        xaxis={**plain, "tickvals": across, "ticktext": [columns[i] for i in across]},
        yaxis={**plain, "tickvals": down, "ticktext": [rows[i] for i in down], "autorange": "reversed"},
    )
    return Still(figure, f"{len(rows)} by {len(columns)} weights and biases, from {-reach:.2g} to {reach:.2g}.")


def activation_histograms(spread: Any, seen: Any, activation: str, mode: theme.Mode) -> Still:
    """How the outputs of every hidden layer spread, on one axis."""
    names = [f"layer {layer}: {width} neurons" for layer, width in enumerate(seen.widths[1:-1], start=1)]
    title = {"title": {"text": f"output f(z), {activation.replace('_', ' ')}"}}
    figure = _stack(spread.values, spread.value_edges, names, title, mode)
    return Still(figure, f"Histograms of the outputs of {len(names)} hidden layers.")


def gradient_histograms(spread: Any, seen: Any, mode: theme.Mode) -> Still:
    """How large the gradients of every layer's weights are, on one axis of powers of ten."""
    norms = [f"length {norm:.2g}" for norm in spread.gradient_norms]
    zeros = [f", {share:.0%} exactly 0" if share > 0 else "" for share in spread.zero_share]
    names = [
        f"{'outputs' if layer == len(norms) else f'layer {layer}'}: {norm}{zero}"
        for layer, (norm, zero) in enumerate(zip(norms, zeros, strict=True), start=1)
    ]
    powers = np.arange(np.ceil(spread.gradient_edges[0]), spread.gradient_edges[-1] + 1, 2)
    texts = [f"10<sup>{int(power)}</sup>" for power in powers]
    axis = {"title": {"text": "size of ∂loss/∂w"}, "tickvals": powers, "ticktext": texts}
    figure = _stack(spread.gradients, spread.gradient_edges, names, axis, mode)
    return Still(figure, f"Histograms of the sizes of the gradients in {len(names)} layers, by powers of ten.")


def _cells(seen: Any) -> dict[str, np.ndarray]:
    """Centres of the map's cells."""
    along = (np.arange(seen.map_value.shape[-1]) + 0.5) / seen.map_value.shape[-1]
    (left, right), (low, high) = seen.xlim, seen.ylim
    return {"x": left + along * (right - left), "y": low + along * (high - low)}


def _output_field(seen: Any, mode: theme.Mode) -> go.Heatmap:
    """The network's answer over the map."""
    place = f"{label(seen.xlabel)} %{{x:.2f}}<br>{label(seen.ylabel)} %{{y:.2f}}<br>"
    if seen.map_class is None:
        low, high = value_range(seen)
        looks = {"zmin": low, "zmax": high, "colorscale": colour_scale("diverging", mode), "zsmooth": "best"}
        hover = f"{place}prediction %{{z:.3f}}<extra></extra>"
        field = go.Heatmap(z=seen.map_value, colorbar=colour_bar("prediction", is_below=True), hovertemplate=hover)
    elif len(seen.class_names) == 2:
        name = f"P({label(seen.class_names[1])})"
        looks = {"zmin": 0, "zmax": 1, "colorscale": colour_scale("diverging", mode), "zsmooth": "best"}
        hover = f"{place}P = %{{z:.3f}}<extra></extra>"
        field = go.Heatmap(z=seen.map_value, colorbar=colour_bar(name, is_below=True), hovertemplate=hover)
    else:
        return _class_field(seen, mode, place)
    return field.update(**looks, **_cells(seen), opacity=MAP_OPACITY)


def _class_field(seen: Any, mode: theme.Mode, place: str) -> go.Heatmap:
    """Which class wins (colour) and how surely (strength): one run of shades a class on a single scale."""
    number, paper = len(seen.class_names), theme.SURFACES[mode].background
    sure = np.clip((seen.map_value - 1 / number) / (1 - 1 / number), 0, 1)
    scale = [
        stop
        for index, colour in enumerate(theme.class_colours(number))
        for stop in ((index / number, paper), ((index + 1) / number, colour))
    ]
    names = np.array([label(name) for name in seen.class_names], dtype=object)
    return go.Heatmap(
        z=(seen.map_class + 0.01 + 0.98 * sure) / number,
        zmin=0,
        zmax=1,
        colorscale=scale,
        showscale=False,
        opacity=MAP_OPACITY,
        text=names[seen.map_class],
        customdata=seen.map_value,
        hovertemplate=f"{place}%{{text}}, P = %{{customdata:.3f}}<extra></extra>",
        **_cells(seen),
    )


def _level_line(seen: Any, field: np.ndarray, level: float, mode: theme.Mode) -> go.Contour:
    """Where a field has a certain value: the border between two classes, or the fold of a neuron."""
    return go.Contour(
        z=field,
        contours={"start": level, "end": level, "size": 1, "coloring": "none"},
        line={"color": theme.SURFACES[mode].text, "width": 1.5},
        showscale=False,
        showlegend=False,
        hoverinfo="skip",
        **_cells(seen),
    )


def _add_line(figure: go.Figure, seen: Any, values: np.ndarray, name: str, mode: theme.Mode) -> None:
    """A curve's only line."""
    left, right = seen.xlim
    figure.add_trace(
        go.Scatter(
            x=np.linspace(left, right, len(values)),
            y=values,
            name=name,
            mode="lines",
            line={"color": theme.SURFACES[mode].accent, "width": 1.5 * theme.LINE_WIDTH},
            hovertemplate=f"x %{{x:.2f}}<br>{name} %{{y:.3f}}<extra></extra>",
            showlegend=False,
        )
    )


def _add_examples(figure: go.Figure, seen: Any, texts: np.ndarray, mode: theme.Mode) -> None:
    """Filled for training, hollow for test, ringed if misclassified."""
    is_test = np.arange(len(seen.targets)) >= seen.num_train
    number = len(seen.targets)
    if seen.task == "classification":
        kinds = [(label(name), theme.CLASSES[k], seen.targets == k) for k, name in enumerate(seen.class_names)]
    else:
        kinds = [("examples", theme.SURFACES[mode].muted, np.ones(number, dtype=bool))]
    for name, colour, chosen in kinds:
        for part, is_hollow in ((chosen & ~is_test, False), (chosen & is_test, True)):
            marker = example_marker(colour, is_hollow, number, mode)
            if seen.task == "regression" and seen.kind != "curve":
                if is_hollow:  # a thin edge, or values near 0 would vanish into the field
                    edge = {"size": marker["size"] + 3, "color": colour}
                    _add_points(figure, seen, part, edge, None, "edge", shows_name=False)
                marker = _valued(marker, seen, part, is_hollow, mode)
            _add_points(figure, seen, part, marker, texts, name, shows_name=not is_hollow and bool(seen.class_names))
    if seen.is_wrong.any():
        ring = {"symbol": "circle-open", "size": 14, "color": theme.SURFACES[mode].text, "line": {"width": 1.5}}
        _add_points(figure, seen, seen.is_wrong, ring, None, "misclassified", shows_name=True)


def _add_points(
    figure: go.Figure, seen: Any, part: np.ndarray, marker: dict[str, Any], texts: np.ndarray | None, name: str, *,
    shows_name: bool,
) -> None:  # fmt: skip
    x, y = seen.positions[part].T
    hover: dict[str, Any] = {"hoverinfo": "skip"}
    if texts is not None:
        hover = {"customdata": texts[part], "hovertemplate": "%{customdata}<extra></extra>"}
    figure.add_trace(go.Scatter(x=x, y=y, mode="markers", marker=marker, name=name, showlegend=shows_name, **hover))


def _valued(marker: dict[str, Any], seen: Any, part: np.ndarray, is_hollow: bool, mode: theme.Mode) -> dict[str, Any]:
    """The marker coloured by the targets, on the scale of the field."""
    low, high = value_range(seen)
    coloured = {"color": seen.targets[part], "colorscale": colour_scale("diverging", mode), "cmin": low, "cmax": high}
    edge = {"color": theme.SURFACES[mode].muted, "width": 0.8}
    return {**marker, "line": {**coloured, "width": 1.8}} if is_hollow else {**marker, **coloured, "line": edge}


def _example_texts(seen: Any, predictions: Any) -> np.ndarray:
    """What is said of each example under the pointer."""
    if predictions.chances is None:
        truths = [f"true {value:.4g}" for value in predictions.true]
        said = [f"predicted {value:.4g}" for value in predictions.predicted]
    else:
        names = [label(name) for name in seen.class_names]
        sure = predictions.chances.max(1)
        truths = [f"true {names[index]}" for index in predictions.true]
        pairs = zip(predictions.predicted, sure, strict=True)
        said = [f"predicted {names[index]}, P = {chance:.3f}" for index, chance in pairs]
    kinds = ["training" if index < seen.num_train else "test" for index in range(len(truths))]
    lines = zip(kinds, truths, said, seen.positions, strict=True)
    texts = [
        f"example {index + 1} ({kind})<br>at {x:.2f}, {y:.2f}<br>{truth}<br>{guess}"
        for index, (kind, truth, guess, (x, y)) in enumerate(lines)
    ]
    return np.array(texts, dtype=object)


def _map_layout(seen: Any, has_bar: bool) -> dict[str, Any]:
    """The map's axes, and room for a colour bar below them."""
    shared = {"showgrid": seen.kind == "curve", "zeroline": False, "constrain": "domain"}
    xaxis = {**shared, "title": {"text": label(seen.xlabel)}, "range": seen.xlim}
    yaxis = {**shared, "title": {"text": label(seen.ylabel)}, "range": seen.ylim}
    if seen.kind == "plane":
        xaxis |= {"dtick": 2}
        yaxis |= {"dtick": 2, "scaleanchor": "x", "scaleratio": 1}
    return {"xaxis": xaxis, "yaxis": yaxis, "margin": {"b": ROOM_BELOW} if has_bar else {}}


def _stack(
    rows: Sequence[np.ndarray], edges: np.ndarray, names: Sequence[str], axis: dict[str, Any], mode: theme.Mode
) -> go.Figure:
    """Histograms below one another, on one horizontal axis."""
    count, middles, widths = max(1, len(rows)), (edges[:-1] + edges[1:]) / 2, np.diff(edges)
    bars = [
        go.Bar(
            x=middles,
            y=shares,
            width=widths,
            yaxis=f"y{row + 1}" if row else "y",
            marker={"color": theme.SURFACES[mode].accent, "line": {"width": 0}},
            hovertemplate="%{x:.2f}: %{y:.1%}<extra></extra>",
            showlegend=False,
        )
        for row, shares in enumerate(rows)
    ]
    floors = [1 - (row + 1) / count for row in range(count)]
    tops = [floor + 0.72 / count for floor in floors]
    shared = {"tickformat": ".0%", "nticks": 3, "rangemode": "tozero", "zeroline": False}
    layout: dict[str, Any] = {
        f"yaxis{row + 1 if row else ''}": {**shared, "domain": [floor, top]}
        for row, (floor, top) in enumerate(zip(floors, tops, strict=True))
    }
    layout["xaxis"] = {**axis, "range": [edges[0], edges[-1]], "zeroline": False, "ticks": "outside", "ticklen": 8}
    layout["xaxis"] |= {"anchor": "free", "position": 0}
    title = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "yanchor": "bottom"}
    small = {"color": theme.SURFACES[mode].muted, "size": theme.FONT_SIZE - 2}
    layout["annotations"] = [
        {**title, "y": top, "text": name, "font": small} for top, name in zip(tops, names, strict=False)
    ]
    return apply_theme(go.Figure(bars), mode, height=70 + ROW_HEIGHT * count, **layout)


def _some(count: int) -> list[int]:
    """At most about 16 of `count` places, evenly."""
    return list(range(0, count, -(-count // 16)))
