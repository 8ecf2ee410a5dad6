"""The lessons of the page `encoder`, the failure museum among them."""

from typing import Any, Final

from training.lessons import Failure, Lesson, Trial

_NAMES: Final[dict[str, Any]] = {
    "task": "fill gaps",
    "data": "names",
    "level": "character",
    "batch_size": 32,
    "mask_share": 0.25,
    "learning_rate": 5e-3,
}
_FEW: Final[dict[str, Any]] = {"num_labels": 50}

LESSONS: Final = (
    Lesson(
        slug="padding",
        title="The padding that votes",
        question=(
            "Short sentences are filled up with [PAD]. The lecture's mean counts it. Now the same sentences are read "
            "without the padding. By how much can the chance of a class change?"
        ),
        choices=(
            "By more than a tenth without the mask, by nothing with it",
            "By nothing: [PAD] is no word",
            "By as much with the mask",
        ),
        answer=0,
        trials=(Trial("padding counts", {"uses_mask": False}), Trial("padding is masked", {"uses_mask": True})),
        steps=200,
        holds=lambda n: n[0]["padding_shift"] > 0.1 and n[1]["padding_shift"] < 1e-4 and n[1]["accuracy"] > 0.6,
        explanation=(
            "Without the mask a chance moves by up to {0[padding_shift]:.2f}: the network has learnt how much padding "
            "to expect. With the mask the largest change is {1[padding_shift]:.0e}, which is rounding."
        ),
        watched=("padding_shift", "test_accuracy"),
        curve="test_loss",
        failure=Failure(
            symptom="The same sentence gets another answer when it stands beside a longer one.",
            diagnosis="Attention and the mean look at the padding, whose amount depends on the rest of the batch.",
            remedy="Mask the padding in attention, and take the mean over the symbols only.",
        ),
    ),
    Lesson(
        slug="sides",
        title="What comes after counts, too",
        question="Two networks of one size fill the same gaps in names. One sees both sides, one the left only.",
        choices=("Both end alike", "The one that sees less is better", "The one that sees both sides is better"),
        answer=2,
        trials=(Trial("left only", {**_NAMES, "sees": "left only"}), Trial("both sides", _NAMES)),
        steps=500,
        holds=lambda n: n[1]["test_loss"] < n[0]["test_loss"] - 0.05,
        explanation=(
            "With both sides the loss on test names falls to {1[test_loss]:.2f} nats, with the left side to "
            "{0[test_loss]:.2f}. What follows a gap says as much about it as what stands before. A network that must "
            "write on cannot use it: that is why GPT looks to the left and BERT does not write."
        ),
        watched=("test_loss", "test_accuracy"),
        curve="test_loss",
    ),
    Lesson(
        slug="pretraining",
        title="Fifty labels",
        question=(
            "Only 50 sentences have a label. Is it worth the time to fill gaps first, in all the sentences, "
            "when the steps in all stay the same?"
        ),
        choices=("No: labels are what counts", "Yes: the test loss is clearly lower", "It makes no difference"),
        answer=1,
        trials=(
            Trial("from scratch", _FEW),
            Trial("gaps first", {**_FEW, "task": "pretrain first", "pretrain_steps": 400}),
        ),
        steps=540,
        holds=lambda n: (
            n[1]["test_loss"] < n[0]["test_loss"] - 0.2
            and n[1]["test_accuracy"] > n[0]["test_accuracy"] - 0.03
            and n[1]["test_accuracy"] > 0.3
        ),
        explanation=(
            "From scratch the test loss is {0[test_loss]:.2f}, after filling gaps {1[test_loss]:.2f}: words that can "
            "stand in the same gap have come to lie together, so a label of one speaks for the others. Of the test "
            "sentences {0[test_accuracy]:.0%} and {1[test_accuracy]:.0%} are right: after so little pretraining "
            "the gain is a few points at most, and sometimes none. More of it gives more: set it under Task."
        ),
        watched=("test_loss", "test_accuracy"),
        curve="test_loss",
        then="And if all but the last layer stays as it was after filling gaps?",
        change=Trial("frozen", {**_FEW, "task": "pretrain and freeze", "pretrain_steps": 400}),
    ),
    Lesson(
        slug="explanation",
        title="Attention is not explanation",
        question=(
            "Order the words of a sentence by the attention they get, and by how much the answer loses without them. "
            "How alike are the two orders (rank correlation)?"
        ),
        choices=("The same: 1", "The reverse: below −0.5", "Loosely alike: somewhere between 0 and 0.8"),
        answer=2,
        trials=(Trial("languages", {"data": "languages"}),),
        steps=300,
        holds=lambda n: -0.1 < n[0]["attention_rank"] < 0.8 and n[0]["test_accuracy"] > 0.7,
        explanation=(
            "The network is right on {0[test_accuracy]:.0%} of the test sentences, and the rank correlation is "
            "{0[attention_rank]:.2f}, that of slope × input {0[gradient_rank]:.2f}. Attention says where was looked, "
            "not what was made of it: what matters is read from the values, and by what comes behind."
        ),
        watched=("attention_rank", "gradient_rank", "test_accuracy"),
        curve="attention_rank",
    ),
)
