"""Look inside, page `gnn`: what depth does. Nodes grow alike, and what is far is hardly heard."""

from functools import partial
from typing import Any, Final

import numpy as np
import streamlit as st

from experiments.gnn_depth import (
    DEPTHS,
    VARIANTS,
    Alike,
    Squashed,
    accuracy_by_place,
    alike,
    depths,
    squashed,
)
from figures.gnn_depth import alike_still, depths_still, places_still, squashed_still
from training.lessons import name_in_words
from training.run import Run, Snapshot
from ui.gnn_messages import ESTIMATED
from ui.knobs import IN_URL
from ui.race import race_panel
from ui.still import mode, show
from ui.words import written

PARTS: Final = ("Growing alike", "1, 2, 4 and 8 layers", "Far away")
STEPS: Final = 200
FOUND: Final = "_gnn_depths"  # what the races of this data and layer have found, by variant
SCORES: Final = ("test_auc", "test_accuracy", "test_r2", "accuracy", "r2", "loss")  # the first that is there is drawn


@np.errstate(all="ignore")  # an exploded network is shown too, with whatever its numbers are
def depth_tab(run: Run, snapshot: Snapshot) -> None:
    """The three parts; only the chosen one is computed."""
    part = st.segmented_control(
        "Depth", PARTS, default=PARTS[0], required=True, key="gnn_depth", label_visibility="collapsed", **IN_URL
    )
    if part == PARTS[0]:
        _alike(run, snapshot)
    elif part == PARTS[1]:
        _depths(run, snapshot)
    else:
        _far(run, snapshot)


# ---- growing alike ---------------------------------------------------------------------------------------------------


def _alike(run: Run, snapshot: Snapshot) -> None:
    now, start = run.look(alike), run.look(partial(alike, start=run.state_at(0)))
    left, right = st.columns(2, gap="large")
    with left:
        show(alike_still(now, start, mode(), is_energy=False), key="gnn_alike_cosine")
    with right:
        show(alike_still(now, start, mode(), is_energy=True), key="gnn_alike_energy")
    st.markdown(alike_words(now, snapshot.settings))


def alike_words(now: Alike, settings: Any) -> str:
    """What the curves say."""
    graphs = "the network" if now.num_graphs == 1 else f"{now.num_graphs} graphs"
    words = (
        "**Oversmoothing.** Each layer replaces a node by a mixture of itself and its neighbours; mixed often enough, "
        f"all nodes are the same mixture. Over {graphs}, two nodes have a mean cosine of "
        f"**{written(float(now.cosines[0]), '.3f')}** before the first layer and "
        f"**{written(float(now.cosines[-1]), '.3f')}** after the last; 1 means that all point the same way. ReLU "
        "leaves nothing negative, which alone lifts it. The energy is what nodes differ by across a link, as a share "
        "of their size: 0 is what GCN's means run into."
    )
    if settings.num_layers < 4:
        words += f" {settings.num_layers} layers are few: turn Layers up to see it."
    if settings.normalisation == "pair":
        words += " PairNorm takes the mean of all nodes away in each layer, so that they cannot all point the same way."
    if settings.is_residual:
        words += " What a node was is added back in each layer, which keeps it apart."
    return words


# ---- several depths --------------------------------------------------------------------------------------------------


def _depths(run: Run, snapshot: Snapshot) -> None:
    st.markdown(
        "**How deep?** The same network with 1, 2, 4 and 8 layers, as it is, with residual connections, and with "
        "PairNorm; data, layer and all else as set on the left."
    )
    variant = str(
        st.segmented_control("Against growing alike", list(VARIANTS), default="plain", required=True,
                             key="gnn_depth_variant", **IN_URL)
    )  # fmt: skip
    settings, score = run.settings, score_of(snapshot)
    race = race_panel(
        "gnn", f"depth_{variant.lower()}", lambda: depths(run.build, settings, variant), steps=STEPS,
        watched=(score, "cosine"),
    )  # fmt: skip
    kept = _kept(settings)
    if race is not None and race.entrants[0].settings == depths(run.build, settings, variant)[0].settings:
        kept[variant] = {
            name: np.array([history.last(name) for history in race.histories]) for name in (score, "cosine")
        }
    _show_depths(kept, score)


