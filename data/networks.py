"""Single networks whose nodes belong to groups: a karate club, a novel, airports, and a network of the visitor's own.

A few nodes of each group are labelled; the groups of all others are to be told from the links.

Shapes: N nodes, E directed edges, F numbers for a node.
"""

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import networkx
import numpy as np
import torch
from jaxtyping import Bool, Float32, Int64
from torch import Tensor

from data.csv_text import shorten, split_cells, unique_names
from data.dataset import MAX_CLASSES, DataError, seeded
from data.embedded import embedded
from data.graphs import Graphs
from data.network_links import communities, fitted, layout

MIN_NODES: Final = 4
MAX_NODES: Final = 2_000
MAX_LINKS: Final = 8_000  # more would make a step of a deep network slow
MAX_OWN_INPUTS: Final = 512  # more nodes share so many numbers
MAX_DEGREE: Final = 20  # more links count as so many
OWN_SOURCE: Final = "A network of your own; it stays in this session."


@dataclass(frozen=True)
class OwnNetwork:
    """A visitor's network, as it was read.

    Attributes:
        names: of the nodes.
        later: for each node the places of those it is linked to that come after it, with spaces between.
        groups: the group of each node; empty if communities are to be found.
        report: what was done while reading, one sentence each.
    """

    names: tuple[str, ...]
    later: tuple[str, ...]
    groups: tuple[str, ...] = ()
    report: tuple[str, ...] = ()

    @property
    def links(self) -> tuple[tuple[int, int], ...]:
        """Every link once, as places of names."""
        return tuple((i, int(j)) for i, places in enumerate(self.later) for j in places.split())


class Network(NamedTuple):
    """A network before it is decided what is told of a node.

    Attributes:
        names: of the N nodes.
        links: each once.
        groups: N numbers.
        group_names: one for each.
        places: (N, 2) where the nodes are drawn.
        first: nodes that are labelled before others.
        report: what was done, one sentence each.
        source: citation and licence.
    """

    names: tuple[str, ...]
    links: tuple[tuple[int, int], ...]
    groups: tuple[int, ...]
    group_names: tuple[str, ...]
    places: Float32[Tensor, "N 2"]
    first: tuple[int, ...]
    report: tuple[str, ...]
    source: str


def load_network(name: str, node_inputs: str, num_labelled: int, seed: int) -> Graphs:
    """A network that comes with the app.

    Args:
        name: "karate club", "Les Misérables" or "US airports".
        node_inputs: what is told of a node: "one of its own", "degree" or "nothing".
        num_labelled: so many nodes of each group are labelled, but at most half of them.
        seed: which.

    Raises:
        KeyError: for another name.
        DataError: if its file is missing.
    """
    return _with_inputs(name, LOADERS[name](), node_inputs, num_labelled, seed)


def own_network(own: OwnNetwork, node_inputs: str, num_labelled: int, seed: int) -> Graphs:
    """The visitor's network; see `load_network`.

    Raises:
        DataError: if there are no groups in it.
    """
    return _with_inputs("own network", _own(own), node_inputs, num_labelled, seed)


# ---- what comes with the app ---------------------------------------------------------------------------------------


@cache
def _karate() -> Network:
    club = networkx.karate_club_graph()
    sides = ("Mr. Hi", "Officer")
    return Network(
        tuple("instructor" if node == 0 else "officer" if node == 33 else f"member {node}" for node in club),
        tuple(club.edges),
        tuple(sides.index(club.nodes[node]["club"]) for node in club),
        ("instructor", "officer"),
        layout(len(club), tuple(club.edges)),
        (0, 33),
        (
            "The groups are the two clubs after the split, one with the instructor and one with the officer, who are "
            "labelled first.",
        ),
        "Friendships in a karate club: W. W. Zachary, An information flow model, 1977, via networkx (BSD).",
    )


