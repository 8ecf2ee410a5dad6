"""Convolutional networks: the page."""

from typing import Any

import streamlit as st

from experiments.cnn import CNNExperiment
from experiments.cnn_lessons import LESSONS
from experiments.cnn_settings import OWN, CNNSettings
from ui.cnn_inside import look_inside
from ui.cnn_live import draw_network, view_knobs
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

SLUG = "cnn"
brought: dict[str, Any] = {"own": None, "key": None}


def bring(data: str) -> None:
    """The visitor's own pictures, where they are asked for."""
    if data == OWN:
        brought["own"], brought["key"] = own_images(SLUG)


def build(settings: CNNSettings) -> CNNExperiment:
    """The experiment on the visitor's own pictures, where the settings ask for them."""
    return CNNExperiment(settings, brought["own"])


heading(SLUG, CNNSettings, material(SLUG))
complain_about_url(CNNSettings, SLUG)
conduct(SLUG)

with st.sidebar:
    settings = knobs(
        CNNSettings,
        SLUG,
        {"Pictures": True, "Network": True, "Training": True, "Run": False, "View": False},
        after={"data": bring, "Run": lambda _: run_knobs(SLUG), "View": lambda _: view_knobs()},
    )
run, sentence = open_run(SLUG, build, settings, brought["key"])
start_asked(run, SLUG)

if sentence:
    st.info(plain(sentence))
stage(run, SLUG, draw_network)
health(run, SLUG)

section("Look inside")
look_inside(run, run.poll())

section("Compare")
compare(run, SLUG, material(SLUG))

section("Try this")
lessons(run, SLUG, CNNSettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**Convolution.** A map is made by one kernel that slides over all input channels. At each place it takes the "
        "weighted sum of what lies under it, and adds its bias."
    )
    st.latex(r"z_f[i, j] = b_f + \sum_{c=1}^{C} \sum_{u,v=1}^{k} w_{f,c}[u, v] \; x_c[s\,i + u - p,\; s\,j + v - p]")
    st.markdown(
        "**How large the maps are.** With pictures of side W, kernels of side K, P zeros on each side and a stride of "
        "S; what the fraction leaves over is dropped, because a kernel has no half place."
    )
    st.latex(r"W' = \left\lfloor \frac{W - K + 2P}{S} \right\rfloor + 1")
with right:
    st.markdown(
        "**Shared weights.** Moving the picture moves the maps by as much (equivariance): the same kernel finds the "
        "same edge anywhere. Pooling keeps the largest value of each square, so that a small shift changes little."
    )
    st.latex(r"z[T x] = T z[x], \qquad y[i, j] = \max_{0 \le u, v < 2} \mathrm{ReLU}\big(z[2i + u, 2j + v]\big)")
    st.markdown("**Loss.** The logits become probabilities; the loss is the surprise at the right class.")
    st.latex(r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}, \qquad L = -\frac{1}{B}\sum_{i=1}^{B} \ln p^{(i)}_{y_i}")

section("The code")
source_panel(SLUG)
take_home(run, SLUG, material(SLUG))

section("Where next")
st.markdown(
    "- Fukushima, [Neocognitron](https://doi.org/10.1007/BF00344251), 1980: local features, found everywhere.\n"
    "- LeCun, Bottou, Bengio & Haffner, [Gradient-based learning applied to document recognition]"
    "(https://doi.org/10.1109/5.726791), 1998: the network that read cheques.\n"
    "- Krizhevsky, Sutskever & Hinton, [ImageNet classification with deep convolutional neural networks]"
    "(https://doi.org/10.1145/3065386), 2012.\n"
    "- Szegedy et al., [Going deeper with convolutions](https://arxiv.org/abs/1409.4842), 2014: Inception.\n"
    "- He, Zhang, Ren & Sun, [Deep residual learning](https://arxiv.org/abs/1512.03385), 2015: a hundred layers.\n"
    "- Selvaraju et al., [Grad-CAM](https://arxiv.org/abs/1610.02391), 2016, and Zeiler & Fergus, "
    "[Visualizing and understanding convolutional networks](https://arxiv.org/abs/1311.2901), 2013.\n"
    "- Ready to use: [timm](https://huggingface.co/timm) has hundreds of trained networks, and "
    "[YOLO](https://docs.ultralytics.com/) finds and outlines things in pictures."
)
