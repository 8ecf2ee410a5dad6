"""A network of the hub that has been fetched: loaded by the library it belongs to, and taken apart.

The files lie in the hub's cache and are read from there by path, so that loading never asks the network, never opens a
pickle, and never runs code that came with them. Weights become float32, in which a processor computes fastest. What a
`config.json` describes is first built without memory and counted, because the file is a stranger's.
"""

import importlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from data.dataset import DataError
from data.extras import is_importable
from data.vision import load_torchvision
from training.anatomy import Anatomy, anatomy
from training.experiment import Network

Answers = Literal["picture", "gap", "goes on", "classes", ""]

KEPT: Final = 2  # networks in memory
MAX_LAYERS: Final = 256
MAX_SIDE: Final = 1024  # pixels, and channels
SMALLEST_CUT: Final = 0.5  # of a picture that was scaled, and is then cut
SPARE: Final = 1_000_000  # parameters that a config may describe beyond twice those in the file
SAMPLE: Final = "The little cat sat on the mat."  # what is read to measure shapes
TWIN: Final = ".tv_in1k"  # torchvision's weights, in timm's names
HEADS: Final[dict[str, tuple[str, Answers]]] = {
    "ForMaskedLM": ("AutoModelForMaskedLM", "gap"),
    "ForCausalLM": ("AutoModelForCausalLM", "goes on"),
    "LMHeadModel": ("AutoModelForCausalLM", "goes on"),
    "ForSequenceClassification": ("AutoModelForSequenceClassification", "classes"),
}


@dataclass(frozen=True, eq=False)
class HubNetwork:
    """A network that is ready.

    Attributes:
        module: in evaluation mode, frozen.
        answers: what it can be asked here: a picture, the gap of a text, to go on with one, its class, or nothing.
        tokenizer: of a text network; None where there is none.
        num_parameters: each once.
        num_bytes: of parameters and buffers.
        num_random: weights that the file does not hold, and that are therefore random.
    """

    module: nn.Module
    answers: Answers
    tokenizer: Any
    num_parameters: int
    num_bytes: int
    num_random: int


@lru_cache(maxsize=KEPT)
def load(folder: Path, kind: Literal["timm", "transformers"]) -> HubNetwork:
    """Loads a network from the folder into which it was fetched.

    Args:
        folder: with `config.json` and the weights.
        kind: the library.

    Raises:
        DataError: if the files are damaged, or describe what the library does not know.
    """
    with plainly(f"{kind} cannot load it"):
        held = sum(map(_numbers_in, sorted(folder.glob("*.safetensors"))))
        _check_depth(json.loads((folder / "config.json").read_text(encoding="utf-8")))
        load_torchvision()  # before both libraries, which import it
        return _from_timm(folder, held) if kind == "timm" else _from_transformers(folder, held)


@contextmanager
def plainly(what: str) -> Iterator[None]:
    """Makes one sentence of whatever a stranger's files make a library raise.

    Args:
        what: could not be done, the beginning of the sentence.
    """
    try:
        yield
    except DataError:
        raise
    except SafetensorError as error:
        raise DataError("Its file of weights is damaged: forget it, and fetch it again.") from error
    except Exception as error:
        said = " ".join(str(error).split())[:160].rstrip(".")
        raise DataError(f"{what} ({type(error).__name__}: {said}).") from error


def let_go() -> None:
    """Takes no memory any more for networks that were loaded."""
    load.cache_clear()
    layers.cache_clear()


def _from_timm(folder: Path, held: int) -> HubNetwork:
    import timm

    with torch.device("meta"):
        _check_count(timm.create_model(f"local-dir:{folder}", pretrained=False), held)
    module = timm.create_model(f"local-dir:{folder}", pretrained=True)
    _check_pictures(importlib.import_module("timm.data").resolve_model_data_config(module))
    return _ready(module, "picture" if module.num_classes else "", None, 0)


def _from_transformers(folder: Path, held: int) -> HubNetwork:
    import transformers

    given: dict[str, Any] = {"trust_remote_code": False, "local_files_only": True}
    config = transformers.AutoConfig.from_pretrained(folder, **given)
    name = next(iter(config.architectures or ()), "")
    loader, answers = next((head for end, head in HEADS.items() if name.endswith(end)), ("AutoModel", ""))
    auto = getattr(transformers, loader)
    with torch.device("meta"):
        _check_count(auto.from_config(config, trust_remote_code=False), held)
    module, info = auto.from_pretrained(
        folder, use_safetensors=True, output_loading_info=True, dtype=torch.float32, **given
    )
    missing = set(info["missing_keys"])
    num_random = sum(one.numel() for key, one in module.state_dict().items() if key in missing)
    tokenizer = None
    if getattr(module, "main_input_name", "") == "input_ids" and any(folder.glob("*token*")):
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **given)
    if answers == "goes on" and tokenizer is not None:  # the files could ask for a thousand beams
        end = tokenizer.eos_token_id
        plain: Any = transformers.GenerationConfig
        module.generation_config = plain(eos_token_id=end, pad_token_id=end)
    return _ready(module, answers if tokenizer is not None and not num_random else "", tokenizer, num_random)


