"""The lessons of the page `pretrained`, its failure among them."""

from typing import Any, Final

from training.lessons import Failure, Lesson, Trial

_ACCURACIES: Final = ("frozen_test_accuracy", "test_accuracy", "scratch_test_accuracy")
_FIVE: Final[dict[str, Any]] = {"num_per_class": 5}

LESSONS: Final = (
    Lesson(
        slug="few",
        title="Five of each",
        question="Ten kinds of drawings, five of each to learn from. Who is right most often on others?",
        choices=(
            "From scratch: it can adapt all of its weights",
            "The two with a start, by far",
            "All three alike: five pictures are too few for anybody",
        ),
        answer=1,
        trials=(Trial("5 a class", _FIVE), Trial("1 a class", {"num_per_class": 1})),
        steps=150,
        holds=lambda n: (
            n[0]["frozen_test_accuracy"] > n[0]["scratch_test_accuracy"] + 0.15
            and n[0]["test_accuracy"] > n[0]["scratch_test_accuracy"] + 0.15
            and n[1]["frozen_test_accuracy"] > n[1]["scratch_test_accuracy"] + 0.1
        ),
        explanation=(
            "With five of each, a single layer on frozen features gets {0[frozen_test_accuracy]:.0%} of the test "
            "drawings, the fine-tuned network {0[test_accuracy]:.0%}, and the same network from scratch "
            "{0[scratch_test_accuracy]:.0%}. The body knows strokes and shapes from 335 other kinds; from fifty "
            "pictures nobody learns those anew. Even with one of each it is {1[frozen_test_accuracy]:.0%} against "
            "{1[scratch_test_accuracy]:.0%}; guessing gives 10 %."
        ),
        watched=_ACCURACIES,
        curve="frozen_test_accuracy",
    ),
    Lesson(
        slug="eight-times",
        title="Eight times as many",
        question=(
            "The frozen student gets 10 pictures of each kind, the one from scratch 80. After 200 steps, who is ahead?"
        ),
        choices=("The one with 80 of each", "Both alike", "The one with a start and 10 of each"),
        answer=2,
        trials=(Trial("10 a class", {"num_per_class": 10}), Trial("80 a class", {"num_per_class": 80})),
        steps=200,
        holds=lambda n: (
            n[0]["frozen_test_accuracy"] > n[1]["scratch_test_accuracy"] + 0.03
            and n[1]["scratch_test_accuracy"] > n[0]["scratch_test_accuracy"]
            and n[1]["frozen_test_accuracy"] > n[0]["frozen_test_accuracy"]
        ),
        explanation=(
            "Frozen features with 10 of each: {0[frozen_test_accuracy]:.0%}. From scratch with 80 of each: "
            "{1[scratch_test_accuracy]:.0%}, where it had {0[scratch_test_accuracy]:.0%} with 10. More pictures help "
            "both, and 80 of each with a start give {1[frozen_test_accuracy]:.0%}. Starting from scratch catches up "
            "only with many more pictures and steps."
        ),
        watched=_ACCURACIES,
        curve="scratch_test_accuracy",
    ),
    Lesson(
        slug="wild",
        title="Too fast for the body",
        question="Fine-tuning with a rate of 0.1, for the body too. What becomes of the start?",
        choices=(
            "It is improved a hundred times as fast",
            "It is destroyed: the frozen student is far ahead",
            "Nothing: the pretrained weights are at a minimum",
        ),
        answer=1,
        trials=(
            Trial("rate 0.1 everywhere", {"learning_rate": 0.1, "body_share": 1.0}),
            Trial("rate 0.001, a tenth for the body", {"learning_rate": 1e-3}),
        ),
        steps=100,
        holds=lambda n: (
            n[0]["test_accuracy"] < n[0]["frozen_test_accuracy"] - 0.3
            and n[1]["test_accuracy"] > n[0]["test_accuracy"] + 0.3
        ),
        explanation=(
            "The first gradients come from a head that knows nothing, and such steps tear the body apart: "
            "{0[test_accuracy]:.0%} of the test drawings, where the frozen features at the same rate give "
            "{0[frozen_test_accuracy]:.0%}. With 0.001, and a tenth of that for the body, it is {1[test_accuracy]:.0%}."
        ),
        watched=_ACCURACIES,
        curve="test_accuracy",
        failure=Failure(
            symptom="The fine-tuned network is worse than a single layer on the features that it started from.",
            diagnosis="The learning rate is that of a network from scratch: what was pretrained is overwritten.",
            remedy="A rate ten to a hundred times smaller for the body; or train the head alone first.",
        ),
    ),
    Lesson(
        slug="no-rate",
        title="A body that stays",
        question="Fine-tuning with 0 as the share of the body. Which of the other two is it like?",
        choices=("The frozen student, in every answer", "The one from scratch", "Neither: its head begins elsewhere"),
        answer=0,
        trials=(
            Trial("share 0", {**_FIVE, "body_share": 0.0}),
            Trial("share 1", {**_FIVE, "body_share": 1.0}),
        ),
        steps=100,
        holds=lambda n: (
            abs(n[0]["test_accuracy"] - n[0]["frozen_test_accuracy"]) < 0.011
            and abs(n[0]["test_loss"] - n[0]["frozen_test_loss"]) < 0.01
            and n[0]["frozen_test_accuracy"] > 0.5
            and abs(n[1]["test_loss"] - n[1]["frozen_test_loss"]) > 0.02
        ),
        explanation=(
            "Test losses of {0[test_loss]:.3f} and {0[frozen_test_loss]:.3f}: they are the same student, as both heads "
            "began with the same weights and saw the same pictures. Frozen features are fine-tuning at one end of a "
            "scale, and cost a fraction of the arithmetic, because the features are worked out once. With a share of "
            "1 it is {1[test_loss]:.3f} against {1[frozen_test_loss]:.3f}."
        ),
        watched=("test_loss", "frozen_test_loss", "test_accuracy", "frozen_test_accuracy"),
        curve="test_loss",
    ),
    Lesson(
        slug="another-world",
        title="A start from another world",
        question="The body has only ever seen drawings. How good are its features for photos of five kinds of fruit?",
        choices=(
            "As good as for drawings: edges are edges",
            "Clearly worse, though there are fewer kinds to tell apart",
            "Useless: no better than guessing",
        ),
        answer=1,
        trials=(Trial("photos of fruit", {"data": "fruit"}), Trial("drawings", {"data": "drawings"})),
        steps=100,
        holds=lambda n: (
            n[0]["frozen_test_accuracy"] < n[1]["frozen_test_accuracy"] - 0.15 and n[0]["frozen_test_accuracy"] > 0.22
        ),
        explanation=(
            "{0[frozen_test_accuracy]:.0%} of the photos, where guessing gives 20 %, against "
            "{1[frozen_test_accuracy]:.0%} of the drawings, where it gives 10 %. A start is worth the more, the nearer "
            "its task was to yours; and this body has never met a colour or a shade. EfficientNet-Lite0 has seen "
            "photos: where it is installed, choose it under Network."
        ),
        watched=_ACCURACIES,
        curve="frozen_test_accuracy",
    ),
)
