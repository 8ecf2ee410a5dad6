"""What can be varied on the page `optimizers`."""

from typing import Any, Final, Literal, get_args

from models.optimizers import SIDE
from training.optimizers import RATES, OptimizerSettings
from training.settings import knob

Name = Literal["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "adagrad"]
Ground = Literal["bowl", "ravine", "Rosenbrock", "Beale", "Himmelblau", "saddle", "real network"]

NAMES: Final = get_args(Name)
TIMES: Final = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
CONDITIONS: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0)
NOISES: Final = (0.0, 0.1, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0)


def _times(label: str, name: str, default: float) -> Any:
    """The knob for one optimiser's own share of the rate."""
    return knob(
        default,
        label,
        f"How many times the learning rate {name} gets.",
        group="Steps",
        is_live=True,
        ladder=TIMES,
        when={"rates": ("each its own",)},
        ge=0.01,
        le=100,
    )


class RaceSettings(OptimizerSettings):
    """Surface, racers and how they step."""

    surface: Ground = knob(
        "bowl", "Surface", "The ground they walk on: formulas, or a slice of a real network's loss.", group="Race"
    )
    plane: Literal["random directions", "path of training"] = knob(
        "path of training",
        "Slice",
        "Which plane is cut through the loss of the network: where its own training went, or a random one.",
        group="Race",
        when={"surface": ("real network",)},
    )
    condition: float = knob(
        25.0,
        "Condition number",
        "How many times as strongly the bowl is curved one way as the other; at 1 it is round.",
        group="Race",
        ladder=CONDITIONS,
        when={"surface": ("bowl",)},
        ge=1,
        le=100,
    )
    rotation: int = knob(
        20,
        "Rotation",
        "Degrees by which the bowl is turned; at 0 each weight has a curvature of its own.",
        group="Race",
        when={"surface": ("bowl",)},
        ge=0,
        le=90,
    )
    noise: float = knob(
        0.3,
        "Gradient noise",
        "Standard deviation of what each step's batch adds to both slopes; the same for all racers.",
        group="Race",
        is_live=True,
        ladder=NOISES,
        ge=0,
        le=10,
    )
    start: Literal["usual", "chosen"] = knob(
        "usual", "Start", "The surface's usual starting place, or one of your own: click in the picture.",
        group="Race",
    )  # fmt: skip
    start_x: float = knob(
        -3.0,
        "Start x",
        "Where they start, across.",
        group="Race",
        when={"start": ("chosen",)},
        ge=-SIDE,
        le=SIDE,
    )
    start_y: float = knob(
        3.0, "Start y", "Where they start, up.", group="Race", when={"start": ("chosen",)}, ge=-SIDE, le=SIDE
    )
    racers: tuple[Name, ...] = knob(
        ("sgd", "momentum", "nesterov", "rmsprop", "adam", "adagrad"),
        "Racers",
        "Who takes part. Without weight decay, AdamW walks exactly where Adam walks.",
        group="Race",
        min_length=1,
    )
    optimizer: Name = knob(
        "sgd",
        "In focus",
        "Whose step is taken apart, and whose height is the loss; the first racer if this one does not take part.",
        group="Steps",
        is_live=True,
    )
    learning_rate: float = knob(
        0.05,
        "Learning rate",
        "Size of each step. Too small: hardly moves. Too large: jumps over the minimum and may explode.",
        group="Steps",
        is_live=True,
        ladder=RATES,
        ge=1e-5,
        le=10,
    )
    rates: Literal["one for all", "each its own"] = knob(
        "one for all", "Rates", "Whether all have this rate, or each a multiple of it.", group="Steps", is_live=True
    )
    times_sgd: float = _times("× for SGD", "plain gradient descent", 1.0)
    times_momentum: float = _times("× for momentum", "momentum", 0.3)
    times_nesterov: float = _times("× for Nesterov", "Nesterov's momentum", 0.3)
    times_rmsprop: float = _times("× for RMSprop", "RMSprop", 1.0)
    times_adam: float = _times("× for Adam", "Adam", 3.0)
    times_adamw: float = _times("× for AdamW", "AdamW", 3.0)
    times_adagrad: float = _times("× for Adagrad", "Adagrad", 30.0)
    momentum: float = knob(
        0.9,
        "Momentum β",
        "Share of the last direction that is kept, by momentum and Nesterov; and Adam's β₁.",
        group="Steps",
        is_live=True,
        ge=0,
        le=0.99,
    )
    beta2: float = knob(
        0.999,
        "Memory of squares β₂",
        "How long Adam and AdamW remember past squared slopes; RMSprop keeps torch's usual 0.99.",
        group="Steps",
        is_live=True,
        ladder=(0.0, 0.5, 0.9, 0.99, 0.999, 0.9999),
        ge=0,
        le=0.9999,
    )


def focus_of(settings: RaceSettings) -> Name:
    """The racer looked at: the one in focus, or the first where that one does not take part."""
    if settings.optimizer in settings.racers:
        return settings.optimizer
    return next(name for name in NAMES if name in settings.racers)


def times_of(settings: RaceSettings) -> dict[str, float]:
    """How many times the learning rate each racer gets."""
    if settings.rates == "one for all":
        return dict.fromkeys(NAMES, 1.0)
    return {
        "sgd": settings.times_sgd,
        "momentum": settings.times_momentum,
        "nesterov": settings.times_nesterov,
        "rmsprop": settings.times_rmsprop,
        "adam": settings.times_adam,
        "adamw": settings.times_adamw,
        "adagrad": settings.times_adagrad,
    }
