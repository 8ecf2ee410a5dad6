"""Networks of torchvision's shelf by their size and by how good they are, to inspect."""

from collections.abc import Sequence
from typing import Any, Final

import plotly.graph_objects as go

from figures import theme
from figures.still import Still, apply_theme

HEIGHT: Final = 330  # px
MAX_NAMED: Final = 9  # relatives with their names beside them; of more, the pointer tells


def family_still(entries: Sequence[Any], chosen: Any, measure: str, mode: theme.Mode) -> Still:
    """Parameters against how good the recommended weights are: the task in grey, the family in colour.

    Args:
        entries: `Entry`, all of one task.
        chosen: one of them, with a ring.
        measure: what is on the vertical axis, in words.
        mode: light or dark.
    """
    family = [one for one in entries if one.family == chosen.family]
    others = [one for one in entries if one.family != chosen.family]
    surface = theme.SURFACES[mode]
    figure = go.Figure()
    _cloud(figure, others, "others", surface.muted, radius=6, opacity=0.5)
    _cloud(figure, family, f"family {chosen.family}", surface.accent, radius=9, is_named=len(family) <= MAX_NAMED)
    ring = {"size": 17, "color": theme.TRANSPARENT, "line": {"color": surface.text, "width": 2}}
    place = {"x": [chosen.weights[0].num_parameters / 1e6], "y": [chosen.score]}
    figure.add_trace(go.Scatter(**place, mode="markers", marker=ring, name=chosen.name, hoverinfo="skip"))
    apply_theme(
        figure, mode, height=HEIGHT, xaxis={"type": "log", "title": {"text": "parameters (millions)"}},
        yaxis={"title": {"text": measure}},
    )  # fmt: skip
    alt = (
        f"{len(entries)} networks by parameters and {measure}. {chosen.name}: "
        f"{chosen.weights[0].num_parameters / 1e6:.3g} million, {chosen.score:.4g}."
    )
    return Still(figure, alt)


def _cloud(
    figure: go.Figure, entries: Sequence[Any], name: str, colour: str, *, radius: float, opacity: float = 1.0,
    is_named: bool = False,
) -> None:  # fmt: skip
    sizes = [one.weights[0].num_parameters / 1e6 for one in entries]
    middle = sum(sizes) / max(1, len(sizes))
    figure.add_trace(
        go.Scatter(
            x=sizes,
            y=[one.score for one in entries],
            text=[one.name for one in entries],
            name=name,
            mode="markers+text" if is_named else "markers",
            textposition=["middle left" if size >= middle else "middle right" for size in sizes],
            marker={"size": radius, "color": colour, "opacity": opacity},
            hovertemplate="%{text}: %{x:.3g} million, %{y:.4g}<extra></extra>",
        )
    )
