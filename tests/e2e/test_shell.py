"""What every page gets, in a real browser: a link that restores, a past that can be shown."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from catalog import PAGES
from tests.e2e.conftest import NewPage, StartApp

APP = "app.py"
expect.set_options(timeout=40_000)
per_page = pytest.mark.parametrize("slug", [page.slug for page in PAGES])


def picture(page: Page) -> str:
    return page.locator("canvas[data-step]").first.get_attribute("data-step") or ""


def train(page: Page, address: str) -> Page:
    page.goto(address)
    for step in ("10", "20"):
        page.get_by_role("button", name="+10", exact=True).click()
        expect(page.locator("canvas[data-step]").first).to_have_attribute("data-step", step)
    return page


@pytest.mark.e2e
@per_page
def test_it_plays_and_pauses_by_deep_link_without_scrolling(
    browser_page: Page, start_app: StartApp, page_errors: list[str], slug: str
) -> None:
    page = browser_page
    page.goto(f"{start_app(APP)}/{slug}?{slug}_pace=full+speed")
    canvas, play = page.locator("canvas[data-step]").first, page.get_by_role("button", name="Play")
    expect(canvas).to_have_attribute("data-step", "0")
    play.click()
    end = time.monotonic() + 60
    while int(picture(page)) < 20:
        assert time.monotonic() < end, f"still at step {picture(page)}"
        time.sleep(0.1)
    page.get_by_role("button", name="Pause").click()
    expect(play).to_be_visible()
    box = canvas.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 720, "the live picture fits a 1280x720 window"
    assert box["width"] > 600
    assert page_errors == []


@pytest.mark.e2e
@per_page
def test_the_copied_link_restores_settings_and_seed(
    new_page: NewPage, start_app: StartApp, page_errors: list[str], slug: str
) -> None:
    page = new_page()
    page.goto(f"{start_app(APP)}/{slug}?{slug}_pace=full+speed")
    page.get_by_role("button", name="New seed").click()
    page.wait_for_url(re.compile(f"{slug}_seed=1"))
    page.get_by_role("button", name="Share", exact=True).click()
    shown = page.locator("[data-testid=stPopoverBody] code")
    expect(shown).to_contain_text(f"{slug}_seed=1")
    expect(page.get_by_role("img", name="QR code of the link")).to_be_visible()
    other = new_page()
    other.goto(shown.inner_text())
    expect(other.locator("canvas[data-step]").first).to_be_visible()
    expect(other.locator(f".st-key-{slug}_pace input")).to_have_value("full speed")
    other.wait_for_url(re.compile(f"{slug}_seed=1"))
    assert page_errors == []


@pytest.mark.e2e
@per_page
def test_the_scrubber_moves_the_picture_and_playback_returns(
    browser_page: Page, start_app: StartApp, page_errors: list[str], slug: str
) -> None:
    page = train(browser_page, f"{start_app(APP)}/{slug}")
    page.locator(f".st-key-{slug}_moment input").focus()
    page.keyboard.press("Home")
    expect(page.locator("canvas[data-step]").first).to_have_attribute("data-step", "0")
    page.get_by_role("button", name="Look back").click()
    end = time.monotonic() + 60
    seen = {picture(page)}
    while picture(page) != "20":
        seen.add(picture(page))
        time.sleep(0.1)
        assert time.monotonic() < end, f"the playback stopped at {picture(page)}"
    assert len(seen) > (5 if slug == "mlp" else 0)  # the epochs of other pages are longer, so moments lie further apart
    expect(page.get_by_role("button", name="Branch here")).to_be_disabled()
    assert page_errors == []
