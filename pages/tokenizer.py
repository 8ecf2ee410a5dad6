"""Tokenizers: the page."""

from typing import Any

import streamlit as st

from experiments.tokenizer import TokenizerExperiment
from experiments.tokenizer_lessons import LESSONS
from experiments.tokenizer_settings import TokenizerSettings
from ui.compare import compare
from ui.frame import heading, run_knobs, section, stage
from ui.health import health
from ui.knobs import complain_about_url, knobs
from ui.lessons import lessons
from ui.runs import open_run
from ui.sequence_data import material, own_sequence
from ui.source import source_panel
from ui.take_home import take_home
from ui.tokenizer_inside import keep, look_inside
from ui.tokenizer_live import draw_passage, view_knobs
from ui.tokenizer_race import race_of_vocabularies
from ui.trials import conduct, start_asked
from ui.words import plain

SLUG = "tokenizer"
brought: dict[str, Any] = {}


def bring(text: str) -> None:
    """The visitor's own text, where it is asked for."""
    brought["own"], brought["key"] = own_sequence(SLUG, text)


def build(settings: TokenizerSettings) -> TokenizerExperiment:
    """The experiment on the visitor's own text, where it is asked for."""
    return TokenizerExperiment(settings, brought["own"])


heading(SLUG, TokenizerSettings, material(SLUG))
complain_about_url(TokenizerSettings, SLUG)
conduct(SLUG)

with st.sidebar:
    settings = knobs(
        TokenizerSettings,
        SLUG,
        {"Tokenizer": True, "Network": True, "Training": True, "Run": False, "View": False},
        after={"text": bring, "Run": lambda _: run_knobs(SLUG), "View": lambda _: view_knobs()},
    )
run, sentence = open_run(SLUG, build, settings, brought["key"])
start_asked(run, SLUG)

if sentence:
    st.info(plain(sentence))
stage(run, SLUG, draw_passage)
health(run, SLUG)
keep(run)

section("Look inside")
look_inside(run, run.poll())

section("Compare")
race_of_vocabularies(run, settings)
compare(run, SLUG, material(SLUG))

section("Try this")
lessons(run, SLUG, TokenizerSettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**Learning the merges.** The text is a row of bytes, cut into pieces that merges do not cross. Count every "
        "pair of neighbours, give the most frequent one a number of its own, and put it in place of the pair, "
        "everywhere. Again, until the vocabulary is full. Nothing is differentiated here: merges are counted."
    )
    st.latex(
        r"(a, b)^\ast = \arg\max_{(a, b)} \; \#\{\, i : t_i = a,\; t_{i+1} = b \,\}, \qquad ab \to \text{new token}"
    )
    st.markdown(
        "**Cutting a text.** Begin with its bytes, and carry out the merges that apply in the order in which they were "
        "learnt. Two texts that are written differently, such as a word with and without a space before it, become "
        "different tokens."
    )
with right:
    st.markdown(
        "**Bits per byte.** A loss per token says little where tokens differ in length. What the whole text costs, "
        "divided by its bytes, can be compared: it is the size to which the network could compress the text."
    )
    st.latex(
        r"\text{bits per byte} = \frac{1}{\text{bytes}} \sum_{t} -\log_2 p(x_t \mid x_{<t}) "
        r"= \frac{L_{\text{nats per token}}}{\ln 2} \cdot \frac{\text{tokens}}{\text{bytes}}"
    )
    st.markdown(
        "**The price of a vocabulary.** Each token has a row of E numbers in the embedding and a row of H weights and "
        "a bias in the last layer, and at each step a chance has to be worked out for every one of them."
    )
    st.latex(r"\text{weights} = V E + (C E + 1) H + (H + 1) V")

section("The code")
source_panel(SLUG)
take_home(run, SLUG, material(SLUG))

section("Where next")
st.markdown(
    "- Gage, [A new algorithm for data compression](https://dl.acm.org/doi/10.5555/177910.177914), 1994: byte-pair "
    "encoding, before anybody thought of words.\n"
    "- Sennrich, Haddow & Birch, [Neural machine translation of rare words with subword units]"
    "(https://arxiv.org/abs/1508.07909), 2016: the same for translation.\n"
    "- Kudo & Richardson, [SentencePiece](https://arxiv.org/abs/1808.06226), 2018: without cutting at spaces first.\n"
    "- Bengio et al., [A neural probabilistic language model](https://www.jmlr.org/papers/v3/bengio03a.html), 2003: "
    "the network of this page.\n"
    "- Petrov et al., [Language model tokenizers introduce unfairness between languages]"
    "(https://arxiv.org/abs/2305.15425), 2023.\n"
    "- Ready to use: [tokenizers](https://huggingface.co/docs/tokenizers), the lecture's library, and the "
    "[chapter on byte-pair encoding](https://huggingface.co/learn/llm-course/en/chapter6/5) that the lecture names."
)
