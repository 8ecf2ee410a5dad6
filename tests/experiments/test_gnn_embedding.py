"""The plane of the embeddings: two principal components that do not turn over."""

import numpy as np
import pytest

from experiments.gnn_embedding import oriented_plane

RNG = np.random.default_rng(0)
LABEL = np.repeat([1.0, 0.0], 30)
SIZE = RNG.normal(size=60)


def cloud(channels=8, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(60, 2)) @ rng.normal(size=(2, channels)) + 0.1 * rng.normal(size=(60, channels))


def test_it_is_the_plane_of_the_two_principal_components():
    h = cloud()
    xy, share = oriented_plane(h, LABEL, SIZE)
    values = np.linalg.eigvalsh(np.cov(h.T, bias=True))[::-1]
    assert share == pytest.approx(values[:2].sum() / values.sum())
    assert 0.9 < share < 1
    assert np.linalg.eigvalsh(np.cov(xy.T, bias=True))[::-1] == pytest.approx(values[:2])


def test_the_first_quantity_lies_right_and_the_second_up():
    for seed in range(20):
        xy, _ = oriented_plane(cloud(seed=seed), LABEL, SIZE)
        right, up = xy.T @ (LABEL - LABEL.mean())
        assert right > 0
        assert up == pytest.approx(0, abs=1e-9)
        assert xy[:, 1] @ (SIZE - SIZE.mean()) >= 0


def test_no_axis_flips_from_one_step_to_the_next():
    """Components of equal strength trade places; the plane turned by quantities moves as little as the items do."""
    right, up = LABEL - LABEL.mean(), SIZE - SIZE.mean()
    up -= right * (right @ up) / (right @ right)
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(8, 8)))[0]
    found, components = [], []
    for way in np.linspace(0, 1, 60):
        h = (np.outer((1.5 - way) * right, turn[0]) + np.outer((0.2 + way) * up, turn[1])).astype(np.float32)
        found.append(oriented_plane(h, LABEL, SIZE)[0])
        u, s, _ = np.linalg.svd(h - h.mean(0), full_matrices=False)
        components.append((u * s)[:, :2])
    moved, plain = (np.abs(np.diff(np.array(track), axis=0)).max() for track in (found, components))
    assert moved < 1.1 * np.abs(up).max() / 59
    assert plain > 10 * moved  # without the turn it jumps


def test_the_sign_of_the_channels_does_not_matter():
    h = cloud()
    xy, share = oriented_plane(h, LABEL, SIZE)
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(8, 8)))[0]
    for other in (-h, h[:, ::-1], h @ turn):
        again, same = oriented_plane(other, LABEL, SIZE)
        assert again == pytest.approx(xy, abs=1e-9)
        assert same == pytest.approx(share)


@pytest.mark.parametrize("value", [0.0, 3.7, -1e6])
def test_items_that_are_all_alike_lie_in_the_middle(value):
    xy, share = oriented_plane(np.full((60, 4), value), LABEL, SIZE)
    assert (xy == 0).all()
    assert share == 1


def test_items_on_a_line_lie_on_the_horizontal():
    h = np.outer(LABEL + 0.2 * SIZE, [-1.0, 2.0, 0.5])
    xy, share = oriented_plane(h, LABEL, SIZE)
    assert share == pytest.approx(1)
    assert xy[:, 1] == pytest.approx(0, abs=1e-9)
    assert xy[:, 0] @ (LABEL - LABEL.mean()) > 0


def test_one_channel_and_quantities_that_do_not_vary_are_no_error():
    for h, first in ((SIZE[:, None], LABEL), (cloud(), np.ones(60)), (cloud().astype(np.float32), LABEL)):
        xy, share = oriented_plane(h, first, np.zeros(60))
        assert np.isfinite(xy).all()
        assert 0 < share <= 1
