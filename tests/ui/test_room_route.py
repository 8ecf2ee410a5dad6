"""The socket between a room and its viewers, served as Streamlit serves it, met by a client as simple as can be."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
import uvicorn
from starlette.applications import Starlette
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.server import free_port
from tests.training.toy import Toy, ToySettings
from training.run import Run
from ui import room_route, room_store
from ui.room_message import Picture, unpack
from ui.room_store import CLOSED, FULL, UNKNOWN, WAITING, Room, Rooms

Connect = Callable[[str], AbstractContextManager[ClientConnection]]


@pytest.fixture(scope="module")
def connect_to() -> Iterator[Connect]:
    """`connect_to("/_live/room/ABCD")`: an open socket."""
    port = free_port()
    app = Starlette(routes=room_route.routes)
    server = uvicorn.Server(uvicorn.Config(app, port=port, ws="websockets-sansio", log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started)
    # max_queue: who does not receive does not read ahead either
    yield lambda path: connect(
        f"ws://127.0.0.1:{port}{path}", compression=None, max_size=None, max_queue=1, close_timeout=1
    )
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    rooms = Rooms()
    monkeypatch.setattr(room_route, "ROOMS", rooms)
    monkeypatch.setattr(room_route, "GUESS_SECONDS", 0.05)
    return rooms


@pytest.fixture
def room(rooms: Rooms) -> Iterator[Room]:
    room = rooms.open("mlp", Run(Toy, ToySettings()))
    yield room
    rooms.close(room)


def news(socket: ClientConnection) -> tuple[str, bool, list[Picture]]:
    """What comes after asking."""
    socket.send("next")
    message = socket.recv(5)
    assert isinstance(message, bytes)
    return unpack(message)


def goodbye(socket: ClientConnection) -> tuple[int, str]:
    """How the other side closes a socket."""
    with pytest.raises(ConnectionClosed) as caught:
        socket.recv(5)
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code, caught.value.rcvd.reason


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)
    assert holds()


@pytest.mark.parametrize("folder", ["", "/lab/atlas"])
def test_pictures_come_when_they_are_asked_for(connect_to: Connect, room: Room, folder: str) -> None:
    with connect_to(f"{folder}/_live/room/{room.code}") as socket:
        assert news(socket)[0] == WAITING
        room.publish("step 1", [Picture(0.5, b"scene")], is_playing=True)
        room.publish("step 2", [Picture(0.5, b"scene")], is_playing=True)
        assert news(socket) == ("step 2", True, [Picture(0.5, b"scene")])
        assert room.num_viewers == 1
    wait_until(lambda: room.num_viewers == 0)


def test_a_picture_comes_as_soon_as_it_is_published(connect_to: Connect, room: Room) -> None:
    with connect_to(f"/_live/room/{room.code}") as socket:
        news(socket)
        socket.send("next")
        with pytest.raises(TimeoutError):
            socket.recv(2 * room_route.GAP_SECONDS)
        room.publish("step 1", [], is_playing=True)
        assert isinstance(socket.recv(1), bytes)


def test_who_asks_late_gets_the_newest(connect_to: Connect, room: Room) -> None:
    with connect_to(f"/_live/room/{room.code}") as socket:
        for step in range(50):
            room.publish(f"step {step}", [], is_playing=True)
        time.sleep(0.1)
        assert news(socket)[0] == "step 49"


def test_two_pictures_keep_their_distance(connect_to: Connect, room: Room) -> None:
    with connect_to(f"/_live/room/{room.code}") as socket:
        news(socket)
        began = time.monotonic()
        room.publish("step 1", [], is_playing=True)
        news(socket)
        assert time.monotonic() - began > 0.75 * room_route.GAP_SECONDS


def test_a_viewer_who_does_not_read_holds_up_nobody(connect_to: Connect, room: Room) -> None:
    path, large = f"/_live/room/{room.code}", Picture(0.5, bytes(4_000_000))
    with connect_to(path) as stuck, connect_to(path) as quick:
        stuck.send("next")
        for step in range(5):
            room.publish(f"step {step}", [large], is_playing=True)
            began = time.monotonic()
            assert news(quick)[0] == f"step {step}"
            assert time.monotonic() - began < 1
            stuck.send("next")


def test_an_unknown_code_is_answered_late_and_in_words(
    connect_to: Connect, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_route, "GUESS_SECONDS", 0.3)
    began = time.monotonic()
    with connect_to("/_live/room/ABCD-EFGH-JKMN") as socket:
        assert goodbye(socket) == (4404, UNKNOWN)
        assert time.monotonic() - began >= 0.3


def test_a_full_room_is_answered_in_words(connect_to: Connect, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_store, "MAX_VIEWERS", 0)
    with connect_to(f"/_live/room/{room.code}") as socket:
        assert goodbye(socket) == (4429, FULL)


def test_a_room_that_closes_tells_those_who_are_connected(connect_to: Connect, rooms: Rooms, room: Room) -> None:
    """One has asked and waits, the other has not asked."""
    path = f"/_live/room/{room.code}"
    with connect_to(path) as asking, connect_to(path) as silent:
        news(asking)
        asking.send("next")
        rooms.close(room)
        assert goodbye(asking) == goodbye(silent) == (4410, CLOSED)
    with connect_to(path) as late:
        assert goodbye(late) == (4410, CLOSED)
    wait_until(lambda: room.num_viewers == 0)


def test_a_room_whose_lecturer_stays_away_is_found_to_have_closed(
    connect_to: Connect, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_route, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(room_store, "GRACE_SECONDS", 0.1)
    with connect_to(f"/_live/room/{room.code}") as socket:
        room.desert()
        assert goodbye(socket) == (4410, CLOSED)


@pytest.mark.parametrize("words", ["more", "x" * 100_000, b"\x00"])
def test_who_says_anything_else_is_let_go(connect_to: Connect, room: Room, words: str | bytes) -> None:
    with connect_to(f"/_live/room/{room.code}") as socket:
        socket.send(words)
        assert goodbye(socket)[0] == 1008
    wait_until(lambda: room.num_viewers == 0)
