"""The numbers behind the live picture, read back from the tables."""

import importlib
import io
import zipfile
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
import pytest

from catalog import PAGES
from tests.training.toy import finish, toy_run
from training.numbers import numbers_zip
from training.run import Run


def tables(snapshot):
    with zipfile.ZipFile(io.BytesIO(numbers_zip(snapshot))) as archive:
        return {name.removesuffix(".csv"): pd.read_csv(archive.open(name)) for name in archive.namelist()}


@dataclass(frozen=True)
class Inner:
    depth: np.ndarray


@dataclass(frozen=True)
class Seen:
    name: str
    line: np.ndarray
    plane: np.ndarray
    block: np.ndarray
    layers: list[np.ndarray]
    words: tuple[str, ...]
    inner: Inner
    missing: np.ndarray | None


def test_every_kind_of_array_has_its_table() -> None:
    rng = np.random.default_rng(0)
    plane, block = rng.normal(size=(2, 3)).astype(np.float32), rng.integers(0, 9, (2, 2, 3))
    line = np.array([1.5, np.nan])
    seen = Seen("a, b", line, plane, block, [line, plane], ("x", "y"), Inner(block[0]), None)
    run = toy_run()
    run.take(10)
    found = tables(replace(finish(run).poll(), observation=seen))
    names = {"about", "history", "line", "plane", "block", "layers_0", "layers_1", "words", "inner_depth"}
    assert set(found) == names
    assert np.array_equal(found["line"]["value"], line, equal_nan=True)
    assert np.array_equal(found["plane"].iloc[:, 1:].to_numpy(np.float32), plane)
    assert found["words"]["value"].tolist() == ["x", "y"]
    for row in found["block"].itertuples(index=False):
        assert block[row.axis_0, row.axis_1, row.axis_2] == row.value
    assert len(found["block"]) == block.size
    assert dict(zip(*found["about"].to_numpy().T, strict=True)) == {"step": "10", "epoch": "1.0", "name": "a, b"}
    assert found["history"]["step"].tolist() == [0, 5, 10]


@pytest.mark.parametrize("slug", [page.slug for page in PAGES])
def test_every_array_of_every_page_is_there(slug: str) -> None:
    module = importlib.import_module(f"experiments.{slug}")
    snapshot = Run(module.EXPERIMENT, module.SETTINGS()).poll()
    found = tables(snapshot)
    for field in fields(snapshot.observation):
        value = getattr(snapshot.observation, field.name)
        if isinstance(value, np.ndarray):
            assert found[field.name].size >= value.size
