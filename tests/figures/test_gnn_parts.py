"""Pictures of the parts below the graph network stand within their frames, and say what was computed."""

from types import SimpleNamespace
from typing import Any

import networkx
import numpy as np
import pytest
import torch

from data.graphs import Part
from experiments.gnn_colours import PAIRS, place_nodes, refine
from experiments.gnn_depth import alike, squashed_of
from experiments.gnn_messages import matrices_of, message_of, reach_of
from experiments.gnn_shown import Shown, laid_out
from figures import gnn_colours, gnn_messages
from figures.gnn_colours import colours_scene, recipe_text
from figures.gnn_depth import alike_still, depths_still, places_still, squashed_still
from figures.gnn_graph import MOST_DISCS, node_of
from figures.gnn_messages import (
    MOST_SENDERS,
    STAGES,
    count_text,
    distance_text,
    matrices_scene,
    message_scene,
    reach_scene,
    rows_of,
)
from figures.packing import unpack
from tests.experiments.gnn_parts import LAYERS, links, network, path, ring_with_tail, stand_in


def looked_at(part: Part) -> Shown:
    names = tuple(f"node <{node}> of a long name" for node in range(len(part.x)))
    return Shown(part, names, laid_out(part.edge_index.numpy(), len(part.x)), 0)


def star(leaves: int) -> Part:
    edges = links(*((0, leaf) for leaf in range(1, leaves + 1)))
    x = torch.randn(leaves + 1, 5, generator=torch.manual_seed(3))
    return Part(x, edges, torch.ones(edges.shape[1], 2))


def within(scene: bytes, width: float, height: float) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = unpack(scene)[0]["items"]
    for item in items:
        if item["kind"] == "text":
            assert 0 <= item["at"][0] <= width, item
            assert 0 <= item["at"][1] <= height, item
        if item["kind"] in ("rect", "hot"):
            left, top, wide, high = item["box"]
            assert left >= -1, item
            assert top >= -1, item
            assert left + wide <= width + 1, item
            assert top + high <= height + 1, item
    return items


def texts(items: list[dict[str, Any]]) -> list[str]:
    return [item["text"] for item in items if item["kind"] == "text"]


@pytest.mark.parametrize("normalisation", ["none", "pair"])
@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("make", [ring_with_tail, lambda: star(30), lambda: star(200)])
def test_every_stage_of_a_message_stands_within_the_picture(make, layer, normalisation):
    part = make()
    model = network(layer, part, normalisation=normalisation, is_residual=True)
    seen = looked_at(part)
    for node in (0, len(part.x) - 1):
        told = message_of(model, part, 1, node, ("single", "double"))
        for stage in range(len(STAGES)):
            columns = np.arange(7)
            scene = message_scene(seen, told, stage, 3, columns, [f"ch. {column + 1}" for column in columns])
            items = within(scene, gnn_messages.WIDTH, gnn_messages.HEIGHT)
            assert "Messages" in texts(items)
            assert ("sum of all" in texts(items)) == (stage >= 1)
            assert ("bent: max(0, ·)" in texts(items)) == (stage >= 3)
            pressed = [item for item in items if item["kind"] == "hot" and item.get("pressed")]
            assert [item["id"] for item in pressed] == [f"node:{node}"]


def test_many_senders_are_the_loudest_and_the_sum_of_the_rest():
    part = star(30)
    told = message_of(network("GCN", part), part, 0, 0)
    rows = rows_of(told, [str(node) for node in range(31)])
    assert len(rows.names) == MOST_SENDERS + 1
    assert rows.names[-1] == f"{31 - MOST_SENDERS} more"
    np.testing.assert_allclose(rows.messages.sum(0), told.total, atol=1e-9)


def test_numbers_that_are_none_can_be_drawn():
    part = ring_with_tail()
    model = network("GAT", part)
    with torch.no_grad():
        model.convs[0].att.fill_(torch.inf)
    with np.errstate(all="ignore"):
        told = message_of(model, part, 0, 4)
        columns = np.arange(5)
        within(message_scene(looked_at(part), told, 3, 0, columns, ["x"] * 5), 1120, 430)


