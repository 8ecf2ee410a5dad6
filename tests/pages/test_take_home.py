"""The panel “Take it home” of every page: what it gives, and what it takes back."""

import io
import json
import zipfile
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from catalog import PAGES
from experiments.mlp_own import files_of
from tests.pages.test_mlp_data import IRIS, paste
from tests.pages.test_pages import open_page
from tests.rules.house import ROOT
from tests.training.toy import is_sentence
from training.program import ProgramError
from training.run_file import packed, read, write
from training.settings import choices_of, is_shown, knob_of
from ui import take_home

SLUGS = [page.slug for page in PAGES]
per_page = pytest.mark.parametrize("slug", SLUGS)
NAMES = ("program", "notebook", "file", "history", "numbers", "events")


def run_of(app: AppTest, slug: str) -> Any:
    return app.session_state["_runs"][slug][0]


def stepped(app: AppTest, slug: str, times: int = 1) -> AppTest:
    for _ in range(times):
        app.button(key=f"{slug}_step_10").click().run()
        assert run_of(app, slug).wait(10)
    return app


def upload(app: AppTest, slug: str, content: bytes) -> AppTest:
    return app.file_uploader(key=f"{slug}_run_file").set_value(("run.zip", content, "application/zip")).run()


def saved(run: Any, slug: str, files: dict[str, bytes] | None = None) -> bytes:
    return write(slug, run.capture(), files or {})


def text_of(make: Any, file_name: str) -> str:
    """A text that is offered; from the zip with the files it reads, where there are some."""
    made = make()
    if isinstance(made, str):
        return made
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        text, *files = archive.namelist()
        assert files
        assert all(archive.read(name) == (ROOT / name).read_bytes() for name in files)
        return archive.read(text).decode()


def weights(run: Any) -> list[np.ndarray]:
    return [parameter.detach().numpy().copy() for parameter in run.experiment.parameters()]


def said(app: AppTest) -> list[str]:
    return [error.value for error in app.error]


@per_page
def test_every_download_is_made_on_demand(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Any] = {}

    def spy(label: str, data: Any, file_name: str, *_: object, key: str, **__: object) -> None:
        made[key.removeprefix(f"{slug}_home_")] = data, file_name

    program = SimpleNamespace(script=lambda: "the script", notebook=lambda: "the notebook")
    monkeypatch.setattr(take_home, "program_of", lambda *_: program)  # its own tests are slow enough
    monkeypatch.setattr(st, "download_button", spy)
    app = stepped(open_page(slug), slug)
    assert [name for name in made if name in NAMES] == list(NAMES)
    assert [text_of(*made[name]) for name in ("program", "notebook")] == ["the script", "the notebook"]
    kind = type(run_of(app, slug).settings)
    file = read(made["file"][0](), slug, kind)
    assert file.capture.step == 10
    assert made["history"][0]().startswith("step,loss")
    tables = zipfile.ZipFile(io.BytesIO(made["numbers"][0]())).namelist()
    assert {"about.csv", "history.csv"} < set(tables)
    assert b"loss" in made["events"][0]()
    assert "tfevents" in made["events"][1]


def test_a_program_that_cannot_be_written_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ProgramError("Your data are too large: use fewer rows.")

    monkeypatch.setattr(take_home, "program_of", refuse)
    run = run_of(open_page("mlp"), "mlp")
    assert take_home._script(run, "mlp") == "# Your data are too large: use fewer rows.\n"
    (cell,) = json.loads(take_home._notebook(run, "mlp"))["cells"]
    assert cell["source"] == "Your data are too large: use fewer rows."


@per_page
def test_a_run_file_is_taken_up_and_goes_on_as_the_run_would_have(slug: str) -> None:
    first = stepped(open_page(slug, **{f"{slug}_seed": 5}), slug)
    run = run_of(first, slug)
    content = saved(run, slug)
    other = stepped(open_page(slug), slug, 3)
    upload(other, slug, content)
    assert not other.exception
    assert not other.error
    assert [info.value for info in other.info] == ["Continued at step 10."]
    resumed = run_of(other, slug)
    assert (resumed.step, resumed.settings) == (10, run.settings)
    other.run()
    assert resumed.step == 10  # the knobs agree with it, so nothing starts anew
    stepped(first, slug)
    stepped(other, slug)
    assert resumed.step == 20
    assert all(np.array_equal(mine, yours) for mine, yours in zip(weights(resumed), weights(run), strict=True))
    theirs = resumed.history().values  # a snapshot may still be on its way
    for name, column in run.history().values.items():
        assert np.array_equal(theirs[name], column, equal_nan=True)


