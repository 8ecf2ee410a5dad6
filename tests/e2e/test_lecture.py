"""Lecture mode in a real browser: sizes, keys, and that nothing is lost on the way."""

import base64
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from experiments.mlp_lessons import LESSONS
from experiments.mlp_settings import MLPSettings
from tests.e2e.conftest import NewPage, StartApp
from tests.e2e.test_mlp import APP, open_page, step, wait_for
from ui.share import qr_svg

pytestmark = pytest.mark.e2e

SIZES = [
    pytest.param(1280, 720, "light", 12, id="1280x720"),
    pytest.param(1920, 1080, "dark", 18, id="1920x1080"),
]
# The size of every visible element that itself holds words, its box within the window, and the words.
WORDS = """() => {
  const found = [];
  const walk = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.shadowRoot) walk(node.shadowRoot);
      const own = Array.from(node.childNodes).some((child) => child.nodeType === 3 && child.textContent.trim());
      if (!own || ["STYLE", "SCRIPT", "NOSCRIPT"].includes(node.tagName)) continue;
      if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const box = node.getBoundingClientRect();
      if (box.width > 1 && box.height > 1) found.push([parseFloat(getComputedStyle(node).fontSize), node.textContent]);
    }
  };
  walk(document.body);
  return found;
}"""


def title_step(page: Page) -> int:
    """The step in the line above the picture."""
    found = re.search(r"step ([\d,]+)", page.locator(".lecture-headline").inner_text().replace("\n", " "))
    return int(found[1].replace(",", "")) if found else -1


def open_lecture(page: Page, address: str, query: str = "") -> Page:
    open_page(page, address, f"?mode=lecture{query}")
    expect(page.locator("canvas[data-smallest]")).to_be_visible()
    expect(page.locator(".lecture-headline")).to_be_visible()
    return page


@pytest.mark.parametrize(("width", "height", "mode", "least"), SIZES)
def test_it_fills_the_window_and_every_word_is_large(
    new_page: NewPage, start_app: StartApp, page_errors: list[str], width: int, height: int, mode: str, least: float
) -> None:
    page = new_page(viewport={"width": width, "height": height}, color_scheme=mode)
    open_lecture(page, start_app(APP), "&mlp_problem=digits&mlp_hidden_dims=64%2C64%2C64%2C64%2C64%2C64%2C64%2C64")
    canvas = page.locator("canvas").first
    assert float(canvas.get_attribute("data-smallest") or 0) >= least
    words = page.evaluate(WORDS)
    assert [(size, text) for size, text in words if size < least] == []
    assert any("Feed-forward" in text for _, text in words)
    box: Any = canvas.bounding_box()
    assert box["width"] > 0.97 * width
    assert box["height"] > 0.9 * height
    assert box["y"] + box["height"] <= height
    for what in ("stHeader", "stSidebar"):
        expect(page.get_by_test_id(what)).not_to_be_visible()
    for axis in ("Height", "Width"):
        assert page.evaluate(f"document.documentElement.scroll{axis} <= window.inner{axis}")
        assert page.evaluate(f"(main => main.scroll{axis} <= main.client{axis})(document.querySelector('.stMain'))")
    assert page_errors == []


def test_keys_play_step_and_rewind_without_a_click(browser_page: Page, start_app: StartApp) -> None:
    page = open_lecture(browser_page, start_app(APP), "&mlp_learning_rate=0.1")
    page.keyboard.press("ArrowRight")
    assert wait_for(lambda: step(page) == 1, 10)
    page.keyboard.press("Space")
    assert wait_for(lambda: step(page) > 60, 10)
    page.keyboard.press("Space")
    paused = wait_for_rest(page)
    page.keyboard.press("ArrowRight")
    assert wait_for(lambda: step(page) == paused + 1, 10)
    page.keyboard.press("r")
    assert wait_for(lambda: step(page) == title_step(page) == 0, 10)
    assert "mode=lecture" in page.url
    assert "mlp_learning_rate=0.1" in page.url


def wait_for_rest(page: Page) -> int:
    """The step once it no longer grows."""
    last = -1
    while last != (last := step(page)):
        page.wait_for_timeout(700)
    return last


