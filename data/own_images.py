"""Pictures that visitors bring to learn from: a folder as .zip, or a few classes made on the spot.

A .zip comes from anywhere: its entries are counted before it is opened, its sizes while it is unpacked, names that lead
out of it are refused, and nothing is written to disk. A picture that cannot be read is left out and named; the rest
trains.

Shapes: N pictures, C channels (1 grey, 3 colours), H rows, W columns.
"""

import io
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final, Literal, NamedTuple

import numpy as np
import torch
from jaxtyping import UInt8

from data.csv_text import shorten
from data.dataset import MAX_CLASSES, DataError, seeded, split_mask
from data.images import ImageSet
from data.pictures import MAX_FILE_BYTES, MAX_PIXELS, SUFFIXES, Picture, fitted, read_image, read_picture

__all__ = ["from_classes", "from_folder_zip", "read_folder_zip", "read_image"]

Part = Literal["train", "test", ""]

MAX_ZIP_BYTES: Final = 32 * 2**20
MAX_UNPACKED_BYTES: Final = 128 * 2**20
MAX_ENTRIES: Final = 5_000
MAX_IMAGES: Final = 1_000
MAX_SET_BYTES: Final = 24 * 2**20  # of all pictures at the size they are learnt in: a run file takes them along
MAX_UNPACKED_PIXELS: Final = 400_000_000  # of all files together: some ten seconds
TEST_SHARE: Final = 0.25
NAMED: Final = 5  # files that a report names
SPLITS: Final[dict[str, Part]] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "test", "testing"), "test"),
}
SOURCE: Final = "Pictures of your own; they stay in this session."
_ENTRY: Final = b"PK\x01\x02"  # begins the description of each file in a .zip
_LITTER: Final = ("__macosx", "thumbs.db", "desktop.ini")
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)
_AGAIN: Final = "make the .zip anew from a folder with one folder for each class"


class Found(NamedTuple):
    """A file of a .zip that should be a picture."""

    entry: zipfile.ZipInfo
    class_name: str
    part: Part


