"""The lessons of the page `cnn`, its failures among them."""

from typing import Any, Final

from training.lessons import Failure, Lesson, Trial

_DIGITS: Final[dict[str, Any]] = {"data": "digits", "width": 4}
_MLP: Final[dict[str, Any]] = {"data": "digits", "architecture": "mlp"}
_DEEP: Final[dict[str, Any]] = {"data": "digits", "depth": 3, "learning_rate": 5e-3, "test_shift": 4}

LESSONS: Final = (
    Lesson(
        slug="shift",
        title="Two pixels to the side",
        question="Trained on digits in the middle, tested on digits moved by two pixels. Who suffers more?",
        choices=("Both alike", "The network without convolutions", "The convolutional one"),
        answer=1,
        trials=(
            Trial("convolutional, moved by 2", {**_DIGITS, "test_shift": 2}),
            Trial("without convolutions, moved by 2", {**_MLP, "test_shift": 2}),
            Trial("convolutional, not moved", _DIGITS),
            Trial("without convolutions, not moved", _MLP),
        ),
        steps=200,
        holds=lambda n: (
            n[0]["test_accuracy"] > n[1]["test_accuracy"] + 0.05
            and n[2]["test_accuracy"] - n[0]["test_accuracy"] < n[3]["test_accuracy"] - n[1]["test_accuracy"]
            and n[0]["test_accuracy"] < n[2]["test_accuracy"] - 0.1
        ),
        explanation=(
            "Both lose: the convolutional network falls from {2[test_accuracy]:.0%} to {0[test_accuracy]:.0%}, the "
            "other from {3[test_accuracy]:.0%} to {1[test_accuracy]:.0%}. Kernels find their edges wherever these lie, "
            "and pooling forgives a pixel or two; but the fully connected layers behind them still care where."
        ),
        curve="test_accuracy",
        then="A mean over each map forgets where things are. Does it help?",
        change=Trial("the mean of each map", {**_DIGITS, "test_shift": 2, "depth": 3, "use_global_pooling": True}),
    ),
    Lesson(
        slug="shuffled",
        title="Shuffled pixels",
        question="All pixels of all pictures are moved around in the same way. Who minds?",
        choices=("Only the convolutional network", "Both", "Neither: no information is lost"),
        answer=0,
        trials=(
            Trial("convolutional", _DIGITS),
            Trial("convolutional, shuffled", {**_DIGITS, "has_shuffled_pixels": True}),
            Trial("without convolutions, shuffled", {**_MLP, "has_shuffled_pixels": True}),
        ),
        steps=200,
        holds=lambda n: (
            n[1]["test_accuracy"] < n[0]["test_accuracy"] - 0.05
            and n[1]["test_accuracy"] < n[2]["test_accuracy"] - 0.03
        ),
        explanation=(
            "A convolution expects that neighbours belong together. Shuffled, it falls from {0[test_accuracy]:.0%} to "
            "{1[test_accuracy]:.0%} of the test digits. The network without convolutions never knew which pixels are "
            "neighbours, and gets {2[test_accuracy]:.0%} of the shuffled ones."
        ),
        curve="test_accuracy",
    ),
    Lesson(
        slug="neighbours",
        title="A kernel of one pixel",
        question="Kernels of 1×1 see no neighbours; kernels of 3×3 see eight. How much is that worth?",
        choices=(
            "Nothing: pooling looks around",
            "The network with 3×3 is clearly better",
            "1×1 is better: fewer weights",
        ),
        answer=1,
        trials=(Trial("1×1", {**_DIGITS, "kernel_size": 1}), Trial("3×3", _DIGITS)),
        steps=200,
        holds=lambda n: n[1]["test_accuracy"] > n[0]["test_accuracy"] + 0.05,
        explanation=(
            "With 1×1 the network only recolours the picture before it pools: {0[test_accuracy]:.0%} of test digits. "
            "With 3×3 it finds strokes and their direction: {1[test_accuracy]:.0%} after as many steps."
        ),
        curve="test_accuracy",
        then="Is larger always better?",
        change=Trial("7×7", {**_DIGITS, "kernel_size": 7}),
    ),
    Lesson(
        slug="stride",
        title="Pool, or skip",
        question="Kernels that skip every second place do a quarter of the work. What is the price, against pooling?",
        choices=("None", "It does not learn at all", "Some test accuracy"),
        answer=2,
        trials=(Trial("max-pooling", _DIGITS), Trial("a stride of 2", {**_DIGITS, "pooling": "stride"})),
        steps=200,
        holds=lambda n: (
            n[1]["test_loss"] > 1.05 * n[0]["test_loss"]
            and n[1]["test_accuracy"] < n[0]["test_accuracy"]
            and n[1]["test_accuracy"] > 0.7
        ),
        explanation=(
            "Pooling looks everywhere and keeps the strongest answer: test loss {0[test_loss]:.2f}, accuracy "
            "{0[test_accuracy]:.0%}. A stride of 2 never looks at three places of four: {1[test_loss]:.2f} and "
            "{1[test_accuracy]:.0%} after as many steps. Each of its steps is faster, though."
        ),
        watched=("loss", "test_loss", "test_accuracy"),
        curve="test_loss",
        then="And if nothing gets smaller? Watch the count of weights and the time of a step.",
        change=Trial("no pooling", {**_DIGITS, "pooling": "none"}),
    ),
    Lesson(
        slug="where",
        title="Where, or whether",
        question="The last layers get only the mean of each map. What does that do to digits moved by 4 pixels?",
        choices=("They get harder", "They get easier", "Nothing changes"),
        answer=1,
        trials=(Trial("every place", _DEEP), Trial("the mean of each map", {**_DEEP, "use_global_pooling": True})),
        steps=300,
        holds=lambda n: n[1]["test_loss"] < 0.9 * n[0]["test_loss"] and n[0]["test_loss"] > 1,
        explanation=(
            "The last layers can no longer learn where something was, only whether it was there. On moved digits the "
            "test loss is {1[test_loss]:.2f} instead of {0[test_loss]:.2f}, the accuracy {1[test_accuracy]:.0%} "
            "against {0[test_accuracy]:.0%}. On training digits, which all lie in the middle, it knows less: "
            "{1[accuracy]:.0%} against {0[accuracy]:.0%}."
        ),
        curve="test_loss",
    ),
    Lesson(
        slug="fashion",
        title="How far 3,000 pictures lead",
        question="3,000 clothes to learn from, 500 steps. How many of the test pictures will be right?",
        choices=("More than 95 %", "Between 70 and 90 %", "About half"),
        answer=1,
        trials=(Trial("the network of this page", {"data": "fashion"}),),
        steps=500,
        holds=lambda n: 0.7 < n[0]["test_accuracy"] < 0.9,
        explanation=(
            "{0[test_accuracy]:.0%} of the test pictures, and {0[accuracy]:.0%} of the training ones. Shirts, coats "
            "and pullovers look alike at 28 pixels; with all 60,000 pictures small networks pass 90 %, with 3,000 they "
            "do not. See under Look inside, Mistakes."
        ),
        curve="test_accuracy",
        then="Does twice the width help?",
        change=Trial("16 and 32 maps", {"data": "fashion", "width": 16}),
    ),
    Lesson(
        slug="rate",
        title="Too long steps",
        question="The learning rate is 0.1, a hundred times the usual one. What happens to the loss?",
        choices=("It falls a hundred times as fast", "It swings, then falls", "It stays where guessing is"),
        answer=2,
        trials=(
            Trial("rate 0.1", {**_DIGITS, "learning_rate": 0.1}),
            Trial("rate 0.001", {**_DIGITS, "learning_rate": 1e-3}),
        ),
        steps=200,
        holds=lambda n: n[0]["loss"] > 2 and n[0]["accuracy"] < 0.3 and n[1]["loss"] < 0.8,
        explanation=(
            "The first steps throw the weights so far that hardly a ReLU passes anything: the loss stays at "
            "{0[loss]:.2f}, and guessing among ten gives ln 10 = 2.30. At 0.001 it is {1[loss]:.2f} after as many."
        ),
        watched=("loss", "accuracy", "most_dead_share"),
        failure=Failure(
            symptom="The loss stays at ln K, and every picture gets the same answer.",
            diagnosis="The first steps were so long that the maps are 0 everywhere: no gradient comes back.",
            remedy="A learning rate ten to a hundred times smaller, and a new start.",
        ),
        then="Batch normalisation bears larger rates. Does it bear 0.03?",
        change=Trial("rate 0.03, normalised", {**_DIGITS, "learning_rate": 0.03, "use_batch_norm": True}),
    ),
    Lesson(
        slug="by-heart",
        title="Fifty pictures by heart",
        question="Only 50 training digits. After 200 steps all of them are right. And the test digits?",
        choices=("Nearly all", "About as good as with 1,600", "Far fewer, and the test loss rises"),
        answer=2,
        trials=(
            Trial("50 pictures", {**_DIGITS, "num_train": 50}),
            Trial("all 1,600", {**_DIGITS, "num_train": 3000}),
        ),
        steps=200,
        holds=lambda n: (
            n[0]["accuracy"] > 0.97
            and n[0]["test_accuracy"] < n[1]["test_accuracy"] - 0.15
            and n[0]["test_loss"] > 1.2 * n[0]["lowest_test_loss"]
        ),
        explanation=(
            "All it saw is right ({0[accuracy]:.0%}), of the test digits {0[test_accuracy]:.0%}. The test loss was "
            "{0[lowest_test_loss]:.1f} and is {0[test_loss]:.1f}: it is surer and surer, also where it is wrong. "
            "With all pictures: {1[test_accuracy]:.0%}."
        ),
        watched=("accuracy", "test_accuracy", "lowest_test_loss", "test_loss"),
        curve="test_loss",
        failure=Failure(
            symptom="The training loss goes to 0 while the test loss rises.",
            diagnosis="There are far more weights than pictures: it learns the pictures, not the classes.",
            remedy="More pictures, or altered copies of those there are; or stop when the test loss is lowest.",
        ),
        then="Does dropout help?",
        change=Trial("50 pictures, dropout 0.5", {**_DIGITS, "num_train": 50, "dropout": 0.5}),
    ),
)
