"""Pictures of the page `tokenizer`: everything stands within them, whatever the text and the sizes."""

import pytest

from data.merging import grow, learn_merges
from data.tokenizer import gpt2, shown
from experiments.sequences import Own
from experiments.tokenizer import TokenizerExperiment
from experiments.tokenizer_settings import TokenizerSettings
from figures.packing import unpack
from figures.tokenizer import PAGE, PROJECTOR, card_scene, cut, lines_of_boxes, passage_scene
from figures.tokenizer_merges import stage_scene, tree_scene
from training.run import Run

STRANGE = Own(text="日本語のテキスト。 مرحبا 👩‍👩‍👧 \x01 zero\u200bwidth " * 60)
CASES = [
    {},
    {"vocab_size": 256},
    {"vocab_size": 4000, "window": 8},
    {"text": "own text", "pre_tokenisation": "white space"},
]


def assert_within(packet):
    found = unpack(packet)[0]
    width, height = found["size"]
    for item in found["items"]:
        if item["kind"] == "text":
            assert 0 <= item["at"][0] <= width
            assert 0 <= item["at"][1] <= height
        if item["kind"] in ("rect", "axes", "hot"):
            left, top, wide, high = item["box"]
            assert -1 <= left <= left + wide <= width + 1
            assert -1 <= top <= top + high <= height + 1
    return found


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_everything_stands_within_the_picture(settings):
    run = Run(lambda one: TokenizerExperiment(one, STRANGE), TokenizerSettings(**settings))
    run.take(3)
    while run.is_playing:
        run.advance()
    seen = run.poll()
    for is_large in (False, True):
        packet = passage_scene(seen.observation, seen.history, step=seen.step, selected=10**6, is_large=is_large)
        found = assert_within(packet)
        layout = PROJECTOR if is_large else PAGE
        assert found["size"] == [layout.width, layout.height]
        assert found["meta"]["step"] == 3
        assert found["alt"].endswith(".") or found["alt"][-1].isdigit()
        assert len(packet) < 90_000
    assert_within(card_scene(seen.observation))


def test_lines_break_before_the_edge():
    boxes = lines_of_boxes(["word"] * 100, (10.0, 20.0, 200.0, 100.0), 12.0)
    assert len(boxes) < 100
    assert (boxes[:, 0] + boxes[:, 2]).max() <= 210
    assert (boxes[:, 1] + boxes[:, 3]).max() <= 120
    assert cut("x" * 50).endswith("…")


@pytest.mark.parametrize("text", ["low low lower newest", "日本語 " * 40, "ab" * 500, "x y"])
def test_stages_are_drawn(text):
    stages = learn_merges([text.encode()], 20)
    for at, stage in enumerate(stages):
        names = [shown(name) for name in stage.names]
        pairs = [(names[a], names[b], count) for (a, b), count in stage.pairs]
        rows = [[names[token] for token in piece] for piece in stage.pieces]
        lengths = [one.num_tokens for one in stages]
        assert_within(stage_scene(rows, pairs if at < len(stages) - 1 else [], lengths, lengths[0], merges=at))


@pytest.mark.parametrize("word", [" extraordinary", "a", "日本語テキスト", "aaaaaaaaaaaaaaaaaaaaaaaa"])
def test_trees_are_drawn(word):
    nodes = grow(gpt2(), word)
    names = {node.token: shown(gpt2().bytes_of(node.token)) for node in nodes}
    last = max(node.order for node in nodes)
    for at in (0, last):
        assert_within(tree_scene(nodes, names, at))
