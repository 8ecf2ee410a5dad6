"""The lessons of the page `transformer`."""

from typing import Final

from training.lessons import Failure, Lesson, Trial

_WATCHED: Final = ("forced_accuracy", "free_accuracy", "whole_accuracy")
_SORT: Final = {"task": "sort", "length": 8}
_DEEP: Final = {"num_layers": 2, "learning_rate": 0.02, "length": 4, "batch_size": 16}

LESSONS: Final = (
    Lesson(
        slug="forcing",
        title="The teacher hides mistakes",
        question=(
            "Early on in learning to sort, the network gets most signs right when it is given the right ones "
            "before. Then it must go on with its own. Are as many signs right?"
        ),
        choices=("Yes, the network is the same", "Fewer: a mistake spoils what follows", "More"),
        answer=1,
        trials=(Trial("60 steps", _SORT),),
        steps=60,
        holds=lambda n: n[0]["forced_accuracy"] - n[0]["free_accuracy"] > 0.08,
        explanation=(
            "With the right signs as input {0[forced_accuracy]:.0%} are right, with its own {0[free_accuracy]:.0%}: "
            "after one mistake the network stands where it was never trained. A loss measured with the right signs "
            "does not show that. Whole answers ({0[whole_accuracy]:.0%}) are the same number either way, as long as "
            "the mask is there: without a mistake there is nothing to go wrong."
        ),
        watched=_WATCHED,
        curve="free_accuracy",
        then="Let it practise on its own answers: scheduled sampling.",
        change=Trial("its own answers as input", {**_SORT, "own_share": 0.5}),
    ),
    Lesson(
        slug="mask",
        title="Without the mask",
        question="The decoder may look at the whole right answer while it learns. What becomes of it?",
        choices=(
            "It learns faster and writes as well",
            "The loss falls to nothing, and it cannot write",
            "Nothing changes",
        ),
        answer=1,
        trials=(Trial("no mask", {"uses_mask": False}), Trial("with mask", {"uses_mask": True})),
        steps=120,
        holds=lambda n: (
            n[0]["test_loss"] < 0.1
            and n[0]["forced_accuracy"] > 0.95
            and n[0]["whole_accuracy"] < 0.1
            and n[1]["whole_accuracy"] > 0.8
        ),
        explanation=(
            "The next sign stands in its input, so it copies that: loss {0[test_loss]:.3f}, {0[forced_accuracy]:.0%} "
            "right. When it writes, there is nothing to copy: {0[whole_accuracy]:.0%} of whole answers. With the mask: "
            "{1[whole_accuracy]:.0%}."
        ),
        watched=("test_loss", *_WATCHED),
        curve="test_loss",
        failure=Failure(
            symptom="The loss falls faster than it should, and what is written is nonsense.",
            diagnosis="The decoder sees in its input what it is asked for.",
            remedy="A causal mask in every self-attention of the decoder; check it by changing a later sign.",
        ),
    ),
    Lesson(
        slug="cross",
        title="Without the source",
        question="Cross-attention is taken away: the decoder never sees the source. What can it still learn?",
        choices=("To reverse, more slowly", "How often signs come and when answers end", "Nothing at all"),
        answer=1,
        trials=(Trial("no cross-attention", {"uses_memory": False}), Trial("with it", {"uses_memory": True})),
        steps=120,
        holds=lambda n: (
            n[0]["test_loss"] < n[0]["first_test_loss"] - 0.2
            and n[0]["test_loss"] > 1.8
            and n[0]["whole_accuracy"] < 0.05
            and n[1]["whole_accuracy"] > 0.8
        ),
        explanation=(
            "The loss falls from {0[first_test_loss]:.2f} to {0[test_loss]:.2f} and stays there: any letter is as "
            "likely as any other, which costs ln 10 = 2.30, and only the end can be foreseen a little. It is a "
            "language model of these answers. With cross-attention {1[whole_accuracy]:.0%} of whole answers are right."
        ),
        watched=("first_test_loss", "test_loss", "whole_accuracy"),
        curve="test_loss",
    ),
    Lesson(
        slug="positions",
        title="Without positions",
        question="Nothing says where a letter stands. Which task can still be learnt?",
        choices=("Reversing", "Sorting", "Both", "Neither"),
        answer=1,
        trials=(
            Trial("reverse", {"positions": "none"}),
            Trial("sort", {"positions": "none", "task": "sort"}),
        ),
        steps=200,
        holds=lambda n: n[0]["whole_accuracy"] < 0.25 and n[1]["whole_accuracy"] > n[0]["whole_accuracy"] + 0.3,
        explanation=(
            "To sort, one has to know which letters there are and which have been written: {1[whole_accuracy]:.0%} of "
            "whole answers. To reverse, one has to know where each stands, and the encoder sees a bag of letters: "
            "{0[whole_accuracy]:.0%}. Better than nothing, because short sources can be guessed, and because the mask "
            "tells the decoder how many places stand before it."
        ),
        watched=_WATCHED,
        curve="test_loss",
        then="Do waves bring it back?",
        change=Trial("reverse, sinusoidal", {"positions": "sinusoidal"}),
    ),
    Lesson(
        slug="warm-up",
        title="Normalised after, and no warm-up",
        question="Two blocks in each half, normalised after each part as in 2017, a rate of 0.02. Does it learn?",
        choices=("Yes, quickly", "No; but it does if the rate rises slowly", "No, whatever the schedule"),
        answer=1,
        trials=(
            Trial("constant rate", _DEEP),
            Trial("warm-up over 300 steps", {**_DEEP, "schedule": "warm-up", "schedule_steps": 3000}),
        ),
        steps=120,
        holds=lambda n: n[0]["test_loss"] > 1.2 and n[1]["test_loss"] < 0.5,
        explanation=(
            "At once the full rate throws the fresh network to a place it does not come back from: loss "
            "{0[test_loss]:.2f} after 120 steps. With a rate that rises, and has come to 0.008 by then, it ends at "
            "{1[test_loss]:.2f}."
        ),
        watched=("test_loss", "forced_accuracy", "whole_accuracy"),
        curve="test_loss",
        failure=Failure(
            symptom="The loss stays where guessing puts it, from the first steps on.",
            diagnosis="Normalised after each part, the first gradients are large, and the full rate is too much.",
            remedy="Let the rate rise slowly, or normalise before each part.",
        ),
        then="And normalised before each part, at the constant rate?",
        change=Trial("before, constant rate", {**_DEEP, "is_pre_norm": True}),
    ),
)
