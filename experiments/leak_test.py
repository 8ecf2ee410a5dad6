"""The leak test: does a network that predicts what comes next see what comes next?

Two ways to find out, both on the network itself. Replace one token and look which logits move: those before it must
stay as they are, to the last bit. Or take the gradient of a logit with respect to every embedding that was read: for
the tokens that come later it must be exactly 0.

Shapes: T places of a sequence, V tokens of the vocabulary, E numbers of an embedding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from models.decoder import DecoderOnly, LeakyDecoderOnly
from models.lstm import SimpleLSTM
from models.rnn import SimpleRNN
from training.probe import evaluating

MAX_TOKENS: Final = 12  # that are tried one by one, and fit the picture
WIDTH: Final = 32  # of the networks to compare with


@dataclass(frozen=True, eq=False)
class Leak:
    """What the logits of one network depend on; row t is the place that answers, column s the token that is read.

    Attributes:
        label: which network.
        moved: (T, T) the most that a logit at t moves when token s is replaced.
        slopes: (T, T) length of the gradient of the likeliest logit at t with respect to the embedding of s.
    """

    label: str
    moved: np.ndarray
    slopes: np.ndarray

    @property
    def is_known(self) -> bool:
        """Whether all are numbers; those of an exploded network are not."""
        return bool(np.isfinite(self.moved).all() and np.isfinite(self.slopes).all())

    @property
    def leaks(self) -> np.ndarray:
        """(T, T) True where the answer at t depends on a later token s."""
        return np.triu((self.moved != 0) | (self.slopes != 0), 1)

    @property
    def num_leaks(self) -> int:
        """How many pairs of an answer and a later token leak, of T (T − 1) / 2."""
        return int(self.leaks.sum())


def leak_test(label: str, module: nn.Module, tokens: Int64[Tensor, " T"], num_symbols: int) -> Leak:
    """Tests one network. Changes nothing.

    Args:
        label: what it is called.
        module: reads (1, T) tokens through an `nn.Embedding`; gives (1, T, V) logits, or a tuple that begins with them.
        tokens: a sequence; a token is replaced by the next one of the vocabulary.
        num_symbols: V.
    """
    tokens = tokens.to(embedding_of(module).weight.device)
    with evaluating(module.modules()):
        return Leak(label, moved_logits(module, tokens, num_symbols), slopes(module, tokens))


@torch.no_grad()
def moved_logits(module: nn.Module, tokens: Int64[Tensor, " T"], num_symbols: int) -> np.ndarray:
    """(T, T) the most that a logit at t moves when token s is replaced by the next one of the vocabulary."""
    before = logits_of(module, tokens)
    columns = []
    for place in range(len(tokens)):  # one by one: in a batch, the same sum may be rounded in another way
        other = tokens.clone()
        other[place] = (other[place] + 1) % num_symbols
        columns.append((logits_of(module, other) - before).abs().amax(1))
    return torch.stack(columns, dim=1).cpu().numpy()


def slopes(module: nn.Module, tokens: Int64[Tensor, " T"]) -> np.ndarray:
    """(T, T) length of the gradient of the likeliest logit at t with respect to the embedding of token s."""
    read: list[Tensor] = []

    def keep(_module: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
        read.append(output.detach().requires_grad_())  # (1, T, E)
        return read[-1]

    handle = embedding_of(module).register_forward_hook(keep)
    try:
        with torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):  # cuDNN has no gradients in evaluation
            likeliest = logits_of(module, tokens).amax(1)  # (T,)
            rows = [torch.autograd.grad(one, read[0], retain_graph=True)[0][0].norm(dim=1) for one in likeliest]
    finally:
        handle.remove()
    return torch.stack(rows).cpu().numpy()


def logits_of(module: nn.Module, tokens: Int64[Tensor, " T"]) -> Float[Tensor, "T V"]:
    """The logits at every place of one sequence; a recurrent network gives its memory too, which is left out."""
    outputs = module(tokens[None])
    logits: Tensor = outputs[0] if isinstance(outputs, tuple) else outputs
    return logits[0]


def embedding_of(module: nn.Module) -> nn.Embedding:
    """The table of embeddings that tokens are looked up in.

    Raises:
        ValueError: if there is none.
    """
    for one in module.modules():
        if isinstance(one, nn.Embedding):
            return one
    raise ValueError(f"{type(module).__name__} has no nn.Embedding to read tokens through")


@lru_cache(maxsize=16)
def companions(tokens: tuple[int, ...], num_symbols: int, seed: int) -> tuple[Leak, ...]:
    """The same test on four small networks that have not learnt anything: what leaks is how they are wired.

    Args:
        tokens: T of them.
        num_symbols: V.
        seed: of their weights.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        sizes: dict[str, Any] = {"d_model": WIDTH, "n_heads": 2, "n_layers": 2, "dim_feedforward": 2 * WIDTH}
        networks = {
            "DecoderOnly": DecoderOnly(num_symbols, **sizes, max_len=len(tokens)),
            "LeakyDecoderOnly": LeakyDecoderOnly(num_symbols, **sizes, max_len=len(tokens)),
            "SimpleRNN": SimpleRNN(num_symbols, WIDTH, WIDTH),
            "SimpleLSTM": SimpleLSTM(num_symbols, WIDTH, WIDTH),
        }
    return tuple(leak_test(label, module, torch.tensor(tokens), num_symbols) for label, module in networks.items())


def all_leaks(label: str, module: nn.Module, tokens: Int64[Tensor, " T"], num_symbols: int) -> Sequence[Leak]:
    """The test on a network, and on the four to compare with."""
    own = leak_test(label, module, tokens, num_symbols)
    return [own, *companions(tuple(tokens.tolist()), num_symbols, 0)]
