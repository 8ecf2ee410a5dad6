"""The way from a room to its viewers' browsers: a websocket of our own, beside Streamlit's.

A run of the script costs about 14 ms of the server's time, so viewers do not run it: each has a socket here, asks for a
picture, draws it, asks for the next. Who is slow asks seldom, and holds up nobody. Nothing but the code opens a room
and no cookie is read, so it does not matter which site a socket comes from.
"""

import asyncio
from contextlib import suppress
from typing import Final

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from ui.room_store import GUESS_SECONDS, ROOMS, RoomError, Viewer

GAP_SECONDS: Final = 0.2  # at least, between two pictures
LOOK_SECONDS: Final = 10.0  # at most, until a room that waits for its lecturer is found to have closed
ASK: Final = "next"


async def _serve(socket: WebSocket) -> None:
    await socket.accept()
    loop, news = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        with suppress(RuntimeError):  # the server is ending, and the loop with it
            loop.call_soon_threadsafe(news.set)

    try:
        viewer = ROOMS.enter(socket.path_params["code"], wake)
    except RoomError as error:
        await asyncio.sleep(GUESS_SECONDS)
        await _say_goodbye(socket, error)
        return
    asks = asyncio.Event()
    tasks = [asyncio.create_task(_listen(socket, asks, news)), asyncio.create_task(_send(socket, viewer, asks, news))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        viewer.leave()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _listen(socket: WebSocket, asks: asyncio.Event, news: asyncio.Event) -> None:
    """Hears the viewer ask, until they are gone or say something else."""
    while (message := await socket.receive())["type"] == "websocket.receive":
        if message.get("text") != ASK:
            await socket.close(1008, "Only pictures are asked for here.")
            return
        asks.set()
        news.set()


async def _send(socket: WebSocket, viewer: Viewer, asks: asyncio.Event, news: asyncio.Event) -> None:
    """Sends the newest message each time the viewer has asked and there is a new one, until the room closes."""
    try:
        while True:
            if asks.is_set() and (message := viewer.news()) is not None:
                asks.clear()
                await socket.send_bytes(message)
                await asyncio.sleep(GAP_SECONDS)
            else:
                viewer.check()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await news.wait()
            news.clear()
    except RoomError as error:
        await _say_goodbye(socket, error)


async def _say_goodbye(socket: WebSocket, error: RoomError) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):  # they are gone already
        await socket.close(error.code, str(error))


routes: Final = [
    WebSocketRoute("/_live/room/{code}", _serve),
    WebSocketRoute("/{folders:path}/_live/room/{code}", _serve),
]
