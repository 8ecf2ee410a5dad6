"""The lessons of the page `mlp`, the failure museum among them."""

import math
from typing import Final

from experiments.mlp_failures import FAILURES
from training.lessons import Lesson, Trial

_DIGITS: Final = {"problem": "digits", "hidden_dims": (16,), "optimizer": "sgd", "learning_rate": 0.1}

LESSONS: Final = (
    Lesson(
        slug="xor",
        title="A linear model and XOR",
        question="Opposite corners belong together. How many points can a model without hidden layers get right?",
        choices=("About half", "All of them, if it trains long enough", "None"),
        answer=0,
        trials=(
            Trial("no hidden layer", {"problem": "xor", "hidden_dims": ()}),
            Trial("one hidden layer of 4", {"problem": "xor", "hidden_dims": (4,)}),
        ),
        steps=600,
        holds=lambda n: n[0]["accuracy"] < 0.7 and n[1]["accuracy"] > 0.93,
        explanation=(
            "A model without hidden layers draws one straight line, and no line separates XOR: it got "
            "{0[accuracy]:.0%} of the training points right. Four hidden neurons draw four lines and combine them: "
            "{1[accuracy]:.0%}."
        ),
        watched=("loss", "accuracy"),
        curve="accuracy",
        then="Are two hidden neurons enough, as they are on paper?",
        change=Trial("one hidden layer of 2", {"problem": "xor", "hidden_dims": (2,)}),
    ),
    Lesson(
        slug="spiral",
        title="Depth bends space",
        question="Two arms of a spiral. Which network follows them after 1,500 steps?",
        choices=("The linear one", "Two layers of 8", "Neither"),
        answer=1,
        trials=(
            Trial("no hidden layer", {"problem": "spiral", "hidden_dims": ()}),
            Trial("two layers of 8", {"problem": "spiral", "hidden_dims": (8, 8)}),
        ),
        steps=1500,
        holds=lambda n: n[0]["accuracy"] < 0.75 and n[1]["accuracy"] > 0.93,
        explanation=(
            "The linear model stays at {0[accuracy]:.0%}. Each hidden layer bends the plane before the next one cuts "
            "it: two layers of 8 reach {1[accuracy]:.0%} on training and {1[test_accuracy]:.0%} on test points."
        ),
        curve="accuracy",
        then="One layer of 16 has as many hidden neurons. Does it follow the arms as well?",
        change=Trial("one layer of 16", {"problem": "spiral", "hidden_dims": (16,)}),
    ),
    Lesson(
        slug="feature",
        title="A good input replaces a layer",
        question="A circle inside a ring, and no hidden layer. Can squared inputs help?",
        choices=("No, a linear model stays linear", "Yes, completely", "Only for points far out"),
        answer=1,
        trials=(
            Trial("x₁ and x₂", {"problem": "circle", "hidden_dims": ()}),
            Trial("x₁² and x₂²", {"problem": "circle", "hidden_dims": (), "features": ("x1^2", "x2^2")}),
        ),
        steps=600,
        holds=lambda n: n[0]["accuracy"] < 0.75 and n[1]["accuracy"] > 0.95,
        explanation=(
            "On x₁ and x₂ the linear model gets {0[accuracy]:.0%} right. In x₁² and x₂² the circle is a straight line, "
            "because its radius is √(x₁² + x₂²): {1[accuracy]:.0%}."
        ),
        watched=("loss", "accuracy"),
        curve="accuracy",
        then="Which single input would mend XOR? Try the product of the two.",
        change=Trial("XOR with x₁x₂", {"problem": "xor", "hidden_dims": (), "features": ("x1 x2",)}),
    ),
    Lesson(
        slug="random",
        title="Nothing to learn",
        question="The lecture's network gets random numbers with random labels, new ones in each step. Its loss?",
        choices=("Falls to 0", "Rises without end", "Stays near ln 5 = 1.609"),
        answer=2,
        trials=(
            Trial(
                "fresh random data each step",
                {
                    "problem": "random labels",
                    "hidden_dims": (64, 32),
                    "activation": "relu",
                    "dropout": 0.1,
                    "learning_rate": 1e-3,
                    "batch_size": 32,
                },
            ),
        ),
        steps=1200,
        holds=lambda n: abs(n[0]["test_loss"] - math.log(5)) < 0.1 and n[0]["test_accuracy"] < 0.35,
        explanation=(
            "With five equally likely labels nobody can do better than ln 5 = 1.609 on average; the test loss ended at "
            "{0[test_loss]:.3f}, and {0[test_accuracy]:.0%} of the test labels were right, where guessing gives 20 %. "
            "A loss near that of guessing says: there is nothing to learn here, or nothing is being learnt."
        ),
        watched=("first_loss", "loss", "test_loss", "test_accuracy"),
        curve="test_loss",
        then="What if the same few examples come again and again? (The failure *Learning by heart* asks that.)",
    ),
    Lesson(
        slug="wrong-loss",
        title="A loss that asks something else",
        question="Ten classes of digits, 150 steps. The loss is MSE on the outputs instead of cross-entropy. What now?",
        choices=("The same accuracy: both losses want the right class", "It learns more slowly", "It learns nothing"),
        answer=1,
        trials=(
            Trial("cross-entropy", {**_DIGITS, "loss": "cross-entropy"}),
            Trial("MSE", {**_DIGITS, "loss": "mse"}),
        ),
        steps=150,
        holds=lambda n: n[0]["test_accuracy"] > n[1]["test_accuracy"] + 0.04 and n[1]["test_accuracy"] > 0.5,
        explanation=(
            "Cross-entropy asks for the right class and got {0[test_accuracy]:.0%} of the test digits right. MSE asks "
            "for outputs of exactly 1 and 0, also pulls back outputs that are right by more, and got "
            "{1[test_accuracy]:.0%} in as many steps."
        ),
        curve="test_accuracy",
        then="The slopes of MSE are smaller, too. Does ten times the rate close the gap?",
        change=Trial("MSE, rate 1", {**_DIGITS, "loss": "mse", "learning_rate": 1.0}),
    ),
    *FAILURES,
)
