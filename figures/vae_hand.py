"""The reparameterisation trick with its numbers, page `vae`: the same dice, moved and stretched, and the way back."""

from typing import Any, Final

import numpy as np

from figures.curves import round_above
from figures.scene import Box, Colour, Limits, Scene
from figures.theme import ON_PAGE
from figures.vae_latent import draw_examples

WIDTH: Final = 1000.0
HEIGHT: Final = 330.0
DICE: Final[Box] = (24.0, 44.0, 430.0, 84.0)
CODES: Final[Box] = (24.0, 206.0, 430.0, 84.0)
REACH: Final = 4.0  # of both axes, at least
NUM_LINES: Final = 25
NUM_PLACES: Final = 161
NODE: Final = (92.0, 46.0)


def hand_scene(hand: Any, decoded: np.ndarray, given: np.ndarray) -> bytes:
    """One draw: where its dice fall, where μ and σ put it, what it costs, and what flows back.

    Args:
        hand: a `Hand`.
        decoded: (1, …) what z decodes to.
        given: (1, …) the input that it is compared with.
    """
    alt = (
        f"z = μ + σ ε = {hand.mean:.2f} + {hand.deviation:.2f} · {hand.noise:.2f} = {hand.z:.2f} costs "
        f"{hand.cost:.4g} nats. Back flows {hand.slope:.3g} to z, {hand.slope_of_mean:.3g} to μ and "
        f"{hand.slope_of_deviation:.3g} to σ; to ε nothing."
    ).replace("-", "−")
    scene = Scene(WIDTH, HEIGHT, alt)
    _draw_move(scene, hand)
    _draw_graph(scene, hand, decoded, given)
    return scene.to_bytes()


# ---- the same dice, moved and stretched ------------------------------------------------------------------------------


def _draw_move(scene: Scene, hand: Any) -> None:
    """The density of the dice, lines from each to where it is put, and the density there, hanging down."""
    limits = (-REACH, REACH)
    low, high = hand.mean - REACH * hand.deviation, hand.mean + REACH * hand.deviation
    reach = max(REACH, round_above(np.abs(np.array([low, high]))))
    below = (-reach, reach)
    scene.text(DICE[0], 14, "ε from N(0, 1): the dice", size=ON_PAGE.title, weight=600)
    last = CODES[1] + CODES[3] + 30
    scene.text(CODES[0], last, "z = μ + σ ε: the same dice, stretched and moved", size=ON_PAGE.title, weight=600)
    right = CODES[0] + CODES[2]
    scene.text(right, last, "dashed: N(0, 1)", size=ON_PAGE.note, align="right", colour="muted")
    dice = np.linspace(-2.4, 2.4, NUM_LINES)
    starts = np.stack([_across(DICE, dice, limits), np.full(NUM_LINES, DICE[1] + DICE[3])], axis=1)
    moved = hand.mean + hand.deviation * dice
    ends = np.stack([_across(CODES, moved, below), np.full(NUM_LINES, CODES[1])], axis=1)
    room: Box = (0.0, DICE[1] + DICE[3], WIDTH, CODES[1] - DICE[1] - DICE[3])
    _link(scene, room, starts, ends, "hairline", 1.0)
    one = np.array([hand.noise]), np.array([hand.z])
    start = np.stack([_across(DICE, one[0], limits), np.array([room[1]])], axis=1)
    end = np.stack([_across(CODES, one[1], below), np.array([CODES[1]])], axis=1)
    _link(scene, room, start, end, "accent", 2.5)
    _density(scene, DICE, limits, 0.0, 1.0, "grey", is_hanging=False)
    _density(scene, CODES, below, 0.0, 1.0, "grey", is_hanging=True)
    _density(scene, CODES, below, hand.mean, hand.deviation, "accent", is_hanging=True)
    for box, at, xlim in ((DICE, hand.noise, limits), (CODES, hand.z, below)):
        y = box[1] + (box[3] if box is DICE else 0.0)
        x = float(_across(box, np.array([at]), xlim)[0])
        scene.points((x - 6, y - 6, 12, 12), np.zeros((1, 2)), xlim=(-1, 1), ylim=(-1, 1), radius=5)
    _name_ends(scene, limits, below)


def _across(box: Box, values: np.ndarray, limits: Limits) -> np.ndarray:
    """Scene x of values on an axis."""
    return box[0] + box[2] * (values - limits[0]) / (limits[1] - limits[0])


def _link(scene: Scene, room: Box, starts: np.ndarray, ends: np.ndarray, colour: Colour, width: float) -> None:
    """Straight lines from places to places, both in scene coordinates."""
    tracks = [np.stack([start, end]) for start, end in zip(starts, ends, strict=True)]
    xlim, ylim = (room[0], room[0] + room[2]), (-room[1] - room[3], -room[1])
    scene.lines(room, [track * (1, -1) for track in tracks], xlim=xlim, ylim=ylim, colours=colour, width=width)


