"""The matrices of one head: they stand in the picture, are linked, and hatch what is masked."""

import numpy as np
import pytest
import torch

from experiments.attention_hand import WIDTHS, Given, saturation, seeded_attention, work_out
from figures.attention_hand import HEIGHT, WIDTH, hand_scene, saturation_still, scores_still
from figures.attention_maps import MASKED
from figures.packing import unpack
from models.attention import MultiHeadAttention

SENTENCES = [("a",), ("the", "cat", "sat"), ("<b>", "שלום", "猫猫猫", "w" * 20, "a|b", "$x$", "g", "h")]


@pytest.mark.parametrize("words", SENTENCES, ids=str)
@pytest.mark.parametrize("is_causal", [False, True])
def test_everything_stands_within_the_picture(words, is_causal):
    hand = work_out(seeded_attention(words), is_causal=is_causal)
    found = unpack(hand_scene(hand, (0, len(words) - 1), formula="÷ √4"))[0]
    for item in found["items"]:
        if item["kind"] == "text":
            assert 0 <= item["at"][0] <= WIDTH, item
            assert 0 <= item["at"][1] <= HEIGHT, item
        if item["kind"] in ("rect", "hot"):
            left, top, width, height = item["box"]
            assert left >= 0
            assert top >= 0
            assert left + width <= WIDTH + 1
            assert top + height <= HEIGHT + 1
    hot = [item for item in found["items"] if item["kind"] == "hot"]
    assert len(hot) == 3 * len(words) ** 2
    masked = [item["id"] for item in hot if item["tip"].endswith(MASKED)]
    pairs = len(words) * (len(words) - 1) // 2 if is_causal else 0
    assert len(masked) == 3 * pairs


def test_the_wide_heads_of_a_trained_network_have_room():
    words = ("one", "two", "three")
    wide = MultiHeadAttention(64, 2)
    hand = work_out(Given(words, torch.randn(3, 64, generator=torch.manual_seed(0)), wide))
    for item in unpack(hand_scene(hand, (1, 1), formula="÷ √32"))[0]["items"]:
        if item["kind"] == "text":
            assert 0 <= item["at"][0] <= WIDTH, item


def test_the_pictures_of_the_division_say_what_was_measured():
    scaled, plain = (saturation(64, is_scaled=one) for one in (True, False))
    assert f"{plain.scores.std():.2f}" in scores_still(scaled, plain, "light").alt
    shares = [[saturation(width, is_scaled=one).share_sure for width in WIDTHS] for one in (True, False)]
    still = saturation_still(WIDTHS, *map(np.array, shares), here=64, mode="dark", title="share", is_share=True)
    assert f"{plain.share_sure:.3f} without" in still.alt
