"""Loss and optimisers: the page."""

import streamlit as st

from experiments.optimizers_lessons import LESSONS
from experiments.optimizers_settings import RaceSettings
from ui.compare import compare
from ui.frame import heading, run_knobs, section, stage
from ui.health import health
from ui.knobs import complain_about_url, knobs
from ui.lessons import lessons
from ui.optimizers_inside import look_inside
from ui.optimizers_live import draw_race, view_knobs
from ui.optimizers_slice import material, measure_controls, race_on
from ui.optimizers_study import study
from ui.runs import open_run
from ui.source import source_panel
from ui.take_home import take_home
from ui.trials import conduct, start_asked
from ui.words import plain

SLUG = "optimizers"
taking_part: list[str] = []

heading(SLUG, RaceSettings, material(SLUG))
complain_about_url(RaceSettings, SLUG)
conduct(SLUG)

with st.sidebar:
    settings = knobs(
        RaceSettings,
        SLUG,
        {"Race": True, "Steps": True, "Training": False, "Run": False, "View": False},
        offered={"optimizer": lambda: taking_part},
        after={
            "surface": lambda surface: measure_controls(SLUG, surface),
            "racers": taking_part.extend,
            "Run": lambda _: run_knobs(SLUG),
            "View": lambda _: view_knobs(),
        },
    )
build, brought = race_on(SLUG)
run, sentence = open_run(SLUG, build, settings, brought)
start_asked(run, SLUG)

if sentence:
    st.info(plain(sentence))
stage(run, SLUG, draw_race, pace="50 steps/s")
health(run, SLUG)

section("Look inside")
look_inside(run, run.poll())

section("Learning rate, losses, activations, batches")
study()

section("Compare")
compare(run, SLUG, material(SLUG))

section("Try this")
lessons(run, SLUG, RaceSettings, LESSONS)

section("The mathematics")
left, right = st.columns(2, gap="large")
with left:
    st.markdown(
        "**Gradient descent.** g is the slope of the loss at the weights θ, η the learning rate: a step downhill."
    )
    st.latex(r"\theta \leftarrow \theta - \eta\, g, \qquad g = \nabla L(\theta) + \text{noise of the batch}")
    st.markdown("**Momentum** keeps a share β of the last direction; **Nesterov** adds the gradient once more.")
    st.latex(r"b \leftarrow \beta b + g, \qquad \theta \leftarrow \theta - \eta\, b")
    st.latex(r"b \leftarrow \beta b + g, \qquad \theta \leftarrow \theta - \eta\,(g + \beta b)")
    st.markdown("**Adagrad** divides by the root of all squares so far, **RMSprop** by that of a mean that forgets.")
    st.latex(r"s \leftarrow s + g^2, \qquad \theta \leftarrow \theta - \eta\, \frac{g}{\sqrt{s} + \varepsilon}")
    st.latex(
        r"v \leftarrow \alpha v + (1-\alpha)\, g^2, \quad "
        r"\theta \leftarrow \theta - \eta\,\frac{g}{\sqrt{v}+\varepsilon}"
    )
    st.markdown("**Adam** does both, and takes back that its two means began at 0.")
    st.latex(r"m \leftarrow \beta_1 m + (1-\beta_1)\, g, \quad v \leftarrow \beta_2 v + (1-\beta_2)\, g^2")
    st.latex(
        r"\hat m = \frac{m}{1-\beta_1^t}, \quad \hat v = \frac{v}{1-\beta_2^t}, \quad "
        r"\theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}"
    )
    st.markdown("**AdamW** lets the weights shrink by themselves, instead of adding λθ to the gradient.")
    st.latex(r"\theta \leftarrow (1 - \eta\lambda)\,\theta - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}")
with right:
    st.markdown(
        "**On a bowl everything is exact.** Along each axis of L = ½ θᵀAθ gradient descent multiplies the distance by "
        "the same number in every step; λ is the curvature of that axis, an eigenvalue of A."
    )
    st.latex(r"\theta_t = (1 - \eta\lambda)^t\, \theta_0")
    st.markdown(
        "It shrinks if |1 − ηλ| < 1. The steepest axis decides how large the rate may be, the flattest how long it "
        "takes; their quotient is the condition number κ."
    )
    st.latex(r"\eta < \frac{2}{\lambda_{\max}}")
    st.latex(
        r"\eta_{\text{best}} = \frac{2}{\lambda_{\min} + \lambda_{\max}}, "
        r"\quad \text{then } |1 - \eta\lambda| \le \frac{\kappa - 1}{\kappa + 1}"
    )
    st.markdown("With momentum the step depends on two earlier places, and the limits move:")
    st.latex(r"\theta_{t+1} = (1 + \beta - \eta\lambda)\,\theta_t - \beta\,\theta_{t-1}")
    st.latex(
        r"\eta < \frac{2(1+\beta)}{\lambda_{\max}}, \qquad "
        r"\text{Nesterov: } \eta < \frac{2(1+\beta)}{(1+2\beta)\,\lambda_{\max}}"
    )
    st.markdown(
        "**With noise** of variance σ² in the slope, a constant rate never arrives: the distance keeps a variance of"
    )
    st.latex(r"\operatorname{Var}(\theta) = \frac{\eta\,\sigma^2}{\lambda\,(2 - \eta\lambda)}")
    st.markdown("so that halving the rate about halves the height of the floor.")

section("The code")
source_panel(SLUG)
take_home(run, SLUG, material(SLUG))

section("Where next")
st.markdown(
    "- Goh, [Why momentum really works](https://distill.pub/2017/momentum/), 2017: the bowl, worked out in pictures.\n"
    "- Polyak, [Some methods of speeding up the convergence of iteration methods]"
    "(https://doi.org/10.1016/0041-5553(64)90137-5), 1964.\n"
    "- Duchi, Hazan & Singer, [Adagrad](https://jmlr.org/papers/v12/duchi11a.html), 2011; "
    "Kingma & Ba, [Adam](https://arxiv.org/abs/1412.6980), 2014; "
    "Loshchilov & Hutter, [AdamW](https://arxiv.org/abs/1711.05101), 2017.\n"
    "- Li et al., [Visualizing the loss landscape of neural nets](https://arxiv.org/abs/1712.09913), 2018: slices "
    "through real losses, as the surface *real network* here.\n"
    "- Ready to use: [torch.optim](https://docs.pytorch.org/docs/stable/optim.html), which runs all of the above.\n"
    "- The same optimisers on whole networks: the page Feed-forward network."
)
