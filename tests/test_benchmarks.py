import json
import subprocess
import sys
from pathlib import Path

from tests.server import ROOT


def test_the_cheapest_benchmark_runs_and_writes_json(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--only", "equal-loss", "--json", str(file)]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True).stdout
    report = json.loads(file.read_text(encoding="utf-8"))
    ratio = report["rows"][0]
    assert ratio["name"] in printed
    assert ratio["value"] > 1, "the page's recipe is slower than the lecture's plain loop"
    assert ratio["wanted"] == "≥ 20"
    assert report["machine"]["torch"]
    assert report["is_quick"] is True
