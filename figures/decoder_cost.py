"""How large language models are, to scale, and what in them is large.

Shapes: M models, P parts.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.line_still import Line, Mark, lines_still
from figures.scene import Scene
from figures.still import Still, apply_theme

WIDTH: Final = 1120.0
HEIGHT: Final = 372.0
SIDE: Final = 270.0  # of the largest square
FLOOR: Final = 318.0  # where the squares stand
NARROWEST: Final = 96.0  # room for a name below
DOT: Final = 1.5  # what is smaller is drawn so large
UNITS: Final = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
BYTES: Final = ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))
CONTEXTS: Final = 2 ** np.arange(0, 18)  # tokens


def squares_scene(names: Sequence[str], counts: np.ndarray, parts: Sequence[str]) -> bytes:
    """A square for each model, its area its number of parameters, cut into bands by part.

    Args:
        names: M models, smallest first; the last fills its place.
        counts: (M, P) parameters.
        parts: P names.

    Returns:
        The bytes the live canvas draws.
    """
    totals = counts.sum(1)
    said = ", ".join(f"{name} {short(total)}" for name, total in zip(names, totals, strict=True))
    scene = Scene(WIDTH, HEIGHT, f"Parameters as areas, all to the same scale: {said}.")
    sides = SIDE * np.sqrt(totals / totals[-1])
    rooms = np.maximum(sides, NARROWEST)
    gap = (WIDTH - rooms.sum()) / len(names)
    x = gap / 2
    for name, total, row, side, room in zip(names, totals, counts, sides, rooms, strict=True):
        left, y = x + (room - side) / 2, FLOOR
        for number, count in enumerate(row):
            high = side * count / total
            y -= high
            if side > DOT and high > 0.05:
                scene.rect((left, y, side, high), fill=number)
        if side <= DOT:
            scene.rect((x + room / 2 - DOT / 2, FLOOR - DOT, DOT, DOT), fill="text")
        words = f"{short(total)}{' (drawn too large)' if side < DOT else ''}"
        scene.text(x + room / 2, FLOOR + 16, name, size=theme.ON_PAGE.label, align="center", weight=600)
        scene.text(x + room / 2, FLOOR + 34, words, size=theme.ON_PAGE.note, align="center", colour="muted")
        x += room + gap
    x = 12.0
    for number, part in enumerate(parts):
        scene.rect((x, 8, 12, 12), fill=number)
        scene.text(x + 18, 14, part, size=theme.ON_PAGE.label)
        x += 40 + 7 * len(part)
    return scene.to_bytes()


def share_bars(names: Sequence[str], shares: np.ndarray, parts: Sequence[str], title: str, mode: theme.Mode) -> Still:
    """What share of a model each part is, a bar a model.

    Args:
        names: M models.
        shares: (M, P), each row summing to 1.
        parts: P names.
        title: what is shared.
        mode: light or dark.
    """
    figure = go.Figure()
    for number, part in enumerate(parts):
        figure.add_bar(
            y=list(names), x=shares[:, number], orientation="h", name=part,
            marker={"color": theme.CLASSES[number]}, hovertemplate="%{y}: %{x:.1%}",
        )  # fmt: skip
    apply_theme(
        figure,
        mode,
        height=110 + 30 * len(names),
        barmode="stack",
        xaxis={"tickformat": ".0%", "range": [0, 1], "title": {"text": title}},
        yaxis={"autorange": "reversed"},
        legend={"traceorder": "normal"},
    )
    told = "; ".join(
        f"{name}: " + ", ".join(f"{part} {share:.0%}" for part, share in zip(parts, row, strict=True))
        for name, row in zip(names, shares, strict=True)
    )
    return Still(figure, f"Share of the {title} by part. {told}.")


def cache_lines(
    names: Sequence[str], bytes_each_token: Sequence[float], contexts: Sequence[int], mode: theme.Mode
) -> Still:
    """Bytes of keys and values against the tokens read, on logarithmic axes; a point where each context ends.

    Args:
        names: M models.
        bytes_each_token: of each.
        contexts: tokens each can read.
        mode: light or dark.
    """
    lines, marks = [], []
    for number, (name, each, context) in enumerate(zip(names, bytes_each_token, contexts, strict=True)):
        colour = theme.CLASSES[number]
        own = np.append(CONTEXTS[context > CONTEXTS], context)
        lines.append(Line(name, own, each * own, colour))
        lines.append(Line("", CONTEXTS, each * CONTEXTS, colour, "dot", 1.0))
        marks.append(Mark(context, each * context, in_bytes(each * context), colour, "left"))
    told = ", ".join(
        f"{name} {in_bytes(each * context)} at {context:,} tokens"
        for name, each, context in zip(names, bytes_each_token, contexts, strict=True)
    )
    powers = [2.0**power for power in range(10, 51, 10)]
    labels = ["1 KiB", "1 MiB", "1 GiB", "1 TiB", "1 PiB"]
    return lines_still(
        lines,
        mode,
        alt=f"Bytes of keys and values by tokens read: {told}.",
        xaxis={"type": "log", "title": {"text": "tokens read"}, "dtick": 1},
        yaxis={"type": "log", "title": {"text": "keys and values"}, "tickvals": powers, "ticktext": labels},
        marks=marks,
        height=380,
    )


def short(count: float) -> str:
    """A count with three digits and a letter: k, M, B for thousand millions, T."""
    return _with_unit(count, UNITS)


def in_bytes(count: float) -> str:
    """Bytes in KiB, MiB and so on, each 1,024 of the last."""
    return _with_unit(count, BYTES, " ") if count >= BYTES[-1][0] else f"{count:,.0f} B"


def _with_unit(value: float, units: Sequence[tuple[float, str]], between: str = "") -> str:
    for size, letter in units:
        if value >= size:
            scaled = value / size
            digits = max(0, 2 - math.floor(math.log10(scaled)))
            return f"{scaled:.{digits}f}{between}{letter}"
    return f"{value:,.0f}"
