"""A real server and a real browser for the tests of this folder.

`start_app` starts an app and gives its address; `browser_page` is a fresh tab, `new_page` makes more of them, each in
its own context; `page_errors` collects what any of them complained about. Without a browser the tests fail with one
sentence, unless ATLAS_NO_BROWSER=1 says that this is known.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE: Final = 60.0  # seconds, for a server to start and for anything in the browser
QUIET: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

StartApp = Callable[..., str]
NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def start_app() -> Iterator[StartApp]:
    """`start_app("app.py", "--server.baseUrlPath", "atlas")`: the address of that app, started once per session."""
    servers: dict[tuple[str, ...], _Server] = {}

    def start(path: str, *options: str) -> str:
        if (path, *options) not in servers:
            servers[path, *options] = _Server(path, options)
        return servers[path, *options].wait()

    yield start
    for server in servers.values():
        server.stop()


class _Server:
    def __init__(self, path: str, options: tuple[str, ...]) -> None:
        self.port = _free_port()
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 (closed by stop)
        base = options[options.index("--server.baseUrlPath") + 1] if "--server.baseUrlPath" in options else ""
        self.address = "/".join(filter(None, (f"http://localhost:{self.port}", base)))
        command = [sys.executable, "-m", "streamlit", "run", path, "--server.port", str(self.port)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [*command, "--server.headless", "true", *options],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def wait(self) -> str:
        """The address, as soon as the server is healthy."""
        end = time.monotonic() + PATIENCE
        while not self._is_healthy():
            if self.process.poll() is not None or time.monotonic() > end:
                self.log.seek(0)
                pytest.fail(f"the server did not start: {self.log.read().decode(errors='replace')[-2000:]}")
            time.sleep(0.2)
        return self.address

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=10)
        self.log.close()

    def _is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
