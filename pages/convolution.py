"""Convolution: the page."""

import streamlit as st

from experiments.convolution import ConvolutionExperiment
from experiments.convolution_lessons import LESSONS
from experiments.convolution_settings import ConvolutionSettings
from ui.compare import compare
from ui.convolution_inside import look_inside
from ui.convolution_live import draw_search, view_knobs
from ui.frame import heading, run_knobs, section, stage
from ui.health import health
from ui.knobs import complain_about_url, knobs
from ui.lessons import lessons
from ui.runs import open_run
from ui.source import source_panel
from ui.take_home import take_home
from ui.trials import conduct, start_asked
from ui.words import plain

SLUG = "convolution"

heading(SLUG, ConvolutionSettings)
complain_about_url(ConvolutionSettings, SLUG)
conduct(SLUG)

with st.sidebar:
    settings = knobs(
        ConvolutionSettings,
        SLUG,
        {"Problem": True, "Network": True, "Training": True, "Run": False, "View": False},
        after={"Run": lambda _: run_knobs(SLUG), "View": lambda _: view_knobs()},
    )
run, sentence = open_run(SLUG, ConvolutionExperiment, settings)
start_asked(run, SLUG)

if sentence:
    st.info(plain(sentence))
stage(run, SLUG, draw_search)
health(run, SLUG)

section("Look inside")
look_inside(run)

section("Compare")
compare(run, SLUG)

section("Try this")
lessons(run, SLUG, ConvolutionSettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**Forward.** Every output cell is the same weighted sum, taken over its own window of the input. The weights "
        "are shared by all places; that is the whole difference from a fully connected layer."
    )
    st.latex(r"y_{i,j} = b + \sum_{u=0}^{K-1} \sum_{v=0}^{K-1} w_{u,v} \; x_{s i + d u,\; s j + d v}")
    st.markdown("**Sizes.** With stride s, dilation d and p pixels of padding on each side, N pixels give")
    st.latex(r"\left\lfloor \frac{N + 2p - d (K - 1) - 1}{s} \right\rfloor + 1 \text{ cells.}")
    st.markdown("The floor drops what is left over at the far side: those pixels are in no window.")
with right:
    st.markdown(
        "**Backward.** A weight touches every cell, so its gradient is a sum over all places: each picture gives "
        "thousands of examples for nine numbers. That is why so few crops find a kernel."
    )
    st.latex(
        r"\frac{\partial L}{\partial w_{u,v}} = \sum_{i,j} \frac{\partial L}{\partial y_{i,j}} \; x_{si+du,\;sj+dv}"
    )
    st.markdown(
        "**Equivariance.** Let T shift a picture by some pixels. With stride 1 and away from the border, convolving "
        "the shifted picture is the same as shifting the map. The answer moves along; it does not stay the same. "
        "That would be invariance, and pooling brings a little of it."
    )
    st.latex(r"w \star (T x) = T (w \star x), \qquad \text{not} \quad w \star (T x) = w \star x")

section("The code")
source_panel(SLUG)
take_home(run, SLUG)

section("Where next")
st.markdown(
    "- Dumoulin & Visin, [A guide to convolution arithmetic](https://arxiv.org/abs/1603.07285), 2016: every case of "
    "padding, stride and transposition, drawn.\n"
    "- LeCun et al., [Backpropagation applied to handwritten zip code recognition]"
    "(https://doi.org/10.1162/neco.1989.1.4.541), 1989: kernels found by gradients.\n"
    "- Szegedy et al., [Going deeper with convolutions](https://arxiv.org/abs/1409.4842), 2014: the Inception module.\n"
    "- Zhang, [Making convolutional networks shift-invariant again](https://arxiv.org/abs/1904.11486), 2019: what "
    "stride and pooling do to shifts.\n"
    "- Ready to use: [torch.nn.Conv2d](https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html) and "
    "[timm](https://huggingface.co/timm), which has most trained convolutional networks."
)
