"""The tab that loads any network of the hub, against a hub on this machine."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from data import hub_fetch
from data.extras import INSTALL
from data.hub_code import code_of
from data.hub_fetch import fetched, folder_of
from data.hub_models import look_up
from experiments.pretrained_hub import load
from experiments.pretrained_hub_answers import complete
from tests.data.hub_server import FakeHub, Repository
from tests.experiments.hub_networks import read, save_bert, save_gpt, save_t5, save_timm
from tests.rules.house import ROOT
from ui.pretrained_hub import FIRST

SECONDS = 60
INFOS = {
    "timm": {"library_name": "timm", "pipeline_tag": "image-classification"},
    "bert": {"library_name": "transformers", "pipeline_tag": "fill-mask"},
    "gpt": {"library_name": "transformers", "pipeline_tag": "text-generation"},
    "mood": {"library_name": "transformers", "pipeline_tag": "text-classification"},
    "pair": {"library_name": "transformers", "pipeline_tag": "text2text-generation"},
}


def page() -> None:
    from ui.pretrained_hub import hub_tab

    hub_tab(None, None)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    """The files of every tiny network, and what the hub says of it."""
    folder = tmp_path_factory.mktemp("networks")
    makers = {"timm": save_timm, "bert": save_bert, "gpt": save_gpt, "pair": save_t5,
              "mood": lambda place: save_bert(place, "SequenceClassification")}  # fmt: skip
    return {f"tiny/{name}": Repository(read(make(folder / name)), INFOS[name]) for name, make in makers.items()}


@pytest.fixture
def hub(monkeypatch, tmp_path, networks):
    server = FakeHub()
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    for name in ("HF_HUB_CACHE", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    server.repositories |= networks
    yield server
    for one in list(hub_fetch._running.values()):
        one.cancel()
    server.close()


def checked(app):
    assert not app.exception
    return app


def looked_up(name):
    app = checked(AppTest.from_function(page, default_timeout=SECONDS).run())
    app.text_input(key="pretrained_hub_name").set_value(name)
    return checked(next(one for one in app.button if one.label == "Look it up").click().run())


def loaded(name):
    app = looked_up(name)
    checked(app.button(key="pretrained_hub_fetch").click().run())
    return until(app, lambda: any("Loaded" in one.value for one in app.markdown))


def until(app, condition):
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, [one.value for one in (*app.markdown, *app.info, *app.error, *app.warning)]
        time.sleep(0.2)
        checked(app.run())
    return app


def words(app):
    return " ".join(one.value for one in (*app.markdown, *app.caption, *app.info, *app.warning, *app.error))


def guesses(app):
    return next(one.value for one in app.dataframe if "chance" in one.value)


def test_a_classifier_is_looked_up_fetched_loaded_and_asked(hub):
    app = looked_up("tiny/timm")
    assert "1.51 MB** to fetch; this server takes 500 MB at most" in words(app)
    assert "nobody may use it without asking" in words(app).replace("\\", "")
    files = app.dataframe[0].value
    assert set(files["file"][files["wanted"]]) == {"config.json", "model.safetensors"}
    assert not any("resolve" in one for one in hub.asked)
    assert "hf-hub:tiny/timm" in app.code[0].value
    app = loaded("tiny/timm")
    assert set(guesses(app)["class"]) == {"cat", "dog", "fish"}
    table = next(one.value for one in app.dataframe if "layer" in one.value)
    assert f"**Loaded: {table['parameters'].sum():,.0f} parameters**" in words(app)
    assert folder_of("tiny/timm").exists()
    checked(app.button(key="pretrained_hub_forget").click().run())
    assert not folder_of("tiny/timm").exists()
    assert app.button(key="pretrained_hub_fetch").label == "Fetch and load it"


def test_what_is_here_already_is_not_fetched_again(hub):
    loaded("tiny/bert")
    before = len([one for one in hub.asked if one.startswith("GET") and "resolve" in one])
    app = looked_up("tiny/bert")
    assert app.button(key="pretrained_hub_fetch").label == "Load it"
    checked(app.button(key="pretrained_hub_fetch").click().run())
    assert "Loaded" in words(app)
    assert len([one for one in hub.asked if one.startswith("GET") and "resolve" in one]) == before


def test_a_gap_is_filled_and_a_text_without_one_is_told_so(hub):
    app = loaded("tiny/bert")
    assert len(guesses(app)) == 5
    checked(app.text_area(key="pretrained_hub_text_gap").set_value("no gap").run())
    assert "three underscores" in app.info[0].value
    checked(app.text_area(key="pretrained_hub_text_gap").set_value("the cat is ___").run())
    first = guesses(app)
    network = load(fetched(look_up("tiny/bert")), "transformers")
    assert first["token"].tolist() == list(complete(network, "the cat is ___").names)
    checked(app.text_area(key="pretrained_hub_text_gap").set_value("___ sky").run())
    assert first["chance"].tolist() != guesses(app)["chance"].tolist(), "another text, another answer"


def test_a_text_goes_on_and_another_gets_a_class(hub):
    app = loaded("tiny/gpt")
    assert app.text[0].value.startswith(app.text_area[0].value[-80:])
    assert len(guesses(app)) == 5
    assert set(guesses(loaded("tiny/mood"))["class"]) == {"glad", "sad"}


def test_what_cannot_be_asked_has_its_table(hub):
    app = loaded("tiny/pair")
    assert "there is the table only" in words(app)
    assert any("weights" in one.value for one in app.dataframe)


def test_a_download_shows_its_bytes_and_is_cancelled(hub):
    hub.repositories["tiny/timm"] = Repository(
        hub.repositories["tiny/timm"].files, INFOS["timm"], slow="model.safetensors"
    )
    app = looked_up("tiny/timm")
    checked(app.button(key="pretrained_hub_fetch").click().run())
    assert app.button(key="pretrained_hub_cancel")
    until(app, lambda: app.session_state["_pretrained_hub_fetching"].done > 250_000)
    checked(app.run())
    checked(app.button(key="pretrained_hub_cancel").click().run())
    checked(app.run())
    assert "was cancelled" in app.warning[0].value
    assert app.button(key="pretrained_hub_fetch")


@pytest.mark.parametrize(
    ("name", "said"),
    [("nobody/nothing", "no open network called"), ("no name", "not a name on the hub"),
     ("resnet50", "timm/resnet50.tv_in1k"), ("maskrcnn_resnet50_fpn", "a name of torchvision")],
)  # fmt: skip
def test_a_name_that_leads_nowhere_costs_a_sentence(hub, name, said):
    app = looked_up("tiny/timm")
    app.text_input(key="pretrained_hub_name").set_value(name)
    checked(next(one for one in app.button if one.label == "Look it up").click().run())
    assert said in app.info[0].value.replace("\\", "")
    assert "hf-hub:tiny/timm" in app.code[0].value, "what was looked up before stays"


def test_a_broken_file_is_said_so_and_can_be_forgotten(hub):
    files = hub.repositories["tiny/timm"].files | {"model.safetensors": b"\xff" * 2000}
    hub.repositories["tiny/timm"] = Repository(files, INFOS["timm"])
    app = looked_up("tiny/timm")
    checked(app.button(key="pretrained_hub_fetch").click().run())
    until(app, lambda: app.error)
    assert "damaged" in app.error[0].value
    assert app.button(key="pretrained_hub_forget")


def test_pickles_only_are_refused(hub):
    hub.repositories["tiny/old"] = Repository({"config.json": b"{}", "pytorch_model.bin": b"p"}, INFOS["bert"])
    app = looked_up("tiny/old")
    assert "safetensors only" in app.info[0].value
    assert "pretrained_hub_fetch" not in [one.key for one in app.button]


def test_without_a_network_there_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    app = looked_up(FIRST)
    assert "cannot be reached from here" in app.info[0].value
    assert len(app.info) == 1


def test_without_the_libraries_the_hub_is_still_asked(hub, without_extras):
    app = looked_up("tiny/timm")
    assert INSTALL in app.info[0].value
    assert "image\\-classification" in words(app)
    assert "pretrained_hub_fetch" not in [one.key for one in app.button]


@pytest.mark.parametrize("name", sorted(INFOS))
def test_the_code_beside_runs_as_it_stands(hub, tmp_path, name):
    code = code_of(look_up(f"tiny/{name}"))
    Image.fromarray(np.full((50, 60, 3), 99, dtype=np.uint8)).save(tmp_path / "picture.jpg")
    first = "from data.vision import load_torchvision\nload_torchvision()\n"  # a wheel for CUDA beside another torch
    done = subprocess.run(
        [sys.executable, "-c", first + code], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-800:]
    assert done.stdout.strip()
