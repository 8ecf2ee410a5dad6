"""Where the small files that come with the app lie: in `data/files`, with `SOURCES.md` that says whose they are."""

import sys
from pathlib import Path

from data.dataset import DataError


def embedded(name: str) -> Path:
    """The file of that name in `data/files`.

    A program that was taken home has no folder of its own to ask for, so the places where Python looks for modules are
    gone through, and the folder it was started in.

    Raises:
        DataError: if the file is in none of them.
    """
    for folder in (*sys.path, "."):
        path = Path(folder, "data", "files", name)
        if path.is_file():
            return path
    raise DataError(f"The file data/files/{name} is missing: put the folder data beside this program and start again.")
