"""The losses of the page `gan`, and their slopes at what the discriminator says.

What the discriminator gives for an example is called its score: the logit of a chance under the first two losses, a
number without bounds under the others. The scores of a batch are those of the real examples, then as many of fakes.

Shapes: B real examples and B fakes.
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

Scores = Float[Tensor, "n 1"]


def wanted(num_scores: int, label_smoothing: float | int, device: torch.device) -> Scores:
    """What the discriminator is to say: 1, or a little less, of the real half, and 0 of the fakes."""
    labels = torch.zeros(num_scores, 1, device=device)
    labels[: num_scores // 2] = 1 - label_smoothing
    return labels


def discriminator_loss(name: str, scores: Scores, labels: Scores) -> Float[Tensor, ""]:
    """What the discriminator is to lower.

    Args:
        name: of the loss.
        scores: of the real examples, then of as many fakes.
        labels: from `wanted`.
    """
    match name:
        case "non-saturating" | "minimax":  # the mean of both halves, as in the lecture
            return F.binary_cross_entropy_with_logits(scores, labels)
        case "least squares":
            return (scores - labels).square().mean()
        case "hinge":
            return 2 * (1 - (2 * labels - 1) * scores).relu().mean()
        case _:  # a critic: the difference of the means
            return 2 * ((1 - 2 * labels) * scores).mean()


def discriminator_slope(name: str, scores: Scores, labels: Scores) -> Scores:
    """The slope of `discriminator_loss` at each score."""
    n = len(scores)
    match name:
        case "non-saturating" | "minimax":
            return (scores.sigmoid() - labels) / n
        case "least squares":
            return 2 / n * (scores - labels)
        case "hinge":
            sign = 2 * labels - 1
            return -2 / n * sign * (sign * scores < 1)
        case _:
            return 2 / n * (1 - 2 * labels)


def generator_loss(name: str, scores: Scores) -> Float[Tensor, ""]:
    """What the generator is to lower, from the scores of its fakes alone."""
    match name:
        case "non-saturating":  # −ln D(fake)
            return F.softplus(-scores).mean()
        case "minimax":  # ln(1 − D(fake))
            return -F.softplus(scores).mean()
        case "least squares":
            return 0.5 * (scores - 1).square().mean()
        case _:
            return -scores.mean()


def generator_slope(name: str, scores: Scores) -> Scores:
    """The slope of `generator_loss` at each score."""
    n = len(scores)
    match name:
        case "non-saturating":
            return (scores.sigmoid() - 1) / n
        case "minimax":
            return scores.sigmoid() / -n
        case "least squares":
            return (scores - 1) / n
        case _:
            return torch.full_like(scores, -1 / n)
