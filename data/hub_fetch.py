"""Fetching a network from the hub into the hub's own cache: in a process of its own, watched, and not too much."""

import contextlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

from data.dataset import DataError
from data.hub import SURROUNDINGS, is_reachable
from data.hub_models import NOT_REACHED, HubModel, why_not

SECONDS: Final = 900.0  # after which a download is given up
SLACK: Final = 1_000_000  # bytes more than the hub had said
LOOK_SECONDS: Final = 0.1  # between two looks at what has come
MAX_AT_ONCE: Final = 2
REVISION: Final = re.compile(r"[0-9a-f]{40}")
_CODE: Final = """
import json, sys
from huggingface_hub import constants, hf_hub_download
constants.DOWNLOAD_CHUNK_SIZE = 2**18  # the file then grows a quarter of a megabyte at a time, not ten
wanted = json.load(sys.stdin)
try:
    for path in wanted["paths"]:
        hf_hub_download(sys.argv[1], path, revision=wanted["revision"], cache_dir=wanted["cache"], token=False)
except BaseException as error:
    print(json.dumps({"error": f"{type(error).__name__}: {error}"[:2000]}))
else:
    print(json.dumps({}))
"""
_lock: Final = threading.Lock()
_running: Final[dict[str, "Fetching"]] = {}
_ours: Final[set[str]] = set()  # of whom nothing was there before this app fetched them


class Fetching:
    """A download that goes on by itself.

    Attributes:
        name: of the network.
        total: bytes that are wanted.
        problem: what went wrong, in one sentence; empty if nothing did.
    """

    def __init__(self, model: HubModel) -> None:
        self.name, self.total, self.problem = model.name, model.num_bytes, ""
        self._folder, self._revision = folder_of(model.name), model.revision
        self._paths = [one.path for one in model.wanted]
        self._before = _size(self._folder)
        self._is_cancelled = False
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    @property
    def done(self) -> int:
        """Bytes that have come so far."""
        return max(0, _size(self._folder) - self._before)

    @property
    def is_running(self) -> bool:
        """Whether it still goes on."""
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Ends it, and throws away the file that has come in part."""
        self._is_cancelled = True
        self._thread.join(10)

    def _work(self) -> None:
        """Starts the process, and looks after it until it ends."""
        command = [sys.executable, "-c", _CODE, self.name]
        wanted = {"paths": self._paths, "revision": self._revision, "cache": str(cache_folder())}
        end = time.monotonic() + SECONDS
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=os.environ | SURROUNDINGS,
        ) as process:  # fmt: skip
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(wanted))
            process.stdin.close()
            while process.poll() is None and not self.problem:
                time.sleep(LOOK_SECONDS)
                if self._is_cancelled:
                    self.problem = f"The download of {self.name} was cancelled."
                elif self.done > self.total + SLACK:
                    self.problem = f"More came of {self.name} than the hub had said, so the download was ended."
                elif time.monotonic() > end:
                    self.problem = f"{self.name} had not come after {SECONDS / 60:.0f} minutes: try again later."
            if self.problem:
                process.kill()
            self.problem = self.problem or _problem_in(self.name, process.stdout.read())
        if self.problem:
            _drop_parts(self._folder)


def fetch(model: HubModel) -> Fetching:
    """Begins to fetch a network, or joins those who wait for it already.

    Raises:
        DataError: if it may not be fetched, there is no way to the hub, no room, or too much is fetched now.
    """
    if model.refusal:
        raise DataError(model.refusal)
    if not is_reachable():
        raise DataError(NOT_REACHED)
    if model.num_bytes > free_bytes():
        raise DataError(f"The disk of this server has room for {free_bytes() / 1e6:,.0f} MB only.")
    with _lock:
        for name in [name for name, one in _running.items() if not one.is_running]:
            del _running[name]
        if model.name not in _running:
            if len(_running) >= MAX_AT_ONCE:
                raise DataError(f"{MAX_AT_ONCE} other networks are being fetched now: try again when one is there.")
            if not cached_bytes(model.name):
                _ours.add(model.name)
            _running[model.name] = Fetching(model)
        return _running[model.name]


def fetched(model: HubModel) -> Path | None:
    """The folder in which the files of this version lie; None unless all of them are there."""
    if not REVISION.fullmatch(model.revision) or not model.wanted:
        return None
    folder = folder_of(model.name) / "snapshots" / model.revision
    return folder if all((folder / one.path).is_file() for one in model.wanted) else None


def is_ours(name: str) -> bool:
    """Whether this app has fetched all that is there of a network since it was started."""
    return name in _ours


def forget(name: str) -> None:
    """Deletes what was fetched of this network, and nothing else.

    Raises:
        DataError: if it is being fetched, or was there before: the cache belongs to other programs too.
    """
    with _lock:
        if name not in _ours:
            raise DataError(f"{name} was in the cache before this app was started, so the app does not delete it.")
        if name in _running and _running[name].is_running:
            raise DataError(f"{name} is being fetched: cancel that first.")
        shutil.rmtree(folder_of(name), ignore_errors=True)
        _ours.discard(name)


def cache_folder() -> Path:
    """The hub's own cache, as its library finds it."""
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    return Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub").expanduser()


def folder_of(name: str) -> Path:
    """Where the cache keeps a network."""
    return cache_folder() / f"models--{name.replace('/', '--')}"


def cached_bytes(name: str) -> int:
    """What is there of a network."""
    return _size(folder_of(name))


def free_bytes() -> int:
    """What is free on the disk of the cache."""
    folder = cache_folder()
    return shutil.disk_usage(next(one for one in (folder, *folder.parents) if one.exists())).free


def _size(folder: Path) -> int:
    """Bytes of the files in a folder, each once; some may just be moved."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                found = os.lstat(os.path.join(place, name))
                total += found.st_size if stat.S_ISREG(found.st_mode) else 0
    return total


def _drop_parts(folder: Path) -> None:
    for one in (folder / "blobs").glob("*.incomplete"):
        one.unlink(missing_ok=True)


def _problem_in(name: str, printed: str) -> str:
    """What the process says went wrong, in one sentence; empty if nothing did."""
    try:
        error = json.loads(printed.splitlines()[-1]).get("error", "")
    except (IndexError, ValueError):
        error = "no answer"
    if not error:
        return ""
    said = why_not(name, error)
    if said != NOT_REACHED:
        return said
    return f"The connection broke off while {name} was fetched: whole files are kept, so try again."
