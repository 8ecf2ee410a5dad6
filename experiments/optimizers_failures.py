"""The failures of the page `optimizers`: lessons whose first trial goes wrong and whose second is mended."""

from typing import Any, Final

from training.lessons import Failure, Lesson, Trial


def _alone(name: str, **settings: Any) -> dict[str, Any]:
    """One optimiser on its own."""
    return {"optimizer": name, "racers": (name,), **settings}


FAILURES: Final = (
    Lesson(
        slug="limit",
        title="Just above the limit",
        question="On a bowl of largest curvature 25, plain gradient descent gets a rate of 0.081. The limit is 2/25.",
        choices=("It is a little slower", "It diverges", "It stops at a distance from the minimum"),
        answer=1,
        trials=(
            Trial("rate 0.081", _alone("sgd", noise=0.0, learning_rate=0.081)),
            Trial("rate 0.079", _alone("sgd", noise=0.0, learning_rate=0.079)),
        ),
        steps=300,
        holds=lambda n: n[0]["has_failed"] > 0 and n[1]["loss"] < 1e-2,
        explanation=(
            "Each step multiplies the distance along the steep axis by 1 − ηλ. At 0.081 that is −1.025: a little more "
            "every time, and the height grew from {0[first_loss]:.0f} to {0[loss]:.2g}. At 0.079 it is −0.975: the "
            "height fell to {1[loss]:.2g}."
        ),
        watched=("first_loss", "loss", "step"),
        failure=Failure(
            symptom="The loss rises in every step, slowly at first, and each step lands on the other side.",
            diagnosis="The rate is above 2 over the largest curvature, so each step overshoots by more than it gains.",
            remedy="Any rate below 2/λmax converges; 2/(λmin + λmax) is the fastest.",
        ),
        then="At 2/λmax exactly, each step multiplies by −1. What does that look like?",
        change=Trial("rate 0.08, the limit", _alone("sgd", noise=0.0, learning_rate=0.08)),
    ),
    Lesson(
        slug="rate-small",
        title="Too small a rate",
        question="The same bowl, 300 steps, and a rate of 0.0001. How far does it get?",
        choices=("To the minimum, more exactly", "Hardly away from the start", "Half way"),
        answer=1,
        trials=(
            Trial("rate 0.0001", _alone("sgd", noise=0.0, learning_rate=1e-4)),
            Trial("rate 0.05", _alone("sgd", noise=0.0, learning_rate=0.05)),
        ),
        steps=300,
        holds=lambda n: n[0]["loss"] > 0.15 * n[0]["first_loss"] and n[1]["loss"] < 1e-4 * n[1]["first_loss"],
        explanation=(
            "At 0.0001 a step leaves 1 − 0.0001 of the distance along the flat axis, and the height is still "
            "{0[loss]:.1f} of {0[first_loss]:.0f} at first. At 0.05 it is {1[loss]:.2g}."
        ),
        watched=("first_loss", "loss", "step_size"),
        failure=Failure(
            symptom="The loss falls in every step, and far too slowly; the trail is a short line.",
            diagnosis="The rate is far below 1 over the smallest curvature.",
            remedy="Raise the rate tenfold at a time until the loss jumps, then take a third of that.",
        ),
    ),
    Lesson(
        slug="saddle",
        title="Stuck on a pass",
        question="The start is on the ridge of a saddle, and there is no noise. Where does gradient descent end?",
        choices=("In one of the two valleys", "On the pass, where the slope is 0", "It runs away"),
        answer=1,
        trials=(
            Trial("no noise", _alone("sgd", surface="saddle", noise=0.0)),
            Trial("noise 0.3", _alone("sgd", surface="saddle", noise=0.3)),
        ),
        steps=400,
        holds=lambda n: 0.99 < n[0]["loss"] < 1.01 and n[1]["loss"] < 0.1,
        explanation=(
            "On the ridge every slope points along it, down to the pass at (0, 0), where it is 0: the height stays at "
            "{0[loss]:.3f}. The least noise leads off the ridge, and from there it is downhill to {1[loss]:.3f}. In "
            "millions of dimensions saddles are far more common than bad minima, and the noise of batches is a help."
        ),
        watched=("first_loss", "loss", "step_size"),
        failure=Failure(
            symptom="The loss stops falling although lower places are near; the gradient is almost 0.",
            diagnosis="A saddle: the slope is 0, the curvature is positive one way and negative another.",
            remedy="Some noise, as small batches give, or another beginning.",
        ),
        then="Adam divides by the size of the slope. Does it leave the ridge without noise?",
        change=Trial("Adam, no noise", _alone("adam", surface="saddle", noise=0.0)),
    ),
    Lesson(
        slug="adagrad",
        title="Adagrad's rate dies",
        question="Adagrad divides by the root of all squared slopes so far. What becomes of its steps in 400 steps?",
        choices=("They shrink, though it is far from done", "They stay as they are", "They grow"),
        answer=0,
        trials=(
            Trial("Adagrad", _alone("adagrad", noise=0.0)),
            Trial("RMSprop", _alone("rmsprop", noise=0.0)),
        ),
        steps=400,
        holds=lambda n: (
            n[0]["loss"] > 0.05 * n[0]["first_loss"]
            and n[0]["step_size"] < 0.2 * n[0]["learning_rate"]
            and n[1]["loss"] < 0.05 * n[0]["loss"]
        ),
        explanation=(
            "Adagrad's first step was 0.05 long; after 400 steps it is {0[step_size]:.4f}, at a height of "
            "{0[loss]:.1f}: the sum of squares only grows. RMSprop takes a mean that forgets, and reached "
            "{1[loss]:.2g} at the same rate."
        ),
        watched=("first_loss", "loss", "step_size"),
        curve="step_size",
        failure=Failure(
            symptom="The loss falls ever more slowly, as if somebody turned the rate down.",
            diagnosis="The sum of squared slopes only grows, so the effective rate only falls.",
            remedy="A larger rate for Adagrad, or RMSprop and Adam, whose mean of squares forgets.",
        ),
        then="A rate thirty times as large makes up for it here.",
        change=Trial("Adagrad, rate 1.5", _alone("adagrad", noise=0.0, learning_rate=1.5)),
    ),
    Lesson(
        slug="floor",
        title="The noise floor",
        question="Slopes with much noise, a constant rate of 0.05. Will more steps bring the loss to 0?",
        choices=("Yes, it only takes longer", "No, it is diverging", "No, it stays shaken at some height"),
        answer=2,
        trials=(
            Trial("rate 0.05", _alone("sgd", noise=10.0)),
            Trial("rate 0.003", _alone("sgd", noise=10.0, learning_rate=0.003)),
        ),
        steps=1000,
        holds=lambda n: 1 < n[0]["mean_loss"] < 50 and n[1]["mean_loss"] < 0.5 * n[0]["mean_loss"],
        explanation=(
            "Near the minimum the true slope is smaller than the noise, and every step is a step at random, of a "
            "length that the rate decides. At 0.05 the mean height of the last places was {0[mean_loss]:.2f}; at "
            "0.003, after the same 1,000 steps, {1[mean_loss]:.2f}. The floor is in proportion to the rate."
        ),
        watched=("first_loss", "mean_loss", "lowest_loss"),
        curve="mean_loss",
        failure=Failure(
            symptom="The loss falls at first and then jumps about one level for ever.",
            diagnosis="Noise of the batches times the rate: each step undoes what others gained.",
            remedy="A smaller rate towards the end (a schedule), or larger batches.",
        ),
    ),
)
