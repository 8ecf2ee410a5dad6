"""A tokenizer of the hub: whatever goes wrong there is one sentence here."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from data.dataset import DataError
from data.hub import hub_counts
from data.tokenizer import train_bpe
from tests.training.toy import is_sentence


class Hub(BaseHTTPRequestHandler):
    """Has one tokenizer, one broken file, and is slow where asked to be."""

    def do_GET(self):
        name = self.path.split("/")[1]
        if name == "slow":
            threading.Event().wait(5)
        known = {"good": train_bpe("a good text " * 20, 300).json, "broken": "{"}
        body = known.get(name, "").encode()
        self.send_response(200 if name in known else 404)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Repo-Commit", "1" * 40)
        self.send_header("ETag", f'"{name}"')
        if name not in known:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *arguments):
        pass


@pytest.fixture
def hub(monkeypatch, tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    yield server
    server.shutdown()
    server.server_close()


def test_a_tokenizer_is_fetched_and_used(hub):
    found = hub_counts("good", ["a good text", ""])
    assert found.counts == (len(train_bpe("a good text " * 20, 300).encode("a good text")), 0)
    assert found.num_tokens == train_bpe("a good text " * 20, 300).num_tokens
    assert found.unknown == (0, 0)


@pytest.mark.parametrize(
    ("name", "words"),
    [("nobody", "no open tokenizer called nobody"), ("broken", r"."), ("slow", "did not answer within 3 seconds")],
)
def test_what_is_not_there_is_named(hub, name, words):
    with pytest.raises(DataError, match=words) as found:
        hub_counts(name, ["a"], seconds=3 if name == "slow" else 20)
    assert is_sentence(str(found.value))


def test_no_network_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(DataError, match="cannot be reached"):
        hub_counts("gpt2", ["a"])


@pytest.mark.parametrize("name", ["", "a b", "../../etc/passwd", "a/b/c", "-" * 200, "a;b", "é"])
def test_what_is_no_name_is_not_asked_for(name):
    with pytest.raises(DataError, match="not a name on the hub"):
        hub_counts(name, ["a"])
