"""The live page `mlp` of a real server, measured by visitors without a browser."""

import asyncio
import statistics
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

import torch

from benchmarks.rows import Row, at_least, at_most, middle, share_below, told
from experiments.mlp import MLPExperiment
from experiments.mlp_settings import MLPSettings
from tests.protocol import Ticks, Visitor, visit
from tests.server import Server, serve
from training.run import Run

PAGE: Final = "mlp"
UNFROZEN: Final = "benchmarks/unfrozen.py"
TICK: Final = 0.25  # seconds, as ui.frame has it for a few visitors
WARM_STEPS: Final = 20_000  # by then a run records rarely, so that all runs cost the same a step
WARM_SECONDS: Final = 60.0
QUIET_SECONDS: Final = 3.0  # shorter than the lease, so that a run nobody looks at goes on


async def start_training(visitor: Visitor, pace: str = "full speed") -> None:
    """Presses Play."""
    await visitor.choose("mlp_pace", pace)
    await visitor.press("mlp_go")


@dataclass(frozen=True)
class Mark:
    """How far a run is at some moment.

    Attributes:
        step: optimiser updates so far.
        wall: the clock, in seconds.
        cpu: processor seconds of the process that trains; None where the system does not say.
    """

    step: int
    wall: float
    cpu: float | None

    def rate_since(self, earlier: "Mark") -> float:
        """Steps a second: of the clock, or of processor time where other programs kept the process waiting."""
        seconds = self.wall - earlier.wall
        if self.cpu is not None and earlier.cpu is not None:
            seconds = min(seconds, self.cpu - earlier.cpu)
        return (self.step - earlier.step) / seconds


async def mark(server: Server, visitor: Visitor) -> Mark:
    """How far the visitor's run is: the first tick asks for a picture, the second one brings it."""
    await visitor.tick()
    wall, cpu = time.perf_counter(), server.cpu_seconds()
    await asyncio.sleep(0.05)
    await visitor.tick()
    return Mark(visitor.step, wall, cpu)


async def rate(server: Server, visitor: Visitor, seconds: float, interval: float | None) -> float:
    """Steps a second of the visitor's run while the page ticks, or while nobody looks (`interval` None)."""
    before = await mark(server, visitor)
    if interval is None:
        await asyncio.sleep(seconds)
    else:
        await visitor.watch(seconds, interval)
    return (await mark(server, visitor)).rate_since(before)


async def warm(visitor: Visitor, num_steps: int) -> None:
    """Trains until the run is in its steady state."""
    end = time.monotonic() + WARM_SECONDS
    while visitor.step < num_steps and time.monotonic() < end:
        await visitor.watch(1.0, TICK)


class Alone:
    """The same run in this process, without a server."""

    def __init__(self, num_steps: int) -> None:
        """Trains up to `num_steps`, its steady state."""
        torch.set_num_threads(1)
        self._run = Run(MLPExperiment, MLPSettings())
        self._run.play()
        end = time.monotonic() + WARM_SECONDS
        while self._run.step < num_steps and time.monotonic() < end:
            self._run.advance()

    def rate(self, seconds: float) -> float:
        """Steps a second."""
        before = self._mark()
        while time.perf_counter() - before.wall < seconds:
            self._run.advance()
        return self._mark().rate_since(before)

    def _mark(self) -> Mark:
        return Mark(self._run.step, time.perf_counter(), time.process_time())


def measure_watched(*, is_quick: bool) -> list[Row]:
    """Training with a page watching, against the same run unwatched, and against the same loop in a process alone."""
    rounds, seconds, num_steps = (2, 1.0, 1000) if is_quick else (9, QUIET_SECONDS, WARM_STEPS)
    with serve() as server:
        return asyncio.run(_watched(server, rounds, seconds, num_steps))


