"""Networks whose nodes belong to groups: what comes with the app, and lists of links that visitors bring."""

from dataclasses import replace
from itertools import pairwise

import networkx
import numpy as np
import pytest
import torch

from data.dataset import DataError
from data.network_links import communities
from data.networks import (
    LOADERS,
    MAX_LINKS,
    MAX_NODES,
    MAX_OWN_INPUTS,
    OwnNetwork,
    load_network,
    own_network,
    read_network,
)
from tests.training.toy import is_sentence
from training.programs.material import Writing

TWO_CLIQUES = [(f"{side}{i}", f"{side}{j}") for side in "ab" for i in range(5) for j in range(i)]
LINKS = "from,to\n" + "".join(f"{a},{b}\n" for a, b in [*TWO_CLIQUES, ("a0", "b0")])
GROUPS = "node,group\n" + "".join(f"{side}{i},side {side}\n" for side in "ab" for i in range(5))
INPUTS = ("one of its own", "degree", "nothing")


def pairs_of(graphs):
    return {tuple(pair) for pair in graphs.edge_index.T.tolist()}


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("node_inputs", INPUTS)
def test_every_network_has_both_directions_once_and_no_loop(name, node_inputs):
    graphs = load_network(name, node_inputs, 2, 0)
    pairs = pairs_of(graphs)
    assert len(pairs) == graphs.edge_index.shape[1]
    assert pairs == {(b, a) for a, b in pairs}
    assert all(a != b for a, b in pairs)
    assert len(graphs.labels) == len(set(graphs.labels)) == len(graphs.x)
    assert (graphs.is_train ^ graphs.is_test).all()
    assert graphs.is_train.sum() == 2 * graphs.num_outputs
    assert all(map(is_sentence_or_more, graphs.report))


def is_sentence_or_more(text):
    return text[0].isupper() and text.endswith(".")


def test_the_karate_club_is_the_known_one():
    graphs = load_network("karate club", "one of its own", 1, 5)
    assert len(graphs.x) == 34
    assert graphs.edge_index.shape[1] == 2 * 78
    assert graphs.y.bincount().tolist() == [17, 17]
    assert graphs.is_train.nonzero().flatten().tolist() == [0, 33]
    assert graphs.y[[0, 33]].tolist() == [0, 1]
    assert graphs.y[[1, 8, 9]].tolist() == [0, 0, 1]  # Zachary's table 1: the ninth member went with Mr. Hi


def test_les_miserables_has_about_six_communities_that_beat_chance():
    graphs = load_network("Les Misérables", "nothing", 1, 0)
    assert len(graphs.x) == 77
    assert graphs.edge_index.shape[1] == 2 * 254
    assert 4 <= graphs.num_outputs <= 7
    graph = networkx.Graph(list(pairs_of(graphs)))
    groups = [(graphs.y == group).nonzero().flatten().tolist() for group in range(graphs.num_outputs)]
    assert networkx.community.modularity(graph, groups) > 0.5
    assert "computed" in graphs.report[0]


def test_airports_stand_on_a_map():
    graphs = load_network("US airports", "degree", 1, 0)
    assert len(graphs.x) == 305
    assert graphs.edge_index.shape[1] == 2 * 2834
    assert graphs.y.bincount().max().item() / 305 == pytest.approx(0.37, abs=0.005)
    place = {label[:3]: graphs.places[i].tolist() for i, label in enumerate(graphs.labels)}
    assert place["LAX"][0] < place["DEN"][0] < place["JFK"][0]
    assert place["SEA"][1] > place["SFO"][1] > place["HNL"][1]
    assert all(place[code][0] < place["MIA"][0] and place[code][1] < 0.5 for code in ("ANC", "ADK", "BRW", "HNL"))
    assert place["SJU"][0] <= 1


