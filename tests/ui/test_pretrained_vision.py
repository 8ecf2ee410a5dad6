"""The tabs "A picture" and "torchvision's shelf", each on its own, with and without the weights."""

import pytest
from streamlit.testing.v1 import AppTest

from data.extras import INSTALL
from experiments.pretrained_picture import answer, examples
from tests.data.own_pictures import picture, saved
from ui.own_images import KEPT_SIDE, _read
from ui.pretrained_picture import LABEL, MAP, VIEWS, _choose


def picture_script() -> None:
    from ui.pretrained_picture import picture_tab

    picture_tab(None, None)


def shelf_script() -> None:
    from ui.pretrained_torchvision import shelf_tab

    shelf_tab(None, None)


def opened(script: object) -> AppTest:
    return fine(AppTest.from_function(script, default_timeout=120).run())


def fine(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error
    return app


def said(app: AppTest) -> str:
    return "\n".join(one.value for one in (*app.markdown, *app.caption, *app.info))


@pytest.fixture(scope="module")
def app() -> AppTest:
    return opened(picture_script)


@pytest.mark.parametrize("name", list(examples()))
def test_every_example_is_named(app: AppTest, name: str) -> None:
    fine(app.selectbox(key="pretrained_vision_example").set_value(name).run())
    found = answer(examples()[name].pixels)
    assert f"The network says **{found.names[0]}**" in said(app).replace("\\", "")
    assert ("none of the 1,000 names says so" in said(app)) != examples()[name].has_name


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens(app: AppTest, view: str) -> None:
    fine(app.segmented_control(key="pretrained_vision_view").set_value(view).run())


@pytest.mark.parametrize("part", ["stem", "block 1", "block 16", "head"])
def test_maps_of_every_part_open_whatever_was_chosen_before(app: AppTest, part: str) -> None:
    app.segmented_control(key="pretrained_vision_view").set_value(VIEWS[0]).run()
    app.session_state[MAP] = 39
    fine(app.select_slider(key="pretrained_vision_part").set_value(part).run())
    assert f"After {part}:" in said(app)


def test_a_name_that_was_clicked_is_asked_about_as_long_as_it_is_among_the_five(app: AppTest) -> None:
    app.segmented_control(key="pretrained_vision_view").set_value(VIEWS[1]).run()
    app.selectbox(key="pretrained_vision_example").set_value("a temple").run()
    names, labels = answer(examples()["a temple"].pixels).names, answer(examples()["a temple"].pixels).labels
    app.session_state[LABEL] = labels[2]
    fine(app.run())
    assert f"Grad-CAM for **{names[2]}**" in said(app)
    fine(app.selectbox(key="pretrained_vision_example").set_value("a drawing of a star").run())
    assert "Grad-CAM for **folding chair**" in said(app)


def test_a_click_that_means_nothing_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, int] = {}
    monkeypatch.setattr("streamlit.session_state", state)
    for event in ({}, {"id": "label:"}, {"id": "label:x"}, {"id": "map"}):
        _choose(event)
    assert state == {}
    _choose({"id": "label:7"})
    _choose({"id": "map:3"})
    assert state == {LABEL: 7, MAP: 3}


def test_what_it_is_and_what_it_cannot_do_is_said_with_its_own_numbers(app: AppTest) -> None:
    words = said(app)
    star = answer(examples()["a drawing of a star"].pixels)
    assert f"**folding chair** with {star.chances[0]:.1%}" in words
    for fact in ("Apache-2.0", "ImageNet", "18.8 MB in memory", "75.1 %", "There is no name for a person"):
        assert fact in words


def test_a_picture_of_ones_own_is_looked_at() -> None:
    app = opened(picture_script)
    fine(app.segmented_control(key="pretrained_vision_from").set_value("Your own").run())
    assert "Draw, upload or photograph something" in said(app)
    app.session_state["_pretrained_vision_strokes"] = [((0.1, 0.1), (0.9, 0.9))]
    fine(app.segmented_control(key="pretrained_vision_box_way").set_value("Drawing").run())
    assert "The middle square of your picture" in said(app)
    app.session_state["_pretrained_vision_strokes"].clear()
    fine(app.run())
    assert "Draw, upload or photograph something" in said(app)


