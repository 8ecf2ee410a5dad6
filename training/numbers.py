"""The numbers behind the live picture as tables: everything an observation holds, and the history."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd

from training.run_file import history_csv, packed
from training.snapshot import Snapshot


def numbers_zip(snapshot: Snapshot) -> bytes:
    """A `.zip` of tables.

    `history.csv` has a row for each recorded step. Each array of the observation has a file of its own name, with a
    row for its first axis and a column for its second; an array with more axes has a row for each number, after its
    place on each axis. `about.csv` holds single numbers and words.
    """
    tables = dict(tables_of(snapshot.observation))
    single = {"step": snapshot.step, "epoch": snapshot.epoch, **tables.pop("about")}
    about = pd.DataFrame({"name": list(single), "value": [str(value) for value in single.values()]})
    files = {name: frame.to_csv(index=frame.index.name is not None, na_rep="nan") for name, frame in tables.items()}
    files |= {"about": about.to_csv(index=False), "history": history_csv(snapshot.history)}
    return packed({f"{name}.csv": text.encode() for name, text in sorted(files.items())})


def tables_of(observation: Any) -> Iterator[tuple[str, Any]]:
    """Names and tables of everything in a dataclass; last `about`, a dict of all that is single."""
    single: dict[str, Any] = {}
    for name, value in _parts("", observation):
        if isinstance(value, np.ndarray) and value.ndim:
            yield name, _table(value)
        else:
            single[name] = value
    yield "about", single


def _parts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """What a nest of dataclasses, lists and dicts holds, each under a name made of those on the way."""
    if is_dataclass(value):
        for field in fields(value):
            yield from _parts(_joined(name, field.name), getattr(value, field.name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _parts(_joined(name, key), item)
    elif isinstance(value, list | tuple) and all(isinstance(item, int | float | str) for item in value):
        yield name, np.array(value)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _parts(_joined(name, index), item)
    elif value is not None:
        yield name, value


def _joined(name: str, key: object) -> str:
    return f"{name}_{key}" if name else str(key)


def _table(array: np.ndarray) -> pd.DataFrame:
    if array.ndim <= 2:
        frame = pd.DataFrame(array, columns=["value"] if array.ndim == 1 else None)
        frame.index.name = "row"
        return frame
    places = np.indices(array.shape).reshape(array.ndim, -1)
    return pd.DataFrame({f"axis_{axis}": place for axis, place in enumerate(places)} | {"value": array.ravel()})
