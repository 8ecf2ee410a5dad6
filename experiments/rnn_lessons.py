"""The lessons of the page `rnn`."""

from typing import Final

from training.lessons import Failure, Lesson, Trial

_FAR: Final = {"task": "memory", "seq_len": 20, "learning_rate": 0.02}
_START: Final = {"task": "memory", "seq_len": 12, "learning_rate": 0.003}
_REACH: Final = {"task": "memory", "seq_len": 8, "cell": "gru"}
_STEEP: Final = {
    "task": "adding",
    "seq_len": 30,
    "initialisation": "random",
    "spectral_radius": 2.0,
    "optimizer": "sgd",
    "learning_rate": 0.3,
}
SEASONAL_NAIVE: Final = 38.9  # its error on the tail of the sunspots, as the page draws it

LESSONS: Final = (
    Lesson(
        slug="far",
        title="Nineteen steps are far",
        question="Which letter came first? It is asked 19 steps later. Who has learnt to answer after 400 updates?",
        choices=("Both", "Only the GRU", "Neither"),
        answer=1,
        trials=(Trial("plain RNN", _FAR), Trial("GRU", {**_FAR, "cell": "gru"})),
        steps=400,
        holds=lambda n: n[0]["test_accuracy"] < 0.8 and n[1]["test_accuracy"] > 0.9,
        explanation=(
            "The plain RNN mixes and bends its memory at each of the 19 steps, and little of the gradient arrives at "
            "the first: {0[test_accuracy]:.0%} right, where guessing gives 12 %. The GRU's update gate can leave the "
            "old memory as it is: {1[test_accuracy]:.0%}. Other seeds and rates move both numbers a good deal."
        ),
        watched=("loss", "test_accuracy"),
        curve="accuracy",
        then="Is it the lag alone? Ask the plain RNN after 7 steps.",
        change=Trial("plain RNN, 8 steps", {**_FAR, "seq_len": 8, "learning_rate": 0.01}),
    ),
    Lesson(
        slug="orthogonal",
        title="A start that turns and does not shrink",
        question="The same plain RNN, the first letter asked 11 steps later. Do the first recurrent weights matter?",
        choices=("No, training finds the same ones", "Yes: weights that only turn the memory learn it in time"),
        answer=1,
        trials=(
            Trial("PyTorch's start", _START),
            Trial("orthogonal, radius 1", {**_START, "initialisation": "orthogonal"}),
        ),
        steps=600,
        holds=lambda n: n[0]["test_accuracy"] < 0.5 and n[1]["test_accuracy"] > 0.7,
        explanation=(
            "PyTorch's small random weights have a spectral radius of about 0.6, so a memory has shrunk to "
            "less than a hundredth after 11 steps: {0[test_accuracy]:.0%} right. An orthogonal matrix turns it and "
            "keeps its length: {1[test_accuracy]:.0%} after the same 600 updates. That is so at a low rate; a higher "
            "one can make up for the start."
        ),
        watched=("loss", "test_accuracy"),
        curve="accuracy",
        then="What does an orthogonal start give that is scaled to half?",
        change=Trial("radius 0.5", {**_START, "initialisation": "orthogonal", "spectral_radius": 0.5}),
    ),
    Lesson(
        slug="reach",
        title="A gradient that stops early",
        question="Long texts are learnt in pieces: the gradient stops between them. What if it goes back 3 steps only?",
        choices=("The network still remembers 7 steps", "It cannot learn to remember 7 steps"),
        answer=1,
        trials=(Trial("3 steps back", {**_REACH, "bptt": 3}), Trial("to the start", _REACH)),
        steps=200,
        holds=lambda n: n[0]["test_accuracy"] < 0.7 and n[1]["test_accuracy"] > 0.9,
        explanation=(
            "The memory is carried on either way, but with a reach of 3 steps nothing tells the network to keep the "
            "letter at the moment it is read: {0[test_accuracy]:.0%} right, by what happens to be left over. With the "
            "gradient going all the way: {1[test_accuracy]:.0%}."
        ),
        watched=("loss", "test_accuracy"),
        curve="accuracy",
    ),
    Lesson(
        slug="seasonal",
        title="Sunspots and a simple forecast",
        question="309 yearly numbers of sunspots. Does the RNN beat saying what was 11 years ago?",
        choices=("Yes, clearly", "No"),
        answer=1,
        trials=(Trial("plain RNN", {"task": "sunspots"}),),
        steps=400,
        holds=lambda n: n[0].get("forecast_error", 0.0) > SEASONAL_NAIVE,
        explanation=(
            "One step ahead it learns well: the training loss fell to {0[loss]:.3f}. Going on by itself over 22 years "
            "its errors add up: wrong by {0[forecast_error]:.1f} sunspots, where repeating the last 11 years is wrong "
            f"by {SEASONAL_NAIVE}. A short series has few cycles to learn from: compare with the simple forecast."
        ),
        watched=("loss", "test_loss", "forecast_error"),
        curve="test_loss",
        then="Does it help to stop earlier, or to train a GRU?",
        change=Trial("GRU", {"task": "sunspots", "cell": "gru"}),
    ),
    Lesson(
        slug="exploding",
        title="Gradients that explode",
        question="Recurrent weights that double a memory at each of 30 steps, plain gradient descent. What happens?",
        choices=("It learns fast", "The loss is soon no number any more", "Nothing moves"),
        answer=1,
        trials=(Trial("not clipped", {**_STEEP, "clip": 0.0}), Trial("clipped at 1", _STEEP)),
        steps=150,
        holds=lambda n: n[0]["has_failed"] > 0 and n[1]["has_failed"] == 0 and n[1]["loss"] < 2,
        explanation=(
            "A gradient that is doubled 30 times throws the weights far away in a single step, and the loss is no "
            "number any more. Shortened to length 1 it keeps its direction, and the loss ends at {1[loss]:.2f}."
        ),
        watched=("first_loss", "loss"),
        failure=Failure(
            symptom="The loss jumps, or is not a number from one step to the next.",
            diagnosis="Going back through time multiplies the gradient again and again by the recurrent weights.",
            remedy="Clip the gradient, or begin with recurrent weights whose spectral radius is at most 1.",
        ),
    ),
)
