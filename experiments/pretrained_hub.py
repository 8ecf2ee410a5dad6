"""A network of the hub that has been fetched: loaded by the library it belongs to, taken apart, and asked.

The files lie in the hub's cache and are read from there by path, so that loading never asks the network, never opens a
pickle, and never runs code that came with them. Weights become float32, in which a processor computes fastest. What a
`config.json` describes is first built without memory and counted, because the file is a stranger's.
"""

import importlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from data.dataset import DataError
from data.extras import is_importable
from data.vision import load_torchvision
from training.anatomy import Anatomy, anatomy
from training.experiment import Network

Answers = Literal["picture", "gap", "goes on", "classes", ""]

KEPT: Final = 2  # networks in memory
MOST: Final = 5  # answers that are shown
MAX_LETTERS: Final = 500
MAX_TOKENS: Final = 128  # of a text
NEW_TOKENS: Final = 20
MAX_LAYERS: Final = 256
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


@dataclass(frozen=True)
class Guesses:
    """What a network holds for likely.

    Attributes:
        names: the likeliest first.
        chances: of each.
        text: what it wrote, if it writes.
    """

    names: tuple[str, ...]
    chances: Float[np.ndarray, "n"]
    text: str = ""


@lru_cache(maxsize=KEPT)
def load(folder: Path, kind: Literal["timm", "transformers"]) -> HubNetwork:
    """Loads a network from the folder into which it was fetched.

    Args:
        folder: with `config.json` and the weights.
        kind: the library.

    Raises:
        DataError: if the files are damaged, or describe what the library does not know.
    """
    try:
        held = sum(map(_numbers_in, sorted(folder.glob("*.safetensors"))))
        _check_depth(json.loads((folder / "config.json").read_text(encoding="utf-8")))
        load_torchvision()  # before both libraries, which import it
        return _from_timm(folder, held) if kind == "timm" else _from_transformers(folder, held)
    except DataError:
        raise
    except SafetensorError as error:
        raise DataError("Its file of weights is damaged: forget it, and fetch it again.") from error
    except Exception as error:  # the libraries raise whatever a stranger's files make them raise
        said = " ".join(str(error).split())[:160].rstrip(".")
        raise DataError(f"{kind} cannot load it ({type(error).__name__}: {said}).") from error


def let_go() -> None:
    """Takes no memory any more for networks that were loaded."""
    load.cache_clear()
    layers.cache_clear()


def _from_timm(folder: Path, held: int) -> HubNetwork:
    import timm

    with torch.device("meta"):
        _check_count(timm.create_model(f"local-dir:{folder}", pretrained=False), held)
    module = timm.create_model(f"local-dir:{folder}", pretrained=True)
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
    if getattr(network.module, "main_input_name", "") == "pixel_values" and isinstance(side, int):
        return (torch.zeros(2, getattr(config, "num_channels", 3), side, side),)
    return None


# ---- asked ---------------------------------------------------------------------------------------------------------


@torch.inference_mode()
def classify(network: HubNetwork, picture: UInt8[np.ndarray, "H W 3"]) -> Guesses:
    """What a network of timm sees, with the cutting and scaling it was trained with."""
    timm_data: Any = importlib.import_module("timm.data")  # it names what it exports for itself alone
    module: Any = network.module
    config = timm_data.resolve_model_data_config(module)
    transform = timm_data.create_transform(**config, is_training=False)
    chances = module(transform(Image.fromarray(picture))[None])[0].float().softmax(-1)
    return _likeliest(chances, _labels(module))


def _labels(module: Any) -> list[str]:
    """The names of a timm network's classes; numbers where it brings none."""
    timm_data: Any = importlib.import_module("timm.data")
    config, number = module.pretrained_cfg, module.num_classes
    names = config.get("label_names")
    if names and len(names) == number:
        said = config.get("label_descriptions") or {}
        return [str(said.get(name, name)) for name in names]
    subset = timm_data.infer_imagenet_subset(module)
    if subset:
        info = timm_data.ImageNetInfo(subset)
        return [info.index_to_description(index) for index in range(number)]
    return [f"class {index}" for index in range(number)]


@torch.inference_mode()
def complete(network: HubNetwork, text: str) -> Guesses:
    """What a text network makes of a text: what fills the gap, what comes next, or which class it is.

    Raises:
        DataError: if the text has no gap, or more than one, where one has to be filled.
    """
    module: Any = network.module
    tokenizer: Any = network.tokenizer
    if not text.strip():
        raise DataError("There is no text: write a sentence into the box.")
    text = text[:MAX_LETTERS]
    if network.answers == "gap":
        if text.count("___") != 1:
            raise DataError("Mark one gap in the text with three underscores, such as “The sky is ___.”.")
        text = text.replace("___", tokenizer.mask_token)
    room = min(MAX_TOKENS, getattr(module.config, "max_position_embeddings", MAX_TOKENS) - NEW_TOKENS)
    given = tokenizer(text, return_tensors="pt", truncation=True, max_length=max(1, room))
    logits = module(**given).logits[0]
    if network.answers == "classes":
        names = [str(module.config.id2label.get(index, index)) for index in range(logits.shape[-1])]
        return _likeliest(logits.softmax(-1), names)
    if network.answers == "gap":
        places = (given["input_ids"][0] == tokenizer.mask_token_id).nonzero()
        if not len(places):
            raise DataError(f"The gap lies beyond the first {room} tokens, which are all that is read here.")
        return _tokens(logits[int(places[0])], tokenizer)
    written = module.generate(**given, max_new_tokens=NEW_TOKENS, do_sample=False, pad_token_id=tokenizer.eos_token_id)
    guesses = _tokens(logits[-1], tokenizer)
    new = tokenizer.decode(written[0, given["input_ids"].shape[1] :], skip_special_tokens=True)
    return Guesses(guesses.names, guesses.chances, new)


def _tokens(logits: Tensor, tokenizer: Any) -> Guesses:
    chances = logits.float().softmax(-1)
    first = chances.topk(min(MOST, len(chances)))
    names = tuple(tokenizer.decode([index]) for index in first.indices.tolist())
    return Guesses(names, first.values.numpy())


def _likeliest(chances: Tensor, names: list[str]) -> Guesses:
    first = chances.float().topk(min(MOST, len(chances)))
    return Guesses(tuple(names[index] for index in first.indices.tolist()), first.values.numpy())
