"""Kernels that people made by hand before networks learnt them, and the way a visitor writes down another.

Shapes: K side of a kernel, odd.
"""

from typing import Final

import numpy as np
from jaxtyping import Float

from data.dataset import DataError

LARGEST: Final = 7
LARGEST_WEIGHT: Final = 100.0
OWN: Final = "your own"


_BINOMIAL: Final = (1.0, 4.0, 6.0, 4.0, 1.0)


def gabor(size: int = 7, wavelength: float = 4.0, angle: float = 45.0) -> Float[np.ndarray, "K K"]:
    """A wave under a bell: answers to stripes of one width and direction (Gabor 1946; Daugman 1985).

    Args:
        size: K.
        wavelength: from crest to crest, in pixels.
        angle: the direction in which the wave travels, in degrees from the row.
    """
    reach = np.arange(size) - (size - 1) / 2
    down, right = np.meshgrid(reach, reach, indexing="ij")
    along = right * np.cos(np.deg2rad(angle)) + down * np.sin(np.deg2rad(angle))
    bell = np.exp(-(right**2 + down**2) / (2 * (size / 4) ** 2))
    wave = bell * np.cos(2 * np.pi * along / wavelength)
    return np.asarray(wave - bell * wave.sum() / bell.sum(), dtype=np.float32)  # silent on a flat picture


KERNELS: Final[dict[str, Float[np.ndarray, "K K"]]] = {
    "identity": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], dtype=np.float32),
    "box blur": np.full((3, 3), 1 / 9, dtype=np.float32),
    "Gaussian blur": (np.outer(_BINOMIAL, _BINOMIAL) / 256).astype(np.float32),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], dtype=np.float32),
    "Sobel x": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=np.float32),
    "Sobel y": np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], dtype=np.float32),
    "Laplacian": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], dtype=np.float32),
    "emboss": np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], dtype=np.float32),
    "Gabor": gabor(),
}

WORDS: Final = {
    "identity": "Gives the picture back: one weight of 1 in the middle.",
    "box blur": "The mean of a window: noise and detail go, large shapes stay.",
    "Gaussian blur": "A mean in which the middle counts most: smoother than the box, without its edges.",
    "sharpen": "Five times the pixel less its four neighbours: differences grow.",
    "Sobel x": "Right less left: large where brightness changes across, zero along.",
    "Sobel y": "Below less above: large where brightness changes downwards.",
    "Laplacian": "The four neighbours less four times the pixel: thin lines at every edge, in all directions.",
    "emboss": "Lower right less upper left, with the pixel kept: light from one side.",
    "Gabor": "A short wave: answers to stripes of one width and one direction, as cells of the visual cortex do.",
    OWN: "Your own numbers.",
}


def kernel_from_text(text: str) -> Float[np.ndarray, "K K"]:
    """Reads a square of numbers: rows apart by `/`, numbers by spaces.

    Raises:
        DataError: in one sentence, if it is no square of 1, 3, 5 or 7 rows of numbers that can be used.
    """
    rows = [row.split() for row in text.replace(",", " ").split("/")]
    size = len(rows)
    if size % 2 == 0 or size > LARGEST:
        raise DataError(f"A kernel has 1, 3, 5 or 7 rows, and this one has {size}: put a / between the rows.")
    if any(len(row) != size for row in rows):
        raise DataError(f"Every row of a kernel with {size} rows holds {size} numbers with spaces between them.")
    try:
        kernel = np.array([[float(number) for number in row] for row in rows], dtype=np.float32)
    except ValueError:
        raise DataError("A kernel holds numbers only, such as 0 -1 0 / -1 5 -1 / 0 -1 0.") from None
    if not np.abs(kernel).max() <= LARGEST_WEIGHT:  # nan is not, either
        raise DataError(f"The numbers of a kernel lie between -{LARGEST_WEIGHT:g} and {LARGEST_WEIGHT:g}.")
    if not kernel.any():
        raise DataError("A kernel of zeros says nothing of any picture: give it at least one other number.")
    return kernel


def text_of_kernel(kernel: Float[np.ndarray, "K K"]) -> str:
    """The kernel as `kernel_from_text` reads it."""
    return " / ".join(" ".join(f"{value:.4g}" for value in row) for row in kernel)


def kernel_called(name: str, own: str) -> Float[np.ndarray, "K K"]:
    """A kernel of `KERNELS`, or the visitor's own from its text.

    Raises:
        DataError: if the text of the visitor's own cannot be read.
    """
    return kernel_from_text(own) if name == OWN else KERNELS[name]
