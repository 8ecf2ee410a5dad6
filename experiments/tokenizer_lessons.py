"""The lessons of the page `tokenizer`."""

from typing import Final

from training.lessons import Failure, Lesson, Trial

_SMALL_TEXT: Final = {"text": "Finnish declaration"}

LESSONS: Final = (
    Lesson(
        slug="counts",
        title="Shorter texts, thinner counts",
        question="The vocabulary of Alice grows from 300 tokens to 4,000. What becomes of the text?",
        choices=(
            "Longer, because there is more to choose from",
            "Shorter, and a token comes as often as before",
            "Shorter, and most tokens come only a few times",
        ),
        answer=2,
        trials=(Trial("300 tokens", {"vocab_size": 300}), Trial("4,000 tokens", {"vocab_size": 4000})),
        steps=60,
        holds=lambda n: (
            n[1]["bytes_per_token"] > 2 * n[0]["bytes_per_token"] and n[1]["median_count"] < n[0]["median_count"] / 20
        ),
        explanation=(
            "A token holds {1[bytes_per_token]:.1f} bytes instead of {0[bytes_per_token]:.1f}, so the network reads "
            "more of the book in as many steps. But half of the tokens come {1[median_count]:.0f} times or less in the "
            "training part, where it was {0[median_count]:.0f}: there is little to learn their row of numbers from."
        ),
        watched=("bytes_per_token", "median_count"),
        curve="bits_per_byte",
        then="What does it look like in between?",
        change=Trial("1,000 tokens", {"vocab_size": 1000}),
    ),
    Lesson(
        slug="language",
        title="The wrong language costs more tokens",
        question="The merges were learnt from Alice. The same declaration is cut in English and in Finnish. Who pays?",
        choices=(
            "Nobody: bytes are bytes",
            "Finnish: its pieces are not among the merges",
            "English: it has more words",
        ),
        answer=1,
        trials=(
            Trial("English", {"text": "English declaration", "learnt_from": "Alice"}),
            Trial("Finnish", {"text": "Finnish declaration", "learnt_from": "Alice"}),
            Trial("Finnish, own merges", {"text": "Finnish declaration"}),
        ),
        steps=60,
        holds=lambda n: (
            n[1]["bytes_per_token"] < 0.8 * n[0]["bytes_per_token"]
            and n[2]["bytes_per_token"] > 1.5 * n[1]["bytes_per_token"]
        ),
        explanation=(
            "Each token of the Finnish text holds {1[bytes_per_token]:.2f} bytes, of the English one "
            "{0[bytes_per_token]:.2f}: to say the same, Finnish needs more tokens, more computing and more of the "
            "window. With merges of its own it gets {2[bytes_per_token]:.2f}. What the merges were learnt from "
            "decides, not the language."
        ),
        watched=("bytes_per_token", "bits_per_byte"),
        curve="bits_per_byte",
    ),
    Lesson(
        slug="fair",
        title="A loss per token cannot be compared",
        question="One network guesses bytes, the other tokens out of 2,000. After 200 steps, whose test loss is lower?",
        choices=(
            "That of the bytes, and it guesses the text better",
            "That of the tokens, and it guesses the text better",
            "That of the bytes, yet the tokens guess the text better",
        ),
        answer=2,
        trials=(Trial("bytes", {"vocab_size": 256}), Trial("2,000 tokens", {"vocab_size": 2000})),
        steps=200,
        holds=lambda n: (
            n[0]["test_loss"] < 0.6 * n[1]["test_loss"] and n[1]["bits_per_byte"] < 0.9 * n[0]["bits_per_byte"]
        ),
        explanation=(
            "A byte costs {0[test_loss]:.2f} nats and a token {1[test_loss]:.2f}, but a token holds "
            "{1[bytes_per_token]:.1f} bytes. For the same stretch of text that is {0[bits_per_byte]:.2f} bits per byte "
            "with bytes and {1[bits_per_byte]:.2f} with tokens. Where vocabularies differ, compare bits per byte."
        ),
        watched=("test_loss", "bits_per_byte"),
        curve="bits_per_byte",
    ),
    Lesson(
        slug="too-large",
        title="A vocabulary too large for the text",
        question="A text of 10 kB is cut with 2,000 tokens, and with 300. Who guesses its end better?",
        choices=("2,000 tokens: the text is shorter", "300 tokens", "Both alike"),
        answer=1,
        trials=(
            Trial("2,000 tokens", {**_SMALL_TEXT, "vocab_size": 2000}),
            Trial("300 tokens", {**_SMALL_TEXT, "vocab_size": 300}),
        ),
        steps=400,
        holds=lambda n: (
            n[0]["bits_per_byte"] > 1.15 * n[0]["lowest_bits_per_byte"]
            and n[1]["bits_per_byte"] < 0.85 * n[0]["bits_per_byte"]
        ),
        explanation=(
            "With 2,000 tokens the training loss is {0[loss]:.2f} nats, learnt by heart, and the end of the text costs "
            "{0[bits_per_byte]:.2f} bits per byte, after {0[lowest_bits_per_byte]:.2f} at best. With 300 it is "
            "{1[bits_per_byte]:.2f}: every token comes often enough to be known in more than one place."
        ),
        watched=("loss", "bits_per_byte", "lowest_bits_per_byte"),
        curve="bits_per_byte",
        failure=Failure(
            symptom="The training loss falls to almost nothing while the bits per byte of the test rise again.",
            diagnosis="Most tokens come once or twice, so the network learns the text by heart instead of its habits.",
            remedy="Take a smaller vocabulary or a longer text, or raise the minimum frequency of a merge.",
        ),
    ),
)
