"""The script that makes the weights of the page `pretrained`, on a folder of a few drawings."""

import gzip
import json

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from data.images import drawings
from experiments import pretrained_making
from experiments.pretrained_making import main, read_kind, source_kinds, varied
from models.pretrained import DrawingNetwork

SIDE = 28


@pytest.fixture
def folder(tmp_path):
    """Two kinds that are easy to tell apart, and one that the page learns itself."""
    generator = np.random.default_rng(0)
    for name, place in (("anvil", 4), ("zebra", 20), ("cat", 10)):
        lines = []
        for _ in range(14):
            drawing = generator.random((SIDE, SIDE)) * 0.1
            drawing[place : place + 4] = 1
            lines.append(json.dumps(drawing.ravel().tolist()))
        with gzip.open(tmp_path / f"{name}.ndjson.gz", "wt", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    return tmp_path


def test_a_file_becomes_pictures(folder):
    kind = read_kind(folder / "anvil.ndjson.gz")
    assert kind.shape == (14, 1, SIDE, SIDE)
    assert kind.dtype == torch.uint8
    assert (kind[:, 0, 4:8] == 255).all()


def test_what_the_page_learns_is_left_out(folder):
    assert "cat" in drawings().class_names
    assert [path.name for path in source_kinds(folder)] == ["anvil.ndjson.gz", "zebra.ndjson.gz"]


def test_varied_drawings_are_moved_and_mirrored_only():
    x = torch.zeros(50, 1, SIDE, SIDE, dtype=torch.uint8)
    x[:, :, 10:14, 8:12] = 200
    seen = varied(x, torch.Generator().manual_seed(0))
    assert seen.shape == x.shape
    assert (seen.sum((1, 2, 3)) == x[0].sum()).all()
    assert len(seen.flatten(1).unique(dim=0)) == 2


def test_the_script_writes_weights_and_what_they_reach(folder, tmp_path, monkeypatch, capsys):
    file = tmp_path / "made.safetensors"
    monkeypatch.setattr(pretrained_making, "BATCH", 4)
    main([str(folder), "--file", str(file), "--epochs", "4"])
    with safe_open(file, "pt") as opened:
        said = opened.metadata()
    assert (said["kinds"], said["drawings"], said["held_out"]) == ("2", "8", "20")
    assert float(said["top5"]) == 1
    assert "epoch 4 of 4" in capsys.readouterr().out
    weights = load_file(file)
    assert {tensor.dtype for tensor in weights.values()} == {torch.float16}
    network = DrawingNetwork(2)
    missing, unexpected = network.load_state_dict(weights, strict=False)
    assert not unexpected
    assert all(name.endswith("num_batches_tracked") for name in missing)
