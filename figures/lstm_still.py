"""Pictures of the paused page `lstm`, to inspect: gates, one unit over time, gradients, matches.

`seen` is always an `LSTMObservation`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from figures import theme
from figures.lstm import LETTERS
from figures.lstm_cell import signed
from figures.still import Still, apply_theme, colour_bar, colour_scale, label

NUM_TERMS: Final = 6  # drawn of each sum
TERMS_HEIGHT: Final = 330
TIME_HEIGHT: Final = 460
DASHES: Final = ("solid", "dash", "dot", "dashdot", "solid", "solid")
GRADIENT_HEIGHT: Final = 380
ROW_HEIGHT: Final = 22  # of a track, of a match
SMALLEST: Final = 1e-12  # gradients below are drawn here


def largest_terms(part: Any, symbol: str) -> list[tuple[str, float]]:
    """The symbol read, the bias and the largest terms of a sum, and the rest in one: together exactly the sum.

    Args:
        part: `Part`.
        symbol: that is read.
    """
    order = np.argsort(-np.abs(part.from_hidden), kind="stable")
    kept = order[: NUM_TERMS - 2]
    terms = [(f"reads {symbol}", part.from_symbol), ("bias", part.bias)]
    terms += [(f"h of unit {unit + 1}", float(part.from_hidden[unit])) for unit in kept]
    if len(order) > len(kept):
        terms.append((f"{len(order) - len(kept)} more", float(part.from_hidden[order[len(kept) :]].sum())))
    return terms


def gate_terms(parts: Sequence[Any], symbol: str, mode: theme.Mode) -> Still:
    """What adds up to each gate of one unit at one step, the largest terms one by one.

    Args:
        parts: `Part` of each gate.
        symbol: that is read.
        mode: light or dark.
    """
    titles = [f"{LETTERS[part.name]}: z = {signed(part.sum)} → {signed(part.value)}" for part in parts]
    figure = make_subplots(cols=len(parts), shared_xaxes="all", subplot_titles=titles, horizontal_spacing=0.11)
    reach = 0.1
    for column, part in enumerate(parts, start=1):
        terms = largest_terms(part, symbol)[::-1]
        values = [value for _, value in terms]
        reach = max(reach, *map(abs, values))
        bar = go.Bar(
            y=[label(name) for name, _ in terms],
            x=values,
            orientation="h",
            marker={"color": [theme.POSITIVE if value >= 0 else theme.NEGATIVE for value in values]},
            text=[signed(value) for value in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.4f}<extra></extra>",
            showlegend=False,
        )
        figure.add_trace(bar, row=1, col=column)
    figure.update_xaxes(range=[-2.2 * reach, 2.2 * reach], showticklabels=False, zeroline=True, showgrid=False)
    figure.update_annotations(font={"size": theme.FONT_SIZE})
    apply_theme(figure, mode, height=TERMS_HEIGHT, margin={"t": 64, "r": 32})
    words = "; ".join(f"{part.name} {part.value:.2f}" for part in parts)
    return Still(figure, f"The largest terms of the sums behind {words}.")


def unit_over_time(seen: Any, unit: int, at: int, mode: theme.Mode) -> Still:
    """Every signal of one unit over the steps of the window.

    Args:
        seen: the network now.
        unit: from 0.
        at: the chosen step of the window.
        mode: light or dark.
    """
    steps = np.arange(seen.start, seen.start + len(seen.symbols)) + 1
    held = [signal for signal in seen.signals if signal in ("cell", "hidden")]
    panels = ([signal for signal in seen.signals if signal not in held], held)
    rows = [signals for signals in panels if signals]
    figure = make_subplots(rows=len(rows), shared_xaxes=True, vertical_spacing=0.08)
    for row, signals in enumerate(rows, start=1):
        for signal in signals:
            colour = theme.CLASSES[seen.signals.index(signal)]
            line = {"color": colour, "width": 2.5, "dash": DASHES[seen.signals.index(signal) % len(DASHES)]}
            hover = "step %{x}, reads %{customdata}: %{y:.3f}"
            trace = go.Scatter(x=steps, y=seen.of(signal)[:, unit], name=LETTERS[signal], mode="lines", line=line)
            figure.add_trace(trace.update(customdata=seen.symbols, hovertemplate=hover), row=row, col=1)
    figure.add_vline(x=steps[at], line={"color": theme.SURFACES[mode].muted, "width": 1})
    figure.update_xaxes(tickvals=steps, ticktext=list(map(label, seen.symbols)), tickangle=0)
    figure.update_xaxes(title={"text": "the symbols read, step by step"}, row=len(rows), col=1)
    apply_theme(figure, mode, height=TIME_HEIGHT, hovermode="x unified", margin={"t": 44})
    return Still(figure, f"Gates, cell and hidden value of unit {unit + 1} over {len(steps)} steps.")


def gradient_by_lag(curves: Mapping[str, np.ndarray], mode: theme.Mode) -> Still:
    """How much the last loss depends on the memory so many steps before, on a logarithmic axis.

    Args:
        curves: (T,) gradients by name, lag 0 first.
        mode: light or dark.
    """
    figure = go.Figure()
    for number, (name, gradients) in enumerate(curves.items()):
        is_live = number == 0
        line = {"width": 3 if is_live else 2, "color": theme.CLASSES[(1, 0, 3, 2, 4, 5)[number % 6]]}
        line["dash"] = "solid" if is_live else ("dash", "dot", "dashdot", "longdash", "longdashdot")[(number - 1) % 5]
        shares = np.maximum(gradients, SMALLEST)
        hover = "lag %{x}: %{y:.2e}"
        figure.add_trace(
            go.Scatter(x=np.arange(len(shares)), y=shares, name=label(name), line=line, hovertemplate=hover)
        )
    apply_theme(
        figure,
        mode,
        height=GRADIENT_HEIGHT,
        hovermode="x unified",
        xaxis={"title": {"text": "lag: steps back from the step that is judged"}},
        yaxis={"type": "log", "title": {"text": "size of ∂L/∂memory"}, "exponentformat": "power", "dtick": 1},
        margin={"t": 44},
    )
    ends = "; ".join(f"{name}: {gradients[-1] / max(gradients[0], SMALLEST):.1e}" for name, gradients in curves.items())
    return Still(figure, f"Gradients against lag; over the whole sequence they change by the factor: {ends}.")


def track_map(found: np.ndarray, tracks: Sequence[str], mode: theme.Mode) -> Still:
    """Correlation of each unit with each track.

    Args:
        found: (H, K).
        tracks: K names.
        mode: light or dark.
    """
    units = [str(unit + 1) for unit in range(len(found))]
    figure = go.Figure(
        go.Heatmap(
            z=found.T, zmin=-1, zmax=1, x=units, y=[label(track) for track in tracks],
            colorscale=colour_scale("diverging", mode), colorbar=colour_bar("r"), xgap=1, ygap=1,
            hovertemplate="unit %{x}, %{y}: r = %{z:.2f}<extra></extra>",
        )
    )  # fmt: skip
    plain = {"showgrid": False, "zeroline": False}
    apply_theme(
        figure,
        mode,
        height=120 + ROW_HEIGHT * len(tracks),
        xaxis={**plain, "title": {"text": "unit"}, "type": "category"},
        yaxis={**plain, "autorange": "reversed"},
    )
    return Still(figure, f"Correlations of {len(units)} units with {len(tracks)} things they might keep track of.")


def match_map(
    words: Sequence[Sequence[str]], counts: np.ndarray, num_units: int, before: int, mode: theme.Mode
) -> Still:
    """The passages that were found, one below the other, where they begin; coloured by how many chosen units are on.

    Args:
        words: symbols of each passage and around it, all as long; empty beyond the ends of the text.
        counts: (matches, steps) how many chosen units are on; NaN beyond the ends.
        num_units: how many were chosen.
        before: steps shown before a passage begins.
        mode: light or dark.
    """
    steps = np.arange(counts.shape[1]) - before
    figure = go.Figure(
        go.Heatmap(
            z=counts, zmin=0, zmax=max(2 * num_units, 1), x=steps, y=np.arange(len(counts)) + 1,
            text=[[label(word) for word in row] for row in words], texttemplate="%{text}",
            colorscale=colour_scale("magnitude", mode), showscale=False,
            hovertemplate=f"%{{text}}: %{{z}} of {num_units} units on<extra></extra>",
        )
    )  # fmt: skip
    figure.add_vline(x=-0.5, line={"color": theme.SURFACES[mode].accent, "width": 2})
    plain = {"showgrid": False, "zeroline": False}
    apply_theme(
        figure,
        mode,
        height=90 + ROW_HEIGHT * len(counts),
        xaxis={**plain, "title": {"text": "steps from where the units go on"}},
        yaxis={
            **plain,
            "autorange": "reversed",
            "title": {"text": "match"},
            "tickmode": "linear",
            "dtick": 5,
            "tick0": 5,
        },
    )
    return Still(figure, f"{len(counts)} passages in which the chosen units are on together, aligned where they go on.")
