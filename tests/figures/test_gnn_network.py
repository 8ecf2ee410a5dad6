"""A network in a live picture: everything lies inside, every node can be clicked, and the packet stays small."""

import numpy as np
import pytest

from data.networks import load_network
from figures.gnn_network import MOST_BUTTONS, MOST_LINKS, draw_network, limits_for, node_of
from figures.packing import unpack
from figures.scene import Scene

BOX = (20.0, 30.0, 600.0, 400.0)
LARGE = 2_000


def scene_of(places, edges, box=BOX, **more):
    scene = Scene(700, 500, "A network")
    more.setdefault("classes", np.arange(len(places)) % 5)
    note = draw_network(scene, box, places=places, edges=edges, **more)
    packet = scene.to_bytes()
    return packet, unpack(packet)[0]["items"], note


def network(name):
    graphs = load_network(name, "nothing", 1, 0)
    return graphs.places.numpy(), graphs.edge_index.numpy()


def random_network(num_nodes, num_links, seed=0):
    rng = np.random.default_rng(seed)
    links = rng.integers(num_nodes, size=(2, num_links))
    return rng.random((num_nodes, 2)), np.concatenate([links, links[::-1]], axis=1)


def kinds(items):
    return [item["kind"] for item in items]


def test_every_node_of_a_small_network_is_a_button_inside_the_box():
    places, edges = network("karate club")
    _, items, note = scene_of(places, edges, hot_id="node", chosen=3, names=[f"member {i}" for i in range(34)])
    buttons = [item for item in items if item["kind"] == "hot"]
    assert [item["id"] for item in buttons] == [f"node:{i}" for i in range(34)]
    assert buttons[7]["tip"] == "member 7"
    assert [item["id"] for item in buttons if item["pressed"]] == ["node:3"]
    for x, y, width, height in (item["box"] for item in buttons):
        assert BOX[0] <= x
        assert x + width <= BOX[0] + BOX[2]
        assert BOX[1] <= y
        assert y + height <= BOX[1] + BOX[3]
    assert note == ""
    assert [node_of(item["event"] | {"kind": "hot", "id": item["id"]}, "node", places) for item in buttons] == list(
        range(34)
    )


def test_many_nodes_are_one_area_that_finds_the_nearest():
    places, edges = network("US airports")
    _, items, _ = scene_of(places, edges, hot_id="node")
    assert len(places) > MOST_BUTTONS
    assert "hot" not in kinds(items)
    assert [item["id"] for item in items if item["kind"] == "plane"] == ["node"]
    for node in (0, 100, 304):
        x, y = places[node] + 1e-5
        assert node_of({"kind": "plane", "id": "node", "x": x, "y": y}, "node", places) == node
    assert node_of({"kind": "plane", "id": "other", "x": 0, "y": 0}, "node", places) is None
    assert node_of({"kind": "hot", "id": "play"}, "node", places) is None


@pytest.mark.parametrize("box", [BOX, (0.0, 0.0, 200.0, 400.0), (5.0, 5.0, 640.0, 120.0)])
@pytest.mark.parametrize("name", ["karate club", "Les Misérables", "US airports"])
def test_nothing_is_stretched_or_cut_off(name, box):
    places, _ = network(name)
    (left, right), (bottom, top) = limits_for(box, places)
    assert (right - left) / box[2] == pytest.approx((top - bottom) / box[3])
    assert left < places[:, 0].min()
    assert places[:, 0].max() < right
    assert bottom < places[:, 1].min()
    assert places[:, 1].max() < top


def test_nodes_on_one_spot_are_drawn_too():
    _, items, _ = scene_of(np.full((5, 2), 0.5), np.array([[0, 1], [1, 0]]), hot_id="node", chosen=0)
    assert kinds(items).count("hot") == 5


def test_a_link_in_both_directions_is_drawn_once():
    _, items, _ = scene_of(*network("karate club"))
    lines = next(item for item in items if item["kind"] == "lines")
    assert lines["lengths"][1] == 4  # one track
    assert lines["xy"][1] == 78 * 3 * 4  # two ends and a gap, two places of two bytes each


def test_the_chosen_node_shows_all_its_links():
    places, edges = random_network(LARGE, 20_000)
    edges = np.concatenate([edges, np.array([[7] * 300, list(range(100, 400))])], axis=1)
    _, items, note = scene_of(places, edges, chosen=7)
    strong = next(item for item in items if item["kind"] == "lines" and item["colours"] == ["muted"])
    assert strong["xy"][1] >= 300 * 12
    assert note.startswith(f"{MOST_LINKS:,} of 20,")


def test_sure_nodes_are_larger_and_doubtful_numbers_do_no_harm():
    places, edges = network("karate club")
    strength = np.linspace(0, 1, 34)
    strength[5] = np.nan
    _, items, _ = scene_of(places, edges, strength=strength, ringed=np.arange(34) < 2, hollow=np.arange(34) % 3 == 0)
    points = [item for item in items if item["kind"] == "points"]
    radii = [item["radius"] for item in points]
    assert radii == sorted(set(radii))
    assert sum(item["classes"][1] for item in points) == 34
    assert all(item["flags"] for item in points)


@pytest.mark.parametrize("num_nodes", [MOST_BUTTONS, LARGE])
def test_the_largest_pictures_stay_small(num_nodes):
    places, edges = random_network(num_nodes, 20_000)
    rng = np.random.default_rng(1)
    flags = {"ringed": rng.random(num_nodes) < 0.1, "hollow": rng.random(num_nodes) < 0.3}
    packet, _, note = scene_of(places, edges, strength=rng.random(num_nodes), **flags, chosen=1, hot_id="node")
    assert len(packet) < 30_000
    assert "links are drawn" in note


def test_the_same_links_are_drawn_each_time():
    places, edges = random_network(LARGE, 20_000)
    assert scene_of(places, edges)[0] == scene_of(places, edges)[0]
