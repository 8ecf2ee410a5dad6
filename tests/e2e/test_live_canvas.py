"""The live canvas in a real browser, with a scene that holds one item of every kind."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request

from tests.figures.network_scene import OUTPUT

pytestmark = pytest.mark.e2e

APP = "tests/e2e/apps/live/app.py"
SCENE_SIZE = (1080, 690)


@pytest.fixture
def still(start_app: Callable[..., str], browser_page: Page) -> Page:
    """The demo drawn once."""
    return open_demo(browser_page, start_app(APP), "?still")


@pytest.fixture
def ticking(start_app: Callable[..., str], browser_page: Page) -> Page:
    """The demo drawn four times a second."""
    return open_demo(browser_page, start_app(APP))


def open_demo(page: Page, address: str, query: str = "") -> Page:
    page.goto(f"{address}/mlp{query}")
    canvas(page).wait_for()
    return page


def canvas(page: Page) -> Locator:
    return page.locator("canvas[data-frame]")


def frame(page: Page) -> int:
    return int(canvas(page).get_attribute("data-frame") or 0)


def wait_for_frames(page: Page, more: int) -> None:
    start = frame(page)
    for _ in range(200):
        if frame(page) >= start + more:
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{frame(page) - start} of {more} frames in 10 s")


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a scene coordinate is on the screen."""
    box = canvas(page).bounding_box()
    assert box is not None
    return box["x"] + x * box["width"] / SCENE_SIZE[0], box["y"] + y * box["height"] / SCENE_SIZE[1]


def pixels(page: Page, x: float, y: float, side: int = 1) -> list[int]:
    """Red, green, blue and alpha of a small square of the canvas around a scene coordinate."""
    script = """(canvas, [x, y, side]) => {
        const corner = [x * canvas.width, y * canvas.height].map((middle) => Math.round(middle - side / 2));
        return Array.from(canvas.getContext("2d").getImageData(...corner, side, side).data);
    }"""
    colours: list[int] = canvas(page).evaluate(script, [x / SCENE_SIZE[0], y / SCENE_SIZE[1], side])
    return colours


def pixel(page: Page, x: float, y: float) -> list[int]:
    return pixels(page, x, y)


def is_painted(page: Page, x: float, y: float) -> bool:
    return max(pixels(page, x, y, side=5)[3::4]) > 0


def is_orange(colour: list[int]) -> bool:
    return colour[0] > colour[2] + 60


def is_blue(colour: list[int]) -> bool:
    return colour[2] > colour[0] + 60


def events(page: Page, is_there: Callable[[Any], bool]) -> list[Any]:
    """What Python's callback heard last, what was returned last, and the number of calls, once that is as expected."""
    answer: list[Any] = []
    for _ in range(100):
        answer = json.loads(page.get_by_test_id("stCode").inner_text())
        if all(answer) and is_there(answer[0]):
            return answer
        page.wait_for_timeout(50)
    pytest.fail(f"Python heard only {answer}")


PAINTED = {
    "sheet": (62, 70),
    "edges": (110, 79),
    "output field": (735, 63),
    "colorbar": (1048, 60),
    "rect": (658, 208),
    "separator": (500, 444),
    "axes": (96, 600),
    "class map": (340, 490),
    "rgb image": (610, 490),
    "attention": (660, 490),
    "hatched nan": (519, 593),
    "histogram": (840, 540),
    "numeral": (86, 486),
}
EMPTY = ((20, 300), (700, 430), (300, 660))


def test_every_kind_of_item_is_painted(still: Page) -> None:
    assert [what for what, spot in PAINTED.items() if not is_painted(still, *spot)] == []
    assert [spot for spot in EMPTY if is_painted(still, *spot)] == []


def test_the_canvas_survives_ticks(ticking: Page) -> None:
    canvas(ticking).evaluate("canvas => { canvas.mark = 'the same'; }")
    button = ticking.get_by_role("button", name="Add a neuron to layer 2")
    button.evaluate("button => { button.mark = 'the same'; }")
    button.focus()
    wait_for_frames(ticking, 8)
    assert canvas(ticking).evaluate("canvas => canvas.mark") == "the same"
    assert button.evaluate("button => button.mark") == "the same"
    assert button.evaluate("button => button.getRootNode().activeElement === button")
    assert int(canvas(ticking).get_attribute("data-step") or 0) >= 9


def test_the_picture_is_named_and_its_buttons_are_real(still: Page) -> None:
    assert still.get_by_role("img", name="A small network separates two classes").count() == 1
    assert still.get_by_role("button", name="Noise is on", pressed=True).count() == 1
    assert still.get_by_role("button", name="Not while the run is playing", disabled=True).count() == 1


