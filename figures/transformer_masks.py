"""Three kinds of transformer side by side: who may look at whom in GPT, in BERT, and in the pair of two halves."""

from typing import Final, NamedTuple

import numpy as np

from figures.attention_maps import Look, draw_map
from figures.scene import Box, Scene
from figures.theme import ON_PAGE

WORDS: Final = ("the", "cat", "is", "here")
TRANSLATED: Final = ("▷", "le", "chat", "est")
MAY: Final = Look(palette="magnitude", readout="may look")
WIDTH: Final = 1000.0
HEIGHT: Final = 250.0


class Kind(NamedTuple):
    """One kind: its name, what it is for, and its masks with the tokens that ask and those that are looked at."""

    name: str
    purpose: str
    masks: tuple[tuple[str, tuple[str, ...], tuple[str, ...], np.ndarray], ...]


def kinds() -> tuple[Kind, ...]:
    """The three kinds on four words."""
    n = len(WORDS)
    everything, triangle = np.ones((n, n), dtype=bool), np.tri(n, dtype=bool)
    return (
        Kind("GPT: decoder only", "writes on", (("self", WORDS, WORDS, triangle),)),
        Kind("BERT: encoder only", "understands what is there", (("self", WORDS, WORDS, everything),)),
        Kind(
            "2017, T5 and this page: encoder–decoder",
            "turns one sequence into another",
            (
                ("encoder", WORDS, WORDS, everything),
                ("decoder", TRANSLATED, TRANSLATED, triangle),
                ("cross", TRANSLATED, WORDS, everything),
            ),
        ),
    )


def masks_scene() -> bytes:
    """Draws the masks of the three kinds; hatched: may not be looked at."""
    width, height, scale = WIDTH, HEIGHT, ON_PAGE
    alt = (
        "Who may look at whom. GPT: each word sees itself and those before it. BERT: every word sees all. Encoder and "
        "decoder: the source sees all of itself, the target itself so far, and by cross-attention all of the source."
    )
    scene = Scene(width, height, alt, {"step": 0})
    tile = width / 5
    left = 0.0
    for kind in kinds():
        scene.text(left + 8, scale.title, kind.name, size=scale.title, weight=600)
        scene.text(left + 8, 2.5 * scale.title, kind.purpose, size=scale.note, colour="muted")
        for name, rows, columns, is_seen in kind.masks:
            box: Box = (left + 8, 4.2 * scale.title, tile - 24, height - 7 * scale.title)
            weights = np.where(is_seen, 0.6, np.nan)
            cells = draw_map(scene, box, weights, rows, columns, is_seen, scale=scale._replace(note=99.0), look=MAY)
            y = cells[1] + cells[3] + 1.2 * scale.title
            scene.text(cells[0], y, name, size=scale.note, colour="muted")
            left += tile
    return scene.to_bytes()
