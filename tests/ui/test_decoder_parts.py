"""Leak test, lens, costs and ladder on a page: they open, answer, and bad input costs a sentence."""

import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from experiments.leak_test import Leak
from figures.curves import Level
from ui.decoder_ladder import verdict
from ui.decoder_leak import sentence

SECONDS = 60


def page():
    import streamlit as st

    from experiments.decoder import DecoderExperiment
    from experiments.decoder_settings import DecoderSettings
    from training.run import Run
    from ui.decoder_cost import cost
    from ui.decoder_ladder import ladder
    from ui.decoder_leak import leak_test
    from ui.decoder_lens import lens

    settings = DecoderSettings(**st.session_state.get("wanted", {}))
    if "run" not in st.session_state or st.session_state["run"].settings != settings:
        st.session_state["run"] = Run(DecoderExperiment, settings)
    run, part = st.session_state["run"], st.session_state.get("part", "leak")
    if part == "ladder":
        ladder("decoder")
    else:
        {"leak": leak_test, "lens": lens, "cost": cost}[part]("decoder", run)


def opened(part, **wanted):
    app = AppTest.from_function(page, default_timeout=SECONDS)
    app.session_state["part"], app.session_state["wanted"] = part, wanted
    return checked(app.run())


def checked(app):
    assert not app.exception
    assert not app.error
    return app


def said(app):
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.info])


KINDS = ({}, {"is_pre_norm": True, "positions": "RoPE"}, {"variant": "leaking"}, {"task": "baby names"})


@pytest.mark.parametrize("part", ["leak", "lens", "cost"])
@pytest.mark.parametrize("wanted", KINDS, ids=str)
def test_every_part_opens_on_every_kind_of_network(part, wanted):
    assert said(opened(part, **wanted))


def test_the_leak_is_told_of_this_network():
    tight, leaky = said(opened("leak")), said(opened("leak", variant="leaking"))
    assert "**this network**, **DecoderOnly**" in tight, "they do the same"
    assert "**this network**, **DecoderOnly**" not in leaky
    assert "before it**, by up to" in leaky


@pytest.mark.parametrize("part", ["leak", "lens"])
@pytest.mark.parametrize(
    ("prompt", "words"), [("", "prompt is empty"), ("1x", "has never seen “x”"), ("0" * 40, "at most")]
)
def test_a_bad_prompt_costs_a_sentence(part, prompt, words):
    app = opened(part)
    checked(app.text_input(key=f"decoder_{part}_prompt").set_value(prompt).run())
    assert words in app.info[0].value.replace("\\", "")
    checked(app.text_input(key=f"decoder_{part}_prompt").set_value("01").run())
    assert not app.info


def test_the_terms_of_a_logit_are_said_to_sum_to_it():
    app = opened("lens")
    line = next(text.value for text in app.caption if text.value.startswith("The sum is"))
    total, logit = line.split("For that")[0].removeprefix("The sum is ").rstrip(". ").split("; the network says ")
    assert total == logit


def test_the_largest_model_of_the_picture_is_chosen():
    app = opened("cost")
    before = said(app)
    app.session_state["decoder_cost_largest"] = "GPT-3 175B"
    checked(app.run())
    assert "GPT-2 XL has" in before
    assert "GPT-3 175B has" in said(app)


def test_a_race_on_noise_ends_with_its_own_numbers(monkeypatch):
    monkeypatch.setattr("ui.decoder_leak.STEPS", 20)
    app = opened("leak")
    app.session_state["decoder_noise_symbols"] = 4
    checked(app.run())
    checked(app.button(key="decoder_noise_go").click().run())
    end = time.monotonic() + SECONDS
    while "stands at" not in said(app):
        assert time.monotonic() < end, "the race did not end"
        time.sleep(0.2)
        checked(app.run())
    assert "where ln V is 1.39" in said(app)


def test_replacing_a_token_is_told_network_by_network():
    tight = Leak("tight", np.tril(np.ones((3, 3))), np.zeros((3, 3)))
    leaky = Leak("leaky", np.full((3, 3), 0.25), np.zeros((3, 3)))
    broken = Leak("broken", np.full((3, 3), np.nan), np.zeros((3, 3)))
    told = sentence([tight, leaky, broken], ["a", "*", "c"], 1)
    assert told.startswith("Token 2, **\\***, is replaced.")
    assert "**tight**: 2 of 2 answers from there on move, and none of the 1 before it" in told
    assert "**leaky**: 2 of 2 answers from there on move, and **1 of the 1 before it**, by up to 0.25" in told
    assert "**broken**: no numbers any more" in told


def test_the_ladder_is_judged_by_its_numbers():
    labels, levels = ["bigram: one", "LSTM", "decoder"], [Level("unigram", 3.0), Level("bigram", 2.4)]
    told = verdict(labels, np.array([2.5, 2.0, 2.2]), np.array([1.0, 2.0, 6.0]), levels, 1.5, 300)
    assert "**LSTM** has the lowest test loss, 2.000 nats or 3.000 bits" in told
    assert "Below the counted pairs: LSTM, decoder." in told
    assert "0.2 nats behind and took 3 times as long" in told
    ahead = verdict(labels, np.array([2.5, 2.3, 2.2]), np.ones(3), levels, 1.5, 300)
    assert "**decoder** has the lowest" in ahead
    assert "behind" not in ahead
    assert "ran away" in verdict(labels, np.array([2.5, np.nan, 2.2]), np.ones(3), levels, 1.5, 300)


def test_the_ladder_opens_without_a_run():
    app = opened("ladder")
    assert app.button(key="decoder_ladder_go").label == "Climb the ladder"
