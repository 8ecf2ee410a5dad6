"""The page `gnn`: its tabs on every kind of graph, what a click does, molecules and networks of one's own."""

import pytest

from tests.pages.test_pages import open_page
from ui.gnn_inside import TABS, TABS_KEY
from ui.gnn_live import handle, nearest

MOLECULES = "smiles,label\n" + "".join(f"{'C' * (2 + i)}{'O' if i % 2 else 'N'},{i % 2}\n" for i in range(40))


@pytest.fixture(scope="module")
def app():
    return open_page("gnn")


@pytest.mark.parametrize("data", ["mutagenicity", "ChEMBL activity", "karate club", "long chains"])
@pytest.mark.parametrize("tab", list(TABS))
def test_every_tab_opens(app, tab, data):
    app.session_state["gnn_data"], app.session_state[TABS_KEY] = data, tab
    app.run()
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("layer", ["GraphSAGE", "GIN", "GINE", "GAT", "NNConv"])
@pytest.mark.parametrize("tab", ["Molecule", "By hand", "Depth"])
def test_every_layer_can_be_looked_into(app, tab, layer):
    app.session_state["gnn_data"], app.session_state["gnn_layer"] = "mutagenicity", layer
    app.session_state["gnn_hidden_channels"], app.session_state[TABS_KEY] = 8, tab
    app.run()
    assert not app.exception
    assert not app.error
    app.session_state["gnn_layer"] = "GCN"


def test_a_click_leads_to_another_molecule(app, monkeypatch):
    app.session_state["gnn_data"], app.session_state["gnn_item"] = "mutagenicity", 0
    app.run()
    run = app.session_state["_runs"]["gnn"][0]
    seen = run.poll().observation
    turned = {}
    monkeypatch.setattr("ui.gnn_live.run_of", lambda slug: run)
    monkeypatch.setattr("ui.gnn_live.st.session_state", {"gnn_item": 0})
    monkeypatch.setattr("ui.gnn_live.turn", lambda settings, slug, values: turned.update(values))
    handle({"kind": "hot", "id": "item:1"})
    assert turned == {"item": 1}
    x, y = seen.xy[7].tolist()
    handle({"kind": "plane", "id": "points", "x": x, "y": y})
    assert turned == {"item": seen.rows[7]} == {"item": nearest(seen, x, y)}


def test_own_molecules_are_asked_for_and_learnt(app):
    app.session_state["gnn_data"] = "own molecules"
    app.run()
    assert not app.exception
    assert any("molecules of your own" in text.value for text in app.info)
    app.session_state["gnn_paste"] = MOLECULES
    app.run()
    assert not app.exception
    assert not app.error
    assert not app.info
    assert app.session_state["_runs"]["gnn"][0].poll().observation.num_graphs == 40


@pytest.mark.parametrize("content", ["hello", "a,b\n1,2\n3,4\n", "smiles,label\n" + "C1CC(,1\n" * 30])
def test_a_table_without_molecules_says_so_and_nothing_is_lost(app, content):
    app.session_state["gnn_data"] = "own molecules"
    app.session_state["gnn_paste"] = MOLECULES
    app.run()
    app.session_state["gnn_paste"] = content
    app.run()
    assert not app.exception
    assert app.error
    assert app.session_state["_runs"]["gnn"][0].poll().observation.num_graphs == 40


def test_a_network_of_ones_own_is_asked_for(app):
    app.session_state["gnn_data"] = "own network"
    app.run()
    assert not app.exception
    assert any("network of your own" in text.value for text in app.info)
