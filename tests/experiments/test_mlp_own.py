"""What a visitor brought, as files and back."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.dataset import DataError
from data.own_table import read_table
from experiments.mlp import MLPExperiment
from experiments.mlp_own import files_of, material_of
from experiments.mlp_problem import NOTHING, Own
from experiments.mlp_settings import MLPSettings
from tests.training.toy import is_sentence

SEMICOLONS = "Länge;art\n" + "".join(f"{i},5;{'ab'[i % 2]}\n" for i in range(30))
COORDINATES = st.floats(-6, 6)


@given(st.lists(st.tuples(COORDINATES, COORDINATES, st.integers(0, 5)), min_size=1, max_size=40).map(tuple))
def test_points_come_back_exactly(points) -> None:
    assert material_of(files_of({"own": Own(points=points)})) == {"own": Own(points=points)}


def test_nothing_takes_no_room() -> None:
    assert files_of({}) == files_of({"own": NOTHING}) == {}
    assert material_of({}) == {}


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_table_comes_back_as_it_came(encoding: str) -> None:
    content = SEMICOLONS.encode(encoding)
    table = read_table(content)
    own = Own(table=table, table_name="x.csv", target="art", columns=("Länge",), task="classification")
    files = files_of({"own": own})
    assert files["table.csv"] == content
    back = material_of(files)["own"]
    assert (back.table_name, back.target, back.columns, back.task) == ("x.csv", "art", ("Länge",), "classification")
    assert back.table.kinds == table.kinds
    assert back.table.frame.equals(table.frame)
    assert np.isclose(back.table.frame["Länge"].iloc[3], 3.5)


CHOICES = b'{"table_name": "t", "target": "%s", "columns": ["x"], "task": "regression"}'
ROWS = b"x,y\n" + b"".join(b"%d,%d\n" % (i, 2 * i) for i in range(30))
BAD: dict[str, dict[str, bytes]] = {
    "no list": {"points.json": b"{}"},
    "two numbers": {"points.json": b"[[1, 2]]"},
    "negative class": {"points.json": b"[[0, 0, -1]]"},
    "too many": {"points.json": json.dumps([[0, 0, 0]] * 2001).encode()},
    "infinite": {"points.json": b"[[1e999, 0, 0], [0, 0, 1]]"},
    "no such class": {"points.json": b"[[0, 0, 99], [0, 0, 1]]"},
    "no choices": {"table.csv": ROWS},
    "other choices": {"table.csv": ROWS, "choices.json": b"[]"},
    "no table": {"table.csv": b"\0\1", "choices.json": CHOICES % b"y"},
    "no such column": {"table.csv": ROWS, "choices.json": CHOICES % b"<b>"},
}


@pytest.mark.parametrize("files", BAD.values(), ids=BAD)
def test_what_cannot_be_used_is_said_in_a_sentence(files: dict[str, bytes]) -> None:
    problem = "own points" if "points.json" in files else "own table"
    with pytest.raises(DataError) as caught:
        MLPExperiment(MLPSettings(problem=problem), **material_of(files))
    assert is_sentence(str(caught.value))


def test_a_good_table_is_learnt_from() -> None:
    files = {"table.csv": ROWS, "choices.json": CHOICES % b"y"}
    experiment = MLPExperiment(MLPSettings(problem="own table"), **material_of(files))
    assert experiment.problem.input_labels == ("x",)
