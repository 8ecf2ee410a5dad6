"""The smallest thing the engine can run: a point that walks to the origin, pushed about by chance."""

import threading
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from training.run import Run
from training.settings import Settings, SettingsError, knob

EPOCH = 10  # steps


class ToySettings(Settings):
    rate: float = knob(0.1, "Rate", "Share of the way to the origin.", group="Training", is_live=True, ge=0, le=100)
    width: int = knob(3, "Width", "Number of coordinates; 13 cannot be built.", group="Network", ge=1, le=64)
    step_seconds: float = knob(0.0, "Pause", "How long a step takes.", group="Training", is_live=True, ge=0, le=1)
    record_every: int = knob(5, "Rows", "Steps between two rows of history.", group="View", ge=1, le=1000)
    broken_at: int = knob(-1, "Broken", "This step raises an error.", group="Training", ge=-1, le=1000)
    has_test: bool = knob(True, "Test", "Whether there are test examples.", group="Problem")


@dataclass(frozen=True, eq=False)
class ToyObservation:
    place: np.ndarray


class Toy:
    steps_per_epoch = EPOCH
    error = RuntimeError("the floor gave way\nsecond line")  # raised by the step `broken_at`

    def __init__(self, settings):
        if settings.width == 13:
            raise SettingsError("A width of 13 brings bad luck: choose another.")
        self.settings = settings
        self.device = torch.device("cpu")
        self.record_every = settings.record_every
        self.place = torch.randn(settings.width) + 1
        self.num_steps = 0

    def step(self):
        if self.num_steps == self.settings.broken_at:
            raise self.error
        if self.settings.step_seconds:
            time.sleep(self.settings.step_seconds)
        push = F.dropout(torch.rand(self.settings.width), 0.5) - 0.5
        self.place -= self.settings.rate * (self.place + 0.1 * push)
        self.num_steps += 1

    @property
    def epoch(self):
        return self.num_steps / EPOCH

    @property
    def steps_left_in_epoch(self):
        return EPOCH - self.num_steps % EPOCH

    def evaluate(self):
        loss = float((self.place**2).mean())
        return {"loss": loss, "test_loss": 2 * loss if self.settings.has_test else float("nan")}

    def observe(self):
        return ToyObservation(self.place.numpy().copy())

    def apply(self, settings):
        self.settings = settings

    def advice(self, value):
        return "Lower the rate and reset."

    def state_dict(self):
        return {"place": self.place, "num_steps": self.num_steps}

    def load_state_dict(self, state):
        self.place, self.num_steps = state["place"], state["num_steps"]

    def parameters(self):
        return [self.place]

    def networks(self):
        return {}

    def teleport(self, to):
        self.place[:] = to
        return "done"


def toy_run(**settings):
    return Run(Toy, ToySettings(**settings))


def finish(run, max_slices=500):
    """Gives slices until no more steps are wanted."""
    for _ in range(max_slices):
        if not run.is_playing:
            return run
        run.advance()
    raise AssertionError("the run did not stop")


def trace(run):
    """All that must come out the same when a run is repeated."""
    history = run.poll().history
    weights = [parameter.detach().clone() for parameter in run.experiment.parameters()]
    return history.steps, history.values, weights


def assert_same_trace(one, other):
    np.testing.assert_array_equal(one[0], other[0])
    assert one[1].keys() == other[1].keys()
    for name in one[1]:
        np.testing.assert_array_equal(one[1][name], other[1][name], err_msg=name)
    for mine, yours in zip(one[2], other[2], strict=True):
        assert torch.equal(mine, yours)


def is_sentence(text):
    return 10 < len(text) < 500 and "\n" not in text and text.endswith(".")


def wait_until(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(1e-3)


def in_thread(work):
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread
