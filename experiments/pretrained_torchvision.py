"""torchvision's shelf: every network it can build, what is written beside its weights, its layers without weights."""

import inspect
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from data.vision import load_torchvision
from training.experiment import Network
from training.outline import Outline, outline

TASKS: Final = {
    "detection": "detection",
    "segmentation": "segmentation",
    "video": "video",
    "optical_flow": "optical flow",
    "quantization": "quantised",
}
CLASSIFICATION: Final = "classification"
ALL_TASKS: Final = (CLASSIFICATION, *TASKS.values())
# what is called good in each task: data set, measure, and both in words
MEASURES: Final = MappingProxyType(
    {
        CLASSIFICATION: ("ImageNet-1K", "acc@1", "top-1 accuracy on ImageNet (%)"),
        "detection": ("COCO-val2017", "box_map", "mean average precision of boxes on COCO (%)"),
        "segmentation": ("COCO-val2017-VOC-labels", "miou", "mean intersection over union on COCO (%)"),
        "video": ("Kinetics-400", "acc@1", "top-1 accuracy on Kinetics-400 (%)"),
        "optical flow": ("Sintel-Train-Cleanpass", "epe", "end-point error on Sintel (px, less is better)"),
        "quantised": ("ImageNet-1K", "acc@1", "top-1 accuracy on ImageNet (%)"),
    }
)
FRAMES: Final = 16  # of a film
SHIFT: Final = (360, 720)  # px of two pictures between which something moves
SCENE: Final = 800  # px of a picture in which things are to be found
# builders that make another network for their weights than without them
_VARIANTS: Final[tuple[dict[str, Any], ...]] = ({}, {"aux_loss": True}, {"aux_logits": False}, {"image_size": 518})
_HOLDERS: Final = (torch.empty, torch.zeros, torch.ones)  # what modules make their parameters and buffers with
_UNDECLARED: Final = {"aux_logits": "googlenet", "image_size": "vit_h_14"}  # words that a builder takes unsaid


@dataclass(frozen=True)
class Weights:
    """What torchvision says of one file of weights.

    Attributes:
        name: such as `IMAGENET1K_V2`.
        num_parameters: of the network with them.
        gflops: billions of multiplications with addition for one input; torchvision counts both as one.
        megabytes: of the file, of a million bytes each.
        measures: by data set, then by measure.
        recipe: address of how it was trained; empty if not given.
        licence: address of the licence, where it has one of its own.
        words: what is said about it, in plain text.
        address: of the file.
        is_default: whether torchvision recommends it.
    """

    name: str
    num_parameters: int
    gflops: float
    megabytes: float
    measures: dict[str, dict[str, float]]
    recipe: str
    licence: str
    words: str
    address: str
    is_default: bool


@dataclass(frozen=True)
class Entry:
    """One network on the shelf.

    Attributes:
        name: by which `get_model` knows it.
        task: one of `ALL_TASKS`.
        family: the module that builds it and its relatives.
        weights: files of trained weights, the recommended one first.
        code: what loads it.
    """

    name: str
    task: str
    family: str
    weights: tuple[Weights, ...]
    code: str

    @property
    def score(self) -> float:
        """How good it is, as `MEASURES` says, with the first weights that were measured so."""
        data, measure, _ = MEASURES[self.task]
        return next(one.measures[data][measure] for one in self.weights if data in one.measures)


@dataclass(frozen=True)
class Built:
    """A network built without weights.

    Attributes:
        outline: its layers at every depth.
        inputs: what it was shown, in words.
        num_unfrozen: parameters of its batch normalisations that torchvision freezes when there are weights, and then
            counts no more; 0 where it does not.
    """

    outline: Outline
    inputs: str
    num_unfrozen: int


@cache
def shelf() -> dict[str, Entry]:
    """Every network that torchvision can build by name. Asks nobody: all of it is in the package."""
    models = load_torchvision("torchvision.models")
    return {name: _entry(models, name) for name in models.list_models()}


def find(task: str, words: str) -> list[Entry]:
    """The networks for a task whose names hold all the words.

    Args:
        task: one of `ALL_TASKS`; empty for all.
        words: parts of a name, in any order.
    """
    parts = words.lower().split()
    return [
        entry
        for entry in shelf().values()
        if task in ("", entry.task) and all(part in f"{entry.name} {entry.family}" for part in parts)
    ]


