"""Look inside, page `pretrained`: how low the rank of what fine-tuning changes is, and training with a low rank."""

from typing import Any, Final

import streamlit as st

from experiments.pretrained_adapting import NUMBER_BYTES, STEPS, entrants
from experiments.pretrained_judging import BY_DIGEST, Subject, before_and_after, is_finite
from experiments.pretrained_low_rank import Change, Cut, changes, cuts, has_changed
from experiments.pretrained_storage import HALF_BYTES, LARGE, Large
from figures.cnn_still import size_points
from figures.pretrained_low_rank import cuts_still, singular_still
from training.race import Race
from training.run import Run, Snapshot
from ui.pretrained_rounding import NO_NUMBERS
from ui.race import race_panel
from ui.still import mode, show
from ui.words import plain

SLUG: Final = "pretrained"
LIKE_CHANCE: Final = 0.8  # of the directions that random numbers need: from here on a change is not called low rank
WHICH: Final = ("queries and values", "all linear layers")
FORMULA: Final = (
    r"W' = W + \tfrac{\alpha}{r}\, B A \qquad B: O \times r,\; A: r \times I \qquad "
    r"r\,(O + I) \text{ numbers instead of } O \cdot I"
)
MOST_ROWS: Final = 8  # layers of a table


def low_rank_tab(run: Run, snapshot: Snapshot) -> None:
    """What fine-tuning changed, learning with a low rank, and what that saves for large models."""
    st.markdown("**1. What fine-tuning changed.** How many directions does the change of each layer need?")
    _changed(run)
    st.divider()
    st.markdown(
        "**2. Learn a low rank only.** LoRA ([Hu et al., 2021](https://arxiv.org/abs/2106.09685)) freezes the "
        "pretrained weights and learns a product of two thin matrices beside each layer. B starts at 0, so it begins "
        "exactly as the pretrained network. Whatever it learns has rank r at most."
    )
    st.latex(FORMULA)
    _adapting(run)
    st.divider()
    st.markdown("**3. Why it is done with large models.** Each task needs its own copy of what was learnt, no more.")
    _large()


# ---- what fine-tuning changed ----------------------------------------------------------------------------------------


def _changed(run: Run) -> None:
    before, after = run.look(before_and_after)
    if not is_finite(after):
        st.info(NO_NUMBERS)
        return
    found = known_changes(before, after)
    if not has_changed(found):
        st.caption("Fine-tuning has changed nothing yet: train first, and come back.")
        return
    measured = known_cuts(before, after)
    names = [change.name for change in found]
    left, right = st.columns(2, gap="large")
    with left:
        name = st.selectbox("Layer", names, index=len(names) - 1, key=f"pretrained_rank_layer_{len(names)}", width=240)
        show(singular_still(found[names.index(name)], mode()), key="pretrained_rank_singular")
    with right:
        st.markdown("The fine-tuned network with every change cut to its nearest of a rank, judged now")
        show(cuts_still(measured, mode()), key="pretrained_rank_cuts")
    st.markdown(change_words(found))
    st.markdown(cut_words(measured))
    if len(found) <= MOST_ROWS:
        st.markdown(changes_table(found))


@st.cache_data(max_entries=32, show_spinner="Looking for the directions of the changes.", hash_funcs=BY_DIGEST)
def known_changes(before: Subject, after: Subject) -> tuple[Change, ...]:
    """The changes, worked out once for each state of the network."""
    return changes(before, after)


@st.cache_data(max_entries=32, show_spinner="Cutting the changes to low ranks.", hash_funcs=BY_DIGEST)
def known_cuts(before: Subject, after: Subject) -> tuple[Cut, ...]:
    """What the cuts cost, measured once for each state of the network."""
    return cuts(before, after)


