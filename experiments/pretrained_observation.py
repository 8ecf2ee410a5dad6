"""What the pictures of the page `pretrained` are drawn from."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8


@dataclass(frozen=True, eq=False)
class PretrainedObservation:
    """Three students and what they say of a few test pictures.

    S counts the few test pictures, N all that are judged, K classes, C channels.

    Attributes:
        data: name of the set of pictures.
        start: what was pretrained on.
        class_names: K names.
        shown: (S, C, H, W) the test pictures, as the networks get them.
        shown_indices: (S,) their places among the test pictures.
        shown_classes: (S,) what they are.
        shown_chances: (3, S, K) what each student says they are.
        map: (N, 2) where the pretrained features of the judged test pictures lie: their two main directions.
        map_share: how much of their variance that is.
        map_classes: (N,) what they are.
        map_is_right: (N,) whether the frozen student is right.
        picture_index: the place among the test pictures of the one looked at.
        moved: how far the fine-tuned body is from the pretrained one, as a share of its length.
        num_parameters: weights that learn, of each student.
        num_train: training pictures.
        num_judged: test pictures that are judged.
        source: where the pictures come from, and their licence.
        report: what was done to them, if they are the visitor's own.
    """

    data: str
    start: str
    class_names: tuple[str, ...]
    shown: UInt8[np.ndarray, "S C H W"]
    shown_indices: Int[np.ndarray, " S"]
    shown_classes: Int[np.ndarray, " S"]
    shown_chances: Float[np.ndarray, "3 S K"]
    map: Float[np.ndarray, "N 2"]
    map_share: float
    map_classes: Int[np.ndarray, " N"]
    map_is_right: Bool[np.ndarray, " N"]
    picture_index: int
    moved: float
    num_parameters: tuple[int, int, int]
    num_train: int
    num_judged: int
    source: str
    report: str
