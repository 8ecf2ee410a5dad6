"""A network of the Hugging Face hub by its name: what the hub says of it, before anything is fetched.

Only weights as safetensors are wanted: such a file holds numbers and nothing that could run.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from data.dataset import DataError
from data.hub import ask, checked_name, is_reachable

Kind = Literal["timm", "transformers", "other"]

MAX_BYTES: Final = 500_000_000  # of what is fetched for one network
SECONDS: Final = 25.0
WEIGHTS: Final = "model.safetensors"
INDEX: Final = "model.safetensors.index.json"
SHARD: Final = re.compile(r"model-\d{5}-of-\d{5}\.safetensors")
PICKLES: Final = (".bin", ".pth", ".pt", ".ckpt", ".pkl", ".h5", ".msgpack")
BESIDE: Final = (  # small files that the two libraries read
    "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
    "added_tokens.json", "vocab.txt", "vocab.json", "merges.txt", "tokenizer.model", "spiece.model",
    "preprocessor_config.json",
)  # fmt: skip
BITS: Final = {"F64": 64, "I64": 64, "F32": 32, "I32": 32, "F16": 16, "BF16": 16, "I16": 16, "F8_E4M3": 8, "I8": 8,
               "U8": 8, "BOOL": 8}  # fmt: skip
NOT_THERE: Final = ("RepositoryNotFoundError", "RemoteEntryNotFoundError", "RevisionNotFoundError", "HFValidationError")
NOT_REACHED: Final = (
    "The Hugging Face hub cannot be reached from here: the networks that are installed with this page work without it."
)
_CODE: Final = """
import json, sys
from huggingface_hub import HfApi
try:
    found = HfApi(token=False).model_info(sys.argv[1], files_metadata=True, timeout=10)
except Exception as error:
    print(json.dumps({"error": f"{type(error).__name__}: {error}"[:2000]}))
    sys.exit()
