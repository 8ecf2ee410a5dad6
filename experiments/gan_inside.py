"""What the page `gan` shows of its networks: ways through the noise, scores, the best discriminator, modes, copies.

Nothing here changes anything or draws from the global random state.

Shapes: n examples, Z noise units, D numbers of an example, k places on a way or a grid, R cells along a side, K modes.
"""

import math
from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from sklearn.metrics import roc_curve
from torch import Tensor

from data.dataset import seeded
from data.point_clouds import EXTENT
from experiments.gan import GANExperiment
from experiments.gan_losses import generator_slope
from experiments.gan_metrics import FAIR_PART, NEAR, accuracy, copied_ratio, coverage, nearest, ranking
from experiments.gan_settings import CHANCES
from experiments.gan_stages import CELLS, grid, said
from training.arrays import doubles

NUM_FAKES: Final = 2000  # that a density is estimated from
NUM_SHOWN: Final = 400  # points that are drawn
NUM_PAIRS: Final = 10
WIDEST: Final = 2.5  # deviations of Gaussian noise that are drawn
BLUR: Final = 0.08  # deviation by which both densities are blurred
CELLS_BENT: Final = 96  # along a side of the grid of noise
HALF_STEP: Final = 0.5  # of a noise unit, to see what it changes
FEWEST: Final = 0.05  # of the mean density, below which no best answer is asked for
LOSSES: Final = ("minimax", "non-saturating", "least squares", "hinge", "WGAN", "WGAN-GP")


class Way(NamedTuple):
    """A way between two draws of noise."""

    noise: Float[np.ndarray, "k Z"]
    made: Float[np.ndarray, "k D"]
    scores: Float[np.ndarray, " k"]


class Bent(NamedTuple):
    """A grid of noise and what the generator makes of it.

    Attributes:
        noise: corners of the cells.
        made: where they end up.
        stretch: area of each cell behind the generator over its area before.
    """

    noise: Float[np.ndarray, "k k 2"]
    made: Float[np.ndarray, "k k 2"]
    stretch: Float[np.ndarray, "c c"]


class Scores(NamedTuple):
    """What the discriminator says.

    Attributes:
        real: to examples it learns from.
        fresh: to real ones it has never seen; empty where there are none.
        fake: to fakes.
        false_share: of the fakes above each threshold.
        true_share: of the real ones above it.
        area: under this curve.
        accuracy: at D = 1/2; of a critic, at the best threshold.
    """

    real: Float[np.ndarray, " n"]
    fresh: Float[np.ndarray, " m"]
    fake: Float[np.ndarray, " f"]
    false_share: Float[np.ndarray, " t"]
    true_share: Float[np.ndarray, " t"]
    area: float
    accuracy: float


class Ideal(NamedTuple):
    """The discriminator and the best one for these fakes, over the plane.

    Attributes:
        said: D, the first row at the bottom.
        best: p / (p + q), where p and q are blurred alike; NaN where neither puts anything.
        fakes: some.
        real: some.
        gap: mean distance of both where the examples are.
    """

    said: Float[np.ndarray, "R R"]
    best: Float[np.ndarray, "R R"]
    fakes: Float[np.ndarray, "n 2"]
    real: Float[np.ndarray, "m 2"]
    gap: float


class Modes(NamedTuple):
    """How the fakes are spread over the modes, or pictures over the classes.

    Attributes:
        names: of each.
        shares: of the fakes.
        fair: of the data.
        is_covered: whether that is enough.
        share_far: of the fakes that are near no mode; NaN for pictures.
        centres: (K, 2); no rows for pictures.
        radii: (K,) within which a fake belongs to it; none likewise.
        fakes: (n, D) some.
    """

    names: tuple[str, ...]
    shares: Float[np.ndarray, " K"]
    fair: Float[np.ndarray, " K"]
    is_covered: np.ndarray
    share_far: float
    centres: Float[np.ndarray, "m 2"]
    radii: Float[np.ndarray, " m"]
    fakes: Float[np.ndarray, "n D"]


