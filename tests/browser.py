"""Finds the browser that the tests drive, or installs one: `python -m tests.browser`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
NONE_FOUND = "No browser for the tests: install Chromium, Chrome or Edge, or run `playwright install chromium`."


def find_browser() -> str | None:
    """The path of a Chromium, Chrome or Edge that starts; None if there is none."""
    return next(filter(_starts, _candidates()), None)


def install_browser() -> None:
    """Asks apt where that needs no password, else Playwright. Whether it worked, `find_browser` says."""
    if shutil.which("apt-get") and getattr(os, "geteuid", lambda: 1)() == 0:
        _try("apt-get", "update", "-qq")
        _try("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core")
    if find_browser() is None:
        _try(sys.executable, "-m", "playwright", "install", "chromium")


def _candidates() -> Iterator[str]:
    yield from (path for name in NAMES if (path := shutil.which(name)))
    yield from (place for place in PLACES if Path(place).exists())
    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def _starts(path: str) -> bool:
    """Whether it is a browser: Ubuntu's /usr/bin/chromium-browser may be a note that tells you to install a snap."""
    if sys.platform == "win32":  # chrome.exe --version would open a window
        return Path(path).exists()
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _try(*command: str) -> None:
    print("$", *command, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(command, stdin=subprocess.DEVNULL, env=environment, timeout=600, check=False)


if __name__ == "__main__":
    if find_browser() is None:
        install_browser()
    found = find_browser()
    sys.exit(NONE_FOUND if found is None else print(f"Browser for the tests: {found}"))
