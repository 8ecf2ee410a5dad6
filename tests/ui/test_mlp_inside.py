"""Look inside, on the page itself: every tab opens for every kind of problem, and what is changed is changed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from training.run import Run
from ui.mlp_baselines import baseline_levels
from ui.mlp_inside import TABS

ROUTER = str(Path(__file__).parents[2] / "ui" / "router.py")
KINDS: dict[str, dict[str, Any]] = {
    "two classes": {"mlp_problem": "spiral", "mlp_num_points": 50},
    "many classes": {"mlp_problem": "blobs", "mlp_num_points": 50, "mlp_activation": "relu", "mlp_dropout": 0.2},
    "numbers": {"mlp_problem": "bumps", "mlp_num_points": 50, "mlp_hidden_dims": "", "mlp_optimizer": "sgd"},
    "curve": {"mlp_problem": "sine", "mlp_num_points": 50, "mlp_loss": "huber"},
    "table": {"mlp_problem": "iris", "mlp_loss": "bce", "mlp_l1": 0.001},
}


def open_tab(tab: str, **state: Any) -> AppTest:
    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    app.query_params["mlp_inside"] = tab
    for name, value in state.items():
        app.session_state[name] = value
    return app.switch_page("../pages/mlp.py").run()


def run_of(app: AppTest) -> Run:
    run = app.session_state["_runs"]["mlp"][0]
    assert isinstance(run, Run)
    return run


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption])


def inside(app: AppTest) -> list[str]:
    """The tabs of Look inside; the lessons have tabs too."""
    return [part.label for part in app.tabs if part.label in TABS]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens(tab: str, kind: str) -> None:
    app = open_tab(tab, **KINDS[kind])
    assert not app.exception
    assert not app.error
    shown = [part.label for part in app.tabs if part.children and part.label in TABS]
    assert shown == [tab], "only the open tab is computed"


def test_while_it_plays_one_line_is_shown() -> None:
    app = open_tab("Map")
    app.button(key="mlp_go").click().run()
    assert "Pause to look inside" in words(app)
    assert not inside(app)
    app.button(key="mlp_go").click().run()
    assert inside(app)


def test_a_neuron_clicked_in_the_picture_opens_with_its_numbers() -> None:
    app = open_tab("Map")
    app.session_state["mlp_selected"] = (2, 3)
    app.run()
    assert "**Neuron 2\\.4**" in words(app)
    assert app.number_input(key="mlp_neuron_unit").value == 4
    neuron = run_of(app).call("neuron", layer=2, unit=3, example=0)
    assert any(f"{abs(neuron.sum):.3g}" in latex.value for latex in app.latex)
    app.selectbox(key="mlp_neuron_layer").set_value(1).run()
    assert app.session_state["mlp_selected"] == (1, 3)
    assert "**Neuron 1\\.4**" in words(app)


def test_a_neuron_that_has_gone_gives_way_to_one_that_is_there() -> None:
    app = open_tab("Neuron", mlp_selected=(5, 40), mlp_hidden_dims="3", mlp_example=999)
    assert not app.exception
    assert "**Output blue**" in words(app)
    assert app.number_input(key="mlp_example").value == 500


def test_freezing_and_what_is_refused() -> None:
    app = open_tab("Weights", mlp_hidden_dims="4")
    app.toggle(key="mlp_freeze").set_value(True).run()
    assert run_of(app).poll().observation.is_frozen == (True, False)
    app.selectbox(key="mlp_weights_layer").set_value(2).run()
    assert not app.toggle(key="mlp_freeze").value
    app.toggle(key="mlp_freeze").set_value(True).run()
    assert run_of(app).poll().observation.is_frozen == (True, False)
    assert "At least one layer has to learn" in app.warning[0].value
    assert not app.toggle(key="mlp_freeze").value


@pytest.mark.parametrize("batch", [False, True])
def test_the_shown_update_is_made(batch: bool) -> None:
    app = open_tab("Backprop", mlp_num_points=50)
    if batch:
        app.segmented_control(key="mlp_backprop_on").set_value("The next batch").run()
    else:
        app.number_input(key="mlp_example").set_value(8).run()
    run = run_of(app)
    before, said = run.poll().observation.weights, run.call("microscope", example=None if batch else 7)
    app.button(key="mlp_apply").click().run()
    assert run.wait(5)
    assert run.step == 1
    for old, new, layer in zip(before, run.poll().observation.weights, said.layers, strict=True):
        np.testing.assert_allclose(new - old, layer.weight_update, atol=1e-7)


def test_baselines_are_fitted_once_for_their_data() -> None:
    app = open_tab("Scores", mlp_problem="iris")
    assert len(app.dataframe) == 0
    app.button(key="mlp_fit_baselines").click().run()
    kept = app.session_state["mlp_baselines"]
    assert [level[0] for level in kept["levels"]] == ["Boosted trees", "Linear model"]
    table = app.dataframe[0].value
    assert table["model"].tolist() == ["This network, step 0", "Boosted trees", "Linear model"]
    assert table["test accuracy"][1] == pytest.approx(100 * kept["levels"][0][2])
    app.session_state["mlp_learning_rate"] = 0.1
    app.run()
    assert len(app.dataframe) == 1, "another learning rate has the same data"
    app.session_state["mlp_test_share"] = 0.3
    app.run()
    assert len(app.dataframe) == 0, "another split has other baselines"


def test_too_few_examples_for_baselines_are_said() -> None:
    app = open_tab("Scores", mlp_num_points=20)
    app.button(key="mlp_fit_baselines").click().run()
    assert not app.exception
    assert any("at least 20 training examples" in note.value for note in app.info)


def test_levels_are_of_the_runs_own_data() -> None:
    app = open_tab("Scores", mlp_problem="iris")
    snapshot = run_of(app).poll()
    assert baseline_levels(snapshot) == ([], [])


def test_a_failed_run_can_be_looked_into() -> None:
    for tab in TABS:
        app = open_tab(tab, mlp_problem="bumps", mlp_num_points=50, mlp_optimizer="sgd", mlp_learning_rate=10.0,
                       mlp_initialisation="large", mlp_activation="identity")  # fmt: skip
        run = run_of(app)
        run.take(300)
        while run.is_playing:
            run.advance(1.0)
        assert run.poll().has_failed
        app.run()
        assert not app.exception
