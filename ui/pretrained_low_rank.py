"""Look inside, page `pretrained`: how low the rank of what fine-tuning changes is, and training with a low rank."""

from typing import Any, Final

import streamlit as st

from experiments.pretrained_adapting import HEAD_RATE, NUMBER_BYTES, SHARES, STEPS, entrants
from experiments.pretrained_judging import BY_DIGEST, Subject, before_and_after, is_finite
from experiments.pretrained_low_rank import RANKS, Change, Cut, changes, cuts, has_changed
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
LOW: Final = RANKS[-1]  # what needs more directions than this is not called low rank
MOST_NAMED: Final = 6  # layers in a sentence
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
    _adapting(run, snapshot)
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
    st.markdown(cut_words(measured, len(after.y)))
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
    """Whether the changes are of low rank, measured against the largest rank tried and against random numbers."""
    low = [one for one in found if one.needed <= min(LOW, min(one.shape) // 2)]
    high = [one for one in found if one not in low]
    told = []
    if low:
        told.append(f"Of low rank: {_listed(low)}.")
    if high:
        told.append(f"**Not of low rank:** {_listed(high)}.")
    return (
        f"{' '.join(told)} In brackets: so many directions hold 90 % of the squared length of the change; random "
        f"numbers of the same shape and length need so many. Low is called what needs {LOW} at most, and at most "
        "half of all. The head is left out: a new task starts with a new one."
    )


def _listed(some: list[Change]) -> str:
    told = [
        f"{plain(one.name)} ({one.needed} of {min(one.shape)}, random {one.needed_by_chance})"
        for one in some[:MOST_NAMED]
    ]
    more = len(some) - MOST_NAMED
    return ", ".join(told) + (f" and {more} more" if more > 0 else "")


def cut_words(measured: tuple[Cut, ...], num_judged: int) -> str:
    """What a low rank of the change is worth, in numbers."""
    none, whole = measured[0], measured[-1]
    best = measured[-2]
    error = (whole.accuracy * (1 - whole.accuracy) / num_judged) ** 0.5
    gained = whole.accuracy - none.accuracy
    text = (
        f"Without the change of these layers (rank 0; head and normalisation stay as fine-tuned) {none.accuracy:.1%} "
        f"are right, with all of it {whole.accuracy:.1%}. Rank {best.rank} of every change, {best.num_weights:,} "
        f"numbers instead of {whole.num_weights:,}, gives {best.accuracy:.1%}"
    )
    if gained > 2 * error:
        text += f": {(best.accuracy - none.accuracy) / gained:.0%} of the gain"
    else:
        text += f". So far these changes brought no gain that {num_judged} test pictures could show"
    return f"{text}. To cut a change afterwards is not what LoRA does: it learns within the rank from the start."


# ---- learning with a low rank ----------------------------------------------------------------------------------------


def _adapting(run: Run, snapshot: Snapshot) -> None:
    steps = st.segmented_control("Steps", STEPS, default=STEPS[0], required=True, key="pretrained_rank_steps")
    own = run.experiment.material.get("own")  # type: ignore[attr-defined]
    race = race_panel(
        SLUG, "ranks", lambda: entrants(run.settings, own), steps=steps, watched=("loss", "test_loss", "test_accuracy"),
        label="Train with each rank",
    )  # fmt: skip
    if race is None:
        st.caption(
            "The pretrained network six times with the same fresh head and the same batches: only the head learns; the "
            "head and ranks 1, 2, 4 or 8; everything. Normalisation keeps its statistics. The head's rate is "
            f"{HEAD_RATE:g} each time, the body's {HEAD_RATE * SHARES['low rank']:g} for low ranks and "
            f"{HEAD_RATE * SHARES['in full']:g} in full."
        )
        return
    num_tests = snapshot.observation.num_judged  # type: ignore[attr-defined]
    ends = [(columns.last("loss"), columns.last("test_accuracy")) for columns in race.histories]
    st.markdown(race_words([one.label for one in race.entrants], ends, num_tests))
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


def race_words(labels: list[str], ends: list[tuple[float, float]], num_tests: int) -> str:
    """How far each learnt its pictures, and whether the test tells them apart.

    Args:
        labels: of the racers: the head alone first, everything last.
        ends: training loss and test accuracy of each.
        num_tests: how many pictures the accuracy is of.
    """
    losses, accuracies = [loss for loss, _ in ends], [accuracy for _, accuracy in ends]
    best = max(range(len(ends)), key=accuracies.__getitem__)
    error = (accuracies[best] * (1 - accuracies[best]) / num_tests) ** 0.5
    near = sum(accuracy >= accuracies[best] - 2 * error for accuracy in accuracies)
    text = (
        f"**Training loss** {losses[0]:.3f} with the head alone, {losses[-2]:.3f} with {plain(labels[-2])}, "
        f"{losses[-1]:.3f} in full. **Test accuracy** is best with {plain(labels[best])}, {accuracies[best]:.1%}; "
    )
    if near == len(ends):
        text += (
            f"but the {num_tests} test pictures do not tell the {near} apart: two standard errors are {2 * error:.1%}."
        )
    else:
        text += f"{near} of {len(ends)} are within two standard errors of it ({2 * error:.1%})."
    if best == 0:
        text += " Features that fit the pictures already need a new head and nothing else."
    return text


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
