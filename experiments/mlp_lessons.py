"""The lessons of the page `mlp`, the failure museum among them."""

import math
from typing import Final

from training.lessons import Lesson, Trial

_FEW_NOISY_POINTS: Final = {
    "problem": "moons",
    "num_points": 100,
    "noise": 0.5,
    "hidden_dims": (64, 64),
    "learning_rate": 0.01,
}

LESSONS: Final = (
    Lesson(
        slug="xor",
        title="A linear model and XOR",
        question="Opposite corners belong together. How many points can a model without hidden layers get right?",
        choices=("All of them, if it trains long enough", "About half", "None"),
        answer=1,
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
    ),
    Lesson(
        slug="rate-low",
        title="A learning rate too low",
        question="Plain gradient descent on the circle, 400 steps. What does a rate of 0.0001 give?",
        choices=("The same result, only more exact", "Hardly any learning", "Divergence"),
        answer=1,
        trials=(
            Trial("rate 0.0001", {"problem": "circle", "optimizer": "sgd", "learning_rate": 1e-4}),
            Trial("rate 0.5", {"problem": "circle", "optimizer": "sgd", "learning_rate": 0.5}),
        ),
        steps=400,
        holds=lambda n: n[0]["first_loss"] - n[0]["loss"] < 0.05 and n[1]["loss"] < 0.1,
        explanation=(
            "With 0.0001 the loss went from {0[first_loss]:.3f} to {0[loss]:.3f}: right direction, tiny steps. With "
            "0.5 the same number of steps reached {1[loss]:.3f}."
        ),
        is_failure=True,
    ),
    Lesson(
        slug="rate-high",
        title="A learning rate too high",
        question="The same network and data, and a rate of 10 with momentum. What happens?",
        choices=("It learns twenty times as fast", "It jumps about and does not settle", "Nothing changes"),
        answer=1,
        trials=(
            Trial("rate 10", {"problem": "circle", "optimizer": "momentum", "learning_rate": 10.0}),
            Trial("rate 0.1", {"problem": "circle", "optimizer": "momentum", "learning_rate": 0.1}),
        ),
        steps=300,
        holds=lambda n: (n[0]["has_failed"] or n[0]["loss"] > 5 * n[1]["loss"]) and n[1]["loss"] < 0.1,
        explanation=(
            "Each step of rate 10 overshoots the valley and lands higher up: the loss ended at {0[loss]:.3g}, against "
            "{1[loss]:.3g} with 0.1. Lower the rate until the loss falls evenly."
        ),
        is_failure=True,
    ),
    Lesson(
        slug="random",
        title="Nothing to learn, and learning by heart",
        question="The lecture's network gets random numbers with random labels, new ones in each step. Its loss?",
        choices=("Falls to 0", "Stays near ln 5 = 1.609", "Rises without end"),
        answer=1,
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
            Trial(
                "the same random data again and again",
                {
                    "problem": "fixed random labels",
                    "num_points": 200,
                    "hidden_dims": (64, 32),
                    "activation": "relu",
                    "learning_rate": 3e-3,
                    "batch_size": 32,
                },
            ),
        ),
        steps=1200,
        holds=lambda n: (
            abs(n[0]["test_loss"] - math.log(5)) < 0.1
            and n[1]["accuracy"] > 0.95
            and n[1]["test_loss"] > math.log(5)
            and n[1]["test_accuracy"] < 0.45
        ),
        explanation=(
            "With five equally likely labels nobody can do better than ln 5 = 1.609 on average; the test loss ended at "
            "{0[test_loss]:.3f}. A fixed set can be learnt by heart: {1[accuracy]:.0%} of the training labels, but "
            "only {1[test_accuracy]:.0%} of the test labels, and a test loss of {1[test_loss]:.2f}, far worse than "
            "guessing."
        ),
    ),
    Lesson(
        slug="dying-relu",
        title="Dying ReLUs",
        question="ReLU passes positive sums and returns 0 for the rest. What can one huge step do?",
        choices=("Nothing, the next step mends it", "Switch neurons off for ever", "Turn them linear"),
        answer=1,
        trials=(
            Trial(
                "rate 5",
                {"activation": "relu", "optimizer": "sgd", "learning_rate": 5.0, "hidden_dims": (8, 8)},
            ),
            Trial(
                "rate 0.1",
                {"activation": "relu", "optimizer": "sgd", "learning_rate": 0.1, "hidden_dims": (8, 8)},
            ),
        ),
        steps=400,
        holds=lambda n: n[0]["most_dead_share"] >= 0.5 and n[1]["most_dead_share"] < 0.5,
        explanation=(
            "A huge step made the sums of some neurons negative for every example; their output is 0, so is their "
            "gradient, and they stay off: {0[most_dead_share]:.0%} of the worst layer is dead, against "
            "{1[most_dead_share]:.0%} at rate 0.1. A smaller rate or leaky ReLU helps."
        ),
        is_failure=True,
    ),
    Lesson(
        slug="vanishing",
        title="Vanishing gradients",
        question="Six layers of sigmoids. How strong is the gradient in the first layer, compared with the last?",
        choices=("About equal", "Much weaker", "Much stronger"),
        answer=1,
        trials=(
            Trial("sigmoid", {"problem": "circle", "hidden_dims": (8,) * 6, "activation": "sigmoid"}),
            Trial("ReLU", {"problem": "circle", "hidden_dims": (8,) * 6, "activation": "relu", "initialisation": "he"}),
        ),
        steps=1,
        holds=lambda n: (
            n[0]["first_layer_gradient_norms"] < 1e-3 * n[0]["last_layer_gradient_norms"]
            and n[1]["first_layer_gradient_norms"] > 0.01 * n[1]["last_layer_gradient_norms"]
        ),
        explanation=(
            "The slope of a sigmoid is at most 1/4, and backpropagation multiplies one slope per layer. In the first "
            "step the gradient of the first layer is {0[first_layer_gradient_norms]:.1e}, that of the last "
            "{0[last_layer_gradient_norms]:.1e}. With ReLU (slope 1 where it is on): "
            "{1[first_layer_gradient_norms]:.1e} and {1[last_layer_gradient_norms]:.1e}."
        ),
        is_failure=True,
    ),
    Lesson(
        slug="overfitting",
        title="Too much capacity for too few points",
        question="Two layers of 64, and 50 noisy points to train on. What does weight decay do to the test loss?",
        choices=("Lowers it", "Raises it", "Nothing"),
        answer=0,
        trials=(
            Trial("no brake", _FEW_NOISY_POINTS),
            Trial("weight decay 0.03", {**_FEW_NOISY_POINTS, "weight_decay": 0.03}),
            Trial("dropout 0.5", {**_FEW_NOISY_POINTS, "dropout": 0.5}),
        ),
        steps=800,
        holds=lambda n: (
            n[0]["test_loss"] > 2 * n[0]["lowest_test_loss"]
            and n[1]["test_loss"] < n[0]["test_loss"]
            and n[2]["test_loss"] < n[0]["test_loss"]
        ),
        explanation=(
            "Without a brake the training loss fell to {0[loss]:.3f} while the test loss rose from its lowest "
            "{0[lowest_test_loss]:.2f} to {0[test_loss]:.2f}: the network drew islands around single points. With "
            "weight decay the test loss ended at {1[test_loss]:.2f}, with dropout at {2[test_loss]:.2f}."
        ),
    ),
    Lesson(
        slug="zeros",
        title="All weights start at zero",
        question="Every weight begins at exactly 0, with tanh. What does the network learn on the circle?",
        choices=("The same, only later", "Nothing beyond guessing the larger class", "It diverges"),
        answer=1,
        trials=(
            Trial("zeros", {"problem": "circle", "initialisation": "zeros"}),
            Trial("PyTorch's default", {"problem": "circle"}),
        ),
        steps=300,
        holds=lambda n: n[0]["accuracy"] < 0.65 and n[1]["accuracy"] > 0.95,
        explanation=(
            "When all weights are 0 every hidden output and every gradient of a weight is 0: nothing can start "
            "({0[accuracy]:.0%} right). Small random weights break the tie: {1[accuracy]:.0%}."
        ),
        is_failure=True,
    ),
)
