"""Look inside, page `pretrained`: the weights of a trained student rounded to a few bits, and what that costs."""

from functools import partial
from typing import Final

import streamlit as st

from experiments.pretrained_judging import BY_DIGEST, STUDENTS, Subject, is_finite, num_classes, student, weighty
from experiments.pretrained_rounding import BITS, FORMS, PERS, Alone, Cost, alone, costs, part_of
from figures.pretrained_rounding import SCALES, bits_still, layers_still, levels_still
from models.quantisation import Form, Per
from training.run import Run, Snapshot
from ui.still import mode, show
from ui.words import plain, written

QUANTITIES: Final = {"Accuracy": "accuracy", "Loss": "loss"}
KILO: Final = 1000
HEADS: Final = ("a scale a layer", "a scale a row", "for 32 weights")
FORM_WORDS: Final = {
    "symmetric": "as many levels above 0 as below, up to the largest magnitude",
    "min-max": "all levels from the smallest to the largest weight",
}
NO_NUMBERS: Final = "The weights are no numbers any more: reset the run and take a smaller learning rate."


def rounding_tab(run: Run, snapshot: Snapshot) -> None:
    """What rounding costs the whole network, then one layer."""
    st.markdown(
        "**Fewer bits for each weight.** A trained weight is a number of 32 bits. Rounded to evenly spaced levels it "
        "is a small whole number, and a *scale* says what one level is worth. Each row below is a copy of the network "
        "with all its layers rounded, judged now on the test pictures; the run is not touched."
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        name = st.segmented_control("Student", STUDENTS, default=STUDENTS[0], required=True, key="pretrained_round_who")
        form = st.segmented_control("Levels", FORMS, default=FORMS[0], required=True, key="pretrained_round_form")
        what = st.segmented_control(
            "Curves", list(QUANTITIES), default="Accuracy", required=True, key="pretrained_round_what"
        )
    subject: Subject = run.look(partial(student, name=name))
    if not is_finite(subject):
        st.info(NO_NUMBERS)
        return
    found = known_costs(subject, form)
    left, right = st.columns([4, 5], gap="large")
    with left:
        show(bits_still(found, QUANTITIES[what], mode()), key="pretrained_round_bits")
    with right:
        st.markdown(table(found))
        st.caption(f"Accuracy, loss in nats and size in kB. Levels “{form}”: {FORM_WORDS[form]}.")
    st.markdown(words(found, len(subject.y), num_classes(subject)))
    st.divider()
    _one_layer(subject, form, found[0])


@st.cache_data(max_entries=32, show_spinner="Rounding the network in fifteen ways.", hash_funcs=BY_DIGEST)
def known_costs(subject: Subject, form: Form) -> tuple[Cost, ...]:
    """The costs, measured once for each state of a network."""
    return costs(subject, form)


@st.cache_data(max_entries=64, show_spinner="Rounding one layer after the other.", hash_funcs=BY_DIGEST)
def known_layers(subject: Subject, bits: int, per: Per, form: Form) -> tuple[Alone, ...]:
    """The costs of each layer alone, measured once for each state of a network."""
    return alone(subject, bits, per, form)


def table(found: tuple[Cost, ...]) -> str:
    """Accuracy, loss and size for each number of bits and kind of scale, as a Markdown table."""
    lines = ["| bits | " + " | ".join(HEADS) + " |", "|---:|" + "---:|" * len(PERS)]
    lines.append(f"| 32 | {_cell(found[0])} | | |")
    for bits in BITS:
        cells = [_cell(one) for one in found if one.bits == bits]
        lines.append(f"| {bits} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(cost: Cost) -> str:
    return f"{cost.accuracy:.1%} · {cost.loss:.2f} · {cost.num_bytes / KILO:,.0f}".replace(" ", "\N{NO-BREAK SPACE}")


def words(found: tuple[Cost, ...], num_judged: int, num_classes: int) -> str:
    """What the numbers say, and how sure they are."""
    full = found[0]
    eight, four = (next(one for one in found if one.bits == bits and one.per == "row") for bits in (8, 4))
    error = (full.accuracy * (1 - full.accuracy) / num_judged) ** 0.5
    lowest = fewest_bits(found, error)
    few = "No way of rounding keeps it that close."
    if full.accuracy < 1 / num_classes + 2 * error:
        few = "Who guesses loses nothing by rounding: train until it knows something."
    elif lowest is not None:
        few = (
            f"The smallest copy that stays within that has **{lowest.bits} bits** and {SCALES[lowest.per]}: "
            f"{lowest.num_bytes / KILO:,.0f} kB."
        )
    return (
        f"With 8 bits and a scale for each row it takes **{full.num_bytes / eight.num_bytes:.1f} times less room** and "
        f"gets {eight.accuracy:.1%} right instead of {full.accuracy:.1%}; with 4 bits {four.accuracy:.1%}, in "
        f"{four.num_bytes / KILO:,.0f} of {full.num_bytes / KILO:,.0f} kB. {num_judged} pictures judge, so an accuracy "
        f"is sure to about ±{error:.1%} only, and a copy may seem better than the original by luck; the loss is finer. "
        f"{few}"
    )


def fewest_bits(found: tuple[Cost, ...], error: float) -> Cost | None:
    """The smallest of the rounded networks whose accuracy is at most one standard error below the original's."""
    good = [one for one in found[1:] if one.accuracy >= found[0].accuracy - error]
    return min(good, key=lambda one: one.num_bytes, default=None)


# ---- one layer -------------------------------------------------------------------------------------------------------


def _one_layer(subject: Subject, form: Form, full: Cost) -> None:
    """Where the levels lie among the weights of a layer, and what rounding each layer alone costs."""
    names = list(weighty(subject.network))
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        bits = st.segmented_control("Bits", BITS, default=3, required=True, key="pretrained_round_few")
        per = st.segmented_control(
            "A scale for each", PERS, default="tensor", required=True, key="pretrained_round_per"
        )
        name = st.selectbox(
            "Layer", names, index=min(2, len(names) - 1), key=f"pretrained_round_layer_{len(names)}", width=200
        )
        first = part_of(subject, name, bits, per, form, 0)
        number = 0
        if first.num_parts > 1:
            number = (
                st.number_input(
                    f"Scale, of {first.num_parts:,}",
                    1,
                    first.num_parts,
                    key=f"pretrained_round_part_{name}_{per}",
                    width=160,
                )
                - 1
            )
    part = part_of(subject, name, bits, per, form, number)
    left, right = st.columns([5, 4], gap="large")
    with left:
        show(levels_still(part, name, mode()), key="pretrained_round_levels")
        st.caption(
            f"{len(part.weights):,} of {len(part.layer):,} weights share this scale: {len(part.levels)} levels, "
            f"{part.scale:.3g} apart. In all of {plain(name)} rounding moves the weights by {part.error:.1%} of their "
            "length."
        )
    with right:
        layers = known_layers(subject, bits, per, form)
        show(layers_still(layers, full.loss, mode()), key="pretrained_round_layers")
        st.markdown(worst_words(layers, full, bits))


def worst_words(layers: tuple[Alone, ...], full: Cost, bits: int) -> str:
    """Which layer suffers most, and whether it is the largest."""
    worst, largest = layers[0], max(layers, key=lambda one: one.num_weights)
    rise = worst.loss - full.loss
    if rise <= 0:
        return f"With {bits} bits, no layer rounded alone makes the loss larger."
    text = (
        f"**{plain(worst.name)} costs most:** rounded alone to {bits} bits it raises the loss by "
        f"{written(rise, '.3f')} nats, with {worst.num_weights:,} weights."
    )
    if worst is not largest:
        text += (
            f" The largest layer, {plain(largest.name)} with {largest.num_weights:,}, changes it by "
            f"{written(largest.loss - full.loss, '+.3f')}: size is not what makes a layer sensitive."
        )
    return text
