"""What the hub says of a network, and fetching it: whatever goes wrong is one sentence."""

import time

import pytest

from data import hub_fetch
from data.dataset import DataError
from data.hub_fetch import cache_folder, cached_bytes, fetch, fetched, folder_of, forget, free_bytes, is_ours
from data.hub_models import MAX_BYTES, look_up, weights_bytes
from tests.data.hub_server import REVISION, FakeHub, Repository
from tests.training.toy import is_sentence, wait_until

WEIGHTS = b"w" * 3_000_000
TIMM = {
    "library_name": "timm", "pipeline_tag": "image-classification", "downloads": 12, "tags": ["timm"],
    "cardData": {"license": "apache-2.0"}, "safetensors": {"parameters": {"F32": 700, "BF16": 100}, "total": 800},
}  # fmt: skip


@pytest.fixture
def hub(monkeypatch, tmp_path):
    server = FakeHub()
    monkeypatch.setattr(hub_fetch, "_ours", set())
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    for name in ("HF_HUB_CACHE", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    server.repositories["some/net"] = Repository(
        {"config.json": b"{}", "model.safetensors": WEIGHTS, "pytorch_model.bin": b"p" * 99, "README.md": b"#"}, TIMM
    )
    yield server
    for one in list(hub_fetch._running.values()):
        one.cancel()
    server.close()


def come(fetching):
    wait_until(lambda: not fetching.is_running, 60)
    return fetching.problem


def test_what_the_hub_says_is_read(hub):
    model = look_up(" some/net ")
    assert (model.name, model.revision, model.kind, model.task) == (
        "some/net",
        REVISION,
        "timm",
        "image-classification",
    )
    assert (model.licence, model.downloads, model.is_gated) == ("apache-2.0", 12, False)
    assert model.parameters == {"F32": 700, "BF16": 100}
    assert weights_bytes(model.parameters) == 700 * 4 + 100 * 2
    assert [one.path for one in model.wanted] == ["config.json", "model.safetensors"], "no pickle is wanted"
    assert model.num_bytes == len(WEIGHTS) + 2
    assert model.refusal == ""
    assert not any("resolve" in one for one in hub.asked), "nothing is fetched before somebody says so"


def test_only_what_is_wanted_is_fetched_and_only_that_is_forgotten(hub, tmp_path):
    hub.repositories["some/other"] = hub.repositories["some/net"]
    for name in ("some/net", "some/other"):
        model = look_up(name)
        assert fetched(model) is None
        assert come(fetch(model)) == ""
        assert sorted(one.name for one in fetched(model).iterdir()) == ["config.json", "model.safetensors"]
        assert (fetched(model) / "model.safetensors").read_bytes() == WEIGHTS
    assert cache_folder() == tmp_path / "hub"
    assert len(WEIGHTS) < cached_bytes("some/net") < len(WEIGHTS) + 10_000
    assert free_bytes() > 0
    assert not any("bin" in one or "README" in one for one in hub.asked)
    forget("some/net")
    assert not folder_of("some/net").exists()
    assert fetched(look_up("some/other")) is not None
    assert fetched(look_up("some/net")) is None
    with pytest.raises(DataError, match="before this app was started"):
        forget("never/fetched")


def test_what_others_put_into_the_cache_stays_there(hub):
    folder_of("some/net").mkdir(parents=True)
    (folder_of("some/net") / "notes").write_text("mine")
    assert come(fetch(look_up("some/net"))) == ""
    assert not is_ours("some/net")
    with pytest.raises(DataError, match="does not delete it") as found:
        forget("some/net")
    assert is_sentence(str(found.value))
    assert (folder_of("some/net") / "notes").read_text() == "mine"


def test_a_download_is_watched_in_bytes_and_can_be_cancelled(hub):
    hub.repositories["some/net"].slow = "model.safetensors"
    fetching = fetch(look_up("some/net"))
    assert fetch(look_up("some/net")) is fetching, "who asks for the same waits for the same"
    wait_until(lambda: fetching.done >= 1_000_000 or not fetching.is_running, 30)
    assert fetching.is_running
    assert 1_000_000 <= fetching.done < fetching.total == len(WEIGHTS) + 2
    with pytest.raises(DataError, match="cancel that first"):
        forget("some/net")
    fetching.cancel()
    assert not fetching.is_running
    assert "was cancelled" in fetching.problem
    assert cached_bytes("some/net") < 10_000, "the part that came is thrown away"
    hub.repositories["some/net"].slow = ""
    assert come(fetch(look_up("some/net"))) == ""


def test_two_at_once_are_enough(hub):
    hub.repositories["some/net"].slow = "model.safetensors"
    names = ("some/net", "some/b", "some/c")
    hub.repositories |= {name: hub.repositories["some/net"] for name in names}
    models = [look_up(name) for name in names]
    running = [fetch(model) for model in models[:2]]
    with pytest.raises(DataError, match="2 other networks are being fetched now") as found:
        fetch(models[2])
    assert is_sentence(str(found.value))
    for one in running:
        one.cancel()


def test_a_connection_that_breaks_off_is_one_sentence(hub):
    hub.repositories["some/net"].cut = "model.safetensors"
    model = look_up("some/net")
    begun = time.monotonic()
    problem = come(fetch(model))
    assert "broke off" in problem
    assert is_sentence(problem)
    assert time.monotonic() - begun < 40
    assert fetched(model) is None
    hub.repositories["some/net"].cut = ""
    assert come(fetch(model)) == "", "it can be tried again"


def test_more_than_was_said_is_not_taken(hub):
    hub.repositories["some/net"].says["model.safetensors"] = 10
    hub.repositories["some/net"].slow = "model.safetensors"
    problem = come(fetch(look_up("some/net")))
    assert "More came" in problem
    assert is_sentence(problem)
    assert cached_bytes("some/net") < 10_000


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "no open network called some/net"), (401, "only those who ask"), (403, "only those who ask"),
     (500, "answered with an error")],
)  # fmt: skip
def test_what_the_hub_refuses_is_named(hub, status, words):
    if status == 404:
        del hub.repositories["some/net"]
    else:
        hub.repositories["some/net"].status = status
    with pytest.raises(DataError, match=words) as found:
        look_up("some/net")
    assert is_sentence(str(found.value))


