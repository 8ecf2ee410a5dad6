"""Rooms on every page of the catalog, without a browser: open, follow, make one's own, close, mistype."""

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import ROUTER, SLUGS
from tests.protocol import ROOM_BYTES
from training.run import Run
from ui import rooms
from ui.room_message import unpack
from ui.room_store import CLOSED, ROOMS, UNKNOWN, Room

BAD = "ABCD-EFGH-JKMN"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No waiting for guesses, and no room left open."""
    monkeypatch.setattr(rooms, "GUESS_SECONDS", 0.0)
    yield
    for room in list(ROOMS._rooms.values()):
        ROOMS.close(room)


def open_page(slug: str, query: str = "", **state: Any) -> AppTest:
    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    for name, value in state.items():
        app.session_state[name] = value
    app.switch_page(f"../pages/{slug}.py")
    if query:
        app.query_params["room"] = query
    return app.run()


def lecture(slug: str, **state: Any) -> tuple[AppTest, Room]:
    """A page on which a room has been opened, ten steps on."""
    app = open_page(slug, **state)
    app.button(key=f"{slug}_room_open").click().run()
    app.button(key=f"{slug}_step_10").click().run()
    assert run_of(app, slug).wait(10)
    app.run()
    assert not app.exception
    return app, app.session_state["_room"]


def run_of(app: AppTest, slug: str) -> Run:
    run: Run = app.session_state["_runs"][slug][0]
    return run


def keys(app: AppTest) -> set[str]:
    kinds = ("button", "slider", "selectbox", "toggle", "text_input", "number_input", "pills", "radio")
    return {str(widget.key) for kind in kinds for widget in app.get(kind)}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_code_that_leads_nowhere_is_said_once_and_the_page_is_there(slug: str) -> None:
    app = open_page(slug, BAD)
    assert not app.exception
    assert [warning.value for warning in app.warning] == [UNKNOWN]
    assert f"{slug}_go" in keys(app)
    assert "room" not in app.query_params
    app.button(key=f"{slug}_room_heard").click().run()
    assert not app.warning


@pytest.mark.parametrize("slug", SLUGS)
def test_a_room_shows_what_the_page_drew(slug: str) -> None:
    app, room = lecture(slug)
    message = room.add(lambda: None).news()
    assert message is not None
    words, is_playing, pictures = unpack(message)
    assert words.startswith("step 10 ")
    assert words.endswith("paused")
    assert not is_playing
    canvases = [element.proto.bytes[ROOM_BYTES:] for element in app.get("bidi_component")]
    assert pictures
    assert all(picture.scene in canvases for picture in pictures)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_room_is_followed_without_knobs_and_made_ones_own(slug: str) -> None:
    lecturer, room = lecture(slug)
    viewer = open_page(slug, room.code)
    assert not viewer.exception
    assert keys(viewer) == {f"{slug}_room_fork", f"{slug}_room_leave"}
    assert "_runs" not in viewer.session_state

    viewer.button(key=f"{slug}_room_fork").click().run()
    assert not viewer.exception
    assert not viewer.info
    assert "room" not in viewer.query_params
    mine, theirs = run_of(viewer, slug), run_of(lecturer, slug)
    assert mine is not theirs
    assert (mine.step, mine.settings) == (theirs.step, theirs.settings) == (10, mine.settings)
    ours, past = mine.poll().history, theirs.poll().history
    assert (ours.steps.tolist(), ours.last("loss")) == (past.steps.tolist(), past.last("loss"))
    viewer.button(key=f"{slug}_step_10").click().run()
    assert mine.wait(10)
    assert (mine.step, theirs.step) == (20, 10)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_room_that_closes_is_left_with_a_sentence(slug: str) -> None:
    lecturer, room = lecture(slug)
    viewer = open_page(slug, room.code)
    lecturer.button(key=f"{slug}_room_close").click().run()
    assert f"{slug}_room_open" in keys(lecturer)
    viewer.button(key=f"{slug}_room_fork").click().run()
    assert [warning.value for warning in viewer.warning] == [CLOSED]
    assert f"{slug}_go" in keys(viewer)
    assert run_of(viewer, slug).step == 0


def test_leaving_leads_to_the_page() -> None:
    _, room = lecture("mlp")
    viewer = open_page("mlp", room.code)
    viewer.button(key="mlp_room_leave").click().run()
    assert not viewer.warning
    assert "mlp_go" in keys(viewer)


def test_a_lecturer_has_one_room_and_does_not_follow_it() -> None:
    lecturer, room = lecture("mlp")
    assert len(ROOMS._rooms) == 1
    lecturer.query_params["room"] = room.code
    lecturer.run()
    assert "mlp_go" in keys(lecturer)
    assert not lecturer.warning


def test_settings_go_along_and_material_of_ones_own_too() -> None:
    points = [(float(index % 5), float(index % 3), index % 2) for index in range(20)]
    state = {"mlp_problem": "own points", "_mlp_points": points, "mlp_hidden_dims": "5", "mlp_learning_rate": 0.1}
    lecturer, room = lecture("mlp", **state)
    viewer = open_page("mlp", room.code)
    viewer.button(key="mlp_room_fork").click().run()
    assert not viewer.exception
    mine = run_of(viewer, "mlp")
    assert mine.step == 10
    assert mine.settings == run_of(lecturer, "mlp").settings
    assert mine.settings.hidden_dims == (5,)
    assert viewer.session_state["_mlp_points"] == points
    viewer.session_state["_mlp_points"].append((9.0, 9.0, 0))
    assert len(lecturer.session_state["_mlp_points"]) == 20


def test_a_table_of_ones_own_goes_along() -> None:
    rows = "\n".join(f"{index},{index * index % 7},{'ab'[index % 2]}" for index in range(40))
    lecturer = open_page("mlp", mlp_problem="own table", mlp_paste=f"width,height,kind\n{rows}")
    lecturer.multiselect(key="mlp_columns").set_value(["height"]).run()
    lecturer.button(key="mlp_room_open").click().run()
    lecturer.button(key="mlp_step_10").click().run()
    assert run_of(lecturer, "mlp").wait(10)
    viewer = open_page("mlp", lecturer.session_state["_room"].code)
    viewer.button(key="mlp_room_fork").click().run()
    assert not viewer.exception
    assert not viewer.info
    assert run_of(viewer, "mlp").step == 10
    assert viewer.multiselect(key="mlp_columns").value == ["height"]


def test_a_code_typed_on_the_start_page_leads_to_the_page_of_its_room() -> None:
    _, room = lecture("mlp")
    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    app.text_input(key="home_room_code").input(BAD)
    app.button[0].click().run()
    assert [warning.value for warning in app.warning] == [UNKNOWN]
    app.text_input(key="home_room_code").input(room.code.lower().replace("-", " "))
    app.button[0].click().run()
    assert not app.exception
    assert keys(app) == {"mlp_room_fork", "mlp_room_leave"}


def test_a_server_that_is_full_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.room_store.MAX_ROOMS", 0)
    app = open_page("mlp")
    app.button(key="mlp_room_open").click().run()
    assert len(app.warning) == 1
    assert "rooms of this server are open" in app.warning[0].value
