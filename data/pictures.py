"""One picture of a visitor's own: from the bytes of a file to rows of colours, or a sentence that says why not.

The bytes come from anywhere. The format is one of a few, the size is read from the head of the file before anything is
unpacked, and one picture is unpacked at a time in the whole app, so that memory has a bound.

Shapes: H rows, W columns, C channels (1 grey, 3 colours).
"""

import io
import threading
from collections.abc import Callable
from pathlib import PurePath
from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import UInt8
from PIL import Image, ImageOps
from torch import Tensor

from data.csv_text import shorten
from data.dataset import DataError

FORMATS: Final = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF")  # not those that start another program
SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff")
MAX_PIXELS: Final = 50_000_000
MAX_FILE_BYTES: Final = 16 * 2**20
_WANTED: Final = "JPEG, PNG, GIF, BMP, WebP or TIFF"
_APPLE: Final = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")
_one_at_a_time = threading.Lock()


class Picture(NamedTuple):
    """A picture as it was read.

    Attributes:
        pixels: (H, W, 3) red, green, blue, 0 to 255.
        num_unpacked: pixels of the file, before it was made smaller.
        notes: what was done to it that its owner may not expect, a sentence each.
    """

    pixels: UInt8[np.ndarray, "H W 3"]
    num_unpacked: int
    notes: tuple[str, ...] = ()


def read_image(name: str, content: bytes, max_side: int) -> UInt8[np.ndarray, "H W 3"]:
    """The picture in a file as colours; see `read_picture`."""
    return read_picture(name, content, max_side).pixels


def read_picture(name: str, content: bytes, max_side: int, max_pixels: int = MAX_PIXELS) -> Picture:
    """Reads a picture: upright as its camera held it, the first one if it moves, what is see-through on white.

    Args:
        name: of the file, for the sentence if it cannot be read.
        content: the file.
        max_side: pixels; a larger picture is made smaller, in its proportions.
        max_pixels: of the file; more are not unpacked.

    Raises:
        DataError: if it is no picture, a damaged one, or too large.
    """
    said = f"“{shorten(PurePath(name).name)}”"
    if len(content) > MAX_FILE_BYTES:
        raise DataError(f"{said} has more than {MAX_FILE_BYTES // 2**20} MB: save it smaller or in better quality.")
    image = _opened(said, content)
    num_pixels = image.width * image.height
    if num_pixels > max_pixels:
        size = f"{image.width:,}×{image.height:,}"
        raise DataError(f"{said} has {size} pixels, more than {max_pixels / 1e6:.0f} million: make it smaller first.")
    with _one_at_a_time:
        try:
            pixels, notes = _unpacked(image, said, max_side)
        except Exception as error:  # decoders raise whatever the bytes make them raise
            raise DataError(f"{said} is cut off or damaged: copy it again, or leave it out.") from error
    return Picture(pixels, num_pixels, notes)


def _opened(said: str, content: bytes) -> Image.Image:
    """The head of the file is read, nothing is unpacked."""
    if not content:
        raise DataError(f"{said} is empty: choose a picture in {_WANTED}.")
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(
            f"{said} has more than {MAX_PIXELS / 1e6:.0f} million pixels: make it smaller first."
        ) from error
    except Exception as error:  # as above
        if content[4:12] in _APPLE:
            raise DataError(f"{said} is a HEIC or AVIF picture: save it as JPEG first.") from error
        raise DataError(f"{said} is no picture that can be read: choose one in {_WANTED}.") from error


def _unpacked(image: Image.Image, said: str, max_side: int) -> tuple[UInt8[np.ndarray, "H W 3"], tuple[str, ...]]:
    notes = []
    if getattr(image, "is_animated", False) and image.format != "MPO":  # a phone's photo with a second view is still
        notes.append(f"{said} moves: its first picture was taken.")
    image.draft(None, (max_side, max_side))  # a JPEG is unpacked no larger than needed
    image.load()
    if image.mode.startswith("I") or image.mode == "F":
        image = _in_256_levels(image)
        notes.append(f"{said} has more than 256 levels: it was brought to 256.")
    image = _on_white(ImageOps.exif_transpose(image))
    image.thumbnail((max_side, max_side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return np.array(image.convert("RGB")), tuple(notes)


def _in_256_levels(image: Image.Image) -> Image.Image:
    """16 bits a pixel as they are meant; other numbers from their lowest to their highest."""
    values = np.asarray(image, dtype=np.float32)
    if image.mode.startswith("I;16"):
        return Image.fromarray((values / 257).round().astype(np.uint8))
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    low, high = values.min(), values.max()
    return Image.fromarray(((values - low) * (255 / max(high - low, 1e-12))).round().astype(np.uint8))


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def fitted(pixels: UInt8[np.ndarray, "H W 3"], size: int, *, is_grey: bool) -> UInt8[Tensor, "C size size"]:
    """The middle square of a picture in the size a network takes.

    Args:
        pixels: (H, W, 3).
        size: rows and columns of the result.
        is_grey: one channel with the brightness instead of three colours.
    """
    mode: Callable[[Image.Image], Image.Image] = ImageOps.grayscale if is_grey else (lambda image: image)
    square = ImageOps.fit(mode(Image.fromarray(pixels)), (size, size), Image.Resampling.BILINEAR)
    array = np.array(square)
    return torch.from_numpy(array[None] if is_grey else array.transpose(2, 0, 1).copy())