@cache
def _miserables() -> Network:
    novel = networkx.les_miserables_graph()
    names = tuple(sorted(novel))
    pairs = [(*sorted((names.index(a), names.index(b))), weight) for a, b, weight in novel.edges(data="weight")]
    links = tuple((a, b) for a, b, _ in sorted(pairs))
    groups, group_names = communities(names, links, [weight for *_, weight in sorted(pairs)])
    report = (
        "A link: two people come in the same chapter. The groups are no fact of the novel: they are communities, "
        "computed from the links and how often each comes (Louvain's search for the highest modularity), and called "
        "after their most linked member.",
    )
    source = "People in Victor Hugo's Les Misérables: D. E. Knuth, The Stanford GraphBase, 1993, via networkx (BSD)."
    return Network(names, links, groups, group_names, layout(len(names), links), (), report, source)


@cache
def _airports() -> Network:
    with embedded("us_airports_nodes.csv").open(encoding="utf-8", newline="") as file:
        airports = list(csv.DictReader(file))
    with embedded("us_airports_edges.csv").open(encoding="utf-8", newline="") as file:
        routes = list(csv.DictReader(file))
    codes = [airport["iata"] for airport in airports]
    regions = tuple(sorted({airport["region"] for airport in airports}))
    pairs = {tuple(sorted((codes.index(route["u"]), codes.index(route["v"])))) for route in routes}
    earth = [_moved(airport["state"], float(airport["lon"]), float(airport["lat"])) for airport in airports]
    report = (
        "A link: a direct route. The groups are regions of the country. This one is hard: big airports are linked "
        "to all regions. Always saying the largest group is right for 37%; with one labelled airport of each region a "
        "GCN does no better, with five of each it tells more than half right.",
        "Alaska, Hawaii, Puerto Rico and the Virgin Islands are drawn smaller and nearer than they are.",
    )
    return Network(
        tuple(f"{airport['iata']}, {airport['city']}" if airport["city"] else airport["iata"] for airport in airports),
        tuple(sorted((min(pair), max(pair)) for pair in pairs)),
        tuple(regions.index(airport["region"]) for airport in airports),
        regions,
        fitted(np.array(earth)),
        (),
        report,
        "Airports and flights of the United States: US government, public domain, via vega-datasets.",
    )


def _moved(state: str, longitude: float, latitude: float) -> tuple[float, float]:
    """Where an airport is drawn, in degrees of latitude: what lies far from the mainland comes nearer."""
    match state:
        case "AK":
            longitude, latitude = -118 + 0.25 * (longitude + 150), 25 + 0.25 * (latitude - 61)
        case "HI":
            longitude, latitude = -109 + 0.6 * (longitude + 157), 24.5 + 0.6 * (latitude - 21)
        case "PR" | "VI":
            longitude, latitude = longitude - 8, latitude + 5
    return 0.79 * longitude, latitude  # a degree of longitude is so much shorter there


LOADERS: Final[dict[str, Callable[[], Network]]] = {
    "karate club": _karate,
    "Les Misérables": _miserables,
    "US airports": _airports,
}


# ---- the visitor's own ---------------------------------------------------------------------------------------------


def read_network(content: bytes | str, groups: bytes | str = "") -> OwnNetwork:
    """Reads a list of links, and if there is one a table of groups.

    Args:
        content: CSV, a link in each row: the names of two nodes. A third column is not looked at.
        groups: CSV, a node and its group in each row.

    Raises:
        DataError: for anything that is no network of 4 to 2,000 nodes and at most 8,000 links.
    """
    pairs, report = _read_pairs(content)
    links = {(a, b) if a <= b else (b, a) for a, b in pairs if a != b}
    nodes = list(dict.fromkeys(node for pair in pairs if pair[0] != pair[1] for node in pair))
    _check_size(len(nodes), len(links))
    place = {node: index for index, node in enumerate(nodes)}
    later: list[list[int]] = [[] for _ in nodes]
    for a, b in links:
        later[min(place[a], place[b])].append(max(place[a], place[b]))
    told, unknown = _read_groups(groups, nodes) if groups else ((), ())
    texts = tuple(" ".join(map(str, sorted(row))) for row in later)
    return OwnNetwork(unique_names(nodes), texts, told, (*report, *_left_out(pairs, nodes, len(links)), *unknown))


