"""The tabs "Sentences" and "Attention": they open, answer, and explain themselves when the network is missing."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from experiments.pretrained_authors import Learning
from ui.pretrained_sentences import authors_words

SECONDS = 60


def sentences():
    from ui.pretrained_sentences import sentences_tab

    sentences_tab(None, None)


def attention():
    from ui.pretrained_attention import attention_tab

    attention_tab(None, None)


def opened(tab):
    return checked(AppTest.from_function(tab, default_timeout=SECONDS).run())


def checked(app):
    assert not app.exception
    assert not app.error
    return app


def said(app):
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.info]).replace("\\", "")


@pytest.mark.parametrize("tab", [sentences, attention])
def test_without_the_network_a_sentence_says_how_to_get_it(tab, without_extras):
    app = opened(tab)
    assert "all-MiniLM-L6-v2" in app.info[0].value
    assert "pip install" in app.code[0].value
    assert not app.text_area
    assert not app.text_input


def test_it_says_who_trained_it_and_what_it_takes():
    told = said(opened(sentences))
    for words in ("1.17 billion pairs", "22.6 million weights, 90 MB", "Apache-2.0", "vectors put sentence 8 first"):
        assert words in told


def test_pairs_stand_in_the_table_with_both_numbers():
    told = said(opened(sentences))
    assert "| who did it | The dog bites the man. | The man bites the dog. | 0.97 | 1.00 |" in told
    assert "| 0.48 | 0.00 |" in told


def test_own_sentences_are_compared_and_bad_ones_cost_a_sentence():
    app = opened(sentences)
    box, question = app.text_area(key="pretrained_sentences_text"), app.text_input(key="pretrained_sentences_question")
    box.set_value("<b>One</b> | two\n*Three* $x$\n" + "more\n" * 18)
    question.set_value("what?")
    checked(app.run())
    assert not app.info
    assert "no sentence shares a word" in said(app)
    for text in ("alone", "line\n" * 21, "a\n" + "b" * 501):
        checked(box.set_value(text).run())
        assert len(app.info) == 1
        assert box.value == text, "nothing is lost"
    checked(box.set_value("one\ntwo").run())
    checked(question.set_value("").run())
    assert "question is empty" in app.info[0].value


def test_authors_are_told_apart_on_request():
    app = opened(sentences)
    assert "Press Measure" in said(app)
    app.segmented_control(key="pretrained_sentences_most").set_value(10)
    checked(app.button(key="pretrained_sentences_measure").click().run())
    assert "With **10** sentences of each author" in said(app)
    checked(app.run())
    assert "With **10** sentences of each author" in said(app), "it stays"


def test_accuracies_in_words():
    sizes, high, low = np.array([5, 10, 20]), np.array([0.6, 0.7, 0.8]), np.array([0.3, 0.5, 0.65])
    told = authors_words(Learning(sizes, high, low, 400, ("a", "b", "c", "d", "e")))
    assert "get **80%** right, counted words **65%**; guessing gets 20%" in told
    assert "as good as that with 10 already" in told
    assert "±5%" in told
    assert "already" not in authors_words(Learning(sizes, low, high, 400, ("a", "b")))


def test_another_language_is_measured_on_request():
    app = opened(sentences)
    checked(app.segmented_control(key="pretrained_sentences_language").set_value("Finnish").run())
    assert "closest to their translation in **Finnish**, where guessing would find 2%" in said(app)


def test_heads_are_told_by_their_numbers():
    app = opened(attention)
    assert "previous token* 100% in layer 1, head 3" in said(app)
    assert "of all attention; put [MASK] in its place" in said(app)
    assert app.number_input(key="pretrained_attention_maps_head").value == 3
    checked(app.segmented_control(key="pretrained_attention_where").set_value("this text").run())
    assert "previous token* 100%" in said(app)


@pytest.mark.parametrize("text", ["<b>naïve</b> *café* $x$ 日本語 👩‍👩‍👧", "Yes", "the the the the"])
def test_any_text_has_its_maps(text):
    app = opened(attention)
    checked(app.text_input(key="pretrained_attention_first").set_value(text).run())
    checked(app.text_input(key="pretrained_attention_second").set_value("and more").run())
    assert "how BERT began" in said(app)
    checked(app.segmented_control(key="pretrained_attention_where").set_value("this text").run())


@pytest.mark.parametrize(("text", "words"), [("", "nothing to read"), ("word " * 50, "at most 48 fit")])
def test_a_bad_text_costs_a_sentence(text, words):
    app = opened(attention)
    checked(app.text_input(key="pretrained_attention_first").set_value(text).run())
    assert words in app.info[0].value
    checked(app.text_input(key="pretrained_attention_first").set_value("Good again.").run())
    assert not app.info