def test_a_frozen_picture_stays_while_the_training_goes_on(browser_page: Page, start_app: StartApp) -> None:
    page = open_lecture(browser_page, start_app(APP))
    page.keyboard.press("Space")
    assert wait_for(lambda: step(page) > 20, 10)
    page.keyboard.press("f")
    frozen = step(page)
    expect(page.get_by_text(f"frozen at step {frozen}")).to_be_visible()
    assert wait_for(lambda: title_step(page) > frozen + 100, 10)
    assert step(page) == frozen
    page.keyboard.press("f")
    assert wait_for(lambda: step(page) > frozen + 100, 3)
    expect(page.get_by_text("frozen at step")).not_to_be_visible()


def test_a_digit_starts_a_lesson(browser_page: Page, start_app: StartApp) -> None:
    page = open_lecture(browser_page, start_app(APP))
    page.keyboard.press("2")
    expect(page.get_by_text(f"2: {LESSONS[1].title}")).to_be_visible()
    assert wait_for(lambda: title_step(page) > 20, 10)
    assert "mode=lecture" in page.url
    for name, value in LESSONS[1].trials[0].settings.items():
        if value != getattr(MLPSettings(), name):
            assert f"mlp_{name}=" in page.url


def test_the_code_in_the_corner_is_the_link_of_this_page(browser_page: Page, start_app: StartApp) -> None:
    page = open_lecture(browser_page, start_app(APP), "&mlp_seed=5")
    page.keyboard.press("q")
    code = page.locator("img[src^='data:image/svg']")
    expect(code).to_be_visible()
    box: Any = code.bounding_box()
    assert box["width"] >= 220 * 720 / 1080
    link = page.locator("a[href*='mlp_seed=5']")
    expect(link).to_be_visible()
    address = link.get_attribute("href") or ""
    assert "mode" not in address
    svg = base64.b64decode((code.get_attribute("src") or "").partition("base64,")[2]).decode()
    assert svg == qr_svg(address)
    page.keyboard.press("q")
    expect(code).to_have_count(0)


def test_the_list_of_keys_opens_and_esc_closes_it_first(browser_page: Page, start_app: StartApp) -> None:
    page = open_lecture(browser_page, start_app(APP))
    page.keyboard.press("?")
    listed = page.get_by_role("dialog", name="Keys of lecture mode")
    expect(listed).to_be_visible()
    expect(listed).to_contain_text("Freeze the picture")
    page.keyboard.press("Escape")
    expect(listed).not_to_be_visible()
    expect(page.locator(".lecture-headline")).to_be_visible()


def test_the_bar_appears_at_the_lower_edge(browser_page: Page, start_app: StartApp) -> None:
    page = open_lecture(browser_page, start_app(APP))
    bar = page.locator(".st-key-mlp_transport")
    expect(bar).to_have_css("opacity", "0")
    page.mouse.move(700, 712)
    expect(bar).to_have_css("opacity", "1")
    page.mouse.move(700, 300)
    expect(bar).to_have_css("opacity", "0")
    for _ in range(3):  # past what Streamlit offers first: to skip to the main part, and that part
        page.keyboard.press("Tab")
    expect(bar).to_have_css("opacity", "1")


def test_entering_and_leaving_keep_the_run(browser_page: Page, start_app: StartApp) -> None:
    page = open_page(browser_page, start_app(APP), "?mlp_hidden_dims=5")
    page.get_by_role("button", name="+10", exact=True).click()
    assert wait_for(lambda: step(page) == 10, 10)
    page.get_by_role("button", name="Lecture mode").click()
    expect(page.locator(".lecture-headline")).to_be_visible()
    assert "mode=lecture" in page.url
    assert "mlp_hidden_dims=5" in page.url
    assert wait_for(lambda: title_step(page) == step(page) == 10, 10)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Look inside")).to_be_visible()
    assert "mode" not in page.url
    assert wait_for(lambda: step(page) == 10, 10)  # the canvas is a new one, empty at first
    page.get_by_role("textbox", name=re.compile("Hidden layers")).fill("l2 r f")
    page.wait_for_timeout(500)
    assert step(page) == 10
    expect(page.locator(".lecture-headline")).to_have_count(0)
