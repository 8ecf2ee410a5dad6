"""The transformer of two halves: the page."""

import streamlit as st

from experiments.transformer import TransformerExperiment
from experiments.transformer_lessons import LESSONS
from experiments.transformer_settings import TransformerSettings
from ui.compare import compare
from ui.frame import heading, run_knobs, section, stage
from ui.health import health
from ui.knobs import complain_about_url, knobs
from ui.lessons import lessons
from ui.runs import open_run
from ui.source import source_panel
from ui.take_home import take_home
from ui.transformer_compare import side_by_side
from ui.transformer_inside import look_inside
from ui.transformer_live import draw_transformer, presets, view_knobs
from ui.trials import conduct, start_asked
from ui.words import plain

SLUG = "transformer"

heading(SLUG, TransformerSettings)
complain_about_url(TransformerSettings, SLUG)
conduct(SLUG)

with st.sidebar:
    presets()
    settings = knobs(
        TransformerSettings,
        SLUG,
        {"Task": True, "Network": True, "Training": True, "Run": False, "View": False},
        after={"Run": lambda _: run_knobs(SLUG), "View": lambda _: view_knobs()},
    )
run, sentence = open_run(SLUG, TransformerExperiment, settings)
start_asked(run, SLUG)

if sentence:
    st.info(plain(sentence))
stage(run, SLUG, draw_transformer)
health(run, SLUG)

section("Look inside")
look_inside(run, run.poll())

section("Compare")
side_by_side(run)
compare(run, SLUG)

section("Try this")
lessons(run, SLUG, TransformerSettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**Two halves.** The encoder turns the source x into a memory m, one vector for each token; every token sees "
        "every other. The decoder says how likely each token is to come next, from the memory and what stands so far."
    )
    st.latex(r"m = \mathrm{Encoder}(x), \qquad p(y_t \mid y_{<t}, x) = \mathrm{softmax}\big(W h_t + b\big)")
    st.markdown("**Cross-attention** is the bridge: queries from the decoder, keys and values from the memory.")
    st.latex(r"\mathrm{softmax}\Big(\frac{(h W_Q)(m W_K)^\top}{\sqrt{d}}\Big)\, m W_V")
    st.markdown("**The causal mask** keeps place t from what comes after it: its scores there count as −∞.")
with right:
    st.markdown(
        "**Teacher forcing.** The loss asks for each token given the *right* ones before it, so that all places are "
        "trained at once. When it writes, the right ones are not known: it is given its own."
    )
    st.latex(
        r"L = -\frac{1}{T}\sum_{t=1}^{T} \ln p(y_t \mid y_{<t}, x), \qquad "
        r"\hat y_t = \arg\max_y\, p(y \mid \hat y_{<t}, x)"
    )
    st.markdown(
        "The two agree on *whole* answers: if every token is right given the right ones before it, then writing gives "
        "the same tokens one by one. They differ in single tokens: after one mistake, what follows is judged in "
        "a place it was never trained for. Without the mask even the first does not hold."
    )
    st.markdown("**A whole answer** has the product of its chances; its logarithm is a sum, which beam search adds up.")
    st.latex(r"\ln p(y \mid x) = \sum_{t} \ln p(y_t \mid y_{<t}, x)")

section("The code")
source_panel(SLUG)
take_home(run, SLUG)

section("Where next")
st.markdown(
    "- Vaswani et al., [Attention is all you need](https://arxiv.org/abs/1706.03762), 2017: this network, Noam's "
    "schedule, label smoothing.\n"
    "- Xiong et al., [On layer normalization in the transformer architecture](https://arxiv.org/abs/2002.04745), 2020: "
    "why the original needs a warm-up.\n"
    "- Bengio et al., [Scheduled sampling](https://arxiv.org/abs/1506.03099), 2015; for transformers, Mihaylova & "
    "Martins, [2019](https://arxiv.org/abs/1906.07651).\n"
    "- Wu et al., [Google's neural machine translation system](https://arxiv.org/abs/1609.08144), 2016: beam search "
    "with the length penalty used here.\n"
    "- Stahlberg & Byrne, [On NMT search errors and model errors](https://arxiv.org/abs/1908.10090), 2019: the exact "
    "best answer is often an empty one.\n"
    "- Raffel et al., [T5](https://arxiv.org/abs/1910.10683), 2019: both halves on every task of text.\n"
    "- Ready to use: [torch.nn.Transformer](https://pytorch.org/docs/stable/generated/torch.nn.Transformer.html), and "
    "[T5](https://huggingface.co/docs/transformers/model_doc/t5) with its weights."
)
