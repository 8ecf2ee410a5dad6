"""The data of one run on the page `mlp`: which examples, what the network is given of them, and the plane to draw."""

from dataclasses import dataclass
from typing import Final, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from data.dataset import Dataset, standardise
from data.features import CURVE_FEATURES, available_features, expand
from data.own_table import OwnTable
from data.planes import make_plane, own_points
from data.tables import load_table, random_classes
from experiments.mlp_settings import CURVES, PLANES, RANDOM, MLPSettings
from training.settings import SettingsError

MAP_SIZE: Final = 60  # cells along each side of the map
CURVE_SIZE: Final = 120  # places along a curve
EDGE: Final = 6.0  # the plane reaches from -6 to 6

NUM_RANDOM_FEATURES: Final = 20  # the lecture's example: 20 numbers, 5 classes
NUM_RANDOM_CLASSES: Final = 5


@dataclass(frozen=True)
class Own:
    """What the visitor brought: points clicked on the plane, or a table with the chosen target and columns."""

    points: tuple[tuple[float, float, int], ...] = ()
    table: OwnTable | None = None
    table_name: str = "your table"
    target: str = ""
    columns: tuple[str, ...] | None = None
    task: Literal["classification", "regression"] | None = None


NOTHING: Final = Own()


@dataclass(frozen=True, eq=False)
class Problem:
    """Examples as the network sees them; training examples come first.

    Attributes:
        dataset: the examples as measured.
        x: (N, D) network inputs.
        y: (N,) classes, or numbers in the unit the network predicts.
        num_train: how many of the N are trained on.
        order: (N,) row of `dataset` behind each example.
        features: D keys of `data.features`; empty for a table.
        input_labels: D names.
        target_mean, target_std: turn a predicted number back into the unit of the data.
    """

    dataset: Dataset
    x: Float[Tensor, "N D"]
    y: Tensor
    num_train: int
    order: Tensor
    features: tuple[str, ...]
    input_labels: tuple[str, ...]
    mean: Float[Tensor, " D"]
    std: Float[Tensor, " D"]
    target_mean: float = 0.0
    target_std: float = 1.0

    @property
    def raw(self) -> Float[Tensor, "N d"]:
        """The examples as measured, in the order of `x`."""
        return self.dataset.raw[self.order]


@dataclass(frozen=True, eq=False)
class Map:
    """The plane (or line) that pictures are drawn on.

    Attributes:
        grid: (G, D) network inputs of the cells; rows run from low to high y, and within a row from low to high x.
        positions: (N, 2) where each example lies.
    """

    grid: Float[Tensor, "G D"]
    positions: Float[Tensor, "N 2"]
    xlim: tuple[float, float]
    ylim: tuple[float, float]
    xlabel: str
    ylabel: str


def make_problem(settings: MLPSettings, own: Own) -> Problem:
    """The examples that the settings ask for.

    Raises:
        SettingsError: if the visitor's own data are asked for and there are none.
        DataError: if they cannot be used.
    """
    dataset = _make_dataset(settings, own)
    features = _features(settings, dataset)
    inputs = expand(dataset.raw, features) if features else dataset.raw
    mean, std = standardise(inputs, dataset.is_test)
    if not settings.is_standardised:
        mean, std = torch.zeros_like(mean), torch.ones_like(std)
    order = torch.argsort(dataset.is_test.int(), stable=True)
    labels = [available_features(dataset.raw.shape[1])[name].label for name in features]
    target, target_mean, target_std = _scaled_target(dataset)
    return Problem(
        dataset=dataset,
        x=((inputs - mean) / std)[order].contiguous(),
        y=target[order].contiguous(),
        num_train=int((~dataset.is_test).sum()),
        order=order,
        features=features,
        input_labels=tuple(labels) or dataset.feature_names,
        mean=mean,
        std=std,
        target_mean=target_mean,
        target_std=target_std,
    )


def _make_dataset(settings: MLPSettings, own: Own) -> Dataset:
    name, share, seed = settings.problem, settings.test_share, settings.seed
    if name == "own points":
        return own_points(own.points, test_share=share, seed=seed)
    if name == "own table":
        if own.table is None:
            raise SettingsError("There is no table yet: upload or paste one under Your table.")
        return own.table.to_dataset(
            target=own.target, columns=own.columns, task=own.task, test_share=share, seed=seed, name=own.table_name
        )
    if name in RANDOM:
        return random_classes(num_points=settings.num_points, test_share=share, seed=seed)
    if name in (*PLANES, *CURVES):
        return make_plane(
            name.replace(" ", "_"),
            num_points=settings.num_points,
            noise=settings.noise,
            test_share=share,
            num_classes=settings.num_classes,
            seed=seed,
        )
    return load_table(name.replace(" ", "_"), test_share=share, seed=seed)


