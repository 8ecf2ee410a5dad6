"""A real server and a real browser for the tests of this folder.

`start_app` starts an app and gives its address; `browser_page` is a fresh tab, `new_page` makes more of them, each in
its own context; `page_errors` collects what any of them complained about. Without a browser the tests fail with one
sentence, unless ATLAS_NO_BROWSER=1 says that this is known.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.server import Server, serve

PATIENCE: Final = 60.0  # seconds, for anything in the browser
QUIET: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

StartServer = Callable[..., Server]
StartApp = Callable[..., str]
NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def start_server() -> Iterator[StartServer]:
    """`start_server("app.py", base="atlas")`: that app, healthy; started once per session."""
    servers: dict[tuple[str, str], Server] = {}
    with ExitStack() as stack:

        def start(path: str, base: str = "") -> Server:
            if (path, base) not in servers:
                servers[path, base] = stack.enter_context(serve(path, base=base))
            return servers[path, base]

        yield start


@pytest.fixture(scope="session")
def start_app(start_server: StartServer) -> StartApp:
    """`start_app("app.py", base="atlas")`: the address of that app."""
    return lambda path, base="": start_server(path, base).address


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """One browser per module: while it is open, no other test of this process can run an event loop."""
    if os.environ.get("ATLAS_NO_BROWSER") == "1":
        pytest.skip("ATLAS_NO_BROWSER=1")
    path = request.getfixturevalue("browser_path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET), timeout=PATIENCE * 1000)
        yield browser
        browser.close()


@pytest.fixture
def page_errors() -> list[str]:
    """Console errors and uncaught exceptions of every page of this test."""
    return []


@pytest.fixture
def new_page(browser: Browser, page_errors: list[str]) -> Iterator[NewPage]:
    """`new_page(color_scheme="dark")`: a tab of its own visitor; arguments as Playwright's `new_context`."""
    contexts = []

    def hear(message: ConsoleMessage) -> None:
        # On a deep link Streamlit first asks for its own files below the page's address; that it gets none is normal.
        if message.type == "error" and "_stcore/" not in message.location.get("url", ""):
            page_errors.append(message.text)

    def make(**options: Any) -> Page:
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 720}, **options}))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.on("console", hear)
        page.on("pageerror", lambda error: page_errors.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def browser_page(new_page: NewPage) -> Page:
    """A fresh tab of 1280×720."""
    return new_page()