class Memory(NamedTuple):
    """How far fakes, and real examples held out, are from the closest training example.

    Attributes:
        fake: distances of the fakes.
        fresh: of the real ones held out.
        ratio: of their medians.
        fakes: those closest to a training example, closest first.
        training: that example of each.
        rows: its row, from 0.
        closest: its distance.
    """

    fake: Float[np.ndarray, " n"]
    fresh: Float[np.ndarray, " m"]
    ratio: float
    fakes: Float[np.ndarray, "p D"]
    training: Float[np.ndarray, "p D"]
    rows: Int[np.ndarray, " p"]
    closest: Float[np.ndarray, " p"]


class Slopes(NamedTuple):
    """What each loss would give the generator from the same fakes and the same discriminator.

    Attributes:
        factors: by loss: mean |∂loss/∂score| over the fakes.
        lengths: by loss: mean length of ∂loss/∂x̃.
        starved: by loss: share of the fakes that get less than a hundredth of the slope of the score.
        steepness: mean length of ∂score/∂x̃, which all losses share.
        scores: (k,) places on the axis of scores.
        curves: by loss: |∂loss/∂score| there.
        here: mean score of the fakes.
    """

    factors: dict[str, float]
    lengths: dict[str, float]
    starved: dict[str, float]
    steepness: float
    scores: Float[np.ndarray, " k"]
    curves: dict[str, Float[np.ndarray, " k"]]
    here: float


def real_points(experiment: GANExperiment) -> Float[np.ndarray, "m 2"] | None:
    """Some real points; None if the examples are pictures."""
    return real_examples(experiment) if experiment.is_plane else None


def real_examples(experiment: GANExperiment) -> Float[np.ndarray, "m D"]:
    """Some real examples."""
    return doubles(experiment.real[:NUM_SHOWN])


# ---- noise ---------------------------------------------------------------------------------------------------------


def noise_of(experiment: GANExperiment, number: int) -> Float[Tensor, "1 Z"]:
    """The noise that a number stands for, always the same."""
    return experiment.draw_noise(1, seeded(number))


def way(experiment: GANExperiment, first: int, second: int, steps: int, *, is_round: bool = False) -> Way:
    """From one noise to another in even steps.

    A straight way passes through noise that is shorter than any that is drawn, because long vectors of independent
    numbers all have about the same length. A round way keeps the length: White, "Sampling generative networks", 2016,
    https://arxiv.org/abs/1609.04468.

    Args:
        experiment: asked.
        first: number of the noise at the start.
        second: at the end.
        steps: places, both ends among them.
        is_round: along a great circle.
    """
    start, end = noise_of(experiment, first), noise_of(experiment, second)
    share = torch.linspace(0, 1, steps, device=start.device)[:, None]
    noise = (1 - share) * start + share * end
    if is_round:
        cosine = (start * end).sum() / (start.norm() * end.norm()).clamp_min(1e-12)
        angle = cosine.clamp(-1, 1).acos()
        if 1e-3 < angle.item() < math.pi - 1e-3:
            noise = (((1 - share) * angle).sin() * start + (share * angle).sin() * end) / angle.sin()
    made, scores = _made(experiment, noise)
    return Way(doubles(noise), made, scores)


def decoded(experiment: GANExperiment, noise: tuple[float, ...]) -> tuple[np.ndarray, float]:
    """What the generator makes of one noise, and its score."""
    made, scores = _made(experiment, torch.tensor([noise], device=experiment.device))
    return made[0], float(scores[0])


def pulls(experiment: GANExperiment, noise: tuple[float, ...]) -> Float[np.ndarray, " Z"]:
    """How far the example moves when each unit goes half a step up and half a step down."""
    middle = torch.tensor([noise], device=experiment.device)
    steps = HALF_STEP * torch.eye(len(noise), device=experiment.device)
    up, down = (_made(experiment, middle + sign * steps)[0] for sign in (1, -1))
    return np.linalg.norm(up - down, axis=1)


@torch.no_grad()
def _made(experiment: GANExperiment, noise: Tensor) -> tuple[np.ndarray, np.ndarray]:
    with experiment.still():
        made = experiment.generator(noise)
        return doubles(made), doubles(experiment.discriminator(made)[:, 0])


