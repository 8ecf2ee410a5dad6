"""What a visitor brings to the page `mlp`, good and bad."""

import pytest
from sklearn.datasets import load_iris
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import open_page

IRIS = "\n".join(
    ["length,width,petal length,petal width,species"]
    + [",".join(map(str, row)) + f",kind {kind}" for row, kind in zip(*load_iris(return_X_y=True), strict=True)]
)
BAD = {
    "empty": " \n",
    "one column": "a\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n",
    "only a header": "a,b,c\n",
    "all missing": "a,b\n" + ",\n" * 20,
    "no text at all": "\x00\x01\x02",
    "too many classes": "a,b\n" + "".join(f"{i},name {i}\n" for i in range(5000)),
}


def run_of(app: AppTest):
    return app.session_state["_runs"]["mlp"][0]


def paste(app: AppTest, text: str) -> AppTest:
    app.text_area(key="mlp_paste").input(text)
    return app.run()


def test_a_table_of_ones_own_is_learnt() -> None:
    app = paste(open_page("mlp", mlp_problem="own table"), IRIS)
    assert not app.exception
    assert not app.error
    assert not app.info
    run = run_of(app)
    assert run.settings.problem == "own table"
    seen = run.poll().observation
    assert seen.class_names == ("kind 0", "kind 1", "kind 2")
    run.take(300)
    while run.is_playing:
        run.advance(1.0)
    assert run.poll().history.last("test_accuracy") > 0.85


def test_the_columns_and_the_target_can_be_chosen() -> None:
    app = paste(open_page("mlp", mlp_problem="own table"), IRIS)
    app.selectbox(key="mlp_target").select("petal width").run()
    seen = run_of(app).poll().observation
    assert seen.task == "regression"
    assert "petal width" not in seen.input_labels
    app.multiselect(key="mlp_columns").set_value(["length", "width"]).run()
    assert run_of(app).poll().observation.input_labels == ("length", "width")
    assert not app.exception


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_bad_table_gets_one_sentence_and_nothing_is_lost(text: str) -> None:
    app = open_page("mlp")
    app.button(key="mlp_step_10").click().run()
    assert run_of(app).wait(10)
    app.selectbox(key="mlp_problem").select("own table").run()
    paste(app, text)
    assert not app.exception
    words = [*app.error, *app.info]
    assert words
    for said in words:
        assert "\n" not in said.value
        assert said.value.endswith(".")
        assert len(said.value) < 250
    assert run_of(app).step == 10
    assert run_of(app).settings.problem == "spiral"


def test_a_bad_table_after_a_good_one_leaves_the_good_one() -> None:
    app = paste(open_page("mlp", mlp_problem="own table"), IRIS)
    paste(app, "a\n1\n2\n")
    assert app.error
    assert run_of(app).poll().observation.class_names == ("kind 0", "kind 1", "kind 2")


def test_names_that_look_like_code_are_only_names() -> None:
    rows = "".join(f"{i},{i % 2}\n" for i in range(40))
    app = paste(open_page("mlp", mlp_problem="own table"), "<script>alert(1)</script>,$x$ **y**\n" + rows)
    assert not app.exception
    assert run_of(app).poll().observation.input_labels == ("<script>alert(1)</script>",)