def test_a_large_picture_is_kept_as_sharp_as_the_network_wants_it() -> None:
    class Upload:
        name, size = "wide.png", 1000

        @staticmethod
        def getvalue() -> bytes:
            return saved(picture(900, 600))

    assert max(_read(Upload(), 448).pixels.shape) == 448
    assert max(_read(Upload()).pixels.shape) == KEPT_SIDE


def test_without_the_weights_the_tab_says_how_to_get_them(without_extras: None) -> None:
    app = opened(picture_script)
    assert "Not installed here: **EfficientNet-Lite0**" in said(app)
    assert app.code[0].value == INSTALL
    assert not app.selectbox


# ---- torchvision's shelf ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shelf() -> AppTest:
    return opened(shelf_script)


@pytest.mark.parametrize(
    ("task", "words", "name"),
    [("classification", "", "resnet50"), ("classification", "vgg 11", "vgg11"),
     ("quantised", "resnet18", "quantized_resnet18"),
     ("detection", "ssd300", "ssd300_vgg16"), ("segmentation", "lraspp", "lraspp_mobilenet_v3_large"),
     ("video", "mc3", "mc3_18"), ("optical flow", "small", "raft_small"), ("all", "squeezenet1_1", "squeezenet1_1")],
)  # fmt: skip
def test_a_network_of_every_task_is_shown(shelf: AppTest, task: str, words: str, name: str) -> None:
    shelf.selectbox(key="pretrained_torchvision_task").set_value(task)
    shelf.text_input(key="pretrained_torchvision_words").set_value(words)
    fine(shelf.run())
    assert shelf.selectbox(key="pretrained_torchvision_name").value == name
    table = shelf.dataframe[-1].value
    total = sum(table["parameters"].dropna())
    assert f"**{name}**, **{total:,.0f} parameters**" in said(shelf)
    assert "weights_only=False" in said(shelf)
    assert f"network = {name.removeprefix('quantized_')}(weights=" in shelf.code[0].value
    slider = shelf.select_slider(key=f"pretrained_torchvision_depth_{name}")
    for level in slider.options[:1] + slider.options[-1:]:
        fine(shelf.select_slider(key=f"pretrained_torchvision_depth_{name}").set_value(int(level.split(":")[0])).run())
        assert len(shelf.dataframe[-1].value) == int(level.split(": ")[1].removesuffix(" lines"))
        assert shelf.dataframe[-1].value["parameters"].sum() == total


def test_words_that_fit_nothing_get_one_sentence_and_are_kept(shelf: AppTest) -> None:
    fine(shelf.text_input(key="pretrained_torchvision_words").set_value("<b>gpt").run())
    assert "No name on the shelf holds these words" in said(shelf)
    assert not shelf.dataframe
    fine(shelf.text_input(key="pretrained_torchvision_words").set_value("").run())
    assert shelf.dataframe


def test_the_shelf_needs_no_weights(without_extras: None) -> None:
    assert "builders of 121 networks" in said(opened(shelf_script))


def test_other_weights_of_the_same_network_have_their_own_numbers(shelf: AppTest) -> None:
    shelf.selectbox(key="pretrained_torchvision_task").set_value("classification")
    shelf.text_input(key="pretrained_torchvision_words").set_value("")
    shelf.run()
    shelf.selectbox(key="pretrained_torchvision_name").set_value("resnet50").run()
    assert "acc@1 **80.86**" in said(shelf).replace("\\", "")
    fine(shelf.selectbox(key="pretrained_torchvision_weights_resnet50").set_value("IMAGENET1K_V1").run())
    assert "acc@1 **76.13**" in said(shelf).replace("\\", "")
