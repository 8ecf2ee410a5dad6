"""What can be varied on the page `vae`."""

from typing import Final, Literal

from training.optimizers import RATES, OptimizerSettings
from training.settings import knob

Data = Literal["digits", "fashion", "drawings", "points", "own images"]
Cloud = Literal["line", "two Gaussians", "ring of 8", "grid of 25", "moons", "spiral", "clusters"]

OWN: Final = "own images"
PICTURES: Final = ("digits", "fashion", "drawings", OWN)
REACH: Final = 3.5  # the map reaches at least so far from its middle, which holds N(0, 1)
_VAE: Final = ("VAE",)


class VAESettings(OptimizerSettings):
    """Data, network, loss and training of the page on variational autoencoders."""

    data: Data = knob("digits", "Data", "What is squeezed and painted.", group="Data")
    cloud: Cloud = knob(
        "moons",
        "Points from",
        "A density in the plane, which is known: so it can be seen what the network makes of it.",
        group="Data",
        when={"data": ("points",)},
    )
    model: Literal["VAE", "autoencoder"] = knob(
        "VAE",
        "Kind",
        "A cloud for each input, pulled towards N(0, 1); or a plain autoencoder: a point for each, and no pull.",
        group="Network",
    )
    network: Literal["dense", "convolutional"] = knob(
        "dense",
        "Layers",
        "The lecture's 784-256-128 and back, or two convolutions of stride 2 and their reverse.",
        group="Network",
        when={"data": PICTURES},
    )
    latent_dim: int = knob(
        2,
        "Latent units",
        "Numbers between encoder and decoder. Two can be seen as a map; the lecture takes 64, which copies better.",
        group="Network",
        ladder=(1, 2, 3, 4, 8, 16, 32, 64),
        ge=1,
        le=64,
    )
    reconstruction: Literal["BCE", "MSE"] = knob(
        "BCE",
        "Reconstruction loss",
        "Each pixel as a share of white (binary cross-entropy), or the squared difference.",
        group="Loss",
        when={"data": PICTURES},
    )
    width: float = knob(
        0.05,
        "Width of the decoder",
        "Standard deviation of the Gaussian that the decoder puts around each output. Narrow: copies count more.",
        group="Loss",
        is_live=True,
        when={"data": ("points",)},
        ladder=(0.02, 0.03, 0.05, 0.1, 0.2, 0.5),
        ge=0.02,
        le=0.5,
    )
    reduction: Literal["sum", "mean"] = knob(
        "sum",
        "Over the values",
        "Sum over pixels or coordinates, as the formula says, or mean, as loss functions do by default: the pull then "
        "counts as many times more as there are values.",
        group="Loss",
    )
    beta: float = knob(
        1.0,
        "β",
        "Weight of the pull towards N(0, 1). 0: none. Large: clouds that say nothing of their input.",
        group="Loss",
        is_live=True,
        when={"model": _VAE},
        ladder=(0.0, 0.001, 0.01, 0.1, 0.3, 0.5, 1.0, 2.0, 4.0, 10.0, 30.0, 100.0),
        ge=0,
        le=100,
    )
    warm_up: int = knob(
        0,
        "β rises over",
        "Steps in which β grows from 0 to its value, so that the decoder learns to use the code first.",
        group="Loss",
        is_live=True,
        when={"model": _VAE},
        ladder=(0, 50, 100, 200, 500, 1000, 2000),
        ge=0,
        le=2000,
    )
    free_bits: float = knob(
        0.0,
        "Free nats a unit",
        "So much divergence costs nothing in each unit: the pull cannot empty it.",
        group="Loss",
        is_live=True,
        when={"model": _VAE},
        ladder=(0.0, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0),
        ge=0,
        le=2,
    )
    sign: Literal["right", "the lecture's slip"] = knob(
        "right",
        "Sign of the pull",
        "The lecture adds ½ Σ(1 + ln σ² − μ² − σ²), which has to be subtracted.",
        group="Loss",
        when={"model": _VAE},
    )
    learning_rate: float = knob(
        1e-3,
        "Learning rate",
        "Size of each step. Too small: hardly moves. Too large: jumps over the minimum and may explode.",
        group="Training",
        is_live=True,
        ladder=RATES,
        ge=1e-5,
        le=10,
    )
    batch_size: int = knob(
        64,
        "Batch size",
        "Examples per step. Small batches give noisy, cheap steps; the lecture's usual size is 128.",
        group="Training",
        is_live=True,
        ladder=(8, 16, 32, 64, 128, 256),
        ge=8,
        le=256,
    )
    example: int = knob(
        0,
        "Example looked at",
        "Number of the test example that is marked on the map, from 0; a click on one chooses it.",
        group="View",
        is_live=True,
        ge=0,
        le=9999,
    )
    point_x: float = knob(
        0.0,
        "Point, across",
        "Where the point that is decoded lies; a click on the map chooses it. On a wider map it counts in proportion.",
        group="View",
        is_live=True,
        ge=-REACH,
        le=REACH,
    )
    point_y: float = knob(0.0, "Point, up", "The same, upwards.", group="View", is_live=True, ge=-REACH, le=REACH)
