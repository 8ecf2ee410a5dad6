"""The lessons of the page `augmentation`, the failure museum among them."""

from typing import Final

from training.lessons import Failure, Lesson, Trial

# What the page opens with, said once more, because a trial has to name what it is about.
_SMALL_CHANGES: Final = {"crop": 0.8, "rotation": 15.0, "jitter": 0.2}
_AS_TESTED: Final = {"crop": 0.8, "rotation": 30.0, "shift": 0.1, "jitter": 0.3}
STEPS: Final = 300

LESSONS: Final = (
    Lesson(
        slug="altered",
        title="A test that nobody practised for",
        question=(
            "Both networks learn 200 upright digits by heart. One of them saw each a little changed. Which one names "
            "more digits that are turned, moved and darkened?"
        ),
        choices=("The one without augmentation", "The one with augmentation", "Both about as many"),
        answer=1,
        trials=(Trial("small changes", _SMALL_CHANGES), Trial("changes like those of the test", _AS_TESTED)),
        steps=STEPS,
        holds=lambda n: (
            n[0]["accuracy"] > 0.9
            and n[0]["plain_accuracy"] > 0.95
            and n[0]["test_altered_accuracy"] > n[0]["test_altered_plain_accuracy"] + 0.05
            and n[1]["test_altered_accuracy"] > n[0]["test_altered_accuracy"] + 0.05
        ),
        explanation=(
            "Without augmentation {0[test_altered_plain_accuracy]:.0%} of the altered digits are right, with small "
            "changes {0[test_altered_accuracy]:.0%}, with changes like those of the test "
            "{1[test_altered_accuracy]:.0%}. A network knows only those changes to be harmless that it has seen."
        ),
        watched=("test_accuracy", "test_altered_accuracy", "test_altered_plain_accuracy"),
        curve="test_altered_accuracy",
        then="The test is turned, moved and darkened. Is it enough to change brightness and contrast, as strongly?",
        change=Trial("brightness and contrast only", {"crop": 1.0, "rotation": 0.0, "jitter": 0.8}),
    ),
    Lesson(
        slug="few",
        title="Few pictures, much to gain",
        question="The same changes, 300 steps. Where do they lower the test loss most?",
        choices=("With 200 training pictures", "With 1,600 training pictures", "In both cases alike"),
        answer=0,
        trials=(Trial("200 pictures", {"num_train": 200}), Trial("1,600 pictures", {"num_train": 2000})),
        steps=STEPS,
        holds=lambda n: (
            n[0]["test_plain_loss"] > 1.3 * n[0]["test_loss"]
            and n[0]["test_plain_loss"] - n[0]["test_loss"] > 3 * (n[1]["test_plain_loss"] - n[1]["test_loss"]) + 0.1
        ),
        explanation=(
            "With 200 pictures augmentation takes the test loss from {0[test_plain_loss]:.2f} to {0[test_loss]:.2f}; "
            "with 1,600, which show most of the ways to write a digit themselves, it goes from "
            "{1[test_plain_loss]:.2f} to {1[test_loss]:.2f}."
        ),
        watched=("test_loss", "test_plain_loss", "test_accuracy", "test_plain_accuracy"),
        curve="test_loss",
    ),
    Lesson(
        slug="mirror",
        title="Mirrored digits",
        question="Mirroring every second picture helps with cats and dogs. What does it do to digits?",
        choices=("It helps as well", "It makes no difference", "It hurts"),
        answer=2,
        trials=(Trial("mirrored half of the time", {"flip": 0.5}), Trial("never mirrored", {"flip": 0.0})),
        steps=STEPS,
        holds=lambda n: (
            n[0]["test_accuracy"] < n[1]["test_accuracy"] - 0.02 and n[0]["test_loss"] > n[1]["test_loss"] + 0.05
        ),
        explanation=(
            "A mirrored 2 is no 2, and looks like a 5 or an S. With mirrors {0[test_accuracy]:.0%} of the test digits "
            "are right and the test loss is {0[test_loss]:.2f}; without, {1[test_accuracy]:.0%} and {1[test_loss]:.2f}."
        ),
        watched=("test_loss", "test_accuracy"),
        curve="test_loss",
        failure=Failure(
            symptom="The network with augmentation learns more slowly, and its test loss stays higher.",
            diagnosis="The change takes pictures out of their class, or into another one, and the label stays.",
            remedy="Look at changed pictures and ask of each what it is; leave out what makes the answer another one.",
        ),
        then="And if all are mirrored? Then it has never seen a digit as the test shows it.",
        change=Trial("always mirrored", {"flip": 1.0}),
    ),
    Lesson(
        slug="too-much",
        title="Too much of it",
        question="The altered test turns digits by up to 30°. What if the training turns them by up to 180°?",
        choices=("Better still: it then knows every angle", "Worse, on the altered test too", "The same"),
        answer=1,
        trials=(Trial("up to 180°", {"rotation": 180.0}), Trial("up to 15°", {"rotation": 15.0})),
        steps=STEPS,
        holds=lambda n: (
            n[0]["test_accuracy"] < n[1]["test_accuracy"] - 0.15
            and n[0]["test_altered_accuracy"] < n[1]["test_altered_accuracy"] - 0.03
        ),
        explanation=(
            "A 6 turned by 180° is a 9, and what a small network has to know about every angle it cannot know about "
            "every shape: {0[test_accuracy]:.0%} of the test and {0[test_altered_accuracy]:.0%} of the altered test "
            "are right, against {1[test_accuracy]:.0%} and {1[test_altered_accuracy]:.0%} with 15°."
        ),
        watched=("accuracy", "test_accuracy", "test_altered_accuracy"),
        curve="accuracy",
        failure=Failure(
            symptom="Even the training pictures, unchanged, are not learnt.",
            diagnosis="The changes are so strong that the pictures vary more than the network can follow.",
            remedy="Weaken the changes to what the test may show, or train longer with a larger network.",
        ),
    ),
)
