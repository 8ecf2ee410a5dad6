"""The failures of the page `mlp`: lessons whose first trial goes wrong and whose second is mended."""

import math
from typing import Final

from training.lessons import Failure, Lesson, Trial

_FEW_NOISY_POINTS: Final = {
    "problem": "moons",
    "num_points": 100,
    "noise": 0.5,
    "hidden_dims": (64, 64),
    "learning_rate": 0.01,
}
_SMALL_BATCHES: Final = {
    "hidden_dims": (64, 32),
    "activation": "relu",
    "learning_rate": 3e-3,
    "batch_size": 32,
}
_RELU: Final = {"problem": "circle", "activation": "relu", "optimizer": "sgd", "hidden_dims": (8, 8)}
_DEEP: Final = {"problem": "circle", "hidden_dims": (8,) * 6, "optimizer": "sgd", "learning_rate": 0.1}
_WIDE: Final = {"problem": "circle", "hidden_dims": (16,) * 3}
_WINE: Final = {"problem": "wine", "hidden_dims": (8,), "optimizer": "sgd", "learning_rate": 0.1}

FAILURES: Final = (
    Lesson(
        slug="rate-low",
        title="A learning rate too low",
        question="Plain gradient descent on the circle, 400 steps. What does a rate of 0.0001 give?",
        choices=("Hardly any learning", "The same result, only more exact", "Divergence"),
        answer=0,
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
        watched=("first_loss", "loss", "test_accuracy"),
        failure=Failure(
            symptom="The loss falls evenly, but so slowly that the curve looks flat.",
            diagnosis="Every step goes in the right direction and is far too short.",
            remedy="Raise the rate tenfold at a time until the loss begins to jump, then go back by a factor of 3.",
        ),
        then="Which rate between the two is enough to finish within 400 steps?",
        change=Trial("rate 0.05", {"problem": "circle", "optimizer": "sgd", "learning_rate": 0.05}),
    ),
    Lesson(
        slug="rate-high",
        title="A learning rate too high",
        question="The same network and data, and a rate of 10 with momentum. What happens?",
        choices=("It learns a hundred times as fast", "Nothing changes", "It jumps about and does not settle"),
        answer=2,
        trials=(
            Trial("rate 10", {"problem": "circle", "optimizer": "momentum", "learning_rate": 10.0}),
            Trial("rate 0.1", {"problem": "circle", "optimizer": "momentum", "learning_rate": 0.1}),
        ),
        steps=400,
        holds=lambda n: (n[0]["has_failed"] or n[0]["loss"] > 5 * n[1]["loss"]) and n[1]["loss"] < 0.1,
        explanation=(
            "Each step of rate 10 overshoots the valley and lands higher up: the loss ended at {0[loss]:.3g}, against "
            "{1[loss]:.3g} with 0.1. Lower the rate until the loss falls evenly."
        ),
        watched=("first_loss", "loss", "test_accuracy"),
        failure=Failure(
            symptom="The loss jumps up and down, rises, or is no longer a number.",
            diagnosis="Each step overshoots the valley and lands higher up on the other side.",
            remedy="Divide the rate by 10 until the loss falls evenly; a warm-up or clipped gradients help too.",
        ),
        then="Does plain gradient descent, without momentum, bear the rate of 10 better?",
        change=Trial("rate 10, no momentum", {"problem": "circle", "optimizer": "sgd", "learning_rate": 10.0}),
    ),
    Lesson(
        slug="unscaled",
        title="Inputs left in their own units",
        question=(
            "Wines by 13 measurements, some near 0.1, one near 1,000. What does the network make of the raw numbers?"
        ),
        choices=("It learns the scales by itself", "It is stuck at guessing", "It learns, only more slowly"),
        answer=1,
        trials=(
            Trial("raw numbers", {**_WINE, "is_standardised": False}),
            Trial("standardised", _WINE),
        ),
        steps=400,
        holds=lambda n: n[0]["accuracy"] < 0.6 and n[0]["most_saturated_share"] > 0.9 and n[1]["test_accuracy"] > 0.9,
        explanation=(
            "The largest column decides every weighted sum, so {0[most_saturated_share]:.0%} of the hidden outputs sit "
            "where tanh is flat and passes no gradient: {0[accuracy]:.0%} right. With every column at mean 0 and "
            "deviation 1 the same network gets {1[accuracy]:.0%} of the training and {1[test_accuracy]:.0%} of the "
            "test wines right."
        ),
        watched=("loss", "test_accuracy", "most_saturated_share"),
        failure=Failure(
            symptom="The loss stops at guessing within a few steps, however long it trains.",
            diagnosis="A column of large numbers drives every unit into its flat part, where no gradient passes.",
            remedy="Standardise the inputs, with mean and deviation of the training examples alone.",
        ),
    ),
    Lesson(
        slug="zeros",
        title="All weights start at zero",
        question="Every weight begins at exactly 0, with tanh. What does the network learn on the circle?",
        choices=("The same, only later", "It diverges", "Nothing beyond guessing the larger class"),
        answer=2,
        trials=(
            Trial("zeros", {"problem": "circle", "initialisation": "zeros"}),
            Trial("PyTorch's default", {"problem": "circle"}),
        ),
        steps=400,
        holds=lambda n: n[0]["accuracy"] < 0.65 and n[1]["accuracy"] > 0.95,
        explanation=(
            "When all weights are 0 every hidden output and every gradient of a weight is 0: nothing can start "
            "({0[accuracy]:.0%} right). Small random weights break the tie: {1[accuracy]:.0%}."
        ),
        watched=("loss", "accuracy", "test_accuracy"),
        failure=Failure(
            symptom="Nothing moves from the first step on, and all units of a layer show the same picture.",
            diagnosis="Equal weights get equal gradients; from 0 they even get none.",
            remedy="Start from small random weights; only biases may start at 0.",
        ),
    ),
    Lesson(
        slug="large-weights",
        title="First weights too large",
        question="The first weights are drawn ten times too wide. What does that do to a tanh network?",
        choices=("It starts ahead: large weights say more", "It learns worse", "Nothing, training evens it out"),
        answer=1,
        trials=(
            Trial(
                "deviation 3",
                {**_WIDE, "optimizer": "sgd", "learning_rate": 0.1, "initialisation": "large"},
            ),
            Trial("Xavier", {**_WIDE, "optimizer": "sgd", "learning_rate": 0.1, "initialisation": "xavier"}),
        ),
        steps=600,
        holds=lambda n: (
            n[0]["most_saturated_share"] > 0.6
            and n[1]["most_saturated_share"] < 0.2
            and n[0]["first_loss"] > 3 * n[1]["first_loss"]
            and n[0]["test_loss"] > 4 * n[1]["test_loss"]
        ),
        explanation=(
            "Large weights make large sums, and tanh is flat there: {0[most_saturated_share]:.0%} of the outputs of "
            "one layer were saturated, against {1[most_saturated_share]:.0%}. The loss began at {0[first_loss]:.2f} "
            "instead of {1[first_loss]:.2f}, and the test loss ended at {0[test_loss]:.2f} instead of "
            "{1[test_loss]:.2f}: a jagged map that fits the training points only."
        ),
        watched=("first_loss", "test_loss", "most_saturated_share"),
        curve="test_loss",
        failure=Failure(
            symptom="A very high loss at the start, a jagged map, and most units at −1 or 1.",
            diagnosis="Sums far from 0 lie where tanh is flat; the first layers hardly learn.",
            remedy="Scale the first weights to the width of the layer: Xavier for tanh, He for ReLU.",
        ),
    ),
    Lesson(
        slug="dying-relu",
        title="Dying ReLUs",
        question="ReLU passes positive sums and returns 0 for the rest. What can one huge step do?",
        choices=("Switch neurons off for ever", "Nothing, the next step mends it", "Turn them linear"),
        answer=0,
        trials=(
            Trial("rate 5", {**_RELU, "learning_rate": 5.0}),
            Trial("rate 0.1", {**_RELU, "learning_rate": 0.1}),
        ),
        steps=400,
        holds=lambda n: (
            n[0]["most_dead_share"] >= 0.5 and n[1]["most_dead_share"] < 0.5 and n[1]["test_accuracy"] > 0.9
        ),
        explanation=(
            "A huge step made the sums of some neurons negative for every example; their output is 0, so is their "
            "gradient, and they stay off: {0[most_dead_share]:.0%} of the worst layer is dead, against "
            "{1[most_dead_share]:.0%} at rate 0.1, which gets {1[test_accuracy]:.0%} of the test points right."
        ),
        watched=("most_dead_share", "loss", "test_accuracy"),
        failure=Failure(
            symptom="Tiles of one even colour: a layer whose units are 0 for every example, and a score that stays.",
            diagnosis="A huge step pushed their sums below 0 for all examples; where ReLU is 0, so is its gradient.",
            remedy="A smaller rate, or a bend with a slope on both sides, such as leaky ReLU.",
        ),
        then="Does leaky ReLU survive the rate of 5?",
        change=Trial("leaky ReLU, rate 5", {**_RELU, "activation": "leaky_relu", "learning_rate": 5.0}),
    ),
    Lesson(
        slug="vanishing",
        title="Vanishing gradients",
        question="Six layers of sigmoids. How strong is the gradient in the first layer, compared with the last?",
        choices=("About equal", "Much stronger", "Much weaker"),
        answer=2,
        trials=(
            Trial("sigmoid", {**_DEEP, "activation": "sigmoid"}),
            Trial("ReLU", {**_DEEP, "activation": "relu", "initialisation": "he"}),
        ),
        steps=400,
        holds=lambda n: (
            n[0]["first_layer_gradient_norms"] < 1e-3 * n[0]["last_layer_gradient_norms"]
            and n[1]["first_layer_gradient_norms"] > 0.01 * n[1]["last_layer_gradient_norms"]
            and n[0]["loss"] > 0.6
            and n[1]["loss"] < 0.1
        ),
        explanation=(
            "The slope of a sigmoid is at most 1/4, and backpropagation multiplies one slope per layer. After 400 "
            "steps the gradient of the first layer is {0[first_layer_gradient_norms]:.1e}, that of the last "
            "{0[last_layer_gradient_norms]:.1e}, and the loss is still {0[loss]:.3f}. With ReLU, whose slope is 1 "
            "where it is on, they are {1[first_layer_gradient_norms]:.1e} and {1[last_layer_gradient_norms]:.1e}, "
            "and the loss is {1[loss]:.3f}."
        ),
        watched=("first_layer_gradient_norms", "last_layer_gradient_norms", "loss"),
        failure=Failure(
            symptom="A deep network stays at guessing, and the units of its first layers do not change.",
            diagnosis="Backpropagation multiplies one slope per layer, and those of a sigmoid are at most 1/4.",
            remedy="ReLU with He's first weights, fewer layers, or connections that skip layers.",
        ),
        then="Adam scales every gradient up by its own size. Does it carry six sigmoid layers?",
        change=Trial(
            "sigmoid with Adam",
            {"problem": "circle", "hidden_dims": (8,) * 6, "activation": "sigmoid"},
        ),
    ),
    Lesson(
        slug="no-bend",
        title="Depth without a bend",
        question="Three layers of 16, but the activation is left out. What can the network learn on the circle?",
        choices=("No more than a straight line", "The circle, more slowly", "The circle, as well as with tanh"),
        answer=0,
        trials=(
            Trial("identity", {**_WIDE, "activation": "identity"}),
            Trial("tanh", _WIDE),
        ),
        steps=600,
        holds=lambda n: n[0]["accuracy"] < 0.7 and n[1]["test_accuracy"] > 0.95,
        explanation=(
            "A product of matrices is a matrix: without a bend, three layers are one linear map, and it gets "
            "{0[accuracy]:.0%} of the training points right. With tanh after each layer the same network gets "
            "{1[accuracy]:.0%} and, of the test points, {1[test_accuracy]:.0%}."
        ),
        failure=Failure(
            symptom="A large network learns no better than a linear model; the border on the map is straight.",
            diagnosis="The activation is missing, so all layers together are one linear map.",
            remedy="Put an activation after every layer but the last.",
        ),
        then="Without a bend, can squared inputs help?",
        change=Trial(
            "identity, squared inputs", {**_WIDE, "activation": "identity", "features": ("x1", "x2", "x1^2", "x2^2")}
        ),
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
        watched=("loss", "lowest_test_loss", "test_loss"),
        curve="test_loss",
        failure=Failure(
            symptom="The training loss falls towards 0 while the test loss turns and rises.",
            diagnosis="Many weights and few noisy points: the network draws islands around single points.",
            remedy="More data, weight decay, dropout, a smaller network, or stopping where the test loss is lowest.",
        ),
        then="Ten times as many points are a brake too. Are they enough without weight decay?",
        change=Trial("500 training points", {**_FEW_NOISY_POINTS, "num_points": 1000}),
    ),
    Lesson(
        slug="by-heart",
        title="Learning by heart",
        question="100 examples with labels drawn by lot, the same ones again and again. What will the network do?",
        choices=(
            "Stay at guessing: there is nothing to learn",
            "Get nearly all training labels right, and no more test labels than by guessing",
            "Find a hidden rule that holds for the test labels too",
        ),
        answer=1,
        trials=(
            Trial("labels by lot", {**_SMALL_BATCHES, "problem": "fixed random labels", "num_points": 200}),
            Trial("true labels: digits", {**_SMALL_BATCHES, "problem": "digits"}),
        ),
        steps=1000,
        holds=lambda n: (
            n[0]["accuracy"] > 0.95
            and n[0]["test_accuracy"] < 0.45
            and n[0]["test_loss"] > math.log(5)
            and n[1]["test_accuracy"] > 0.9
        ),
        explanation=(
            "The network learnt {0[accuracy]:.0%} of the training labels by heart, but only {0[test_accuracy]:.0%} of "
            "the test labels, where guessing gives 20 %; its test loss of {0[test_loss]:.2f} is far worse than the "
            "ln 5 = 1.609 of an honest guess. On digits, whose labels belong to them, the same network gets "
            "{1[test_accuracy]:.0%} of the test examples right."
        ),
        watched=("accuracy", "test_accuracy", "test_loss"),
        curve="test_loss",
        failure=Failure(
            symptom="Nearly perfect on the training examples, no better than guessing on the test examples.",
            diagnosis="The labels have nothing to do with the inputs, and there is room to remember them all.",
            remedy="Check that each label belongs to its row (a shuffled column is the usual reason), and trust only "
            "the test score.",
        ),
    ),
)
