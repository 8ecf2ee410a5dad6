"""Lecturer and viewers in real browsers: the same picture, a run of one's own, an end that is said."""

import re
from typing import Final

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.conftest import PATIENCE, NewPage, StartApp
from tests.e2e.test_mlp import APP, open_page, step, wait_for
from ui.room_store import CLOSED

pytestmark = pytest.mark.e2e
expect.set_options(timeout=PATIENCE * 1000)  # three pages at a time take long where other programs run

CODE: Final = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b")


def open_room(page: Page, address: str) -> str:
    """Opens a room on a page and returns its code."""
    open_page(page, address)
    page.get_by_role("button", name="Room", exact=True).click()
    page.get_by_role("button", name="Open a room").click()
    heading = page.get_by_role("heading", name=CODE)
    expect(heading).to_be_visible()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    code = heading.inner_text().strip()
    expect(page.get_by_text(f"/mlp?room={code}")).to_be_visible()
    page.keyboard.press("Escape")
    return code


def picture(page: Page) -> str:
    """What the canvas shows, as a picture file in words."""
    data: str = page.locator("canvas[data-frame]").first.evaluate("canvas => canvas.toDataURL()")
    return data


def test_a_lecture(new_page: NewPage, start_app: StartApp, page_errors: list[str]) -> None:
    address = start_app(APP)
    lecturer, one, other = (new_page() for _ in range(3))
    code = open_room(lecturer, address)
    one.goto(address)
    one.get_by_label("Code of a room").fill(code.lower())
    one.get_by_role("button", name="Follow").click()
    other.goto(f"{address}/mlp?room={code}")
    for viewer in (one, other):
        expect(viewer.get_by_text("Following room")).to_be_visible()
        expect(viewer.locator("canvas")).to_have_count(1)
        expect(viewer.get_by_role("slider")).to_have_count(0)
        expect(viewer.get_by_role("button", name=re.compile("Play|neuron"))).to_have_count(0)

    lecturer.get_by_role("button", name=re.compile("^Play")).first.click()
    assert wait_for(lambda: min(step(one), step(other)) > 50, PATIENCE)
    expect(lecturer.get_by_text(re.compile("2 following")).first).to_be_visible()
    lecturer.get_by_role("button", name="Pause").click()
    expect(one.get_by_text("paused")).to_be_visible()
    assert wait_for(lambda: step(lecturer) == step(one) == step(other), PATIENCE)
    assert picture(one) == picture(other)

    here = step(lecturer)
    other.get_by_role("button", name="Make it my own").click()
    expect(other.get_by_role("button", name="+10", exact=True)).to_be_visible()
    assert "room=" not in other.url
    other.get_by_role("button", name="+10", exact=True).click()
    assert wait_for(lambda: step(other) == here + 10, PATIENCE)
    assert step(lecturer) == step(one) == here

    lecturer.get_by_role("button", name="Room", exact=True).click()
    lecturer.get_by_role("button", name="Close the room").click()
    expect(one.get_by_text(CLOSED)).to_be_visible()
    assert step(one) == here, "the last picture stays"
    one.get_by_role("button", name="Make it my own").click()
    expect(one.get_by_role("button", name="+10", exact=True)).to_be_visible()
    expect(one.get_by_test_id("stAlertContentWarning").get_by_text(CLOSED)).to_be_visible()
    assert "room=" not in one.url
    assert page_errors == []


def test_a_lost_connection_is_taken_up_again_and_a_lecturer_who_leaves_is_missed(
    new_page: NewPage, start_app: StartApp
) -> None:
    address = start_app(APP, base="lab/atlas")
    lecturer, viewer = new_page(), new_page()
    code = open_room(lecturer, address)
    sockets: list[WebSocketRoute] = []

    def pass_on(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    viewer.route_web_socket(re.compile("_live/room/"), pass_on)
    viewer.goto(f"{address}/mlp?room={code}")
    expect(viewer.get_by_text("step 0")).to_be_visible()
    sockets[0].close(code=1012, reason="")
    expect(viewer.get_by_text("The connection is lost")).to_be_visible()
    lecturer.get_by_role("button", name="+10", exact=True).click()
    assert wait_for(lambda: step(viewer) == 10, PATIENCE)
    expect(viewer.get_by_text("The connection is lost")).to_be_hidden()
    lecturer.context.close()
    expect(viewer.get_by_text("The lecturer has left the page")).to_be_visible()
