"""The lessons of the page `convolution`."""

from typing import Final

from training.lessons import Failure, Lesson, Trial

LESSONS: Final = (
    Lesson(
        slug="window",
        title="What a 3×3 kernel cannot see",
        question="The Gaussian blur takes a mean over 5×5 pixels. How well can a single 3×3 kernel copy it?",
        choices=("Exactly, if it trains long enough", "Nearly, but an error stays", "Not at all"),
        answer=1,
        trials=(
            Trial("one 3×3", {"filter": "Gaussian blur", "kernel_size": 3}),
            Trial("one 5×5", {"filter": "Gaussian blur", "kernel_size": 5}),
            Trial("two 3×3 in a row", {"filter": "Gaussian blur", "kernel_size": 3, "depth": 2}),
        ),
        steps=1000,
        holds=lambda n: n[0]["test_loss"] > 10 * n[1]["test_loss"] and n[0]["test_loss"] > 10 * n[2]["test_loss"],
        explanation=(
            "Its nine weights cannot reach the outer ring: the test error stays at {0[test_loss]:.2g}. A 5×5 kernel "
            "has 25 weights and gets to {1[test_loss]:.2g}. Two 3×3 layers see 5×5 pixels with 18 weights: "
            "{2[test_loss]:.2g}."
        ),
        watched=("test_loss", "kernel_error"),
    ),
    Lesson(
        slug="rate-high",
        title="A learning rate too high",
        question="Plain gradient descent with a rate of 10. What does the kernel do?",
        choices=("It arrives sooner", "It grows without end", "It stays where it is"),
        answer=1,
        trials=(
            Trial("rate 10", {"optimizer": "sgd", "learning_rate": 10.0}),
            Trial("rate 0.3", {"optimizer": "sgd", "learning_rate": 0.3}),
        ),
        steps=300,
        holds=lambda n: n[0]["has_failed"] == 1 and n[1]["loss"] < 0.5 * n[1]["first_loss"],
        explanation="x",
        watched=("loss", "kernel_error"),
        failure=Failure(symptom="x.", diagnosis="x.", remedy="x."),
    ),
)
