"""A visitor's own picture on the page `vae`: its copy, draws from its cloud, and where it lies among the others."""

from typing import Any, Final

import numpy as np

from figures.scene import Box, Scene
from figures.theme import ON_PAGE
from figures.vae_latent import draw_examples, ellipse

WIDTH: Final = 700.0
HEIGHT: Final = 300.0
TILE: Final = 112.0
SMALL: Final = 62.0
MAP: Final[Box] = (420.0, 28.0, 250.0, 250.0)


def own_scene(own: Any, seen: Any) -> bytes:
    """Draws it.

    Args:
        own: an `OwnPicture`.
        seen: the `VAEObservation` of the same moment, for the codes of the others.
    """
    alt = f"Your picture, its copy, which costs {own.cost:.3g}, draws from its cloud, and where it lies on the map."
    scene = Scene(WIDTH, HEIGHT, alt)
    names = ("Your picture", "Its copy", "Difference")
    boxes = [(10 + place * (TILE + 10), 28.0, TILE, TILE) for place in range(3)]
    for name, (left, _, _, _) in zip(names, boxes, strict=True):
        scene.text(left, 14, name, size=ON_PAGE.title, weight=600)
    draw_examples(scene, boxes[:2], np.stack([own.picture, own.copy]))
    difference = (own.copy - own.picture).mean(0)
    scene.sheet(boxes[2], difference, low=-1, high=1, smooth=False, readout="copy − picture")
    words = "Decoded draws from its cloud" if seen.model == "VAE" else "Without doubt, every draw is the same"
    top = 28 + TILE + 34
    scene.text(10, top - 14, words, size=ON_PAGE.title, weight=600)
    across = 5
    places = [
        (10 + (index % across) * (SMALL + 6), top + index // across * (SMALL + 6), SMALL, SMALL)
        for index in range(across)
    ]
    draw_examples(scene, places, own.draws[:across])
    _draw_place(scene, own, seen)
    return scene.to_bytes()


def _draw_place(scene: Scene, own: Any, seen: Any) -> None:
    """Its code with its doubt, among the codes of the test pictures."""
    limits = (-seen.limit, seen.limit)
    scene.text(MAP[0], 14, "Where it lies", size=ON_PAGE.title, weight=600)
    scene.axes(MAP, xlim=limits, ylim=limits, ticks=4)
    known = np.isfinite(seen.codes).all(1)
    scene.points(MAP, seen.codes[known], xlim=limits, ylim=limits, classes=seen.classes[known], radius=2.2)
    if np.isfinite(own.covariance).all() and own.covariance.any():
        scene.lines(MAP, [ellipse(own.place, own.covariance)], xlim=limits, ylim=limits, colours="text", width=1.5)
    scene.points(MAP, own.place[None], xlim=limits, ylim=limits, colour="text", shape="cross", radius=7)
