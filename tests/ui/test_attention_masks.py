"""Masks, on a page: every mask opens, a click shuts a cell, and a word that sees nothing is named."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from experiments.attention_hand import seeded_attention
from experiments.attention_masks import MASKS, leak, mask_of, weights_under
from figures.attention_masks import HEIGHT, LEAK_HEIGHT, WIDTH, leak_scene, mask_scene
from figures.packing import unpack
from ui import attention_masks
from ui.attention_masks import PARTS, WORDS


def part() -> None:
    from ui.attention_masks import masks

    masks("mlp")


def opened(**state: Any) -> AppTest:
    app = AppTest.from_function(part, default_timeout=30)
    for name, value in state.items():
        app.session_state[name] = value
    return app.run()


@pytest.mark.parametrize("kind", MASKS)
def test_every_mask_opens(kind: str) -> None:
    app = opened(mlp_mask_kind=kind)
    assert not app.exception
    assert not app.warning


def test_the_layers_are_compared() -> None:
    app = opened(mlp_masks=PARTS[1], _mlp_mask_leak=(1, 4))
    assert not app.exception
    assert any("largest derivative is 0, exactly" in element.value for element in app.markdown)


def test_a_word_that_sees_nothing_is_named() -> None:
    app = opened(mlp_mask_kind="your own", _mlp_mask_blocked=frozenset((1, s) for s in range(6)))
    assert not app.exception
    assert "NaN" in app.warning[0].value
    assert "cat" in app.warning[0].value


def test_a_click_makes_the_mask_one_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr(attention_masks.st, "session_state", state)
    event = {"kind": "hot", "id": "mask:0:1", "row": 0, "column": 1}
    mask = mask_of("causal", 3)
    attention_masks._switch("mlp", mask)(event)
    assert state["mlp_mask_kind"] == "your own"
    own = mask_of("your own", 3, blocked=state["_mlp_mask_blocked"])
    assert own[0, 1]
    assert (own != mask).sum() == 1
    attention_masks._switch("mlp", own)(event)
    assert (mask_of("your own", 3, blocked=state["_mlp_mask_blocked"]) == mask).all()


@pytest.mark.parametrize("kind", MASKS)
def test_everything_stands_within_the_pictures(kind: str) -> None:
    mask = mask_of(kind, 6, num_padding=2)
    weights = weights_under(seeded_attention(WORDS), mask)[0]
    masks = mask_scene(weights, mask, WORDS)
    leaks = leak_scene([("both", leak(6, (True, True))), ("none", leak(6, (False, False)))], WORDS)
    for packet, height in ((masks, HEIGHT), (leaks, LEAK_HEIGHT)):
        for item in unpack(packet)[0]["items"]:
            if item["kind"] == "text":
                assert 0 <= item["at"][0] <= WIDTH
                assert 0 <= item["at"][1] <= height