def score_of(snapshot: Snapshot) -> str:
    """The recorded number that tells how good a network of these data is."""
    known = snapshot.history.values
    return next(name for name in SCORES if name in known and np.isfinite(known[name]).any())


def _kept(settings: Any) -> dict[str, dict[str, np.ndarray]]:
    """What was found with these settings, depth and remedies left out; forgotten when others are set."""
    plain = settings.changed(num_layers=1, item=0, **VARIANTS["plain"])
    if st.session_state.get(FOUND, (None, {}))[0] != plain:
        st.session_state[FOUND] = plain, {}
    kept: dict[str, dict[str, np.ndarray]] = st.session_state[FOUND][1]
    return kept


def _show_depths(kept: dict[str, dict[str, np.ndarray]], score: str) -> None:
    if not kept:
        st.caption("When they are trained, score and cosine are drawn against depth here, for each choice above.")
        return
    left, right = st.columns(2, gap="large")
    for column, name in ((left, score), (right, "cosine")):
        found = {variant: one[name] for variant, one in kept.items() if name in one}
        with column:
            still = depths_still(found, DEPTHS, mode(), title=name_in_words(name), is_share="r2" not in name,
                                 best=name == score and name != "loss")  # fmt: skip
            show(still, key=f"gnn_depths_{name}")
    variant, found = list(kept.items())[-1]
    cosines, scores = found["cosine"], found[score]
    st.markdown(
        f"{variant[0].upper()}{variant[1:]}: from {DEPTHS[0]} to {DEPTHS[-1]} layers the mean cosine of two nodes "
        f"goes from **{written(float(cosines[0]), '.3f')}** to **{written(float(cosines[-1]), '.3f')}**, and "
        f"{name_in_words(score)} from **{written(float(scores[0]), '.3g')}** to "
        f"**{written(float(scores[-1]), '.3g')}**."
    )


# ---- far away --------------------------------------------------------------------------------------------------------


def _far(run: Run, snapshot: Snapshot) -> None:
    now, start = run.look(squashed), run.look(partial(squashed, start=run.state_at(0)))
    is_chain = snapshot.settings.data == "long chains"
    left, right = st.columns(2, gap="large")
    with left:
        show(squashed_still(now, start, mode()), key="gnn_squashed")
    with right:
        if is_chain:
            found = run.look(accuracy_by_place)
            classes = run.look(lambda experiment: len(experiment.graphs.class_names))  # type: ignore[attr-defined]
            show(places_still(found, now.num_layers, 1 / classes, mode()), key="gnn_places")
        else:
            st.markdown(
                "The data **long chains** ask for it outright: only the first node of a chain says the class, and "
                "every node has to tell it. Choose them under Task, and the accuracy by distance stands here."
            )
    st.markdown(squashed_words(now))


def squashed_words(now: Squashed) -> str:
    """What the slopes say."""
    values, layers = now.measured.values, now.num_layers
    last = min(layers, len(values) - 1)
    words = (
        "**Over-squashing.** How much does the last state of a node change when the inputs of another change a little? "
        f"On the graph of the picture the mean slope is **{written(float(values[0]), '.3g')}** for the node itself and "
        f"**{written(float(values[last]), '.3g')}** at {last} link{'' if last == 1 else 's'}. "
    )
    if len(values) - 1 > layers:
        beyond = float(np.abs(values[layers + 1 :]).max())
        words += f"Beyond {layers} link{'' if layers == 1 else 's'} it is {'exactly 0' if beyond == 0 else 'not 0'}: "
        words += "no message has come from there. " if beyond == 0 else "the normalisation mixes all nodes of a graph. "
    return words + (
        "Whatever is far must share the same few numbers with all that is on the way. The dotted curve is what the "
        "links alone hand on, (Âᴸ) between the two nodes with GCN's weights, brought to the same height at 0: where "
        "the network follows it, the graph's shape decides what is heard, not the training."
        + (f" {ESTIMATED}" if now.is_estimated else "")
    )
