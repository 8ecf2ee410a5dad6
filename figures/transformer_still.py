"""Pictures to inspect on the page `transformer`: the tree of a beam search, smoothed targets, what certainty costs."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.attention_tokens import token_text
from figures.line_still import Line, Mark, lines_still
from figures.palettes import palette_stops
from figures.still import Still, apply_theme

ROW: Final = 20  # px that a branch of the tree needs
MOST_BRANCHES: Final = 36  # that get so much; of more, what was dropped is read by pointing at it


def tree_still(tree: Any, mode: theme.Mode) -> Still:
    """A beam search as a tree: dark what stayed, blue the answer, grey what was dropped.

    Args:
        tree: a `Tree`.
        mode: light or dark.
    """
    nodes, surface = tree.nodes, theme.SURFACES[mode]
    heights, best = _heights(nodes), set(tree.best)
    branches = 1 + max(heights)
    groups = {
        "dropped": [n for n, node in enumerate(nodes) if not node.is_kept],
        "kept": [n for n, node in enumerate(nodes) if node.is_kept and n not in best],
        "answer": sorted(best),
    }
    colours = {"dropped": theme.NOT_TRAINED, "kept": surface.text, "answer": surface.accent}
    figure = go.Figure()
    for name, numbers in groups.items():
        colour, xs, ys = colours[name], [], []
        for number in numbers:
            parent = nodes[number].parent
            if parent >= 0:
                xs += [nodes[parent].place + 1, nodes[number].place + 1, None]
                ys += [heights[parent], heights[number], None]
        look: dict[str, Any] = {"color": colour, "width": 3 if name == "answer" else 1}
        figure.add_scatter(x=xs, y=ys, mode="lines", line=look, hoverinfo="skip", showlegend=False)
        figure.add_scatter(
            x=[nodes[n].place + 1 for n in numbers],
            y=[heights[n] for n in numbers],
            mode="markers+text" if branches <= MOST_BRANCHES or name != "dropped" else "markers",
            text=[token_text(nodes[n].sign) if n else "start" for n in numbers],
            textposition="middle right" if name == "dropped" else "top right",
            textfont={"color": colour},
            marker={"color": colour, "size": 8 if name == "answer" else 6},
            customdata=[[nodes[n].chance, nodes[n].total, nodes[n].score] for n in numbers],
            hovertemplate="%{text}: chance %{customdata[0]:.3g}<br>sum of ln p %{customdata[1]:.3f}"
            "<br>score %{customdata[2]:.3f}<extra></extra>",
            name=name,
        )
    apply_theme(
        figure,
        mode,
        height=int(max(240, 90 + ROW * min(branches, MOST_BRANCHES))),
        xaxis={
            "title": {"text": "signs written"},
            "dtick": 1 if len(tree.best) < 20 else 5,
            "zeroline": False,
        },
        yaxis={"visible": False, "autorange": "reversed"},
    )
    answer = "".join(tree.answer.signs)
    return Still(
        figure, f"Beam search over {len(nodes)} nodes; the answer is {answer}, its sum {tree.answer.total:.3f}."
    )


def _heights(nodes: Sequence[Any]) -> list[float]:
    """The line of each node: leaves below each other, a parent at the height of its first child."""
    children: dict[int, list[int]] = {}
    for number, node in enumerate(nodes[1:], start=1):
        children.setdefault(node.parent, []).append(number)
    heights, line = [0.0] * len(nodes), 0
    stack = [0]
    order = []
    while stack:
        number = stack.pop()
        order.append(number)
        below = sorted(children.get(number, []), key=lambda child: (not nodes[child].is_kept, -nodes[child].score))
        if not below:
            heights[number] = float(line)
            line += 1
        stack += reversed(below)
    for number in reversed(order):
        if number in children:
            first = min(children[number], key=lambda child: heights[child])
            heights[number] = heights[first]
    return heights


def leak_still(seen: Any, mode: theme.Mode) -> Still:
    """How much the logits move at each place when one sign of the input is replaced.

    Args:
        seen: a `Leak`.
        mode: light or dark.
    """
    places = list(range(len(seen.inputs)))
    is_before = [place < seen.place for place in places]
    colours = [theme.NEGATIVE if before else theme.POSITIVE for before in is_before]
    figure = go.Figure(
        go.Bar(x=places, y=seen.changes, marker={"color": colours}, hovertemplate="%{y:.3g}<extra></extra>")
    )
    names = [token_text(sign) for sign in seen.inputs]
    names[seen.place] = f"{names[seen.place]} → {token_text(seen.other)}"
    apply_theme(
        figure,
        mode,
        height=280,
        xaxis={"tickvals": places, "ticktext": names, "title": {"text": "input of the decoder"}},
        yaxis={"title": {"text": "largest change of a logit"}, "rangemode": "tozero"},
    )
    before = float(seen.changes[: seen.place].max()) if seen.place else 0.0
    after = float(seen.changes[seen.place :].max())
    return Still(figure, f"Largest change of a logit before the replaced sign {before:.3g}, from it on {after:.3g}.")


def targets_still(
    targets: np.ndarray, rows: Sequence[str], signs: Sequence[str], smoothing: float, mode: theme.Mode
) -> Still:
    """What is wanted at each place of an answer, over all signs.

    Args:
        targets: (T, V), rows sum to 1.
        rows: the T right signs.
        signs: all V signs.
        smoothing: ε.
        mode: light or dark.
    """
    stops = palette_stops("magnitude", mode)
    scale = [[place / (len(stops) - 1), colour] for place, colour in enumerate(stops)]
    names = [token_text(sign) for sign in signs]
    figure = go.Figure(
        go.Heatmap(
            z=targets,
            zmin=0,
            zmax=1,
            colorscale=scale,
            customdata=[[[right, name] for name in names] for right in map(token_text, rows)],
            hovertemplate="right %{customdata[0]}: wants %{z:.4f} of %{customdata[1]}<extra></extra>",
            colorbar={"thickness": 10, "outlinewidth": 0, "nticks": 5},
        )
    )
    places = list(range(len(rows)))
    apply_theme(
        figure,
        mode,
        height=300,
        xaxis={"tickvals": list(range(len(names))), "ticktext": names, "title": {"text": "sign"}},
        yaxis={
            "tickvals": places,
            "ticktext": [token_text(sign) for sign in rows],
            "autorange": "reversed",
            "title": {"text": "right sign"},
        },
    )
    right, other = float(targets.max()), float(targets.min())
    return Still(
        figure, f"Targets with ε = {smoothing:g}: {right:.3f} on the right sign, {other:.4f} on each other one."
    )


def confidence_still(confidence: np.ndarray, losses: Mapping[str, np.ndarray], mode: theme.Mode) -> Still:
    """The loss over how sure the network is of the right sign, for several ε; the lowest place is marked.

    Args:
        confidence: (P,) chances of the right sign.
        losses: by name, (P,) losses in nats.
        mode: light or dark.
    """
    lines, marks = [], []
    for (name, values), colour in zip(losses.items(), theme.CLASSES, strict=False):
        lines.append(Line(name, confidence, values, colour))
        row = int(values.argmin())
        marks.append(Mark(float(confidence[row]), float(values[row]), f"{confidence[row]:.2f}", colour, "left"))
    return lines_still(
        lines,
        mode,
        alt="Loss over the chance given to the right sign: "
        + ", ".join(f"{name} lowest at {mark.x:.2f}" for name, mark in zip(losses, marks, strict=False))
        + ".",
        xaxis={"title": {"text": "chance of the right sign"}, "range": [0, 1.02]},
        yaxis={"title": {"text": "loss (nats)"}, "range": [0, 5]},
        marks=marks,
        height=300,
    )
