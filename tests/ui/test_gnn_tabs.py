"""Messages, depth and colours on the page `gnn`: every part opens on every kind of graph, and ends in true numbers."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from experiments.gnn import GNNExperiment
from experiments.gnn_colours import PAIRS, Verdict
from experiments.gnn_depth import DEPTHS, VARIANTS
from experiments.gnn_messages import message_of
from experiments.gnn_settings import GNNSettings
from experiments.gnn_shown import shown
from tests.experiments.gnn_parts import LAYERS, network, ring_with_tail
from training.race import Race
from training.run import Run
from ui import gnn_depth, gnn_messages
from ui.gnn_colours import difference_words
from ui.gnn_depth import score_of
from ui.gnn_messages import calculation, columns_of, terms
from ui.words import tex

DATA = ("mutagenicity", "one ring or two", "karate club", "long chains")


def script() -> None:
    import streamlit as st

    from ui.gnn_colours import colours_tab
    from ui.gnn_depth import depth_tab
    from ui.gnn_messages import messages_tab

    tabs = {"messages": messages_tab, "depth": depth_tab, "colours": colours_tab}
    run = st.session_state["run"]
    tabs[st.session_state["tab"]](run, run.poll())


def opened(tab: str, run: Run, **state: Any) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    for name, value in {"run": run, "tab": tab, **state}.items():
        app.session_state[name] = value
    return fine(app.run())


def fine(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def trained(steps: int = 2, **settings: Any) -> Run:
    run = Run(GNNExperiment, GNNSettings(hidden_channels=8, **settings))
    run.take(steps)
    while run.is_playing:
        run.advance(1.0)
    return run


def said(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


@pytest.mark.parametrize("data", DATA)
def test_every_part_opens(data: str) -> None:
    run = trained(data=data, item=1)
    for part in gnn_messages.PARTS:
        opened("messages", run, gnn_messages=part)
    for part in gnn_depth.PARTS:
        opened("depth", run, gnn_depth=part)
    opened("colours", run)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_is_worked_out_to_the_number_of_the_network(layer: str) -> None:
    run = trained(layer=layer, num_layers=3, is_residual=True, normalisation="layer", item=2)
    app = opened("messages", run, gnn_message_layer=3, gnn_message_stage="bend", gnn_message_channel=5)
    node = run.look(shown).node
    told = run.look(lambda one: message_of(one.model, one.graphs.part(2), 2, node))  # type: ignore[attr-defined]
    assert f"= {tex(float(told.state[4]), 5)}" in app.latex[0].value
    assert any("The network itself has" in element.value for element in app.markdown)
    matrices = opened("messages", run, gnn_messages="A · X · W")
    assert ("No single matrix" in said(matrices)) == (layer in gnn_messages.NO_MATRIX)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("normalisation", ["none", "pair"])
def test_the_lines_of_a_stage_add_up(layer: str, normalisation: str) -> None:
    part = ring_with_tail()
    model = network(layer, part, normalisation=normalisation, is_residual=True)
    for number in range(3):
        for node in (4, 8):
            told = message_of(model, part, number, node)
            column = int(columns_of(told, 3)[0])
            lines = [calculation(told, stage, 3, column).count(r"\\") + 1 for stage in range(4)]
            assert lines == sorted(set(lines))
            assert f"= {tex(float(told.total[column]), 4)}" in calculation(told, 1, 3, column)
            assert f"= {tex(float(told.step.sums[3]), 4)}" in calculation(told, 2, 3, column)
            assert calculation(told, 3, 3, column).endswith(rf"= {tex(float(told.result[3]), 5)} \end{{aligned}}")


def test_a_sum_names_its_largest_terms_and_adds_the_rest() -> None:
    left, right = np.array([1.0, 0.0, 2.0, -3.0, 0.5, 0.25, 0.125]), np.ones(7)
    written = terms(left, right)
    assert written.startswith(r"(-3) \cdot 1 + 2 \cdot 1 + 1 \cdot 1 + 0.5 \cdot 1 + 0.25 \cdot 1")
    assert r"\underbrace{0.125}_{1 \text{ more}}" in written
    assert terms(np.zeros(3), np.ones(3)) == "0"


def test_node_layer_and_channel_can_be_chosen_and_are_kept() -> None:
    run = trained(data="karate club", num_layers=2, item=33)
    app = opened("messages", run)
    assert app.selectbox(key="gnn_message_node").value == 33
    app.selectbox(key="gnn_message_node").set_value(5).run()
    app.number_input(key="gnn_message_channel").set_value(8).run()
    assert fine(app).number_input(key="gnn_message_channel").value == 8
    app.session_state["gnn_messages"] = gnn_messages.PARTS[2]
    assert fine(app.run()).selectbox(key="gnn_message_node").value == 5
    app.slider(key="gnn_reach_2").set_value(0).run()
    assert "**1** of 34 nodes" in said(fine(app))


def test_own_words_mean_nothing_but_themselves() -> None:
    run = trained(data="karate club")
    names = tuple(f"<b>{number}</b> $x$" for number in range(34))
    run.experiment.graphs = replace(run.experiment.graphs, labels=names)  # type: ignore[attr-defined]
    for part in gnn_messages.PARTS:
        app = opened("messages", run, gnn_messages=part)
        assert "<b>" not in said(app)
        assert all("<b>" not in element.value for element in app.latex)


@pytest.mark.parametrize("name", PAIRS)
def test_every_pair_and_round_opens(name: str) -> None:
    app = opened("colours", trained(layer="GIN", readout="sum", num_layers=4), gnn_colours_pair=name)
    slider = app.slider[0]
    for number in (0, int(slider.max)):
        fine(app.slider[0].set_value(number).run())
    never = name in ("hexagon, two triangles", "decalin, bicyclopentyl")
    assert ("colours never tell them apart" in said(app)) == never
    table = next(element.value for element in app.markdown if element.value.startswith("| | "))
    rows = {line.split(" | ")[0]: line for line in table.splitlines()[2:]}
    assert "**none**" in rows["| the network of this page"] or not never
    assert ("**none**" in rows["| GIN, sum of nodes"]) == never


def test_the_race_of_depths_ends_in_curves_over_depth() -> None:
    run = trained(data="karate club", num_layers=2)
    app = opened("depth", run, gnn_depth=gnn_depth.PARTS[1])
    settings = run.settings
    for variant in VARIANTS:
        race = Race(gnn_depth.depths(run.build, settings, variant), 20)
        race.poll()
        while race.is_running:
            race.advance(1.0)
        race.num_steps = gnn_depth.STEPS
        app.session_state[f"_gnn_race_depth_{variant.lower()}"] = race
        app.session_state["gnn_depth_variant"] = variant
        fine(app.run())
    kept = app.session_state[gnn_depth.FOUND][1]
    assert set(kept) == set(VARIANTS)
    score = score_of(run.poll())
    assert all(len(one[score]) == len(one["cosine"]) == len(DEPTHS) for one in kept.values())
    assert "from 1 to 8 layers" in said(app)
    run.change(settings.changed(layer="GIN"))
    fine(app.run())
    assert not app.session_state[gnn_depth.FOUND][1]


def test_an_exploded_network_is_shown_too() -> None:
    run = trained(data="karate club", layer="GAT", num_layers=2)
    with torch.no_grad():
        for weight in run.experiment.parameters():
            weight.fill_(torch.inf)
    for part in gnn_messages.PARTS:
        opened("messages", run, gnn_messages=part)
    for part in (gnn_depth.PARTS[0], gnn_depth.PARTS[2]):
        opened("depth", run, gnn_depth=part)
    app = opened("colours", run)
    assert "not a number" in said(app)


def test_a_difference_says_whether_it_is_one() -> None:
    assert difference_words(Verdict("", np.array([[1.0], [1.0 + 1e-15]]))).startswith("**none**")
    assert difference_words(Verdict("", np.array([[1.0], [1.25]]))) == "0.25"
    assert difference_words(Verdict("", np.array([[np.nan], [1.25]]))) == "not a number"
