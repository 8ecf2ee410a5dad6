"""The lessons of the page `attention`, the failure museum among them."""

from typing import Final

from training.lessons import Failure, Lesson, Trial

_WIDE: Final = {"d_model": 64, "n_heads": 1, "learning_rate": 5e-3}
_WHO: Final = {"task": "who did it"}
_RANDOM: Final = {"task": "random letters"}
_FIXED: Final = {"task": "repeats, fixed period", "n_layers": 1}
_ONE: Final = {"task": "repeats, random period", "n_layers": 1}
_TWO: Final = {"task": "repeats, random period", "n_layers": 2}

LESSONS: Final = (
    Lesson(
        slug="two-layers",
        title="Two layers find what one cannot",
        question="A block of letters is repeated, its length changes each time. How many layers name the next letter?",
        choices=("One is enough", "It takes two", "Two are not enough"),
        answer=1,
        trials=(Trial("two layers", _TWO), Trial("one layer", _ONE)),
        steps=200,
        holds=lambda n: (
            n[0]["test_loss"] < 0.4
            and n[0]["induction_share"] > 0.7
            and n[1]["test_loss"] > 1.0
            and n[1]["induction_share"] < 0.4
        ),
        explanation=(
            "To go on after *c*, one has to find the place after the last *c*. That place must first have noticed that "
            "*c* stands before it, and this takes a layer of its own: its heads look at the letter before. Two layers "
            "came to a loss of {0[test_loss]:.2f}, with {0[induction_share]:.0%} of one head's mass on the place after "
            "the same letter. One layer stayed at {1[test_loss]:.2f} in these {0[step]:.0f} steps."
        ),
        watched=("test_loss", "previous_share", "induction_share"),
        curve="test_loss",
        then="Do eight heads in one layer make up for the second layer?",
        change=Trial("one layer of eight heads", {**_ONE, "n_heads": 8}),
    ),
    Lesson(
        slug="counting",
        title="A high score that means something else",
        question="The block always has ten letters. One layer solves it, and a head scores high. What has it learnt?",
        choices=("To look for the same letter", "To look nine places back"),
        answer=1,
        trials=(Trial("fixed period, one layer", _FIXED), Trial("random period, two layers", _TWO)),
        steps=200,
        holds=lambda n: (
            n[0]["test_loss"] < 0.6
            and n[0]["own_induction_share"] > 0.6
            and n[0]["induction_share"] < 0.4
            and n[1]["induction_share"] > 0.7
        ),
        explanation=(
            "With ten letters, nine places back is what came after the same letter last time, so a head that counts "
            "scores like one that looks: {0[own_induction_share]:.0%} on its own sequences. Change the length of the "
            "block, and {0[induction_share]:.0%} are left; the network trained on changing lengths has "
            "{1[induction_share]:.0%}. A score without a control is not a finding."
        ),
        watched=("test_loss", "own_induction_share", "induction_share"),
        curve="test_loss",
        then="What do two layers learn from a fixed period?",
        change=Trial("fixed period, two layers", {**_FIXED, "n_layers": 2}),
    ),
    Lesson(
        slug="root",
        title="What the root of d is for",
        question="One head of 64 numbers, scores not divided by √64 = 8. What do the fresh weights look like?",
        choices=("About the same for all places", "Nearly all on few places", "Some of them below 0"),
        answer=1,
        trials=(Trial("divided by √d", _WIDE), Trial("not divided", {**_WIDE, "is_scaled": False})),
        steps=60,
        holds=lambda n: (
            n[0]["first_entropy_share"] > 0.85
            and n[1]["first_entropy_share"] < 0.6
            and n[0]["test_loss"] < n[1]["test_loss"]
        ),
        explanation=(
            "A product of two random vectors of d numbers spreads like √d. Softmax of scores that far apart picks one "
            "place and drops the rest: the spread of the fresh weights is {1[first_entropy_share]:.2f} of what is "
            "possible, against {0[first_entropy_share]:.2f} with the division. Where softmax is that sure, its slope "
            "is nearly 0 and little is learnt: after {0[step]:.0f} steps the losses are {1[test_loss]:.2f} and "
            "{0[test_loss]:.2f}."
        ),
        watched=("first_entropy_share", "entropy_share", "test_loss"),
        curve="entropy_share",
        then="Is it as bad with eight heads, of 8 numbers each?",
        change=Trial("eight heads, not divided", {**_WIDE, "n_heads": 8, "is_scaled": False}),
    ),
    Lesson(
        slug="dog",
        title="Dog bites man",
        question="Who did it? A network without positions and without a mask reads dog bites man. What does it say?",
        choices=("The dog", "The man", "The same as for man bites dog"),
        answer=2,
        trials=(Trial("no positions", {**_WHO, "positions": "none"}), Trial("positions", _WHO)),
        steps=120,
        holds=lambda n: (
            n[1]["test_accuracy"] > 0.95
            and n[0]["test_accuracy"] < 0.8
            and n[0]["swap_difference"] < 1e-5
            and n[1]["swap_difference"] > 0.8
        ),
        explanation=(
            "Attention adds up what it finds, and a sum does not mind the order. The chances of all answers to the two "
            "sentences differ by {0[swap_difference]:.0e} at most, which is rounding, so it can only guess which noun: "
            "{0[test_accuracy]:.0%} right. With positions they differ by {1[swap_difference]:.2f}, and "
            "{1[test_accuracy]:.0%} are right."
        ),
        watched=("test_loss", "test_accuracy", "swap_difference"),
        curve="test_accuracy",
        then="No positions, but a causal mask in two layers: can it tell who did it?",
        change=Trial("causal mask, no positions", {**_WHO, "positions": "none", "mask": "causal"}),
    ),
    Lesson(
        slug="leak",
        title="The mask that leaks",
        question="Twelve letters at random, the next one is wanted. Without a mask the loss goes to 0. How?",
        choices=("It has found a pattern", "It looks at the answer", "It learns the sequences by heart"),
        answer=1,
        trials=(Trial("no mask", {**_RANDOM, "mask": "none"}), Trial("causal mask", {**_RANDOM, "mask": "causal"})),
        steps=120,
        holds=lambda n: (
            n[0]["test_loss"] < 0.5
            and n[0]["future_gradient"] > 0.01
            and n[1]["future_gradient"] == 0
            and n[1]["test_loss"] > 2.4
        ),
        explanation=(
            "The wanted letter is the next one, and it stands in the input. Without a mask the answer hangs on later "
            "places, by a gradient of {0[future_gradient]:.2g}, and the loss falls to {0[test_loss]:.3f}. Where "
            "nothing can be known, it must not get below ln 12 = 2.48. With the causal mask that gradient is "
            "{1[future_gradient]:.0f}, exactly, and the loss stays at {1[test_loss]:.2f}."
        ),
        watched=("test_loss", "test_accuracy", "future_gradient"),
        curve="test_loss",
        failure=Failure(
            symptom="The loss falls below what is possible; going on alone, the network writes nonsense.",
            diagnosis="A place sees the very letter it is asked for.",
            remedy="A causal mask; and a test with random letters, in which nobody can beat guessing.",
        ),
    ),
    Lesson(
        slug="blind",
        title="A mask that hides the answer",
        question="All letters backwards, with a causal mask. Which share of the answers can be more than a guess?",
        choices=("All", "About half", "None"),
        answer=1,
        trials=(
            Trial("causal mask", {"task": "reverse", "mask": "causal"}),
            Trial("no mask", {"task": "reverse", "mask": "none"}),
        ),
        steps=120,
        holds=lambda n: 0.3 < n[0]["test_accuracy"] < 0.7 and n[1]["test_accuracy"] > 0.95,
        explanation=(
            "The first place is asked for the last letter, which it may not look at. Only from the middle on has the "
            "letter been seen: {0[test_accuracy]:.0%} are right. Without the mask it is {1[test_accuracy]:.0%}. The "
            "mask belongs to the task: causal where the network is to go on, none where it may read all."
        ),
        watched=("test_loss", "test_accuracy"),
        curve="test_accuracy",
        failure=Failure(
            symptom="The loss stops far from 0, and the right answers all stand in the second half.",
            diagnosis="What is asked for stands where the mask does not let anybody look.",
            remedy="Leave the mask out, or ask only for what can be known at each place.",
        ),
        then="Does a window of eight places help, or hide more?",
        change=Trial("window", {"task": "reverse", "mask": "window", "window": 8}),
    ),
)
