"""What a room sends to those who follow: a line of words and live pictures, as bytes."""

import json
import struct
from collections.abc import Iterable
from typing import Final, NamedTuple


class Picture(NamedTuple):
    """A live picture as the page drew it.

    Attributes:
        height: the most it may take, as `ui.live.live_canvas` has it.
        scene: what `Scene.to_bytes()` gave.
    """

    height: float
    scene: bytes


_LENGTH: Final = struct.Struct("<I")


def pack(words: str, pictures: Iterable[Picture], *, is_playing: bool) -> bytes:
    """One message: the length of a header, the header as JSON, then the scenes one after the other."""
    shown = tuple(pictures)
    header = {
        "words": words,
        "is_playing": is_playing,
        "pictures": [[picture.height, len(picture.scene)] for picture in shown],
    }
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    return b"".join((_LENGTH.pack(len(text)), text, *(picture.scene for picture in shown)))


def unpack(message: bytes) -> tuple[str, bool, list[Picture]]:
    """Words, whether more is on the way, and pictures of a message from `pack`; what the browser does, for tests."""
    end = _LENGTH.size + _LENGTH.unpack_from(message)[0]
    header = json.loads(message[_LENGTH.size : end])
    pictures = []
    for height, length in header["pictures"]:
        pictures.append(Picture(height, message[end : end + length]))
        end += length
    return header["words"], header["is_playing"], pictures
