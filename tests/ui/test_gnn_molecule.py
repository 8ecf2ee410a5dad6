"""The molecule box: typed, picked, edited, taken back; bad text keeps what was there."""

from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.editing import Tables, smiles_of
from ui.gnn_molecule import COMPLAINT, KNOWN, NO_MOLECULES, PAST


def box() -> None:
    import streamlit as st
    import torch

    from experiments.gnn import GNNExperiment
    from experiments.gnn_settings import GNNSettings
    from training.run import Run
    from ui.gnn_molecule import molecule_tab

    if "run" not in st.session_state:
        torch.manual_seed(0)
        settings = GNNSettings(data=st.session_state.get("data", "mutagenicity"), hidden_channels=8)
        st.session_state["run"] = Run(GNNExperiment, settings)
    run = st.session_state["run"]
    molecule_tab(run, run.poll())


def edited() -> None:
    import streamlit as st

    from ui.gnn_molecule import _look_at, take_over

    past = st.session_state.setdefault("_gnn_molecule_past", [])
    if not past:
        _look_at("CCO")
    if "_gnn_molecule_edited" in st.session_state:
        past.append(st.session_state.pop("_gnn_molecule_edited"))
    elif "tables" in st.session_state:
        take_over(st.session_state.pop("tables"), past[-1])


def opened(script: Any = box, **state: Any) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    for name, value in state.items():
        app.session_state[name] = value
    return app.run()


def smiles(app: AppTest) -> str:
    return str(app.session_state[PAST][-1].smiles)


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption])


@pytest.fixture(scope="module")
def app() -> AppTest:
    return opened()


def test_it_opens_with_a_molecule_its_answer_and_its_alerts(app: AppTest) -> None:
    assert not app.exception
    assert not app.warning
    assert smiles(app) == KNOWN["4-nitroaniline"]
    assert "It says **" in words(app)
    assert "rank correlation of **" in words(app)
    shown = [frame.value for frame in app.dataframe if "alert" in frame.value]
    assert shown[0]["alert"].tolist() == ["aromatic nitro", "aromatic amine"]
    assert "are mutagenic" in words(app)


def test_typing_another_molecule_and_taking_it_back(app: AppTest) -> None:
    app.text_input(key="gnn_molecule_smiles").set_value("CC(=O)[O-].[Na+]").run()
    assert not app.exception
    assert smiles(app) == "CC(=O)[O-].[Na+]"
    assert "2 parts that are not linked" in words(app)
    app.button(key="gnn_molecule_undo").click().run()
    assert smiles(app) == KNOWN["4-nitroaniline"]
    assert app.text_input(key="gnn_molecule_smiles").value == KNOWN["4-nitroaniline"]
    assert app.button(key="gnn_molecule_undo").disabled


@pytest.mark.parametrize("text", ["CC(", "<b>", "c1cccc1", "CN(C)(C)(C)C", "", "C" * 501])
def test_what_is_no_molecule_says_so_and_loses_nothing(app: AppTest, text: str) -> None:
    before = smiles(app)
    app.text_input(key="gnn_molecule_smiles").set_value(text).run()
    assert not app.exception
    assert len(app.warning) == 1
    assert smiles(app) == before
    assert COMPLAINT in app.session_state


def test_every_known_molecule_can_be_picked(app: AppTest) -> None:
    for name, text in KNOWN.items():
        app.selectbox(key="gnn_molecule_pick").set_value(name).run()
        assert not app.exception, name
        assert not app.warning, name
        assert smiles(app) == text
    app.selectbox(key="gnn_molecule_pick").set_value("the one in the picture").run()
    assert smiles(app) == app.session_state["run"].poll().observation.label


def test_a_clicked_atom_is_told_of(app: AppTest) -> None:
    app.session_state["_gnn_molecule_atom"] = 0
    app.session_state["gnn_molecule_numbered"] = True
    app.run()
    assert "**Atom 1, C" in words(app)


@pytest.mark.parametrize("data", ["blood-brain barrier", "ChEMBL activity", "count atoms"])
def test_other_sets_have_an_answer_and_no_alerts(data: str) -> None:
    app = opened(data=data)
    assert not app.exception
    assert "It says **" in words(app)
    assert "Structural alerts" not in words(app)


def test_a_network_without_molecules_says_so() -> None:
    app = opened(data="karate club")
    assert not app.exception
    assert [text.value for text in app.caption] == [NO_MOLECULES]


def tables(*elements: str, bonds: list[tuple[Any, Any, Any]]) -> Tables:
    atoms = pd.DataFrame({"atom": range(1, len(elements) + 1), "element": elements, "charge": 0})
    return Tables(atoms, pd.DataFrame(bonds, columns=["from", "to", "kind"]))


def test_an_edit_that_fits_is_taken_over() -> None:
    app = opened(edited)
    app.session_state["tables"] = tables("C", "C", "N", bonds=[(1, 2, "single"), (2, 3, "triple")])
    app.run()
    assert not app.exception
    entry = app.session_state[PAST][-1]
    assert entry.smiles == smiles_of(entry.mol) == "CC#N"
    assert [row.smiles for row in app.session_state[PAST]] == ["CCO", "CC#N"]


@pytest.mark.parametrize(
    ("bonds", "told"),
    [
        ([(1, 2, "single"), (2, 3, "triple")], "valence"),
        ([(1, 2, "single"), (2, 9, "single")], "ends at atom 9"),
        ([(1, 2, "single"), (2, None, "single")], "ends at no atom"),
    ],
)
def test_an_edit_that_does_not_fit_is_said_and_the_molecule_stays(bonds: list[Any], told: str) -> None:
    app = opened(edited)
    app.session_state["tables"] = tables("C", "C", "O", bonds=bonds)
    app.run()
    assert not app.exception
    assert told in app.warning[0].value
    assert len(app.session_state[PAST]) == 1
