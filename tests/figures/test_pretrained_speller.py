"""The picture of a word in sounds: every chance is told, and nothing is cut off."""

import pytest

from data.phonemes import EXAMPLES
from experiments.pretrained_speller import spell
from figures.packing import unpack
from figures.pretrained_speller import HEIGHT, speller_scene


@pytest.mark.parametrize("word", ["knight", "a", "pneumonoultramicrosc", "zzzz"])
@pytest.mark.parametrize("is_large", [False, True])
def test_every_phoneme_has_its_chance(word: str, is_large: bool) -> None:
    seen = spell(word)
    scene = unpack(speller_scene(seen, EXAMPLES, is_large=is_large))[0]
    texts = [item["text"] for item in scene["items"] if item["kind"] == "text"]
    for tops in seen.likeliest:
        assert tops[0][0] in texts
        assert f"{tops[0][1]:.0%}" in texts
    tips = [item["tip"] for item in scene["items"] if item["kind"] == "hot"]
    assert len(tips) == len(seen.likeliest)
    assert all("%" in tip for tip in tips)
    assert all("as in" in tip for tip in tips[:-1])
    bottom = max(item["at"][1] for item in scene["items"] if item["kind"] == "text")
    assert bottom < HEIGHT - 6
