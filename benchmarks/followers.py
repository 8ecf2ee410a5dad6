"""What it costs the server when fifty follow one lecturer's run, and how late its pictures arrive."""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from typing import Final

from benchmarks.page import PAGE, start_training
from benchmarks.rows import Row, at_most, middle, share_below, told
from tests.protocol import Visitor, visit
from tests.server import ROOT, Server, serve

NUM_FOLLOWERS: Final = 50
INTERVAL: Final = 0.5  # seconds between two pictures
PATIENCE: Final = 30.0  # seconds, for the crowd

Arrivals = list[list[tuple[float, int, int]]]


def measure(*, is_quick: bool) -> list[Row]:
    """One lecturer who trains at 2 pictures a second, in turn without and with fifty who follow."""
    rounds, seconds = (1, 2.0) if is_quick else (3, 4.0)
    with serve() as server:
        return asyncio.run(_measure(server, rounds, seconds))


async def _measure(server: Server, rounds: int, seconds: float) -> list[Row]:
    costs, delays, sizes, missed = list[float](), list[float](), list[float](), 0
    async with visit(server.address, PAGE) as lecturer:
        await lecturer.press(f"{PAGE}_room_open")
        address = f"{server.address.replace('http', 'ws', 1)}/_live/room/{_code(lecturer)}"
        await start_training(lecturer, "10 steps/s")  # costs next to nothing, and that little is taken off again
        for _ in range(rounds):
            alone, _ = await _lecture(server, lecturer, seconds)
            crowd = await asyncio.to_thread(_Crowd, address)
            followed, sent = await _lecture(server, lecturer, seconds)
            arrivals = await asyncio.to_thread(crowd.end)
            if alone is not None and followed is not None:
                costs.append(followed - alone)
            for each in arrivals:
                came = {step: when for when, step, _ in each}
                delays += [came[step] - when for step, when in sent.items() if step in came]
                missed += sum(step not in came for step in sent)
                sizes += [size / 1000 for _, _, size in each]
    how = (
        f"process time at {1 / INTERVAL:g} pictures/s with {NUM_FOLLOWERS} who follow minus without; median of {rounds}"
    )
    ways = "from the lecturer's tick to the viewer"
    share = 100 * statistics.median(costs) if costs else None
    late = share_below(delays, 0.95)
    return [
        at_most(30, f"{NUM_FOLLOWERS} who follow: share of one core", share, "%", f"{how} rounds of {seconds:g} s"),
        told("who follow: picture arrives, p95", None if late is None else late * 1000, "ms", ways),
        told("who follow: picture arrives, median", 1000 * (middle(delays) or 0.0), "ms", ways),
        told("who follow: pictures missed", 100 * missed / max(1, missed + len(delays)), "%", "of those published"),
        told("who follow: one picture", middle(sizes), "kB", "median"),
    ]


async def _lecture(server: Server, lecturer: Visitor, seconds: float) -> tuple[float | None, dict[int, float]]:
    """The share of a core that the server takes while the lecturer's page ticks, and when each step was asked for."""
    asked: dict[int, float] = {}
    before, began = server.cpu_seconds(), time.perf_counter()
    for tick in range(round(seconds / INTERVAL)):
        await asyncio.sleep(max(0.0, began + tick * INTERVAL - time.perf_counter()))
        now = time.time()
        await lecturer.tick()
        asked.setdefault(lecturer.step, now)
    await asyncio.sleep(max(0.0, began + seconds - time.perf_counter()))
    after, ended = server.cpu_seconds(), time.perf_counter()
    return None if before is None or after is None else (after - before) / (ended - began), asked


def _code(lecturer: Visitor) -> str:
    """The code of the room, as the page says it."""
    titles = [element.heading.body for element in lecturer.elements if element.WhichOneof("type") == "heading"]
    return next(title for title in titles if title.count("-") == 2 and title.isupper())


class _Crowd:
    """A process with those who follow."""

    def __init__(self, address: str) -> None:
        """Starts it and waits until everybody has a picture."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.crowd", address, str(NUM_FOLLOWERS)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", "those who follow did not get in"

    def end(self) -> Arrivals:
        """Sends everybody home and returns what arrived."""
        printed, _ = self._process.communicate(timeout=PATIENCE)
        arrivals: Arrivals = json.loads(printed)
        return arrivals
