"""What each part of a decoder costs, on its page: this network beside GPT-2 and GPT-3."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from experiments.decoder_cost import (
    GPT2_PAPER,
    GPT3_PAPER,
    PARTS,
    Cost,
    live_cost,
    measured_cache_bytes,
    published_costs,
    shares,
)
from figures.decoder_cost import cache_lines, in_bytes, share_bars, short, squares_scene
from training.run import Run
from ui.live import live_canvas
from ui.still import mode, show

NOW: Final = "this network"
HEIGHT: Final = 0.6  # of the window
LARGEST: Final = ("GPT-2 small", "GPT-2 XL", "GPT-3 6.7B", "GPT-3 175B")
WIDTHS: Final = {"single precision": 4, "half precision": 2, "8 bits": 1}  # bytes a number
COMPARED: Final = ("GPT-2 small", "GPT-2 XL", "GPT-3 175B")


def cost(slug: str, run: Run) -> None:
    """Parameters, arithmetic and cache of the run's network, to scale beside published ones.

    Args:
        slug: of the page.
        run: whose network is a decoder.
    """
    costs = (run.look(partial(live_cost, name=NOW)), *published_costs())
    _sizes(slug, costs)
    _shares(slug, costs)
    _cache(slug, run, costs)
    st.caption(
        f"The published ones are computed from their shapes: [GPT-2]({GPT2_PAPER}), Radford et al., 2019, table 2; "
        f"[GPT-3]({GPT3_PAPER}), Brown et al., 2020, table 2.1. Of this network everything is counted in the network."
    )


def _sizes(slug: str, costs: tuple[Cost, ...]) -> None:
    own = costs[0]
    st.markdown(
        f"**To scale.** Areas are parameters. This network has **{own.total:,}**: {_told(own.num_parameters)}. "
        "Embeddings grow with the width, layers with its square."
    )
    largest = st.segmented_control("Up to", LARGEST, default=LARGEST[1], key=f"{slug}_cost_largest", required=True)
    names = [one.name for one in costs]
    shown = sorted(costs[: names.index(largest) + 1], key=lambda one: one.total)
    counts = np.array([one.num_parameters for one in shown], dtype=np.float64)
    live_canvas(squares_scene([one.name for one in shown], counts, PARTS), key=f"{slug}_cost_squares", height=HEIGHT)
    times = next(one for one in costs if one.name == largest).total / own.total
    st.caption(f"{largest} has {times:,.0f} times as many parameters as this network.")


def _told(counts: tuple[int, ...]) -> str:
    """The parts that there are, with their numbers."""
    return ", ".join(f"{part} {count:,}" for part, count in zip(PARTS, counts, strict=True) if count)


def _shares(slug: str, costs: tuple[Cost, ...]) -> None:
    some = _some(costs)
    names = [one.name for one in some]
    left, right = st.columns(2, gap="large")
    with left:
        title = "parameters"
        show(share_bars(names, shares(some, "num_parameters"), PARTS, title, mode()), key=f"{slug}_cost_parameters")
    with right:
        title = "operations for a token"
        show(share_bars(names, shares(some, "num_operations"), PARTS, title, mode()), key=f"{slug}_cost_operations")
    st.caption(
        "One token forward, with the whole context to look at; a multiplication and an addition are two operations. "
        "Learning takes about three times as many. Looking a token up costs none; GPT-2 and GPT-3 use the embeddings "
        "again as the last layer, so its operations have no parameters of their own."
    )


def _some(costs: tuple[Cost, ...]) -> tuple[Cost, ...]:
    """This network and the few that pictures compare it with."""
    return (costs[0], *(one for one in costs if one.name in COMPARED))


def _cache(slug: str, run: Run, costs: tuple[Cost, ...]) -> None:
    """Bytes of keys and values against the context, measured in this network."""
    st.markdown(
        "**The cache.** While it writes, a decoder keeps the key and the value of every token in every layer, or it "
        "would work all of them out again for each new one: 2 · layers · width numbers a token."
    )
    width = st.segmented_control(
        "A number takes", list(WIDTHS), default="half precision", key=f"{slug}_cost_width", required=True
    )
    some, own = _some(costs), costs[0]
    each = [one.cache_bytes(1, WIDTHS[width]) for one in some]
    picture, table = st.columns([3, 2], gap="large")
    with picture:
        contexts = [one.max_len for one in some]
        show(cache_lines([one.name for one in some], each, contexts, mode()), key=f"{slug}_cost_cache")
    with table:
        lines = ["| | parameters | operations a token | cache, full |", "|---|---:|---:|---:|"]
        for one in costs:
            cached = in_bytes(one.cache_bytes(one.max_len, WIDTHS[width]))
            lines.append(f"| {one.name} | {one.total:,} | {short(one.operations)} | {cached} |")
        st.markdown("\n".join(lines))
    if run.look(lambda experiment: hasattr(experiment.model.blocks[0], "cross_attention")):  # type: ignore[attr-defined]
        st.caption("The leaky network keeps nothing: a new token would change what was worked out for all before it.")
        return
    kept = run.look(lambda experiment: measured_cache_bytes(experiment.model, own.max_len))  # type: ignore[attr-defined]
    st.caption(
        f"Measured: {own.max_len} tokens read by this network leave {in_bytes(kept)} in its cache, in single "
        "precision. Points: where each network's own context ends."
    )
