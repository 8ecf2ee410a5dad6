"""A tokenizer from the Hugging Face hub by its name, in a process of its own: it may be slow or broken."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from data.dataset import DataError

SECONDS: Final = 20.0
CONNECT_SECONDS: Final = 3.0
MAX_NAME: Final = 100
UNREACHABLE: Final = "The hub cannot be reached from here, so only the tokenizers of this page are compared."
NAME: Final = re.compile(r"[\w.-]+(/[\w.-]+)?", re.ASCII)
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
    name = name.strip()
    if len(name) > MAX_NAME or not NAME.fullmatch(name):
        raise DataError("This is not a name on the hub: write it as owner/name, such as google-bert/bert-base-uncased.")
    if not _is_reachable():
        raise DataError(UNREACHABLE)
    limits = {"HF_HUB_DOWNLOAD_TIMEOUT": "5", "HF_HUB_ETAG_TIMEOUT": "5", "HF_HUB_DISABLE_TELEMETRY": "1"}
    command = [sys.executable, "-c", _CODE, name]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(list(texts)),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            env={**os.environ, **limits},
        )
        answer = json.loads(done.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired as error:
        raise DataError(f"The hub did not answer within {seconds:g} seconds: try again later.") from error
    except (IndexError, ValueError) as error:
        raise DataError(f"The tokenizer {name} could not be used: it is not one that this library reads.") from error
    if "error" in answer:
        raise DataError(_reason(name, answer["error"]))
    return HubCounts(name, answer["size"], tuple(answer["counts"]), tuple(answer["unknown"]))


def _reason(name: str, error: str) -> str:
    """Why a tokenizer could not be fetched, in one sentence."""
    if any(word in error for word in ("RepositoryNotFound", "EntryNotFound", "404", "401", "Gated", "403")):
        return f"The hub has no open tokenizer called {name}: look up its name on huggingface.co."
    return UNREACHABLE


def _is_reachable() -> bool:
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