def _density(
    scene: Scene, box: Box, limits: Limits, mean: float, deviation: float, colour: Colour, *, is_hanging: bool
) -> None:
    """A bell curve on its axis; as high as its box, whatever its width, because only its place and width are meant."""
    x = np.linspace(*limits, NUM_PLACES)
    x = np.unique(np.concatenate([x, mean + deviation * np.linspace(-4, 4, 61)]))
    heights = np.exp(-0.5 * ((x - mean) / deviation) ** 2)
    inside = (x >= limits[0]) & (x <= limits[1])
    ylim = (0.0, 1.0) if not is_hanging else (-1.0, 0.0)
    track = np.stack([x, -heights if is_hanging else heights], axis=1)[inside]
    flat = np.array([[limits[0], 0.0], [limits[1], 0.0]])
    scene.lines(box, [flat], xlim=limits, ylim=ylim, colours="muted", width=1)
    scene.lines(box, [track], xlim=limits, ylim=ylim, colours=colour, width=2, dash=colour == "grey" and is_hanging)


def _name_ends(scene: Scene, above: Limits, below: Limits) -> None:
    for box, limits, y in ((DICE, above, DICE[1] + DICE[3] + 11), (CODES, below, CODES[1] - 10)):
        for value in (limits[0], 0.0, limits[1]):
            x = float(_across(box, np.array([value]), limits)[0])
            scene.text(x, y, _number(value, ".3g"), size=ON_PAGE.note, align="center", colour="muted")


# ---- forwards and back -----------------------------------------------------------------------------------------------


def _draw_graph(scene: Scene, hand: Any, decoded: np.ndarray, given: np.ndarray) -> None:
    """μ, σ and ε make z, the decoder makes a picture of it, and the loss compares; the slopes run back."""
    middle, left = 128.0, 506.0
    places = {"μ": (left, 58.0), "σ": (left, middle), "ε": (left, 198.0), "z": (left + 190, middle)}
    places |= {"decoder": (left + 302, middle), "loss": (left + 402, middle)}
    values = {"μ": hand.mean, "σ": hand.deviation, "ε": hand.noise, "z": hand.z, "loss": hand.cost}
    back = {"μ": hand.slope_of_mean, "σ": hand.slope_of_deviation, "z": hand.slope, "decoder": hand.slope}
    scene.text(left, 14, "Forwards the numbers, back the slopes", size=ON_PAGE.title, weight=600)
    ways = [("μ", "z"), ("σ", "z"), ("ε", "z"), ("z", "decoder"), ("decoder", "loss")]
    starts = np.array([(places[one][0] + NODE[0], places[one][1]) for one, _ in ways])
    ends = np.array([(places[other][0], places[other][1]) for _, other in ways])
    known = [back.get(one, np.nan) for one, _ in ways]
    peak = max((abs(value) for value in known if np.isfinite(value)), default=0.0) or 1.0
    names = ["back to μ", "back to σ", "to ε nothing flows back", "back to z", "back to the decoder's output, as ∂f/∂z"]
    scene.edges(starts, ends, known, scale=peak, max_width=6, straight=True, names=names, readout="∂f/∂")
    for name, (x, y) in places.items():
        _node(scene, name, values.get(name), (x, y - NODE[1] / 2, *NODE))
    for name, (x, y) in (("μ", (left + 46, 88.0)), ("σ", (left + 46, middle + 30)), ("z", (left + 236, middle + 34))):
        words = f"∂f/∂{name} = {_number(back[name], '.3g')}"
        colour: Colour = "positive" if back[name] >= 0 else "negative"
        scene.text(x, y, words, size=ON_PAGE.note, align="center", colour=colour, tabular=True)
    scene.text(left + 46, 228, "dice: no slope", size=ON_PAGE.note, align="center", colour="muted")
    side, top = 92.0, 206.0
    for word, x, example in (("decoded z", left + 294, decoded), ("input", left + 402, given)):
        scene.text(x + side / 2, top - 12, word, size=ON_PAGE.note, align="center", colour="muted")
        draw_examples(scene, [(x, top, side, side)], example)


def _node(scene: Scene, name: str, value: float | None, box: Box) -> None:
    scene.rect(box, fill="panel", stroke="hairline", radius=5)
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    word = "f(z) in nats" if name == "loss" else name
    scene.text(x, y - (9 if value is not None else 0), word, size=ON_PAGE.label, align="center", weight=600)
    if value is not None:
        scene.text(x, y + 10, _number(value, ".4g"), size=ON_PAGE.label, align="center", tabular=True)


def _number(value: float, form: str) -> str:
    return f"{value + 0.0:{form}}".replace("-", "−")
