"""One answer as it is written: what the decoder is given, where it looks, and how likely each next sign is."""

from typing import Any, Final

import numpy as np

from figures.attention_tokens import token_text, width_of
from figures.scene import Box, Colour, Scene
from figures.theme import ON_PAGE, Scale

WIDTH: Final = 1000.0
HEIGHT: Final = 290.0
WIDEST_TILE: Final = 5.0  # in sizes of letters


def steps_scene(seen: Any, at: int) -> bytes:
    """Draws one step of the writing.

    Args:
        seen: a `Writing`.
        at: the step, from 0.
    """
    width, height, scale = WIDTH, HEIGHT, ON_PAGE
    best, chance = seen.given[at], seen.chances[at, 0]
    looked = token_text(seen.source[int(seen.cross[-1, at].argmax())])
    alt = (
        f"Step {at + 1} of {len(seen.given)}: the decoder has been given {at + 1} signs, looks most at {looked}, and "
        f"says {token_text(best)} with a chance of {chance:.0%}."
    )
    scene = Scene(width, height, alt, {"step": at})
    left, room = 0.13 * width, 0.55 * width
    top = 2.4 * scale.title
    scene.text(left, 0.9 * scale.title, "Where it looks now: a row for each block", size=scale.title, weight=600)
    weights = seen.cross[:, at]
    pitch = min(room / len(seen.source), WIDEST_TILE * scale.label)
    row = min(2 * scale.label, 0.34 * height / len(weights))
    box: Box = (left, top + 1.5 * scale.label, pitch * len(seen.source), row * len(weights))
    _row_of_signs(scene, seen.source, ["text"] * len(seen.source), left, top + 0.4 * scale.label, pitch, scale)
    scene.text(left - 8, top + 0.4 * scale.label, "source", size=scale.note, align="right", colour="muted")
    scene.sheet(box, weights, low=0, high=1, palette="magnitude", smooth=False, readout="weight")
    for layer in range(len(weights)):
        y = box[1] + row * (layer + 0.5)
        scene.text(left - 8, y, f"block {layer + 1}", size=scale.note, align="right", colour="muted")
    _draw_inputs(scene, seen, at, (left, box[1] + box[3] + 2.6 * scale.title, room, height), scale)
    _draw_chances(scene, seen, at, (0.78 * width, 2.2 * scale.title, 0.2 * width, height - 3 * scale.title), scale)
    return scene.to_bytes()


def _draw_inputs(scene: Scene, seen: Any, at: int, box: Box, scale: Scale) -> None:
    """What it is given so far, and below each sign what it said there; what is still to come is faint."""
    left, top, room, _ = box
    pitch = min(room / len(seen.inputs), WIDEST_TILE * scale.label)
    scene.text(left, top, "What it is given, and what it says", size=scale.title, weight=600)
    given, said = top + 1.8 * scale.title, top + 3.6 * scale.title
    for words, y in (("given", given), ("says", said)):
        scene.text(left - 8, y, words, size=scale.note, align="right", colour="muted")
    frame = (left, given - 0.9 * scale.title, pitch * (at + 1), 1.8 * scale.title)
    scene.rect(frame, fill="panel", stroke="hairline", radius=3)
    known: list[Colour] = ["text" if place <= at else "hairline" for place in range(len(seen.inputs))]
    _row_of_signs(scene, seen.inputs, known, left, given, pitch, scale)
    now: list[Colour] = [
        "accent" if place == at else "muted" if place < at else "hairline" for place in range(len(known))
    ]
    _row_of_signs(scene, seen.given, now, left, said, pitch, scale)
    note = "▷ start, ■ end. What it says at a place is what it is given at the next."
    scene.text(left, said + 1.9 * scale.title, note, size=scale.note, colour="muted")


def _row_of_signs(
    scene: Scene, signs: tuple[str, ...], colours: list[Colour], left: float, y: float, pitch: float, scale: Scale
) -> None:
    size = min(scale.label, pitch / 0.62)
    for place, (sign, colour) in enumerate(zip(signs, colours, strict=True)):
        text = token_text(sign)
        if width_of(text, size) < 1.5 * pitch:
            weight = 600 if colour == "accent" else 400
            scene.text(left + pitch * (place + 0.5), y, text, size=size, align="center", colour=colour, weight=weight)


def _draw_chances(scene: Scene, seen: Any, at: int, box: Box, scale: Scale) -> None:
    """The likeliest next signs as bars."""
    left, top, width, height = box
    scene.text(left, top - 1.3 * scale.title, "How likely each next sign is", size=scale.title, weight=600)
    signs, chances = seen.likely[at], np.asarray(seen.chances[at])
    line = min(height / len(signs), 2.4 * scale.label)
    for rank, (sign, chance) in enumerate(zip(signs, chances, strict=True)):
        y = top + line * (rank + 0.5)
        scene.text(left - 8, y, token_text(sign), size=scale.label, align="right")
        bar = 0.68 * width * float(chance)
        if bar >= 0.5:
            scene.rect((left, y - 0.36 * line, bar, 0.72 * line), fill="positive" if rank == 0 else "grey")
        told = f"{chance:.1%}" if chance >= 0.01 else f"{100 * chance:.2g}%"
        scene.text(left + bar + 6, y, told, size=scale.note, colour="muted", tabular=True)
