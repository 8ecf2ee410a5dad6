"""Pretrained models: the page."""

from typing import Any

import streamlit as st

from experiments.pretrained import PretrainedExperiment
from experiments.pretrained_lessons import LESSONS
from experiments.pretrained_settings import OWN, PretrainedSettings
from ui.compare import compare
from ui.frame import heading, run_knobs, section, stage
from ui.health import health
from ui.knobs import complain_about_url, knobs
from ui.lessons import lessons
from ui.own_images import material, own_images
from ui.pretrained_data import about_the_start
from ui.pretrained_find import FIND
from ui.pretrained_inside import look_inside, shelf
from ui.pretrained_live import SLUG, draw_students
from ui.pretrained_use import USE
from ui.runs import open_run
from ui.source import source_panel
from ui.take_home import take_home
from ui.trials import conduct, start_asked
from ui.words import plain

brought: dict[str, Any] = {"own": None, "key": None}


def bring(data: str) -> None:
    """The visitor's own pictures, where they are asked for."""
    if data == OWN:
        brought["own"], brought["key"] = own_images(SLUG)


def build(settings: PretrainedSettings) -> PretrainedExperiment:
    """The experiment on the visitor's own pictures, where the settings ask for them."""
    return PretrainedExperiment(settings, brought["own"])


heading(SLUG, PretrainedSettings, material(SLUG))
complain_about_url(PretrainedSettings, SLUG)
conduct(SLUG)

with st.sidebar:
    settings = knobs(
        PretrainedSettings,
        SLUG,
        {"Pictures": True, "Network": True, "Training": True, "Run": False, "View": False},
        after={"data": bring, "start": about_the_start, "Run": lambda _: run_knobs(SLUG)},
    )
run, sentence = open_run(SLUG, build, settings, brought["key"])
start_asked(run, SLUG)

if sentence:
    st.info(plain(sentence))
stage(run, SLUG, draw_students)
health(run, SLUG)

if USE:
    section("Use one")
    shelf(USE, "pretrained_use", run, run.poll())

section("Look inside")
look_inside(run, run.poll())

if FIND:
    section("Find one")
    shelf(FIND, "pretrained_find", run, run.poll())

section("Compare")
compare(run, SLUG, material(SLUG))

section("Try this")
lessons(run, SLUG, PretrainedSettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**Two parts.** A network is a body φ that makes features of a picture, and a head that is linear in them. The "
        "body was trained on a source task with many labels: weights θ₀."
    )
    st.latex(r"z = W\, \varphi_\theta(x) + b, \qquad p = \mathrm{softmax}(z)")
    st.markdown(
        "**Frozen features.** Only the head learns. The features of each picture never change, so they are worked out "
        "once; what is left is logistic regression, whose loss has a single minimum."
    )
    st.latex(r"\min_{W,\, b}\ \frac1N \sum_{i=1}^{N} \ell\big(W \varphi_{\theta_0}(x_i) + b,\ y_i\big)")
with right:
    st.markdown(
        "**Fine-tuning.** Everything learns, from θ₀; the body with a share s of the rate η, because the fresh head "
        "sends it wild gradients at first. With s = 0 it is the frozen student."
    )
    st.latex(r"\theta \leftarrow \theta - s\,\eta\, \nabla_\theta L, \qquad (W, b) \leftarrow (W, b) - \eta\, \nabla L")
    st.markdown(
        "**From scratch** is the same with random θ and s = 1. **What moved** is measured against the length of the "
        "pretrained weights:"
    )
    st.latex(r"\frac{\lVert \theta - \theta_0 \rVert}{\lVert \theta_0 \rVert}")
    st.markdown(
        "**Batch statistics.** Normalisation subtracts a mean and divides by a deviation. Kept ones come from the "
        "source; those of a batch of a few pictures are noisy, but belong to the new task."
    )

section("The code")
source_panel(SLUG)
take_home(run, SLUG, material(SLUG))

section("Where next")
st.markdown(
    "- Donahue et al., [DeCAF](https://arxiv.org/abs/1310.1531), 2013: features of one task serve for others.\n"
    "- Yosinski, Clune, Bengio & Lipson, [How transferable are features in deep neural networks?]"
    "(https://arxiv.org/abs/1411.1792), 2014: the first layers are general, the last ones special.\n"
    "- Kornblith, Shlens & Le, [Do better ImageNet models transfer better?](https://arxiv.org/abs/1805.08974), 2018.\n"
    "- He, Girshick & Dollár, [Rethinking ImageNet pre-training](https://arxiv.org/abs/1811.08883), 2018: with enough "
    "pictures and steps, starting from scratch catches up.\n"
    "- Howard & Ruder, [ULMFiT](https://arxiv.org/abs/1801.06146), 2018: a rate for each layer, for texts.\n"
    "- Ha & Eck, [A neural representation of sketch drawings](https://arxiv.org/abs/1704.03477), 2017: where the "
    "drawings come from.\n"
    "- Ready to use: [timm](https://huggingface.co/timm) and [torchvision]"
    "(https://pytorch.org/vision/stable/models.html) have hundreds of pretrained networks for pictures, and "
    "[transformers](https://huggingface.co/docs/transformers/index) has them for texts."
)