def _entry(models: Any, name: str) -> Entry:
    builder, found = models.get_model_builder(name), models.get_model_weights(name)
    folders = builder.__module__.split(".")
    task = TASKS.get(folders[2], CLASSIFICATION)
    package = ".".join(folders[:3] if folders[2] in TASKS else folders[:2])
    default = found.DEFAULT
    ordered = [default, *(one for one in found if one is not default)]
    weights = tuple(_weights(one, is_default=one is default) for one in ordered)
    more = ", quantize=True" if task == "quantised" else ""
    chosen = f"{found.__name__}.{default.name}"
    code = (
        f"from {package} import {builder.__name__}, {found.__name__}\n\n"
        f"network = {builder.__name__}(weights={chosen}{more}).eval()\n"
        f"prepare = {chosen}.transforms()  # how its pictures have to come"
    )
    return Entry(name, task, folders[-1], weights, code)


def _weights(one: Any, *, is_default: bool) -> Weights:
    meta = one.meta
    return Weights(
        name=one.name,
        num_parameters=meta["num_params"],
        gflops=meta["_ops"],
        megabytes=meta["_file_size"] * 2**20 / 1e6,
        measures=meta["_metrics"],
        recipe=meta.get("recipe", ""),
        licence=meta.get("license", ""),
        words=_plain(meta.get("_docs", "")),
        address=one.url,
        is_default=is_default,
    )


def _plain(text: str) -> str:
    """Words written for Sphinx, without its signs: links keep their words, what a role names keeps its last name."""
    text = re.sub(r"`([^`<]+?)\s*<[^>]+>`_+", r"\1", text)
    text = re.sub(r":\w+:`~?(?:[^`]*\.)?([^`.]+)`", r"\1", text)
    return " ".join(text.replace("`", "").split())


# ---- built without weights -----------------------------------------------------------------------------------------


class _WithoutMemory(TorchFunctionMode):
    """What is made to hold weights or means is made on the device `meta`: a shape without numbers.

    With `torch.device("meta")` everything would be, even lists of widths that some builders work out as tensors.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        return func(*args, **({**kwargs, "device": "meta"} if func in _HOLDERS else kwargs))


@lru_cache(maxsize=32)
def built(name: str) -> Built:
    """The layers of a network, worked out without its weights and without memory for them.

    Raises:
        KeyError: if torchvision has no network of that name.
    """
    entry = shelf()[name]
    wanted = entry.weights[0].num_parameters
    network = next((one for one in map(lambda more: _build(name, more), _VARIANTS) if _count(one) == wanted), None)
    frozen = 0
    if network is None:
        network = _build(name, {})
        frozen = _count(network) - wanted
    assert network is not None
    inputs, axes, words = _inputs(entry, network)
    return Built(outline(Network(network, inputs, axes)), words, frozen)


def _build(name: str, more: dict[str, Any]) -> nn.Module | None:
    """The network on the device `meta`; None if its builder does not know these words."""
    models = load_torchvision("torchvision.models")
    builder = models.get_model_builder(name)
    known = {*inspect.signature(builder).parameters}
    if any(word not in known and not name.endswith(_UNDECLARED.get(word, "?")) for word in more):
        return None
    more = {**more, **({"weights_backbone": None} if "weights_backbone" in known else {})}
    if name.endswith(("googlenet", "inception_v3")):
        more["init_weights"] = False  # it warns of its own default otherwise
    with _WithoutMemory():
        network: nn.Module = models.get_model(name, weights=None, **more)
    return network.to("meta").eval()


def _count(network: nn.Module | None) -> int:
    return -1 if network is None else sum(one.numel() for one in network.parameters())


def _inputs(entry: Entry, network: nn.Module) -> tuple[tuple[Any, ...], tuple[str, ...], str]:
    """What the network is shown: one input of the size its weights were measured with, its axes, and words for it."""
    if entry.task == "optical flow":
        height, width = SHIFT
        words = f"two pictures of {height}×{width} px, and one of the 12 rounds in which its answer is improved"
        return (*(_none(1, 3, height, width),) * 2, 1), ("b c h w",) * 2, words
    if entry.task == "detection":
        return ([_none(3, SCENE, SCENE)],), ("c h w",), f"one picture of {SCENE}×{SCENE} px, which it scales"
    prepare = load_torchvision("torchvision.models").get_model_weights(entry.name).DEFAULT.transforms()
    side = getattr(network, "image_size", None) or _side(prepare)
    if entry.task == "video":
        return (_none(1, 3, FRAMES, side, side),), (), f"one film of {FRAMES} pictures of {side}×{side} px"
    return (_none(1, 3, side, side),), (), f"one picture of {side}×{side} px"


def _side(prepare: Any) -> int:
    """Pixels that come out of the preparation of pictures."""
    sizes = getattr(prepare, "crop_size", None) or prepare.resize_size
    return int(sizes[0])


def _none(*sizes: int) -> Tensor:
    return torch.empty(sizes, device="meta")
