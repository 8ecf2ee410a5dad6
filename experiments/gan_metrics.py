"""Numbers to judge a generator by: how far its fakes are from the data, which modes they reach, what they copy.

Neither loss of a GAN says how good its fakes are, for each is measured against an opponent that moves. These numbers
compare the fakes with the data instead. None of them draws from the global random state.

Shapes: n fakes, m real examples, D features, K modes.
"""

import math
from typing import Final, NamedTuple

import torch
from jaxtyping import Float, Int64
from scipy.optimize import linear_sum_assignment
from torch import Generator, Tensor

FEW_FEATURES: Final = 16  # up to here distances are summed up directly, which is exact and still fast
NEAR: Final = 3.0  # deviations within which an example belongs to a mode
FAIR_PART: Final = 0.2  # of its fair share that a mode needs to count as covered
NUM_DIRECTIONS: Final = 64
NARROW: Final = 0.4  # of the spread of the data below which fakes have collapsed
SURE: Final = 0.95  # accuracy from which the discriminator hardly errs
FAINT: Final = 0.05  # change of the loss over one spread of the data below which there is nothing to learn from


class Coverage(NamedTuple):
    """Which modes the fakes reach.

    Attributes:
        shares: of all fakes that are near each mode.
        num_covered: modes that get enough of them.
        share_far: of the fakes that are near no mode.
    """

    shares: Float[Tensor, " K"]
    num_covered: int
    share_far: float


class Nearest(NamedTuple):
    """For each example the closest one of another sample: how far it is, and its row there."""

    distances: Float[Tensor, " n"]
    rows: Int64[Tensor, " n"]


class Verdict(NamedTuple):
    """Whether something went wrong, and one sentence that says so with the numbers."""

    is_so: bool
    words: str


def distances_between(x: Float[Tensor, "n D"], y: Float[Tensor, "m D"]) -> Float[Tensor, "n m"]:
    """Euclidean distances of all pairs; many features go through one matrix product, which is 25 times as fast."""
    is_direct = x.shape[1] <= FEW_FEATURES
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist" if is_direct else "use_mm_for_euclid_dist")


def mean_distance(x: Float[Tensor, "n D"], y: Float[Tensor, "m D"]) -> float:
    """E‖X − Y‖ over all pairs. Of a sample with itself, it says how far the sample spreads."""
    return distances_between(x, y).mean().item()


def energy_distance(
    x: Float[Tensor, "n D"], y: Float[Tensor, "m D"], spreads: tuple[float, float] | None = None
) -> float:
    """√(2 E‖X − Y‖ − E‖X − X′‖ − E‖Y − Y′‖), in units of the data; 0 only for equal samples.

    Two samples of one distribution are about √(E‖X − X′‖ (1/n + 1/m)) apart, so it does not fall to 0. In one dimension
    it is `scipy.stats.energy_distance`. Székely & Rizzo, "Energy statistics", 2013,
    https://doi.org/10.1016/j.jspi.2013.03.018.

    Args:
        x: one sample.
        y: another.
        spreads: `mean_distance` of each with itself, where it is known already.
    """
    spread_x, spread_y = spreads or (mean_distance(x, x), mean_distance(y, y))
    squared = 2 * mean_distance(x, y) - spread_x - spread_y
    return math.sqrt(squared) if squared >= 0 else 0.0 if squared > -1e-3 else math.nan


def wasserstein(x: Float[Tensor, "n D"], y: Float[Tensor, "n D"]) -> float:
    """The mean way if every example of one sample is carried to one of the other, at the least total cost.

    Exact for samples of equal size; the time grows with n³ (256 take 4 ms). Peyré & Cuturi, "Computational optimal
    transport", 2019, https://arxiv.org/abs/1803.00567.
    """
    costs = distances_between(x, y).cpu()
    rows, columns = linear_sum_assignment(costs.numpy())
    return costs[torch.from_numpy(rows), torch.from_numpy(columns)].mean().item()


def sliced_wasserstein(x: Float[Tensor, "n D"], y: Float[Tensor, "n D"], directions: int = NUM_DIRECTIONS) -> float:
    """The mean, over directions, of how far the samples are apart when both are projected on a line.

    On a line the cheapest way carries them over in order. A shift in the plane counts for 2/π of its length.
    Bonneel et al., "Sliced and Radon Wasserstein barycenters", 2015, https://doi.org/10.1007/s10851-014-0506-3.
    """
    axes = _directions(x.shape[1], directions).to(x)  # (D, directions)
    return ((x @ axes).sort(0).values - (y @ axes).sort(0).values).abs().mean().item()


def _directions(num_features: int, number: int) -> Float[Tensor, "D directions"]:
    """Unit vectors: evenly over half a turn in the plane, always the same random ones elsewhere."""
    if num_features == 2:
        angles = torch.arange(number) * (math.pi / number)
        return torch.stack([angles.cos(), angles.sin()])
    vectors = torch.randn(num_features, number, generator=Generator().manual_seed(0))
    return vectors / vectors.norm(dim=0)


