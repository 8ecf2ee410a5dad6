"""Attention: the page."""

import streamlit as st

from experiments.attention import AttentionExperiment
from experiments.attention_lessons import LESSONS
from experiments.attention_settings import AttentionSettings
from ui.attention_inside import look_inside
from ui.attention_live import draw_attention, view_knobs
from ui.compare import compare
from ui.frame import heading, run_knobs, section, stage
from ui.health import health
from ui.knobs import complain_about_url, knobs
from ui.lessons import lessons
from ui.runs import open_run
from ui.source import source_panel
from ui.take_home import take_home
from ui.trials import conduct, start_asked
from ui.words import plain

SLUG = "attention"

heading(SLUG, AttentionSettings)
complain_about_url(AttentionSettings, SLUG)
conduct(SLUG)

with st.sidebar:
    settings = knobs(
        AttentionSettings,
        SLUG,
        {"Task": True, "Network": True, "Training": True, "Run": False, "View": False},
        after={"Run": lambda _: run_knobs(SLUG), "View": lambda _: view_knobs()},
    )
run, sentence = open_run(SLUG, AttentionExperiment, settings)
start_asked(run, SLUG)

if sentence:
    st.info(plain(sentence))
stage(run, SLUG, draw_attention)
health(run, SLUG)

section("Look inside")
look_inside(run, run.poll())

section("Compare")
compare(run, SLUG)

section("Try this")
lessons(run, SLUG, AttentionSettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**Queries, keys, values.** Each place makes three vectors: what it looks for, what it offers, and what it "
        "hands over. The products of a query with all keys, divided by the root of their length, go through softmax: "
        "weights that sum to 1. The answer is the mean of the values with these weights."
    )
    st.latex(r"q_t = W_Q x_t, \qquad k_s = W_K x_s, \qquad v_s = W_V x_s")
    st.latex(
        r"\alpha_{ts} = \frac{e^{q_t \cdot k_s / \sqrt d}}{\sum_r e^{q_t \cdot k_r / \sqrt d}}, \qquad "
        r"o_t = \sum_s \alpha_{ts} v_s"
    )
    st.markdown(
        "**Why √d.** Of two random vectors with d entries of variance 1, the product has variance d. Divided by its "
        "root, the scores are near 1 for every d, and softmax has a slope."
    )
    st.latex(
        r"\operatorname{Var}(q \cdot k) = d, \qquad "
        r"\frac{\partial \alpha_s}{\partial z_r} = \alpha_s (\delta_{sr} - \alpha_r)"
    )
with right:
    st.markdown(
        "**Heads and blocks.** Each head has its own three matrices and its share of the numbers; what they find is "
        "joined, mixed once more, and added to what came in."
    )
    st.latex(
        r"\begin{aligned} x &\leftarrow x + W_O \, [\, o^{(1)}; \dots; o^{(H)} \,] \\ "
        r"x &\leftarrow x + W_2 \max(0, W_1 x + b_1) + b_2 \end{aligned}"
    )
    st.markdown(
        "**Order.** Without a mask and without positions, mixing the places mixes the answers and nothing else: for "
        "every permutation P the same matrix P stands on both sides."
    )
    st.latex(r"\operatorname{Attention}(P X) = P \, \operatorname{Attention}(X)")
    st.markdown("**Mask.** What may not be looked at gets the score −∞, and so the weight 0 and no gradient.")
    st.latex(r"\alpha_{ts} = 0, \qquad \frac{\partial o_t}{\partial x_s} = 0 \qquad \text{for } s > t")

section("The code")
source_panel(SLUG)
take_home(run, SLUG)

section("Where next")
st.markdown(
    "- Vaswani et al., [Attention is all you need](https://arxiv.org/abs/1706.03762), 2017: the paper of the lecture.\n"
    "- Bahdanau, Cho & Bengio, [Neural machine translation by jointly learning to align and translate]"
    "(https://arxiv.org/abs/1409.0473), 2014: attention before it was all one needs.\n"
    "- Olsson et al., [In-context learning and induction heads](https://arxiv.org/abs/2209.11895), 2022: the two "
    "layers of this page, found in language models.\n"
    "- Elhage et al., [A mathematical framework for transformer circuits]"
    "(https://transformer-circuits.pub/2021/framework), 2021: attention without feed-forward parts.\n"
    "- Jain & Wallace, [Attention is not explanation](https://arxiv.org/abs/1902.10186), 2019, and Wiegreffe & "
    "Pinter, [Attention is not not explanation](https://arxiv.org/abs/1908.04626), 2019.\n"
    "- Michel, Levy & Neubig, [Are sixteen heads really better than one?](https://arxiv.org/abs/1905.10650), 2019: "
    "most heads can be taken away.\n"
    "- Press, Smith & Lewis, [Train short, test long](https://arxiv.org/abs/2108.12409), 2021: ALiBi, and the lengths "
    "of this page.\n"
    "- Su et al., [RoFormer](https://arxiv.org/abs/2104.09864), 2021: positions as a rotation.\n"
    "- Ready to use: [torch.nn.MultiheadAttention]"
    "(https://pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html), "
    "[TransformerLens](https://github.com/TransformerLensOrg/TransformerLens) for the heads of pretrained models."
)