def bent(experiment: GANExperiment, cells: int = CELLS_BENT) -> Bent:
    """A grid over two noise units behind the generator; only for two of them and points."""
    reach = 1.0 if experiment.settings.noise == "uniform" else WIDEST
    ends = torch.linspace(-reach, reach, cells + 1, device=experiment.device)
    noise = torch.stack(torch.meshgrid(ends, ends, indexing="ij"), dim=2)  # (k, k, 2)
    made = _made(experiment, noise.flatten(0, 1))[0].reshape(cells + 1, cells + 1, 2)
    return Bent(doubles(noise), made, areas(made) / (2 * reach / cells) ** 2)


def areas(corners: Float[np.ndarray, "k k 2"]) -> Float[np.ndarray, "c c"]:
    """The area of each cell of a bent grid, by its two diagonals; a folded cell counts by its net area."""
    one, other = corners[1:, 1:] - corners[:-1, :-1], corners[1:, :-1] - corners[:-1, 1:]
    return np.abs(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]) / 2


# ---- the discriminator ---------------------------------------------------------------------------------------------


@torch.no_grad()
def scores_of(experiment: GANExperiment) -> Scores:
    """What the discriminator says to real examples, to fresh ones and to fakes."""
    with experiment.still():
        fakes = experiment.generator(experiment.fixed_noise)
        fresh = experiment.fresh[: len(fakes)] if experiment.fresh is not experiment.real else experiment.fresh[:0]
        parts = [experiment.real[: len(fakes)], fresh, fakes]
        real, new, fake = (experiment.discriminator(part)[:, 0] if len(part) else part[:, 0] for part in parts)
    truth = np.concatenate([np.ones(len(real)), np.zeros(len(fake))])
    false_share, true_share, _ = roc_curve(truth, torch.cat([real, fake]).cpu().numpy())
    best = accuracy(real, fake) if _has_zero(experiment) else float((true_share + 1 - false_share).max() / 2)
    return Scores(doubles(real), doubles(new), doubles(fake), false_share, true_share, ranking(real, fake), best)


def _has_zero(experiment: GANExperiment) -> bool:
    """Whether a score of 0 means that the discriminator cannot tell."""
    return experiment.settings.loss in (*CHANCES, "hinge")


@torch.no_grad()
def ideal(experiment: GANExperiment) -> Ideal | None:
    """D beside p / (p + q), where the density p of the data is known and the loss has that for its best answer.

    The density q of the fakes is estimated by a bell around each of many; p is blurred by the same bell, so that both
    are seen alike. Goodfellow et al., "Generative adversarial nets", 2014, proposition 1.
    """
    cloud = experiment.source.cloud
    if cloud is None or not cloud.has_density or experiment.settings.loss not in (*CHANCES, "least squares"):
        return None
    settings = experiment.settings
    width = math.hypot(BLUR, settings.instance_noise)
    places, noise = grid(CELLS), experiment.draw_noise(NUM_FAKES, seeded(settings.seed))
    with experiment.still():
        fakes = experiment.generator(noise).cpu()
        said_here = said(settings.loss, experiment.discriminator(places.to(experiment.device))[:, 0])
    q = blurred_density(fakes, width)
    middles = grid(CELLS)[:CELLS, 0]
    centres, deviations = cloud.centres, (cloud.deviations.square() + width**2).sqrt()
    p = _bells(centres, deviations, middles)
    is_used = (p + q) * (2 * EXTENT) ** 2 > FEWEST
    best = torch.where(is_used, (1 - settings.label_smoothing) * p / (p + q), torch.nan)
    drawn = said_here.cpu().reshape(CELLS, CELLS)
    weight = (p + q) * is_used
    gap = ((drawn - best.nan_to_num()).abs() * weight).sum() / weight.sum()
    real = experiment.real[:NUM_SHOWN].cpu()
    return Ideal(doubles(drawn), doubles(best), doubles(fakes[:NUM_SHOWN]), doubles(real), gap.item())


def blurred_density(points: Float[Tensor, "n 2"], width: float) -> Float[Tensor, "R R"]:
    """The density of points, a bell of that deviation around each, at the cells of the plane."""
    return _bells(points, torch.full((len(points),), width), grid(CELLS)[:CELLS, 0])


