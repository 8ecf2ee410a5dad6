"""A lesson about the toy, and what its runs may have given."""

import numpy as np

from training.history import Columns
from training.lessons import Lesson, Result, Trial


def lesson(**more):
    made = {
        "slug": "toy",
        "title": "A toy",
        "question": "What will it do?",
        "choices": ("this", "that"),
        "answer": 1,
        "trials": (Trial("one", {}), Trial("two", {"width": 5})),
        "steps": 10,
        "holds": lambda n: n[0]["loss"] > n[1]["loss"],
        "explanation": "From {0[loss]:.2f} to {1[loss]:.2f}.",
        "watched": ("loss", "test_accuracy"),
    }
    return Lesson(**{**made, **more})


def result(loss, accuracy=0.5, seed=0):
    history = Columns(np.array([0, 5]), {"loss": np.array([9.0, loss])})
    return Result({"loss": loss, "test_accuracy": accuracy}, history, seed)