@pytest.mark.parametrize("status", [404, 403])
def test_what_is_refused_in_between_is_named(hub, status):
    model = look_up("some/net")
    hub.repositories["some/net"].status = status
    problem = come(fetch(model))
    assert problem
    assert is_sentence(problem)


def _changed(**changes):
    files = changes.pop("files", {"config.json": b"{}", "model.safetensors": WEIGHTS})
    says = changes.pop("says", {})
    return Repository(files, {**TIMM, **changes}, says)


@pytest.mark.parametrize(
    ("repository", "words"),
    [
        (_changed(files={"config.json": b"{}", "pytorch_model.bin": b"p"}), "safetensors only"),
        (_changed(says={"model.safetensors": MAX_BYTES + 1}), "500 MB that this server fetches"),
        (_changed(says={"model.safetensors": None}), "does not say how large"),
        (_changed(files={"config.json": b"{}"}), "no weights called model.safetensors"),
        (_changed(files={"vae/model.fp16.safetensors": b"1"}), "no weights called model.safetensors"),
        (_changed(library_name="diffusers", tags=[]), "it belongs to diffusers"),
        (_changed(library_name=None, tags=[]), "does not say how it is loaded"),
        (_changed(gated="manual"), "only those who ask"),
    ],
)
def test_what_this_app_does_not_load_is_said_before_it_is_fetched(hub, repository, words):
    hub.repositories["some/net"] = repository
    model = look_up("some/net")
    assert words in model.refusal
    assert is_sentence(model.refusal)
    with pytest.raises(DataError, match=words):
        fetch(model)
    assert not any("resolve" in one for one in hub.asked)


def test_shards_are_wanted_together(hub):
    names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"]
    hub.repositories["some/net"] = _changed(files={name: b"1" for name in [*names, "consolidated.safetensors"]})
    assert [one.path for one in look_up("some/net").wanted] == names


def test_no_room_on_the_disk_is_one_sentence(hub, monkeypatch):
    model = look_up("some/net")
    monkeypatch.setattr("data.hub_fetch.free_bytes", lambda: 1_000_000)
    with pytest.raises(DataError, match="room for 1 MB only"):
        fetch(model)


def test_no_network_is_one_sentence(hub, monkeypatch):
    model = look_up("some/net")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    for ask in (lambda: look_up("some/net"), lambda: fetch(model)):
        begun = time.monotonic()
        with pytest.raises(DataError, match="cannot be reached") as found:
            ask()
        assert is_sentence(str(found.value))
        assert time.monotonic() - begun < 3.5


@pytest.mark.parametrize("name", ["", "a b", "../../etc/passwd", "a/b/c", "-" * 200, "a;b"])
def test_what_is_no_name_is_not_asked_for(hub, name):
    with pytest.raises(DataError, match="not a name on the hub"):
        look_up(name)
    assert not hub.asked
