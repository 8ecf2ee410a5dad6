"""The graph and the cost, on a page: every graph opens, nodes are clicked, costs are measured when asked for."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from experiments.attention_cost import KINDS, LENGTHS, Cost
from experiments.attention_graph import GRAPHS, SENTENCE, attention_graph_of
from figures.attention_graph import HEIGHT, WIDTH, cost_still, graph_scene
from figures.packing import unpack
from ui import attention_graph


def parts() -> None:
    from ui.attention_graph import attention_graph, cost

    attention_graph("mlp")
    cost("mlp")


def opened(**state: Any) -> AppTest:
    app = AppTest.from_function(parts, default_timeout=30)
    for name, value in state.items():
        app.session_state[name] = value
    return app.run()


@pytest.mark.parametrize("kind", GRAPHS)
def test_every_graph_opens(kind: str) -> None:
    for words in (3, len(SENTENCE)):
        app = opened(mlp_graph_kind=kind, mlp_graph_words=words, _mlp_graph_focus=("from", 10))
        assert not app.exception


def test_the_cost_is_measured_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def quick() -> Cost:
        lengths = np.array(LENGTHS, dtype=float)
        lengths[-1] = np.nan
        return Cost({kind: lengths for kind in KINDS}, {kind: lengths**2 for kind in KINDS})

    monkeypatch.setattr(attention_graph, "measure_cost", quick)
    app = opened()
    assert not app.get("plotly_chart")
    app.button(key="mlp_cost_go").click().run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 2
    assert any("T to the 2.00" in element.value for element in app.markdown)


def test_a_node_is_chosen_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr(attention_graph.st, "session_state", state)
    answer = attention_graph._answer("mlp", attention_graph_of("causal", 5))
    for expected in (("from", 3), None):
        answer({"kind": "hot", "id": "node:3", "place": 3})
        assert state["_mlp_graph_focus"] == expected
    answer({"kind": "hot", "id": "cell:2:1", "row": 2, "column": 1})
    assert state["_mlp_graph_focus"] == ("from", 2)


@pytest.mark.parametrize("kind", GRAPHS)
@pytest.mark.parametrize("focus", [None, ("from", 2)])
def test_everything_stands_within_the_picture(kind: str, focus: Any) -> None:
    graph = attention_graph_of(kind, len(SENTENCE), 3)
    items = unpack(graph_scene(graph, focus))[0]["items"]
    for item in items:
        if item["kind"] == "text":
            assert 0 <= item["at"][0] <= WIDTH
            assert 0 <= item["at"][1] <= HEIGHT
    edges = next(item for item in items if item["kind"] == "edges")
    wanted = graph.num_edges if focus is None else graph.mask[2].sum() - 1
    assert len(edges["names"]) == wanted


def test_the_picture_of_the_cost_names_its_slopes() -> None:
    lengths = np.array(LENGTHS, dtype=float)
    found = {"attention": lengths**2, "RNN": lengths}
    still = cost_still(LENGTHS, found, {"attention": 2.0, "RNN": 1.0}, "dark", title="time")
    assert "attention 1.05e+06, growing like T to the 2.00" in still.alt
