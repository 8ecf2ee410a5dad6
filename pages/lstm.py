"""Long short-term memory: the page."""

from typing import Any

import streamlit as st

from experiments.lstm import LSTMExperiment
from experiments.lstm_lessons import LESSONS
from experiments.lstm_settings import LSTMSettings
from ui.compare import compare
from ui.frame import heading, run_knobs, section, stage
from ui.health import health
from ui.knobs import complain_about_url, knobs
from ui.lessons import lessons
from ui.lstm_inside import look_inside
from ui.lstm_live import draw_cell_and_states, view_knobs
from ui.lstm_race import race_of_cells
from ui.runs import open_run
from ui.sequence_data import material, own_sequence
from ui.source import source_panel
from ui.take_home import take_home
from ui.trials import conduct, start_asked
from ui.words import plain

SLUG = "lstm"
brought: dict[str, Any] = {}


def bring(task: str) -> None:
    """What the visitor has of their own for this task."""
    brought["own"], brought["key"] = own_sequence(SLUG, task)


def build(settings: LSTMSettings) -> LSTMExperiment:
    """The experiment on the visitor's own text or column, where the task asks for it."""
    return LSTMExperiment(settings, brought["own"])


heading(SLUG, LSTMSettings, material(SLUG))
complain_about_url(LSTMSettings, SLUG)
conduct(SLUG)

with st.sidebar:
    settings = knobs(
        LSTMSettings,
        SLUG,
        {"Task": True, "Network": True, "Training": True, "Run": False, "View": False},
        after={"task": bring, "Run": lambda _: run_knobs(SLUG), "View": lambda _: view_knobs()},
    )
run, sentence = open_run(SLUG, build, settings, brought["key"])
start_asked(run, SLUG)

if sentence:
    st.info(plain(sentence))
stage(run, SLUG, draw_cell_and_states)
health(run, SLUG)

section("Look inside")
look_inside(run, run.poll())

section("Compare")
race_of_cells(run, settings)
compare(run, SLUG, material(SLUG))

section("Try this")
lessons(run, SLUG, LSTMSettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**One step.** Three gates look at the symbol read and at all hidden values of the step before, and say for "
        "each unit how much to forget, to write and to show: shares from 0 to 1. A fourth sum proposes what to write."
    )
    st.latex(
        r"\begin{aligned} f_t &= \sigma(W_f x_t + U_f h_{t-1} + b_f) \\ "
        r"i_t &= \sigma(W_i x_t + U_i h_{t-1} + b_i) \\ "
        r"o_t &= \sigma(W_o x_t + U_o h_{t-1} + b_o) \\ "
        r"g_t &= \tanh(W_g x_t + U_g h_{t-1} + b_g) \end{aligned}"
    )
    st.markdown("**Memory.** The cell keeps a share of itself and adds a share of the proposal; the rest is read off.")
    st.latex(r"c_t = f_t \odot c_{t-1} + i_t \odot g_t, \qquad h_t = o_t \odot \tanh(c_t)")
with right:
    st.markdown(
        "**Why it does not fade.** On the straight way along the cell, the gradient is multiplied by the forget gate "
        "at each step and by nothing else. A plain recurrent network multiplies by its weights and by the slope of "
        "tanh, again and again."
    )
    st.latex(
        r"\frac{\partial c_t}{\partial c_{t-1}} \approx \operatorname{diag}(f_t), \qquad "
        r"\frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}(1 - h_t^2)\, U \quad \text{(plain)}"
    )
    st.markdown(
        "**The forget bias.** A fresh gate says about σ(b). Over a lag of T steps σ(b) to the power T is left of a "
        "memory: for b = 0 and T = 15 a thirty-thousandth, for b = 3 a half."
    )
    st.latex(r"\sigma(0)^{15} \approx 3 \cdot 10^{-5}, \qquad \sigma(3)^{15} \approx 0.48")

section("The code")
source_panel(SLUG)
take_home(run, SLUG, material(SLUG))

section("Where next")
st.markdown(
    "- Hochreiter & Schmidhuber, [Long short-term memory](https://doi.org/10.1162/neco.1997.9.8.1735), 1997: the cell "
    "that keeps its error.\n"
    "- Gers, Schmidhuber & Cummins, [Learning to forget](https://doi.org/10.1162/089976600300015015), 2000: the forget "
    "gate.\n"
    "- Cho et al., [Learning phrase representations](https://arxiv.org/abs/1406.1078), 2014: the GRU.\n"
    "- Jozefowicz, Zaremba & Sutskever, [An empirical exploration of recurrent network architectures]"
    "(https://proceedings.mlr.press/v37/jozefowicz15.html), 2015: ten thousand cells, and the forget bias of 1.\n"
    "- Tallec & Ollivier, [Can recurrent neural networks warp time?](https://arxiv.org/abs/1804.11188), 2018: which "
    "bias fits which lag.\n"
    "- Greff et al., [LSTM: a search space odyssey](https://arxiv.org/abs/1503.04069), 2017: what each part is worth.\n"
    "- Karpathy, Johnson & Fei-Fei, [Visualizing and understanding recurrent networks]"
    "(https://arxiv.org/abs/1506.02078), 2015: units that keep track of quotes and of the line.\n"
    "- Strobelt et al., [LSTMVis](https://arxiv.org/abs/1606.07461), 2018: the pattern search of this page.\n"
    "- Ready to use: [torch.nn.LSTM](https://pytorch.org/docs/stable/generated/torch.nn.LSTM.html)."
)
