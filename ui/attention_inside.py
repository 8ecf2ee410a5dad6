"""Look inside, page `attention`: tabs below the picture, of which only the open one is computed."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.attention_graph import attention_graph, cost
from ui.attention_hand import by_hand
from ui.attention_heads import control_part, heads_part, worth_part
from ui.attention_lengths import trained_positions
from ui.attention_live import HEAD, LAYER, SLUG
from ui.attention_masks import masks
from ui.attention_positions import positions
from ui.tabs import open_tab
from ui.time_travel import playback_tick

TABS_KEY: Final = "attention_inside"
FRESH: Final = "a fresh one"
WHOSE: Final = "attention_whose"


def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The tabs; those that read the network wait until it is paused."""
    chosen = st.session_state.get(LAYER, 1), st.session_state.get(HEAD, 1)
    _tabs(run, snapshot, chosen)


@st.fragment
def _tabs(run: Run, snapshot: Snapshot, chosen: tuple[int, int]) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    open_tab(TABS, TABS_KEY, run, snapshot)
    if (st.session_state.get(LAYER, 1), st.session_state.get(HEAD, 1)) != chosen:
        st.rerun()  # the live picture shows the chosen head


def _paused(draw: Callable[[Run, Snapshot], None]) -> Callable[[Run, Snapshot], None]:
    """The same for a paused run only; while it plays, one line says so."""

    def wait(run: Run, snapshot: Snapshot) -> None:
        if snapshot.is_playing or playback_tick(SLUG) is not None:
            st.caption("Pause to look inside: every number of this network can then be read.")
        else:
            draw(run, snapshot)

    return wait


def by_hand_tab(run: Run, snapshot: Snapshot) -> None:
    """One head with all its numbers: a fresh one, or one of this network."""
    if snapshot.is_playing or playback_tick(SLUG) is not None:
        by_hand(SLUG)
        return
    layers = [f"layer {number + 1} of this network" for number in range(run.settings.n_layers)]
    whose = st.segmented_control("Whose attention", [FRESH, *layers], default=FRESH, required=True, key=WHOSE)
    if whose not in layers:
        by_hand(SLUG)
        return
    st.caption(
        "It reads what is typed where it knows every word, as in *a b c a b*, and else the watched sequence. "
        f"Its own mask is “{snapshot.observation.mask}”: "  # type: ignore[attr-defined]
        "set the switch below likewise to see its own weights."
    )
    by_hand(SLUG, lambda words: run.call("given", words=words, layer=layers.index(whose)))


def masks_tab(_run: Run, _snapshot: Snapshot) -> None:
    """Who may look at whom, and what leaks."""
    masks(SLUG)


def heads_tab(run: Run, snapshot: Snapshot) -> None:
    """Each head, and what it does."""
    heads_part(run, snapshot)


def worth_tab(run: Run, snapshot: Snapshot) -> None:
    """What is lost without a head."""
    worth_part(run, snapshot)


def control_tab(run: Run, _snapshot: Snapshot) -> None:
    """The control that shows when a score misleads."""
    control_part(run)


def positions_tab(_run: Run, _snapshot: Snapshot) -> None:
    """Five kinds of positions, drawn."""
    positions(SLUG)


def trained_tab(run: Run, _snapshot: Snapshot) -> None:
    """Five kinds of positions, trained."""
    trained_positions(run)


def graph_tab(_run: Run, _snapshot: Snapshot) -> None:
    """Attention as messages on a graph."""
    attention_graph(SLUG)


def cost_tab(_run: Run, _snapshot: Snapshot) -> None:
    """What attention costs."""
    cost(SLUG)


def layers_tab(run: Run, _snapshot: Snapshot) -> None:
    """Shapes and counts, layer by layer."""
    anatomy(run, SLUG)


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "By hand": by_hand_tab,
    "Masks": masks_tab,
    "Heads": _paused(heads_tab),
    "Without a head": _paused(worth_tab),
    "A name that misleads": control_tab,
    "Positions": positions_tab,
    "Positions, trained": trained_tab,
    "As a graph": graph_tab,
    "Cost": cost_tab,
    "Layers": _paused(layers_tab),
}
