"""Data augmentation: the page."""

from typing import Any

import streamlit as st

from experiments.augmentation import AugmentationExperiment
from experiments.augmentation_lessons import LESSONS
from experiments.augmentation_settings import OWN, AugmentationSettings
from ui.augmentation_amounts import amounts
from ui.augmentation_inside import look_inside
from ui.augmentation_live import draw_twins
from ui.compare import compare
from ui.frame import heading, run_knobs, section, stage
from ui.health import health
from ui.knobs import complain_about_url, knobs
from ui.lessons import lessons
from ui.own_images import material, own_images
from ui.runs import open_run
from ui.source import source_panel
from ui.take_home import take_home
from ui.trials import conduct, start_asked
from ui.words import plain

SLUG = "augmentation"
brought: dict[str, Any] = {"own": None, "key": None}


def bring(data: str) -> None:
    """The visitor's own pictures, where they are asked for."""
    if data == OWN:
        brought["own"], brought["key"] = own_images(SLUG)


def build(settings: AugmentationSettings) -> AugmentationExperiment:
    """The experiment on the visitor's own pictures, where the settings ask for them."""
    return AugmentationExperiment(settings, brought["own"])


heading(SLUG, AugmentationSettings, material(SLUG))
complain_about_url(AugmentationSettings, SLUG)
conduct(SLUG)

with st.sidebar:
    settings = knobs(
        AugmentationSettings,
        SLUG,
        {
            "Pictures": True,
            "Augmentation": True,
            "Altered test": False,
            "Network": False,
            "Training": False,
            "Run": False,
        },
        after={"data": bring, "Run": lambda _: run_knobs(SLUG)},
    )
run, sentence = open_run(SLUG, build, settings, brought["key"])
start_asked(run, SLUG)

if sentence:
    st.info(plain(sentence))
stage(run, SLUG, draw_twins)
health(run, SLUG)

section("Look inside")
look_inside(run, run.poll())

section("Compare")
amounts(run.settings, build)
compare(run, SLUG, material(SLUG))

section("Try this")
lessons(run, SLUG, AugmentationSettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**The loss is averaged over changes.** Besides the pictures x with their classes y, there is a set of changes "
        "t, drawn anew each time, that leave the class as it is. What is minimised is the mean over both."
    )
    st.latex(r"L(\theta) = \mathbb{E}_{(x, y)} \; \mathbb{E}_{t \sim T} \big[ \ell\big(f_\theta(t(x)),\, y\big) \big]")
    st.markdown(
        "**Moving pixels.** Crop, mirror, rotation, shift and perspective say where each pixel p of the result comes "
        "from; multiplied, they are one matrix, and the picture is read between its pixels once."
    )
    st.latex(r"x'(p) = x(M p), \qquad M = C \, F \, R \, S \, P")
with right:
    st.markdown("**Mixing.** Two pictures and what they are, in the same proportion, drawn anew for each batch.")
    st.latex(r"x' = \lambda x_i + (1 - \lambda) x_j, \qquad y' = \lambda y_i + (1 - \lambda) y_j")
    st.markdown(
        "**Normalising** comes last, with the same two numbers in training and in tests. **Averaging** asks the "
        "trained network about n changed copies of one picture."
    )
    st.latex(r"x'' = \frac{x' - 0.5}{0.5}, \qquad p(y \mid x) = \frac{1}{n} \sum_{i=1}^{n} f_\theta(t_i(x))_y")

section("The code")
source_panel(SLUG)
take_home(run, SLUG, material(SLUG))

section("Where next")
st.markdown(
    "- Simard, Steinkraus & Platt, [Best practices for convolutional neural networks]"
    "(https://doi.org/10.1109/ICDAR.2003.1227801), 2003: distorted digits, and why they help.\n"
    "- Krizhevsky, Sutskever & Hinton, [ImageNet classification]"
    "(https://doi.org/10.1145/3065386), 2012: crops and mirrors in training, and averaging in the test.\n"
    "- Zhang et al., [mixup](https://arxiv.org/abs/1710.09412), 2017; Yun et al., "
    "[CutMix](https://arxiv.org/abs/1905.04899), 2019; Zhong et al., [random erasing]"
    "(https://arxiv.org/abs/1708.04896), 2017.\n"
    "- Cubuk et al., [RandAugment](https://arxiv.org/abs/1909.13719), 2019: strengths found by trying.\n"
    "- Ready to use: [torchvision's transforms](https://docs.pytorch.org/vision/stable/transforms.html)."
)
