"""A visitor's own pictures as plain files, to be taken home and brought back."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import numpy as np
import torch
from pydantic import BaseModel, Field, ValidationError

from data.dataset import MAX_CLASSES, DataError
from data.images import ImageSet
from data.own_images import MAX_IMAGES, MAX_SET_BYTES, SOURCE

PIXELS: Final = "pictures.bin"
WORDS: Final = "pictures.json"
MAX_SIDE: Final = 256

Side = Annotated[int, Field(ge=1, le=MAX_SIDE)]


class _Words(BaseModel):
    """All of a set but its pixels."""

    size: tuple[Annotated[int, Field(ge=1, le=3)], Side, Side]
    y: Annotated[list[Annotated[int, Field(ge=0, lt=MAX_CLASSES)]], Field(min_length=2, max_length=MAX_IMAGES)]
    num_train: Annotated[int, Field(ge=1)]
    class_names: Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=MAX_CLASSES)]
    report: Annotated[str, Field(max_length=20_000)]


def files_of(material: Mapping[str, Any]) -> dict[str, bytes]:
    """The material of an experiment, `own` pictures or nothing, as files by name."""
    own: ImageSet | None = material.get("own")
    if own is None:
        return {}
    words = _Words(
        size=(own.x.shape[1], own.x.shape[2], own.x.shape[3]),
        y=own.y.tolist(),
        num_train=own.num_train,
        class_names=own.class_names,
        report=own.report,
    )
    return {PIXELS: own.x.numpy().tobytes(), WORDS: words.model_dump_json(indent=2).encode()}


def material_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The material that `files_of` made into files.

    Raises:
        DataError: if they hold something else.
    """
    if WORDS not in files and PIXELS not in files:
        return {}
    try:
        words, pixels = _Words.model_validate_json(files[WORDS]), files[PIXELS]
        fits = len(pixels) == len(words.y) * int(np.prod(words.size)) <= MAX_SET_BYTES
        if not (fits and words.num_train < len(words.y) and max(words.y) < len(words.class_names)):
            raise ValueError("the parts do not fit together")
    except (ValidationError, KeyError, ValueError) as error:
        raise DataError("The pictures in this run file are damaged: save it anew.") from error
    array = np.frombuffer(pixels, dtype=np.uint8).reshape(len(words.y), *words.size)
    own = ImageSet(
        name="own images",
        x=torch.from_numpy(array.copy()),
        y=torch.tensor(words.y),
        num_train=words.num_train,
        class_names=words.class_names,
        source=SOURCE,
        report=words.report,
    )
    return {"own": own}
