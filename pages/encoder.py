"""The encoder (BERT): the page."""

from typing import Any

import streamlit as st

from experiments.encoder import EncoderExperiment
from experiments.encoder_lessons import LESSONS
from experiments.encoder_settings import OWN, EncoderSettings
from ui.compare import compare
from ui.encoder_data import material, own_texts
from ui.encoder_inside import look_inside
from ui.encoder_live import SLUG, draw_reading, view_knobs
from ui.encoder_races import races
from ui.frame import heading, run_knobs, section, stage
from ui.health import health
from ui.knobs import complain_about_url, knobs
from ui.lessons import lessons
from ui.own_tokenizer import bring_tokenizer
from ui.runs import open_run
from ui.source import source_panel
from ui.take_home import take_home
from ui.trials import conduct, start_asked
from ui.words import plain

brought: dict[str, Any] = {"own": None, "tokenizer": "", "key": None}


def bring(data: str) -> None:
    """The visitor's own texts, where they are asked for."""
    if data == OWN:
        brought["own"], brought["key"] = own_texts()


def bring_pieces(level: str) -> None:
    """The visitor's own tokenizer, where the symbols are its tokens."""
    brought["tokenizer"] = bring_tokenizer(level)


def build(settings: EncoderSettings) -> EncoderExperiment:
    """The experiment on the visitor's own texts and tokens, where the settings ask for them."""
    return EncoderExperiment(settings, brought["own"], brought["tokenizer"])


heading(SLUG, EncoderSettings, material())
complain_about_url(EncoderSettings, SLUG)
conduct(SLUG)

with st.sidebar:
    settings = knobs(
        EncoderSettings,
        SLUG,
        {"Task": True, "Network": True, "Training": True, "Run": False, "View": False},
        after={"data": bring, "level": bring_pieces, "Run": lambda _: run_knobs(SLUG), "View": lambda _: view_knobs()},
    )
run, sentence = open_run(SLUG, build, settings, (brought["key"], brought["tokenizer"]))
start_asked(run, SLUG)

if sentence:
    st.info(plain(sentence))
stage(run, SLUG, draw_reading)
health(run, SLUG)

section("Look inside")
look_inside(run, run.poll())

section("Compare")
races(run, settings)
compare(run, SLUG, material())

section("Try this")
lessons(run, SLUG, EncoderSettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**A vector for each symbol and each place.** Without the second, the encoder would read a bag of words. Each "
        "block lets every place gather from all others, to both sides; there is no triangle that hides what follows."
    )
    st.latex(r"h^0_t = e_{x_t} + p_t, \qquad h^{l+1} = \mathrm{Block}(h^l)")
    st.markdown(
        "**Filling gaps.** Some symbols are hidden; the loss is the surprise at what stood there, and nothing else "
        "counts. No labels are needed."
    )
    st.latex(
        r"L = -\frac{1}{|M|} \sum_{t \in M} \ln p(x_t \mid \tilde{x}), \qquad "
        r"p(\cdot \mid \tilde x) = \mathrm{softmax}(W h^L_t + b)"
    )
with right:
    st.markdown(
        "**Telling classes.** The vectors of a sentence are averaged, but only those of its symbols: m is 1 for a "
        "symbol and 0 for padding. The lecture averages over padding too; then the answer depends on how much there is."
    )
    st.latex(r"s = \frac{\sum_t m_t\, h^L_t}{\sum_t m_t}, \qquad p = \mathrm{softmax}(W s + b)")
    st.markdown(
        "**The mask** does the same inside attention: a score of −∞ becomes a weight of 0, as if the padding were not "
        "there."
    )
    st.latex(r"\alpha_{ts} = \frac{m_s\, e^{q_t \cdot k_s / \sqrt{d}}}{\sum_j m_j\, e^{q_t \cdot k_j / \sqrt{d}}}")
    st.markdown(
        "**80, 10, 10.** Of the symbols asked for, most become [MASK], some another symbol, some stay: real texts "
        "hold no [MASK], so the network must not wait for one."
    )

section("The code")
source_panel(SLUG)
take_home(run, SLUG, material())

section("Where next")
st.markdown(
    "- Devlin et al., [BERT](https://arxiv.org/abs/1810.04805), 2018: gaps first, labels later.\n"
    "- Liu et al., [RoBERTa](https://arxiv.org/abs/1907.11692), 2019: the same, longer, without the second task.\n"
    "- Clark et al., [ELECTRA](https://arxiv.org/abs/2003.10555), 2020: tell replaced symbols from real ones.\n"
    "- Wettig et al., [Should you mask 15 %?](https://arxiv.org/abs/2202.08005), 2022: often more is better.\n"
    "- Jain & Wallace, [Attention is not explanation](https://arxiv.org/abs/1902.10186), 2019, and the answer by "
    "Wiegreffe & Pinter, [Attention is not not explanation](https://arxiv.org/abs/1908.04626).\n"
    "- Clark et al., [What does BERT look at?](https://arxiv.org/abs/1906.04341), 2019: heads that rest on [SEP].\n"
    "- GPT keeps the decoder's half, BERT the encoder's; T5 and the transformer of 2017 have both.\n"
    "- Ready to use: [torch.nn.TransformerEncoder]"
    "(https://pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html), and hundreds of trained encoders at "
    "[sentence-transformers](https://www.sbert.net/)."
)
