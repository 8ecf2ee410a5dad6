"""The lessons of the page `decoder`."""

from typing import Final

from training.lessons import Failure, Lesson, Trial

_RANDOM: Final = {"task": "random tokens", "seq_len": 16}
_NAMES: Final = {"task": "baby names", "seq_len": 16, "learning_rate": 0.005}
_REPEATS: Final = {"task": "induction"}

LN_V: Final = 2.7726  # of 16 letters

LESSONS: Final = (
    Lesson(
        slug="leak",
        title="The mask that leaks",
        question=(
            "16 letters without any order. The lecture's network masks its first attention, and not the second. How "
            "low can its loss fall below ln 16 = 2.77?"
        ),
        choices=("Not at all: there is nothing to learn", "Far below, without having learnt anything"),
        answer=1,
        trials=(Trial("leaking", {**_RANDOM, "variant": "leaking"}), Trial("causal", _RANDOM)),
        steps=200,
        holds=lambda n: n[0]["test_loss"] < 0.5 and abs(n[1]["test_loss"] - LN_V) < 0.15,
        explanation=(
            "The leaking network reads the next letter in the memory of its second attention and says it: loss "
            "{0[test_loss]:.2f}, {0[test_accuracy]:.0%} right. It knows all but the last letter of a row, which nobody "
            "has shown it. The causal one stays at {1[test_loss]:.2f}, chance. A loss below what is possible is an "
            "error, not a success: when writing there is no next letter to read."
        ),
        watched=("loss", "test_loss", "test_accuracy"),
        curve="test_loss",
        failure=Failure(
            symptom="The loss falls below anything possible, and what is written is nonsense.",
            diagnosis="Some path lets a place see the token that it should foretell.",
            remedy="Mask every attention; train on random tokens once: the loss must stay at ln V.",
        ),
    ),
    Lesson(
        slug="induction",
        title="Two blocks look back, one cannot",
        question=(
            "Random letters begin to repeat, after a different number in each row. To go on, look up what followed the "
            "last time. Who learns it in 300 updates?"
        ),
        choices=("Both, one block or two", "Only the network with two blocks", "Neither"),
        answer=1,
        trials=(Trial("one block", {**_REPEATS, "n_layers": 1}), Trial("two blocks", _REPEATS)),
        steps=300,
        holds=lambda n: n[0]["test_loss"] > 1.6 and n[1]["test_loss"] < 1.1,
        explanation=(
            "A head of the first block can tell each letter which one came before it; a head of the second then looks "
            "for the place whose letter before is the one just read, and copies what stands there. That takes two "
            "steps: loss {1[test_loss]:.2f} with two blocks, {0[test_loss]:.2f} with one, where ln 16 = 2.77 is chance."
        ),
        watched=("test_loss", "test_accuracy"),
        curve="test_loss",
        then="Do four heads in one block make up for the second? Give it eight.",
        change=Trial("one block, eight heads", {**_REPEATS, "n_layers": 1, "n_heads": 8}),
    ),
    Lesson(
        slug="temperature",
        title="New or sensible",
        question="A network has learnt names. You raise the temperature from 0.3 to 1.5. What becomes of its names?",
        choices=(
            "More new names, and fewer stretches of letters that real names have",
            "More new names, as good as before",
            "Fewer new names",
        ),
        answer=0,
        trials=(
            Trial("temperature 0.3", {**_NAMES, "temperature": 0.3}),
            Trial("temperature 1.5", {**_NAMES, "temperature": 1.5}),
        ),
        steps=200,
        holds=lambda n: (
            n[1].get("new_share", 0) > n[0].get("new_share", 1) + 0.1
            and n[1]["known_triples_share"] < n[0]["known_triples_share"] - 0.1
        ),
        explanation=(
            "The same weights: only the drawing differs. At 0.3 {0[new_share]:.0%} of the names are new, and "
            "{0[known_triples_share]:.0%} of their stretches of three letters stand in real names; at 1.5 they are "
            "{1[new_share]:.0%} and {1[known_triples_share]:.0%}. Dividing the logits by a small number makes the "
            "likely likelier; a large one gives nonsense its turn."
        ),
        watched=("test_loss", "new_share", "known_triples_share"),
        curve="known_triples_share",
    ),
)
