"""Feed-forward networks: the page."""

from functools import partial

import streamlit as st

from experiments.mlp import MLPExperiment, offered_losses
from experiments.mlp_problem import Own
from experiments.mlp_settings import MLPSettings
from figures.mlp import network_scene
from ui.frame import heading, stage
from ui.knobs import knobs, url_complaints
from ui.live import live_canvas
from ui.runs import open_run
from ui.transport import stop_knobs

SLUG = "mlp"
complaints = url_complaints(MLPSettings, SLUG)
with st.sidebar:
    settings = knobs(
        MLPSettings,
        SLUG,
        {"Problem": True, "Network": True, "Training": True, "Run": False, "View": False},
        extra={"Run": partial(stop_knobs, SLUG)},
    )
heading(SLUG)
for complaint in complaints:
    st.warning(complaint)
run, sentence = open_run(SLUG, MLPExperiment, settings)
if sentence:
    st.error(sentence)


def draw(snapshot) -> None:
    scene = network_scene(snapshot.observation, activation=snapshot.settings.activation, step=snapshot.step)
    live_canvas(scene, key="mlp_network", height=440)


stage(run, SLUG, draw)
