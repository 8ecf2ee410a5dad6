"""How attention changes when a symbol is hidden, page `encoder`."""

from collections.abc import Sequence

import numpy as np

from figures.attention_maps import Look, draw_map
from figures.scene import Scene
from figures.theme import ON_PAGE


def change_scene(change: np.ndarray, symbols: Sequence[str]) -> bytes:
    """The change of each weight of one head.

    Args:
        change: (n, n) after minus before.
        symbols: n symbols of the sentence.
    """
    reach = max(0.05, float(np.abs(change).max()))
    row, column = divmod(int(np.abs(change).argmax()), change.shape[1])
    alt = (
        f"Change of attention when symbols are hidden. Most where {symbols[row]} looks at {symbols[column]}: "
        f"{change[row, column]:+.2f}."
    )
    scene = Scene(620, 420, alt)
    look = Look(-reach, reach, "diverging", "change", "+.2f")
    draw_map(scene, (8.0, 8.0, 560.0, 404.0), change, symbols, symbols, scale=ON_PAGE, look=look)
    return scene.to_bytes()