def changes_table(found: tuple[Change, ...]) -> str:
    """Each layer's change in a Markdown table."""
    lines = [
        "| layer | shape | change | directions for 90 % | random numbers need | rank 1 holds | rank 8 holds |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for one in found:
        rows, columns = one.shape
        lines.append(
            f"| {plain(one.name)} | {rows} × {columns} | {one.size:.1%} | {one.needed} of {min(one.shape)} | "
            f"{one.needed_by_chance} | {one.held(1):.0%} | {one.held(8):.0%} |"
        )
    return "\n".join(lines)


def change_words(found: tuple[Change, ...]) -> str:
    """Whether the changes are of low rank, measured against random numbers."""
    low = [one for one in found if one.needed < LIKE_CHANCE * one.needed_by_chance]
    high = [one for one in found if one not in low]
    told = []
    if low:
        told.append(
            "Lower than chance: "
            + ", ".join(
                f"{plain(one.name)} ({one.needed} directions for 90 %, {one.needed_by_chance})" for one in low[:6]
            )
            + (f" and {len(low) - 6} more" if len(low) > 6 else "")
            + "."
        )
    if high:
        told.append(
            "**Not of low rank:** "
            + ", ".join(f"{plain(one.name)} ({one.needed}, {one.needed_by_chance})" for one in high[:6])
            + (f" and {len(high) - 6} more" if len(high) > 6 else "")
            + "."
        )
    return (
        " ".join(told)
        + " In brackets: how many directions hold 90 % of the squared length of the change, and how many "
        "random numbers of the same shape need. Heads are left out: a new task starts with a new one."
    )


def cut_words(measured: tuple[Cut, ...]) -> str:
    """What a low rank of the change is worth, in numbers."""
    none, whole = measured[0], measured[-1]
    best = measured[-2]
    gained = whole.accuracy - none.accuracy
    text = (
        f"Without the change of these layers (rank 0; head and normalisation stay as fine-tuned) {none.accuracy:.1%} "
        f"are right, with all of it {whole.accuracy:.1%}. Rank {best.rank} of every change, {best.num_weights:,} "
        f"numbers instead of {whole.num_weights:,}, gives {best.accuracy:.1%}"
    )
    if gained > 0:
        text += f": {(best.accuracy - none.accuracy) / gained:.0%} of the gain"
    return (
        f"{text}. To cut a change afterwards is not what LoRA does: it learns within the rank from the start, and can "
        "use it better."
    )


# ---- learning with a low rank ----------------------------------------------------------------------------------------


def _adapting(run: Run) -> None:
    steps = st.segmented_control("Steps", STEPS, default=STEPS[0], required=True, key="pretrained_rank_steps")
    own = run.experiment.material.get("own")  # type: ignore[attr-defined]
    race = race_panel(
        SLUG, "ranks", lambda: entrants(run.settings, own), steps=steps, watched=("test_loss", "test_accuracy"),
        label="Train with each rank",
    )  # fmt: skip
    if race is None:
        st.caption(
            "The pretrained network six times with the same fresh head and the same batches: only the head learns, low "
            "ranks 1, 2, 4 and 8, everything. Each has a rate that suits it."
        )
        return
    counts = [one.look(_num_learning) for one in race.runs]
    accuracies = [columns.last("test_accuracy") for columns in race.histories]
    left, right = st.columns(2, gap="large")
    with left:
        labels = [one.label.removeprefix("low rank, ") for one in race.entrants]
        show(size_points(labels, counts, accuracies, mode()), key="pretrained_rank_sizes")
    with right:
        st.markdown(race_table(race, counts))
        st.caption(
            "A task of its own needs what has learnt, 4 bytes a number; the frozen weights are stored once for all."
        )


def _num_learning(experiment: Any) -> int:
    return int(experiment.num_learning)


def race_table(race: Race, counts: list[int]) -> str:
    """What learns in each, and what a task takes to store, as a Markdown table."""
    most = max(counts)
    lines = ["| | weights that learn | share | kB a task |", "|---|---:|---:|---:|"]
    for entrant, count in zip(race.entrants, counts, strict=True):
        kilo = count * NUMBER_BYTES / 1000
        lines.append(f"| {plain(entrant.label)} | {count:,} | {count / most:.1%} | {kilo:,.1f} |")
    return "\n".join(lines)


# ---- large models ----------------------------------------------------------------------------------------------------


def _large() -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        rank = st.select_slider("Rank r", (1, 2, 4, 8, 16, 32, 64), 8, key="pretrained_rank_large", width=260)
        which = st.segmented_control("Adapted", WHICH, default=WHICH[0], required=True, key="pretrained_rank_which")
    st.markdown(large_table(LARGE, rank, all_layers=which == WHICH[1]))
    st.caption(
        "Worked out from the shapes of the layers, 2 bytes a weight: r (inputs + outputs) for every adapted layer. "
        "While training, gradients and Adam's two moments are kept for these weights only. PEFT stores such parts as "
        "files of their own; QLoRA ([Dettmers et al., 2023](https://arxiv.org/abs/2305.14314)) keeps the frozen "
        "weights in 4 bits besides."
    )


def large_table(models: tuple[Large, ...], rank: int, *, all_layers: bool) -> str:
    """Weights and megabytes of a whole model and of its low-rank parts, as a Markdown table."""
    lines = [
        "| model | weights | a whole copy | low-rank parts | for each task | less by |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for one in models:
        learns, mega = one.num_adapted(rank, all_layers=all_layers), HALF_BYTES / 1e6
        lines.append(
            f"| [{one.name}]({one.source}) | {one.num_weights:,} | {one.num_weights * mega:,.0f} MB | {learns:,} | "
            f"{learns * mega:,.1f} MB | {one.num_weights / learns:,.0f} × |"
        )
    return "\n".join(lines)
