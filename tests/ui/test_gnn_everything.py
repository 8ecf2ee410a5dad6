"""Everything is a graph, on a page: every kind opens, clicks mark, pixels toggle, and renumbering tells the truth."""

import re
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from experiments.gnn_everything import KINDS, SENTENCE_GRAPHS, digit_picture, numbering
from ui import gnn_everything


def tab() -> None:
    import types

    import streamlit as st

    from experiments.gnn_settings import GNNSettings
    from ui.gnn_everything import everything_tab

    settings = GNNSettings(data="long chains", layer=st.session_state.get("layer", "GCN"))
    run: Any = types.SimpleNamespace(look=lambda question: question(types.SimpleNamespace(settings=settings)))
    snapshot: Any = None
    everything_tab(run, snapshot)


def opened(**state: Any) -> AppTest:
    app = AppTest.from_function(tab, default_timeout=30)
    for name, value in state.items():
        app.session_state[name] = value
    return app.run()


def words_of(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_opens_and_is_renumbered(kind: str) -> None:
    app = opened(gnn_everything_kind=kind)
    assert not app.exception
    assert re.search(r"Here \d+ nodes have \d+ links", words_of(app))
    assert not app.dataframe
    app.button(key="gnn_everything_renumber").click().run()
    assert not app.exception
    assert len(app.dataframe[0].value) == 4
    difference, change = re.findall(r"\*\*([\d.e−]+)\*\*", words_of(app))
    assert float(difference.replace("−", "-")) < 1e-5
    assert float(change) > 1e-3
    app.button(key="gnn_everything_first").click().run()
    assert not app.dataframe


@pytest.mark.parametrize("graph", SENTENCE_GRAPHS)
def test_every_graph_of_a_sentence_opens(graph: str) -> None:
    app = opened(gnn_everything_kind="sentence", gnn_everything_links=graph, _gnn_everything_draws={"sentence": 2})
    assert not app.exception
    assert ("leave this matrix as it was" in words_of(app)) == (graph == "complete")
    assert ("directed links" in words_of(app)) == (graph == "causal")


@pytest.mark.parametrize(
    ("kind", "key", "bad"),
    [
        ("sentence", "gnn_everything_text", "alone"),
        ("sentence", "gnn_everything_text", "   "),
        ("molecule", "gnn_everything_smiles", "<b>no molecule</b>"),
        ("molecule", "gnn_everything_smiles", "C" * 50),
        ("molecule", "gnn_everything_smiles", ""),
    ],
)
def test_what_cannot_be_drawn_says_so_in_one_sentence(kind: str, key: str, bad: str) -> None:
    app = opened(gnn_everything_kind=kind)
    app.text_input(key=key).input(bad).run()
    assert not app.exception
    assert len(app.error) == 1


def test_the_fresh_network_has_the_layer_of_the_page() -> None:
    outputs = []
    for layer in ("GCN", "GIN"):
        app = opened(gnn_everything_kind="molecule", layer=layer, _gnn_everything_draws={"molecule": 1})
        outputs.append(app.dataframe[0].value["outputs"][0])
    assert outputs[0] != outputs[1]


def live_tab() -> None:
    import streamlit as st

    from experiments.gnn import GNNExperiment
    from experiments.gnn_settings import GNNSettings
    from training.run import Run
    from ui.gnn_everything import everything_tab

    run = Run(GNNExperiment, GNNSettings(data=st.session_state["data"], layer="GAT"))
    everything_tab(run, run.poll())


@pytest.mark.parametrize(("kind", "data"), [("molecule", "blood-brain barrier"), ("social network", "karate club")])
def test_the_pages_own_network_is_asked_where_it_can_read_the_thing(kind: str, data: str) -> None:
    app = AppTest.from_function(live_tab, default_timeout=60)
    app.session_state["data"] = data
    app.session_state["gnn_everything_kind"] = kind
    app.session_state["_gnn_everything_draws"] = {kind: 1}
    app.run()
    assert not app.exception
    assert "The network of this page, as it stands" in words_of(app)
    assert ("each followed under its new number" in words_of(app)) == (kind == "social network")
    app.session_state["gnn_everything_kind"] = "picture"
    app.session_state["_gnn_everything_draws"] = {"picture": 1}
    app.run()
    assert "fresh because the page's own reads other inputs" in words_of(app)


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {}
    monkeypatch.setattr("streamlit.session_state", found)
    return found


def test_a_click_marks_and_a_second_lets_go(state: dict[str, Any]) -> None:
    where = ("social network", "", 0)
    answer = gnn_everything._answer(numbering(34, 0), where, 1)
    click = {"kind": "hot", "id": "node:33", "node": 33}
    answer(click)
    assert gnn_everything._mark_within("social network", "", 34) == (33,)
    assert gnn_everything._mark_within("molecule", "CCO", 34) is None
    answer(click)
    assert gnn_everything._mark_within("social network", "", 34) is None
    answer({"kind": "hot", "id": "edge:0:8", "source": 0, "target": 8})
    assert gnn_everything._mark_within("social network", "", 34) == (0, 8)


def test_the_list_turns_its_pages_until_something_is_marked(state: dict[str, Any]) -> None:
    where = ("social network", "", 0)
    assert gnn_everything._page_within(where, 1) == 1
    answer = gnn_everything._answer(numbering(34, 0), where, 1)
    for which, page in (("page:1", 2), ("page:-1", 0)):
        answer({"kind": "hot", "id": which})
        assert gnn_everything._page_within(where, 1) == page
    assert gnn_everything._page_within(("social network", "", 1), 1) == 1  # other numbers, another list
    answer({"kind": "hot", "id": "node:3", "node": 3})
    assert gnn_everything._page_within(where, 1) == 1


def test_a_click_on_a_pixel_turns_it_over(state: dict[str, Any]) -> None:
    pixels = gnn_everything._pixels(3)
    answer = gnn_everything._answer(numbering(49, 0), ("picture", "3", 0), 0)
    assert pixels[0, 0] == 0
    for wanted in (1.0, 0.0, 1.0):
        answer({"kind": "hot", "id": "node:0", "node": 0})
        assert gnn_everything._pixels(3)[0, 0] == wanted
    answer({"kind": "plane", "id": "cell", "x": 0.5, "y": -1.5})
    assert gnn_everything._pixels(3)[0, 0] == 1.0  # the matrix only marks
    assert gnn_everything._mark_within("picture", "3", 49) == (0, 1)
    assert digit_picture(3)[0, 0] == 0  # what all visitors share stays
    gnn_everything._forget_pixels()
    assert np.array_equal(gnn_everything._pixels(3), digit_picture(3))
