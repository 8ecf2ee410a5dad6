"""Whose turn it is: torch's random state is one per process, so only one run may compute at a time.

The worker thread takes short slices; a visitor's command goes first. A plain lock would let the worker take the turn
again before a waiting command wakes up.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_settled = threading.local()


def use_one_thread() -> None:
    """Lets torch compute on the calling thread alone; said once in every thread, because matrix products ask there.

    The networks here are small: starting a second thread takes longer than the work it would share, and on a busy
    machine two threads wait for each other (up to 250 times slower, measured).
    """
    if not hasattr(_settled, "is_done"):
        torch.set_num_threads(1)
        _settled.is_done = True


use_one_thread()


class Turn:
    """A lock that prefers commands to slices, and swaps torch's random state in and out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._num_waiting = 0
        self._count_lock = threading.Lock()

    @property
    def is_wanted(self) -> bool:
        """Whether a command waits, so that a slice should end."""
        return self._num_waiting > 0

    @contextmanager
    def command(self, random_state: "RandomState") -> Iterator[None]:
        """The turn for a visitor's command; waits at most one step of whatever trains."""
        use_one_thread()
        with self._count_lock:
            self._num_waiting += 1
        with self._lock:
            with self._count_lock:
                self._num_waiting -= 1
            with random_state.swapped_in():
                yield

    @contextmanager
    def slice(self, random_state: "RandomState") -> Iterator[None]:
        """The turn for a slice of training, after every waiting command."""
        use_one_thread()
        while self.is_wanted:
            time.sleep(1e-4)
        with self._lock, random_state.swapped_in():
            yield


class RandomState:
    """One run's own place in torch's global random sequence, on the CPU and on its device."""

    def __init__(self, seed: int) -> None:
        """Starts the sequence of `seed`; `use_device` adds an accelerator's own sequence."""
        self._seed: int | None = seed
        self._device = torch.device("cpu")
        self._states: list[torch.Tensor] = []

    def use_device(self, device: torch.device) -> None:
        """From now on keeps that device's sequence too."""
        self._device = device

    @contextmanager
    def swapped_in(self) -> Iterator[None]:
        """Makes this sequence torch's global one, and puts the former one back afterwards."""
        outside = self._capture()
        if self._seed is not None:
            torch.manual_seed(self._seed)
            self._seed = None
        else:
            self._restore(self._states)
        try:
            yield
        finally:
            self._states = self._capture()
            self._restore(outside)

    def state_dict(self) -> list[torch.Tensor]:
        """The place in the sequence; call it inside `swapped_in`."""
        return self._capture()

    def load_state_dict(self, states: list[torch.Tensor]) -> None:
        """Moves to a place that `state_dict` gave; call it inside `swapped_in`."""
        self._restore(states)

    def _capture(self) -> list[torch.Tensor]:
        states = [torch.get_rng_state()]
        if self._device.type == "cuda":
            states.append(torch.cuda.get_rng_state(self._device))
        elif self._device.type == "mps":
            states.append(torch.mps.get_rng_state())
        return states

    def _restore(self, states: list[torch.Tensor]) -> None:
        torch.set_rng_state(states[0])
        if len(states) == 2 and self._device.type == "cuda":
            torch.cuda.set_rng_state(states[1], self._device)
        elif len(states) == 2 and self._device.type == "mps":
            torch.mps.set_rng_state(states[1])


TURN = Turn()


@contextmanager
def same_random_numbers(device: torch.device) -> Iterator[None]:
    """Numbers drawn inside are drawn again afterwards."""
    random = RandomState(0)
    random.use_device(device)
    states = random.state_dict()
    try:
        yield
    finally:
        random.load_state_dict(states)
