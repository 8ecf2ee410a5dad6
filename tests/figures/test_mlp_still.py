"""The inspectable pictures of every kind of problem: what they draw, in the colours of the house."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from experiments.mlp import MLPExperiment
from experiments.mlp_settings import MLPSettings
from figures import mlp_still, scores, theme
from figures.curves import Level
from figures.still import CONFIG, LETTERS, Still, apply_theme, label
from training.run import Run

PROBLEMS: dict[str, dict[str, Any]] = {
    "two classes": {"problem": "spiral", "num_points": 60},
    "many classes": {"problem": "blobs", "num_classes": 6, "num_points": 60, "activation": "relu"},
    "numbers": {"problem": "bumps", "num_points": 60},
    "curve": {"problem": "sine", "num_points": 60},
    "table": {"problem": "iris"},
    "table of numbers": {"problem": "diabetes"},
    "linear": {"problem": "xor", "num_points": 60, "hidden_dims": ()},
}
MODES: tuple[theme.Mode, ...] = ("light", "dark")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}|rgba?\([^)]*\)")


@pytest.fixture(params=PROBLEMS, scope="module")
def run(request: pytest.FixtureRequest) -> Run:
    made = Run(MLPExperiment, MLPSettings(**PROBLEMS[request.param]))
    made.take(5)
    while made.is_playing:
        made.advance(1.0)
    return made


def pictures(run: Run, mode: theme.Mode) -> Iterator[Still]:
    """Every picture there is of a run."""
    seen, history = run.poll().observation, run.poll().history
    predictions, spread = run.call("predictions"), run.call("spread")
    yield mlp_still.decision_map(seen, predictions, mode)
    for layer in range(1, len(seen.weights) + 1):
        yield mlp_still.neuron_map(seen, run.call("neuron", layer=layer, unit=0, example=1), mode)
    units = [f"1.{unit + 1}" for unit in range(seen.widths[1])]
    yield mlp_still.weight_map(seen.weights[0], seen.biases[0], seen.input_labels, units, mode)
    yield mlp_still.activation_histograms(spread, seen, run.settings.activation, mode)
    yield mlp_still.gradient_histograms(spread, seen, mode)
    losses = history.values["loss"], history.values["test_loss"]
    yield scores.loss_curves(history.steps, *losses, "Loss", mode, is_log=True, levels=[Level("trees", 0.3)])
    if seen.confusion is not None:
        yield scores.confusion_matrix(seen.confusion, seen.class_names, mode)
    else:
        yield scores.predicted_against_true(predictions, seen.num_train, mode)


@pytest.mark.parametrize("mode", MODES)
def test_only_colours_of_the_theme_are_used(run: Run, mode: theme.Mode) -> None:
    ours = {
        *theme.SURFACES[mode],
        *theme.CLASSES,
        *theme.MAGNITUDE,
        theme.NEGATIVE,
        theme.POSITIVE,
        theme.NOT_TRAINED,
        theme.TRANSPARENT,
    }
    for still in pictures(run, mode):
        used = set(COLOUR.findall(still.figure.to_json()))
        assert used <= ours, used - ours
        assert theme.SURFACES[mode].text in used
        assert len(still.alt) > 20
        assert still.alt.endswith(".")


def test_every_example_is_on_the_map_once_and_misclassified_ones_are_ringed(run: Run) -> None:
    seen = run.poll().observation
    traces = mlp_still.decision_map(seen, run.call("predictions"), "light").figure.data
    points = [trace for trace in traces if getattr(trace, "mode", None) == "markers" and trace.name != "edge"]
    rings = [trace for trace in points if trace.name == "misclassified"]
    assert sum(len(trace.x) for trace in points if trace not in rings) == len(seen.targets)
    assert sum(len(trace.x) for trace in rings) == seen.is_wrong.sum()
    texts = [text for trace in points if trace not in rings for text in trace.customdata]
    assert {int(re.match(r"example (\d+) ", text)[1]) for text in texts} == set(range(1, len(seen.targets) + 1))


def test_the_map_of_two_classes_has_its_border_and_its_chances() -> None:
    run = Run(MLPExperiment, MLPSettings(problem="circle", num_points=60))
    seen = run.poll().observation
    field, border = mlp_still.decision_map(seen, run.call("predictions"), "light").figure.data[:2]
    np.testing.assert_array_equal(field.z, seen.map_value)
    assert (field.zmin, field.zmax) == (0, 1)
    assert border.contours.start == 0.5
    assert field.x[0] == pytest.approx(-5.9)
    assert field.y[-1] == pytest.approx(5.9)


def test_a_class_has_its_own_part_of_the_scale() -> None:
    run = Run(MLPExperiment, MLPSettings(problem="blobs", num_classes=3, num_points=60))
    seen = run.poll().observation
    field = mlp_still.decision_map(seen, run.call("predictions"), "dark").figure.data[0]
    np.testing.assert_array_equal(np.floor(field.z * 3), seen.map_class)
    assert [stop[1] for stop in field.colorscale[1::2]] == list(theme.CLASSES[:3])


def test_the_confusion_matrix_says_each_recall() -> None:
    counts = np.array([[8, 2, 0], [0, 5, 5], [0, 0, 0]])
    figure = scores.confusion_matrix(counts, ("a", "b", "c"), "light").figure
    assert [note.text for note in figure.layout.annotations] == ["80%", "50%", "–", "recall"]
    assert figure.data[0].text.tolist() == counts.astype(str).tolist()


def test_a_visitors_own_words_are_not_html() -> None:
    assert label("<b>a</b> & b") == "&lt;b&gt;a&lt;/b&gt; &amp; b"
    assert label("two\n lines") == "two lines"
    assert len(label("x" * 100)) == LETTERS
    figure = scores.confusion_matrix(np.eye(2), ("<a href='x'>", "b"), "light").figure
    assert "<a" not in figure.to_json().replace("\\u003c", "<")


def test_numbers_that_are_none_can_be_drawn() -> None:
    weights = np.array([[np.nan, 1.0]])
    assert mlp_still.weight_map(weights, np.array([np.inf]), ("a", "b"), ("1.1",), "light").figure.data[0].zmax == 1.0
    broken = np.full((2, 2), np.nan)
    assert mlp_still.weight_map(broken, broken[0], ("a", "b"), ("1.1", "1.2"), "light").figure.data[0].zmax == 1.0


def test_a_figure_keeps_its_own_data_when_themed() -> None:
    figure = mlp_still.go.Figure(mlp_still.go.Scatter(y=[1, 2]))
    assert apply_theme(figure, "dark", height=200) is figure
    assert figure.layout.height == 200
    assert figure.layout.template.layout.font.color == theme.SURFACES["dark"].text
    assert CONFIG["toImageButtonOptions"]["format"] == "svg"
