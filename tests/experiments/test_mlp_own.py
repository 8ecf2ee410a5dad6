"""What a visitor brought, as files and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.dataset import DataError
from data.own_table import read_table
from experiments.mlp_own import files_of, material_of
from experiments.mlp_problem import NOTHING, Own

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


def test_what_is_too_much_or_something_else_is_refused() -> None:
    for files in ({"points.json": b"[1]"}, {"table.csv": b"a,b\n1,2\n"}, {"points.json": b"[[0, 0, -1]]"}):
        with pytest.raises(DataError, match="damaged"):
            material_of(files)
