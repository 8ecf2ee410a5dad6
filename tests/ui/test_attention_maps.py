"""The control of a head: it opens, follows clicks, and keeps what is chosen within the network at hand."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from figures.attention_maps import AttentionMaps
from ui.attention_maps import sentence


def view() -> None:
    import numpy as np
    import streamlit as st

    from figures.attention_maps import AttentionMaps
    from ui.attention_maps import attention_view

    layers, heads, places = st.session_state.get("size", (2, 4, 6))
    weights = np.full((layers, heads, places, places), 1 / places, dtype=np.float32)
    tokens = tuple(f"<i>{place}</i>" for place in range(places))
    st.session_state["answer"] = attention_view("mlp", "heads", lambda: AttentionMaps(weights, tokens, tokens))


def opened(**state: Any) -> AppTest:
    app = AppTest.from_function(view, default_timeout=30)
    for name, value in state.items():
        app.session_state[name] = value
    return app.run()


def test_it_answers_with_the_head_that_was_chosen() -> None:
    app = opened()
    assert not app.exception
    assert app.session_state["answer"] == (0, 0)
    app.number_input(key="mlp_heads_head").set_value(3).run()
    app.number_input(key="mlp_heads_layer").set_value(2).run()
    assert app.session_state["answer"] == (1, 2)
    app.session_state["size"] = (1, 2, 6)  # a smaller network
    app.run()
    assert not app.exception
    assert app.session_state["answer"] == (0, 1)


@pytest.mark.parametrize("size", [(1, 1, 2), (1, 8, 30), (3, 1, 128)])
def test_every_size_opens(size: tuple[int, int, int]) -> None:
    app = opened(size=size, _mlp_heads_cell=(100, 100), _mlp_heads_focus=("to", 99))
    assert not app.exception


def test_a_click_chooses_and_takes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import attention_maps

    state: dict[str, Any] = {}
    monkeypatch.setattr(attention_maps.st, "session_state", state)
    answer = attention_maps._answer("x", (2, 4, 6, 6))
    answer({"kind": "hot", "id": "head:1:3", "layer": 1, "head": 3})
    assert (state["x_layer"], state["x_head"]) == (2, 4)
    for expected in (("to", 2), None):
        answer({"kind": "hot", "id": "token:to:2", "side": "to", "place": 2})
        assert state["_x_focus"] == expected
    for cell in ((1, 2), None):
        answer({"kind": "hot", "id": "cell:1:2", "row": 1, "column": 2})
        assert state["_x_cell"] == cell


def test_the_sentence_tells_weight_mask_and_empty_rows() -> None:
    weights = np.array([[[[1.0, 0.0], [0.25, 0.75]]]], dtype=np.float32)
    is_seen = np.array([[True, False], [True, True]])
    maps = AttentionMaps(weights, ("<b>", "b"), ("<b>", "b"), is_seen)
    assert "**0.750**" in sentence(maps, 0, 0, (1, 1))
    assert "sums to 1.000" in sentence(maps, 0, 0, (1, 1))
    assert "masked" in sentence(maps, 0, 0, (0, 1))
    assert r"\<b\>" in sentence(maps, 0, 0, (1, 0))
    nothing = AttentionMaps(weights, ("a", "b"), ("a", "b"), np.zeros((2, 2), dtype=bool))
    assert "not a number" in sentence(nothing, 0, 0, (1, 1))
