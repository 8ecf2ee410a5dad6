"""Many who follow one room, in a process of their own: `python -m benchmarks.crowd ADDRESS NUMBER`.

Each asks for a picture, takes it, asks for the next, as a browser does, but draws nothing. The process says `ready`
when everybody has the first picture, follows until its standard input ends, and then writes what arrived as JSON.
"""

import asyncio
import json
import sys
import time
from typing import Any

from websockets.asyncio.client import connect

from ui.room_message import unpack


async def follow(address: str, arrivals: list[tuple[float, int, int]], has_begun: asyncio.Event) -> None:
    """Notes of each message after the first when it came, the step it shows, and its bytes."""
    async with connect(address, compression=None, open_timeout=30, max_size=None) as socket:
        while True:
            await socket.send("next")
            message = await socket.recv()
            assert isinstance(message, bytes)
            if has_begun.is_set():
                words = unpack(message)[0]
                arrivals.append((time.time(), int(words.split()[1].replace(",", "")), len(message)))
            has_begun.set()


async def crowd(address: str, number: int) -> list[list[tuple[float, int, int]]]:
    """What arrives at each of `number` viewers until the standard input ends."""
    arrivals: list[list[tuple[float, int, int]]] = [[] for _ in range(number)]
    begun = [asyncio.Event() for _ in range(number)]
    tasks = [asyncio.create_task(follow(address, *each)) for each in zip(arrivals, begun, strict=True)]
    await asyncio.gather(*(event.wait() for event in begun))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()
    results: list[Any] = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results), results
    return arrivals


if __name__ == "__main__":
    json.dump(asyncio.run(crowd(sys.argv[1], int(sys.argv[2]))), sys.stdout)