def _ready(module: nn.Module, answers: Answers, tokenizer: Any, num_random: int) -> HubNetwork:
    module.requires_grad_(False).eval()
    tensors: list[Tensor] = [*module.parameters(), *module.buffers()]
    return HubNetwork(
        module,
        answers,
        tokenizer,
        sum(one.numel() for one in module.parameters()),
        sum(one.numel() * one.element_size() for one in tensors),
        num_random,
    )


def _numbers_in(path: Path) -> int:
    """How many numbers a file of weights holds; only its head is read."""
    with safe_open(path, framework="numpy") as file:
        return sum(int(np.prod(file.get_slice(key).get_shape(), dtype=np.int64)) for key in file.keys())  # noqa: SIM118


def _check_depth(config: Any, key: str = "") -> None:
    """Refuses a description with so many layers that to build them would take minutes."""
    if isinstance(config, dict):
        for name, value in config.items():
            _check_depth(value, str(name))
    elif isinstance(config, list):
        for value in config:
            _check_depth(value, key)
    elif isinstance(config, int) and config > MAX_LAYERS and key.rstrip("s").endswith(("layer", "depth")):
        raise DataError(f"Its config.json asks for {config:,} layers, more than the {MAX_LAYERS} that are built here.")


def _check_count(module: nn.Module, held: int) -> None:
    count = sum(one.numel() for one in module.parameters())
    if count > 2 * held + SPARE:
        raise DataError(f"Its config.json describes {count:,} parameters, and its file holds {held:,}: it is damaged.")


def _check_pictures(config: dict[str, Any]) -> None:
    """Refuses pictures of a size that would fill the memory."""
    sides, cut = config["input_size"], config["crop_pct"]
    if max(sides) > MAX_SIDE or cut < SMALLEST_CUT:
        asked = " × ".join(map(str, sides))
        raise DataError(
            f"Its config.json asks for pictures of {asked}, cut to {cut:g}: this app gives it smaller ones."
        )


# ---- names of torchvision ------------------------------------------------------------------------------------------


def in_torchvision(name: str) -> bool:
    """Whether torchvision has an architecture of that name."""
    return name in load_torchvision("torchvision.models").list_models()


def timm_twin(name: str) -> str:
    """Where the hub has torchvision's weights of that name as safetensors; empty where timm knows of none."""
    if not is_importable("timm"):
        return ""
    load_torchvision()
    import timm

    return f"timm/{name}{TWIN}" if f"{name}{TWIN}" in timm.list_pretrained(f"*{TWIN}") else ""


# ---- taken apart ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=KEPT)
def layers(network: HubNetwork) -> Anatomy | None:
    """Every layer, from one pass of a small batch; None if it does not say what to give it."""
    inputs = _sample(network)
    if inputs is None:
        return None
    try:
        return anatomy(Network(network.module, inputs))
    except Exception:  # a network that needs more than one input, such as an encoder with a decoder
        return None


def tensors(network: HubNetwork) -> list[tuple[str, tuple[int, ...], str]]:
    """Name, shape and number format of every tensor of weights."""
    named = network.module.named_parameters()
    return [(name, tuple(one.shape), str(one.dtype).removeprefix("torch.")) for name, one in named]


def _sample(network: HubNetwork) -> tuple[Tensor, ...] | None:
    """A batch of two to measure shapes with: grey pictures, or a sentence twice."""
    if network.tokenizer is not None:
        ids = network.tokenizer(SAMPLE, return_tensors="pt")["input_ids"]
        return (ids.expand(2, -1).contiguous(),)
    config = getattr(network.module, "pretrained_cfg", None)
    if config:
        return (torch.zeros(2, *config["input_size"]),)
    config = getattr(network.module, "config", None)
    side = getattr(config, "image_size", None)
    if getattr(network.module, "main_input_name", "") == "pixel_values" and isinstance(side, int) and side <= MAX_SIDE:
        return (torch.zeros(2, getattr(config, "num_channels", 3), side, side),)
    return None
