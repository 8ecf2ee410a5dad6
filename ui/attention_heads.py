"""Heads, page `attention`: each of them large, what is lost without it, and when its name misleads."""

from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from experiments.attention_inside import HOW
from experiments.attention_settings import AttentionSettings
from figures.attention import maps_of
from figures.attention_still import rise_bars
from training.race import Entrant, Race
from training.run import Run, Snapshot
from ui.attention_live import SLUG
from ui.attention_maps import attention_view
from ui.knobs import IN_URL
from ui.race import race_panel
from ui.still import mode, show

STEPS: Final = 300
CONTROLS: Final[dict[str, dict[str, Any]]] = {
    "random, 2 layers": {"task": "repeats, random period", "n_layers": 2},
    "random, 1 layer": {"task": "repeats, random period", "n_layers": 1},
    "fixed, 2 layers": {"task": "repeats, fixed period", "n_layers": 2},
    "fixed, 1 layer": {"task": "repeats, fixed period", "n_layers": 1},
}


def heads_part(run: Run, snapshot: Snapshot) -> None:
    """The heads on the watched sequence, and a table of what they do."""
    seen: Any = snapshot.observation
    attention_view(SLUG, "heads", partial(maps_of, seen))
    st.markdown(
        "**What each head does.** The share of its mass that lies where the behaviour looks, the mean over all places "
        "that have such a place; in brackets, what a head would have that looks at everything alike. *Repeats* are "
        "blocks of a random period, whatever the task; *own* are sequences of the task itself."
    )
    st.dataframe(scores_table(seen), hide_index=True, width="stretch")


def scores_table(seen: Any) -> pd.DataFrame:
    """A row for each head, a column for each behaviour that can be measured."""
    layers, heads = seen.entropy.shape
    rows = []
    for number in range(layers * heads):
        layer, head = divmod(number, heads)
        row = {"head": f"{layer + 1}.{head + 1}", "called": seen.names[number] or "–"}
        for kind, scores, by_chance in (
            ("repeats", seen.scores, seen.by_chance),
            ("own", seen.own_scores, seen.own_by_chance),
        ):
            for place, name in enumerate(seen.behaviours):
                value, chance = scores[place, layer, head], by_chance[place]
                told = f"{value:.2f} ({chance:.2f})" if value == value else "–"
                row[f"{name}, {kind}"] = told
        row["spread"] = f"{seen.entropy[layer, head]:.2f} (1.00)"
        rows.append(row)
    return pd.DataFrame(rows)


def worth_part(run: Run, snapshot: Snapshot) -> None:
    """By how much the loss rises without each head, and without several at once."""
    seen: Any = snapshot.observation
    layers, heads = seen.entropy.shape
    st.markdown(
        "**What a head is worth.** A name says where a head looks, not whether the answer needs it. Here each head is "
        "switched off in turn, in the network as it is now, on the test sequences."
    )
    how = st.segmented_control("Switched off", HOW, default=HOW[0], required=True, key="attention_how", **IN_URL)
    rises = run.call("losses_without", how=how)
    loss = run.call("loss_with", heads=[], how=how)
    show(rise_bars(rises, seen.names, loss, mode()), key="attention_rises")
    labels = {f"{layer + 1}.{head + 1}": (layer, head) for layer in range(layers) for head in range(heads)}
    off = st.pills("Several at once", list(labels), selection_mode="multi", key="attention_off") or []
    if off:
        known = [labels[label] for label in off if label in labels]
        without = run.call("loss_with", heads=known, how=how)
        st.markdown(
            f"With {', '.join(off)} {how}, the test loss is **{without:.3f}**; with all heads it is {loss:.3f}."
        )
    else:
        st.caption(f"With all heads, the test loss is {loss:.3f} nats.")


def entrants(run: Run, kinds: dict[str, dict[str, Any]]) -> list[Entrant]:
    """Networks of the settings of this run, each with something of its own."""
    now: AttentionSettings = run.settings
    return [Entrant(label, run.build, now.changed(**values)) for label, values in kinds.items()]


def control_part(run: Run) -> None:
    """The same score in four networks: two have learnt to look for the letter, two only count places."""
    st.markdown(
        "**When the score misleads.** A head that always looks nine places back scores high on blocks of ten letters: "
        "there, nine back is what came after the same letter last time. It has learnt to count, not to look. The "
        "control is a block whose length changes from sequence to sequence, a *random* period against a *fixed* one. "
        "*Own induction* is measured on the sequences of the network's own task, *induction* on a random period."
    )
    race = race_panel(
        SLUG,
        "control",
        lambda: entrants(run, CONTROLS),
        steps=STEPS,
        watched=("test_loss", "own_induction_share", "induction_share"),
    )
    if race is not None:
        st.markdown(control_words(race))


def control_words(race: Race) -> str:
    """What the four networks have come to, in two sentences with their numbers."""
    loss, own, share = (
        [columns.last(name) for columns in race.histories]
        for name in ("test_loss", "own_induction_share", "induction_share")
    )
    return (
        f"On a random period, two layers come to a loss of {loss[0]:.2g}, one layer to {loss[1]:.2g}. On a fixed "
        f"period one layer comes to {loss[3]:.2g}, with {own[3]:.0%} of a head's mass where induction would look; give "
        f"it blocks of another length, and {share[3]:.0%} is left. Two layers trained on a random period keep "
        f"{share[0]:.0%}."
    )
