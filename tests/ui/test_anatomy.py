"""The table of layers on the page, for every experiment of the catalog."""

import importlib

import pytest
from streamlit.testing.v1 import AppTest

from catalog import PAGES
from training.run import Run
from ui.anatomy import VIEWS, in_bytes

SLUGS = [page.slug for page in PAGES if importlib.util.find_spec(f"experiments.{page.slug}")]


def script(slug: str) -> None:
    import importlib

    import streamlit as st

    from training.run import Run
    from ui.anatomy import anatomy

    experiment = importlib.import_module(f"experiments.{slug}")
    if "run" not in st.session_state:
        st.session_state["run"] = Run(experiment.EXPERIMENT, experiment.SETTINGS())
    anatomy(st.session_state["run"], slug)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_totals_are_right_in_every_view(slug: str) -> None:
    app = AppTest.from_function(script, kwargs={"slug": slug}, default_timeout=60).run()
    run: Run = app.session_state["run"]
    for view in VIEWS:
        app.segmented_control(key=f"{slug}_anatomy").set_value(view).run()
        assert not app.exception
        networks = list(run.experiment.networks().values())
        assert len(app.dataframe) == len(networks)
        for network, table, words in zip(networks, app.dataframe, app.markdown, strict=True):
            total = sum(one.numel() for one in network.module.parameters())
            assert f"**{total:,} parameters**" in words.value
            assert table.value["parameters"].sum() == total


def test_equal_layers_can_be_seen_one_by_one() -> None:
    app = AppTest.from_function(script, kwargs={"slug": "mlp"}, default_timeout=60).run()
    assert not app.toggle, "nothing is repeated in the default network"
    settings = importlib.import_module("experiments.mlp").SETTINGS(hidden_dims=(8,) * 5)
    app.session_state["run"].change(settings)
    app.run()
    assert app.dataframe[0].value["layer"].tolist() == [
        "net.0 Linear", "net.1 Tanh", "net.2 Linear  × 4", "net.3 Tanh  × 4", "net.10 Linear",
    ]  # fmt: skip
    app.toggle(key="mlp_anatomy_long").set_value(True).run()
    assert len(app.dataframe[0].value) == 11


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 bytes"), (999, "999 bytes"), (1000, "1 kB"), (34_816, "34.8 kB"), (2.5e9, "2.5 GB")]
)
def test_sizes_have_units(count: float, text: str) -> None:
    assert in_bytes(count) == text
