"""Decoder-only transformers (GPT): the page."""

from typing import Any

import streamlit as st

from experiments.decoder import DecoderExperiment
from experiments.decoder_lessons import LESSONS
from experiments.decoder_settings import DecoderSettings
from ui.compare import compare
from ui.decoder_data import bring_text, material
from ui.decoder_inside import look_inside
from ui.decoder_ladder import ladder
from ui.decoder_live import SLUG, draw_network, view_knobs
from ui.decoder_presets import presets
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

brought: dict[str, Any] = {"own": None, "tokenizer": "", "text_key": None}


def bring(task: str) -> None:
    """The visitor's own text, where the task asks for it."""
    brought["own"], brought["text_key"] = bring_text(task)


def bring_tokens(level: str) -> None:
    """The visitor's own tokenizer, where the tokens are its."""
    brought["tokenizer"] = bring_tokenizer(level)


def build(settings: DecoderSettings) -> DecoderExperiment:
    """The experiment on the visitor's own text and tokens, where the settings ask for them."""
    return DecoderExperiment(settings, brought["own"], brought["tokenizer"])


heading(SLUG, DecoderSettings, material())
complain_about_url(DecoderSettings, SLUG)
conduct(SLUG)

with st.sidebar:
    top = st.container()
    settings = knobs(
        DecoderSettings,
        SLUG,
        {"Task": True, "Network": True, "Training": True, "Run": False, "View": False},
        after={
            "task": bring,
            "level": bring_tokens,
            "Run": lambda _: run_knobs(SLUG),
            "View": lambda _: view_knobs(),
        },
    )
run, sentence = open_run(SLUG, build, settings, (brought["text_key"], brought["tokenizer"]))
start_asked(run, SLUG)
with top:
    presets(run)

if sentence:
    st.info(plain(sentence))
stage(run, SLUG, draw_network)
health(run, SLUG)

section("Look inside")
look_inside(run, run.poll())

section("Compare")
ladder(SLUG)
compare(run, SLUG, material())

section("Try this")
lessons(run, SLUG, DecoderSettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**One chance after the other.** The chance of a whole text is the product of the chances of its tokens, each "
        "given those before it. The network learns these factors, all places of a text at once."
    )
    st.latex(r"p(x_1, \dots, x_T) = \prod_{t=1}^{T} p(x_t \mid x_1, \dots, x_{t-1})")
    st.markdown(
        "**Loss.** The surprise at the right next token, averaged. Guessing costs ln V. Divided by ln 2 and by the "
        "bytes of a token it is **bits per byte**, which compares characters with byte-pair tokens."
    )
    st.latex(r"L = -\frac{1}{T}\sum_{t=1}^{T} \ln p(x_{t+1} \mid x_1, \dots, x_t)")
with right:
    st.markdown(
        "**Causal attention.** Each place asks all earlier ones. What comes later is masked: its score is −∞, so its "
        "weight is 0, in every block."
    )
    st.latex(
        r"\mathrm{softmax}\Big(\frac{QK^\top}{\sqrt{d}} + M\Big)V, \qquad "
        r"M_{ts} = \begin{cases} 0 & s \le t \\ -\infty & s > t \end{cases}"
    )
    st.markdown("**Drawing.** Logits z are divided by the temperature T, cut, and turned into chances.")
    st.latex(r"p_i = \frac{e^{z_i / T}}{\sum_{j\ \text{left}} e^{z_j / T}}")

section("The code")
source_panel(SLUG)
take_home(run, SLUG, material())

section("Where next")
st.markdown(
    "- Vaswani et al., [Attention is all you need](https://arxiv.org/abs/1706.03762), 2017: an encoder and a decoder. "
    "GPT keeps the decoder alone, BERT the encoder alone, T5 both.\n"
    "- Radford et al., [Language models are unsupervised multitask learners]"
    "(https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf), 2019: "
    "GPT-2.\n"
    "- Olsson et al., [In-context learning and induction heads](https://arxiv.org/abs/2209.11895), 2022.\n"
    "- Holtzman et al., [The curious case of neural text degeneration](https://arxiv.org/abs/1904.09751), 2019: "
    "top-p.\n"
    "- Karpathy's [minGPT](https://github.com/karpathy/minGPT), where the sorting task comes from, and "
    "[nanoGPT](https://github.com/karpathy/nanoGPT).\n"
    "- Pretrained: [GPT-2 on Hugging Face](https://huggingface.co/openai-community/gpt2)."
)
