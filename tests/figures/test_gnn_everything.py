"""A graph three times: what is marked in one is marked in all, and a click means the same wherever it falls."""

import itertools

import numpy as np
import pytest

from experiments.gnn_everything import (
    MAX_ATOMS,
    SENTENCE_GRAPHS,
    adjacency,
    club_graph,
    digit_picture,
    molecule_graph,
    numbering,
    picture_graph,
    sentence_graph,
)
from figures.gnn_everything import HEIGHT, LISTED, WIDTH, everything_scene, listed_edges, mark_of, page_of
from figures.packing import unpack
from figures.theme import ON_PROJECTOR

LONG = ["internationalisation", "<b>of</b>", "שלום", "猫猫猫猫", *"abcdef", "to draw", "here"]
THINGS = {
    "picture": picture_graph(digit_picture(8)),
    "two words": sentence_graph(["a", "b"], "chain"),
    "molecule": molecule_graph("CN1C=NC2=C1C(=O)N(C(=O)N2C)C"),
    "large molecule": molecule_graph("Cl" + "CC(Br)" * ((MAX_ATOMS - 1) // 3)),
    "social network": club_graph(),
    **{kind: sentence_graph(LONG, kind) for kind in SENTENCE_GRAPHS},
}
every_thing = pytest.mark.parametrize("name", THINGS)
DRAWS = pytest.mark.parametrize("draw", [0, 3])


def items_of(thing, number, **more):
    packet = everything_scene(thing, adjacency(thing), number, **more)
    assert len(packet) < 20_000
    return unpack(packet)[0]["items"]


def events_of(items):
    return {
        item["id"]: {"kind": "hot", "id": item["id"], **item.get("event", {})}
        for item in items
        if item["kind"] == "hot"
    }


def accents(items):
    return [item for item in items if item.get("stroke") == "accent" or set(item.get("colours", ())) == {"accent"}]


@every_thing
@DRAWS
@pytest.mark.parametrize("scale", [None, ON_PROJECTOR])
def test_everything_stands_within_the_picture(name, draw, scale):
    thing = THINGS[name]
    number = numbering(len(thing.names), draw)
    more = {} if scale is None else {"scale": scale}
    for item in items_of(thing, number, mark=tuple(thing.links[0].tolist()), **more):
        if item["kind"] == "text":
            assert 0 <= item["at"][0] <= WIDTH, item
            assert 0 <= item["at"][1] <= HEIGHT, item
        if item["kind"] in ("rect", "hot", "plane"):
            left, top, width, height = item["box"]
            assert left >= 0, item
            assert top >= 0, item
            assert left + width <= WIDTH + 0.1, item
            assert top + height <= HEIGHT + 0.1, item


@every_thing
def test_nodes_do_not_cover_each_other(name):
    thing = THINGS[name]
    tiles = [item["box"] for item in items_of(thing, numbering(len(thing.names), 0))
             if item["kind"] == "hot" and item["id"].startswith("node:")]  # fmt: skip
    assert len(tiles) == len(thing.names)
    for one, other in itertools.combinations(tiles, 2):
        away = np.hypot(one[0] - other[0], one[1] - other[1])
        assert away > 0.5 * one[2], "hardly anything of a node can be seen"


@every_thing
@DRAWS
def test_a_click_on_node_cell_or_row_names_nodes_of_the_thing(name, draw):
    thing = THINGS[name]
    number = numbering(len(thing.names), draw)
    matrix, order = adjacency(thing), np.argsort(number)
    events = events_of(items_of(thing, number))
    assert mark_of(events["node:1"], number) == (1,)
    for source, target in listed_edges(thing, number)[:LISTED].tolist():
        assert mark_of(events[f"edge:{source}:{target}"], number) == (source, target)
        row, column = int(number[target]), int(number[source])  # the row hears
        cell = {"kind": "plane", "id": "cell", "x": column + 0.5, "y": -row - 0.5}
        assert mark_of(cell, number) == (source, target)
        assert matrix[order][:, order][row, column] == 1
    assert mark_of({"kind": "hot", "id": "cell:1:1", "row": 1, "column": 1}, number) == (int(order[1]),)
    assert mark_of({"kind": "hot", "id": "page:1"}, number) is None


@every_thing
@DRAWS
def test_the_list_is_the_matrix(name, draw):
    thing = THINGS[name]
    number = numbering(len(thing.names), draw)
    order = np.argsort(number)
    target, source = adjacency(thing)[order][:, order].nonzero()
    listed = [(int(number[a]), int(number[b])) for a, b in listed_edges(thing, number)]
    assert listed == sorted(zip(source.tolist(), target.tolist(), strict=True))


@every_thing
def test_a_marked_link_is_marked_three_times(name):
    thing = THINGS[name]
    number = numbering(len(thing.names), 2)
    mark = tuple(thing.links[-1].tolist())
    items = items_of(thing, number, mark=mark, page=page_of(thing, number, mark))
    both = 1 if thing.is_directed else 2
    found = accents(items)
    nodes, cells, rows = 2, both, 1  # of the list at least the row itself, its way back may be on another page
    assert [item["kind"] for item in found].count("lines") == 1
    assert nodes + cells + rows <= [item["kind"] for item in found].count("rect") <= nodes + cells + both
    assert [item["id"] for item in items if item.get("pressed")] == [f"edge:{mark[0]}:{mark[1]}"]
    assert not accents(items_of(thing, number))


def test_a_marked_node_shows_its_links_row_and_column():
    thing = THINGS["social network"]
    number = numbering(34, 0)
    items = items_of(thing, number, mark=(33,), page=page_of(thing, number, (33,)))
    words = [item["text"] for item in items if item["kind"] == "text" and item.get("weight") == 600]
    assert "33 → 8" in words
    assert [item["id"] for item in items if item.get("pressed")] == ["node:33"]


def test_a_pair_without_a_link_is_marked_too():
    thing = THINGS["molecule"]
    number = numbering(len(thing.names), 0)
    items = items_of(thing, number, mark=(0, 9))
    assert len(accents(items)) == 4  # two nodes and two cells


def test_pages_of_the_list_end():
    thing = THINGS["picture"]
    number = numbering(49, 0)
    for page, disabled in ((0, "page:-1"), (5, "page:1"), (99, "page:1"), (-3, "page:-1")):
        items = items_of(thing, number, page=page)
        assert [item["id"] for item in items if item.get("disabled")] == [disabled]
    assert page_of(thing, number, (48,)) == 5
    assert page_of(thing, number, None) == page_of(thing, number, (0, 48)) == 0


def test_the_drawing_stays_when_nodes_are_numbered_anew():
    thing = THINGS["molecule"]
    first, other = (items_of(thing, numbering(14, draw)) for draw in (0, 1))
    place = [[item["box"] for item in items if item.get("id", "").startswith("node:")] for items in (first, other)]
    assert place[0] == place[1]
    words = [{item["text"] for item in items if item["kind"] == "text"} for items in (first, other)]
    assert words[0] != words[1]