async def _watched(server: Server, rounds: int, seconds: float, num_steps: int) -> list[Row]:
    watched, unwatched, alone = [], [], []
    process = Alone(num_steps)
    async with visit(server.address, PAGE) as visitor:
        await start_training(visitor)
        await warm(visitor, num_steps)
        for _ in range(rounds):
            watched.append(await rate(server, visitor, seconds, TICK))
            unwatched.append(await rate(server, visitor, seconds, None))
            await visitor.press("mlp_go")  # pause
            alone.append(process.rate(seconds))
            await visitor.press("mlp_go")
    how = f"{rounds} interleaved rounds of {seconds:g} s, charged the clock or the processor time, whichever is less"
    return [
        at_least(
            0.95, "watched at 4 Hz against the loop alone", _ratio(watched, alone), "x", f"steps/s; median of {how}"
        ),
        told("watched at 4 Hz against unwatched, same server", _ratio(watched, unwatched), "x", "same"),
        told("steps of the default problem, watched", middle(watched), "/s", "Run in the server"),
        told("steps of the default problem, alone", middle(alone), "/s", "Run.advance in a process of its own"),
    ]


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def measure_tick(*, is_quick: bool) -> list[Row]:
    """What one live tick costs the server beside training, and how much it sends."""
    rounds, seconds = (2, 1.5) if is_quick else (7, QUIET_SECONDS)
    with serve() as server:
        return asyncio.run(_tick(server, rounds, seconds))


async def _tick(server: Server, rounds: int, seconds: float) -> list[Row]:
    costs: list[float] = []
    async with visit(server.address, PAGE) as visitor:
        # ten steps a second cost next to nothing, and that little is taken off again
        await start_training(visitor, "10 steps/s")
        await visitor.watch(1.0, 0.1)
        for _ in range(rounds):
            quiet, _ = await _busy_share(server, visitor, seconds, None)
            busy, ticks = await _busy_share(server, visitor, seconds, 0.1)
            if quiet is not None and busy is not None and ticks.seconds:
                costs.append((busy - quiet) * seconds / len(ticks.seconds) * 1000)
        await visitor.choose("mlp_pace", "full speed")
        live = await visitor.watch(rounds * seconds / 2, TICK)
        step = 1000 / await rate(server, visitor, seconds, None)
    how = f"process time at 10 ticks/s minus none, training at 10 steps/s; median of {rounds} rounds of {seconds:g} s"
    kilobytes = [size / 1000 for size in live.num_bytes]
    return [
        at_most(5, "one tick: server time outside training", middle(costs), "ms", how),
        told("one tick: the same in optimiser steps", _share(middle(costs), step), "steps", "of the default problem"),
        at_most(25, "one tick: websocket messages", middle(kilobytes), "kB", "median at 4 Hz and full speed"),
        told("one tick: websocket messages, largest", max(kilobytes, default=None), "kB", "same"),
        told("one tick: request to last message", _ms(middle(live.seconds)), "ms", "median at 4 Hz and full speed"),
    ]


async def _busy_share(
    server: Server, visitor: Visitor, seconds: float, interval: float | None
) -> tuple[float | None, Ticks]:
    """The share of a core that the server takes, with or without ticks."""
    ticks, before, began = Ticks(), server.cpu_seconds(), time.perf_counter()
    if interval is None:
        await asyncio.sleep(seconds)
    else:
        ticks = await visitor.watch(seconds, interval)
    after, ended = server.cpu_seconds(), time.perf_counter()
    return None if before is None or after is None else (after - before) / (ended - began), ticks


def measure_knobs(*, is_quick: bool) -> list[Row]:
    """From a moved knob to its new picture."""
    with serve() as server:
        return asyncio.run(_knobs(server, 4 if is_quick else 20))


async def _knobs(server: Server, num_moves: int) -> list[Row]:
    rows = []
    async with visit(server.address, PAGE) as visitor:
        await visitor.choose("mlp_pace", "full speed")
        await visitor.press("mlp_step_100")
        await visitor.watch(1.0, TICK)
        how = f"median of {num_moves} moves; to the message with the picture, and to the last one of the page"
        for state in ("paused", "training"):
            moved = {"learning_rate": ("0.01", "0.03"), "noise": ("0.2", "0.1")}
            if state == "training":
                await visitor.press("mlp_go")
            else:
                moved = {"moment": ("step 0", "step 50"), **moved}  # the scrubber first: another noise has no past
            for knob, values in moved.items():
                moves = [await _move(visitor, f"mlp_{knob}", values[move % 2]) for move in range(num_moves)]
                name = f"{knob.replace('_', ' ')} moved while {state}"
                pictured, ended = (_ms(middle([move[part] for move in moves])) for part in (0, 1))
                rows.append(at_most(100, f"{name}, to its picture", pictured, "ms", how))
                rows.append(told(f"{name}, to the end of the page", ended, "ms", how))
    return rows


async def _move(visitor: Visitor, key: str, value: str) -> tuple[float, float]:
    """Seconds from a moved knob to its picture, and to the end of the page."""
    began = time.perf_counter()
    script = await visitor.choose(key, value)
    assert script.drew_canvas, f"{key} brought no picture"
    return script.pictured - began, script.ended - began