def _bells(
    centres: Float[Tensor, "n 2"], deviations: Float[Tensor, " n"], middles: Float[Tensor, " R"]
) -> Float[Tensor, "R R"]:
    """The mean of round bells; each is a product of one along x₁ and one along x₂, so no cell is visited twice."""
    scaled = (middles[:, None, None] - centres) / deviations[:, None]  # (R, n, 2)
    bells = (-scaled.square() / 2).exp() / (math.sqrt(2 * math.pi) * deviations[:, None])
    return bells[:, :, 1] @ bells[:, :, 0].t() / len(centres)


def slopes_of(experiment: GANExperiment) -> Slopes:
    """The gradient that each loss would give on the same fakes."""
    with experiment.still():
        with torch.no_grad():
            fakes = experiment.generator(experiment.fixed_noise)
        fakes.requires_grad_()
        scores = experiment.discriminator(fakes)  # (n, 1)
        (slope,) = torch.autograd.grad(scores.sum(), fakes)
    steep, scores = slope.norm(dim=1), scores.detach()
    axis = torch.linspace(-8, 8, 161)[:, None]
    weights = {name: (len(scores) * generator_slope(name, scores)).abs()[:, 0] for name in LOSSES}
    return Slopes(
        factors={name: weight.mean().item() for name, weight in weights.items()},
        lengths={name: (weight * steep).mean().item() for name, weight in weights.items()},
        starved={name: (weight < 0.01).float().mean().item() for name, weight in weights.items()},
        steepness=steep.mean().item(),
        scores=doubles(axis[:, 0]),
        curves={name: doubles((len(axis) * generator_slope(name, axis)).abs()[:, 0]) for name in LOSSES},
        here=scores.mean().item(),
    )


# ---- the generator's range -----------------------------------------------------------------------------------------


def modes_of(experiment: GANExperiment) -> Modes | None:
    """How the fakes are spread over the modes of a cloud or the classes of pictures; None where there are none."""
    cloud, fakes = experiment.source.cloud, _fakes(experiment)
    if cloud is None:
        return _classes_of(experiment, fakes)
    if not cloud.has_modes:
        return None
    found = coverage(fakes, cloud.modes, cloud.mode_deviations)
    count = len(cloud.modes)
    places = (cloud.modes * 100).round() / 100 + 0.0  # not −0
    names = tuple(f"({x:.2f}, {y:.2f})".replace("-", "−") for x, y in places.tolist())
    fair = np.full(count, 1 / count)
    return Modes(
        names, doubles(found.shares), fair, doubles(found.shares) >= FAIR_PART * fair, found.share_far,
        doubles(cloud.modes), doubles(NEAR * cloud.mode_deviations), doubles(fakes[:NUM_SHOWN]),
    )  # fmt: skip


def _classes_of(experiment: GANExperiment, fakes: Float[Tensor, "n D"]) -> Modes:
    """Each fake counts for the class of the training picture that it is closest to."""
    labels = experiment.source.labels
    rows = nearest(fakes, experiment.real.cpu()).rows
    known = labels.unique()  # of few examples, a class may have none
    names = tuple(experiment.source.class_names[label] for label in known.tolist())
    shares, fair = ((each[:, None] == known).float().mean(0) for each in (labels[rows], labels))
    none = torch.zeros(0, 2)
    return Modes(
        names, doubles(shares), doubles(fair), doubles(shares >= FAIR_PART * fair).astype(bool), math.nan,
        doubles(none), doubles(none[:, 0]), doubles(fakes[:NUM_SHOWN]),
    )  # fmt: skip


def memory_of(experiment: GANExperiment) -> Memory:
    """Distances to the closest training example, and the closest pairs."""
    real, fresh, fakes = experiment.real.cpu(), experiment.fresh.cpu()[:NUM_SHOWN], _fakes(experiment)
    found = nearest(fakes, real)
    order = found.distances.argsort()[:NUM_PAIRS]
    rows = found.rows[order]
    return Memory(
        doubles(found.distances), doubles(nearest(fresh, real).distances), copied_ratio(fakes, real, fresh),
        doubles(fakes[order]), doubles(real[rows]), rows.numpy(), doubles(found.distances[order]),
    )  # fmt: skip


@torch.no_grad()
def _fakes(experiment: GANExperiment) -> Float[Tensor, "n D"]:
    noise = experiment.draw_noise(NUM_FAKES if experiment.is_plane else NUM_SHOWN, seeded(experiment.settings.seed))
    with experiment.still():
        return experiment.generator(noise).cpu()
