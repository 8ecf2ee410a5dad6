"""Made-up picture files and .zip files, good and bad."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import numpy as np
from PIL import Image


def picture(width: int = 24, height: int = 16, colour: object = (200, 40, 10), mode: str = "RGB") -> Image.Image:
    """A plain picture with its upper left corner marked in white."""
    image = Image.new(mode, (width, height), colour)  # type: ignore[arg-type]
    white = {"RGB": (255, 255, 255), "RGBA": (255, 255, 255, 255), "L": 255}.get(mode)
    if white is not None:
        image.paste(white, (0, 0, width // 2, height // 2))
    return image


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The picture as a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png_head(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and holds a few bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A .zip of these files, whatever their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def folder(*names: str, count: int = 4, before: str = "") -> dict[str, bytes]:
    """So many pictures in a folder for each name, each class in a grey of its own."""
    return {
        f"{before}{name}/{index}.png": saved(picture(colour=(20 * place + 5, index, 0)))
        for place, name in enumerate(names)
        for index in range(count)
    }


def noise(size: int, seed: int = 0) -> Image.Image:
    """A picture that hardly packs."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8))
