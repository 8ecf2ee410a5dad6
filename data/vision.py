"""Torchvision, also where its wheel and torch's do not match.

The Linux wheel that the registry gives for torchvision is built for CUDA. Beside a torch built for the processor only
it finds none of its own operators, and `import torchvision` ends at the first one it wants to describe. Transforms,
data sets, models and utilities use none of these operators, so it is enough that they are declared.

Code that trains a page's network does not come here: an exported program must run without it.
"""

import importlib
from types import ModuleType
from typing import Final

import torch
from torch import library

_MISSING: Final = ("nms", "qnms")
_SCHEMA: Final = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_declared: list[str] = []


def load_torchvision(name: str = "torchvision") -> ModuleType:
    """Imports torchvision, or a module of it; the first time takes one to two seconds.

    Args:
        name: such as `torchvision.transforms.v2`.
    """
    try:
        return importlib.import_module(name)
    except RuntimeError:
        if torch.version.cuda or _declared:
            raise  # not the mismatch that is known
    for operator in _MISSING:
        library.define(f"torchvision::{operator}", _SCHEMA)
        _declared.append(operator)
    return importlib.import_module(name)
