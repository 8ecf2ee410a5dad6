"""One graph three times, marked together: as it is drawn, as a matrix, and as the list of edges that code holds."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from figures.attention_graph import arrow_heads
from figures.attention_maps import Look, cell_of, draw_map
from figures.attention_tokens import token_text
from figures.scene import Box, Colour, Scene
from figures.theme import ON_PAGE, Scale

Mark = tuple[int, ...] | None  # a node, or where an edge comes from and goes to

WIDTH: Final = 1000.0
HEIGHT: Final = 440.0
DRAWING: Final[Box] = (8.0, 56.0, 340.0, 376.0)
MAP: Final[Box] = (372.0, 56.0, 370.0, 376.0)
LIST: Final[Box] = (766.0, 56.0, 226.0, 346.0)
ROW: Final = 17.0  # height of a row of the list
COLUMNS: Final = 3
ROWS: Final = int(LIST[3] // ROW)
LISTED: Final = COLUMNS * ROWS  # edges on one page of the list
NODE: Final = 22.0  # across, where there is room
ATOM: Final = 28.0  # across, with its element
PIXEL: Final = 0.62  # of the distance between pixels
DARK: Final = 0.5  # from here on a number is written in the colour of the paper
MATRIX: Final = Look(readout="link", form=".0f", missing="no link")
BOND_WIDTHS: Final = {1.0: 1.2, 1.5: 2.4, 2.0: 3.4, 3.0: 5.0}


def everything_scene(
    thing: Any, matrix: np.ndarray, number: np.ndarray, *, mark: Mark = None, page: int = 0, scale: Scale = ON_PAGE
) -> bytes:
    """Draws a thing as a graph in three ways.

    Args:
        thing: a `Thing`.
        matrix: (n, n) 1 where the node of the row hears that of the column, in the order of the thing.
        number: (n) the number of each node.
        mark: what is marked in all three; nodes in the order of the thing.
        page: of the list, from 0.
        scale: how large the words are.

    Returns:
        The bytes for the canvas; see `mark_of` for what a click says. A click also sends `page:-1` or `page:1`.
    """
    edges = listed_edges(thing, number)
    alt = (
        f"A {thing.kind} as a graph of {len(number)} nodes and {len(thing.links)} links: drawn, as a matrix of zeros "
        f"and ones, and as a list of {len(edges)} edges."
    )
    scene = Scene(WIDTH, HEIGHT, alt)
    _title(scene, DRAWING, "The graph", "click a node; numbers count from 0, as in the code", scale)
    _draw_links(scene, thing, mark)
    _draw_nodes(scene, thing, number, mark, scale)
    _title(scene, MAP, "Adjacency matrix", "1: the row's node hears the column's; click a cell", scale)
    _draw_matrix(scene, thing, matrix, number, mark, scale)
    _title(scene, LIST, "Edge list", "from → to; click a row", scale)
    _draw_list(scene, edges, number, mark, page, scale)
    return scene.to_bytes()


def mark_of(event: Mapping[str, Any], number: np.ndarray) -> Mark:
    """What a click marks, nodes in the order of the thing; None if the event is about something else.

    Args:
        event: as `live_canvas` hands it on.
        number: the number of each node, as the scene was drawn.
    """
    total = len(number)
    what = str(event.get("id", "")).partition(":")[0]
    if what == "node":
        return (min(int(event["node"]), total - 1),)
    if what == "edge":
        return min(int(event["source"]), total - 1), min(int(event["target"]), total - 1)
    cell = cell_of(dict(event), "cell", (total, total))
    if cell is None:
        return None
    order = np.argsort(number)
    target, source = (int(order[place]) for place in cell)
    return (source,) if source == target else (source, target)


def listed_edges(thing: Any, number: np.ndarray) -> np.ndarray:
    """Directed edges, (d, 2) nodes in the order of the thing, sorted by the numbers they have now."""
    edges: np.ndarray = thing.edge_index.T
    return edges[np.lexsort((number[edges[:, 1]], number[edges[:, 0]]))]


def page_of(thing: Any, number: np.ndarray, mark: Mark) -> int:
    """The page of the list on which what is marked stands, or begins."""
    is_marked = _is_marked(listed_edges(thing, number), mark, is_exact=True)
    return int(is_marked.argmax()) // LISTED if is_marked.any() else 0


def _is_marked(edges: np.ndarray, mark: Mark, *, is_exact: bool = False) -> np.ndarray:
    """Which edges a mark is about: those of a node, or one link in its directions (exact: leaving it, or one)."""
    if mark is None:
        return np.zeros(len(edges), dtype=bool)
    there: np.ndarray = (edges == mark).all(1) if len(mark) == 2 else edges[:, 0] == mark[0]
    if is_exact:
        return there
    back: np.ndarray = (edges[:, ::-1] == mark).all(1) if len(mark) == 2 else edges[:, 1] == mark[0]
    return there | back


def _title(scene: Scene, box: Box, title: str, note: str, scale: Scale) -> None:
    scene.text(box[0], box[1] - 38, title, size=scale.title, weight=600)
    scene.text(box[0], box[1] - 21, note, size=scale.note, colour="muted")


# ---- drawn ---------------------------------------------------------------------------------------------------------


def _spots(thing: Any) -> np.ndarray:
    """Where nodes are in the scene, (n, 2)."""
    left, top, width, height = DRAWING
    margin = NODE if thing.kind in ("molecule", "social network") else 0.0
    side = min(width, height) - 2 * margin
    x = left + width / 2 + (thing.places[:, 0] - 0.5) * side
    y = top + height / 2 - (thing.places[:, 1] - 0.5) * (side if thing.kind != "sentence" else height)
    return np.stack([x, y], axis=1)


def _draw_links(scene: Scene, thing: Any, mark: Mark) -> None:
    spots = _spots(thing)
    is_marked = _is_marked(thing.links, mark)
    widths = np.array([BOND_WIDTHS.get(float(order), 1.2) for order in thing.orders]) if len(thing.orders) else None
    for chosen, colour in ((False, "grey"), (True, "accent")):
        for width, at in _by_width(widths, is_marked == chosen):
            links = thing.links[at]
            _draw_tracks(scene, spots, links, colour, width + 1.2 * chosen, thing.is_directed)  # type: ignore[arg-type]


def _by_width(widths: np.ndarray | None, at: np.ndarray) -> Iterator[tuple[float, np.ndarray]]:
    for width in np.unique(widths) if widths is not None else (0.8,):
        chosen = at if widths is None else at & (widths == width)
        if chosen.any():
            yield float(width), chosen


def _draw_tracks(
    scene: Scene, spots: np.ndarray, links: np.ndarray, colour: Colour, width: float, is_directed: bool
) -> None:
    """Straight lines from node to node, with heads where they are directed."""
    start, end = spots[links[:, 0]], spots[links[:, 1]]
    track = np.full((3 * len(links), 2), np.nan)
    track[0::3], track[1::3] = start, end
    tracks = [track]
    if is_directed:
        unit = (end - start) / np.linalg.norm(end - start, axis=1, keepdims=True)
        tracks += arrow_heads(end - unit * NODE / 2, unit)
    for one in tracks:
        one[:, 1] = HEIGHT - one[:, 1]
    frame = (0.0, 0.0, WIDTH, HEIGHT)
    scene.lines(frame, tracks, xlim=(0.0, WIDTH), ylim=(0.0, HEIGHT), colours=colour, width=width)


def _draw_nodes(scene: Scene, thing: Any, number: np.ndarray, mark: Mark, scale: Scale) -> None:
    spots = _spots(thing)
    side = _node_side(thing, spots)
    is_pixel = len(thing.shades) > 0
    tiles = np.concatenate([spots - side / 2, np.full((len(spots), 2), side)], axis=1)
    if is_pixel:
        scene.sheet(tiles, thing.shades[:, None, None], low=0, high=1, palette="ink", smooth=False)
    for node, (x, y) in enumerate(spots.tolist()):
        tile = (x - side / 2, y - side / 2, side, side)
        fill, ink = _paint(thing, node)
        if not is_pixel:
            scene.rect(tile, fill=fill, stroke="grey", radius=side / 2)
        if mark is not None and node in mark:
            around = (tile[0] - 3, tile[1] - 3, side + 6, side + 6)
            scene.rect(around, stroke="accent", width=2.5, radius=2.0 if is_pixel else side / 2 + 3)
        words = f"{_element(thing, node)}{number[node]}"
        scene.text(x, y, words, size=scale.note, align="center", colour=ink, tabular=True)
        _draw_word(scene, thing, node, (x, y), side, scale)
        tip = f"{token_text(thing.names[node], 40)}, number {int(number[node])}"
        scene.hot(tile, f"node:{node}", tip, event={"node": node}, pressed=mark == (node,))


def _element(thing: Any, node: int) -> str:
    """What stands before the number of an atom, as chemists write it; nothing for other nodes."""
    return str(thing.names[node]) if thing.kind == "molecule" else ""


def _node_side(thing: Any, spots: np.ndarray) -> float:
    """Across a node: as large as the nearest two allow."""
    away = np.linalg.norm(spots[:, None] - spots, axis=2) + 1e6 * np.eye(len(spots))
    nearest = float(away.min())
    if len(thing.shades):
        return PIXEL * nearest
    return min(max(0.9 * nearest, 16.0), ATOM if thing.kind == "molecule" else NODE)


def _paint(thing: Any, node: int) -> tuple[Colour, Colour]:
    """The colours of a node and of the number on it."""
    if len(thing.shades):
        return "panel", "background" if thing.shades[node] > DARK else "text"
    return (int(thing.groups[node]), "background") if len(thing.groups) else ("panel", "text")


def _draw_word(scene: Scene, thing: Any, node: int, at: tuple[float, float], side: float, scale: Scale) -> None:
    """The word of a sentence, beside its node."""
    if thing.kind != "sentence":
        return
    x, y = at
    word = token_text(thing.names[node])
    right, up = thing.places[node] - 0.5
    if np.ptp(thing.places[:, 0]) == 0:  # a chain: the words stand in a column
        right, up = 1.0, 0.0
    away = np.array([right, -up]) / max(float(np.hypot(right, up)), 1e-9)
    place = np.array([x, y]) + away * 0.95 * side
    align: Any = "center" if abs(away[0]) < 0.3 else "left" if away[0] > 0 else "right"
    scene.text(float(place[0]), float(place[1]), word, size=scale.label, align=align)


# ---- matrix --------------------------------------------------------------------------------------------------------


def _draw_matrix(scene: Scene, thing: Any, matrix: np.ndarray, number: np.ndarray, mark: Mark, scale: Scale) -> None:
    order = np.argsort(number)
    tokens = [_token(thing, node, place) for place, node in enumerate(order)]
    shown = matrix[order][:, order].astype(float)

    def notes(row: int, column: int) -> str:
        return "linked" if shown[row, column] else "not linked"

    left, top, width, height = draw_map(
        scene, MAP, shown, tokens, tokens, scale=scale, look=MATRIX, hot="cell", note=notes
    )
    if mark is None:
        return
    side = width / len(order)
    places = [int(number[node]) for node in mark]
    if len(places) == 1:
        frames = [(left, top + places[0] * side, width, side), (left + places[0] * side, top, side, height)]
    else:
        source, target = places
        cells = [(target, source)] if thing.is_directed else [(target, source), (source, target)]
        frames = [(left + column * side, top + row * side, side, side) for row, column in cells]
    for frame in frames:
        scene.rect(frame, stroke="accent", width=2.0)


def _token(thing: Any, node: int, number: int) -> str:
    """What a row of the matrix is called."""
    return f"{number} {thing.names[node]}" if thing.kind == "sentence" else f"{_element(thing, node)}{number}"


# ---- list ----------------------------------------------------------------------------------------------------------


def _draw_list(scene: Scene, edges: np.ndarray, number: np.ndarray, mark: Mark, page: int, scale: Scale) -> None:
    left, top, width, _ = LIST
    num_pages = -(-len(edges) // LISTED)
    page = min(max(page, 0), num_pages - 1)
    shown = edges[page * LISTED : (page + 1) * LISTED]
    across = width / COLUMNS
    for place, ((source, target), is_marked) in enumerate(zip(shown.tolist(), _is_marked(shown, mark), strict=True)):
        column, row = divmod(place, ROWS)
        box = (left + column * across, top + row * ROW, across - 6, ROW)
        if is_marked:
            scene.rect(box, fill="panel", stroke="accent", radius=3)
        numbers = int(number[source]), int(number[target])
        words = f"{numbers[0]} → {numbers[1]}"
        weight, middle = 600 if is_marked else 400, box[0] + box[2] / 2
        scene.text(middle, box[1] + ROW / 2, words, size=scale.note, align="center", weight=weight, tabular=True)
        event = {"source": source, "target": target}
        tip = f"Edge from node {numbers[0]} to node {numbers[1]}"
        scene.hot(box, f"edge:{source}:{target}", tip, event=event, pressed=bool(mark == (source, target)))
    _draw_pages(scene, page, num_pages, len(edges), scale)


def _draw_pages(scene: Scene, page: int, num_pages: int, num_edges: int, scale: Scale) -> None:
    left, top, width, height = LIST
    y, size = top + height + 18.0, 22.0
    if num_pages > 1:
        for number, (by, glyph, tip) in enumerate(((-1, "‹", "Edges before"), (1, "›", "More edges"))):
            box = (left + width - (2 - number) * (size + 6), y - size / 2, size, size)
            scene.hot(box, f"page:{by}", tip, glyph=glyph, disabled=not 0 <= page + by < num_pages)
    first, last = page * LISTED + 1, min((page + 1) * LISTED, num_edges)
    words = f"{first} to {last} of {num_edges}" if num_pages > 1 else f"{num_edges} edges"
    scene.text(left, y, words, size=scale.note, colour="muted", tabular=True)
