"""The tab on spelling: words are spelt, scores are computed, ours trains beside it; and what stands there without."""

import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import ui.pretrained_speller
from data.extras import INSTALL
from data.pairs import SPELLING
from experiments.pretrained_speller import MADE_UP, pretrained_score
from experiments.transformer_settings import TransformerSettings
from training.settings import choices_of
from ui.knobs import key_of

SECONDS = 60


def tab() -> None:
    from typing import Any

    from ui.pretrained_speller import speller_tab

    nothing: Any = None
    speller_tab(nothing, nothing)


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The links to other pages, which a tab on its own does not have."""
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr("streamlit.page_link", lambda page, **more: seen.append({"page": page, **more}))
    return seen


def opened(**state: Any) -> AppTest:
    app = AppTest.from_function(tab, default_timeout=SECONDS)
    for name, value in state.items():
        app.session_state[name] = value
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error
    return app


def words_of(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown)


def test_words_are_spelt_at_once() -> None:
    app = opened()
    assert not app.info
    assert "**knight** is said N AY1 T: N as in *new*, AY as in *buy*, T as in *tea*" in words_of(app)
    assert any("834,890 weights, 3.3 MB" in caption.value for caption in app.caption)


def test_a_word_of_ones_own_and_what_cannot_be_read() -> None:
    app = opened()

    def typed_in(text: str) -> None:
        checked(app.text_input(key="pretrained_speller_words").set_value(text).run())

    typed_in("Blick")
    assert "**blick** is said B L IH1 K" in words_of(app)
    for typed, sentence in (("", "type a word"), ("<b>x</b>", "letters a to z only"), ("a b c d e f g", "at most 6")):
        typed_in(typed)
        assert sentence in app.info[0].value
        assert app.text_input(key="pretrained_speller_words").value == typed
    typed_in("blick blick")
    assert not app.info


def test_a_word_without_an_end_is_called_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    from experiments.pretrained_speller import spell

    monkeypatch.setattr("ui.pretrained_speller.spell", lambda word: dataclasses.replace(spell(word), is_over=False))
    assert "did not come to an end" in opened(pretrained_speller_words="wug").info[0].value


def test_scores_mistakes_and_made_up_words(links: list[dict[str, Any]]) -> None:
    app = opened(pretrained_speller_part="How often is it right?")
    scores, mistakes, made_up = (frame.value for frame in app.dataframe)
    assert len(scores) == 1
    assert scores["words right"].iloc[0] == f"{pretrained_score().accuracy:.1%}"
    assert scores["phoneme error rate"].iloc[0] == f"{pretrained_score().error_rate:.1%}"
    assert "tomb" in list(mistakes["word"])
    assert list(made_up["word"]) == list(MADE_UP)
    (link,) = links
    assert link["page"] == "../pages/transformer.py"
    assert link["query_params"] == {key_of("transformer", "task"): SPELLING}
    assert SPELLING in choices_of(TransformerSettings.model_fields["task"])


def test_ours_trains_beside_it(links: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.pretrained_speller, "STEPS", 40)
    app = opened(pretrained_speller_part="How often is it right?")
    checked(app.button(key="pretrained_speller_go").click().run())
    end = time.monotonic() + SECONDS
    while not any(text.value.startswith("| |") for text in app.markdown):
        assert time.monotonic() < end, "the race did not end"
        time.sleep(0.1)
        checked(app.run())
    scores = app.dataframe[0].value
    assert list(scores["has seen the words"]) == ["most or all", "none"]
    assert scores["speller"].iloc[1] == "ours, 40 steps here"
    rates = [float(rate.rstrip("%")) for rate in scores["phoneme error rate"]]
    assert rates[0] < 7
    assert rates[1] > 3 * rates[0]


def test_without_the_package_one_sentence_says_how_to_get_it(without_extras: None) -> None:
    app = opened()
    assert "**g2p-en** (3 MB, Apache-2.0)" in app.info[0].value
    assert [code.value for code in app.code] == [INSTALL]
    assert not app.text_input
