"""Where a network looks, on networks so small that the answer is known."""

import torch

from experiments.saliency import grad_cam, occlusion


def test_grad_cam_by_hand() -> None:
    """Two maps, of which the class counts one three times and the other minus once, each as a mean of two places."""
    maps = torch.tensor([[[[2.0, 0.0]], [[1.0, 4.0]]]], requires_grad=True)
    logit = 3 * maps[0, 0].mean() - maps[0, 1].mean()
    signed = grad_cam(maps, logit, keeps_signs=True)
    assert signed.tolist() == [[1.5 * 2 - 0.5 * 1, -0.5 * 4]]
    assert grad_cam(maps, 3 * maps[0, 0].mean() - maps[0, 1].mean()).tolist() == [[2.5, 0.0]]


def test_only_the_part_that_speaks_for_a_class_is_missed() -> None:
    """The class is the brightness of the upper left corner."""

    def chances(x: torch.Tensor) -> torch.Tensor:
        corner = x[:, 0, :2, :2].mean(dim=(1, 2))
        return torch.stack([corner, 1 - corner], dim=1)

    x = torch.ones(1, 1, 8, 8)
    assert occlusion(chances, x, 0, 4).tolist() == [[1, 0, 0, 0]] + [[0] * 4] * 3
    assert occlusion(chances, x, 1, 4)[0, 0] == -1
    assert x.min() == 1, "the picture itself is left as it was"
