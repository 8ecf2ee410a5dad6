"""A hub on this machine: it serves what a test puts into it, with the faults the test asks for."""

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REVISION = "1" * 40


@dataclass
class Repository:
    """A network on the hub.

    Attributes:
        files: their contents.
        info: what the hub says beside them.
        says: sizes that it says instead of the true ones.
        status: of every answer, such as 403.
        cut: the file that breaks off in its middle, and never gets beyond it.
        slow: the file of which only the first half comes, and then nothing.
    """

    files: dict[str, bytes]
    info: dict[str, object] = field(default_factory=dict)
    says: dict[str, int | None] = field(default_factory=dict)
    status: int = 200
    cut: str = ""
    slow: str = ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].strip("/")
        hub: FakeHub = self.server.hub  # type: ignore[attr-defined]
        hub.asked.append(f"{self.command} /{path}")
        if "/tree/" in path:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound"})  # no folder has folders
            return
        if path.startswith("api/models/"):
            self._info(hub.repositories.get(path.removeprefix("api/models/")), path)
            return
        name, _, rest = path.partition("/resolve/")
        self._file(hub, hub.repositories.get(name), rest.partition("/")[2])

    do_HEAD = do_GET  # noqa: N815

    def _info(self, found: Repository | None, path: str) -> None:
        if found is None or found.status != 200:
            self._refuse(found)
            return
        files = [
            {"rfilename": name, "size": found.says.get(name, len(content))} for name, content in found.files.items()
        ]
        said = {"id": path.removeprefix("api/models/"), "sha": REVISION, "siblings": files, "tags": [], **found.info}
        self._send(200, json.dumps(said).encode(), {"Content-Type": "application/json"})

    def _file(self, hub: "FakeHub", found: Repository | None, name: str) -> None:
        if found is None or found.status != 200 or name not in found.files:
            self._refuse(found)
            return
        content = found.files[name]
        headers = {"X-Repo-Commit": REVISION, "ETag": f'"{hashlib.sha256(content).hexdigest()}"'}
        start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").partition("-")[0])
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        end = len(content) // 2 if name in (found.cut, found.slow) else len(content)
        self._send(206 if start else 200, content[start:], headers, sent=max(0, end - start))
        if self.command == "GET" and name == found.slow:
            hub.closing.wait(60)

    def _refuse(self, found: Repository | None) -> None:
        if found is not None and found.status in (401, 403):
            self._send(found.status, b"", {"X-Error-Code": "GatedRepo"})
        elif found is not None and found.status != 200:
            self._send(found.status, b"", {})
        else:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound" if found else "RepoNotFound"})

    def _send(self, status: int, content: bytes, headers: dict[str, str], *, sent: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content[:sent])
            self.wfile.flush()
        self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        pass


class FakeHub:
    """The server.

    Attributes:
        repositories: by name; a test may change them.
        asked: every request so far.
    """

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.asked: list[str] = []
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.hub = self  # type: ignore[attr-defined]
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