def test_a_tile_under_the_pointer_is_drawn_large(still: Page) -> None:
    left, right = (OUTPUT[0] + 6, OUTPUT[1] + 6), (OUTPUT[0] + 290, OUTPUT[1] + 290)
    before = [pixel(still, *left), pixel(still, *right)]
    still.mouse.move(*at(still, 77, 79))  # x₁ runs from orange on the left to blue on the right
    still.get_by_text("x₁ activation").wait_for()
    assert is_orange(pixel(still, left[0], right[1]))
    assert is_blue(pixel(still, right[0], left[1]))
    still.mouse.move(*at(still, 77, 123))  # x₂ from blue at the top to orange at the bottom
    still.get_by_text("x₂ activation").wait_for()
    assert is_blue(pixel(still, right[0], left[1]))
    assert is_orange(pixel(still, left[0], right[1]))
    still.mouse.move(*at(still, 20, 300))
    still.get_by_text("x₂ activation").wait_for(state="hidden")
    still.wait_for_timeout(100)
    assert [pixel(still, *left), pixel(still, *right)] == before


def test_a_tap_draws_a_tile_large(start_app: Callable[..., str], new_page: Callable[..., Page]) -> None:
    page = open_demo(new_page(has_touch=True), start_app(APP), "?still")
    page.touchscreen.tap(*at(page, 77, 123))
    page.get_by_text("x₂ activation").wait_for()
    assert is_orange(pixel(page, OUTPUT[0] + 6, OUTPUT[1] + 290))


def test_the_pointer_reads_the_weight_of_the_nearest_edge(still: Page) -> None:
    still.mouse.move(*at(still, 97, 79))
    tip = still.get_by_text("weight")
    tip.wait_for()
    assert float(tip.inner_text().removeprefix("weight ").replace("−", "-")) != 0


def test_a_cell_is_read_with_its_names(still: Page) -> None:
    still.mouse.move(*at(still, 666, 601))
    still.locator(".tip", has_text="query 5 → key 0: attends 0.").wait_for()
    still.mouse.move(*at(still, 772, 497))
    still.locator(".tip", has_text="query 0 → key 5: masked").wait_for()


def test_arrows_go_from_cell_to_cell(still: Page) -> None:
    still.get_by_role("button", name="Choose a cell").focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowDown"):  # from the middle, which is row 3 and column 3
        still.keyboard.press(key)
    still.locator(".tip", has_text="query 4 → key 1: attends").wait_for()
    still.keyboard.press("Enter")
    event = events(still, lambda event: event["id"] == "cells")[0]
    assert (event["x"], event["y"]) == (pytest.approx(1.5), pytest.approx(-4.5))


def test_a_click_reaches_python(still: Page) -> None:
    still.mouse.click(*at(still, 255, 24))
    called, returned, calls = events(still, lambda event: event["id"] == "add 1")
    assert called == returned == {"kind": "hot", "id": "add 1"}
    assert calls == 1
    still.mouse.click(*at(still, 227, 79))
    assert events(still, lambda event: event["id"] == "neuron 1.0")[0]["unit"] == 0


def test_a_click_on_an_edge_reaches_python(still: Page) -> None:
    still.mouse.click(*at(still, 97, 79))
    assert events(still, lambda event: event["kind"] == "edge")[0]["id"] == "link"


def test_enter_on_a_button_reaches_python(ticking: Page) -> None:
    ticking.get_by_role("button", name="Remove a neuron from layer 3").focus()
    ticking.keyboard.press("Enter")
    events(ticking, lambda event: event["id"] == "remove 3")


def test_a_disabled_button_says_why_and_sends_nothing(still: Page) -> None:
    still.mouse.click(*at(still, 255, 24))
    events(still, lambda event: event["id"] == "add 1")
    still.mouse.click(*at(still, 954, 649))
    still.locator(".tip", has_text="Not while the run is playing").wait_for()
    still.wait_for_timeout(300)
    events(still, lambda event: event["id"] == "add 1")


def test_a_click_on_the_plane_gives_data_coordinates(still: Page) -> None:
    spot = at(still, OUTPUT[0] + OUTPUT[2] * 0.75, OUTPUT[1] + OUTPUT[3] * 0.25)
    still.mouse.click(*spot)
    event = events(still, lambda event: event["kind"] == "plane")[0]
    assert (event["x"], event["y"]) == (pytest.approx(3, abs=0.1), pytest.approx(3, abs=0.1))
    assert (event["id"], event["shift"], event["button"]) == ("place", False, 0)
    still.keyboard.down("Shift")
    still.mouse.click(*spot)
    still.keyboard.up("Shift")
    events(still, lambda event: event["shift"])
    still.mouse.click(*spot, button="right")
    events(still, lambda event: event["button"] == 2)


