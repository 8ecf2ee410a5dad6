"""All heads, one head as a map, and its lines between the tokens: the picture the pages about transformers share."""

from typing import Final, NamedTuple

import numpy as np

from figures.attention_links import MOST_LINKED, Focus, draw_links
from figures.attention_maps import AttentionMaps, Cell, draw_map
from figures.attention_overview import draw_heads
from figures.attention_tokens import pair_name, token_name
from figures.scene import Box, Scene
from figures.theme import ON_PAGE, ON_PROJECTOR, Scale


class Layout(NamedTuple):
    """Places in scene units."""

    width: float
    height: float
    scale: Scale
    heads: Box
    map: Box
    links: Box


PAGE: Final = Layout(
    width=1000.0,
    height=430.0,
    scale=ON_PAGE,
    heads=(8.0, 30.0, 240.0, 366.0),
    map=(272.0, 30.0, 400.0, 366.0),
    links=(700.0, 48.0, 292.0, 348.0),
)
PROJECTOR: Final = Layout(
    width=1280.0,
    height=656.0,
    scale=ON_PROJECTOR,
    heads=(12.0, 48.0, 300.0, 560.0),
    map=(340.0, 48.0, 520.0, 560.0),
    links=(890.0, 70.0, 378.0, 538.0),
)


def attention_scene(
    maps: AttentionMaps,
    layer: int,
    head: int,
    *,
    share: float = 0.7,
    chosen: Cell | None = None,
    focus: Focus = None,
    is_mean: bool = False,
    first: int = 0,
    is_large: bool = False,
) -> bytes:
    """Draws the overview, the chosen head as a map, and its lines.

    Args:
        maps: the weights of all heads.
        layer: the chosen one, from 0.
        head: the chosen one, from 0.
        share: of each row's mass that is drawn as lines, from 0 to 1.
        chosen: the cell with a border.
        focus: the token whose lines alone are drawn.
        is_mean: draws the mean over the heads of the layer instead of one head.
        first: the first place of the window, where the text is too long for lines.
        is_large: laid out for a projector.

    Returns:
        The bytes for the canvas. Clicks send the ids of `draw_heads`, of `draw_map` with the hot `cell`, and of
        `draw_links` with the hot `token`.
    """
    layout = PROJECTOR if is_large else PAGE
    scale = layout.scale
    weights = head_weights(maps, layer, head, is_mean=is_mean)
    name = f"the mean over the heads of layer {layer + 1}" if is_mean else maps.head_name(layer, head)
    scene = Scene(layout.width, layout.height, described(weights, maps, name))
    has_overview = maps.weights.shape[0] * maps.weights.shape[1] > 1
    if has_overview:
        _title(scene, layout.heads, "All heads", scale)
        draw_heads(scene, layout.heads, maps, None if is_mean else (layer, head), scale=scale)
    box = layout.map
    if not has_overview:
        box = (layout.heads[0], box[1], box[0] + box[2] - layout.heads[0], box[3])
    _title(scene, box, name[0].upper() + name[1:], scale)
    cells = draw_map(scene, box, weights, maps.rows, maps.columns, scale=scale, hot="cell", chosen=chosen, focus=focus)
    below = box[0], cells[1] + cells[3] + 1.3 * scale.label
    _draw_legend(scene, below, scale, is_masked=bool(np.isnan(weights).any()))
    _draw_lines(scene, layout, maps, weights, share, focus, first)
    return scene.to_bytes()


def head_weights(maps: AttentionMaps, layer: int, head: int, *, is_mean: bool) -> np.ndarray:
    """The weights of a head, or the mean of its layer, (T, S) with NaN where the mask forbids."""
    shown = maps.shown()[layer]
    return shown.mean(axis=0) if is_mean else shown[head]


def described(weights: np.ndarray, maps: AttentionMaps, name: str) -> str:
    """The map in words: what each query looks at most."""
    told = []
    for t, row in enumerate(weights[:12]):
        if np.isfinite(row).any():
            s = int(np.nanargmax(row))
            told.append(f"{pair_name(maps.rows, maps.columns, (t, s))} {row[s]:.2f}")
        else:
            told.append(f"{token_name(maps.rows[t], t)} sees nothing")
    more = f" and {len(weights) - 12} more" if len(weights) > 12 else ""
    size = f"{weights.shape[0]} queries by {weights.shape[1]} keys"
    return f"Attention weights of {name}, {size}. Each query and the key it looks at most: {'; '.join(told)}{more}."


def _title(scene: Scene, box: Box, words: str, scale: Scale) -> None:
    scene.text(box[0], box[1] - scale.title, words, size=scale.title, weight=600)


def _draw_legend(scene: Scene, place: tuple[float, float], scale: Scale, *, is_masked: bool) -> None:
    """What the colours mean; the range is the same for every map."""
    x, y = place
    scene.colorbar(
        (x, y - 0.4 * scale.note, 8 * scale.note, 0.8 * scale.note), low=0, high=1, palette="magnitude", labels=[]
    )
    x += 8.6 * scale.note
    words = "weight 0 to 1; a row is a query and sums to 1" + ("; hatched: masked" if is_masked else "")
    scene.text(x, y, words, size=scale.note, colour="muted")


def _draw_lines(
    scene: Scene, layout: Layout, maps: AttentionMaps, weights: np.ndarray, share: float, focus: Focus, first: int
) -> None:
    scale, box = layout.scale, layout.links
    last = min(first + MOST_LINKED, max(weights.shape))
    _title(scene, (box[0], box[1] - 1.4 * scale.label, 0, 0), f"Top {share:.0%} of each row", scale)
    words = "queries → keys" if max(weights.shape) <= MOST_LINKED else f"queries → keys, places {first + 1} to {last}"
    scene.text(box[0], box[1] - scale.label, words, size=scale.note, colour="muted")
    draw_links(scene, box, weights, maps.rows, maps.columns, share, scale=scale, hot="token", focus=focus, first=first)
