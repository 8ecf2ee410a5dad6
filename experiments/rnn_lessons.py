"""The lessons of the page `rnn`."""

from typing import Final

from training.lessons import Lesson, Trial

_FAR: Final = {"task": "memory", "seq_len": 20}

LESSONS: Final = (
    Lesson(
        slug="far",
        title="Nineteen steps are far",
        question="Which letter came first? It is asked 19 steps later. Who has learnt to answer after 600 steps?",
        choices=("Both", "Only the GRU", "Neither"),
        answer=1,
        trials=(Trial("plain RNN", _FAR), Trial("GRU", {**_FAR, "cell": "gru"})),
        steps=600,
        holds=lambda n: n[0]["test_accuracy"] < 0.6 and n[1]["test_accuracy"] > 0.9,
        explanation=(
            "The plain RNN mixes and bends its memory at each of the 19 steps, so hardly any gradient arrives at the "
            "first: {0[test_accuracy]:.0%} right, where guessing gives 12 %. The GRU's update gate can keep the old "
            "memory as it is: {1[test_accuracy]:.0%}."
        ),
        watched=("loss", "test_accuracy"),
        curve="accuracy",
    ),
)
