"""Recurrent networks: the page."""

from typing import Any

import streamlit as st

from experiments.rnn import RNNExperiment
from experiments.rnn_lessons import LESSONS
from experiments.rnn_settings import RNNSettings
from ui.compare import compare
from ui.frame import heading, run_knobs, section, stage
from ui.health import health
from ui.knobs import complain_about_url, knobs
from ui.lessons import lessons
from ui.rnn_inside import look_inside
from ui.rnn_live import draw_network, view_knobs
from ui.runs import open_run
from ui.sequence_data import material, own_sequence
from ui.source import source_panel
from ui.take_home import take_home
from ui.trials import conduct, start_asked
from ui.words import plain

SLUG = "rnn"
brought: dict[str, Any] = {"own": None, "key": None}


def bring(task: str) -> None:
    """The visitor's own text or column, where the task asks for it."""
    brought["own"], brought["key"] = own_sequence(SLUG, task)


def build(settings: RNNSettings) -> RNNExperiment:
    """The experiment on the visitor's own data, where the task asks for them."""
    return RNNExperiment(settings, brought["own"])


heading(SLUG, RNNSettings, material(SLUG))
complain_about_url(RNNSettings, SLUG)
conduct(SLUG)

with st.sidebar:
    settings = knobs(
        RNNSettings,
        SLUG,
        {"Task": True, "Network": True, "Training": True, "Run": False, "View": False},
        after={"task": bring, "Run": lambda _: run_knobs(SLUG), "View": lambda _: view_knobs()},
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
lessons(run, SLUG, RNNSettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**Forward.** The same three matrices serve at every step: W takes in what is read, U carries the memory on, "
        "V answers. The memory is all that the network knows of the past."
    )
    st.latex(r"h_t = \tanh\big(W x_t + U h_{t-1} + b\big), \qquad y_t = V h_t + c")
    st.markdown("**Loss.** For symbols, the surprise at the right next one, averaged over the steps that are asked.")
    st.latex(r"L = -\frac{1}{T}\sum_{t=1}^{T} \ln p_t(x_{t+1}), \qquad p_t = \mathrm{softmax}(y_t)")
    st.markdown(
        "A loss in nats becomes **bits per character** when it is divided by ln 2, and by the characters of a symbol."
    )
with right:
    st.markdown(
        "**Backward through time.** The gradient runs back through every step, and is multiplied by U and by the "
        "slopes of tanh each time. This product, not any probability, shrinks or grows like a power of the lag."
    )
    st.latex(
        r"\frac{\partial L_T}{\partial h_t} = \frac{\partial L_T}{\partial h_T}"
        r"\prod_{k=t+1}^{T} \mathrm{diag}\big(1 - h_k^2\big)\, U"
    )
    st.markdown(
        "Where the spectral radius ρ of U is below 1 the product fades like ρ to the power of the lag; above 1 it may "
        "explode. **Clipping** shortens a gradient g that is too long and keeps its direction."
    )
    st.latex(r"g \leftarrow g \cdot \min\Big(1, \frac{c}{\lVert g \rVert}\Big)")

section("The code")
source_panel(SLUG)
take_home(run, SLUG, material(SLUG))

section("Where next")
st.markdown(
    "- Elman, [Finding structure in time](https://doi.org/10.1207/s15516709cog1402_1), 1990: this network.\n"
    "- Bengio, Simard & Frasconi, [Learning long-term dependencies with gradient descent is difficult]"
    "(https://doi.org/10.1109/72.279181), 1994.\n"
    "- Pascanu, Mikolov & Bengio, [On the difficulty of training recurrent neural networks]"
    "(https://arxiv.org/abs/1211.5063), 2013: exploding gradients and clipping.\n"
    "- Cho et al., [Learning phrase representations using RNN encoder-decoder](https://arxiv.org/abs/1406.1078), 2014: "
    "the GRU.\n"
    "- Le, Jaitly & Hinton, [A simple way to initialize recurrent networks of rectified linear units]"
    "(https://arxiv.org/abs/1504.00941), 2015.\n"
    "- Ready to use: [torch.nn.RNN](https://pytorch.org/docs/stable/generated/torch.nn.RNN.html) and "
    "[statsforecast](https://nixtlaverse.nixtla.io/statsforecast/) for series."
)
