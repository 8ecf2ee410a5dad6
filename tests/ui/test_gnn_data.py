"""The controls for molecules of one's own: what is pasted is read, what is broken is listed, nothing is lost."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.own_molecules import OwnMolecules

GOOD = "smiles,label\n" + "".join(f"{'C' * (i + 1)}{'NO'[i % 2]},{'ab'[i % 2]}\n" for i in range(20))


def controls() -> None:
    import streamlit as st

    from ui.gnn_data import own_molecules_controls

    st.session_state["found"] = own_molecules_controls()


def give_back() -> None:
    import streamlit as st

    from ui.gnn_data import material, own_molecules_controls

    st.button("Take back", key="take", on_click=material().put, args=(st.session_state["kept"],))
    st.session_state["found"] = own_molecules_controls()


def opened(script: Any = controls, **state: Any) -> AppTest:
    app = AppTest.from_function(script, default_timeout=30)
    for name, value in state.items():
        app.session_state[name] = value
    return app.run()


def test_nothing_is_brought_at_first() -> None:
    app = opened()
    assert not app.exception
    assert app.session_state["found"] == (None, None)
    assert not app.error


def test_molecules_are_read_and_broken_rows_listed() -> None:
    app = opened(gnn_paste=GOOD + "CC(,a\nc1cccc1,b\n,a\n")
    own, _ = app.session_state["found"]
    assert len(own.smiles) == 20
    assert own.class_names == ("a", "b")
    assert "3 rows were put aside" in [part.label for part in app.expander]
    assert app.dataframe[0].value["row"].tolist() == [21, 22, 23]
    assert not app.error


def test_columns_and_kind_can_be_chosen() -> None:
    app = opened(gnn_paste=GOOD.replace("label", "label,mass").replace(",a", ",a,1").replace(",b", ",b,2"))
    _, first = app.session_state["found"]
    app.selectbox(key="gnn_target_column").set_value("mass").run()
    own, second = app.session_state["found"]
    assert own.target_name == "mass"
    assert own.class_names == ("1", "2")
    assert first != second
    app.radio(key="gnn_task_mass").set_value("regression").run()
    own, _ = app.session_state["found"]
    assert set(own.numbers) == {1.0, 2.0}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("hello", "only one column"),
        ("a,b\n1,2\n3,4\n", "No column holds SMILES"),
        ("smiles,label\nCCO,a\nCCN,b\n", "At least 10 rows"),
        (GOOD.replace(",b\n", ",a\n"), "is the same in every row"),
    ],
)
def test_a_table_that_cannot_be_used_says_so_and_keeps_the_former(content: str, told: str) -> None:
    app = opened(gnn_paste=GOOD)
    before = app.session_state["found"][0]
    app.text_area(key="gnn_paste").set_value(content).run()
    assert not app.exception
    assert told in app.error[0].value
    assert app.session_state["found"][0] == before


def test_what_was_brought_comes_back() -> None:
    kept = OwnMolecules(("CCO", "CCN"), classes=(0, 1), class_names=("x", "y"))
    app = opened(give_back, kept={"own": kept}, gnn_paste=GOOD)
    app.button(key="take").click().run()
    assert app.session_state["found"][0] == kept
    app.run()
    assert app.session_state["found"][0] == kept