def coverage(
    fakes: Float[Tensor, "n D"],
    centres: Float[Tensor, "K D"],
    deviations: Float[Tensor, " K"],
    part: float | int = FAIR_PART,
) -> Coverage:
    """Which modes the fakes reach, and how many of them lie between the modes.

    A fake belongs to the mode that it is nearest to, counted in deviations, if that is at most three: the usual count
    for rings and grids of Gaussians (Metz et al., "Unrolled GANs", 2017, https://arxiv.org/abs/1611.02163; Che et al.,
    "Mode regularized GANs", 2017, https://arxiv.org/abs/1612.02136). One stray fake covers nothing: a mode needs part
    of its fair share.

    Args:
        fakes: to be judged.
        centres: of the modes, equally likely.
        deviations: of each mode, along every axis.
        part: of its fair share, 1/K, that a mode needs.
    """
    distances, modes = (distances_between(fakes, centres) / deviations).min(1)
    is_near = distances <= NEAR
    shares = torch.bincount(modes[is_near], minlength=len(centres)).to(fakes) / len(fakes)
    return Coverage(shares, int((shares >= part / len(centres)).sum()), 1 - is_near.float().mean().item())


def nearest(x: Float[Tensor, "n D"], known: Float[Tensor, "m D"]) -> Nearest:
    """The closest known example of each."""
    return Nearest(*distances_between(x, known).min(1))


def copied_ratio(fakes: Float[Tensor, "n D"], training: Float[Tensor, "m D"], held_out: Float[Tensor, "k D"]) -> float:
    """The median distance of fakes to their nearest training example over that of real examples held out.

    About 1 for a generator that draws from the distribution, far below 1 for one that repeats its training examples.
    """
    new = nearest(held_out, training).distances.median()
    return (nearest(fakes, training).distances.median() / new.clamp_min(1e-12)).item()


def accuracy(real: Float[Tensor, " m"], fake: Float[Tensor, " n"], threshold: float | int = 0.0) -> float:
    """The share of right answers, real and fake counting alike: real above the threshold, fake not above it.

    Args:
        real: scores (logits) of real examples.
        fake: scores of fakes.
        threshold: 0 is D(x) = 1/2 for a logit.
    """
    return ((real > threshold).float().mean().item() + (fake <= threshold).float().mean().item()) / 2


def ranking(real: Float[Tensor, " m"], fake: Float[Tensor, " n"]) -> float:
    """The chance that a real example scores above a fake, ties counting half: the area under the ROC curve.

    It needs no threshold, so it judges critics too, whose scores have no zero.
    """
    ordered, real = fake.sort().values, real.contiguous()
    below = torch.searchsorted(ordered, real) + torch.searchsorted(ordered, real, right=True)
    return below.double().mean().item() / (2 * len(fake))


def collapse(
    num_covered: int | None, num_modes: int | None, spread: float, real_spread: float, what: str = "modes"
) -> Verdict:
    """Whether the generator makes too few kinds of examples.

    Args:
        num_covered: modes that the fakes reach; None where the data have no known modes.
        num_modes: modes of the data; None likewise.
        spread: `mean_distance` of the fakes with themselves.
        real_spread: that of the data.
        what: the modes, in a word.
    """
    share = spread / max(real_spread, 1e-12)
    if num_covered is not None and num_modes is not None and 2 * num_covered <= num_modes:
        return Verdict(True, f"Mode collapse: the fakes reach {num_covered} of {num_modes} {what}.")
    if share < NARROW:
        return Verdict(True, f"Collapse: two fakes lie {share:.0%} as far apart as two real examples do.")
    if num_covered is None or num_modes is None:
        return Verdict(False, f"Two fakes lie {share:.0%} as far apart as two real examples do: no collapse.")
    return Verdict(False, f"The fakes reach {num_covered} of {num_modes} {what}: no collapse.")


def has_won(accuracy: float, gradient: float, real_spread: float) -> Verdict:
    """Whether the discriminator tells all apart and leaves the generator nothing to learn from.

    Args:
        accuracy: share of real and fake examples told apart.
        gradient: mean length of the slope of a fake's loss at that fake.
        real_spread: `mean_distance` of the data; the slope times this is what the loss could change.
    """
    change = gradient * real_spread
    told = f"is right {accuracy:.0%} of the time"
    if accuracy < SURE:
        return Verdict(False, f"The discriminator {told}: it has not won.")
    if change >= FAINT:
        return Verdict(False, f"The discriminator {told}, but the fakes still get a gradient of {gradient:.2g}.")
    return Verdict(True, f"The discriminator has won: it {told}, and the fakes get a gradient of {gradient:.1g}.")
