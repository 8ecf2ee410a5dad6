"""What only the page `attention` has: its tabs, the heads switched off, its races."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import open_page
from training.race import Race
from ui.attention_heads import CONTROLS, control_words, entrants, scores_table
from ui.attention_inside import TABS, TABS_KEY
from ui.attention_lengths import KINDS, shuffle_table
from ui.attention_live import HEAD, LAYER, handle


@pytest.fixture(scope="module")
def app() -> AppTest:
    return open_page("attention")


def run_of(app: AppTest) -> Any:
    return app.session_state["_runs"]["attention"][0]


def raced(app: AppTest, kinds: dict[str, dict[str, Any]]) -> Race:
    race = Race(entrants(run_of(app), kinds), 3)
    while race.is_running:
        race.advance(1.0)
    assert race.is_finished
    return race


@pytest.mark.parametrize("tab", list(TABS))
def test_every_tab_opens(app: AppTest, tab: str) -> None:
    app.session_state[TABS_KEY] = tab
    app.run()
    assert not app.exception
    assert not app.error


def test_heads_are_switched_off_together(app: AppTest) -> None:
    app.session_state[TABS_KEY] = "Without a head"
    app.run()
    app.session_state["attention_off"] = ["1.1", "2.2"]
    app.run()
    assert not app.exception
    loss = run_of(app).call("loss_with", heads=[(0, 0), (1, 1)], how="without it")
    assert any(f"**{loss:.3f}**" in text.value for text in app.markdown)
    app.session_state["attention_n_layers"] = 1  # one of them is gone
    app.run()
    assert not app.exception
    app.session_state["attention_n_layers"] = 2
    app.run()


def test_the_table_has_a_row_for_each_head(app: AppTest) -> None:
    table = scores_table(run_of(app).poll().observation)
    assert list(table["head"]) == ["1.1", "1.2", "2.1", "2.2"]
    assert table["induction, own"].str.fullmatch(r"\d\.\d\d \(\d\.\d\d\)").all()


def test_heads_that_cannot_share_are_told_in_a_sentence() -> None:
    app = open_page("attention", attention_n_heads=3)
    assert not app.exception
    assert any("evenly" in info.value for info in app.info)


def test_the_control_is_told_with_its_numbers(app: AppTest) -> None:
    race = raced(app, CONTROLS)
    assert [one.settings.n_layers for one in race.entrants] == [2, 1, 2, 1]  # type: ignore[attr-defined]
    words = control_words(race)
    assert f"one layer to {race.histories[1].last('test_loss'):.2g}" in words


def test_only_the_network_that_does_not_know_its_places_is_untouched_by_mixing(app: AppTest) -> None:
    lines = shuffle_table(raced(app, KINDS)).splitlines()[-5:]
    bare = {line.split("|")[1].strip(): float(line.split("|")[2].replace("−", "-")) for line in lines}
    assert list(bare) == list(KINDS)
    assert bare["none"] < 1e-10
    assert min(value for name, value in bare.items() if name != "none") > 1e-3


def test_a_click_chooses_a_head_or_a_sequence(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr("ui.attention_live.st.session_state", state)
    monkeypatch.setattr("ui.knobs.st.session_state", state)
    handle({"id": "head:1:0", "layer": 1, "head": 0})
    assert (state[LAYER], state[HEAD]) == (2, 1)
    handle({"id": "row:1"})
    assert state["attention_shown"] == 2
    handle({"id": "row:-1"})
    handle({"id": "row:-1"})
    assert state["attention_shown"] == 1
