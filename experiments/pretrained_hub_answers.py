"""What a network of the hub answers: which class a picture is, what fills a gap, how a text goes on."""

import importlib
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image
from torch import Tensor

from data.dataset import DataError
from experiments.pretrained_hub import HubNetwork, plainly

MOST: Final = 5  # answers that are shown
MAX_LETTERS: Final = 500
MAX_TOKENS: Final = 128  # of a text
NEW_TOKENS: Final = 20


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


@torch.inference_mode()
def classify(network: HubNetwork, picture: UInt8[np.ndarray, "H W 3"]) -> Guesses:
    """What a network of timm sees, with the cutting and scaling it was trained with.

    Raises:
        DataError: if it cannot be asked.
    """
    timm_data: Any = importlib.import_module("timm.data")  # it names what it exports for itself alone
    module: Any = network.module
    with plainly("It cannot be shown this picture"):
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
        DataError: if the text has no gap, or more than one, where one has to be filled; if it cannot be asked.
    """
    if not text.strip():
        raise DataError("There is no text: write a sentence into the box.")
    if network.answers == "gap" and text.count("___") != 1:
        raise DataError("Mark one gap in the text with three underscores, such as “The sky is ___.”.")
    with plainly("It cannot be asked about this text"):
        return _completed(network, text[:MAX_LETTERS])


def _completed(network: HubNetwork, text: str) -> Guesses:
    module: Any = network.module
    tokenizer: Any = network.tokenizer
    if network.answers == "gap":
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
    guesses = _tokens(logits[-1], tokenizer)
    written = module.generate(**given, max_new_tokens=NEW_TOKENS, do_sample=False)
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