def _read_pairs(content: bytes | str) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    """The two names in each row, and what was done to the table."""
    cells = split_cells(content)
    report = list(cells.report)
    pairs = [(row[0], row[1]) for row in cells.rows]
    if not {name for pair in pairs for name in pair}.isdisjoint(cells.names[:2]):
        pairs.insert(0, (cells.names[0], cells.names[1]))  # nodes again: the first row is a link
    elif not cells.names[0].startswith("column "):
        report.append(f"The first line names the columns: “{cells.names[0]}” and “{cells.names[1]}”.")
    if len(cells.names) > 2:
        report.append("Only the first two columns are read: weights of links are left out.")
    whole = [pair for pair in pairs if all(pair)]
    if len(whole) < len(pairs):
        report.append(f"Rows left out because a name is missing: {len(pairs) - len(whole):,}.")
    return whole, tuple(report)


def _check_size(num_nodes: int, num_links: int) -> None:
    if num_nodes < MIN_NODES:
        raise DataError(f"The network has {num_nodes} linked nodes, and at least {MIN_NODES} are needed: add links.")
    if num_nodes > MAX_NODES:
        raise DataError(f"The network has {num_nodes:,} nodes, and at most {MAX_NODES:,} can be read: keep a part.")
    if num_links > MAX_LINKS:
        raise DataError(f"The network has {num_links:,} links, and at most {MAX_LINKS:,} can be read: keep a part.")


def _left_out(pairs: Sequence[tuple[str, str]], nodes: Sequence[str], num_links: int) -> tuple[str, ...]:
    """What was not taken over from the list of links."""
    num_loops = sum(a == b for a, b in pairs)
    num_again = len(pairs) - num_loops - num_links
    num_alone = len({a for a, _ in pairs} | {b for _, b in pairs}) - len(nodes)
    counted = (
        ("Links of a node to itself that were left out", num_loops),
        ("Links that come again, in either direction, and count once", num_again),
        ("Nodes left out because they are linked to no other", num_alone),
    )
    return tuple(f"{what}: {number:,}." for what, number in counted if number)


