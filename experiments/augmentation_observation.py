"""What the pictures of the page `augmentation` are drawn from."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, UInt8


@dataclass(frozen=True, eq=False)
class AugmentationObservation:
    """The batch before and after its changes, and what two networks say of altered test pictures.

    T counts the pictures of the batch that are shown, A the test pictures, K classes, C channels, S the side.

    Attributes:
        data: name of the set of pictures.
        class_names: K names.
        before: (T, C, S, S) pictures of the last batch, or of the first one before any step.
        after: (T, C, S, S) the same as the network with augmentation saw them, values from 0 to 1.
        batch_classes: (T,) what they are.
        test: (A, C, S, S) some test pictures.
        altered: (A, C, S, S) the same after they were turned, moved and darkened, values from 0 to 1.
        altered_classes: (A,) what they are.
        chances: (A, K) what the network with augmentation says they are.
        plain_chances: (A, K) what the network without says.
        num_train: training pictures.
        num_test: test pictures.
        num_judged: how many training and how many test pictures the curves are measured on.
        num_parameters: weights and biases of each network.
        source: where the pictures come from, and their licence.
        report: what was done to them, if they are the visitor's own.
    """

    data: str
    class_names: tuple[str, ...]
    before: UInt8[np.ndarray, "T C S S"]
    after: Float[np.ndarray, "T C S S"]
    batch_classes: Int[np.ndarray, " T"]
    test: UInt8[np.ndarray, "A C S S"]
    altered: Float[np.ndarray, "A C S S"]
    altered_classes: Int[np.ndarray, " A"]
    chances: Float[np.ndarray, "A K"]
    plain_chances: Float[np.ndarray, "A K"]
    num_train: int
    num_test: int
    num_judged: tuple[int, int]
    num_parameters: int
    source: str
    report: str
