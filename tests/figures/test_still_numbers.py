"""The table behind a still picture."""

import io

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from figures.scores import confusion_matrix, loss_curves
from figures.still import Still, label
from figures.still_numbers import numbers_csv


def table(*traces: go.Scatter) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(numbers_csv(Still(go.Figure(list(traces)), "a picture"))))


def test_points_and_their_words() -> None:
    found = table(
        go.Scatter(x=[1, 2], y=[0.1, np.nan], name=label("a & <b>"), customdata=[label("<i>"), "c<br>d"]),
        go.Bar(x=["u"], y=[3]),
    )
    assert found["trace"].tolist() == ["a & <b>"] * 2 + ["bar 2"]
    assert found["x"].tolist() == ["1", "2", "u"]
    assert found["y"].tolist()[::2] == [0.1, 3.0]
    assert found["customdata"].tolist()[:2] == ["<i>", "c, d"]


def test_a_field_cell_by_cell() -> None:
    z = np.arange(6.0).reshape(2, 3)
    pairs = np.array([[["r", "c"]] * 3] * 2)
    found = table(go.Heatmap(z=z, x=[10, 20, 30], y=["low", "high"], customdata=pairs))
    assert found["z"].tolist() == list(range(6))
    assert found["x"].tolist() == [10, 20, 30] * 2
    assert found["y"].tolist() == ["low"] * 3 + ["high"] * 3
    assert found["customdata_2"].tolist() == ["c"] * 6


def test_a_surface_and_a_field_without_places() -> None:
    z = np.arange(4.0).reshape(2, 2)
    found = table(go.Surface(z=z, x=z + 1, y=z + 2), go.Heatmap(z=z))
    assert found["x"].tolist() == [1, 2, 3, 4, 0, 1, 0, 1]
    assert found["y"].tolist() == [2, 3, 4, 5, 0, 0, 1, 1]


def test_real_pictures_keep_their_numbers() -> None:
    counts = np.array([[5, 1], [2, 7]])
    still = confusion_matrix(counts, ("a", "b"), "light")
    found = pd.read_csv(io.StringIO(numbers_csv(still)))
    assert found["text"].tolist() == [5, 1, 2, 7]
    steps, loss = np.arange(3), np.array([0.1, 1 / 3, 2e-9])
    found = pd.read_csv(
        io.StringIO(numbers_csv(loss_curves(steps, loss, loss, "loss", "dark", is_log=True, levels=[])))
    )
    assert found["y"].tolist()[:3] == loss.tolist()
