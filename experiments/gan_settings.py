"""What can be varied on the page `gan`."""

from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BeforeValidator, Field

from training.optimizers import RATES, OptimizerSettings
from training.settings import knob

Cloud = Literal["line", "two Gaussians", "ring of 8", "grid of 25", "moons", "spiral", "clusters"]
Picture = Literal["digits", "fashion", "own images"]
Data = Literal[Cloud, "own points", Picture]
Loss = Literal["non-saturating", "minimax", "least squares", "hinge", "WGAN", "WGAN-GP"]

OWN_POINTS: Final = "own points"
OWN_IMAGES: Final = "own images"
PLANE: Final = (*get_args(Cloud), OWN_POINTS)
PICTURES: Final = get_args(Picture)
CHANCES: Final = ("non-saturating", "minimax")  # losses under which the discriminator gives the logit of a chance
GENERATOR: Final = "generator"  # who learns, if not both
DISCRIMINATOR: Final = "discriminator"
MAX_LAYERS: Final = 8
MAX_WIDTH: Final = 128


def _split(value: Any) -> Any:
    """`"16, 16"` as the numbers in it, so that a text box and a URL can hold the widths."""
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.replace("-", ",").split(",") if part.strip())


Width = Annotated[int, Field(ge=1, le=MAX_WIDTH)]
Widths = Annotated[tuple[Width, ...], BeforeValidator(_split)]


class GANSettings(OptimizerSettings):
    """Data, both networks and their training."""

    data: Data = knob(
        "ring of 8",
        "Data",
        "What is to be forged: points of the plane, or pictures of 28 by 28.",
        group="Data",
    )
    num_real: int = knob(
        1000,
        "Real examples",
        "How many the discriminator ever sees, at most all there are. Few can be learnt by heart.",
        group="Data",
        when={"data": tuple(name for name in get_args(Data) if name != OWN_POINTS)},
        ladder=(20, 50, 100, 200, 500, 1000, 2000, 3000),
        ge=20,
        le=3000,
    )
    noise: Literal["Gaussian", "uniform"] = knob(
        "Gaussian", "Noise", "What the generator starts from: a bell around 0, or evenly from −1 to 1.", group="Data"
    )
    noise_dim: int = knob(
        2,
        "Numbers of noise",
        "With one the generator can only bend a thread over the plane, with two a sheet.",
        group="Data",
        when={"data": PLANE},
        ge=1,
        le=2,
    )
    latent_dim: int = knob(
        64,
        "Numbers of noise",
        "How many the generator makes a picture of; the lecture takes 64.",
        group="Data",
        when={"data": PICTURES},
        ladder=(2, 8, 16, 32, 64, 128),
        ge=2,
        le=128,
    )
    generator_dims: Widths = knob(
        (32, 32),
        "Generator's layers",
        f"Units in each hidden layer, up to {MAX_LAYERS} layers of 1 to {MAX_WIDTH}; none can only shift and stretch.",
        group="Networks",
        when={"data": PLANE},
        max_length=MAX_LAYERS,
    )
    discriminator_dims: Widths = knob(
        (32, 32),
        "Discriminator's layers",
        f"Units in each hidden layer, up to {MAX_LAYERS} layers of 1 to {MAX_WIDTH}; none can only draw a line.",
        group="Networks",
        when={"data": PLANE},
        max_length=MAX_LAYERS,
    )
    network: Literal["dense", "convolutional"] = knob(
        "dense",
        "Networks",
        "The lecture's, whose layers see a row of 784 numbers, or small DCGANs, which know what a neighbour is.",
        group="Networks",
        when={"data": PICTURES},
    )
    has_spectral_norm: bool = knob(
        False,
        "Spectral norm",
        "Divides each layer of the discriminator by its largest stretch, so that its answer cannot turn steeply.",
        group="Networks",
    )
    loss: Loss = knob(
        "non-saturating",
        "Loss",
        "What both play for: the lecture's, the first paper's minimax, squares, hinges, or the distance of a critic.",
        group="Game",
    )
    learns: Literal["both", "generator", "discriminator"] = knob(
        "both", "Who learns", "Lets one of the two wait while the other goes on.", group="Game", is_live=True
    )
    discriminator_steps: int = knob(
        1,
        "Discriminator's turns",
        "Its updates for each one of the generator; a critic (WGAN) wants several.",
        group="Game",
        is_live=True,
        ge=1,
        le=5,
    )
    label_smoothing: float = knob(
        0.0,
        "Label smoothing",
        "Asks the discriminator for so much less than 1 on real examples, so that it does not become too sure.",
        group="Game",
        is_live=True,
        when={"loss": CHANCES},
        ladder=(0.0, 0.05, 0.1, 0.2, 0.3),
        ge=0,
        le=0.3,
    )
    instance_noise: float = knob(
        0.0,
        "Instance noise",
        "Deviation of noise added to all that the discriminator sees, so that real and fake always overlap.",
        group="Game",
        is_live=True,
        ladder=(0.0, 0.02, 0.05, 0.1, 0.2, 0.5),
        ge=0,
        le=0.5,
    )
    clip: float = knob(
        0.1,
        "Clip weights at",
        "After each update no weight of the critic may be larger than this: it keeps the critic from turning steeply.",
        group="Game",
        is_live=True,
        when={"loss": ("WGAN",)},
        ladder=(0.01, 0.03, 0.1, 0.3, 1.0),
        ge=0.01,
        le=1,
    )
    penalty: float = knob(
        1.0,
        "Gradient penalty",
        "Weight of (slope − 1)² between real and fake examples in the critic's loss.",
        group="Game",
        is_live=True,
        when={"loss": ("WGAN-GP",)},
        ladder=(0.1, 0.3, 1.0, 3.0, 10.0),
        ge=0.1,
        le=10,
    )
    optimizer: Literal["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "adagrad"] = knob(
        "adam",
        "Generator's optimiser",
        "How a gradient becomes a step: plain, with inertia, or scaled for every weight by its past gradients.",
        group="Training",
    )
    discriminator_optimizer: Literal["the same", "sgd", "rmsprop", "adam"] = knob(
        "the same",
        "Discriminator's optimiser",
        "The generator's, or one of its own: plain, or scaled for every weight by its past gradients.",
        group="Training",
    )
    learning_rate: float = knob(
        2e-3,
        "Learning rate",
        "Size of each step of the generator; the lecture takes 0.0002. Too large: both run in circles.",
        group="Training",
        is_live=True,
        ladder=RATES,
        ge=1e-5,
        le=10,
    )
    rate_ratio: float = knob(
        1.0,
        "Discriminator's rate",
        "As a multiple of the generator's. Above 1 the discriminator keeps ahead.",
        group="Training",
        is_live=True,
        ladder=(0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 10.0),
        ge=0.1,
        le=10,
    )
    momentum: float = knob(
        0.0,
        "Momentum (β₁)",
        "Share of the last step that is kept, Adam's β₁ too. In a game a long memory makes both run in circles.",
        group="Training",
        is_live=True,
        ge=0,
        le=0.99,
    )
    batch_size: int = knob(
        128,
        "Batch size",
        "Real examples in an update, and as many fakes.",
        group="Training",
        is_live=True,
        ladder=(8, 16, 32, 64, 128, 256),
        ge=8,
        le=256,
    )
