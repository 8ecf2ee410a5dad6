"""Page `pretrained`: a real language model read after each of its blocks, and where its heads look."""

from typing import Final

import numpy as np
import streamlit as st

from data.dataset import DataError
from experiments.pretrained_language import smollm
from experiments.pretrained_lens import MOST_TOKENS, BlockLens, look_through
from figures.attention_maps import AttentionMaps
from figures.pretrained_lens import rank_still
from figures.sequence_still import next_chances
from training.run import Run, Snapshot
from ui.attention_maps import attention_view
from ui.decoder_lens import lens_table
from ui.pretrained_smollm import EXAMPLES, is_ready, text_box, whose
from ui.still import mode, show
from ui.words import plain

SLUG: Final = "pretrained_lens"
HIGH: Final = 24.0  # of a row


def lens_tab(run: Run | None, snapshot: Snapshot | None) -> None:
    """SmolLM2-135M: its answer after each block, the rank of that answer, and all attention."""
    if not is_ready():
        return
    text = text_box(f"{SLUG}_text", "Text", EXAMPLES[0], MOST_TOKENS)
    try:
        with st.spinner("Reading the stream after each block …"):
            seen = look_through(text)
    except DataError as error:
        st.error(plain(error))
        return
    row, column = _table(seen)
    _climb(seen, row, column)
    st.markdown("**Who looks where**, in each of the heads: rows ask, columns are looked at, and a row sums to 1.")
    is_seen = np.tri(len(seen.names), dtype=bool)
    attention_view(SLUG, "attention", lambda: AttentionMaps(seen.weights, seen.names, seen.names, is_seen))
    whose()


def _table(seen: BlockLens) -> tuple[int, int]:
    """The table of early answers, and from where on they are the last ones."""
    leads = seen.leads_from
    last = len(seen.readings) - 1
    st.markdown(
        "**The logit lens.** What the last layer would say next if the blocks below were left out; the last row is "
        f"what the network really says. In this text the final answer leads from block **{int(np.median(leads))}** of "
        f"{last} on, by the median over its {len(leads)} tokens; at the earliest from {leads.min()}, at the latest "
        f"from {leads.max()}."
    )
    vocabulary = smollm().tokenizer.vocabulary
    guesses = [[vocabulary[token] for token in line] for line in seen.ids[:, :, 0].tolist()]
    return lens_table(SLUG, seen.readings, seen.names, guesses, seen.chances[:, :, 0], height=None, high=HIGH)


def _climb(seen: BlockLens, row: int, column: int) -> None:
    """What was likely at the chosen cell, and the way of the last answer at its place."""
    vocabulary = smollm().tokenizer.vocabulary
    answer, leads_from = vocabulary[int(seen.ids[-1, column, 0])], int(seen.leads_from[column])
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.markdown(f"**After {seen.readings[row]}**, at token {column + 1}, **{plain(seen.names[column])}**")
        names = [vocabulary[token] for token in seen.ids[row, column].tolist()]
        show(next_chances(names, seen.chances[row, column], mode()), key=f"{SLUG}_top")
    with right:
        st.markdown(
            f"**The way of the answer {plain(answer)}.** After the embeddings it has rank {seen.ranks[0, column]:,} of "
            f"{len(vocabulary):,}; it leads from block {leads_from} on, there with a chance of "
            f"{seen.shares[leads_from, column]:.1%}, at the end with {seen.shares[-1, column]:.1%}."
        )
        ranks, shares = seen.ranks[:, column], seen.shares[:, column]
        show(rank_still(ranks, shares, leads_from, answer, mode()), key=f"{SLUG}_ranks")
