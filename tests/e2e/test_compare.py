"""Pin, change, compare, load and a band of seeds, as a visitor does it."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import StartApp
from tests.e2e.test_mlp import APP, open_page, step, wait_for


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


@pytest.mark.e2e
def test_two_runs_side_by_side_a_band_and_back(browser_page: Page, start_app: StartApp, page_errors: list[str]) -> None:
    page = open_page(browser_page, start_app(APP), "?mlp_hidden_dims=4")
    press(page, "+100")
    assert wait_for(lambda: step(page) == 100, 60)
    press(page, "Pin this run")
    expect(page.get_by_text("1 of 5 pinned")).to_be_visible()
    widths = page.get_by_role("textbox", name=re.compile("Hidden layers"))
    widths.fill("6, 6")
    widths.press("Enter")
    assert wait_for(lambda: step(page) == 0, 60)
    expect(page.get_by_role("cell", name="6-6")).to_be_visible()
    expect(page.get_by_role("textbox", name="Name of pin 1")).to_have_attribute("placeholder", "4")
    page.get_by_role("spinbutton", name="Steps of each").fill("50")
    page.get_by_role("spinbutton", name="Steps of each").press("Enter")
    time.sleep(1)  # else the click may overtake the number
    press(page, "Train the seeds")
    expect(page.get_by_text(re.compile(r"5 seeds: test loss .* on average"))).to_be_visible(timeout=60_000)
    press(page, "Load")
    assert wait_for(lambda: step(page) == 100, 60)
    expect(widths).to_have_value("4")
    assert page_errors == []