def measure_opening(*, is_quick: bool) -> list[Row]:
    """The first visit after a server start, and later ones."""
    first: list[float] = []
    later: list[float] = []
    for _ in range(1 if is_quick else 3):
        with serve() as server:
            first.append(asyncio.run(_open(server)))
            later += [asyncio.run(_open(server)) for _ in range(4)]
    how = "connection, script and all its messages; no browser"
    return [
        at_most(0.5, "first open of the page after a start", middle(first), "s", f"{how}; median of {len(first)}"),
        told("later opens", middle(later), "s", f"{how}; median of {len(later)}"),
    ]


async def _open(server: Server) -> float:
    began = time.perf_counter()
    async with visit(server.address, PAGE) as visitor:
        assert visitor.canvas, "the page has no picture"
        return time.perf_counter() - began


def measure_visitors(*, is_quick: bool) -> list[Row]:
    """Ten visitors who train at full speed and look twice a second."""
    with serve() as server:
        ticks, num_steps, seconds = asyncio.run(train_together(server, 10, 0.5, 3.0 if is_quick else 10.0))
    sent, delays = sum(each.num_sent for each in ticks), [s for each in ticks for s in each.seconds]
    how = f"10 visitors at 2 Hz and full speed for {seconds:g} s"
    return [
        at_least(0.95, "ten visitors: ticks that arrive", len(delays) / sent, "x", how),
        at_most(
            100, "ten visitors: tick, p95", _ms(share_below(delays, 0.95)), "ms", f"request to last message; {how}"
        ),
        told("ten visitors: tick, median", _ms(middle(delays)), "ms", how),
        told("ten visitors: steps of all together", num_steps / seconds, "/s", how),
    ]


async def train_together(
    server: Server, num_visitors: int, interval: float, seconds: float
) -> tuple[list[Ticks], int, float]:
    """Visitors who train the default problem at full speed, each with a timer of its own phase.

    Returns:
        What each timer brought, the steps of all runs in that time, and the time.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_train(server, index * interval / num_visitors, num_visitors, interval, seconds))
            for index in range(num_visitors)
        ]
    results = [task.result() for task in tasks]
    return [ticks for ticks, _ in results], sum(steps for _, steps in results), seconds


async def _train(server: Server, phase: float, num_visitors: int, interval: float, seconds: float) -> tuple[Ticks, int]:
    async with visit(server.address, PAGE) as visitor:
        await start_training(visitor)
        await asyncio.sleep(phase)
        await visitor.watch(num_visitors * 0.3, interval)  # until everybody is there
        first = visitor.step
        ticks = await visitor.watch(seconds, interval)
        return ticks, visitor.step - first


def measure_gc(*, is_quick: bool) -> list[Row]:
    """What Streamlit's own garbage collection after every tick would cost, with our frozen heap and without."""
    rounds, seconds = (1, 1.0) if is_quick else (5, QUIET_SECONDS)
    default = {"STREAMLIT_RUNNER_POST_SCRIPT_GC": "true"}
    with serve() as ours, serve(environment=default) as frozen, serve(UNFROZEN, environment=default) as plain:
        rates = asyncio.run(_take_turns([ours, frozen, plain], rounds, seconds))
    how = f"steps/s watched at 4 Hz against ours, runner.postScriptGC on; median of {rounds} rounds of {seconds:g} s"
    return [
        told("Streamlit's garbage collection, heap frozen", _ratio(rates[1], rates[0]), "x", how),
        told("Streamlit's garbage collection, not frozen", _ratio(rates[2], rates[0]), "x", how),
    ]


async def _take_turns(servers: list[Server], rounds: int, seconds: float) -> list[list[float]]:
    """Steps a second of a watched run on each server, one after the other, as often as there are rounds."""
    rates: list[list[float]] = [[] for _ in servers]
    async with AsyncExitStack() as stack:
        visitors = [await stack.enter_async_context(visit(server.address, PAGE)) for server in servers]
        for visitor in visitors:
            await start_training(visitor)
            await visitor.watch(3.0, TICK)
            await visitor.press("mlp_go")  # pause
        for _ in range(rounds):
            for index, (server, visitor) in enumerate(zip(servers, visitors, strict=True)):
                await visitor.press("mlp_go")
                rates[index].append(await rate(server, visitor, seconds, TICK))
                await visitor.press("mlp_go")
    return rates


def _share(part: float | None, whole: float) -> float | None:
    return None if part is None else part / whole


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000
