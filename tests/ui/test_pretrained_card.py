"""The tab on model cards: the real one walked through, and a visitor's own."""

from streamlit.testing.v1 import AppTest

from data.extras import INSTALL
from data.model_card import CHECKS, MAX_BYTES
from ui.pretrained_card import TOPICS


def page() -> None:
    from ui.pretrained_card import card_tab

    card_tab(None, None)  # type: ignore[arg-type]


def opened() -> AppTest:
    return checked(AppTest.from_function(page, default_timeout=60).run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error
    return app


def missing(app: AppTest, table: int) -> list[str]:
    """The parts that a table says are missing; the table names every part once."""
    tables = [one.value.splitlines()[2:] for one in app.markdown if one.value.startswith("| part |")]
    rows = [line.strip("| ").split(" | ") for line in tables[table]]
    assert [name for name, _ in rows] == [check.name for check in CHECKS]
    return [name for name, where in rows if where.startswith("**missing**")]


def said(app: AppTest) -> str:
    return " ".join(one.value for one in (*app.markdown, *app.code, *app.info))


def test_the_real_card_is_walked_through() -> None:
    app = opened()
    wanted = {
        "Licence": "license: apache-2.0", "Data": "Reddit comments", "Intended use": "sentence and short paragraph",
        "Limits": "256 word pieces", "Evaluation": "says nothing about this",
    }  # fmt: skip
    assert list(wanted) == list(TOPICS)
    for topic, words in wanted.items():
        checked(app.segmented_control(key="pretrained_card_topic").set_value(topic).run())
        assert words in said(app)
        assert TOPICS[topic].advice in said(app)
    assert len(missing(app, 0)) == 7
    assert "**4 of 11 recommended parts are there.**" in said(app)


def test_what_the_data_add_up_to_is_said() -> None:
    app = opened()
    checked(app.segmented_control(key="pretrained_card_topic").set_value("Data").run())
    assert "its 32 rows make 1,167,611,585 pairs, not the 1,170,060,424 it gives" in said(app)
    assert "is 62% of them" in said(app)
    assert "does not name it" in said(app)


def test_a_card_of_ones_own_gets_the_same_list() -> None:
    app = opened()
    assert len(missing(app, 1)) == 11 - 3
    checked(app.text_area(key="pretrained_card_own").set_value("# Licence | <script>\n## Known issues\n").run())
    assert len(missing(app, 1)) == 9
    assert "\\<script\\>" in said(app), "words of others mean nothing but themselves"
    assert "no head" in app.text[0].value
    checked(app.text_area(key="pretrained_card_own").set_value("").run())
    assert "There is no card" in app.info[0].value
    assert app.text_area(key="pretrained_card_own").proto.max_chars == MAX_BYTES


def test_without_the_extra_the_list_and_the_box_work(without_extras: None) -> None:
    app = opened()
    assert "all-MiniLM-L6-v2" in app.info[0].value
    assert app.code[0].value == INSTALL
    assert len(missing(app, 0)) == 8
