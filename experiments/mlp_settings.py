"""What can be varied on the page `mlp`."""

from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BeforeValidator, Field

from training.optimizers import PENALTIES, OptimizerSettings
from training.settings import knob

PlaneClasses = Literal["circle", "xor", "gaussians", "spiral", "moons", "checkerboard", "blobs", "own points"]
PlaneValues = Literal["plane", "bumps"]
Curve = Literal["sine", "step", "x sin x", "absolute"]
Table = Literal["iris", "wine", "breast cancer", "diabetes", "digits", "own table"]
RandomLabels = Literal["random labels", "fixed random labels"]
Problem = Literal[PlaneClasses, PlaneValues, Curve, Table, RandomLabels]

PLANES: Final = (*get_args(PlaneClasses), *get_args(PlaneValues))
CURVES: Final = get_args(Curve)
TABLES: Final = get_args(Table)
RANDOM: Final = get_args(RandomLabels)
GENERATED: Final = tuple(name for name in (*PLANES, *CURVES, *RANDOM) if name != "own points")
NUMBERS: Final = (*get_args(PlaneValues), *CURVES, "diabetes")  # problems that ask for a number, not a class
NOISY: Final = tuple(name for name in (*PLANES, *CURVES) if name != "own points")

Feature = Literal["x1", "x2", "x1^2", "x2^2", "x1 x2", "sin x1", "sin x2", "cos x1", "cos x2"]
MAX_LAYERS: Final = 8
MAX_WIDTH: Final = 64


def _split(value: Any) -> Any:
    """`"8, 8"` as the numbers in it, so that a text box and a URL can hold the widths."""
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.replace("-", ",").split(",") if part.strip())


Width = Annotated[int, Field(ge=1, le=MAX_WIDTH)]
Widths = Annotated[tuple[Width, ...], BeforeValidator(_split)]


class MLPSettings(OptimizerSettings):
    """Problem, network and training of the feed-forward page."""

    problem: Problem = knob("spiral", "Problem", "What the network has to learn.", group="Problem")
    num_points: int = knob(
        500,
        "Points",
        "How many examples are made. Few points invite overfitting.",
        group="Problem",
        ladder=(20, 50, 100, 200, 300, 500, 1000, 2000),
        when={"problem": GENERATED},
        ge=20,
        le=2000,
    )
    noise: float = knob(
        0.1,
        "Noise",
        "How far points stray from the clean pattern, as a share of its size.",
        group="Problem",
        ladder=tuple(round(0.05 * i, 2) for i in range(11)),
        when={"problem": NOISY},
        ge=0,
        le=0.5,
    )
    num_classes: int = knob(
        3, "Classes", "How many blobs of points.", group="Problem", when={"problem": ("blobs",)}, ge=2, le=6
    )
    test_share: float = knob(
        0.5,
        "Test share",
        "Part of the examples kept aside: the network never trains on them.",
        group="Problem",
        ladder=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
        ge=0.1,
        le=0.9,
    )
    features: tuple[Feature, ...] = knob(
        ("x1", "x2"),
        "Inputs",
        "What the network is given of each point; a good feature can replace a layer.",
        group="Problem",
        when={"problem": (*PLANES, *CURVES)},
        min_length=1,
    )
    is_standardised: bool = knob(
        True,
        "Standardise inputs",
        "Shifts and scales every input to mean 0 and deviation 1 over the training examples: learning gets easier.",
        group="Problem",
    )
    hidden_dims: Widths = knob(
        (8, 8),
        "Hidden layers",
        f"Neurons in each hidden layer, up to {MAX_LAYERS} layers of 1 to {MAX_WIDTH}; none gives the linear model.",
        group="Network",
        max_length=MAX_LAYERS,
    )
    activation: Literal["relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid", "sine", "identity"] = knob(
        "tanh",
        "Activation",
        "The bend after each weighted sum; with identity the network stays linear.",
        group="Network",
    )
    initialisation: Literal["default", "xavier", "he", "orthogonal", "large", "zeros"] = knob(
        "default", "First weights", "How the weights are drawn before the first step.", group="Network"
    )
    dropout: float = knob(
        0.0,
        "Dropout",
        "Share of hidden outputs set to 0 at random in every training step: no neuron can rely on one other.",
        group="Network",
        is_live=True,
        ladder=tuple(round(0.1 * i, 1) for i in range(9)),
        ge=0,
        le=0.8,
    )
    batch_size: int = knob(
        128,
        "Batch size",
        "Examples per step, at most all training examples. Small batches give noisy, cheap steps.",
        group="Training",
        is_live=True,
        ladder=(1, 2, 5, 10, 16, 32, 64, 128, 256, 512, 1024, 10_000),
        ge=1,
        le=10_000,
    )
    l1: float = knob(
        0.0,
        "L1 penalty",
        "Adds this times the sum of |w| to the loss: pushes useless weights to 0.",
        group="Training",
        is_live=True,
        ladder=PENALTIES,
        ge=0,
        le=1,
    )
    loss: Literal["auto", "cross-entropy", "bce", "mse", "huber"] = knob(
        "auto",
        "Loss",
        "How wrong the model is: cross-entropy or BCE for classes, MSE or Huber for numbers; auto takes the usual one.",
        group="Training",
    )
    map_axes: Literal["principal components", "two columns"] = knob(
        "principal components",
        "Map of a table",
        "The plane on which a table with many columns is drawn.",
        group="View",
        is_live=True,
        when={"problem": (*TABLES, *RANDOM)},
    )
    map_column_x: int = knob(
        0,
        "Column across",
        "Number of the column on the horizontal axis, from 0.",
        group="View",
        is_live=True,
        when={"problem": (*TABLES, *RANDOM), "map_axes": ("two columns",)},
        ge=0,
        le=255,
    )
    map_column_y: int = knob(
        1,
        "Column up",
        "Number of the column on the vertical axis, from 0.",
        group="View",
        is_live=True,
        when={"problem": (*TABLES, *RANDOM), "map_axes": ("two columns",)},
        ge=0,
        le=255,
    )
