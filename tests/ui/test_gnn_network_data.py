"""The controls for a network of one's own: what is pasted is read, what is broken says so and loses nothing."""

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.dataset import DataError
from data.networks import read_network
from experiments.brought_network import NETWORK, files_of, material_of

LINKS = "from,to\na,b\nb,c\nc,a\nd,e\ne,f\nf,d\na,d\n"
GROUPS = "node,group\na,x\nb,x\nc,x\nd,y\ne,y\nf,y\n"


def controls() -> None:
    import streamlit as st

    from ui.gnn_network_data import own_network_controls

    st.session_state["found"] = own_network_controls()


def give_back() -> None:
    import streamlit as st

    from ui.gnn_network_data import own_network_controls, take_back

    st.button("Take back", key="take", on_click=take_back, args=(st.session_state["kept"],))
    st.session_state["found"] = own_network_controls()


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


def test_links_and_groups_are_read() -> None:
    app = opened()
    app.text_area(key="gnn_links_paste").input(LINKS).run()
    network, key = app.session_state["found"]
    assert network.names == tuple("abcdef")
    assert network.groups == ()
    assert any("6 nodes and 7 links" in caption.value for caption in app.caption)
    app.text_area(key="gnn_groups_paste").input(GROUPS).run()
    with_groups, other = app.session_state["found"]
    assert with_groups.groups == tuple("xxxyyy")
    assert other != key
    assert not app.error


@pytest.mark.parametrize(
    "broken", ["a,b\nb,a\n", "a\nb\nc\n", "a,a\nb,b\n", "\x00\x01", "a,b\nb,c\nc,d\nd,a\na,c\nb,d\n"]
)
def test_what_is_broken_says_so_and_leaves_the_former_in_place(broken: str) -> None:
    app = opened()
    app.text_area(key="gnn_links_paste").input(LINKS).run()
    before = app.session_state["found"]
    app.text_area(key="gnn_links_paste").input(broken).run()
    assert not app.exception
    assert len(app.error) == 1
    assert app.session_state["found"] == before


def test_names_are_nothing_but_names() -> None:
    app = opened()
    app.text_area(key="gnn_links_paste").input(LINKS).run()
    app.text_area(key="gnn_groups_paste").input("<b>a</b>,x\n*b*,y\n").run()
    assert "\\<b\\>" not in app.error[0].value
    assert "6 of 6 nodes have no group" in app.error[0].value


def test_a_network_is_taken_back_over_what_lies_in_the_widgets() -> None:
    kept = read_network(LINKS, GROUPS)
    app = opened(give_back, kept=kept)
    app.text_area(key="gnn_links_paste").input("p,q\nq,r\nr,p\ns,t\nt,u\nu,s\np,s\n").run()
    assert app.session_state["found"][0].names == tuple("pqrstu")
    app.button(key="take").click().run()
    assert app.session_state["found"][0] == kept
    app.run()
    assert app.session_state["found"][0] == kept
    app.text_area(key="gnn_links_paste").input(LINKS).run()
    assert app.session_state["found"][0].groups == ()


# ---- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("groups", ["", GROUPS])
def test_a_network_travels_with_a_run_file(groups: str) -> None:
    own = read_network(LINKS, groups)
    assert material_of(files_of({"network": own})) == {"network": own}
    assert files_of({}) == material_of({}) == {}


def test_damaged_networks_are_refused() -> None:
    own = read_network(LINKS, GROUPS)
    wrong = (
        replace(own, later=("1 9", *own.later[1:])),  # no such node
        replace(own, later=("0 1", *own.later[1:])),  # a node linked to itself
        replace(own, later=("1 1 2", *own.later[1:])),  # a link twice
        replace(own, later=own.later[1:]),
        replace(own, names=("a", "a", *own.names[2:])),
        replace(own, groups=own.groups[1:]),
        replace(own, groups=("x",) * 6),
        replace(own, later=("",) * 6),
    )
    for one in wrong:
        with pytest.raises(DataError, match="damaged"):
            material_of(files_of({"network": one}))
    for content in (b"", b"{}", b'{"names": 3}', b"\xff"):
        with pytest.raises(DataError, match="damaged"):
            material_of({NETWORK: content})
