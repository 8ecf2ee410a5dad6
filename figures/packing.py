"""Numbers to bytes and back: the wire format of the live layer.

A packed scene is two float32 (width and height, so that the browser can reserve the room at once), then one zlib
stream of: uint32 header length, the header as UTF-8 JSON padded with spaces to a multiple of eight, and the blob.
Everything is little-endian. The header names pieces of the blob as `[offset, length]` in bytes; every piece starts at
a multiple of four, so that JavaScript can lay a typed array over it without copying.

Numbers are rounded here, once, to what a screen can show: 255 levels for a colour, 65 535 places along an axis, a tenth
of a unit for a position in the scene. Each quantiser errs by at most half a level and has a code for "no number".
"""

import json
import math
import struct
import zlib
from typing import Any, Final

import numpy as np
import numpy.typing as npt

LEVELS: Final = 254  # codes 0 … 254 run from low to high
MISSING: Final = 255  # uint8 code of nan
PLACES: Final = 65534  # codes 0 … 65534 run along an axis
OUTSIDE: Final = 65535  # uint16 code of nan, or of a place beyond the axis
REACH: Final = 3276.7  # scene coordinates run from -REACH to REACH
WEIGHT_STEPS: Final = 32767  # codes -32767 … 32767 run from -peak to peak
NO_WEIGHT: Final = -32768  # int16 code of nan and infinity

_SIZE = struct.Struct("<ff")
_LENGTH = struct.Struct("<I")
_FAST = 1  # zlib level: 0.2 ms for a whole network, half the bytes; higher levels gain 5 %


def quantise(values: npt.ArrayLike, low: float = -1.0, high: float = 1.0) -> npt.NDArray[np.uint8]:
    """Round `values` of any shape to 255 levels from `low` to `high`; beyond is clipped, nan becomes `MISSING`.

    Raises:
        ValueError: when `low` is not below `high`, or either is not finite.
    """
    check_limits("low, high", low, high)
    levels = np.rint(np.clip((np.asarray(values, dtype=np.float64) - low) / (high - low), 0.0, 1.0) * LEVELS)
    return np.where(np.isnan(levels), MISSING, levels).astype(np.uint8)


def dequantise(codes: npt.NDArray[np.uint8], low: float = -1.0, high: float = 1.0) -> npt.NDArray[np.float64]:
    """The values that `quantise` rounded, nan where the code is `MISSING`."""
    return np.where(codes == MISSING, np.nan, low + codes / LEVELS * (high - low))


def quantise_places(values: npt.ArrayLike, low: float, high: float) -> npt.NDArray[np.uint16]:
    """Round `values` of any shape to places along the axis `low` … `high`; beyond it and nan become `OUTSIDE`.

    Raises:
        ValueError: when `low` is not below `high`, or either is not finite.
    """
    check_limits("xlim, ylim", low, high)
    shares = (np.asarray(values, dtype=np.float64) - low) / (high - low)
    inside = (shares >= 0.0) & (shares <= 1.0)
    return np.where(inside, np.rint(np.where(inside, shares, 0.0) * PLACES), OUTSIDE).astype(np.uint16)


def quantise_weights(values: npt.ArrayLike) -> tuple[npt.NDArray[np.int16], float]:
    """Round `values` of any shape to steps of their own largest size.

    Returns:
        The codes (nan and infinity become `NO_WEIGHT`) and the peak, the value of the code 32 767.
    """
    weights = np.asarray(values, dtype=np.float64)
    finite = np.isfinite(weights)
    peak = float(np.max(np.abs(weights), where=finite, initial=0.0)) or 1.0
    codes = np.rint(np.where(finite, weights, 0.0) / peak * WEIGHT_STEPS)
    return np.where(finite, codes, NO_WEIGHT).astype(np.int16), peak


def tenths(name: str, values: npt.ArrayLike) -> npt.NDArray[np.int16]:
    """Round scene coordinates of any shape to a tenth of a unit.

    Raises:
        ValueError: naming `name`, when a coordinate is not a number or beyond ±3276.
    """
    scaled = np.rint(np.asarray(values, dtype=np.float64) * 10.0)
    if not bool(np.all(np.abs(scaled) <= 32767)):
        raise ValueError(beyond_reach(name))
    return scaled.astype(np.int16)


def beyond_reach(name: str) -> str:
    """What is wrong with scene coordinates that `tenths` cannot hold."""
    return f"{name} must be numbers within ±3276 scene units"


def check_limits(name: str, low: float, high: float) -> None:
    """Raise a ValueError naming `name` unless `low` and `high` are finite and in order."""
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"{name} must be finite and in order, not {low}, {high}")


class Blob:
    """Arrays one after the other, each starting at a multiple of four bytes."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def add(self, array: npt.NDArray[Any]) -> list[int]:
        """Append `array` in C order, little-endian; returns its `[offset, length]` in bytes."""
        piece = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).tobytes()
        offset = len(self._bytes)
        self._bytes += piece + bytes(-len(piece) % 4)
        return [offset, len(piece)]

    def __bytes__(self) -> bytes:
        return bytes(self._bytes)


def pack(width: float, height: float, header: dict[str, Any], blob: Blob) -> bytes:
    """Put a scene's header and blob into one packet, laid out as the module says."""
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-(_LENGTH.size + len(text)) % 8)
    return _SIZE.pack(width, height) + zlib.compress(_LENGTH.pack(len(text)) + text + bytes(blob), _FAST)


def unpack(packet: bytes) -> tuple[dict[str, Any], bytes]:
    """The header and blob of a packet from `pack`; what the browser does, for tests and tools."""
    raw = zlib.decompress(packet[_SIZE.size :])
    end = _LENGTH.size + _LENGTH.unpack_from(raw)[0]
    header: dict[str, Any] = json.loads(raw[_LENGTH.size : end])
    return header, raw[end:]
