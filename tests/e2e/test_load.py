"""A lecture hall of visitors, and visitors who leave. No browser: they speak the websocket protocol themselves."""

import asyncio
import sys
import time
from collections.abc import Iterator

import pytest

from benchmarks.page import PAGE, start_training, train_together
from benchmarks.rows import share_below
from tests.protocol import visit
from tests.server import Server, serve
from training.run import LEASE_SECONDS

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells another process's processor time")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as server:
        yield server


def test_ten_visitors_train_at_once_and_every_page_stays_alive(server: Server) -> None:
    # On a calm machine all ticks arrive and p95 is below 0.1 s (python -m benchmarks). A thread for each visitor gave
    # 2 % of the ticks and Streamlit's garbage collection after every tick 1 %: this margin tells those from a machine
    # that is busy with something else, and so does the second try.
    for _ in range(2):
        ticks, num_steps, _ = asyncio.run(train_together(server, num_visitors=10, interval=0.5, seconds=8.0))
        delays = [delay for each in ticks for delay in each.seconds]
        arrived = len(delays) / sum(each.num_sent for each in ticks)
        late = share_below(delays, 0.95) or 0.0
        if arrived >= 0.9 and late < 0.5:
            break
    assert arrived >= 0.9
    assert late < 0.5
    assert all(each.steps[-1] > each.steps[0] for each in ticks), "somebody's training stands still"
    assert num_steps > 300


async def _busy_share(server: Server, seconds: float) -> float:
    """The share of a core that the server takes while nobody asks it anything."""
    before, began = server.cpu_seconds(), time.perf_counter()
    await asyncio.sleep(seconds)
    after, ended = server.cpu_seconds(), time.perf_counter()
    assert before is not None
    assert after is not None
    return (after - before) / (ended - began)


@needs_proc
def test_closing_the_tab_stops_the_training_at_once(server: Server) -> None:
    async def leave() -> tuple[float, float]:
        async with visit(server.address, PAGE) as visitor:
            await start_training(visitor)
            training = await _busy_share(server, 1.0)
        await asyncio.sleep(0.5)
        return training, await _busy_share(server, LEASE_SECONDS / 2)  # the lease alone would still hold

    training, left = asyncio.run(leave())
    assert left < 0.2 * training


@needs_proc
def test_a_page_that_nobody_looks_at_stops_training_when_its_lease_is_over(server: Server) -> None:
    async def look_away() -> tuple[float, float, int, int]:
        async with visit(server.address, PAGE) as visitor:
            await start_training(visitor)
            training = await _busy_share(server, 1.0)
            await asyncio.sleep(LEASE_SECONDS)
            away = await _busy_share(server, 1.5)
            back = await visitor.watch(1.0)
            return training, away, back.steps[0], back.steps[-1]

    training, away, first, last = asyncio.run(look_away())
    assert away < 0.2 * training
    assert last > first, "coming back should go on with the training"
