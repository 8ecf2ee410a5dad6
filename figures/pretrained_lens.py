"""How a language model's answer climbs from block to block."""

from typing import Final

import numpy as np
import plotly.graph_objects as go

from figures import theme
from figures.still import Still, apply_theme, label

HEIGHT: Final = 360


def rank_still(ranks: np.ndarray, shares: np.ndarray, leads_from: int, answer: str, mode: theme.Mode) -> Still:
    """The rank of the answer after each block, 1 above.

    Args:
        ranks: (R,) after the embeddings and after each block.
        shares: (R,) its chance.
        leads_from: the block from which on it has rank 1.
        answer: the token.
        mode: light or dark.
    """
    figure = go.Figure()
    blocks = list(range(len(ranks)))
    figure.add_scatter(
        x=blocks, y=ranks, mode="lines+markers", line={"color": theme.POSITIVE, "width": 2}, customdata=shares,
        hovertemplate="after block %{x}: rank %{y:,}, chance %{customdata:.2%}<extra></extra>", showlegend=False,
    )  # fmt: skip
    line = {"color": theme.SURFACES[mode].text, "dash": "dash", "width": 1}
    figure.add_vline(x=leads_from, line=line, annotation_text="leads from here on", annotation_position="top left")
    yaxis = {"type": "log", "autorange": "reversed", "title": {"text": f"rank of {label(answer)}"}}
    apply_theme(figure, mode, height=HEIGHT, xaxis={"title": {"text": "block"}, "dtick": 5}, yaxis=yaxis)
    told = ", ".join(f"{block}: {ranks[block]:,}" for block in blocks[::5])
    return Still(figure, f"Rank of the answer {label(answer)} after each block; it leads from {leads_from} on. {told}.")
