"""Positions, on a page: every part opens, pictures hold what they draw, the formula ends with the cell."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from experiments.attention_positions import BASES, HEADS, WIDTHS, added, penalty, rotation, sines
from figures.attention_positions import (
    ADDED_HEIGHT,
    HEIGHT,
    ROPE_HEIGHT,
    WIDTH,
    added_scene,
    fan_still,
    rope_scene,
    sines_scene,
)
from figures.packing import unpack
from ui import attention_positions
from ui.attention_positions import PARTS, cell_formula
from ui.words import tex


def part() -> None:
    from ui.attention_positions import positions

    positions("mlp")


def opened(**state: Any) -> AppTest:
    app = AppTest.from_function(part, default_timeout=30)
    for name, value in state.items():
        app.session_state[name] = value
    return app.run()


@pytest.mark.parametrize("name", PARTS)
def test_every_part_opens(name: str) -> None:
    app = opened(mlp_positions_part=name)
    assert not app.exception
    assert not app.warning


def test_knobs_at_their_ends() -> None:
    for width, base in ((WIDTHS[0], BASES[0]), (WIDTHS[-1], BASES[-1])):
        assert not opened(mlp_sines_width=width, mlp_sines_base=base, _mlp_sines_cell=(63, 63)).exception
    for query, key in ((0, 63), (63, 0)):
        assert not opened(mlp_positions_part="RoPE", mlp_rope_query=query, mlp_rope_key=key).exception
    for heads in (HEADS[0], HEADS[-1]):
        assert not opened(mlp_positions_part="ALiBi", mlp_alibi_heads=heads).exception


def test_bad_words_keep_the_last_good_ones() -> None:
    app = opened(mlp_positions_part="Token + position", mlp_added_kind="learned")
    app.text_input(key="mlp_added_text").set_value("<b> a").run()
    app.text_input(key="mlp_added_text").set_value("").run()
    assert not app.exception
    assert len(app.warning) == 1
    assert app.session_state["_mlp_added_words"] == ("<b>", "a")


@pytest.mark.parametrize("cell", [(5, 2), (63, 3), (0, 0)])
def test_the_formula_ends_with_the_cell(cell: tuple[int, int]) -> None:
    assert cell_formula(*cell, 8, 100.0).endswith(f"= {tex(float(sines(8, 100.0).table[cell]))}")


def test_a_click_chooses_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr(attention_positions.st, "session_state", state)
    attention_positions._pick("mlp", 8)({"kind": "plane", "id": "table", "x": 3.5, "y": -7.2})
    assert state["_mlp_sines_cell"] == (7, 3)
    attention_positions._pick_added("mlp", 3)({"kind": "hot", "id": "token:1:2", "row": 1, "column": 2})
    assert state["_mlp_added_cell"] == (1, 2)


@pytest.mark.parametrize("width", [8, 64])
def test_everything_stands_within_the_pictures(width: int) -> None:
    words = ("a", "wwwwwwwwwwwwwwwwwwww", "c", "d", "e", "f", "g", "h")
    packets = (
        (sines_scene(sines(width, 100.0), (63, width - 1)), HEIGHT),
        (rope_scene(rotation(width, 100.0, 3, 9), 3, 9), ROPE_HEIGHT),
        (added_scene(added(words, 8, is_learned=True), words, (7, 7)), ADDED_HEIGHT),
    )
    for packet, height in packets:
        for item in unpack(packet)[0]["items"]:
            if item["kind"] == "text":
                assert 0 <= item["at"][0] <= WIDTH
                assert 0 <= item["at"][1] <= height
    for is_weight in (False, True):
        assert "head 4" in fan_still(penalty(4), "dark", is_weight=is_weight).alt
