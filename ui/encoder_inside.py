"""Look inside, page `encoder`: tabs below the paused picture, of which only the open one is computed."""

import math
from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from figures.attention_maps import AttentionMaps
from figures.encoder_inside import change_scene
from figures.encoder_still import clues_still, guesses_still, padding_still, states_still
from figures.scores import confusion_matrix
from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.attention_maps import attention_view
from ui.encoder_data import data_report
from ui.encoder_live import SLUG
from ui.live import live_canvas
from ui.still import mode, show
from ui.tabs import open_tab
from ui.time_travel import playback_tick
from ui.words import plain, written

TABS_KEY: Final = "encoder_inside"
MAX_TEXT: Final = 400
MOST_PADDING: Final = 40
MOST_GUESSES: Final = 3
NO_GAPS: Final = "This network was never asked to fill gaps: choose such a task under Task."
NO_CLASSES: Final = "This network tells no classes: choose such a task under Task."


def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The part of the page for a paused run; while it plays, one line says so."""
    if snapshot.is_playing or playback_tick(SLUG) is not None:
        st.caption("Pause to look inside: every number of this network can then be read.")
        return
    data_report(snapshot.observation)
    _tabs(run, snapshot)


@st.fragment
def _tabs(run: Run, snapshot: Snapshot) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    open_tab(TABS, TABS_KEY, run, snapshot)


def _text(run: Run, snapshot: Snapshot, what: str) -> str:
    """A text to read: at first the test sentence of the picture."""
    settings = snapshot.settings
    first = run.call("text_of", row=settings.row)
    key = f"encoder_{what}_{settings.data}_{settings.level}_{settings.row}"
    label = f"A text of your own; the first {settings.max_len - 1} symbols are read"
    return st.text_input(label, first, max_chars=MAX_TEXT, key=key)


# ---- gaps ----------------------------------------------------------------------------------------------------------


def mask_tab(run: Run, snapshot: Snapshot) -> None:
    """Hides symbols that the visitor chooses, and shows what is guessed and where attention goes instead."""
    if snapshot.observation.gaps is None:  # type: ignore[attr-defined]
        st.caption(NO_GAPS)
        return
    text = _text(run, snapshot, "mask")
    symbols = run.call("fill", text=text, hidden=()).symbols
    if len(symbols) < 2:
        st.caption("There is nothing to hide: write a few words.")
        return
    numbers = list(range(1, len(symbols)))
    hidden = st.pills(
        "Hide", numbers, format_func=lambda place: plain("␣" if symbols[place] == " " else symbols[place]),
        selection_mode="multi", default=[min(3, numbers[-1])],
        key=f"encoder_hidden_{abs(hash(symbols))}",
    )  # fmt: skip
    if not hidden:
        st.caption("Choose one symbol or more to hide.")
        return
    filled = run.call("fill", text=text, hidden=tuple(sorted(hidden)))
    left, right = st.columns([2, 3], gap="large")
    with left:
        for guess in filled.guesses[:MOST_GUESSES]:
            told = "is not in the vocabulary" if math.isnan(guess.chance) else f"gets {written(guess.chance, '.1%')}"
            st.markdown(f"Place {guess.place}: **{plain(guess.right)}** {told}; the likeliest:")
            show(guesses_still(guess, mode()), key=f"encoder_guess_{guess.place}")
    with right:
        st.markdown("**What changes in attention** when it is hidden: blue, where more is looked at; orange, less.")
        shape = filled.before.shape
        layer, head = _layer_and_head(shape[0], shape[1])
        change = filled.after[layer, head] - filled.before[layer, head]
        live_canvas(change_scene(change, filled.symbols), key="encoder_change", height=0.6)


def _layer_and_head(num_layers: int, num_heads: int) -> tuple[int, int]:
    """A block and one of its heads, from 0."""
    with st.container(horizontal=True):
        layer = st.segmented_control(
            "Block",
            range(1, num_layers + 1),
            default=num_layers,
            required=True,
            key=f"encoder_change_block_{num_layers}",
        )
        head = st.segmented_control(
            "Head", range(1, num_heads + 1), default=1, required=True, key=f"encoder_change_head_{num_heads}"
        )
    return int(layer or 1) - 1, int(head or 1) - 1


# ---- classes -------------------------------------------------------------------------------------------------------


def clues_tab(run: Run, snapshot: Snapshot) -> None:
    """Attention, occlusion and slope of a text, and how far they agree over the test."""
    seen: Any = snapshot.observation
    if seen.sentence is None:
        st.caption(NO_CLASSES)
        return
    text = _text(run, snapshot, "clues")
    sentence = run.call("read_text", text=text)
    if len(sentence.symbols) < 2:
        st.caption("There is nothing to read: write a few words.")
        return
    best = int(sentence.chances.argmax())
    st.markdown(f"It says **{plain(seen.class_names[best])}** with {sentence.chances[best]:.0%}.")
    show(clues_still(sentence, mode()), key="encoder_clues")
    row = {name: float(column[-1]) for name, column in snapshot.history.values.items() if name.endswith("_rank")}
    st.markdown(
        "**Attention is not explanation.** Left out says what the answer loses without the symbol; attention only says "
        "where was looked, and slope × input guesses the loss from the slope. Over some test sentences the order of "
        f"the symbols by attention agrees with the order by what is lost with a rank correlation of "
        f"**{written(row['attention_rank'], '.2f')}**, that by slope × input with "
        f"**{written(row['gradient_rank'], '.2f')}** (1: the same order, 0: none in common)."
    )


def padding_tab(run: Run, snapshot: Snapshot) -> None:
    """One sentence, filled up more and more."""
    seen: Any = snapshot.observation
    if seen.sentence is None:
        st.caption(NO_CLASSES)
        return
    masked, unmasked = run.call("padded", row=snapshot.settings.row, most=MOST_PADDING)
    best = int(masked[0].argmax())
    show(padding_still(masked[:, best], unmasked[:, best], seen.class_names[best], mode()), key="encoder_padded")
    moved = abs(masked - masked[0]).max(), abs(unmasked - unmasked[0]).max()
    st.markdown(
        "The beginning of the sentence above with more and more [PAD] behind it. With the mask, the largest change of "
        f"any chance is **{written(moved[0], '.1e')}**; without it, **{written(moved[1], '.2f')}**. The mask leaves "
        "padding out of attention and out of the mean. This network was trained "
        f"{'with' if snapshot.settings.uses_mask else 'without'} it."
    )


def scores_tab(run: Run, snapshot: Snapshot) -> None:
    """The confusion matrix of all test examples."""
    seen: Any = snapshot.observation
    if seen.sentence is None:
        st.caption(NO_CLASSES)
        return
    counts = run.call("verdict")
    st.markdown(f"**Accuracy {counts.trace() / counts.sum():.1%}** on all {counts.sum():,} test examples")
    show(confusion_matrix(counts, seen.class_names, mode()), key="encoder_confusion")


# ---- both ----------------------------------------------------------------------------------------------------------


def attention_tab(run: Run, snapshot: Snapshot) -> None:
    """All heads over a text."""
    text = _text(run, snapshot, "attention")

    def maps() -> AttentionMaps:
        symbols, weights, seen = run.call("maps", text=text)
        return AttentionMaps(weights, symbols, symbols, seen)

    attention_view(SLUG, "maps", maps)
    symbols, weights, _ = run.call("maps", text=text)
    share = weights[:, :, :, 0].mean()
    st.caption(
        f"[CLS] holds no word; {share:.0%} of all attention goes to it, where an even share would be "
        f"{1 / len(symbols):.0%}. A head that finds nothing to look at often rests there."
    )


def states_tab(run: Run, snapshot: Snapshot) -> None:
    """Symbols in their contexts as points."""
    states = run.call("states")
    seen: Any = snapshot.observation
    layers = list(range(len(states.xy)))
    names = ["before", *(f"block {layer}" for layer in layers[1:])]
    layer = st.segmented_control(
        "After", layers, format_func=names.__getitem__, default=layers[-1], required=True,
        key=f"encoder_states_{len(layers)}",
    )  # fmt: skip
    layer = layers[-1] if layer is None else layer
    show(states_still(states, layer, seen.class_names, mode()), key="encoder_states_picture")
    st.caption(
        f"Each point is a symbol of a test sentence, its colour the class; point at it for its context. Before the "
        "blocks a symbol has the same vector in every sentence (up to its place); behind them the vector knows the "
        f"sentence. The two directions shown hold {states.shares[layer]:.0%} of the variance."
    )


def layers_tab(run: Run, snapshot: Snapshot) -> None:
    """The layers in a table."""
    anatomy(run, SLUG)


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "What matters": clues_tab,
    "Mask a word": mask_tab,
    "Attention": attention_tab,
    "Padding": padding_tab,
    "Scores": scores_tab,
    "Hidden states": states_tab,
    "Layers": layers_tab,
}
