"""Two ways to ask an image network where it looks for a class: slopes of its last maps, and covered parts.

Shapes: B pictures, C channels, S side of a picture, F maps, h and w their height and width, K classes, n places of the
patch along each side.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor


def grad_cam(
    maps: Float[Tensor, "1 F h w"], logit: Float[Tensor, ""], *, keeps_signs: bool = False
) -> Float[Tensor, "h w"]:
    """Where the last maps speak for a class: the maps, each times its mean slope, summed.

    Selvaraju et al., "Grad-CAM", 2016, https://arxiv.org/abs/1610.02391.

    Args:
        maps: of one picture.
        logit: of the class, worked out from them with gradients.
        keeps_signs: whether what speaks against the class stays, as a negative number.
    """
    slopes = torch.autograd.grad(logit, maps)[0]
    heat = (slopes.mean(dim=(2, 3), keepdim=True) * maps).sum(1)[0].detach()
    return heat if keeps_signs else heat.relu()


def occlusion(
    chances: Callable[[Float[Tensor, "B C S S"]], Float[Tensor, "B K"]],
    x: Float[Tensor, "1 C S S"],
    label: int,
    num_places: int,
) -> Float[Tensor, "n n"]:
    """How far the chance of a class falls when a grey square of a quarter of the side covers each part.

    Zeiler & Fergus, "Visualizing and understanding convolutional networks", 2013, https://arxiv.org/abs/1311.2901.

    Args:
        chances: what the network says of pictures.
        x: the picture, as the network gets it; 0 is grey.
        label: of the class.
        num_places: n.
    """
    side = x.shape[2]
    patch = side // 4
    starts = torch.linspace(0, side - patch, num_places).round().int().tolist()
    covered = x.repeat(num_places**2, 1, 1, 1)
    for index, (top, left) in enumerate((top, left) for top in starts for left in starts):
        covered[index, :, top : top + patch, left : left + patch] = 0
    return (chances(x)[0, label] - chances(covered)[:, label]).reshape(num_places, num_places)
