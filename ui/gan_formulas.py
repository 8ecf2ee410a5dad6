"""The formula of each stage of a GAN's step, with the numbers of that batch put in."""

from typing import Any, Final

import numpy as np

from ui.mlp_backprop import OPTIMIZERS
from ui.words import factor, tex

MOST: Final = 3  # numbers of a vector that are written out
COST_OF_REAL: Final = {
    "non-saturating": r"-\ln D(x_i)",
    "minimax": r"-\ln D(x_i)",
    "least squares": r"(D(x_i) - 1)^2",
    "hinge": r"\max(0, 1 - D(x_i))",
}
COST_OF_FAKE: Final = {
    "non-saturating": r"-\ln(1 - D(\tilde x_i))",
    "minimax": r"-\ln(1 - D(\tilde x_i))",
    "least squares": r"D(\tilde x_i)^2",
    "hinge": r"\max(0, 1 + D(\tilde x_i))",
}
COST_TO_FORGE: Final = {
    "non-saturating": r"-\ln D(\tilde x_i)",
    "minimax": r"\ln(1 - D(\tilde x_i))",
    "least squares": r"\tfrac12 (D(\tilde x_i) - 1)^2",
}


def formula(turn: Any, kind: str, follow: int, settings: Any) -> str:
    """The formula of a stage in LaTeX.

    Args:
        turn: a `Turn` of experiments/gan_stages.py.
        kind: of the stage.
        follow: the example whose numbers are put in.
        settings: of the run.
    """
    return {
        "noise": _noise,
        "fakes": _fakes,
        "judge": _judgement,
        "loss": _loss,
        "gradient": _gradient,
        "slopes": _slopes,
        "update": _update,
    }[kind](turn, follow, settings)


def aligned(*lines: str) -> str:
    """Lines one below another, aligned at their `&`."""
    return r"\begin{aligned} " + r" \\[4pt] ".join(lines) + r" \end{aligned}"


def vector(values: np.ndarray) -> str:
    """The first numbers of a vector."""
    told = [tex(float(value)) for value in values[:MOST]]
    return "(" + r",\; ".join(told) + (r",\; \dots" if len(values) > MOST else "") + ")"


def _noise(turn: Any, follow: int, settings: Any) -> str:
    where = r"\mathcal{U}(-1, 1)" if settings.noise == "uniform" else r"\mathcal{N}(0, 1)"
    i = follow + 1
    return aligned(rf"z_{{{i}}} &\sim {where}^{{{turn.noise.shape[1]}}}", f"&= {vector(turn.noise[follow])}")


def _fakes(turn: Any, follow: int, settings: Any) -> str:
    i = follow + 1
    return aligned(
        rf"\tilde x_{{{i}}} &= G(z_{{{i}}}) = G{vector(turn.noise[follow])}", f"&= {vector(turn.fakes[follow])}"
    )


def _score(turn: Any, symbol: str, score: float) -> str:
    """What the discriminator says to one example."""
    if turn.gives_chances:
        chance = 1 / (1 + np.exp(-score))
        return rf"D({symbol}) &= \sigma({tex(score)}) = \frac{{1}}{{1 + e^{{{tex(-score)}}}}} = {tex(chance)}"
    return rf"D({symbol}) &= {tex(score)}"


def _judgement(turn: Any, follow: int, settings: Any) -> str:
    i = follow + 1
    lines = [_score(turn, rf"\tilde x_{{{i}}}", float(turn.fake_scores[follow]))]
    if turn.real_scores is not None:
        lines.insert(0, _score(turn, f"x_{{{i}}}", float(turn.real_scores[follow])))
    return aligned(*lines)