def _read_groups(content: bytes | str, nodes: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The group of each node, and a sentence about names that are no nodes."""
    cells = split_cells(content)
    rows = [row[:2] for row in cells.rows]
    if cells.names[0] in nodes:
        rows.insert(0, list(cells.names[:2]))
    told = {node: group for node, group in rows if group}
    without = [node for node in nodes if node not in told]
    if without:
        raise DataError(
            f"{len(without):,} of {len(nodes):,} nodes have no group, such as “{shorten(without[0])}”: add a row for "
            "each to the table of groups, written as in the links."
        )
    sizes = Counter(told[node] for node in nodes)
    _check_groups(sizes)
    unknown = [node for node in told if node not in set(nodes)]
    sentence = f"Rows of the table of groups left out because no link names them: {len(unknown):,}"
    report = (f"{sentence} (the first is “{shorten(unknown[0])}”).",) if unknown else ()
    return tuple(shorten(told[node]) for node in nodes), report


def _check_groups(sizes: Counter[str]) -> None:
    if len(sizes) == 1:
        raise DataError("All nodes are in the same group: give the table of groups at least two.")
    if len(sizes) > MAX_CLASSES:
        raise DataError(f"There are {len(sizes):,} groups, and at most {MAX_CLASSES} can be shown: join some of them.")
    if max(sizes.values()) == 1:
        raise DataError("Every group has one node only, so there is none to be told: make the groups larger.")


@cache
def _own(own: OwnNetwork) -> Network:
    links = own.links
    report: tuple[str, ...] = ()
    if own.groups:
        group_names = tuple(sorted(set(own.groups)))
        groups = tuple(group_names.index(group) for group in own.groups)
    else:
        groups, group_names = communities(own.names, links, [1.0] * len(links))
        report = (
            "No groups were given, so they are communities, computed from the links (Louvain's search for the highest "
            "modularity), and called after their most linked member.",
        )
    places = layout(len(own.names), links)
    return Network(own.names, links, groups, group_names, places, (), (*own.report, *report), OWN_SOURCE)


# ---- what is told of a node ----------------------------------------------------------------------------------------


def _with_inputs(name: str, network: Network, node_inputs: str, num_labelled: int, seed: int) -> Graphs:
    y = torch.tensor(network.groups)
    forward = torch.tensor(network.links).T  # (2, E / 2)
    edge_index = torch.cat([forward, forward.flip(0)], dim=1)
    x, feature_names, report = _inputs(network.names, edge_index, node_inputs)
    is_train = _labelled(y, network.first, num_labelled, seed)
    few = [
        group
        for group, size in zip(network.group_names, y.bincount().tolist(), strict=True)
        if size // 2 < num_labelled
    ]
    sentence = f"At most half of a group is labelled, so fewer than {num_labelled} nodes of: {', '.join(few)}."
    return Graphs(
        name=name,
        level="node",
        task="classification",
        x=x,
        edge_index=edge_index,
        edge_attr=torch.zeros(edge_index.shape[1], 0),
        node_starts=torch.tensor([0, len(x)]),
        edge_starts=torch.tensor([0, edge_index.shape[1]]),
        y=y,
        is_train=is_train,
        is_test=~is_train,
        feature_names=feature_names,
        edge_names=(),
        class_names=network.group_names,
        target_name="group",
        labels=network.names,
        places=network.places,
        report=(*network.report, *report, *((sentence,) if few else ())),
        source=network.source,
    )


def _inputs(
    names: tuple[str, ...], edge_index: Int64[Tensor, "2 E"], node_inputs: str
) -> tuple[Float32[Tensor, "N F"], tuple[str, ...], tuple[str, ...]]:
    """The numbers of the nodes, their names, and what there is to say."""
    num_nodes = len(names)
    if node_inputs == "degree":
        degree = edge_index[0].bincount(minlength=num_nodes).clamp(max=MAX_DEGREE)
        counts = (*(f"{number} link{'s' if number > 1 else ''}" for number in range(1, MAX_DEGREE)),)
        return torch.eye(MAX_DEGREE)[degree - 1], (*counts, f"{MAX_DEGREE} links or more"), ()
    if node_inputs == "nothing":
        return torch.ones(num_nodes, 1), ("always 1",), ()
    if num_nodes <= MAX_OWN_INPUTS:
        return torch.eye(num_nodes), tuple(f"is {name}" for name in names), ()
    x = torch.randn(num_nodes, MAX_OWN_INPUTS, generator=seeded(0)) / MAX_OWN_INPUTS**0.5
    report = (
        f"A number of its own for each of {num_nodes:,} nodes would be many: each has {MAX_OWN_INPUTS} random numbers "
        "instead, always the same ones, which tell the nodes apart as well.",
    )
    return x, tuple(f"random {number}" for number in range(1, MAX_OWN_INPUTS + 1)), report


def _labelled(y: Int64[Tensor, " N"], first: Sequence[int], num_labelled: int, seed: int) -> Bool[Tensor, " N"]:
    """Which nodes may be learnt from: at most half of each group, those of `first` before others."""
    order = torch.randperm(len(y), generator=seeded(seed)).tolist()
    ranked = torch.tensor([*first, *(node for node in order if node not in first)])
    is_train = torch.zeros(len(y), dtype=torch.bool)
    for group in range(int(y.max()) + 1):
        members = ranked[y[ranked] == group]
        is_train[members[: max(1, min(num_labelled, len(members) // 2))]] = True
    return is_train
