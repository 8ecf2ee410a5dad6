"""A word spelt into sounds, page `pretrained`: phonemes with their chances, and what each letter did to the state."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from figures.attention_maps import Look, draw_map
from figures.scene import Box, Scene
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale

WIDTH: Final = 1000.0
HEIGHT: Final = 480.0
SAID: Final[Box] = (8.0, 52.0, 420.0, 410.0)
STATES: Final[Box] = (470.0, 52.0, 520.0, 418.0)  # with the bars under the map
GAP: Final = 10.0
BARS: Final = 46.0  # height of the bars under the map
ROW: Final = 34.0  # of a phoneme, at most
LIKENESS: Final = Look(low=-1.0, high=1.0, palette="diverging", readout="cosine")


def speller_scene(seen: Any, examples: Mapping[str, str], *, is_large: bool = False) -> bytes:
    """Draws what is said on the left, and how the state moved while it read on the right.

    Args:
        seen: a `Spelt`.
        examples: for each phoneme without its stress, a word in which it is heard.
        is_large: with words for a projector.

    Returns:
        The bytes for the canvas.
    """
    scale = ON_PROJECTOR if is_large else ON_PAGE
    word = "".join(seen.letters[:-1])
    sure = ", ".join(f"{tops[0][0]} {tops[0][1]:.0%}" for tops in seen.likeliest)
    scene = Scene(WIDTH, HEIGHT, f"The word {word} in phonemes, each with its chance: {sure}. Beside it the states.")
    _title(scene, SAID, "What it says", "each place: the likeliest phoneme, its chance, and who came second", scale)
    _draw_said(scene, seen, examples, scale)
    _title(scene, STATES, "The state after each letter", "cosine with the state after every other letter", scale)
    left, top, width, height = STATES
    room = (left, top, width, height - GAP - BARS - 2.4 * scale.note)
    cells = draw_map(scene, room, seen.likeness, seen.letters, seen.letters, scale=scale, look=LIKENESS)
    _draw_update(scene, (cells[0], cells[1] + cells[3] + GAP, cells[2], BARS), seen.update, scale)
    return scene.to_bytes()


def _title(scene: Scene, box: Box, title: str, note: str, scale: Scale) -> None:
    scene.text(box[0], box[1] - 38, title, size=scale.title, weight=600)
    scene.text(box[0], box[1] - 17, note, size=scale.note, colour="muted")


def _draw_said(scene: Scene, seen: Any, examples: Mapping[str, str], scale: Scale) -> None:
    """A row for each place: the phoneme, its bar and chance, the second with its own."""
    left, top, width, height = SAID
    pitch = min(ROW, height / len(seen.likeliest))
    name, note = 3.4 * scale.label, 8.5 * scale.note
    room = width - name - note - 3.4 * scale.note
    for place, (first, second, *_) in enumerate(seen.likeliest):
        y = top + (place + 0.5) * pitch
        (sign, chance), is_end = first, first[0] == "end"
        scene.text(left, y, sign, size=scale.label, weight=400 if is_end else 600, colour="muted" if is_end else "text")
        bar = (left + name, y - 0.32 * pitch, room * chance, 0.64 * pitch)
        scene.rect(bar, fill="grey" if is_end else "accent")
        scene.text(bar[0] + bar[2] + 6, y, f"{chance:.0%}", size=scale.note, tabular=True)
        told = f"then {second[0]} {second[1]:.0%}" if second[1] >= 0.005 else ""
        scene.text(left + width - note, y, told, size=scale.note, colour="muted", tabular=True)
        tip = "; ".join(f"{sign}{_as_in(sign, examples)} {share:.1%}" for sign, share in seen.likeliest[place])
        scene.hot((left, y - pitch / 2, width, pitch), f"said:{place}", tip, cursor="default")


def _as_in(sign: str, examples: Mapping[str, str]) -> str:
    """A word in which a phoneme is heard; nothing for other signs."""
    example = examples.get(sign.rstrip("012"))
    return f" as in {example}" if example else ""


def _draw_update(scene: Scene, box: Box, update: np.ndarray, scale: Scale) -> None:
    """How much of the old state each letter left, as bars under the columns of the map."""
    left, top, width, height = box
    wide = width / len(update)
    for letter, share in enumerate(update.tolist()):
        bar = (left + (letter + 0.15) * wide, top + height * (1 - share), 0.7 * wide, height * share)
        scene.rect(bar, fill="accent")
        if wide >= 2.4 * scale.note:
            middle = left + (letter + 0.5) * wide
            scene.text(middle, top + height + scale.note, f"{share:.2f}", size=scale.note, align="center",
                       colour="muted", tabular=True)  # fmt: skip
    scene.lines(box, [np.array([[0.0, 0.0], [1.0, 0.0]])], xlim=(0, 1), ylim=(0, 1), colours="grey", width=1.0)
    told = "update gate: share of the old state that each letter leaves"
    scene.text(left, top + height + 2.4 * scale.note, told, size=scale.note, colour="muted")
