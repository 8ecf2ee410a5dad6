"""Graph neural networks: the page."""

from typing import Any

import streamlit as st

from experiments.gnn import GNNExperiment
from experiments.gnn_lessons import LESSONS
from experiments.gnn_settings import OWN_MOLECULES, OWN_NETWORK, GNNSettings
from ui.compare import compare
from ui.frame import heading, run_knobs, section, stage
from ui.gnn_data import material, own_molecules_controls
from ui.gnn_inside import look_inside
from ui.gnn_live import SLUG, draw_graphs, view_knobs
from ui.gnn_network_data import own_network_controls
from ui.health import health
from ui.knobs import complain_about_url, knobs
from ui.lessons import lessons
from ui.runs import open_run
from ui.source import source_panel
from ui.take_home import take_home
from ui.trials import conduct, start_asked
from ui.words import plain

brought: dict[str, Any] = {"own": None, "network": None, "key": None}


def bring(data: str) -> None:
    """The visitor's own molecules or network, where they are asked for."""
    if data == OWN_MOLECULES:
        brought["own"], brought["key"] = own_molecules_controls()
    elif data == OWN_NETWORK:
        brought["network"], brought["key"] = own_network_controls()


def build(settings: GNNSettings) -> GNNExperiment:
    """The experiment on what the visitor brought, where the settings ask for it."""
    return GNNExperiment(settings, brought["own"], brought["network"])


heading(SLUG, GNNSettings, material())
complain_about_url(GNNSettings, SLUG)
conduct(SLUG)

with st.sidebar:
    settings = knobs(
        GNNSettings,
        SLUG,
        {"Task": True, "Network": True, "Training": True, "Run": False, "View": False},
        after={"data": bring, "Run": lambda _: run_knobs(SLUG), "View": lambda _: view_knobs()},
    )
run, sentence = open_run(SLUG, build, settings, brought["key"])
start_asked(run, SLUG)

if sentence:
    st.info(plain(sentence))
stage(run, SLUG, draw_graphs)
health(run, SLUG)

section("Look inside")
look_inside(run, run.poll())

section("Compare")
compare(run, SLUG, material())

section("Try this")
lessons(run, SLUG, GNNSettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**A layer.** Every node hears from its neighbours, adds up what it hears, and mixes it with weights that are "
        "the same at every node. A sum does not know an order, so numbering the nodes anew changes nothing."
    )
    st.latex(r"h_i' = \mathrm{ReLU}\Big(W \sum_{j \in N(i) \cup \{i\}} a_{ij}\, h_j + b\Big)")
    st.markdown(
        "**GCN** divides by the roots of both degrees, d, the node itself counted, so that nodes with many neighbours "
        "do not drown out the others. As matrices it is one product after the other."
    )
    st.latex(r"a_{ij} = \frac{1}{\sqrt{d_i\, d_j}}, \qquad H' = \mathrm{ReLU}\big(\hat A H W + b\big)")
    st.markdown("**GIN** sums, so it can count, and gives the sum to a small network of two layers.")
    st.latex(r"h_i' = \mathrm{MLP}\Big((1 + \varepsilon)\, h_i + \sum_{j \in N(i)} h_j\Big)")
with right:
    st.markdown(
        "**Bonds.** GCN cannot tell a double bond from a single one. GINE adds a vector of the bond, e, to what "
        "travels over it; NNConv makes a matrix of it; GAT lets it have a say in how much attention a neighbour gets."
    )
    st.latex(
        r"h_i' = \mathrm{MLP}\Big((1 + \varepsilon)\, h_i + \sum_{j \in N(i)} \mathrm{ReLU}(h_j + W_e\, e_{ij})\Big)"
    )
    st.markdown(
        "**Read-out.** The nodes of a graph become one vector, and a linear layer reads the answer from it. Because "
        "it is linear, each node's part in the answer can be told exactly: the colours in the picture."
    )
    st.latex(r"y = c + \frac{1}{n} \sum_{i=1}^{n} v \cdot h_i")
    st.markdown(
        "**What it cannot see.** Two graphs whose nodes have equal neighbours, and these again equal neighbours, and "
        "so on, get the same answer from every network of this kind: it is as strong as the Weisfeiler-Leman test."
    )

section("The code")
source_panel(SLUG)
take_home(run, SLUG, material())

section("Where next")
st.markdown(
    "- Sanchez-Lengeling et al., [A gentle introduction to graph neural networks]"
    "(https://distill.pub/2021/gnn-intro/), 2021.\n"
    "- Kipf & Welling, [Semi-supervised classification with graph convolutional networks]"
    "(https://arxiv.org/abs/1609.02907), 2016: the lecture's layer.\n"
    "- Gilmer et al., [Neural message passing for quantum chemistry](https://arxiv.org/abs/1704.01212), 2017.\n"
    "- Xu et al., [How powerful are graph neural networks?](https://arxiv.org/abs/1810.00826), 2018: GIN and its "
    "limit.\n"
    "- Hu et al., [Strategies for pre-training graph neural networks](https://arxiv.org/abs/1905.12265), 2019: GINE.\n"
    "- Li et al., [Deeper insights into graph convolutional networks](https://arxiv.org/abs/1801.07606), 2018: "
    "why many layers make all nodes alike.\n"
    "- Topping et al., [Understanding over-squashing](https://arxiv.org/abs/2111.14522), 2021.\n"
    "- Bronstein et al., [Geometric deep learning](https://arxiv.org/abs/2104.13478), 2021: grids, groups and graphs "
    "in one frame.\n"
    "- Ready to use: [PyTorch Geometric](https://pytorch-geometric.readthedocs.io/) for graphs, "
    "[RDKit](https://www.rdkit.org/) for molecules, [Therapeutics Data Commons](https://tdcommons.ai/) and the "
    "[Open Graph Benchmark](https://ogb.stanford.edu/) for data, [Chemprop](https://chemprop.readthedocs.io/) for "
    "molecules with directed bonds."
)
