"""Networks that others trained: read from disk once a process, then shared by all visitors and never changed."""

import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

import torch
from torch import Tensor, nn

Loaded = TypeVar("Loaded", bound=nn.Module)

_lock: Final = threading.RLock()
_shelf: dict[str, Any] = {}  # filled later, so it is no constant for who writes programs


def shared(name: str, load: Callable[[], Loaded]) -> Loaded:
    """The network of that name; loaded when it is first asked for, frozen and in evaluation mode.

    Who trains on it makes a deep copy and trains that one.

    Args:
        name: one of `data.extras.EXTRAS`, or another that nothing else has.
        load: makes the network; an error of it, such as `MissingExtraError`, passes through and nothing is kept.
    """
    with _lock, torch.inference_mode(False):  # or nobody could take slopes through weights that were loaded in it
        if name not in _shelf:
            with torch.random.fork_rng(devices=[]):  # the first run of a process must not draw other numbers than later
                _shelf[name] = load().requires_grad_(False).eval()
        return _shelf[name]


def memory() -> dict[str, int]:
    """Bytes that the weights of each network on the shelf take."""
    with _lock:
        return {name: sum(map(_bytes, {*network.parameters(), *network.buffers()})) for name, network in _shelf.items()}


def _bytes(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()
