"""Feed-forward networks: the page."""

from typing import Any

import streamlit as st

from experiments.mlp import MLPExperiment
from experiments.mlp_lessons import LESSONS
from experiments.mlp_outputs import offered_losses
from experiments.mlp_settings import NUMBERS, MLPSettings
from ui.compare import compare
from ui.frame import heading, run_knobs, section, stage
from ui.health import health
from ui.knobs import complain_about_url, knobs
from ui.lessons import lessons
from ui.mlp_data import data_report, material, own_data
from ui.mlp_inside import look_inside
from ui.mlp_live import draw_empty_plane, draw_network, layer_buttons, view_knobs
from ui.runs import open_run
from ui.source import source_panel
from ui.take_home import take_home
from ui.trials import conduct, start_asked
from ui.words import plain

SLUG = "mlp"
brought: dict[str, Any] = {}


def bring(problem: str) -> None:
    """What the visitor has of their own for this problem, and the task it sets."""
    own, key = own_data(SLUG, problem)
    task = own.task or ("regression" if problem in NUMBERS else "classification")
    brought.update(own=own, key=key, task=task)


def build(settings: MLPSettings) -> MLPExperiment:
    """The experiment on the visitor's own data, where the problem asks for them."""
    return MLPExperiment(settings, brought["own"])


heading(SLUG, MLPSettings, material(SLUG))
complain_about_url(MLPSettings, SLUG)
conduct(SLUG)

with st.sidebar:
    settings = knobs(
        MLPSettings,
        SLUG,
        {"Problem": True, "Network": True, "Training": True, "Run": False, "View": False},
        offered={"loss": lambda: offered_losses(brought["task"])},
        after={
            "problem": bring,
            "hidden_dims": layer_buttons,
            "Run": lambda _: run_knobs(SLUG),
            "View": lambda _: view_knobs(),
        },
    )
run, sentence = open_run(SLUG, build, settings, brought["key"])
start_asked(run, SLUG)

if sentence:
    st.info(plain(sentence))
if sentence and settings.problem == "own points":
    draw_empty_plane()
else:
    stage(run, SLUG, draw_network)
    health(run, SLUG)
    data_report(run.poll().observation)

section("Look inside")
look_inside(run, run.poll())

section("Compare")
compare(run, SLUG, material(SLUG))

section("Try this")
lessons(run, SLUG, MLPSettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**Forward.** Each layer takes weighted sums of what the layer before says, adds a bias, and bends the result. "
        "The bend is what makes depth worth having: without it, any stack of layers is one linear map."
    )
    st.latex(r"z^{(l)} = W^{(l)} h^{(l-1)} + b^{(l)}, \qquad h^{(l)} = f\big(z^{(l)}\big), \qquad h^{(0)} = x")
    st.markdown(
        "**Loss.** For classes, the outputs become probabilities, and the loss is the surprise at the right one."
    )
    st.latex(r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}, \qquad L = -\frac{1}{B}\sum_{i=1}^{B} \ln p^{(i)}_{y_i}")
with right:
    st.markdown(
        "**Backward.** The chain rule runs from the loss to the first layer. Each layer multiplies by its weights and "
        "by the slope of its bend; where slopes are small, the gradient fades on the way."
    )
    st.latex(
        r"\delta^{(l)} = \big(W^{(l+1)\top} \delta^{(l+1)}\big) \odot f'\big(z^{(l)}\big), \qquad "
        r"\frac{\partial L}{\partial W^{(l)}} = \delta^{(l)} h^{(l-1)\top}"
    )
    st.markdown("**Update.** Plain gradient descent moves every weight against its gradient, at the learning rate η.")
    st.latex(r"W \leftarrow W - \eta \, \frac{\partial L}{\partial W}")

section("The code")
source_panel(SLUG)
take_home(run, SLUG, material(SLUG))

section("Where next")
st.markdown(
    "- Rumelhart, Hinton & Williams, [Learning representations by back-propagating errors]"
    "(https://doi.org/10.1038/323533a0), 1986: the paper that made hidden layers trainable.\n"
    "- Cybenko, [Approximation by superpositions of a sigmoidal function](https://doi.org/10.1007/BF02551274), 1989.\n"
    "- Kingma & Ba, [Adam](https://arxiv.org/abs/1412.6980), 2014: the optimiser this page starts with.\n"
    "- Srivastava et al., [Dropout](https://jmlr.org/papers/v15/srivastava14a.html), 2014.\n"
    "- Grinsztajn et al., [Why do tree-based models still outperform deep learning on tabular data?]"
    "(https://arxiv.org/abs/2207.08815), 2022: why the baseline on this page is hard to beat.\n"
    "- Ready to use: [scikit-learn's MLP](https://scikit-learn.org/stable/modules/neural_networks_supervised.html) and "
    "[PyTorch's tutorials](https://pytorch.org/tutorials/)."
)