card = found.card_data.to_dict() if found.card_data else {}
print(json.dumps({
    "name": found.id, "revision": found.sha, "library": vars(found).get("library_name"), "task": found.pipeline_tag,
    "tags": found.tags or [], "licence": card.get("license"), "downloads": found.downloads,
    "gated": found.gated, "config": found.config or {},
    "files": [[one.rfilename, one.size] for one in found.siblings or []],
    "parameters": dict(found.safetensors.parameters) if found.safetensors else {},
}, default=str))
"""


class HubFile(NamedTuple):
    """A file of a network on the hub: its path there, and its bytes, of which the hub may say nothing."""

    path: str
    num_bytes: int | None


@dataclass(frozen=True)
class HubModel:
    """What the hub says of a network.

    Attributes:
        name: owner/name.
        revision: the version, 40 letters.
        kind: the library that loads it here.
        belongs_to: what the hub says of that; empty if nothing.
        task: of its owner's words for it, such as `fill-mask`; empty if there is none.
        licence: empty if there is none.
        downloads: in the last 30 days.
        is_gated: whether only those may fetch it whom its owner lets.
        files: all.
        parameters: how many in each number format, where the hub has counted them.
    """

    name: str
    revision: str
    kind: Kind
    belongs_to: str
    task: str
    licence: str
    downloads: int
    is_gated: bool
    files: tuple[HubFile, ...]
    parameters: Mapping[str, int]

    @property
    def wanted(self) -> tuple[HubFile, ...]:
        """The files that would be fetched; none if there are no weights that this app loads."""
        paths = {one.path for one in self.files}
        shards = {path for path in paths if SHARD.fullmatch(path)}
        weights = {WEIGHTS} if WEIGHTS in paths else {INDEX, *shards} if INDEX in paths and shards else set()
        return tuple(one for one in self.files if weights and one.path in weights.union(BESIDE))

    @property
    def num_bytes(self) -> int:
        """Of all that would be fetched."""
        return sum(one.num_bytes or 0 for one in self.wanted)

    @property
    def refusal(self) -> str:
        """Why this app does not fetch it, in one sentence; empty if it does."""
        pickles = [one.path for one in self.files if one.path.endswith(PICKLES)]
        has_safetensors = any(one.path.endswith(".safetensors") for one in self.files)
        if self.is_gated:
            return "Its owner lets in only those who ask: agree on its page on huggingface.co and load it there."
        if pickles and not has_safetensors:
            return (
                f"Its weights are pickles only ({pickles[0]}), which can run code when they are opened: this app "
                "loads safetensors only."
            )
        if self.kind == "other":
            said = f"it belongs to {self.belongs_to}" if self.belongs_to else "the hub does not say how it is loaded"
            return f"This app loads networks of timm and of transformers, and {said}."
        if not self.wanted:
            return f"It has no weights called {WEIGHTS}, the file that both libraries look for."
        if any(one.num_bytes is None for one in self.wanted):
            return "The hub does not say how large its files are, so they are not fetched."
        if self.num_bytes > MAX_BYTES:
            return (
                f"Its files have {self.num_bytes / 1e6:,.0f} MB, more than the {MAX_BYTES / 1e6:,.0f} MB that this "
                "server fetches: choose a smaller one of its family, or load it on a computer of your own."
            )
        return ""


def look_up(name: str, seconds: float | int = SECONDS) -> HubModel:
    """Asks the hub about a network; fetches none of its files.

    Args:
        name: owner/name.
        seconds: after which it is given up.

    Raises:
        DataError: if there is no such network, no way to the hub, or no answer in time.
    """
    name = checked_name(name, "timm/resnet18.a1_in1k")
    if not is_reachable():
        raise DataError(NOT_REACHED)
    answer = ask(_CODE, name, None, seconds)
    if answer is None:
        raise DataError(f"What the hub says of {name} could not be read: look at its page on huggingface.co.")
    if "error" in answer:
        raise DataError(why_not(name, answer["error"]))
    return _model(answer)


def why_not(name: str, error: str) -> str:
    """What an error of the hub's library means, in one sentence."""
    kind = error.partition(":")[0]
    if kind == "GatedRepoError" or "403 Forbidden" in error:
        return f"The owner of {name} lets in only those who ask: agree on its page on huggingface.co and load it there."
    if kind in NOT_THERE:
        return f"The hub has no open network called {name}: look up its name on huggingface.co."
    if "No space left" in error:
        return "The disk of this server is full: forget a network that was fetched before."
    if kind == "HfHubHTTPError":
        return f"The hub answered with an error when it was asked for {name}: try again later."
    return NOT_REACHED


def weights_bytes(parameters: Mapping[str, int]) -> int:
    """Bytes of so many parameters in these number formats; an unknown format counts as 32 bits."""
    return sum(count * BITS.get(form, 32) // 8 for form, count in parameters.items())


def _model(answer: Mapping[str, Any]) -> HubModel:
    tags = set(map(str, answer["tags"]))
    licences = [tag.removeprefix("license:") for tag in sorted(tags) if tag.startswith("license:")]
    return HubModel(
        name=checked_name(str(answer["name"])),
        revision=str(answer["revision"]),
        kind=_kind(str(answer["library"] or ""), tags, answer["config"]),
        belongs_to=str(answer["library"] or ""),
        task=str(answer["task"] or ""),
        licence=str(answer["licence"] or next(iter(licences), "")),
        downloads=int(answer["downloads"] or 0),
        is_gated=bool(answer["gated"]),
        files=tuple(HubFile(str(path), size) for path, size in answer["files"]),
        parameters={str(form): int(count) for form, count in answer["parameters"].items()},
    )


def _kind(library: str, tags: set[str], config: Mapping[str, Any]) -> Kind:
    if library == "timm" or (not library and "timm" in tags):
        return "timm"
    return "transformers" if library == "transformers" or config.get("model_type") else "other"
