"""The page `mlp` as a visitor meets it."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage, StartApp, StartServer

APP = "app.py"
expect.set_options(timeout=40_000)


def open_page(page: Page, address: str, query: str = "") -> Page:
    page.goto(f"{address}/mlp{query}")
    expect(page.locator("canvas").first).to_be_visible()
    return page


def step(page: Page) -> int:
    return int(page.locator("canvas").first.get_attribute("data-step") or 0)


def wait_for(reached: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if reached():
            return True
        time.sleep(0.1)
    return reached()


def rests(page: Page, seconds: float = 1.5) -> bool:
    """Whether the picture stays at its step; the last one of a run may come a moment after Pause."""
    here = step(page)
    time.sleep(seconds)
    return step(page) == here


def score(page: Page) -> float:
    """The newest test accuracy, as the picture says it to those who cannot see the curve."""
    words = page.get_by_role("img", name=re.compile("Accuracy")).first.get_attribute("aria-label") or ""
    found = re.search(r"Accuracy: training [\d.e-]+ · test ([\d.e-]+)", words)
    return float(found[1].rstrip(".")) if found else 0.0


@pytest.mark.e2e
@pytest.mark.parametrize(("query", "wanted"), [("?mlp_problem=breast+cancer", 0.9), ("?mlp_problem=spiral", 0.85)])
def test_it_learns_by_deep_link(
    browser_page: Page, start_app: StartApp, page_errors: list[str], query: str, wanted: float
) -> None:
    page = open_page(browser_page, start_app(APP), f"{query}&mlp_pace=1000+steps%2Fs")
    assert step(page) == 0
    page.get_by_role("button", name="Play").click()
    assert wait_for(lambda: step(page) > 50 and score(page) > wanted, 40), f"only {score(page)} at {step(page)}"
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert wait_for(lambda: rests(page), 20)
    assert page_errors == []


@pytest.mark.e2e
def test_keys_play_and_step(browser_page: Page, start_app: StartApp) -> None:
    page = open_page(browser_page, start_app(APP))
    page.keyboard.press("ArrowRight")
    assert wait_for(lambda: step(page) == 1, 10)
    page.get_by_role("button", name="+10", exact=True).click()
    assert wait_for(lambda: step(page) == 11, 10)
    page.keyboard.press("Space")
    assert wait_for(lambda: step(page) > 60, 10)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.keyboard.press("Home")
    assert wait_for(lambda: step(page) == 0, 10)


@pytest.mark.e2e
def test_a_knob_is_in_the_address_and_comes_back(browser_page: Page, start_app: StartApp) -> None:
    address = start_app(APP)
    page = open_page(browser_page, address)
    page.get_by_role("button", name="One neuron more in layer 1").click()
    page.wait_for_url(re.compile("mlp_hidden_dims=9"))
    copied = page.url
    page.goto(copied)
    expect(page.get_by_role("textbox", name=re.compile("Hidden layers"))).to_have_value("9, 8")


@pytest.mark.e2e
def test_what_the_address_cannot_say_is_said_in_words(browser_page: Page, start_app: StartApp) -> None:
    page = open_page(browser_page, start_app(APP), "?mlp_seed=abc&mlp_noise=7&mlp_learning_rate=0.1")
    expect(page.get_by_text("seed = 'abc' cannot be used")).to_be_visible()
    expect(page.get_by_text("noise = '7' cannot be used")).to_be_visible()
    expect(page.get_by_text("learning_rate")).to_have_count(0)


@pytest.mark.e2e
def test_points_of_ones_own(browser_page: Page, start_app: StartApp) -> None:
    page = open_page(browser_page, start_app(APP), "?mlp_problem=own+points")
    plane = page.get_by_role("button", name=re.compile("Place a point"))
    box = plane.bounding_box()
    assert box is not None
    for number, (x, y) in enumerate([(0.2, 0.2), (0.3, 0.3), (0.25, 0.3), (0.7, 0.7), (0.8, 0.8), (0.75, 0.8)]):
        plane.click(position={"x": box["width"] * x, "y": box["height"] * y}, modifiers=["Shift"] if number > 2 else [])
        expect(page.get_by_text(f"{number + 1} of at most")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("5 of at most")).to_be_visible()
    page.get_by_role("button", name="Play").click()
    assert wait_for(lambda: step(page) > 20, 10)


@pytest.mark.e2e
def test_two_tabs_do_not_share_a_run(new_page: NewPage, start_app: StartApp) -> None:
    one, other = (open_page(new_page(), start_app(APP)) for _ in range(2))
    one.get_by_role("button", name="Play").click()
    assert wait_for(lambda: step(one) > 30, 10)
    assert step(other) == 0


@pytest.mark.e2e
def test_leaving_the_page_stops_the_training(browser_page: Page, start_app: StartApp) -> None:
    page = open_page(browser_page, start_app(APP))
    page.get_by_role("button", name="Play").click()
    assert wait_for(lambda: step(page) > 30, 10)
    page.get_by_role("link", name="Neural Atlas").first.click()
    expect(page.get_by_text("Turn a knob")).to_be_visible()
    left = time.monotonic()
    time.sleep(9)
    page.go_back()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    away = time.monotonic() - left
    # 200 steps a second for the 4 seconds of the lease, not for all the time away
    assert step(page) < 200 * (away - 2)
    assert wait_for(lambda: step(page) > 30, 10)


@pytest.mark.e2e
def test_closing_the_tab_stops_the_training(new_page: NewPage, start_server: StartServer) -> None:
    server = start_server(APP)
    if server.cpu_seconds() is None:
        pytest.skip("this system does not tell the processor time of a process")
    page = open_page(new_page(), server.address, "?mlp_pace=full+speed")
    page.get_by_role("button", name="Play").click()
    assert wait_for(lambda: step(page) > 200, 10)
    playing = busy_share(server)
    page.context.close()
    time.sleep(2)
    assert busy_share(server) < 0.3 < playing


def busy_share(server: object, seconds: float = 2.0) -> float:
    before = server.cpu_seconds()
    time.sleep(seconds)
    return (server.cpu_seconds() - before) / seconds
