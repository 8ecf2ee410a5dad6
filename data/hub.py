"""The Hugging Face hub is asked in a process of its own, because it may be slow or broken; a tokenizer by its name.

No question carries a token, so a visitor sees only what is open to everybody.
"""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from data.dataset import DataError

SECONDS: Final = 20.0
CONNECT_SECONDS: Final = 3.0
MAX_NAME: Final = 100
UNREACHABLE: Final = "The hub cannot be reached from here, so only the tokenizers of this page are compared."
NAME: Final = re.compile(r"[\w.-]+(/[\w.-]+)?", re.ASCII)
SURROUNDINGS: Final = {  # of a process that asks
    "HF_HUB_DOWNLOAD_TIMEOUT": "5",
    "HF_HUB_ETAG_TIMEOUT": "5",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_XET": "1",  # another way of fetching, in which no file grows while it comes
}
_CODE: Final = """
import json, sys
from tokenizers import Tokenizer
texts = json.load(sys.stdin)
try:
    made = Tokenizer.from_pretrained(sys.argv[1])
except Exception as error:
    print(json.dumps({"error": f"{type(error).__name__}: {error}"[:2000]}))
    sys.exit()
found = [made.encode(text, add_special_tokens=False) for text in texts]
unknown = made.token_to_id(str(json.loads(made.to_str())["model"].get("unk_token")))
counts = [len(one.ids) for one in found]
unknown = [one.ids.count(unknown) for one in found]
print(json.dumps({"size": made.get_vocab_size(), "counts": counts, "unknown": unknown}))
"""


@dataclass(frozen=True)
class HubCounts:
    """What a tokenizer of the hub made of some texts.

    Attributes:
        name: on the hub.
        num_tokens: of its vocabulary.
        counts: tokens of each text.
        unknown: tokens of each text that stand for what it does not know.
    """

    name: str
    num_tokens: int
    counts: tuple[int, ...]
    unknown: tuple[int, ...]


def hub_counts(name: str, texts: Sequence[str], seconds: float | int = SECONDS) -> HubCounts:
    """Fetches a tokenizer and cuts some texts with it.

    Args:
        name: as the hub has it, such as `bert-base-uncased`.
        texts: what to cut.
        seconds: after which it is given up.

    Raises:
        DataError: if there is no such tokenizer, no network, or no answer in time.
    """
    name = checked_name(name)
    if not is_reachable():
        raise DataError(UNREACHABLE)
    answer = ask(_CODE, name, list(texts), seconds)
    if answer is None:
        raise DataError(f"The tokenizer {name} could not be used: it is not one that this library reads.")
    if "error" in answer:
        raise DataError(_reason(name, answer["error"]))
    return HubCounts(name, answer["size"], tuple(answer["counts"]), tuple(answer["unknown"]))


def _reason(name: str, error: str) -> str:
    """Why a tokenizer could not be fetched, in one sentence."""
    if any(word in error for word in ("RepositoryNotFound", "EntryNotFound", "404", "401", "Gated", "403")):
        return f"The hub has no open tokenizer called {name}: look up its name on huggingface.co."
    return UNREACHABLE


def checked_name(name: str, example: str = "google-bert/bert-base-uncased") -> str:
    """The name, without space around it.

    Raises:
        DataError: if the hub cannot have such a name.
    """
    name = name.strip()
    if len(name) > MAX_NAME or not NAME.fullmatch(name):
        raise DataError(f"This is not a name on the hub: write it as owner/name, such as {example}.")
    return name


def ask(code: str, name: str, given: object, seconds: float | int) -> dict[str, Any] | None:
    """Runs a few lines of Python in a process of their own.

    Args:
        code: reads `given` as JSON, takes the name as its argument, and prints one line of JSON.
        name: on the hub.
        given: what else it needs.
        seconds: after which it is given up.

    Returns:
        What was printed; None if the process ended without that.

    Raises:
        DataError: if there is no answer in time.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, name],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            env=os.environ | SURROUNDINGS,
        )
    except subprocess.TimeoutExpired as error:
        raise DataError(f"The hub did not answer within {seconds:g} seconds: try again later.") from error
    try:
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return None
    return answer


def is_reachable() -> bool:
    """Whether the hub, or a proxy that stands before it, may answer; the library itself would try for minutes."""
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        return True
    address = urlsplit(os.environ.get("HF_ENDPOINT", "https://huggingface.co"))
    try:
        port = address.port or (80 if address.scheme == "http" else 443)
        socket.create_connection((address.hostname or "", port), timeout=CONNECT_SECONDS).close()
    except OSError:
        return False
    return True
