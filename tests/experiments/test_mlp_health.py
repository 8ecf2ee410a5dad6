"""Each finding is provoked by a real run, and its remedy, applied, makes it go away in a real run."""

from typing import Any

import pytest

from experiments.mlp import MLPExperiment
from experiments.mlp_settings import MLPSettings
from training.findings import Finding, checkup
from training.run import Run

FEW: dict[str, Any] = {"problem": "moons", "num_points": 20, "noise": 0.5, "hidden_dims": (64, 64)}
SIX: tuple[int, ...] = (8,) * 6
# kind, settings, steps, and what the remedy changes
SICK: list[tuple[str, dict[str, Any], int, set[str]]] = [
    ("exploded", {"problem": "sine", "optimizer": "sgd", "learning_rate": 10.0, "activation": "relu"}, 100,
     {"learning_rate"}),
    ("exploded", {"problem": "bumps", "optimizer": "sgd", "learning_rate": 10.0, "initialisation": "large",
                  "activation": "identity"}, 100, {"learning_rate", "initialisation"}),
    ("stuck", {"problem": "circle", "initialisation": "zeros"}, 100, {"initialisation"}),
    ("dead", {"activation": "relu", "optimizer": "sgd", "learning_rate": 5.0}, 150, {"activation", "learning_rate"}),
    ("dead", {"activation": "relu", "hidden_dims": (8,) * 4}, 5, {"activation"}),
    ("saturated", {"initialisation": "large", "hidden_dims": (64, 64)}, 1, {"initialisation"}),
    ("saturated", {"learning_rate": 1.0}, 100, {"initialisation", "learning_rate"}),
    ("vanishing", {"problem": "circle", "hidden_dims": SIX, "activation": "sigmoid"}, 1,
     {"activation", "initialisation"}),
    ("exploding", {"initialisation": "large", "activation": "identity", "hidden_dims": (32,) * 6}, 1,
     {"initialisation"}),
    ("wild", {"problem": "circle", "optimizer": "momentum", "learning_rate": 10.0}, 100, {"learning_rate"}),
    ("slow", {"learning_rate": 1e-5}, 200, {"learning_rate"}),
    ("slow", {"learning_rate": 1e-4, "optimizer": "sgd"}, 200, {"learning_rate"}),
    ("overfitting", FEW, 200, {"weight_decay"}),
    ("overfitting", {"problem": "iris"}, 500, {"weight_decay"}),
    ("flat", {"weight_decay": 0.1, "hidden_dims": (4,)}, 540, {"weight_decay"}),
    ("flat", {"activation": "identity"}, 540, {"activation"}),
    ("flat", {"problem": "xor", "hidden_dims": ()}, 540, {"hidden_dims"}),
]  # fmt: skip


def run_of(steps: int, settings: MLPSettings) -> Run:
    run = Run(MLPExperiment, settings)
    run.take(steps)
    while run.is_playing:
        run.advance(1.0)
    return run


def found_in(run: Run) -> dict[str, Finding]:
    return {finding.kind: finding for finding in checkup(run).findings}


@pytest.mark.parametrize(
    ("kind", "settings", "steps", "changed"), SICK, ids=[f"{case[0]}-{i}" for i, case in enumerate(SICK)]
)
def test_a_finding_and_its_remedy(kind: str, settings: dict[str, Any], steps: int, changed: set[str]) -> None:
    run = run_of(steps, MLPSettings(**settings))
    finding = next(iter(found_in(run).values()))
    assert finding.kind == kind
    assert set(finding.remedy) == changed
    assert finding.sentence.endswith(".")
    assert any(letter.isdigit() for letter in finding.sentence)
    assert finding.label.endswith(": start again")
    mended = run_of(max(steps, 50), run.settings.changed(**finding.remedy))
    assert kind not in found_in(mended)
    assert not mended.poll().has_failed
    history = mended.poll().history
    assert history.last("loss") < history.values["loss"][0]


def test_nothing_to_learn_is_said_without_a_promise() -> None:
    run = run_of(540, MLPSettings(problem="random labels"))
    (finding,) = checkup(run).findings
    assert finding.kind == "flat"
    assert finding.remedy == {"seed": 1}
    assert "There may be nothing to learn" in finding.sentence


@pytest.mark.parametrize("settings", [
    {"problem": "sine"}, {"problem": "blobs"}, {"problem": "digits"}, {"activation": "relu"}, {"batch_size": 10},
    {"activation": "gelu"}, {"dropout": 0.3}, {"schedule": "warm-up"},
    {"optimizer": "sgd", "learning_rate": 0.3}, {"hidden_dims": (8,) * 4}, {"learning_rate": 0.01},
], ids=str)  # fmt: skip
def test_no_alarm_where_nothing_is_wrong(settings: dict[str, Any]) -> None:
    run = run_of(5, MLPSettings(**settings))
    for steps in (25, 270):
        assert checkup(run).findings == (), f"step {run.step}"
        run.take(steps)
        while run.is_playing:
            run.advance(1.0)
    assert checkup(run).findings == ()


def test_a_failed_run_keeps_its_diagnosis_while_its_past_is_visited() -> None:
    run = run_of(60, MLPSettings(problem="sine", optimizer="sgd", learning_rate=10.0, activation="relu"))
    assert run.poll().has_failed
    run.visit(0)
    assert list(found_in(run)) == ["exploded"]


def test_the_advice_and_the_button_say_the_same() -> None:
    run = run_of(60, MLPSettings(problem="sine", optimizer="sgd", learning_rate=5.0, activation="relu"))
    assert run.poll().has_failed
    remedy = found_in(run)["exploded"].remedy
    assert f"try {remedy['learning_rate']:g})" in run.poll().message
