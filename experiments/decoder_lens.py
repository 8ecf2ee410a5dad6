"""Reading a decoder from the inside: what it would say after each part, and which parts made a logit what it is.

Every part of a block adds to what passes through. So what passes through after any part can be handed to the last
layer early (the logit lens, nostalgebraist 2020), and a logit is a sum with a term for each embedding, head and
feed-forward part (direct logit attribution, Elhage et al., "A mathematical framework for transformer circuits", 2021).
A normalisation stands in between; it is linear once its scale is held at the value it really has here. Where blocks
normalise after each part, every term is carried through all the normalisations that follow it.

Shapes: T tokens of a prompt, D width, V tokens of the vocabulary, R readings, P parts, H heads, d = D / H.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from experiments.prompts import Prompt
from models.attention import MultiHeadAttention
from models.attention_inside import attention_weights
from training.probe import evaluating

BIASES: Final = "biases and shifts"  # of the normalisations and of what attention hands on: they know no token


@dataclass(frozen=True, eq=False)
class Lens:
    """What one prompt does inside a decoder.

    Attributes:
        readings: R names, from the embeddings to the last part.
        chances: (R, T, V) of the next token, if the rest of the network were left out.
        logits: (T, V) what the network really says.
        parts: P names.
        pieces: (P, T, D) what each part adds to what the last layer reads.
        head: (V, D) weights of the last layer.
        is_pre_norm: whether only the last normalisation had to be held.
    """

    readings: tuple[str, ...]
    chances: np.ndarray
    logits: np.ndarray
    parts: tuple[str, ...]
    pieces: np.ndarray
    head: np.ndarray
    is_pre_norm: bool

    def attribution(self, place: int, token: int) -> np.ndarray:
        """(P,) what each part adds to the logit of a token at a place; the sum is the logit."""
        terms: np.ndarray = self.pieces[:, place] @ self.head[token]
        return terms

    def likeliest(self, reading: int, place: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The likeliest next tokens at one reading, and their chances."""
        chances = self.chances[reading, place]
        order = np.argsort(-chances, kind="stable")[:count]
        return order, chances[order]


@dataclass
class _Heard:
    """What one part said in a pass: heads side by side before they are mixed, where it has some, and its output."""

    mixed: Tensor | None = None  # (T, D)
    output: Tensor | None = None  # (T, D)


@torch.no_grad()
def read_lens(experiment: Any, prompt: Prompt) -> Lens:
    """Looks into the network of an experiment. Changes nothing.

    Args:
        experiment: whose `model` is a `DecoderOnly` or its leaky twin.
        prompt: tokens.
    """
    model, ids = experiment.model, prompt.ids.to(experiment.device)
    with evaluating(model.modules()), _listening(model) as heard:
        logits = model(ids[None])[0]  # (T, V)
    walk = _Walk(model, ids)
    for number, block in enumerate(model.blocks):
        for name, part, norm in parts_of(block):
            walk.add(f"layer {number + 1}", name, part, norm, heard[part], block.is_pre_norm)
    pieces = walk.finish()
    return Lens(
        readings=tuple(walk.readings),
        chances=torch.stack(walk.chances).cpu().numpy(),
        logits=logits.cpu().numpy(),
        parts=tuple(pieces),
        pieces=torch.stack(list(pieces.values())).cpu().numpy(),
        head=model.lm_head.weight.double().cpu().numpy(),
        is_pre_norm=isinstance(model.norm, nn.LayerNorm),
    )


def parts_of(block: Any) -> list[tuple[str, nn.Module, nn.LayerNorm]]:
    """The parts of a block in order, each with its normalisation."""
    if hasattr(block, "cross_attention"):
        return [
            ("attention", block.attention, block.norm1),
            ("second attention", block.cross_attention, block.norm2),
            ("feed-forward", block.feed_forward, block.norm3),
        ]
    return [("attention", block.attention, block.norm1), ("feed-forward", block.feed_forward, block.norm2)]