def _features(settings: MLPSettings, dataset: Dataset) -> tuple[str, ...]:
    """The names of the chosen inputs; none for a table, whose columns are taken as they are."""
    names = tuple(name.replace("^2", "_squared").replace(" ", "_") for name in settings.features)
    if dataset.is_curve:  # its only input takes the part of x1; x itself if nothing of x1 is chosen
        names = tuple(name.replace("x1", "x") for name in names)
        return tuple(name for name in names if name in CURVE_FEATURES) or ("x",)
    return names if dataset.is_plane else ()


def _scaled_target(dataset: Dataset) -> tuple[Tensor, float, float]:
    """Tables of numbers are predicted in standard deviations of the training target; the rest is left as it is."""
    if dataset.task == "classification" or dataset.is_plane or dataset.is_curve:
        return dataset.target, 0.0, 1.0
    mean, std = standardise(dataset.target[:, None], dataset.is_test)
    return (dataset.target - mean) / std, float(mean), float(std)


def make_map(problem: Problem, settings: MLPSettings) -> Map:
    """The plane on which this problem is drawn.

    Points of the plane lie where they are. A table is cut along its first two principal components, or along two of
    its columns; all other directions are held at the mean of the training examples.
    """
    dataset = problem.dataset
    if dataset.is_curve:
        return _curve_map(problem)
    if dataset.is_plane:
        return _plane_map(problem)
    if settings.map_axes == "two columns" or problem.x.shape[1] < 2:
        return _column_map(problem, settings)
    return _component_map(problem)


def _mesh(xlim: tuple[float, float], ylim: tuple[float, float]) -> Float[Tensor, "G 2"]:
    """Centres of the map's cells."""
    along = (torch.arange(MAP_SIZE) + 0.5) / MAP_SIZE
    xs = xlim[0] + along * (xlim[1] - xlim[0])
    ys = ylim[0] + along * (ylim[1] - ylim[0])
    y, x = torch.meshgrid(ys, xs, indexing="ij")
    return torch.stack([x.flatten(), y.flatten()], dim=1)


def _plane_map(problem: Problem) -> Map:
    limits = (-EDGE, EDGE)
    grid = (expand(_mesh(limits, limits), problem.features) - problem.mean) / problem.std
    return Map(grid, problem.raw, limits, limits, "x₁", "x₂")


def _curve_map(problem: Problem) -> Map:
    along = torch.linspace(-EDGE, EDGE, CURVE_SIZE)[:, None]
    grid = (expand(along, problem.features) - problem.mean) / problem.std
    positions = torch.stack([problem.raw[:, 0], problem.y.float()], dim=1)
    span = float(problem.y.abs().max())
    return Map(grid, positions, (-EDGE, EDGE), (-1.3 * span, 1.3 * span), "x", "y")


def _component_map(problem: Problem) -> Map:
    train = problem.x[: problem.num_train]
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:2]  # (2, D)
    if len(axes) < 2:
        axes = torch.cat([axes, torch.zeros(2 - len(axes), train.shape[1])])
    # a component's sign is arbitrary: let its largest entry be positive, so that the map does not flip
    axes = axes * axes.gather(1, axes.abs().argmax(1, keepdim=True)).sign()
    positions = (problem.x - mean) @ axes.T
    xlim, ylim = _limits(positions[:, 0]), _limits(positions[:, 1])
    return Map(mean + _mesh(xlim, ylim) @ axes, positions, xlim, ylim, "1st component", "2nd component")


def _column_map(problem: Problem, settings: MLPSettings) -> Map:
    last = problem.x.shape[1] - 1
    across, up = min(settings.map_column_x, last), min(settings.map_column_y, last)
    columns = torch.tensor([across, up])
    raw = problem.x[:, columns] * problem.std[columns] + problem.mean[columns]
    xlim, ylim = _limits(raw[:, 0]), _limits(raw[:, 1])
    mesh = _mesh(xlim, ylim)
    grid = problem.x[: problem.num_train].mean(0).repeat(len(mesh), 1)
    grid[:, up] = (mesh[:, 1] - problem.mean[up]) / problem.std[up]
    grid[:, across] = (mesh[:, 0] - problem.mean[across]) / problem.std[across]
    labels = problem.input_labels
    return Map(grid, raw, xlim, ylim, labels[across], labels[up])


def _limits(values: Float[Tensor, " N"]) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = 0.05 * (high - low) or 1.0
    return low - margin, high + margin