@pytest.mark.parametrize("name", LOADERS)
def test_places_fill_the_picture_and_stay(name):
    places = load_network(name, "degree", 1, 0).places
    assert torch.equal(places, load_network(name, "nothing", 20, 3).places)
    assert places.min() >= -1e-6
    assert places.max() <= 1 + 1e-6
    assert np.ptp(places.numpy(), axis=0).max() == pytest.approx(1, abs=1e-5)


def test_linked_nodes_lie_nearer_than_others():
    graphs = load_network("karate club", "nothing", 1, 0)
    distance = torch.cdist(graphs.places, graphs.places)
    assert distance[tuple(graphs.edge_index)].mean() < 0.75 * distance.mean()


def test_what_is_told_of_a_node():
    karate = {told: load_network("karate club", told, 1, 0) for told in INPUTS}
    degree = karate["degree"].edge_index[0].bincount()
    assert torch.equal(karate["one of its own"].x, torch.eye(34))
    assert torch.equal(karate["degree"].x.argmax(1) + 1, degree)
    assert torch.equal(karate["nothing"].x, torch.ones(34, 1))
    many = load_network("US airports", "degree", 1, 0)
    assert many.x[many.labels.index("ATL, Atlanta"), -1] == 1  # it has more links than are counted
    assert torch.equal(many.x.sum(1), torch.ones(305))


