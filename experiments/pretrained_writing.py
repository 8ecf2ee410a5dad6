"""SmolLM2 writes: it goes on with a text, or answers it as a question, token by token; and where it is wrong.

Shapes: n tokens of an answer.
"""

import math
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import torch
from torch import Tensor

from experiments.decoder_inside import Surprises, surprises_of
from experiments.decoder_writing import Drawing, Hand
from experiments.pretrained_language import END_OF_TURN, smollm, tokens_of

LONGEST_ANSWER: Final = 24  # tokens
GREEDY: Final = Drawing(0.0)


class Letter:
    """A text that is gone on with, or a question that is answered.

    Attributes:
        begin: the text.
        is_question: which of the two.
        seconds: that writing has taken, without reading the prompt.
        is_done: whether the network has said that the text ends.
    """

    def __init__(self, text: str, *, is_question: bool, seed: int = 0) -> None:
        """Reads the text.

        Raises:
            DataError: if it cannot be used.
        """
        self.begin, self.is_question, self.seconds, self.is_done = text, is_question, 0.0, False
        with torch.inference_mode():
            self._hand = Hand(smollm().network, tokens_of(text, is_question=is_question), seed)

    def go_on(self, how: Drawing) -> None:
        """Writes one more token, unless the text has ended."""
        if self.is_done:
            return
        start = time.perf_counter()
        with torch.inference_mode():
            self._hand.go_on(how)
        self.seconds += time.perf_counter() - start
        self.is_done = self.ids[-1] in smollm().tokenizer.special

    @property
    def ids(self) -> list[int]:
        """The tokens that were written."""
        return self._hand.written.tolist()

    @property
    def shares(self) -> list[float]:
        """The chance that each of them had."""
        return self._hand.shares

    @property
    def text(self) -> str:
        """What was written, without the token that ends it."""
        return smollm().tokenizer.decode(self.ids[: len(self.ids) - self.is_done])


# ---- what it gets wrong ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """A question, and a word that a right answer has."""

    words: str
    right: str


QUESTIONS: Final = (
    Question("What is the capital of France?", "Paris"),
    Question("What is the capital of Turkey?", "Ankara"),
    Question("Which planet is closest to the Sun?", "Mercury"),
    Question("What is 12 times 12?", str(12 * 12)),
    Question("What is 47 times 89? Answer with the number only.", str(47 * 89)),
    Question("How many letters are in the word strawberry?", str(len("strawberry"))),
)


@dataclass(frozen=True)
class Answer:
    """What the network answers when it takes the likeliest token each time.

    Attributes:
        text: the answer.
        tokens: each with its chance.
        is_right: whether the right word is in it.
    """

    text: str
    tokens: Surprises
    is_right: bool

    @property
    def mean_chance(self) -> float:
        """The geometric mean of the tokens' chances."""
        return math.exp(-float(self.tokens.nats.mean()))


@lru_cache(maxsize=len(QUESTIONS))
def answer_to(question: Question) -> Answer:
    """The answer to one of `QUESTIONS`."""
    network, tokenizer = smollm().network, smollm().tokenizer
    with torch.inference_mode():
        hand = Hand(network, tokens_of(question.words, is_question=True), seed=0)
        said: list[Tensor] = []
        while len(said) < LONGEST_ANSWER and not (said and hand.written[-1] in tokenizer.special):
            said.append(hand.writer.logits)
            hand.go_on(GREEDY)
        ids = hand.written
        tokens = surprises_of(ids, torch.cat(said), tokenizer.vocabulary, torch.ones(len(ids), dtype=torch.bool))
    text = tokenizer.decode(ids.tolist()).removesuffix(END_OF_TURN)
    return Answer(text, tokens, question.right in text)
