"""all-MiniLM-L6-v2 put to use: texts as tokens and as vectors, who is close to whom, and what shared words alone say.

Shapes: n texts, D numbers of a vector, W words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Encoding, Tokenizer
from torch import Tensor

from data.dataset import DataError
from data.extras import weights_file
from experiments.pretrained_shelf import shared
from models.bert import Bert

NAME: Final = "minilm"
PAD: Final = 0  # number of the token that fills up
MAX_TOKENS: Final = 128  # of a text; it was trained on no longer ones
MAX_SENTENCES: Final = 20
MAX_LETTERS: Final = 500  # of a sentence
BATCH: Final = 16

EXAMPLES: Final = (
    "How can I lose weight?",
    "What is a good way of getting slimmer?",
    "My laptop won't turn on.",
    "The computer does not start any more.",
    "It is raining heavily.",
    "Outside there was a downpour.",
    "The cat sleeps on the sofa.",
    "A kitten naps upon this couch.",
    "The bank raised its interest rates.",
    "We sat down on the bank of the river.",
)
QUESTION: Final = "Which animal is resting?"

# ---- the network -----------------------------------------------------------------------------------------------------


def network() -> Bert:
    """The trained network, read once a process.

    Raises:
        MissingExtraError: if it is not installed.
    """
    return shared(NAME, _load)


@lru_cache(maxsize=1)
def tokenizer() -> Tokenizer:
    """Its WordPiece tokenizer: lower case, [CLS] before and [SEP] after each text.

    Raises:
        MissingExtraError: if it is not installed.
    """
    read = Tokenizer.from_file(str(weights_file(NAME).parent / "tokenizer.json"))
    read.no_padding()
    read.enable_truncation(MAX_TOKENS)
    return read


def _load() -> Bert:
    model = Bert()
    model.load_state_dict(_renamed(load_file(weights_file(NAME))))
    return model


def _renamed(theirs: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights under our names; queries, keys and values become one product."""
    embed, layer = "embeddings", "encoder.layer"
    ours = {
        f"{our}_embed.weight": theirs[f"{embed}.{their}_embeddings.weight"]
        for our, their in (("token", "word"), ("pos", "position"), ("type", "token_type"))
    }
    num_layers = len({name.split(".")[2] for name in theirs if name.startswith(layer)})
    for kind in ("weight", "bias"):
        ours[f"norm.{kind}"] = theirs[f"{embed}.LayerNorm.{kind}"]
        for n in range(num_layers):
            parts = [theirs[f"{layer}.{n}.attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            ours[f"blocks.{n}.attention.qkv.{kind}"] = torch.cat(parts)
            for our, their in _PLACES.items():
                ours[f"blocks.{n}.{our}.{kind}"] = theirs[f"{layer}.{n}.{their}.{kind}"]
    return ours


_PLACES: Final = {
    "attention.out_proj": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "feed_forward.0": "intermediate.dense",
    "feed_forward.3": "output.dense",
    "norm2": "output.LayerNorm",
}


# ---- texts as vectors ------------------------------------------------------------------------------------------------


def lines_of(text: str) -> tuple[str, ...]:
    """The sentences of a text with one a line; empty lines are left out.

    Raises:
        DataError: if there are too few, too many, or one is too long.
    """
    lines = tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())
    if len(lines) < 2:
        raise DataError("There is nothing to compare yet: write two sentences or more, one a line.")
    if len(lines) > MAX_SENTENCES:
        raise DataError(f"There are {len(lines)} sentences, and at most {MAX_SENTENCES} fit here: take some lines out.")
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LETTERS:
            raise DataError(
                f"Sentence {number} has {len(line):,} characters, and at most {MAX_LETTERS} are read: shorten it."
            )
    return lines


@lru_cache(maxsize=128)
def sentence_vectors(texts: tuple[str, ...]) -> np.ndarray:
    """One vector of length 1 for each text.

    Args:
        texts: of each, the first `MAX_TOKENS` tokens are read.

    Returns:
        (n, D)

    Raises:
        MissingExtraError: if the network is not installed.
    """
    model, read = network(), tokenizer().encode_batch(list(texts))
    order = sorted(range(len(texts)), key=lambda one: len(read[one].ids))  # alike long ones need little padding
    found = np.zeros((len(texts), model.token_embed.embedding_dim), dtype=np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            tokens = _filled_up([read[row] for row in rows])
            found[rows] = model.sentence_vectors(tokens, is_token=tokens != PAD).numpy()
    found.setflags(write=False)  # it is shared by all who ask for these texts
    return found


def _filled_up(read: Sequence[Encoding]) -> Tensor:
    longest = max(len(one.ids) for one in read)
    return torch.tensor([one.ids + [PAD] * (longest - len(one.ids)) for one in read])


def word_vectors(texts: Sequence[str], others: Sequence[str] = ()) -> tuple[np.ndarray, np.ndarray]:
    """The baseline: one number for each word, larger for words that few of the texts have, and length 1.

    Args:
        texts: whose words are counted.
        others: further texts, in the words of the first.

    Returns:
        (n, W) and (m, W); all 0 for a text without a known word.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(token_pattern=r"(?u)\b\w+\b")
    try:
        own = vectorizer.fit_transform(texts).toarray()
    except ValueError:  # scikit-learn refuses texts without any word
        return np.zeros((len(texts), 1)), np.zeros((len(others), 1))
    return own, vectorizer.transform(others).toarray() if len(others) else np.zeros((0, own.shape[1]))


# ---- who is close to whom --------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Compared:
    """Some sentences, each compared with each.

    Attributes:
        vectors: (n, n) cosines of the sentence vectors.
        words: (n, n) cosines of the counted words.
        xy: (n, 2) the sentence vectors in their two main directions.
        shares: of the variance that each of the two holds.
    """

    vectors: np.ndarray
    words: np.ndarray
    xy: np.ndarray
    shares: tuple[float, float]


@lru_cache(maxsize=64)
def compared(texts: tuple[str, ...]) -> Compared:
    """Compares two sentences or more by what the network makes of them, and by their words."""
    vectors, (words, _) = sentence_vectors(texts), word_vectors(texts)
    centred = vectors - vectors.mean(0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    xy = left[:, :2] * sizes[:2]
    xy = xy * np.where(xy[np.abs(xy).argmax(0), [0, 1]] < 0, -1, 1)  # either sign is right; one is taken
    shares = sizes[:2] ** 2 / max(float((sizes**2).sum()), 1e-12)
    return Compared(vectors @ vectors.T, words @ words.T, xy, (float(shares[0]), float(shares[1])))


def similar_to(question: str, texts: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """How close each sentence is to a question: (n,) by sentence vectors, (n,) by shared words.

    Raises:
        DataError: if there is no question, or it is too long.
    """
    asked = " ".join(question.split())
    if not asked:
        raise DataError("The question is empty: write a few words, and the sentences are ranked.")
    if len(asked) > MAX_LETTERS:
        raise DataError(f"The question has {len(asked):,} characters, and at most {MAX_LETTERS} are read: shorten it.")
    words, of_question = word_vectors(texts, [asked])
    return sentence_vectors(texts) @ sentence_vectors((asked,))[0], words @ of_question[0]


# ---- what it cannot tell ---------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    """Two sentences and how they differ.

    Attributes:
        kind: in a word or two.
        is_same: whether they mean the same.
    """

    kind: str
    is_same: bool
    first: str
    second: str


PAIRS: Final = (
    Pair("paraphrase", True, "How can I lose weight?", "What is a good way of getting slimmer?"),
    Pair("paraphrase", True, "My laptop won't turn on.", "The computer does not start any more."),
    Pair("paraphrase", True, "The cat sleeps on the sofa.", "A kitten naps upon this couch."),
    Pair("unrelated", False, "The cat sleeps on the sofa.", "Stock prices fell again today."),
    Pair("negation", False, "The film was good.", "The film was not good."),
    Pair("opposite", False, "I love this phone.", "I hate this phone."),
    Pair("number", False, "The ticket costs 10 euros.", "The ticket costs 1000 euros."),
    Pair("number", False, "Take 5 mg a day.", "Take 500 mg a day."),
    Pair("who did it", False, "The dog bites the man.", "The man bites the dog."),
    Pair("who did it", False, "Anna sold the car to Ben.", "Ben sold the car to Anna."),
)
BLIND: Final = ("negation", "opposite", "number", "who did it")


@lru_cache(maxsize=1)
def judged(pairs: tuple[Pair, ...] = PAIRS) -> tuple[np.ndarray, np.ndarray]:
    """The cosine of each pair: (n,) by sentence vectors, (n,) by shared words."""
    texts = tuple(text for pair in pairs for text in (pair.first, pair.second))
    vectors, (words, _) = sentence_vectors(texts), word_vectors(texts)
    return (vectors[::2] * vectors[1::2]).sum(1), (words[::2] * words[1::2]).sum(1)
