"""The lessons of the page `convolution`, the failure museum among them."""

from typing import Final

from training.lessons import Failure, Lesson, Trial

_BLUR: Final = {"filter": "Gaussian blur", "picture": "noise"}
_RING: Final = {
    "filter": "your own",
    "own_kernel": "1 1 1 1 1 / 1 0 0 0 1 / 1 0 0 0 1 / 1 0 0 0 1 / 1 1 1 1 1",
    "picture": "noise",
    "depth": 2,
}

LESSONS: Final = (
    Lesson(
        slug="window",
        title="What a 3×3 kernel cannot see",
        question="The Gaussian blur takes a mean over 5×5 pixels. How well can a single 3×3 kernel copy it?",
        choices=("Exactly, if it trains long enough", "Nearly, but an error stays", "Not at all"),
        answer=1,
        trials=(
            Trial("one 3×3", _BLUR),
            Trial("one 5×5", {**_BLUR, "kernel_size": 5}),
            Trial("two 3×3 in a row", {**_BLUR, "depth": 2}),
        ),
        steps=500,
        holds=lambda n: n[0]["kernel_error"] > 0.2 and max(n[1]["kernel_error"], n[2]["kernel_error"]) < 0.05,
        explanation=(
            "Its nine weights cannot reach the outer ring: the kernels stay {0[kernel_error]:.0%} apart. A 5×5 kernel "
            "has 25 weights and comes to a distance of {1[kernel_error]:.1g}. Two 3×3 layers also see 5×5 pixels, with "
            "only 18 weights, and come to {2[kernel_error]:.1g}: this blur is a 3×3 blur applied twice."
        ),
        watched=("test_loss", "kernel_error"),
        curve="kernel_error",
        then="The Gabor filter has 7×7 weights. Do three layers of 3×3, which see as much, find it?",
        change=Trial("three 3×3 for the Gabor filter", {"filter": "Gabor", "picture": "noise", "depth": 3}),
    ),
    Lesson(
        slug="product",
        title="Two layers in a row are one kernel",
        question="Two 3×3 layers see 5×5 pixels. Can they be any 5×5 kernel, such as this ring of ones?",
        choices=("Yes, they see as much", "Only with several maps between them", "No, whatever one does"),
        answer=1,
        trials=(
            Trial("one map between", _RING),
            Trial("four maps between", {**_RING, "channels": 4}),
        ),
        steps=600,
        holds=lambda n: n[0]["kernel_error"] > 0.05 and n[1]["kernel_error"] < 0.01,
        explanation=(
            "Without a bend between them, two layers are one 5×5 kernel, the product of two 3×3 ones; 18 weights do "
            "not make every such product, and the kernels stay {0[kernel_error]:.0%} apart. With four maps between, "
            "four products are added up, and the distance goes to {1[kernel_error]:.1g}."
        ),
        watched=("test_loss", "kernel_error"),
        curve="kernel_error",
        then="How many maps are enough?",
        change=Trial("two maps between", {**_RING, "channels": 2}),
    ),
    Lesson(
        slug="stride",
        title="What a stride costs",
        question="With stride 4 there is one answer for 16 pixels. Does the kernel suffer, or the picture?",
        choices=("The kernel is not found", "The kernel is found, but detail is lost", "Neither"),
        answer=1,
        trials=(
            Trial("stride 1", {"stride": 1, "padding": "none"}),
            Trial("stride 4", {"stride": 4, "padding": "none"}),
        ),
        steps=500,
        holds=lambda n: (
            max(n[0]["kernel_error"], n[1]["kernel_error"]) < 0.1 and n[1]["picture_error"] > 4 * n[0]["picture_error"]
        ),
        explanation=(
            "Every answer is as good as before, so the kernel is found to a distance of {1[kernel_error]:.1g}. But the "
            "answers between are never asked for. Put back to the size of the picture, with every cell standing for "
            "its 16 pixels, the map's error is {1[picture_error]:.0%} of the map itself, against "
            "{0[picture_error]:.0%} at stride 1, where only the rim is missing."
        ),
        watched=("kernel_error", "picture_error", "answered_share"),
        curve="picture_error",
    ),
    Lesson(
        slug="variety",
        title="Which picture teaches most",
        question="Plain gradient descent, 200 steps. Which picture leads to the kernel sooner?",
        choices=("The photo of the temple", "Random grey values"),
        answer=1,
        trials=(
            Trial("temple", {"optimizer": "sgd", "learning_rate": 0.3, "picture": "temple"}),
            Trial("noise", {"optimizer": "sgd", "learning_rate": 0.3, "picture": "noise"}),
        ),
        steps=200,
        holds=lambda n: n[1]["kernel_error"] < 0.01 and n[0]["kernel_error"] > 0.1,
        explanation=(
            "In a photo neighbouring pixels are nearly equal, so the loss hardly tells one weight from the next: the "
            "kernels are still {0[kernel_error]:.0%} apart. In noise each pixel is new, and the distance is "
            "{1[kernel_error]:.1g}."
        ),
        watched=("loss", "kernel_error"),
        curve="kernel_error",
        then="Adam gives each weight its own step. Does that help on the photo?",
        change=Trial("temple with Adam", {"optimizer": "adam", "learning_rate": 0.1, "picture": "temple"}),
    ),
    Lesson(
        slug="padding",
        title="The border that padding makes up",
        question="Zeros are put around each crop, so that the map keeps its size. What does that do to the kernel?",
        choices=("Nothing, it only adds cells", "It is found sooner", "It is falsified"),
        answer=2,
        trials=(
            Trial("zeros", {"padding": "zeros"}),
            Trial("no padding", {"padding": "none"}),
        ),
        steps=500,
        holds=lambda n: (
            n[0]["kernel_error"] > 0.3
            and n[1]["kernel_error"] < 0.1
            and n[0]["answered_share"] == 1
            and n[1]["answered_share"] < 0.95
            and n[0]["border_loss"] > 1.2 * n[0]["test_loss"]
        ),
        explanation=(
            "At the border the window sees zeros where the filter saw the real picture. The error there is "
            "{0[border_loss]:.2g}, over all cells {0[test_loss]:.2g}, and the kernel bends to it: the kernels are "
            "{0[kernel_error]:.0%} apart. Without padding the distance goes to {1[kernel_error]:.1g}, but only "
            "{1[answered_share]:.0%} of the pixels get one."
        ),
        watched=("test_loss", "kernel_error", "answered_share"),
        curve="kernel_error",
        failure=Failure(
            symptom="The error stands at the border of the map, and the loss stays well above 0.",
            diagnosis="Padding makes pixels up. Zeros are an edge that is not in the picture, at every border.",
            remedy="Repeat or mirror the border, or do without padding where a smaller map will do.",
        ),
        then="Is a mirrored border better than zeros?",
        change=Trial("mirror", {"padding": "mirror"}),
    ),
    Lesson(
        slug="stripes",
        title="Right answers from a wrong kernel",
        question="All training crops are horizontal stripes. The training loss is nearly 0. Is this the Laplacian?",
        choices=("Yes, the loss says so", "No, and another picture shows it"),
        answer=1,
        trials=(
            Trial("stripes", {"filter": "Laplacian", "picture": "stripes"}),
            Trial("noise", {"filter": "Laplacian", "picture": "noise"}),
        ),
        steps=400,
        holds=lambda n: (
            n[0]["loss"] < 1e-3
            and n[0]["test_loss"] > 20 * n[0]["loss"]
            and n[0]["kernel_error"] > 0.3
            and n[1]["kernel_error"] < 0.05
        ),
        explanation=(
            "Along a stripe nothing changes, so the loss cannot tell how a row of the kernel is spread: only the sum "
            "of each row matters. The training loss is {0[loss]:.2g}, the kernels are {0[kernel_error]:.0%} apart, and "
            "on the temple the error is {0[test_loss]:.2g}. Noise, which holds everything, leads to the kernel, "
            "to a distance of {1[kernel_error]:.1g}."
        ),
        watched=("loss", "test_loss", "kernel_error"),
        curve="test_loss",
        failure=Failure(
            symptom="The training loss is nearly 0, and the test loss is not.",
            diagnosis="The training pictures lack what would tell the right kernel from a wrong one.",
            remedy="Train on pictures that hold all directions; a test on other pictures shows that it is needed.",
        ),
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
        explanation=(
            "Each step overshoots by more than it mends: the loss was {0[first_loss]:.2g} at first and {0[loss]:.2g} "
            "when the run was stopped after {0[step]:.0f} steps. At 0.3 it fell to {1[loss]:.2g}."
        ),
        watched=("first_loss", "loss", "kernel_error"),
        failure=Failure(
            symptom="The numbers of the kernel change sign and grow with every step.",
            diagnosis="All pixels of a window pull at once: the loss is steep along the kernel's mean.",
            remedy="Lower the rate until the loss falls; on this photo about 0.5 is the most.",
        ),
        then="Does a rate of 1 still work?",
        change=Trial("rate 1", {"optimizer": "sgd", "learning_rate": 1.0}),
    ),
)
