"""How merges are learnt and carried out: a text with the winning pair, counts of pairs, and a word as a tree."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from figures.curves import round_above
from figures.scene import Box, Scene
from figures.theme import ON_PAGE
from figures.tokenizer import cut, lines_of_boxes, width_of

WIDTH: Final = 1000.0
STAGE_HEIGHT: Final = 360.0
TEXT: Final[Box] = (8.0, 40.0, 560.0, 310.0)
BARS: Final[Box] = (640.0, 40.0, 340.0, 180.0)
CURVE: Final[Box] = (660.0, 272.0, 320.0, 62.0)
NUM_BARS: Final = 8
TREE_MARGIN: Final = 40.0
LEVEL: Final = 40.0  # scene units between a token and its halves


def stage_scene(
    pieces: Sequence[Sequence[str]],
    pairs: Sequence[tuple[str, str, int]],
    lengths: Sequence[int],
    num_bytes: int,
    *,
    merges: int,
) -> bytes:
    """Draws one stage of learning merges.

    Args:
        pieces: the text now, tokens as they are shown.
        pairs: the most frequent pairs of neighbours with their counts, the next to be merged first; may be empty.
        lengths: tokens of the text before the first merge and after each so far known.
        num_bytes: of the text.
        merges: how many have been carried out here.
    """
    winner = tuple(pairs[0][:2]) if pairs else ("", "")
    num_tokens = lengths[merges]
    told = f"{num_tokens:,} tokens of {num_bytes:,} bytes: {num_bytes / num_tokens:.2f} bytes a token"
    scene = Scene(WIDTH, STAGE_HEIGHT, f"A text after {merges} merges. {told}.", {"step": merges})
    scene.text(TEXT[0], 16, f"After {merges} merges: {told}", size=ON_PAGE.title, weight=600, tabular=True)
    _draw_text(scene, pieces, winner)
    _draw_pairs(scene, pairs)
    _draw_lengths(scene, lengths, merges)
    return scene.to_bytes()


def _draw_text(scene: Scene, pieces: Sequence[Sequence[str]], winner: tuple[str, ...]) -> None:
    """Tokens in lines; those of the winning pair are filled."""
    tokens = [token for piece in pieces for token in piece]
    marked: set[int] = set()
    at = 0
    for piece in pieces:
        place = 0
        while place < len(piece):
            if tuple(piece[place : place + 2]) == winner:
                marked |= {at + place, at + place + 1}
                place += 1
            place += 1
        at += len(piece)
    words = [cut(token) for token in tokens]
    boxes = lines_of_boxes(words, TEXT, ON_PAGE.label)
    for i, box in enumerate(boxes):
        is_in = i in marked
        scene.rect(tuple(box), fill="accent" if is_in else "panel", stroke=None if is_in else "hairline", radius=2)
        x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
        colour: Any = "background" if is_in else "text"
        scene.text(x, y, words[i], size=ON_PAGE.label, align="center", colour=colour, weight=600 if is_in else 400)
    if len(boxes) < len(words):
        scene.text(
            TEXT[0],
            TEXT[1] + TEXT[3] + 2,
            f"… and {len(words) - len(boxes):,} more tokens",
            size=ON_PAGE.note,
            colour="muted",
        )


def _draw_pairs(scene: Scene, pairs: Sequence[tuple[str, str, int]]) -> None:
    """A bar for each of the most frequent pairs; those that tie with the first say so."""
    left, top, width, height = BARS
    if not pairs:
        scene.text(left, 16, "No pair comes often enough: nothing is merged", size=ON_PAGE.title, weight=600)
        return
    most = pairs[0][2]
    ties = sum(count == most for *_, count in pairs)
    tie = f"; {ties} tie, the lowest numbers win" if ties > 1 else ""
    scene.text(left - 40, 16, f"The next merge is the most frequent pair{tie}", size=ON_PAGE.title, weight=600)
    pitch = height / NUM_BARS
    for row, (first, second, count) in enumerate(pairs[:NUM_BARS]):
        y = top + pitch * (row + 0.5)
        name = f"{cut(first)} + {cut(second)}"
        scene.text(left + 80, y, name, size=ON_PAGE.label, align="right", weight=600 if row == 0 else 400)
        length = (width - 160) * count / most
        scene.rect((left + 88, y - 0.36 * pitch, length, 0.72 * pitch), fill="accent" if row == 0 else "grey")
        mark = " tie" if row and count == most else ""
        scene.text(left + 94 + length, y, f"{count:,}{mark}", size=ON_PAGE.note, colour="muted", tabular=True)


def _draw_lengths(scene: Scene, lengths: Sequence[int], merges: int) -> None:
    """The length of the text over the merges, and where we are."""
    xlim, ylim = (0.0, max(1.0, float(len(lengths) - 1))), (0.0, round_above(np.array(lengths, dtype=float)))
    scene.text(CURVE[0], CURVE[1] - 14, "Tokens of the text by merge", size=ON_PAGE.title, weight=600)
    scene.axes(CURVE, xlim=xlim, ylim=ylim, ticks=2, grid=True)
    xy = np.stack([np.arange(len(lengths)), np.array(lengths)], axis=1).astype(float)
    scene.lines(CURVE, [xy], xlim=xlim, ylim=ylim, width=2)
    here = np.array([[merges, ylim[0]], [merges, ylim[1]]], dtype=float)
    scene.lines(CURVE, [here], xlim=xlim, ylim=ylim, colours="text", width=1)


def tree_scene(nodes: Sequence[Any], names: Mapping[int, str], shown: int) -> bytes:
    """Draws how a word becomes tokens: bytes at the bottom, each merge above its two halves.

    Args:
        nodes: bytes and merges, with `first`, `last`, `token`, `order`, `rank` and `parts`, in the order of merging.
        names: of the tokens, by number.
        shown: merges that have been carried out.
    """
    kept = [node for node in nodes if node.order <= shown]
    heights: list[int] = []
    for node in nodes:
        heights.append(1 + max(heights[part] for part in node.parts) if node.parts else 0)
    num_bytes = sum(not node.parts for node in nodes)
    top = max(heights, default=0)
    height = 2 * TREE_MARGIN + LEVEL * top
    inner = {part for node in kept for part in node.parts}
    tokens = [names[node.token] for i, node in enumerate(kept) if i not in inner]
    scene = Scene(WIDTH, height, f"A word after {shown} merges: {' | '.join(tokens)}.", {"step": shown})
    pitch = min(64.0, (WIDTH - 2 * TREE_MARGIN) / max(1, num_bytes))

    def place(i: int) -> tuple[float, float]:
        middle = (nodes[i].first + nodes[i].last + 1) / 2
        return TREE_MARGIN + pitch * middle, height - TREE_MARGIN - LEVEL * heights[i]

    for i, node in enumerate(kept):
        x, y = place(i)
        for part in node.parts:
            ends = np.array([[x, -y], list(place(part))])
            ends[1, 1] = -ends[1, 1]
            scene.lines(
                (0, 0, WIDTH, height), [ends], xlim=(0, WIDTH), ylim=(-height, 0), colours="hairline", width=1.5
            )
    for i, node in enumerate(kept):
        _draw_node(scene, place(i), names[node.token], node, is_token=i not in inner)
    return scene.to_bytes()


def _draw_node(scene: Scene, at: tuple[float, float], name: str, node: Any, *, is_token: bool) -> None:
    """One token of the tree; those that nothing has merged yet are filled."""
    size = ON_PAGE.label
    wide = width_of(cut(name), size) + size
    box = (at[0] - wide / 2, at[1] - 0.85 * size, wide, 1.7 * size)
    scene.rect(box, fill="accent" if is_token else "panel", stroke=None if is_token else "hairline", radius=2)
    scene.text(*at, cut(name), size=size, align="center", colour="background" if is_token else "text")
    if node.rank:
        scene.text(at[0], at[1] - 1.4 * size, f"merge {node.rank:,}", size=9, align="center", colour="muted")
