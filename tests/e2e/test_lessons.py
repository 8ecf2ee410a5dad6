"""One lesson as a visitor meets it: predict, run, and read the explanation."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import StartApp
from tests.e2e.test_mlp import APP, step, wait_for

expect.set_options(timeout=60_000)  # two trials and their rests are some 15 s on an idle machine
IN_VIEW = """element => {
  const box = element.getBoundingClientRect();
  const bar = document.querySelector('[data-testid="stBottom"]');
  return box.top >= 0 && box.bottom <= (bar ? bar.getBoundingClientRect().top : window.innerHeight) + 1;
}"""


def in_view(page: Page, selector: str) -> bool:
    found = page.locator(selector)
    return found.count() > 0 and found.first.evaluate(IN_VIEW)


@pytest.mark.e2e
def test_predict_run_explain_and_take_home(browser_page: Page, start_app: StartApp, page_errors: list[str]) -> None:
    page = browser_page
    page.goto(f"{start_app(APP)}/mlp?mlp_lesson=rate-high")
    expect(page.get_by_role("heading", name="A learning rate too high")).to_be_in_viewport()
    run = page.get_by_role("button", name="Run", exact=True)
    expect(run).to_be_disabled()
    page.get_by_text("Nothing changes").click()
    page.get_by_text("It learns a hundred times as fast").click()
    run.click()

    bar = page.locator(".st-key-mlp_lesson_bar")
    expect(bar).to_contain_text("trial 1 of 2: rate 10")
    assert wait_for(lambda: step(page) > 5, 20)
    assert wait_for(lambda: in_view(page, "canvas"), 10), "the picture is in view, above the bar"
    expect(bar).to_contain_text("trial 2 of 2: rate 0.1")

    expect(bar).to_have_count(0)
    expect(page.get_by_text("What this shows")).to_be_in_viewport()
    expect(page.get_by_text("You said: It learns a hundred times as fast")).to_be_visible()
    row = page.get_by_role("row", name=re.compile("rate 0.1 "))
    loss = float(row.get_by_role("cell").nth(2).inner_text())
    assert 0 < loss < 0.1
    expect(page.get_by_role("img", name=re.compile("rate 10: from"))).to_be_visible()

    page.get_by_role("textbox", name="My observation").fill("It jumped, *far*.")
    page.get_by_role("tab", name="Worksheet").click()
    expect(page.get_by_text("1 with an observation")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="My worksheet").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert "- [x] It learns a hundred times as fast" in text
    assert "> It jumped, \\*far\\*." in text
    assert f"| {loss:g} |" in text
    assert page_errors == []


@pytest.mark.e2e
def test_a_failure_from_the_start_page_to_its_cure(browser_page: Page, start_app: StartApp) -> None:
    page = browser_page
    page.goto(start_app(APP))
    page.get_by_role("link", name="All weights start at zero").click()
    expect(page.get_by_role("heading", name="All weights start at zero")).to_be_in_viewport()
    page.get_by_role("tab", name="Failure museum").click()
    page.get_by_role("button", name="Show it").nth(3).click()
    bar = page.locator(".st-key-mlp_lesson_bar")
    expect(bar).to_contain_text("All weights start at zero")
    bar.get_by_role("button", name="Mend it").click()
    back = bar.get_by_role("button", name="Back to the museum")
    expect(back).to_have_count(0)
    expect(back).to_be_visible()
    back.click()
    shown = page.get_by_test_id("stMainBlockContainer").get_by_text(re.compile("PyTorch's default: training loss"))
    expect(shown).to_be_visible()
    time.sleep(0.5)
    expect(page.get_by_role("tab", name="Failure museum")).to_be_in_viewport()