@dataclass
class Gathered:
    """What was read so far: pictures with their class and part, and what was left out."""

    pixels: list[UInt8[np.ndarray, "H W 3"]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


# ---- a folder as .zip ----------------------------------------------------------------------------------------------


def read_folder_zip(content: bytes, *, size: int, is_grey: bool = False, seed: int = 0) -> ImageSet:
    """Pictures from a .zip: `train`, `val` and `test` with a folder for each class, or one folder for each class.

    Args:
        content: the file.
        size: rows and columns the pictures get; the middle square of each is taken.
        is_grey: whether they become grey.
        seed: which pictures are kept for the test where the folders do not say.

    Raises:
        DataError: if it is no such file, or nothing can be learnt from it.
    """
    files = from_folder_zip(content, size=size, is_grey=is_grey)
    return _as_set(files, size, is_grey, seed)


def from_folder_zip(content: bytes, *, size: int, is_grey: bool = False) -> Gathered:
    """Reads the pictures of a .zip at a size from which `size` can be cut; arguments as in `read_folder_zip`."""
    if len(content) > MAX_ZIP_BYTES:
        raise DataError(f"This .zip has more than {MAX_ZIP_BYTES // 2**20} MB: use fewer or smaller pictures.")
    if content.count(_ENTRY) > MAX_ENTRIES:
        raise DataError(f"This .zip holds more than {MAX_ENTRIES:,} files: leave some out.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found, notes = _found(archive.infolist())
            found, more = _few_enough(found, size, is_grey)
            gathered = _read_all(archive, found, size)
    except DataError:
        raise
    except _BROKEN as error:
        raise DataError(f"This file is not a .zip that can be unpacked: {_AGAIN}.") from error
    gathered.notes[:0] = notes + more
    return gathered


def _found(entries: Sequence[zipfile.ZipInfo]) -> tuple[list[Found], list[str]]:
    """The pictures by class and part, in the order of the file."""
    pictures: list[tuple[zipfile.ZipInfo, PurePosixPath]] = []
    num_others = 0
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or (path.parts and path.parts[0].endswith(":")):
            raise DataError(f"A file in this .zip has a name that leads out of its folder: {_AGAIN}.")
        if entry.is_dir() or any(part.lower() in _LITTER or part.startswith(".") for part in path.parts):
            continue
        if path.suffix.lower() in SUFFIXES:
            pictures.append((entry, path))
        else:
            num_others += 1
    if not pictures:
        raise DataError(f"There is no picture in this .zip: {_AGAIN}.")
    found = list(_sorted_by_folder(pictures))
    num_lost = len(pictures) - len(found)
    notes = [f"Files left out because they are no pictures: {num_others:,}."] if num_others else []
    if num_lost:
        notes.append(f"Pictures left out because they lie in no folder of a class: {num_lost:,}.")
    return found, notes


def _sorted_by_folder(pictures: Sequence[tuple[zipfile.ZipInfo, PurePosixPath]]) -> Iterator[Found]:
    """Finds out which folder means a class; folders inside a class belong to it."""
    folders = [path.parts[:-1] for _, path in pictures]
    places = [next((at for at, part in enumerate(parts[:-1]) if part.lower() in SPLITS), None) for parts in folders]
    parts_of = [
        "" if place is None else SPLITS[parts[place].lower()] for parts, place in zip(folders, places, strict=True)
    ]
    if "train" in parts_of:
        for (entry, _), parts, place, part in zip(pictures, folders, places, parts_of, strict=True):
            if place is not None:
                yield Found(entry, parts[place + 1], part)
        return
    depth = 0  # folders that all pictures lie in mean nothing, as long as there is a folder in them
    while all(len(parts) > depth + 1 and parts[depth] == folders[0][depth] for parts in folders):
        depth += 1
    for (entry, _), parts in zip(pictures, folders, strict=True):
        if len(parts) > depth:
            yield Found(entry, parts[depth], "")


def _few_enough(found: Sequence[Found], size: int, is_grey: bool) -> tuple[list[Found], list[str]]:
    """At most as many classes as there are colours, and at most as many pictures as may be kept."""
    counts = Counter(file.class_name for file in found)
    notes = []
    if len(counts) > MAX_CLASSES:
        notes.append(
            f"Of {len(counts):,} folders the {MAX_CLASSES} with most pictures are used, because only so many colours "
            "can be told apart; to choose others, leave only those in the .zip."
        )
    counts = Counter(dict(counts.most_common(MAX_CLASSES)))
    allowed = _shares(counts, most_images(size, is_grey))
    chosen, number = [], Counter[str]()
    for file in sorted(found, key=lambda file: (file.class_name, file.part)):
        name = file.class_name
        if name in counts:
            before, after = (n * allowed[name] // counts[name] for n in (number[name], number[name] + 1))
            number[name] += 1
            if after > before:  # evenly through the class, and so through its parts
                chosen.append(file)
    if num_over := counts.total() - len(chosen):
        notes.append(f"Pictures left out because there are too many at {size} pixels: {num_over:,}.")
    return chosen, notes


def _shares(counts: Mapping[str, int], room: int) -> dict[str, int]:
    """How many of each class fit: what small classes leave over goes to larger ones."""
    shares = {}
    for number_left, (name, count) in zip(
        range(len(counts), 0, -1), sorted(counts.items(), key=lambda item: item[1]), strict=True
    ):
        shares[name] = min(count, room // number_left)
        room -= shares[name]
    return shares


def most_images(size: int, is_grey: bool) -> int:
    """How many pictures of a size are learnt from."""
    return min(MAX_IMAGES, MAX_SET_BYTES // (size * size * (1 if is_grey else 3)))


def _read_all(archive: zipfile.ZipFile, found: Sequence[Found], size: int) -> Gathered:
    gathered = Gathered()
    bytes_left, pixels_left = MAX_UNPACKED_BYTES, MAX_UNPACKED_PIXELS
    for file in found:
        try:
            with archive.open(file.entry) as stream:
                content = stream.read(min(bytes_left, MAX_FILE_BYTES) + 1)
        except _BROKEN:  # encrypted, packed in an unknown way, or damaged
            gathered.broken.append(file.entry.filename)
            continue
        bytes_left -= len(content)
        if bytes_left < 0:
            size_in_words = f"{MAX_UNPACKED_BYTES // 2**20} MB"
            raise DataError(
                f"The pictures in this .zip unpack to more than {size_in_words}: use fewer or smaller ones."
            )
        try:
            picture = read_picture(file.entry.filename, content, 2 * size, min(MAX_PIXELS, max(pixels_left, 1)))
        except DataError:
            gathered.broken.append(file.entry.filename)
            continue
        pixels_left -= picture.num_unpacked
        _keep(gathered, picture, file.class_name, file.part)
    return gathered


def _keep(gathered: Gathered, picture: Picture, class_name: str, part: Part) -> None:
    gathered.pixels.append(picture.pixels)
    gathered.names.append(class_name)
    gathered.parts.append(part)
    gathered.notes += picture.notes


# ---- classes made on the spot --------------------------------------------------------------------------------------


def from_classes(
    classes: Mapping[str, Sequence[UInt8[np.ndarray, "H W 3"]]], *, size: int, is_grey: bool = False, seed: int = 0
) -> ImageSet:
    """Pictures that were brought class by class.

    Args:
        classes: by the name of each class its pictures, (H, W, 3) each.
        size: rows and columns the pictures get.
        is_grey: whether they become grey.
        seed: which pictures are kept for the test.

    Raises:
        DataError: if nothing can be learnt from them.
    """
    if len(classes) > MAX_CLASSES:
        raise DataError(f"There are {len(classes)} classes, but at most {MAX_CLASSES} can be told apart: remove some.")
    empty = [name for name, pictures in classes.items() if not len(pictures)]
    if empty:
        raise DataError(f"The class “{shorten(empty[0])}” has no picture yet: add some, or remove the class.")
    if (number := sum(map(len, classes.values()))) > (most := most_images(size, is_grey)):
        raise DataError(f"There are {number:,} pictures, but at most {most:,} at {size} pixels: remove some.")
    gathered = Gathered()
    for name, pictures in classes.items():
        for pixels in pictures:
            _keep(gathered, Picture(pixels, pixels.shape[0] * pixels.shape[1]), name, "")
    return _as_set(gathered, size, is_grey, seed)


# ---- the set -------------------------------------------------------------------------------------------------------


def _as_set(gathered: Gathered, size: int, is_grey: bool, seed: int) -> ImageSet:
    """Puts what was read into one set: training pictures first, each part in mixed order."""
    report = _reports(gathered)
    trained = set(gathered.names)
    if "train" in gathered.parts:
        trained = {name for name, part in zip(gathered.names, gathered.parts, strict=True) if part == "train"}
        lost = [name for name in dict.fromkeys(gathered.names) if name not in trained]
        if lost:
            report.append(f"Classes left out because they have nothing to train on: {_listed(lost)}.")
    names = [name for name in dict.fromkeys(gathered.names) if name in trained]
    _check_classes(gathered, names)
    chosen = [index for index, name in enumerate(gathered.names) if name in trained]
    y = torch.tensor([names.index(gathered.names[index]) for index in chosen])
    x = torch.stack([fitted(gathered.pixels[index], size, is_grey=is_grey) for index in chosen])
    is_test = torch.tensor([gathered.parts[index] == "test" for index in chosen])
    generator = seeded(seed)
    if not is_test.any():
        is_test = split_mask(len(chosen), TEST_SHARE, generator, y)
        report.append(f"Kept for the test: {int(is_test.sum()):,} of {len(chosen):,} pictures, chosen by the seed.")
    elif "test" in gathered.parts:
        report.append("The pictures in val and test are the test set.")
    lonely = [names[k] for k in (y.bincount(minlength=len(names)) == 1).nonzero()[:, 0].tolist()]
    if lonely:
        report.append(f"Classes with one picture only, which cannot be both learnt and tested: {_listed(lonely)}.")
    order = torch.randperm(len(chosen), generator=generator)
    order = order[is_test[order].int().argsort(stable=True)]
    return ImageSet(
        name="own images",
        x=x[order],
        y=y[order],
        num_train=int((~is_test).sum()),
        class_names=tuple(shorten(name) for name in names),
        source=SOURCE,
        report=" ".join(report),
    )


def _check_classes(gathered: Gathered, names: Sequence[str]) -> None:
    if not gathered.pixels:
        raise DataError("None of the pictures could be read: choose JPEG or PNG files that open elsewhere.")
    if len(names) == 1:
        raise DataError(
            f"There is only one class, “{shorten(names[0])}”, and nothing to tell it from: bring pictures of a second "
            "one, each class in a folder of its own."
        )
    if len(gathered.pixels) <= len(names) or len(gathered.pixels) < 4:
        raise DataError(
            f"There are {len(gathered.pixels)} pictures of {len(names)} classes, too few to learn and to test: bring "
            "some more of each."
        )


def _reports(gathered: Gathered) -> list[str]:
    """What was left out or changed, a sentence each; few of one kind are named, many are counted."""
    sentences = gathered.notes[:NAMED]
    if len(gathered.notes) > NAMED:
        sentences.append(f"The same was done to others: {len(gathered.notes) - NAMED:,}.")
    if gathered.broken:
        named = _listed([PurePosixPath(name).name for name in gathered.broken])
        sentences.append(f"Pictures left out because they cannot be read or are too large: {named}.")
    return sentences


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{shorten(name)}”" for name in names[:NAMED])
    return f"{shown} and {len(names) - NAMED:,} more" if len(names) > NAMED else shown
