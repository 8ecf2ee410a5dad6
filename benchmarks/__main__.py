"""Runs the benchmarks: `python -m benchmarks [--quick] [--only NAME ...] [--json FILE]`.

Everything is a ratio, or a time on this machine as it is now: the load is printed beside it. A limit that is missed is
said so and fails nothing.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks import (
    convolution,
    encoder,
    equal_loss,
    followers,
    gan,
    gnn,
    page,
    pretrained,
    race,
    recurrent,
    transformer,
    transformers,
    vae,
)
from benchmarks.rows import Row, as_dict, load, machine, table

RESULTS: Final = Path(__file__).with_name("results.json")

MEASUREMENTS: Final[dict[str, Callable[..., list[Row]]]] = {
    "equal-loss": equal_loss.measure,
    "race": race.measure,
    "watched": page.measure_watched,
    "tick": page.measure_tick,
    "knobs": page.measure_knobs,
    "opening": page.measure_opening,
    "visitors": page.measure_visitors,
    "followers": followers.measure,
    "convolution": convolution.measure,
    "gc": page.measure_gc,
    "recurrent": recurrent.measure,
    "transformers": transformers.measure,
    "encoder": encoder.measure,
    "transformer": transformer.measure,
    "gnn": gnn.measure,
    "vae": vae.measure,
    "gan": gan.measure,
    "pretrained": pretrained.measure,
}


def main() -> None:
    """Measures, prints a table, writes JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed, as ratios measured in one run.")
    parser.add_argument("--only", action="append", choices=MEASUREMENTS, metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--quick", action="store_true", help="short and coarse, to see that it works")
    parser.add_argument("--json", type=Path, default=RESULTS, metavar="FILE", help=f"default: {RESULTS.name} beside it")
    asked = parser.parse_args()
    rows, runs = [], []
    for name in asked.only or MEASUREMENTS:
        before, began = load(), time.monotonic()
        measured = MEASUREMENTS[name](is_quick=asked.quick)
        runs.append({"name": name, "seconds": round(time.monotonic() - began, 1), "load": [before, load()]})
        print(
            f"{name}: {runs[-1]['seconds']} s, load {before} before and {load()} after\n{table(measured)}\n", flush=True
        )
        rows += measured
    report = {"machine": machine(), "is_quick": asked.quick, "runs": runs, "rows": [as_dict(row) for row in rows]}
    asked.json.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