def _loss(turn: Any, follow: int, settings: Any) -> str:
    if turn.who == "generator":
        return _loss_of_generator(turn, follow)
    if turn.loss_name not in COST_OF_REAL:
        return _loss_of_critic(turn)
    half, name, i = (r"\tfrac12 \cdot " if turn.share < 1 else ""), turn.loss_name, follow + 1
    real, fake = turn.real_costs, turn.fake_costs
    one = r"\text{cost of } x_i" if settings.label_smoothing and turn.gives_chances else COST_OF_REAL[name]
    return aligned(
        rf"L_D &= {half}\tfrac1n \textstyle\sum_i {one} + {half}\tfrac1n \textstyle\sum_i {COST_OF_FAKE[name]}",
        rf"&= {half}{tex(float(real.mean()))} + {half}{tex(float(fake.mean()))} = {tex(turn.loss)}",
        rf"x_{{{i}}} &\text{{ costs }} {tex(float(real[follow]))}, \quad "
        rf"\tilde x_{{{i}}} \text{{ costs }} {tex(float(fake[follow]))}",
    )


def _loss_of_critic(turn: Any) -> str:
    general = r"-\tfrac1n \textstyle\sum_i D(x_i) + \tfrac1n \textstyle\sum_i D(\tilde x_i)"
    numbers = f"{tex(float(turn.real_costs.mean()))} + {factor(float(turn.fake_costs.mean()))}"
    if turn.loss_name == "WGAN-GP":
        general += r" + \lambda\, \tfrac1n \textstyle\sum_i (\lVert \nabla D(\hat x_i) \rVert - 1)^2"
        numbers += f" + {factor(turn.penalty)}"
    return aligned(f"L_D &= {general}", f"&= {numbers} = {tex(turn.loss)}")


def _loss_of_generator(turn: Any, follow: int) -> str:
    cost = COST_TO_FORGE.get(turn.loss_name, r"-D(\tilde x_i)")
    i = follow + 1
    return aligned(
        rf"L_G &= \tfrac1n \textstyle\sum_i {cost} = {tex(turn.loss)}",
        rf"\tilde x_{{{i}}} &\text{{ costs }} {tex(float(turn.fake_costs[follow]))}",
    )


def _gradient(turn: Any, follow: int, settings: Any) -> str:
    length = float(np.sqrt(sum(part.gradient**2 for part in turn.parts)))
    return aligned(
        rf"\lVert \nabla_{{\theta_D}} L_D \rVert &= {tex(length)}",
        rf"\frac{{\partial L_D}}{{\partial w}} &= {tex(turn.weight.gradient)} \quad "
        rf"\text{{({turn.weight.name}, the largest)}}",
    )


def _slopes(turn: Any, follow: int, settings: Any) -> str:
    i = follow + 1
    slope = turn.slopes[follow]
    inner = {
        "non-saturating": r"-(1 - D(\tilde x))",
        "minimax": r"-D(\tilde x)",
        "least squares": r"(D(\tilde x) - 1)",
    }.get(turn.loss_name, "-1")
    general = rf"\frac{{\partial L_i}}{{\partial \tilde x_i}} &= {inner} \cdot "
    if turn.gives_chances:
        general += r"\frac{\partial s}{\partial \tilde x_i}, \qquad D = \sigma(s)"
    else:
        general += r"\frac{\partial D}{\partial \tilde x_i}"
    numbers = rf"\frac{{\partial L_{{{i}}}}}{{\partial \tilde x_{{{i}}}}} &= {vector(slope)}"
    return aligned(general, numbers, rf"\text{{length}} &= {tex(float(np.linalg.norm(slope)))}")


def _update(turn: Any, follow: int, settings: Any) -> str:
    weight = turn.weight
    letter = "D" if turn.who == "discriminator" else "G"
    rule = settings.optimizer if letter == "G" else settings.discriminator_optimizer
    rule = settings.optimizer if rule == "the same" else rule
    change = weight.after - weight.before
    return aligned(
        rf"w &\leftarrow {tex(weight.before, 4)} + {factor(change)} = {tex(weight.after, 4)}",
        rf"&\phantom{{\leftarrow}} \; \text{{{weight.name}; {OPTIMIZERS[rule]}, }} \eta = {tex(turn.rate)},\; "
        rf"\tfrac{{\partial L_{letter}}}{{\partial w}} = {tex(weight.gradient)}",
        rf"L_{letter} &: \; {tex(turn.loss, 4)} \to {tex(turn.loss_after, 4)} \text{{ on the same batch}}",
    )