@contextmanager
def _listening(model: Any) -> Iterator[dict[nn.Module, _Heard]]:
    """Notes what every part of every block says while it lasts."""
    heard: dict[nn.Module, _Heard] = {part: _Heard() for block in model.blocks for _, part, _ in parts_of(block)}
    handles = []
    for part, note in heard.items():

        def keep(_module: nn.Module, _inputs: Any, output: Any, note: _Heard = note) -> None:
            note.output = (output[0] if isinstance(output, tuple) else output)[0]

        def keep_mixed(_module: nn.Module, inputs: tuple[Tensor], note: _Heard = note) -> None:
            note.mixed = inputs[0][0]

        handles.append(part.register_forward_hook(keep))
        if isinstance(part, MultiHeadAttention):
            handles.append(part.out_proj.register_forward_pre_hook(keep_mixed))
    try:
        yield heard
    finally:
        for handle in handles:
            handle.remove()


class _Walk:
    """Goes along what passes through, keeps it as a sum of pieces, and reads it after each part."""

    def __init__(self, model: Any, ids: Int64[Tensor, " T"]) -> None:
        self._model = model
        self._x = model.embed(ids[None])[0]  # (T, D) as the network has it
        positions = model.pos_emb(len(ids)).double()
        self._pieces: dict[str, Tensor] = {"token": self._x.double() - positions}
        if positions.any():
            self._pieces["position"] = positions
        self._shift = torch.zeros_like(positions)
        self.readings: list[str] = []
        self.chances: list[Tensor] = []
        self._read("embeddings")

    def add(self, layer: str, name: str, part: Any, norm: nn.LayerNorm, heard: _Heard, is_pre_norm: bool) -> None:
        """One part of a block, and the normalisation after it, if it stands there."""
        assert heard.output is not None
        self._x = self._x + heard.output
        if heard.mixed is None:
            self._pieces[f"{layer} {name}"] = heard.output.double()
        else:
            short = "head" if name == "attention" else "second head"
            for head, piece in enumerate(heads_of(part, heard.mixed)):
                self._pieces[f"{layer} {short} {head + 1}"] = piece
            self._shift = self._shift + part.out_proj.bias.double()
        if not is_pre_norm:
            self._normalise(norm)
        self._read(f"{layer} {name}")

    def finish(self) -> dict[str, Tensor]:
        """The pieces of what the last layer reads, by the names of the parts."""
        if isinstance(self._model.norm, nn.LayerNorm):
            self._normalise(self._model.norm)
        return {**self._pieces, BIASES: self._shift}

    def _normalise(self, norm: nn.LayerNorm) -> None:
        """The normalisation of the whole, and of each piece with the scale that the whole has."""
        whole = self._x.double()
        scale = norm.weight.double() / (whole.var(1, correction=0, keepdim=True) + norm.eps).sqrt()  # (T, D)
        for name, piece in self._pieces.items():
            self._pieces[name] = centred(piece) * scale
        self._shift = centred(self._shift) * scale + norm.bias.double()
        self._x = norm(self._x)

    def _read(self, name: str) -> None:
        self.readings.append(name)
        self.chances.append(self._model.lm_head(self._model.norm(self._x)).softmax(1))


def heads_of(attention: MultiHeadAttention, mixed: Float[Tensor, "T D"]) -> list[Float[Tensor, "T D"]]:
    """What each head adds: its share of the numbers times its columns of the last matrix; the bias is no head's."""
    weight = attention.out_proj.weight.double()
    shares = mixed.double().chunk(attention.n_heads, dim=1)  # H of (T, d)
    return [share @ part.T for share, part in zip(shares, weight.chunk(attention.n_heads, dim=1), strict=True)]


def centred(piece: Float[Tensor, "T D"]) -> Float[Tensor, "T D"]:
    """Without its mean at each place."""
    return piece - piece.mean(1, keepdim=True)


def attention_of(experiment: Any, prompt: Prompt) -> np.ndarray:
    """(L, H, T, T) weights of every attention on the prompt; rows sum to 1."""
    with evaluating(experiment.model.modules()):
        weights = attention_weights(experiment.model, prompt.ids[None].to(experiment.device))
    return torch.cat(weights).float().cpu().numpy()


def sees_the_future(experiment: Any) -> bool:
    """Whether the network has a second attention without a mask."""
    return any(hasattr(block, "cross_attention") for block in experiment.model.blocks)
