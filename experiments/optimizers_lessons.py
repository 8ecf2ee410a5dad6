"""The lessons of the page `optimizers`, its failures among them."""

from typing import Any, Final

from experiments.optimizers_failures import FAILURES
from training.lessons import Lesson, Trial


def _alone(name: str, **settings: Any) -> dict[str, Any]:
    """One optimiser on its own."""
    return {"optimizer": name, "racers": (name,), **settings}


LESSONS: Final = (
    Lesson(
        slug="momentum",
        title="Momentum in a ravine",
        question="Steep walls, a floor that hardly falls, a rate of 0.05 for both. Who is lower after 300 steps?",
        choices=("Plain gradient descent", "Momentum", "Both the same: they see the same slopes"),
        answer=1,
        trials=(
            Trial("plain gradient descent", _alone("sgd", surface="ravine")),
            Trial("momentum 0.9", _alone("momentum", surface="ravine")),
        ),
        steps=300,
        holds=lambda n: n[1]["loss"] < 0.3 * n[0]["loss"] and n[0]["loss"] > 0.3,
        explanation=(
            "Across the ravine the slope changes its sign with every step, and what is kept of past steps cancels. "
            "Along it the slope always points the same way, and momentum adds up, to ten times the step at β = 0.9. "
            "Plain gradient descent ended at a height of {0[loss]:.3f}, momentum at {1[loss]:.3f}."
        ),
        watched=("first_loss", "loss"),
        then="Does Nesterov's look ahead help here, at the same rate?",
        change=Trial("Nesterov", _alone("nesterov", surface="ravine")),
    ),
    Lesson(
        slug="adam-first",
        title="Adam's first steps",
        question="One bowl is a hundred times as steep as the other. How large are Adam's first steps at rate 0.05?",
        choices=(
            "A hundred times as large on the steep bowl",
            "A hundred times as large on the flat bowl",
            "About 0.05 on both",
        ),
        answer=2,
        trials=(
            Trial("round bowl", _alone("adam", condition=1.0, noise=0.0)),
            Trial("condition 100", _alone("adam", condition=100.0, noise=0.0)),
        ),
        steps=20,
        holds=lambda n: (
            all(0.045 < one["step_size"] < 0.055 for one in n) and n[1]["first_loss"] > 10 * n[0]["first_loss"]
        ),
        explanation=(
            "In the first step m̂ is the gradient and √v̂ its size, so their ratio is 1 or −1 whatever the gradient is, "
            "and each weight moves by the learning rate. After twenty steps the largest change was still "
            "{0[step_size]:.3f} on the round bowl and {1[step_size]:.3f} on the steep one. Adam's rate is a length, "
            "not a share of the slope."
        ),
        watched=("first_loss", "step_size"),
        curve="step_size",
        then="What does plain gradient descent make of the round bowl at this rate?",
        change=Trial("plain, round bowl", _alone("sgd", condition=1.0, noise=0.0)),
    ),
    Lesson(
        slug="schedule",
        title="Slow down to arrive",
        question="Noisy slopes, 500 steps. Does a rate that falls to 0 end lower than one that stays?",
        choices=("Yes, far lower", "No, it gives steps away", "There is no difference"),
        answer=0,
        trials=(
            Trial("constant 0.05", _alone("sgd", noise=5.0)),
            Trial("cosine to 0", _alone("sgd", noise=5.0, schedule="cosine", schedule_steps=500)),
        ),
        steps=500,
        holds=lambda n: n[1]["mean_loss"] < 0.5 * n[0]["mean_loss"] < 5,
        explanation=(
            "With a constant rate every step follows some noise, and the point is shaken about the minimum: its last "
            "64 steps had a mean height of {0[mean_loss]:.2f}. As the rate falls the noise averages out, and the mean "
            "is {1[mean_loss]:.2f}. Far away a large rate is good, near the minimum a small one: a schedule gives both."
        ),
        watched=("first_loss", "mean_loss", "learning_rate"),
        curve="mean_loss",
        then="Is a rate that is small all the time as good?",
        change=Trial("constant 0.002", _alone("sgd", noise=5.0, learning_rate=0.002)),
    ),
    *FAILURES,
)