def test_matrices_have_their_shapes_and_the_row_framed():
    part = ring_with_tail()
    found = matrices_of(network("GIN", part), part, 0)
    items = within(matrices_scene(found, [str(node) for node in range(9)], 4), gnn_messages.WIDTH, 420)
    assert {"9 × 9", "9 × 5", "5 × 16", "9 × 16"} <= set(texts(items))
    assert sum(item["kind"] == "sheet" for item in items) == 4
    large = star(200)
    items = within(matrices_scene(matrices_of(network("GCN", large), large, 1), ["a"] * 201, 7), 1120, 420)
    assert any("rows" in text for text in texts(items))
    assert "201 × 201" in texts(items)


def test_reach_marks_whom_both_counts_name():
    part = ring_with_tail()
    found = reach_of(network("GCN", part), part, 6, 2)
    scene = reach_scene(looked_at(part), found, 6, 2)
    items = within(scene, gnn_messages.WIDTH, gnn_messages.HEIGHT)
    assert {"Counted: 4 of 9 nodes", "In the network: 4 nodes"} <= set(texts(items))
    event = next(item for item in items if item["kind"] == "hot" and item["id"] == "slope:4")
    assert node_of({"id": event["id"], **event["event"]}, "slope", 9) == 4
    assert node_of({"id": "slope:4", "node": 4}, "counted", 9) is None
    assert node_of({"id": "slope:99", "node": 99}, "slope", 9) == 8
    large = star(MOST_DISCS + 30)
    items = within(reach_scene(looked_at(large), reach_of(network("GCN", large), large, 1, 1), 1, 1), 1120, 430)
    assert not any(item["kind"] == "hot" for item in items)
    assert (count_text(999), count_text(12345), distance_text(-1)) == ("999", "1e4", "no way to it")


@pytest.mark.parametrize("name", PAIRS)
def test_every_round_of_colours_stands_within_the_picture(name):
    pair, found = PAIRS[name], refine(PAIRS[name])
    places = [place_nodes(graph) for graph in pair.graphs]
    edges = [np.array(graph.edges) for graph in pair.graphs]
    for number in range(len(found.rounds)):
        scene = colours_scene(found, number, pair.names, places, edges)
        items = within(scene, gnn_colours.WIDTH, gnn_colours.HEIGHT)
        is_apart = found.apart is not None and number >= found.apart
        assert ("told apart" in unpack(scene)[0]["alt"]) == is_apart
        assert any(item["kind"] == "rect" and item.get("dash") for item in items) == is_apart
    assert recipe_text(0, (0, 1, 1)) == "was 1, next to 1, 2 × 2"
    assert recipe_text(2, ()) == "was 3, next to nobody"


def test_stills_say_what_was_measured():
    part = ring_with_tail()
    experiment = stand_in(network("GCN", part), part)
    now = alike(experiment)
    for is_energy, values in ((False, now.cosines), (True, now.energies)):
        assert f"now {values[-1]:.3g}" in alike_still(now, now, "light", is_energy=is_energy).alt
    found = squashed_of(experiment.model, part)
    still = squashed_still(found, found, "dark")
    assert f"{found.measured.values[0]:.3g} for itself" in still.alt
    assert len(still.figure.data[1].y) == experiment.settings.num_layers + 1
    numbers = {"plain": np.array([0.5, 0.7, np.nan, 0.6]), "residual": np.array([0.4, 0.5, 0.6, 0.9])}
    still = depths_still(numbers, (1, 2, 4, 8), "light", title="score", best=True)
    assert "residual: 1 layers 0.4" in still.alt
    assert {trace.text[0] for trace in still.figure.data if trace.text} == {"0.7", "0.9"}
    places = SimpleNamespace(distance=np.arange(4), values=np.array([1.0, 1.0, 0.3, 0.2]))
    still = places_still(places, 1, 0.25, "light")
    assert "2 links 30%" in still.alt
    assert "1 layer: no further" in {trace.name for trace in still.figure.data}


def test_a_graph_of_one_node_can_be_drawn():
    lonely = Part(torch.ones(1, 3), torch.zeros(2, 0, dtype=torch.int64), torch.zeros(0, 2))
    model = network("GCN", path(3))
    told = message_of(model, lonely, 0, 0)
    within(message_scene(looked_at(lonely), told, 3, 0, np.arange(3), ["a", "b", "c"]), 1120, 430)
    within(reach_scene(looked_at(lonely), reach_of(model, lonely, 0, 2), 0, 2), 1120, 430)
    assert networkx.is_connected(PAIRS["two trees"].graphs[0])
