"""Rooms without Streamlit and without a network: who comes in, what they get, when it ends."""

import math
import threading

import pytest

from tests.training.toy import Toy, ToySettings
from training.run import Run
from ui.room_message import Picture, unpack
from ui.room_store import (
    ALPHABET,
    AWAY,
    CLOSED,
    FULL,
    GRACE_SECONDS,
    MAX_ROOMS,
    MAX_VIEWERS,
    TAKEN,
    UNKNOWN,
    WAITING,
    Room,
    RoomError,
    Rooms,
    new_code,
    tidy,
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rooms(clock: Clock) -> Rooms:
    return Rooms(clock)


@pytest.fixture
def run() -> Run:
    return Run(Toy, ToySettings())


@pytest.fixture
def room(rooms: Rooms, run: Run) -> Room:
    return rooms.open("mlp", run)


def nothing() -> None:
    """Wakes nobody."""


def test_codes_are_long_and_distinct_and_hold_no_letters_that_look_alike() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    for code in codes:
        assert [len(group) for group in code.split("-")] == [4, 4, 4]
        assert set(code) <= set(ALPHABET) | {"-"}
    assert not set("01ILO") & set(ALPHABET)
    assert 12 * math.log2(len(set(ALPHABET))) >= 50


def test_a_code_is_found_however_it_is_typed(rooms: Rooms, room: Room) -> None:
    for typed in (room.code, room.code.lower(), room.code.replace("-", ""), f"  {room.code.replace('-', ' ')} "):
        assert rooms.find(typed) is room


@pytest.mark.parametrize("typed", ["", "-", "ABCD-EFGH-JKMN", "<b>", "A" * 10_000, "😀"])
def test_an_unknown_code_is_named_as_such(rooms: Rooms, room: Room, typed: str) -> None:
    with pytest.raises(RoomError) as caught:
        rooms.find(typed)
    assert str(caught.value) == UNKNOWN
    assert len(tidy(typed)) <= len(room.code)


def test_a_viewer_gets_the_newest_message_once(rooms: Rooms, room: Room) -> None:
    viewer = rooms.enter(room.code, nothing)
    first = viewer.news()
    assert first is not None
    assert unpack(first) == (WAITING, False, [])
    assert viewer.news() is None
    pictures = [Picture(0.5, b"scene"), Picture(300.0, b"another")]
    room.publish("step 3 · größer", pictures, is_playing=True)
    message = viewer.news()
    assert message is not None
    assert unpack(message) == ("step 3 · größer", True, pictures)
    assert viewer.news() is None


def test_all_viewers_are_sent_the_same_object(rooms: Rooms, room: Room) -> None:
    one, other = (rooms.enter(room.code, nothing) for _ in range(2))
    room.publish("step 1", [Picture(0.5, b"scene")], is_playing=True)
    assert one.news() is other.news()


def test_a_slow_viewer_misses_pictures_and_holds_nothing_up(rooms: Rooms, room: Room) -> None:
    slow, quick = (rooms.enter(room.code, nothing) for _ in range(2))
    for step in range(100):
        room.publish(f"step {step}", [Picture(0.5, b"scene")], is_playing=True)
        message = quick.news()
        assert message is not None
        assert unpack(message)[0] == f"step {step}"
    late = slow.news()
    assert late is not None
    assert unpack(late)[0] == "step 99"
    assert slow.news() is None


def test_no_new_picture_leaves_the_former_one(rooms: Rooms, room: Room) -> None:
    viewer = rooms.enter(room.code, nothing)
    room.publish("step 1", [Picture(0.5, b"scene")], is_playing=False)
    room.publish("step 2", [], is_playing=False)
    message = viewer.news()
    assert message is not None
    assert unpack(message)[2] == [Picture(0.5, b"scene")]


def test_news_wakes_those_who_are_there(rooms: Rooms, room: Room) -> None:
    woken: list[str] = []
    stays = rooms.enter(room.code, lambda: woken.append("stays"))
    rooms.enter(room.code, lambda: woken.append("leaves")).leave()
    room.publish("step 1", [], is_playing=True)
    rooms.close(room)
    assert woken == ["stays", "stays"]
    stays.leave()


def test_a_full_room_says_so_until_somebody_leaves(rooms: Rooms, room: Room) -> None:
    viewers = [rooms.enter(room.code, nothing) for _ in range(MAX_VIEWERS)]
    with pytest.raises(RoomError) as caught:
        rooms.enter(room.code, nothing)
    assert (str(caught.value), caught.value.code) == (FULL, 4429)
    assert room.num_viewers == MAX_VIEWERS
    viewers[0].leave()
    viewers[0].leave()
    rooms.enter(room.code, nothing)
    assert room.num_viewers == MAX_VIEWERS


def test_a_closed_room_says_so_and_is_told_from_an_unknown_one(rooms: Rooms, room: Room) -> None:
    viewer = rooms.enter(room.code, nothing)
    rooms.close(room)
    for ask in (viewer.news, viewer.check, lambda: rooms.find(room.code), lambda: room.add(nothing)):
        with pytest.raises(RoomError) as caught:
            ask()
        assert (str(caught.value), caught.value.code) == (CLOSED, 4410)
    room.publish("step 5", [], is_playing=True)
    assert not room.is_open


def test_the_rooms_of_a_server_are_bounded(rooms: Rooms, run: Run) -> None:
    opened = [rooms.open("mlp", run) for _ in range(MAX_ROOMS)]
    with pytest.raises(RoomError, match=TAKEN):
        rooms.open("mlp", run)
    rooms.close(opened[3])
    assert rooms.open("mlp", run).is_open


def test_a_room_waits_for_its_lecturer_and_then_closes(rooms: Rooms, room: Room, clock: Clock) -> None:
    viewer = rooms.enter(room.code, nothing)
    room.publish("step 7", [Picture(0.5, b"scene")], is_playing=True)
    room.desert()
    message = viewer.news()
    assert message is not None
    assert unpack(message) == (AWAY, False, [Picture(0.5, b"scene")])
    clock.now = GRACE_SECONDS - 1
    assert rooms.find(room.code) is room
    room.come_back()
    clock.now += GRACE_SECONDS
    assert rooms.find(room.code) is room
    room.desert()
    clock.now += GRACE_SECONDS + 1
    for ask in (viewer.check, lambda: rooms.find(room.code)):
        with pytest.raises(RoomError, match=CLOSED):
            ask()


def test_a_deserted_room_makes_place_for_another(rooms: Rooms, run: Run, clock: Clock) -> None:
    for _ in range(MAX_ROOMS):
        rooms.open("mlp", run).desert()
    clock.now = GRACE_SECONDS + 1
    assert rooms.open("mlp", run).is_open


def test_coming_and_going_while_pictures_arrive_loses_nobody(rooms: Rooms, room: Room) -> None:
    """The script thread publishes while the event loop lets people in and out."""
    is_over = threading.Event()

    def lecture() -> None:
        while not is_over.is_set():
            room.publish("step", [Picture(0.5, b"scene")], is_playing=True)

    lecturer = threading.Thread(target=lecture)
    lecturer.start()
    try:
        for _ in range(300):
            viewer = rooms.enter(room.code, nothing)
            assert viewer.news() is not None
            viewer.leave()
    finally:
        is_over.set()
        lecturer.join(10)
    assert room.num_viewers == 0


def test_sentences_fit_into_a_closing_message() -> None:
    for sentence in (UNKNOWN, CLOSED, FULL):
        assert len(sentence.encode()) <= 123, "a websocket carries no longer reason"
