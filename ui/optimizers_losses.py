"""Loss functions on the page `optimizers`: curves, one outlier, softmax by hand, a rare class, the wrong question."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import streamlit as st

from experiments.class_weights import NUM_STEPS, Weighted, compare_weights, training_counts
from experiments.loss_functions import (
    FITS,
    OUTLIER,
    Kind,
    Softmax,
    best_gap,
    fit,
    loss_curves,
    outlier_points,
    softmax_gradient,
)
from experiments.loss_race import STEPS, entrants
from figures.optimizers_study import fits_still, loss_still, recalls_still, softmax_still
from ui.knobs import IN_URL
from ui.race import race_panel
from ui.still import mode, show
from ui.words import factor, tex, written

KINDS: Final[Mapping[str, Kind]] = {"A number": "numbers", "A class": "classes"}
CLASSES: Final = ("cat", "dog", "bird")
RARE: Final = (3, 5, 10, 20, 100)
WEIGHTED: Final = "_optimizers_study_weighted"


def losses_part() -> None:
    """A choice of questions about losses; only the chosen one is drawn."""
    chosen = st.segmented_control(
        "Losses",
        list(PARTS),
        default=next(iter(PARTS)),
        required=True,
        key="optimizers_study_losses",
        label_visibility="collapsed",
        **IN_URL,
    )
    PARTS[chosen]()


def curves_part() -> None:
    """Every loss and its slope over the output, with the numbers at one output."""
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        asked = st.segmented_control(
            "What is predicted",
            list(KINDS),
            default="A number",
            required=True,
            key="optimizers_study_loss_kind",
            **IN_URL,
        )
        kind = KINDS[asked]
        with st.container(width=420):
            title = "error, output − truth" if kind == "numbers" else "logit z of the right class"
            start = 2.0 if kind == "numbers" else -4.0
            here = st.slider(title.capitalize(), -6.0, 6.0, start, 0.1, key=f"optimizers_study_loss_{kind}", **IN_URL)
    curves = loss_curves(kind, np.linspace(-6, 6, 241))
    left, right = st.columns(2, gap="large")
    with left:
        still = loss_still(curves, here, mode(), is_slope=False, title=title, limits=(-0.3, 8.0))
        show(still, key="optimizers_study_loss_curves")
    with right:
        limits = (-6.5, 6.5) if kind == "numbers" else (-1.2, 0.4)
        show(
            loss_still(curves, here, mode(), is_slope=True, title=title, limits=limits),
            key="optimizers_study_loss_slopes",
        )
    table, words = st.columns(2, gap="large")
    table.markdown(_loss_table(kind, here))
    words.markdown(NUMBERS_WORDS if kind == "numbers" else CLASSES_WORDS)


NUMBERS_WORDS: Final = (
    "The slope is the pull on the output. **MSE** pulls the harder the larger the error: one wild value outweighs many "
    "good ones. **MAE** pulls with the same strength everywhere, and still does so right beside the truth. **Huber** "
    "is MSE near the truth (halved) and MAE beyond an error of 1."
)
CLASSES_WORDS: Final = (
    "A **confident mistake** is a very negative z. Cross-entropy and hinge pull at full strength there. The squared "
    "error of the probability is flat: its slope holds p (1 − p), which is near 0 on both sides, so the worst mistakes "
    "are hardly corrected. Hinge is content from z = 1 on; cross-entropy never is. With two classes, the cross-entropy "
    "of the logits 0 and z is the BCE of z: the two lines are one."
)


def _loss_table(kind: Kind, here: float) -> str:
    formulas = {
        "MSE": rf"({tex(here)})^2",
        "MAE": rf"\vert {tex(here)} \vert",
        "Huber": rf"\tfrac12 ({tex(here)})^2" if abs(here) <= 1 else rf"\vert {tex(here)} \vert - \tfrac12",
        "Cross-entropy": rf"-\ln \frac{{e^{{{tex(here)}}}}}{{e^0 + e^{{{tex(here)}}}}}",
        "BCE with logits": rf"\ln(1 + e^{{{tex(-here)}}})",
        "Hinge": rf"\max(0,\, 1 - {factor(here)})",
        "MSE of the probability": rf"(\sigma({tex(here)}) - 1)^2",
    }
    lines = ["| Loss | with the numbers | loss | slope |", "|---|---|---:|---:|"]
    for curve in loss_curves(kind, np.array([here])):
        value, slope = written(curve.values[0], ".3f"), written(curve.slopes[0] + 0.0, ".3f")
        lines.append(f"| {curve.name} | ${formulas[curve.name]}$ | {value} | {slope} |")
    return "\n".join(lines)


def outlier_part() -> None:
    """Lines fitted under three losses while one point is moved away."""
    with st.container(width=420):
        height = st.slider(
            "Height of one point above the line", -4.0, 16.0, 8.0, 0.5, key="optimizers_study_outlier", **IN_URL
        )
    x, y = outlier_points(height)
    line, level = np.stack([np.ones_like(x), x], axis=1), np.ones((len(x), 1))
    found = {loss: fit(line, y, loss) for loss in FITS}
    picture, words = st.columns([7, 4], gap="large")
    with picture:
        lines = {loss: (float(one[0]), float(one[1])) for loss, one in found.items()}
        show(fits_still(x, y, OUTLIER, lines, mode()), key="optimizers_study_fits")
    with words:
        st.markdown(
            "**One outlier.** Ten points lie near the line 1 + 0.5 x; move the eleventh. The line of least squares "
            "follows it, because its error counts squared. Under MAE only its side counts, not how far it is. "
            "Huber counts it as MAE does, and the points near the line as MSE does."
        )
        rows = ["| Loss | line | best single number |", "|---|---|---:|"]
        for loss, (low, slope) in lines.items():
            rows.append(f"| {loss} | {low:.2f} + {slope:.2f} x | {float(fit(level, y, loss)[0]):.2f} |")
        st.markdown("\n".join(rows))
        st.caption(
            f"The best single number is the mean under MSE ({y.mean():.2f}) and the median under MAE "
            f"({np.median(y):.2f}). The lines are fitted exactly, not trained."
        )


def softmax_part() -> None:
    """Three logits to move, and why the slope of the loss is p − y."""
    sliders, knobs = st.columns([7, 4], gap="large")
    with sliders:
        logits = tuple(
            column.slider(f"Logit of {name}", -5.0, 5.0, start, 0.1, key=f"optimizers_study_logit_{name}", **IN_URL)
            for column, name, start in zip(st.columns(3), CLASSES, (2.0, 1.0, -1.0), strict=True)
        )
    with knobs, st.container(horizontal=True):
        right = st.segmented_control(
            "Right class", CLASSES, default=CLASSES[1], required=True, key="optimizers_study_right_class", **IN_URL
        )
        with st.container(width=180):
            smoothing = st.slider("Label smoothing", 0.0, 0.5, 0.0, 0.05, key="optimizers_study_smoothing", **IN_URL)
    seen = softmax_gradient(logits, CLASSES.index(right), smoothing)
    picture, words = st.columns([7, 5], gap="large")
    with picture:
        show(softmax_still(seen, CLASSES, mode()), key="optimizers_study_softmax")
    with words:
        _softmax_words(seen, CLASSES.index(right), smoothing)


def _softmax_words(seen: Softmax, right: int, smoothing: float) -> None:
    powers = " + ".join(rf"e^{{{tex(z)}}}" for z in seen.logits)
    first = rf"p_{{\text{{{CLASSES[right]}}}}} &= \frac{{e^{{{tex(seen.logits[right])}}}}}{{{powers}}}"
    second = rf"\frac{{\partial L}}{{\partial z}} &= p - y = {tex(seen.chances[right])} - {tex(seen.wanted[right])}"
    st.latex(
        rf"\begin{{aligned}} {first} = {tex(seen.chances[right])} \\ L &= {tex(seen.loss)} \\ "
        rf"{second} = {tex(seen.gradient[right])} \end{{aligned}}"
    )
    st.markdown(
        "**Why p − y?** The loss is −ln p of the right class, that is ln Σ eᶻ − z of the right class. The slope of the "
        "first part is the softmax itself, p; the second takes 1 away at the right class. Nothing else is left: no "
        "flat part, and no slope once p = y."
    )
    if smoothing:
        most, least = f"{seen.wanted[right]:.3g}", f"{smoothing / len(CLASSES):.3g}"
        st.markdown(
            f"**Label smoothing** asks for {most} instead of 1, and for {least} instead of 0. The loss is least where "
            f"the right logit stands ln({most} / {least}) = **{best_gap(len(CLASSES), smoothing):.2f}** above the "
            "others; without smoothing it pulls the logits apart for ever."
        )


def rare_part() -> None:
    """Class weights: a real table with few of one class, trained with and without them."""
    kept: dict[int, list[Weighted]] = st.session_state.setdefault(WEIGHTED, {})
    picture, words = st.columns([7, 4], gap="large")
    with words:
        st.markdown(
            "**A rare class.** The breast-cancer table, but the training rows keep only a few malignant tumours. Who "
            "calls everything benign is then nearly always right, and finds no cancer. A class weight lets each rare "
            "example count for more: N examples, K classes, n of the rare one."
        )
        num_rare = st.select_slider("Malignant tumours to learn from", RARE, 5, key="optimizers_study_rare", **IN_URL)
        rare, common = training_counts(num_rare)
        weight = (rare + common) / (2 * rare)
        st.latex(rf"w = \frac{{N}}{{K n}} = \frac{{{rare} + {common}}}{{2 \cdot {rare}}} = {tex(weight)}")
        slot = st.empty()
        label = "Train with and without weights"
        if num_rare not in kept and slot.button(label, key="optimizers_study_rare_go", type="primary"):
            with slot, st.spinner("Training ten small networks."):
                kept[num_rare] = compare_weights(num_rare)
            slot.empty()
        if num_rare in kept:
            st.markdown(_recall_table(kept[num_rare]))
            st.caption(f"Means over five splits, on the test rows; {NUM_STEPS} steps of Adam each, 8 hidden neurons.")
    if num_rare in kept:
        with picture:
            show(recalls_still(kept[num_rare], mode()), key="optimizers_study_recalls")
    else:
        picture.caption("The picture appears when the networks are trained; it takes about half a second.")


def _recall_table(found: list[Weighted]) -> str:
    lines = ["| Loss | malignant found | benign right | all right |", "|---|---:|---:|---:|"]
    for is_weighted, name in ((False, "unweighted"), (True, "weighted")):
        some = [one for one in found if one.is_weighted == is_weighted]
        rows = np.array([(one.rare_recall, one.common_recall, one.accuracy) for one in some])
        lines.append(f"| {name} | " + " | ".join(f"{value:.0%}" for value in rows.mean(0)) + " |")
    return "\n".join(lines)


def question_part() -> None:
    """A loss that does not match the question, raced against one that does."""
    st.markdown(
        "**The wrong question.** Handwritten digits are ten classes. MSE treats a class as numbers to hit, 1 for the "
        "right output and 0 for the others. It pulls back an output that is right by more than that, and pulls on a "
        "mistake only in proportion to the distance. The same network, the same data, the same rate:"
    )
    race_panel(
        "optimizers",
        "question",
        entrants,
        steps=STEPS,
        watched=("accuracy", "test_accuracy"),
        label="Train both",
    )
    st.caption(
        "The losses themselves cannot be compared, they have different units; what counts is how many are right."
    )


PARTS: Final[Mapping[str, Callable[[], None]]] = {
    "Curves and slopes": curves_part,
    "One outlier": outlier_part,
    "Softmax and cross-entropy": softmax_part,
    "A rare class": rare_part,
    "The wrong question": question_part,
}