@per_page
def test_every_knob_follows_the_file(slug: str) -> None:
    """Each choice other than the first, all at once where they go together."""
    run = run_of(open_page(slug), slug)
    settings, kind = run.settings, type(run.settings)
    for name, field in kind.model_fields.items():
        choices = choices_of(field)
        if len(choices) > 1 and isinstance(field.default, str) and not knob_of(field)["is_live"] and name != "device":
            try:
                changed = settings.changed(**{name: choices[1]})
                type(run)(type(run.experiment), changed)
                settings = changed
            except ValueError:
                continue
    settings = kind(**{name: value for name, value in dict(settings).items() if is_shown(name, settings)})
    assert settings != run.settings
    run.change(settings)
    app = open_page(slug)
    upload(app, slug, saved(run, slug))
    assert not app.error
    assert run_of(app, slug).settings == settings
    app.run()
    assert run_of(app, slug).settings == settings


@per_page
def test_a_bad_file_gets_a_sentence_and_nothing_is_lost(slug: str) -> None:
    app = stepped(open_page(slug, **{f"{slug}_seed": 5}), slug)
    before = weights(run_of(app, slug))
    for content in (b"hello", packed({"a.txt": b"1"}), b""):
        upload(app, slug, content)
        (sentence,) = said(app)
        assert is_sentence(sentence)
        assert sentence.endswith("Your run is as it was.")
        run = run_of(app, slug)
        assert (run.step, run.settings.seed) == (10, 5)
        assert all(np.array_equal(mine, yours) for mine, yours in zip(before, weights(run), strict=True))
    app.file_uploader(key=f"{slug}_run_file").clear().run()
    assert not app.error


@per_page
def test_a_file_that_does_not_fit_itself_leaves_the_knobs(slug: str) -> None:
    app = stepped(open_page(slug), slug)
    capture = run_of(app, slug).capture()
    broken = write(slug, type(capture)(**{**vars(capture), "state": {"experiment": {}, "random": []}}), {})
    upload(app, slug, broken)
    assert len(said(app)) == 1
    assert run_of(app, slug).step == 10
    assert app.session_state[f"{slug}_seed"] == 0


def test_own_points_come_along() -> None:
    points = [(-2.0, 0.5, 0), (-1.5, 1.0, 0), (2.0, -1.0, 1), (1.0, -0.5, 1)]
    app = open_page("mlp", mlp_problem="own points", _mlp_points=points)
    run = run_of(stepped(app, "mlp"), "mlp")
    content = saved_with_material(run)
    other = upload(open_page("mlp"), "mlp", content)
    assert not other.error
    assert other.session_state["_mlp_points"] == points
    assert run_of(other, "mlp").settings.problem == "own points"
    assert run_of(other, "mlp").step == 10
    other.run()
    assert run_of(other, "mlp").step == 10
    assert np.array_equal(run_of(other, "mlp").poll().observation.positions, run.poll().observation.positions)


def test_a_table_comes_along_with_what_was_chosen_and_a_pasted_one_does_not_take_its_place() -> None:
    app = paste(open_page("mlp", mlp_problem="own table"), IRIS)
    app.selectbox(key="mlp_target").select("petal width").run()
    app.multiselect(key="mlp_columns").set_value(["length", "width"]).run()
    run = run_of(stepped(app, "mlp"), "mlp")
    content = saved_with_material(run)
    another = "a,b,c\n" + "".join(f"{i},{i * 2},{i % 2}\n" for i in range(40))
    other = paste(open_page("mlp", mlp_problem="own table"), another)
    assert run_of(other, "mlp").poll().observation.input_labels == ("a", "b")
    upload(other, "mlp", content)
    assert not other.error
    for _ in range(2):
        resumed = run_of(other, "mlp")
        assert resumed.step == 10
        assert resumed.poll().observation.input_labels == ("length", "width")
        assert resumed.poll().observation.task == "regression"
        other.run()
    paste(other, another.replace("b", "bb"))
    assert run_of(other, "mlp").poll().observation.input_labels == ("a", "bb")


def test_bad_material_gets_a_sentence() -> None:
    app = stepped(open_page("mlp"), "mlp")
    capture = run_of(app, "mlp").capture()
    settings = capture.settings.changed(problem="own points")
    bad = {"points.json": b"[[0, 0, 99], [0, 0, 1]]"}
    upload(app, "mlp", write("mlp", type(capture)(**{**vars(capture), "settings": settings}), bad))
    (sentence,) = said(app)
    assert is_sentence(sentence)
    assert run_of(app, "mlp").step == 10
    assert run_of(app, "mlp").settings.problem == "spiral"


def saved_with_material(run: Any) -> bytes:
    return saved(run, "mlp", files_of(run.experiment.material))
