"""SmolLM2-135M-Instruct as it is installed: read from its file once a process, and asked what comes next.

The file is one of llama.cpp's (GGUF). Its weights are rounded: 4 bits each, and for 32 of them a scale and a smallest
value; the embeddings have 8 bits. They are worked out to 32 bits when they are read: 16 would halve the memory, but on
the processor it was measured on they were no faster for one token and slower for a hundred. The rows of queries and
keys stand so that pairs that turn together are neighbours, as in the paper on rotary positions and in `models.llama`;
other programs keep the halves of the pairs apart.

Shapes: n tokens of a text, V tokens of the vocabulary.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor, nn

from data.dataset import DataError
from data.extras import EXTRAS, weights_file
from data.tokenizer import Tokenizer, known_bpe
from experiments.decoder_inside import Surprises, surprises_of
from experiments.pretrained_shelf import shared
from models.llama import Llama

MAX_LETTERS: Final = 500  # of a text that is read
MAX_TOKENS: Final = 200
SPECIAL: Final = 3  # what the file calls a token that stands for no text
END_OF_TURN: Final = "<|im_end|>"
SYSTEM: Final = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
_PLACES: Final = {  # what the file calls a layer of a block, and what we do
    "attn_norm": "norm1",
    "attn_q": "attention.query",
    "attn_k": "attention.key",
    "attn_v": "attention.value",
    "attn_output": "attention.out",
    "ffn_norm": "norm2",
    "ffn_gate": "feed_forward.gate",
    "ffn_up": "feed_forward.up",
    "ffn_down": "feed_forward.down",
}
_OUTSIDE: Final = {"token_embd.weight": "token_emb.weight", "output_norm.weight": "norm.weight"}


@dataclass(frozen=True)
class Stored:
    """The weights that are stored in one way.

    Attributes:
        kind: its name in the file, such as `Q4_1`.
        num_tensors: how many tensors.
        num_weights: how many numbers.
        num_bytes: what they take.
    """

    kind: str
    num_tensors: int
    num_weights: int
    num_bytes: int

    @property
    def bits(self) -> float:
        """Bits for each weight."""
        return 8 * self.num_bytes / self.num_weights


class SmolLM(nn.Module):
    """The network, its tokenizer, and what its file says.

    Attributes:
        network: the decoder.
        tokenizer: cuts texts as they were cut in training.
        stored: how the weights are stored, the most first.
        template: how a conversation is written down, in the language Jinja.
    """

    def __init__(self, network: Llama, tokenizer: Tokenizer, stored: tuple[Stored, ...], template: str) -> None:
        """Keeps what was read."""
        super().__init__()
        self.network, self.tokenizer, self.stored, self.template = network, tokenizer, stored, template


def smollm() -> SmolLM:
    """The network, loaded when it is first asked for.

    Raises:
        MissingExtraError: if it is not installed.
    """
    return shared("smollm", _load)


def _load() -> SmolLM:
    path = weights_file("smollm")
    from gguf import GGUFReader  # installed with the weights

    reader = GGUFReader(path)
    template = _said(reader, "tokenizer.chat_template")
    return SmolLM(_network_of(reader), _tokenizer_of(reader), _stored_of(reader), template)


def _said(reader: Any, field: str) -> Any:
    """What stands in a field of the file."""
    return reader.fields[field].contents()


def _network_of(reader: Any) -> Llama:
    """The network with the weights of the file; beside them, one tensor at a time is in memory."""
    from gguf.quants import dequantize

    def size(name: str) -> Any:
        return _said(reader, f"llama.{name}")

    with torch.device("meta"):  # no memory yet, and no random numbers
        network = Llama(
            size("vocab_size"),
            size("embedding_length"),
            size("attention.head_count"),
            size("attention.head_count_kv"),
            size("block_count"),
            size("feed_forward_length"),
            base=size("rope.freq_base"),
            max_len=size("context_length"),
        )
    weights = {_place(one.name): _own(dequantize(one.data, one.tensor_type)) for one in reader.tensors}
    network.load_state_dict(weights, assign=True)
    return network


def _own(values: np.ndarray) -> Tensor:
    """A tensor over these numbers; over a copy of them if they are still those in the file."""
    return torch.from_numpy(values if values.flags.writeable else values.copy())


def _place(name: str) -> str:
    """Where a tensor of the file belongs in `Llama`."""
    if name in _OUTSIDE:
        return _OUTSIDE[name]
    _blk, number, layer, _weight = name.split(".")
    return f"blocks.{number}.{_PLACES[layer]}.weight"


def _tokenizer_of(reader: Any) -> Tokenizer:
    """The tokenizer; digits stand alone."""
    tokens, merges = _said(reader, "tokenizer.ggml.tokens"), _said(reader, "tokenizer.ggml.merges")
    kinds = _said(reader, "tokenizer.ggml.token_type")
    special = [token for token, kind in zip(tokens, kinds, strict=True) if kind == SPECIAL]
    return known_bpe(tokens, merges, special, "digits apart", EXTRAS["smollm"].title)


def _stored_of(reader: Any) -> tuple[Stored, ...]:
    """How the weights of the file are stored."""
    kinds: dict[str, list[Any]] = {}
    for tensor in reader.tensors:
        kinds.setdefault(tensor.tensor_type.name, []).append(tensor)
    found = [
        Stored(kind, len(all_), sum(int(one.n_elements) for one in all_), sum(int(one.n_bytes) for one in all_))
        for kind, all_ in kinds.items()
    ]
    return tuple(sorted(found, key=lambda one: -one.num_weights))


# ---- asking ------------------------------------------------------------------------------------------------------


def asked(question: str) -> str:
    """A question as the training of an assistant wrote it down; what comes next is the answer."""
    turns = (("system", SYSTEM), ("user", question))
    told = "".join(f"<|im_start|>{who}\n{text}{END_OF_TURN}\n" for who, text in turns)
    return f"{told}<|im_start|>assistant\n"


def tokens_of(text: str, *, is_question: bool = False) -> Int64[Tensor, " n"]:
    """A visitor's text as tokens.

    Args:
        text: what was written.
        is_question: writes it down as a question to an assistant.

    Raises:
        DataError: if there is nothing in it, or too much.
    """
    if not text.strip():
        raise DataError("There is no text: write a few words.")
    tokenizer = smollm().tokenizer
    if len(text) > MAX_LETTERS or (count := len(tokenizer.encode(text))) > MAX_TOKENS:
        told = f"{len(text):,} letters" if len(text) > MAX_LETTERS else f"{count:,} tokens"
        raise DataError(
            f"The text has {told}, and at most {MAX_LETTERS} letters and {MAX_TOKENS} tokens are read: shorten it."
        )
    return torch.tensor(tokenizer.encode(asked(text) if is_question else text), dtype=torch.int64)


@lru_cache(maxsize=32)
def next_logits(text: str, is_question: bool = False) -> np.ndarray:
    """(V,) logits of what comes after a text.

    Raises:
        DataError: if it cannot be read.
    """
    with torch.inference_mode():
        logits: np.ndarray = smollm().network(tokens_of(text, is_question=is_question)[None])[0, -1].numpy().copy()
    logits.flags.writeable = False  # kept for the next who asks
    return logits


@lru_cache(maxsize=8)
def read_through(text: str) -> Surprises:
    """How well each token of a text was foreseen from those before it.

    Raises:
        DataError: if it cannot be read, or is one token only.
    """
    ids = tokens_of(text)
    if len(ids) < 2:
        raise DataError("The text is a single token, and nothing comes before it: write a few words more.")
    with torch.inference_mode():
        said = smollm().network(ids[None])[0]  # (n, V)
        shifted = torch.cat([torch.full_like(said[:1], torch.nan), said[:-1]])
        return surprises_of(ids, shifted, smollm().tokenizer.vocabulary, torch.arange(len(ids)) > 0)
