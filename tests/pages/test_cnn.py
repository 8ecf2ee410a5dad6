"""What only the convolutional page has: its tabs, its own picture, its races."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import open_page
from ui.cnn_inside import TABS
from ui.cnn_map import cell_formula
from ui.cnn_own import IS_USED, PICTURE
from ui.cnn_races import SHIFTED, SIZES, entrants

SMALL = {"cnn_data": "digits", "cnn_num_train": 50, "cnn_width": 2}


def run_of(app: AppTest) -> Any:
    return app.session_state["_runs"]["cnn"][0]


def said(app: AppTest) -> str:
    return "\n".join(one.value for group in (app.markdown, app.info, app.caption, app.latex) for one in group)


@pytest.mark.parametrize("architecture", ["cnn", "inception", "mlp"])
def test_every_tab_opens(architecture: str) -> None:
    app = open_page("cnn", **SMALL, cnn_architecture=architecture)
    for tab in TABS:
        app.session_state["cnn_inside"] = tab
        app.run()
        assert not app.exception, tab
        assert not app.error, tab


def test_the_own_picture_is_looked_at_in_the_other_tabs() -> None:
    own = np.zeros((1, 28, 28), dtype=np.uint8)
    own[0, 8:20, 13:15] = 255
    app = open_page("cnn", **SMALL, **{PICTURE: own, IS_USED: True, "cnn_inside": "Classes"})
    assert not app.exception
    assert "Of your own picture." in said(app)
    frame = next(table.value for table in app.dataframe if "chance" in table.value)
    np.testing.assert_allclose(frame["logit z"], run_of(app).call("logits", picture=own), rtol=1e-4)
    assert frame["chance"].sum() == pytest.approx(1)


def test_another_map_opens_its_tab_and_a_larger_number_is_cut() -> None:
    app = open_page("cnn", **SMALL, cnn_inside="Filters")
    app.session_state["cnn_selected"] = ("conv2", 99)
    app.run()
    assert not app.exception
    assert app.selectbox(key="cnn_map_layer").value == "conv2"
    assert app.number_input(key="cnn_map_number").value == 4


def test_the_cell_is_worked_out_with_the_numbers_of_the_network() -> None:
    app = open_page("cnn", **SMALL)
    parts = run_of(app).call("conv_parts", name="conv1", number=0)
    formula = cell_formula(parts, 3, 4)
    assert f"{parts.sums[3, 4]:.4g}" in formula
    assert r"\max(0, " in formula
    assert "pooled" in formula
    odd = run_of(open_page("cnn", **SMALL, cnn_padding="none", cnn_kernel_size=5)).call(
        "conv_parts", name="conv2", number=0
    )
    assert odd.sums.shape == (8, 8)


def test_a_test_picture_is_looked_at() -> None:
    app = open_page("cnn", **SMALL)
    app.session_state["cnn_picture"] = 7
    app.run()
    assert run_of(app).poll().observation.picture_index == 7
    assert run_of(app).step == 0


def test_races_keep_the_pictures_of_the_page() -> None:
    run = run_of(open_page("cnn", **SMALL, cnn_seed=3))
    for kinds in (SHIFTED, SIZES):
        found = entrants(run, kinds)
        assert [one.label for one in found] == list(kinds)
        assert all((one.settings.data, one.settings.num_train, one.settings.seed) == ("digits", 50, 3) for one in found)
