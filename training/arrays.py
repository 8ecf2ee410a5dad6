"""From tensors of a network to arrays for those who know no torch."""

import numpy as np
from torch import Tensor


def array(tensor: Tensor) -> np.ndarray:
    """A copy that training does not change, on the processor, of the same shape and type."""
    copied: np.ndarray = tensor.detach().cpu().numpy().copy()
    return copied


def doubles(tensor: Tensor) -> np.ndarray:
    """The same in double precision, for what is worked out number by number."""
    return array(tensor.double())