def test_the_seed_draws_the_labelled_nodes():
    first, again, other = (load_network("Les Misérables", "nothing", 2, seed).is_train for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_more_labelled_nodes_are_the_former_and_others():
    few, more = (load_network("karate club", "nothing", number, 3).is_train for number in (2, 5))
    assert more[few].all()
    assert more.sum() == 10


def test_at_most_half_of_a_group_is_labelled():
    graphs = load_network("karate club", "nothing", 20, 0)
    assert graphs.y[graphs.is_train].bincount().tolist() == [8, 8]
    assert "At most half of a group" in graphs.report[-1]


# ---- the visitor's own ---------------------------------------------------------------------------------------------


def test_an_own_network_without_groups_finds_them():
    own = read_network(LINKS)
    assert own.groups == ()
    assert own.report == ("The first line names the columns: “from” and “to”.",)
    graphs = own_network(own, "one of its own", 1, 0)
    assert len(graphs.x) == 10
    assert graphs.edge_index.shape[1] == 2 * 21
    sides = {label[0]: {int(graphs.y[i]) for i, other in enumerate(graphs.labels) if other[0] == label[0]}
             for label in graphs.labels}  # fmt: skip
    assert sides["a"] != sides["b"]
    assert all(len(found) == 1 for found in sides.values())
    assert sorted(graphs.class_names) == ["a0", "b0"]


def test_an_own_network_with_groups_takes_them():
    graphs = own_network(read_network(LINKS, GROUPS), "degree", 1, 0)
    assert graphs.class_names == ("side a", "side b")
    assert [graphs.class_names[y][-1] for y in graphs.y.tolist()] == [label[0] for label in graphs.labels]


def test_a_list_without_header_loses_no_link():
    own = read_network("Ann,Bob\nBob,Cid\nCid,Dan\nDan,Ann\n")
    assert own.names == ("Ann", "Bob", "Cid", "Dan")
    assert own.links == ((0, 1), (0, 3), (1, 2), (2, 3))
    assert own.report == ()


def test_numbers_and_semicolons_do_as_well():
    assert read_network(b"1;2\n2;3\n3;4\n").names == ("1", "2", "3", "4")


def test_what_is_left_out_is_counted():
    own = read_network("a,b,w\na,b,3\nb,a,1\na,c,1\nc,d,2\ne,e,5\n,a,2\n", "a,x\nb,x\nc,y\nd,y\nz,y\n")
    assert own.names == ("a", "b", "c", "d")
    assert own.links == ((0, 1), (0, 2), (2, 3))
    assert own.groups == ("x", "x", "y", "y")
    assert own.report == (
        "Only the first two columns are read: weights of links are left out.",
        "Rows left out because a name is missing: 1.",
        "Links of a node to itself that were left out: 1.",
        "Links that come again, in either direction, and count once: 2.",
        "Nodes left out because they are linked to no other: 1.",
        "Rows of the table of groups left out because no link names them: 1 (the first is “z”).",
    )


BROKEN = {
    "one column": ("Ann\nBob\nCid\n", "", "only one column"),
    "nothing": ("", "", "empty"),
    "two nodes": ("a,b\nb,a\n", "", "at least 4"),
    "only loops": ("a,a\nb,b\nc,c\nd,d\n", "", "0 linked nodes"),
    "many nodes": ("".join(f"{i},{i + 1}\n" for i in range(MAX_NODES)), "", "2,001 nodes"),
    "many links": ("".join(f"{i},{j}\n" for i in range(220) for j in range(i)), "", "24,090 links"),
    "no group": (LINKS, "a0,x\na1,y\n", "8 of 10 nodes have no group"),
    "misspelt": (LINKS, GROUPS.replace("b3", "B3"), "such as “b3”"),
    "one group": (LINKS, "".join(f"{a},x\n" for a in {name for pair in TWO_CLIQUES for name in pair}), "same group"),
    "many groups": (
        "".join(f"{i},{i + 1}\n" for i in range(24)),
        "".join(f"{i},g{i // 2}\n" for i in range(25)),
        "13 groups",
    ),
    "lonely groups": ("1,2\n2,3\n3,4\n", "1,a\n2,b\n3,c\n4,d\n", "one node only"),
    "groups in one column": (LINKS, "a0\na1\n", "only one column"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_network_says_so(case):
    links, groups, words = BROKEN[case]
    with pytest.raises(DataError, match=words) as found:
        read_network(links, groups)
    assert is_sentence(str(found.value))


def test_links_without_groups_ask_for_a_table():
    everybody = "".join(f"{i},{j}\n" for i in range(5) for j in range(i))
    with pytest.raises(DataError, match="No groups stand out") as found:
        own_network(read_network(everybody), "degree", 1, 0)
    assert is_sentence(str(found.value))


def test_many_communities_end_in_the_rest():
    triangles = [(3 * t + i, 3 * t + (i + 1) % 3) for t in range(15) for i in range(3)]
    names = [f"n{i}" for i in range(45)]
    groups, called = communities(names, triangles, [1.0] * len(triangles))
    assert len(called) == 10
    assert called[-1] == "the rest"
    assert np.bincount(groups).tolist() == [3] * 9 + [18]


def test_more_nodes_than_inputs_share_fixed_random_numbers():
    size = MAX_OWN_INPUTS + 100
    ring = "".join(f"{a},{b}\n" for a, b in pairwise([*range(size), 0]))
    first, again = (own_network(read_network(ring), "one of its own", 1, seed) for seed in (0, 1))
    assert first.x.shape == (size, MAX_OWN_INPUTS)
    assert torch.equal(first.x, again.x)
    alike = first.x @ first.x.T
    assert alike.diagonal().min() > 2 * (alike - alike.diag().diag()).abs().max()  # they tell the nodes apart
    assert "random numbers" in first.report[-1]


def test_an_own_network_is_written_into_a_program_and_read_back():
    own = read_network(LINKS, GROUPS)
    text = Writing().write(own)
    assert eval(text) == replace(own, report=())  # the test's own text
    assert isinstance(eval(text), OwnNetwork)


def test_the_largest_network_fits_into_a_program():
    rows = "".join(f"node number {i},node number {(i + step) % MAX_NODES}\n"
                   for i in range(MAX_NODES) for step in range(1, MAX_LINKS // MAX_NODES + 1))  # fmt: skip
    own = read_network(rows)
    assert len(own.links) == MAX_LINKS
    assert len(Writing().write(own)) < 500_000
