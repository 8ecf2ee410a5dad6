"""Batch size on the page `optimizers`: how far a batch's gradient strays, measured in a network on real data."""

from typing import Final

import streamlit as st

from experiments.gradient_noise import NUM_ARROWS, NUM_DRAWS, STEPS, GradientNoise, measure_noise
from figures.optimizers_measured import arrows_still, noise_still
from ui.knobs import IN_URL
from ui.still import mode, show
from ui.words import tex

KEPT: Final = "_optimizers_study_noise"


def noise_part() -> None:
    """The noise over the batch size, and the gradients of some batches as arrows."""
    kept: dict[int, GradientNoise] = st.session_state.setdefault(KEPT, {})
    st.markdown(
        "**A batch only guesses the gradient.** It is the average of the gradients of its examples, so it strays from "
        "the average of all. Twice the batch halves the squared error, and costs twice the work."
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        with st.container(width=320):
            num_steps = st.select_slider(
                "Trained before, in steps", STEPS, STEPS[0], key="optimizers_study_noise_steps", **IN_URL
            )
        slot = st.empty()
        if num_steps not in kept and slot.button(
            "Measure the gradients", key="optimizers_study_noise_go", type="primary"
        ):
            with slot, st.spinner("Training, then one gradient for each of the training examples."):
                kept[num_steps] = measure_noise(num_steps)
            slot.empty()
        if num_steps in kept:
            with st.container(width=420):
                sizes = kept[num_steps].batch_sizes.tolist()
                size = int(
                    st.select_slider("Batch size", sizes, sizes[4], key="optimizers_study_noise_batch", **IN_URL)
                )
    if num_steps not in kept:
        st.caption("The breast-cancer table, a network of 8-8 and plain gradient descent; it takes about a second.")
        return
    _pictures(kept[num_steps], size)
    _comparison(kept)


def _pictures(seen: GradientNoise, size: int) -> None:
    row = seen.batch_sizes.tolist().index(size)
    left, right = st.columns(2, gap="large")
    with left:
        show(noise_still(seen, size, mode()), key="optimizers_study_noise")
        st.latex(
            rf"\frac{{\mathrm{{tr}}\,\Sigma}}{{|G|^2}} = \frac{{{tex(seen.trace)}}}{{({tex(seen.length)})^2}} = "
            rf"{tex(seen.noise_scale)}"
        )
        st.caption(
            f"The noise scale, in examples: where the dashed line meets |G|². Measured with {NUM_DRAWS} batches of "
            f"each size. Batches are drawn without putting back, so a batch of all {seen.num_examples} has no noise "
            "left: the dotted line."
        )
    with right:
        show(arrows_still(seen, row, mode()), key="optimizers_study_arrows")
        st.markdown(
            f"Batches of **{size}**: mean cosine to the gradient of all **{seen.agreement[row]:.2f}**; "
            f"**{seen.uphill[row]:.0%}** point against it."
        )
        st.caption(
            f"{NUM_ARROWS} batches. Across: the direction of the gradient of all examples. Up: the direction at a "
            "right angle to it in which the examples differ most. Both axes change their scale with the batch size."
        )


def _comparison(kept: dict[int, GradientNoise]) -> None:
    if len(kept) < 2:
        st.caption("Measure after more steps too: the noise scale is no constant.")
        return
    lines = ["| steps before | length of the gradient | tr Σ | noise scale |", "|---:|---:|---:|---:|"]
    for steps, seen in sorted(kept.items()):
        lines.append(f"| {steps} | {seen.length:.3g} | {seen.trace:.3g} | {seen.noise_scale:,.0f} |")
    st.markdown("\n".join(lines))
    st.caption(
        "As training goes on the common part of the gradients shrinks, while the examples still disagree: late in "
        "training larger batches, or smaller steps, pay."
    )