def test_the_plane_can_be_aimed_at_with_the_keyboard(still: Page) -> None:
    still.get_by_role("button", name="Place a point").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        still.keyboard.press(key)
    event = events(still, lambda event: event["kind"] == "plane")[0]
    assert (event["x"], event["y"]) == (pytest.approx(0.48, abs=0.01), pytest.approx(-0.24, abs=0.01))


PAPER = (990, 624, 60)


def test_a_stroke_is_drawn_and_sent_when_the_pointer_is_lifted(still: Page) -> None:
    left, top, side = PAPER
    still.mouse.move(*at(still, left + 0.2 * side, top + 0.5 * side))
    still.mouse.down()
    still.mouse.move(*at(still, left + 0.8 * side, top + 0.5 * side), steps=6)
    still.wait_for_timeout(200)
    assert is_painted(still, left + 0.5 * side, top + 0.5 * side)
    assert not is_painted(still, left + 0.5 * side, top + 0.2 * side)
    still.mouse.up()
    stroke = events(still, lambda event: event["kind"] == "pad")[0]["stroke"]
    assert len(stroke) >= 5
    assert stroke[0] == pytest.approx([0.2, 0.5], abs=0.05)
    assert stroke[-1] == pytest.approx([0.8, 0.5], abs=0.05)


def test_a_stroke_ends_at_the_edge_of_its_pad(still: Page) -> None:
    left, top, side = PAPER
    still.mouse.move(*at(still, left + 0.5 * side, top + 0.5 * side))
    still.mouse.down()
    still.mouse.move(*at(still, left - 3 * side, top + 0.5 * side), steps=4)
    still.mouse.up()
    assert events(still, lambda event: event["kind"] == "pad")[0]["stroke"][-1][0] == 0


def test_the_keyboard_draws_too(still: Page) -> None:
    still.get_by_role("button", name="Draw here").focus()
    for key in ("ArrowLeft", "Enter"):
        still.keyboard.press(key)
    assert events(still, lambda event: len(event["stroke"]) == 1)[0]["stroke"] == [[0.48, 0.5]]
    still.keyboard.press("Shift+ArrowDown")
    assert events(still, lambda event: len(event["stroke"]) == 2)[0]["stroke"] == [[0.48, 0.5], [0.48, 0.52]]


def test_dark_colours(start_app: Callable[..., str], new_page: Callable[..., Page]) -> None:
    pages = [open_demo(new_page(color_scheme=mode), start_app(APP), "?still") for mode in ("light", "dark")]
    assert [page.locator(".frame").get_attribute("data-mode") for page in pages] == ["light", "dark"]
    light, dark = (sum(pixel(page, 770, 492)[:3]) for page in pages)  # a masked attention score: nearly paper
    assert light > 650
    assert dark < 150


def test_the_canvas_keeps_its_shape_in_any_window(still: Page) -> None:
    for width, height in ((420, 800), (1920, 1080), (1280, 500)):
        still.set_viewport_size({"width": width, "height": height})
        still.wait_for_timeout(300)
        box = canvas(still).bounding_box()
        assert box is not None
        assert box["width"] <= width
        assert box["height"] <= 0.88 * height + 1
        assert box["width"] / box["height"] == pytest.approx(SCENE_SIZE[0] / SCENE_SIZE[1], rel=0.01)
        assert is_orange(pixel(still, 67, 79))


def test_no_errors_and_each_module_is_fetched_once(
    start_app: Callable[..., str], browser_page: Page, page_errors: list[str]
) -> None:
    fetched: list[str] = []
    browser_page.on("request", lambda request: fetched.append(name_of(request)) if "/_live/" in request.url else None)
    page = open_demo(browser_page, start_app(APP))
    wait_for_frames(page, 8)
    page.get_by_role("link", name="Empty").click()
    page.get_by_text("Nothing here").wait_for()
    page.get_by_role("link", name="Live").click()
    canvas(page).wait_for()
    wait_for_frames(page, 2)
    folder = Path(__file__).parents[2] / "ui" / "static" / "live"
    needed = {path.name for path in folder.glob("*.js")} - {"follow.js"} | {"theme.js"}
    assert sorted(fetched) == sorted(needed)
    assert page_errors == []


def name_of(request: Request) -> str:
    return request.url.rsplit("/", 1)[1]


def test_it_loads_below_a_base_path(start_app: Callable[..., str], browser_page: Page) -> None:
    address = start_app(APP, base="lab/atlas")
    assert address.endswith("/lab/atlas")
    open_demo(browser_page, address, "?still")


def test_a_renderer_that_does_not_come_is_said(start_app: Callable[..., str], browser_page: Page) -> None:
    browser_page.route("**/_live/**", lambda route: route.abort())
    browser_page.goto(f"{start_app(APP)}/mlp")
    browser_page.get_by_text("The live picture could not be loaded").wait_for()
    browser_page.wait_for_timeout(600)
    assert browser_page.get_by_text("The live picture could not be loaded").count() == 1
