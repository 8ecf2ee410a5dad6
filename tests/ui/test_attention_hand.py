"""By hand, on a page: every part opens, the formula ends with the weight, bad sentences keep the last good one."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from experiments.attention_hand import seeded_attention, work_out
from ui.attention_hand import PARTS, calculation
from ui.words import tex

WORDS = ("the", "cat", "sat")


def part() -> None:
    from ui.attention_hand import by_hand

    by_hand("mlp")


def opened(**state: Any) -> AppTest:
    app = AppTest.from_function(part, default_timeout=30)
    for name, value in state.items():
        app.session_state[name] = value
    return app.run()


@pytest.mark.parametrize("name", PARTS)
def test_every_part_opens(name: str) -> None:
    app = opened(mlp_hand=name)
    assert not app.exception
    assert not app.warning


def test_a_sentence_that_cannot_be_used_keeps_the_last_good_one() -> None:
    app = opened()
    app.text_input(key="mlp_hand_text").set_value("a small <b> dog").run()
    for text in ("", "one two three four five six seven eight nine"):
        app.text_input(key="mlp_hand_text").set_value(text).run()
        assert not app.exception
        assert len(app.warning) == 1
        assert app.session_state["_mlp_hand_words"] == ("a", "small", "<b>", "dog")


def test_masked_cells_and_every_switch_are_worked_out() -> None:
    app = opened(mlp_hand_causal=True, _mlp_hand_cell=(0, 3), mlp_hand_scaled=False, mlp_hand_temperature=0.1)
    assert not app.exception
    assert any("may not look at" in element.value for element in app.markdown)
    app = opened(mlp_hand_head=2, mlp_hand_positions=False, mlp_hand_text="one")
    assert not app.exception


@pytest.mark.parametrize("is_causal", [False, True])
def test_the_formula_ends_with_the_weight(is_causal: bool) -> None:
    hand = work_out(seeded_attention(WORDS), is_causal=is_causal)
    text = calculation(hand, (1, 0))
    assert f"= {tex(float(hand.weights[1, 0]))}" in text
    assert f"= {tex(float(hand.products[1, 0]))}" in text
    assert f"= {tex(float(hand.out[1, 0]))}" in text
    assert ("masked" in calculation(hand, (0, 2))) == is_causal
