"""Look inside, page `convolution`: every tab opens, its knobs work, and bad input costs a sentence."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from data.filters import KERNELS
from training.settings import choices_of
from ui.convolution_inside import TABS
from ui.convolution_kernels import DRAWING, FIRST_DRAWING, PIXELS, UPLOAD, switch_pixel
from ui.convolution_live import CELL, choose_cell
from ui.convolution_races import RACES, entrants

ROUTER = str(Path(__file__).parents[2] / "ui" / "router.py")


def open_tab(tab: str, **state: Any) -> AppTest:
    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    app.query_params["convolution_inside"] = tab
    for name, value in state.items():
        app.session_state[name] = value
    return app.switch_page("../pages/convolution.py").run()


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.latex, *app.info, *app.warning])


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_alone(tab: str) -> None:
    app = open_tab(tab)
    assert not app.exception
    assert not app.error
    assert [part.label for part in app.tabs if part.children and part.label in TABS] == [tab]


@pytest.mark.parametrize("kind", ["convolution", "transposed", "max pooling", "average pooling"])
@pytest.mark.parametrize("axes", ["1-D", "2-D"])
def test_every_operation_is_calculated(kind: str, axes: str) -> None:
    app = open_tab("Sizes and windows", convolution_window_kind=kind, convolution_window_axes=axes)
    assert not app.exception
    assert r"\mathbf{" in words(app)
    app.button(key="convolution_window_step").click().run()
    assert not app.exception
    assert app.session_state["convolution_window_cell"] == 1


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"size": 7, "width": 3}, "A window reaches over 7 cells"),
        ({"padding": "same"}, "PyTorch refuses both together"),
        ({"inputs": 3, "groups": 2}, "cannot be dealt out evenly"),
        ({"kind": "max pooling", "number": 5}, "more than half the window"),
        ({"kind": "transposed", "more": 3}, "Output padding 3 must be smaller"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(state: dict[str, Any], sentence: str) -> None:
    app = open_tab("Sizes and windows", **{f"convolution_window_{name}": value for name, value in state.items()})
    assert not app.exception
    assert sentence in words(app)


def test_the_window_runs_by_itself_to_the_end() -> None:
    app = open_tab("Sizes and windows")
    app.button(key="convolution_window_go").click().run()
    assert app.button(key="convolution_window_go").label == "Hold the window"
    seen = []
    for _ in range(12):
        app.run()
        seen.append(app.session_state["convolution_window_cell"])
    assert seen == sorted(seen)
    assert seen[-1] == 8
    assert app.button(key="convolution_window_go").label == "Run the window"


def test_a_cell_beyond_a_smaller_output_is_brought_back() -> None:
    app = open_tab("Sizes and windows", convolution_window_cell=8, convolution_window_width=3)
    assert not app.exception
    assert app.session_state["convolution_window_cell"] == 2


def test_the_cell_of_a_link_is_the_one_that_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr("ui.convolution_arithmetic.scan_scene", lambda scan, cell, **more: drawn.append(cell) or b"")
    monkeypatch.setattr("ui.convolution_arithmetic.live_canvas", lambda scene, **more: None)
    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    app.query_params["convolution_window_cell"] = "4"
    app.switch_page("../pages/convolution.py").run()
    assert not app.exception
    assert drawn[-1] == 4


def test_a_single_cell_needs_no_slider() -> None:
    app = open_tab("Sizes and windows", convolution_window_width=3, convolution_window_height=3)
    assert not app.exception
    assert app.button(key="convolution_window_step").disabled


@pytest.mark.parametrize("kernel", [*KERNELS, "your own", "found by the network"])
def test_every_kernel_is_applied(kernel: str) -> None:
    app = open_tab("Kernels on a picture", convolution_picture_kernel=kernel)
    assert not app.exception
    assert "partial map" in words(app)


@pytest.mark.parametrize("text", ["1 2", "<b>", "0", "1e9 0 0 / 0 0 0 / 0 0 0"])
def test_a_kernel_that_is_none_costs_a_sentence(text: str) -> None:
    app = open_tab("Kernels on a picture", convolution_picture_kernel="your own", convolution_picture_own=text)
    assert not app.exception
    assert app.warning


def test_a_kernel_can_be_given_to_the_network() -> None:
    own = "1"
    app = open_tab("Kernels on a picture", convolution_picture_kernel="your own", convolution_picture_own=own)
    app.button(key="convolution_picture_find").click().run()
    assert not app.exception
    settings = app.session_state["_runs"]["convolution"][0].settings
    assert (settings.filter, settings.own_kernel, settings.kernel_size) == ("your own", own, 1)


def test_a_filter_that_cannot_be_read_is_said_and_the_run_stays() -> None:
    app = open_tab("Layers", convolution_filter="your own")
    run = app.session_state["_runs"]["convolution"][0]
    app.text_input(key="convolution_own_kernel").set_value("1 2 <script>").run()
    assert not app.exception
    assert "A kernel has" in words(app) or "Every row" in words(app)
    assert app.session_state["_runs"]["convolution"][0] is run


def test_a_kernel_is_made_larger_and_smaller_around_its_middle() -> None:
    app = open_tab("Kernels on a picture", convolution_picture_kernel="your own", convolution_picture_own="7")
    app.button(key="convolution_picture_size_3").click().run()
    assert app.session_state["convolution_picture_own"] == "0 0 0 / 0 7 0 / 0 0 0"
    app.button(key="convolution_picture_size_5").click().run()
    assert app.session_state["convolution_picture_own"].count("/") == 4
    app.button(key="convolution_picture_size_3").click().run()
    assert app.session_state["convolution_picture_own"] == "0 0 0 / 0 7 0 / 0 0 0"


def test_a_drawing_is_cleared_and_clicked() -> None:
    app = open_tab("Kernels on a picture", convolution_picture_name=DRAWING)
    assert not app.exception
    app.button(key="convolution_picture_clear").click().run()
    assert app.session_state[PIXELS] == frozenset()


def test_a_click_switches_a_pixel(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr("ui.convolution_kernels.st.session_state", state)
    event = {"kind": "plane", "id": "drawing", "x": 0.0, "y": 1.0}
    switch_pixel(event)
    assert state[PIXELS] == FIRST_DRAWING | {(0, 0)}
    switch_pixel(event)
    assert state[PIXELS] == FIRST_DRAWING


def test_a_click_chooses_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr("ui.convolution_live.st.session_state", state)
    choose_cell({"kind": "plane", "id": "output", "x": 0.25, "y": 0.75})
    assert state[CELL] == (0.25, 0.25)


def test_a_picture_of_one_s_own_is_filtered_and_a_broken_one_costs_a_sentence() -> None:
    app = open_tab("Kernels on a picture", convolution_picture_name=UPLOAD)
    assert "Choose a picture file" in words(app)
    pixels = np.random.default_rng(0).integers(0, 255, (400, 300, 3), dtype=np.uint8)
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    app.file_uploader(key="convolution_picture_file").set_value(("a.png", content.getvalue(), "image/png")).run()
    assert not app.exception
    assert "partial map" in words(app)
    app.file_uploader(key="convolution_picture_file").set_value(("b.png", b"no picture", "image/png")).run()
    assert not app.exception
    assert app.warning
    assert "partial map" in words(app)  # the one before stays


def test_a_picture_too_small_to_be_shifted_is_said() -> None:
    app = open_tab("Shift the picture", convolution_picture_name=UPLOAD)
    app.session_state["_convolution_upload"] = ("x", np.zeros((4, 4, 3), dtype=np.float32))
    app.run()
    assert not app.exception
    assert "too small" in words(app)


@pytest.mark.parametrize("name", RACES)
def test_a_race_has_the_settings_of_the_run_but_for_one(name: str) -> None:
    app = open_tab("Side by side", convolution_race=name, convolution_filter="emboss")
    assert not app.exception
    run = app.session_state["_runs"]["convolution"][0]
    found = [one.settings for one in entrants(run, name)]
    assert {getattr(one, name) for one in found} == set(choices_of(type(run.settings).model_fields[name]))
    assert all(one.changed(**{name: getattr(run.settings, name)}) == run.settings for one in found)


def test_a_field_too_large_to_draw_is_said() -> None:
    state = {f"convolution_field_stride_{number}": 4 for number in range(1, 7)}
    app = open_tab("Receptive field", convolution_field_count=6, **state)
    assert not app.exception
    assert "more than is drawn here" in words(app)


def test_the_field_is_written_out_with_its_numbers() -> None:
    app = open_tab("Receptive field")
    assert r"1 + 1 \cdot 2 \cdot 1 + 1 \cdot 2 \cdot 1 + 1 \cdot 1 \cdot 1 + 1 \cdot 2 \cdot 2 = \mathbf{10}" in words(
        app
    )
