"""The variational autoencoder: the page."""

from typing import Any

import streamlit as st

from experiments.vae import VAEExperiment
from experiments.vae_lessons import LESSONS
from experiments.vae_settings import OWN, VAESettings
from ui.compare import compare
from ui.frame import heading, run_knobs, section, stage
from ui.health import health
from ui.knobs import complain_about_url, knobs
from ui.lessons import lessons
from ui.own_images import material, own_images
from ui.runs import open_run
from ui.source import source_panel
from ui.take_home import take_home
from ui.trials import conduct, start_asked
from ui.vae_inside import look_inside
from ui.vae_live import SLUG, draw_space, view_knobs
from ui.vae_races import race_of_kinds
from ui.words import plain

brought: dict[str, Any] = {"own": None, "key": None}


def bring(data: str) -> None:
    """The visitor's own pictures, where they are asked for."""
    if data == OWN:
        brought["own"], brought["key"] = own_images(SLUG)


def build(settings: VAESettings) -> VAEExperiment:
    """The experiment on the visitor's own pictures, where the settings ask for them."""
    return VAEExperiment(settings, brought["own"])


heading(SLUG, VAESettings, material(SLUG))
complain_about_url(VAESettings, SLUG)
conduct(SLUG)

with st.sidebar:
    settings = knobs(
        VAESettings,
        SLUG,
        {"Data": True, "Network": True, "Loss": True, "Training": False, "Run": False, "View": False},
        after={"data": bring, "Run": lambda _: run_knobs(SLUG), "View": lambda _: view_knobs()},
    )
run, sentence = open_run(SLUG, build, settings, brought["key"])
start_asked(run, SLUG)

if sentence:
    st.info(plain(sentence))
stage(run, SLUG, draw_space)
health(run, SLUG)

section("Look inside")
look_inside(run, run.poll())

section("Compare")
race_of_kinds(run)
compare(run, SLUG, material(SLUG))

section("Try this")
lessons(run, SLUG, VAESettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**A cloud for each input.** The encoder says where it lies and how wide it is, in each latent unit by itself."
    )
    st.latex(r"q(z \mid x) = \mathcal{N}\big(\mu(x),\ \mathrm{diag}\,\sigma^2(x)\big)")
    st.markdown(
        "**Reparameterisation.** A draw cannot be differentiated. So the dice are thrown outside, and the draw is a "
        "plain formula of μ and σ, through which gradients pass."
    )
    st.latex(r"z = \mu + \sigma \odot \varepsilon, \qquad \varepsilon \sim \mathcal{N}(0, I)")
    st.markdown(
        "**The bound.** How likely the model finds an input is an integral over all z, which nobody can do. This is "
        "never above it, and the gap is the divergence between q and what z really is, given x."
    )
    st.latex(
        r"\ln p(x) \ \ge\ \mathbb{E}_{q}\big[\ln p(x \mid z)\big] - "
        r"\mathrm{KL}\big(q(z \mid x)\,\|\,\mathcal{N}(0, I)\big)"
    )
with right:
    st.markdown("**Loss.** Minus the bound, with β before the divergence; β = 1 is the bound itself.")
    st.latex(
        r"\begin{aligned} L = &\underbrace{-\sum_{d=1}^{D} \big[x_d \ln \hat x_d + (1 - x_d) \ln (1 - \hat x_d)\big]}"
        r"_{R,\ \text{or } \sum_d (x_d - \hat x_d)^2} \\ "
        r"+\ \beta \cdot &\underbrace{\Big(-\tfrac12 \sum_{l=1}^{L} "
        r"\big(1 + \ln \sigma_l^2 - \mu_l^2 - \sigma_l^2\big)\Big)}_{\mathrm{KL}\ \ge\ 0} \end{aligned}"
    )
    st.markdown(
        "The lecture leaves out the minus before ½; its loss then falls without end. And if the first sum becomes a "
        "mean over D values, β counts D times as much:"
    )
    st.latex(r"\tfrac1D\,R + \beta\,\mathrm{KL} = \tfrac1D\big(R + D\beta\,\mathrm{KL}\big)")
    st.markdown(
        "**Free nats.** A unit pays only for what is above λ. **Used units** are those whose mean varies over the data "
        "by more than 0.01."
    )
    st.latex(r"\sum_l \max\big(\lambda,\ \mathrm{KL}_l\big), \qquad \mathrm{Var}_x\big[\mu_l(x)\big] > 0.01")

section("The code")
source_panel(SLUG)
take_home(run, SLUG, material(SLUG))

section("Where next")
st.markdown(
    "- Kingma & Welling, [Auto-encoding variational Bayes](https://arxiv.org/abs/1312.6114), 2013, and their "
    "[Introduction to variational autoencoders](https://arxiv.org/abs/1906.02691), 2019.\n"
    "- Rezende, Mohamed & Wierstra, [Stochastic backpropagation](https://arxiv.org/abs/1401.4082), 2014.\n"
    "- Higgins et al., [β-VAE](https://openreview.net/forum?id=Sy2fzU9gl), 2017: a stronger pull, tidier units.\n"
    "- Burda, Grosse & Salakhutdinov, [Importance weighted autoencoders](https://arxiv.org/abs/1509.00519), 2015: a "
    "tighter bound, and how to count the units that are used.\n"
    "- Bowman et al., [Generating sentences from a continuous space](https://arxiv.org/abs/1511.06349), 2015: why "
    "codes collapse, and β that rises slowly.\n"
    "- van den Oord, Vinyals & Kavukcuoglu, [VQ-VAE](https://arxiv.org/abs/1711.00937), 2017: codes from a list.\n"
    "- Ready to use: the [autoencoders of diffusers](https://huggingface.co/docs/diffusers/api/models/autoencoderkl), "
    "in whose latent space Stable Diffusion paints; many variants side by side in "
    "[PyTorch-VAE](https://github.com/AntixK/PyTorch-VAE)."
)
