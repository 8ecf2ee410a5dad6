"""The lessons of the page `gan`, the failure museum among them."""

import math
from typing import Any, Final

from training.lessons import Failure, Lesson, Trial

_ALONE: Final[dict[str, Any]] = {"learns": "discriminator"}
_AHEAD: Final[dict[str, Any]] = {
    "data": "two Gaussians",
    "loss": "minimax",
    "discriminator_steps": 5,
    "rate_ratio": 10.0,
}

LESSONS: Final = (
    Lesson(
        slug="starved",
        title="The loss that starves the generator",
        question=(
            "The discriminator learns alone for 300 steps and tells all apart. How strong is the push that a fake then "
            "gets back, under the loss of the first paper and under the one that is used instead?"
        ),
        choices=(
            "The same: the discriminator is the same",
            "More than fifty times as strong under the non-saturating loss",
            "Stronger under minimax: the generator has more to lose",
        ),
        answer=1,
        trials=(
            Trial("minimax", {**_ALONE, "loss": "minimax"}),
            Trial("non-saturating", {**_ALONE, "loss": "non-saturating"}),
        ),
        steps=300,
        holds=lambda n: (
            n[0]["gradient_at_fakes"] < 0.5
            and n[1]["gradient_at_fakes"] > 50 * n[0]["gradient_at_fakes"]
            and n[0]["score_fake"] < 0.1
        ),
        explanation=(
            "Fakes get D = {0[score_fake]:.3f}. Under minimax a fake is pushed with {0[gradient_at_fakes]:.2g}, under "
            "the non-saturating loss with {1[gradient_at_fakes]:.2g}. Both pass through the same discriminator; but "
            "the first loss has the slope −D at the score of a fake, nearly 0 where the discriminator is sure, and the "
            "second has D − 1, nearly −1. The generator would need the strongest push just where minimax gives none."
        ),
        watched=("gradient_at_fakes", "score_real", "score_fake"),
        curve="gradient_at_fakes",
        then="And if the generator moves, too, from the first step on?",
        change=Trial("minimax, both learn", {"learns": "both", "loss": "minimax"}),
    ),
    Lesson(
        slug="collapse",
        title="One of eight",
        question=(
            "Eight small clouds stand in a ring. Adam keeps 90 % of its last step, as everywhere else; then it keeps "
            "nothing. How many clouds do the fakes reach?"
        ),
        choices=("All eight, both times", "With memory all, without it one", "With memory one or two, without it most"),
        answer=2,
        trials=(Trial("β₁ = 0.9", {"momentum": 0.9}), Trial("β₁ = 0", {"momentum": 0.0})),
        steps=800,
        holds=lambda n: (
            n[0]["covered_share"] <= 0.25
            and n[1]["covered_share"] >= 0.5
            and n[1]["test_loss"] < 0.5 * n[0]["test_loss"]
        ),
        explanation=(
            "With β₁ = 0.9 the fakes reach {0[covered_share]:.0%} of the clouds and chase round the ring: as soon as "
            "the discriminator knows a cloud of fakes, the generator moves it on, and momentum carries both past each "
            "other. Without it they reach {1[covered_share]:.0%}, and the distance falls to {1[test_loss]:.2f}. With "
            "the seeds 0 to 4, the first reached one cloud each time, the second four to eight. Train several seeds "
            "under Compare to see how much is luck."
        ),
        watched=("covered_share", "far_share", "test_loss"),
        curve="test_loss",
        failure=Failure(
            symptom="All fakes look alike, and what they look like changes from moment to moment.",
            diagnosis="The generator needs only one example that passes, and both networks run past each other.",
            remedy="Less momentum; or a loss, a penalty or a norm that keeps the discriminator from turning steeply.",
        ),
    ),
    Lesson(
        slug="too_strong",
        title="A discriminator too far ahead",
        question=(
            "The discriminator gets five turns for each one of the generator, at ten times its rate. Surely a better "
            "judge makes a better forger?"
        ),
        choices=(
            "No: the fakes come no nearer, until noise is added to all that the discriminator sees",
            "Yes: the distance falls sooner than with equal turns",
            "It makes no difference",
        ),
        answer=0,
        trials=(
            Trial("five turns, ten times the rate", _AHEAD),
            Trial("the same, with noise on all it sees", {**_AHEAD, "instance_noise": 0.2}),
        ),
        steps=400,
        holds=lambda n: (
            n[0]["test_loss"] > 0.8 * n[0]["first_test_loss"] and n[1]["test_loss"] < 0.35 * n[1]["first_test_loss"]
        ),
        explanation=(
            "The distance began at {0[first_test_loss]:.2f} and is {0[test_loss]:.2f}: all fakes sit in one of the two "
            "clouds, and where they sit the answer is flat, or throws them over to the other. With noise of 0.2 real "
            "examples and fakes overlap, no answer can be sharp, and the distance falls to {1[test_loss]:.2f}. It does "
            "not always fail: of the seeds 0 to 4, one began with fakes in both clouds and learnt all the same."
        ),
        watched=("test_loss", "covered_share", "score_real", "score_fake"),
        curve="test_loss",
        failure=Failure(
            symptom="The discriminator is sure, and the fakes stay where they are or hop about.",
            diagnosis="Where the discriminator's answer is flat, no direction leads anywhere.",
            remedy="Fewer turns or a lower rate, instance noise, spectral normalisation, or a critic with a penalty.",
        ),
    ),
    Lesson(
        slug="losses",
        title="A loss that says nothing",
        question="The fakes become good. What becomes of the generator's loss, which began at about 0.69?",
        choices=("It falls towards 0", "It ends where it began", "It rises without end"),
        answer=1,
        trials=(Trial("ring of 8", {"data": "ring of 8", "loss": "non-saturating"}),),
        steps=1000,
        holds=lambda n: (
            abs(n[0]["generator_loss"] - math.log(2)) < 0.15 and n[0]["test_loss"] < 0.4 * n[0]["first_test_loss"]
        ),
        explanation=(
            "The distance to fresh examples fell from {0[first_test_loss]:.2f} to {0[test_loss]:.2f}, but the "
            "generator's loss is {0[generator_loss]:.2f}, about ln 2 = 0.69: the discriminator says ½ when it cannot "
            "tell, at the start because it knows nothing, at the end because there is little left to know. A loss "
            "that is measured against a moving opponent is no measure of progress."
        ),
        watched=("generator_loss", "discriminator_loss", "test_loss"),
        curve="generator_loss",
    ),
)
