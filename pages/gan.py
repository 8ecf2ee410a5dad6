"""The generative adversarial network: the page."""

from typing import Any

import streamlit as st

from experiments.gan import GANExperiment
from experiments.gan_lessons import LESSONS
from experiments.gan_settings import OWN_POINTS, GANSettings
from ui.compare import compare
from ui.frame import heading, run_knobs, section, stage
from ui.gan_beside import beside
from ui.gan_data import data_report, material, own_data
from ui.gan_inside import look_inside
from ui.gan_live import SLUG, draw_empty_plane, draw_game, view_knobs
from ui.health import health
from ui.knobs import complain_about_url, knobs
from ui.lessons import lessons
from ui.runs import open_run
from ui.source import source_panel
from ui.take_home import take_home
from ui.trials import conduct, start_asked
from ui.words import plain

brought: dict[str, Any] = {}


def bring(data: str) -> None:
    """What the visitor has of their own, where the data ask for it."""
    brought["own"], brought["points"], brought["key"] = own_data(data)


def build(settings: GANSettings) -> GANExperiment:
    """The experiment on the visitor's own data, where the settings ask for them."""
    return GANExperiment(settings, brought["own"], brought["points"])


heading(SLUG, GANSettings, material())
complain_about_url(GANSettings, SLUG)
conduct(SLUG)

with st.sidebar:
    settings = knobs(
        GANSettings,
        SLUG,
        {"Data": True, "Networks": True, "Game": True, "Training": False, "Run": False, "View": False},
        after={"data": bring, "Run": lambda _: run_knobs(SLUG), "View": lambda _: view_knobs()},
    )
run, sentence = open_run(SLUG, build, settings, brought["key"])
start_asked(run, SLUG)

if sentence:
    st.info(plain(sentence))
if sentence and settings.data == OWN_POINTS:
    draw_empty_plane()
else:
    stage(run, SLUG, draw_game)
    health(run, SLUG)
    data_report(run.poll().observation)

section("Look inside")
look_inside(run, run.poll())

section("Compare")
beside(run, settings)
compare(run, SLUG, material())

section("Try this")
lessons(run, SLUG, GANSettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**The game.** D(x) is the discriminator's chance that x is real, G(z) what the generator makes of noise. One "
        "raises this value, the other lowers it. In each step the discriminator moves first."
    )
    st.latex(r"\min_G \max_D \; \mathbb{E}_{x}\big[\ln D(x)\big] + \mathbb{E}_{z}\big[\ln(1 - D(G(z)))\big]")
    st.markdown(
        "**The best discriminator**, for the generator as it is, knows both densities. Against it, the generator "
        "lowers the Jensen–Shannon divergence between real examples and fakes; if the two are equal, D is ½ everywhere."
    )
    st.latex(r"D^*(x) = \frac{p_{\text{real}}(x)}{p_{\text{real}}(x) + p_{\text{fake}}(x)}")
    st.markdown(
        "**Starved.** With the score s, D = 1/(1 + e⁻ˢ), the minimax loss of a fake has the slope −D: where the "
        "discriminator is sure, hardly anything comes back. The non-saturating loss has the slope D − 1, which is then "
        "nearly −1. The lecture's loop uses it too: it asks for the label “real”."
    )
    st.latex(r"\frac{\partial}{\partial s} \ln(1 - D) = -D, \qquad \frac{\partial}{\partial s}\big(-\ln D\big) = D - 1")
with right:
    st.markdown(
        "**Critics.** A score without bounds that changes no faster than its input measures how far the fakes have to "
        "be carried, the Wasserstein distance. Clipping weights (WGAN) or asking for slopes of 1 (WGAN-GP) keeps it "
        "from turning steeper; spectral normalisation does so layer by layer."
    )
    st.latex(r"W = \max_{\|f\|_L \le 1} \; \mathbb{E}_x f(x) - \mathbb{E}_z f(G(z))")
    st.markdown(
        "**What the curve shows.** Neither loss says how good the fakes are, because each is measured against an "
        "opponent that moves. The distance drawn on this page is the energy distance, 0 only if the samples are the "
        "same. It is computed from examples alone, learns nothing, and counts as the loss of this page, for health, "
        "lessons and comparisons. Real samples of 256 are already some 0.1 apart."
    )
    st.latex(r"E^2 = 2\,\mathbb{E}\|x - y\| - \mathbb{E}\|x - x'\| - \mathbb{E}\|y - y'\|")
    st.markdown(
        "**Memory.** Adam's β₁ keeps a share of the last step. In a game the slope turns as the opponent moves, and a "
        "long memory pushes on in a direction that was right a moment ago: 0 or 0.5 is usual here, 0.9 elsewhere."
    )

section("The code")
source_panel(SLUG)
take_home(run, SLUG, material())

section("Where next")
st.markdown(
    "- Goodfellow et al., [Generative adversarial nets](https://arxiv.org/abs/1406.2661), 2014.\n"
    "- Radford et al., [DCGAN](https://arxiv.org/abs/1511.06434), 2015: convolutions, and which tricks they need.\n"
    "- Arjovsky et al., [Wasserstein GAN](https://arxiv.org/abs/1701.07875), 2017, and Gulrajani et al., "
    "[WGAN-GP](https://arxiv.org/abs/1704.00028).\n"
    "- Miyato et al., [Spectral normalisation](https://arxiv.org/abs/1802.05957), 2018.\n"
    "- Mescheder et al., [Which training methods for GANs do actually converge?](https://arxiv.org/abs/1801.04406), "
    "2018: games run in circles, and what stops them.\n"
    "- Karras et al., [StyleGAN](https://arxiv.org/abs/1812.04948), 2018: faces of nobody.\n"
    "- Kahng et al., [GAN Lab](https://poloclub.github.io/ganlab/), 2018: the game on the plane in a browser.\n"
    "- Ready to use: [PyTorch's DCGAN tutorial]"
    "(https://docs.pytorch.org/tutorials/beginner/dcgan_faces_tutorial.html)."
)
