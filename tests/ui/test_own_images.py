"""A visitor's own pictures on a page: what they bring is kept, used when they say so, and can be taken away again."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from data.own_images import read_folder_zip
from tests.data.own_pictures import folder, noise, picture, saved, zipped
from ui import own_images
from ui.own_images import MAX_CLASSES, MAX_PICTURES, Album, material

GOOD = zipped(folder("cats", "<b>dogs</b>"))


def script() -> None:
    import streamlit as st

    from ui.own_images import own_images, picture_box

    images, key = own_images("toy")
    st.session_state["seen"] = images, key
    st.session_state["box"] = picture_box("other", 28, True)


def opened(**state: Any) -> AppTest:
    app = AppTest.from_function(script, default_timeout=30)
    for name, value in state.items():
        app.session_state[name] = value
    return fine(app.run())


def fine(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    return fine(app.button(key=key).click().run())


def choose(app: AppTest, key: str, value: Any) -> AppTest:
    control = next(group for group in app.get("button_group") if group.key == key)
    return fine(control.set_value(value).run())


def album(app: AppTest) -> Album:
    return app.session_state["_toy_album"]


def made(app: AppTest) -> AppTest:
    """Two classes of three pictures each."""
    for place, held in enumerate(album(app).pictures):
        held += [np.full((9, 9, 3), 100 * place + 50, dtype=np.uint8)] * 3
    return fine(app.run())


def test_nothing_is_used_before_it_is_asked_for() -> None:
    app = opened()
    assert app.session_state["seen"] == (None, ("toy", 0))
    assert app.session_state["box"] is None
    assert app.button(key="toy_own_zip_use").disabled


def test_a_zip_is_read_when_the_button_is_pressed() -> None:
    app = opened()
    app.file_uploader(key="toy_own_zip").set_value(("a.zip", GOOD, "application/zip")).run()
    assert app.session_state["seen"][0] is None
    press(app, "toy_own_zip_use")
    images, key = app.session_state["seen"]
    assert images.x.shape == (8, 3, 64, 64)
    assert key == ("toy", 1)
    assert any("\\<b\\>dogs" in caption.value for caption in app.caption)


def test_the_size_is_the_one_that_was_chosen() -> None:
    app = opened()
    app.selectbox(key="toy_own_size").select("28 px, grey").run()
    app.file_uploader(key="toy_own_zip").set_value(("a.zip", GOOD, "application/zip")).run()
    press(app, "toy_own_zip_use")
    assert app.session_state["seen"][0].x.shape == (8, 1, 28, 28)


def test_a_bad_zip_is_refused_and_what_was_used_stays() -> None:
    app = opened()
    app.file_uploader(key="toy_own_zip").set_value(("a.zip", GOOD, "application/zip")).run()
    press(app, "toy_own_zip_use")
    before = app.session_state["seen"]
    app.file_uploader(key="toy_own_zip").set_value(("a.zip", b"no", "application/zip")).run()
    press(app, "toy_own_zip_use")
    assert "not a \\.zip" in app.error[0].value
    assert app.session_state["seen"] == before


def test_classes_are_made_from_uploads() -> None:
    app = choose(opened(), "toy_own_from", "Made here")
    files = [("a.png", saved(noise(20)), "image/png"), ("b.png", b"broken", "image/png")]
    app.file_uploader(key="toy_own_upload_0").set_value(files).run()
    assert [len(held) for held in album(app).pictures] == [1, 0]
    assert "b\\.png" in app.error[0].value
    assert app.file_uploader(key="toy_own_upload_1").value == []  # empty again, so that nothing is taken twice
    choose(app, "toy_own_class", 1)
    app.file_uploader(key="toy_own_upload_1").set_value(files[:1]).run()
    assert [len(held) for held in album(app).pictures] == [1, 1]
    press(app, "toy_own_use")
    assert "too few" in app.error[0].value


def test_classes_are_used_when_the_button_is_pressed() -> None:
    app = made(choose(opened(), "toy_own_from", "Made here"))
    app.text_input(key="toy_own_name_0").set_value("yes").run()
    press(app, "toy_own_use")
    images = app.session_state["seen"][0]
    assert images.class_names == ("yes", "second")
    assert len(images.y) == 6


def test_classes_come_and_go_within_bounds() -> None:
    app = choose(opened(), "toy_own_from", "Made here")
    assert app.button(key="toy_own_drop").disabled
    for _ in range(MAX_CLASSES - 2):
        press(app, "toy_own_add")
    assert app.button(key="toy_own_add").disabled
    assert len(set(album(app).names)) == MAX_CLASSES
    choose(app, "toy_own_class", 4)
    press(app, "toy_own_drop")
    assert len(album(app).names) == MAX_CLASSES - 1


def test_two_classes_of_one_name_are_told_apart() -> None:
    app = made(choose(opened(), "toy_own_from", "Made here"))
    app.text_input(key="toy_own_name_0").set_value("second").run()
    press(app, "toy_own_use")
    assert app.session_state["seen"][0].class_names == ("second", "second 2")


def test_a_drawing_is_added_and_the_pad_is_empty_again() -> None:
    strokes = [((0.1, 0.1), (0.9, 0.9))]
    app = opened(_toy_own_strokes=strokes)
    choose(choose(app, "toy_own_from", "Made here"), "toy_own_way", "Drawing")
    press(app, "toy_own_keep")
    assert album(app).pictures[0][0].max() == 255
    assert app.session_state["_toy_own_strokes"] == []
    assert app.button(key="toy_own_keep").disabled


def test_a_picture_of_the_list_is_taken_away() -> None:
    made_of = Album(pictures=[[np.zeros((4, 4, 3)), np.ones((4, 4, 3))], []])
    for name in ("remove:9", "remove:-1", "else"):
        own_images._remove(made_of, 0, {"kind": "hot", "id": name})
        assert len(made_of.pictures[0]) == 2
    own_images._remove(made_of, 0, {"kind": "hot", "id": "remove:0"})
    assert made_of.pictures[0][0].max() == 1


def test_a_class_holds_a_bounded_number() -> None:
    full = Album(pictures=[[np.zeros((4, 4, 3))] * MAX_PICTURES, []])
    with pytest.raises(own_images.DataError, match="at most"):
        own_images._keep(full, 0, np.zeros((4, 4, 3)))


def test_a_stroke_that_is_none_is_passed_over() -> None:
    strokes: list[Any] = []
    for event in ({"kind": "pad", "stroke": "no"}, {"kind": "pad"}, {"kind": "hot", "id": "x"}):
        own_images._add_stroke(strokes, event)
    assert strokes == []
    own_images._add_stroke(strokes, {"kind": "pad", "stroke": [[0.5, 0.5]]})
    assert strokes == [((0.5, 0.5),)]


def test_they_travel_with_a_run_file() -> None:
    own = read_folder_zip(GOOD, size=16)
    packed = material("toy").pack({"own": own})
    app = opened()

    def script_with_put() -> None:
        import streamlit as st

        from ui.own_images import material, own_images

        material("toy").put(st.session_state["brought"])
        st.session_state["seen"] = own_images("toy")

    app = AppTest.from_function(script_with_put, default_timeout=30)
    app.session_state["brought"] = material("toy").unpack(packed)
    fine(app.run())
    assert app.session_state["seen"][0].class_names == own.class_names
    assert material("toy").unpack({}) == {}


# ---- a single picture ----------------------------------------------------------------------------------------------


def test_a_single_picture_is_cut_to_size_and_can_be_swapped() -> None:
    app = opened()
    app.file_uploader(key="other_upload_0").set_value(("a.png", saved(picture(colour=(0, 0, 0))), "image/png")).run()
    shown = app.session_state["box"]
    assert shown.shape == (1, 28, 28)
    assert shown.dtype == np.uint8
    fine(app.toggle(key="other_box_swap").set_value(True).run())
    assert np.array_equal(app.session_state["box"], 255 - shown)
    fine(app.file_uploader(key="other_upload_0").clear().run())
    assert app.session_state["box"] is None


def test_a_single_picture_that_is_none_is_refused() -> None:
    app = opened()
    app.file_uploader(key="other_upload_0").set_value(("a.png", b"no", "image/png")).run()
    assert "a\\.png" in app.error[0].value
    assert app.session_state["box"] is None


def test_a_drawing_is_a_picture() -> None:
    app = choose(opened(_other_strokes=[((0.1, 0.1), (0.2, 0.2))]), "other_box_way", "Drawing")
    assert app.session_state["box"].max() == 255
    press(app, "other_pad_clear")
    assert app.session_state["box"] is None
