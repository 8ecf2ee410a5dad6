"""The app as its visitors meet it: a `streamlit run` of its own, on a free port."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

ROOT: Final = Path(__file__).resolve().parents[1]
START_SECONDS: Final = 120.0  # a busy machine takes 10 s to import torch; a healthy one 4 s


class Server:
    """A running app."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, output: IO[bytes], base: str = "") -> None:
        """Takes over a process that was just started.

        Args:
            process: the interpreter that serves the app.
            port: where it will listen.
            output: the file it writes its log to.
            base: the folder in the address below which it serves.
        """
        self.process, self.port, self._output = process, port, output
        self.address = "/".join(filter(None, (f"http://localhost:{port}", base)))

    def log(self) -> str:
        """Everything it has printed."""
        self._output.seek(0)
        return self._output.read().decode(errors="replace")

    def cpu_seconds(self) -> float | None:
        """Processor time of all its threads since the start, to 10 ms; None where the system does not say."""
        try:
            stat = Path(f"/proc/{self.process.pid}/stat").read_text()
        except OSError:
            return None
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def wait(self) -> None:
        """Waits until it is healthy.

        Raises:
            RuntimeError: if it ends or takes too long; with the end of its log.
        """
        end = time.monotonic() + START_SECONDS
        while not self._is_healthy():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the server did not start: {self.log()[-2000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Ends it, if need be by force."""
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=10)

    def _is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@contextmanager
def serve(
    app: str = "app.py", *options: str, environment: Mapping[str, str] | None = None, base: str = ""
) -> Iterator[Server]:
    """Starts an app, waits until it is healthy, and stops it at the end.

    Args:
        app: path below the root of the repository.
        options: more words for the command line.
        environment: variables on top of this process's own, such as Streamlit's `STREAMLIT_<SECTION>_<OPTION>`.
        base: the folder in the address below which the app is served.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", app, "--server.port", str(port), "--server.headless", "true"]
    command += [*options, *(["--server.baseUrlPath", base] if base else [])]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        server = Server(process, port, output, base)
        try:
            server.wait()
            yield server
        finally:
            server.stop()


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
