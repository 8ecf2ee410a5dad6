"""A decoder read from the inside on its page: what it would say early, what made a logit, and who looked where."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import streamlit as st

from data.dataset import DataError
from experiments.decoder_lens import BIASES, Lens, attention_of, read_lens, sees_the_future
from experiments.prompts import Prompt, first_prompt, names_of, read_prompt
from figures.attention_maps import AttentionMaps
from figures.decoder_lens import ROW, attribution_bars, lens_scene
from figures.sequence_still import next_chances
from training.run import Run
from ui.attention_maps import attention_view
from ui.live import live_canvas
from ui.still import mode, show
from ui.words import plain, written

MAX_TOKENS: Final = 16  # that fit beside each other
MOST_LETTERS: Final = 200
TOP: Final = 5
HEIGHT: Final = 0.7  # of the window


def lens(slug: str, run: Run) -> None:
    """The logit lens, the parts of a logit, and the attention of every head, on a prompt of the visitor's.

    Args:
        slug: of the page.
        run: whose network is a decoder.
    """
    given = run.look(first_prompt)
    text = st.text_input("Prompt", value=given, max_chars=MOST_LETTERS, key=f"{slug}_lens_prompt")
    try:
        prompt, seen = run.look(partial(_seen, text=text))
    except DataError as error:
        st.info(plain(error))
        return
    symbols = run.look(_symbols)
    row, column = _table(slug, seen, prompt, symbols)
    left, right = st.columns([2, 3], gap="large")
    with left:
        order, chances = seen.likeliest(row, column, TOP)
        names = names_of(symbols, order.tolist())
        st.markdown(f"**After {seen.readings[row]}**, at token {column + 1}, **{plain(prompt.names[column])}**")
        show(next_chances(names, chances, mode()), key=f"{slug}_lens_top")
    with right:
        _logit(slug, seen, prompt, symbols, column)
    st.markdown("**Who looked where**, on the same prompt: rows ask, columns are looked at, and a row sums to 1.")
    attention_view(slug, "lens_attention", lambda: run.look(partial(maps_of, prompt=prompt)))


def _seen(experiment: Any, text: str) -> tuple[Prompt, Lens]:
    prompt = read_prompt(experiment, text, min(MAX_TOKENS, experiment.model.max_len))
    return prompt, read_lens(experiment, prompt)


def _symbols(experiment: Any) -> tuple[str, ...]:
    symbols: tuple[str, ...] = experiment.task.symbols
    return symbols


def maps_of(experiment: Any, prompt: Prompt) -> AttentionMaps:
    """All attention on the prompt, and what may be seen; of a network that leaks, all may."""
    weights = attention_of(experiment, prompt)
    is_seen = None if sees_the_future(experiment) else np.tri(len(prompt.ids), dtype=bool)
    return AttentionMaps(weights, prompt.names, prompt.names, is_seen)


def _table(slug: str, seen: Lens, prompt: Prompt, symbols: tuple[str, ...]) -> tuple[int, int]:
    """The table of early answers; returns the chosen reading and place."""
    st.markdown(
        "**The logit lens.** The last layer reads what passes through the network after each part, as if the rest were "
        "left out. Below, the answer grows from row to row; the last row is what the network really says."
    )
    best = seen.chances.argmax(2)  # (R, T)
    chances = np.take_along_axis(seen.chances, best[:, :, None], axis=2)[:, :, 0]
    guesses = [names_of(symbols, line) for line in best.tolist()]
    return lens_table(f"{slug}_lens", seen.readings, prompt.names, guesses, chances, height=HEIGHT)


def lens_table(
    key: str,
    readings: Sequence[str],
    names: Sequence[str],
    guesses: Sequence[Sequence[str]],
    chances: np.ndarray,
    *,
    height: float | None,
    high: float = ROW,
) -> tuple[int, int]:
    """A table of early answers to click into.

    Args:
        key: begins the names under which it is kept.
        readings: names of rows.
        names: tokens that are read.
        guesses: the likeliest next token of every cell.
        chances: of these.
        height: the most it may take of the window; no limit if None.
        high: a row, in units of the picture.

    Returns:
        The chosen reading and place; at first the last of both.
    """
    rows, columns = chances.shape
    row, column = st.session_state.get(f"{key}_cell", (rows - 1, columns - 1))
    row, column = min(row, rows - 1), min(column, columns - 1)

    def choose(event: dict[str, Any]) -> None:
        st.session_state[f"{key}_cell"] = tuple(event["cell"])

    scene = lens_scene(readings, names, guesses, chances, (row, column), high)
    live_canvas(scene, key=f"{key}_table", height=height, on_event=choose)
    return row, column


def _logit(slug: str, seen: Lens, prompt: Prompt, symbols: tuple[str, ...], place: int) -> None:
    """The terms of one logit, and that their sum is the logit."""
    order, chances = seen.likeliest(len(seen.readings) - 1, place, TOP)
    names = dict(zip(order.tolist(), names_of(symbols, order.tolist()), strict=True))
    shares = dict(zip(order.tolist(), chances.tolist(), strict=True))
    token = st.segmented_control(
        f"Logit of the next token after “{prompt.names[place]}”",
        list(names),
        default=int(order[0]),
        format_func=lambda one: f"{names[one]} {shares[one]:.0%}",
        key=f"{slug}_lens_token_{place}_{'_'.join(map(str, names))}",
        required=True,
    )
    terms = seen.attribution(place, token)
    show(attribution_bars(seen.parts, terms, names[token], mode()), key=f"{slug}_lens_parts")
    held = "the last normalisation is" if seen.is_pre_norm else "every normalisation is"
    total, said = written(float(terms.sum()), ".4f"), written(float(seen.logits[place, token]), ".4f")
    st.caption(
        f"The sum is {total}; the network says {said}. For that, {held} held at the scale it has for this "
        f"prompt; *{BIASES}* holds what is added whatever is read. "
        "Softmax minds differences between logits only: look at another token before believing a bar."
    )
