"""The open rooms of this server: a lecturer's newest picture, and who follows it. No Streamlit and no network here.

A room holds one message, the newest; every viewer is sent that very object, so that fifty viewers cost fifty writes and
no drawing. Whoever is too slow for a picture gets the next one instead: nothing queues, nothing grows.
"""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from training.run import Run
from ui.room_message import Picture, pack

MAX_ROOMS: Final = 32  # at a time, in one process
MAX_VIEWERS: Final = 200  # of one room
GUESS_SECONDS: Final = 0.5  # that a wrong code waits for its answer
GRACE_SECONDS: Final = 120.0  # that a room waits for a lecturer who has gone; Streamlit keeps the session as long
MAX_REMEMBERED: Final = 256  # closed codes, so that a late viewer is told the truth

ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no I, L, O, 0, 1, which look alike on a board
GROUPS: Final = 3
GROUP: Final = 4  # 12 letters of 31: 59 bits

WAITING: Final = "The room is open; the lecturer has not drawn a picture yet."
AWAY: Final = "The lecturer has left the page. The room closes in two minutes, unless they come back."
BACK: Final = "The lecturer is back."
UNKNOWN: Final = "There is no open room with this code: compare it letter by letter, or ask for a new one."
CLOSED: Final = "The lecturer has closed this room."
FULL: Final = f"The room is full: {MAX_VIEWERS} follow already. Try again when somebody has left."
TAKEN: Final = f"All {MAX_ROOMS} rooms of this server are open; try again when one has closed."

Wake = Callable[[], None]


class RoomError(ValueError):
    """Why somebody cannot come in; one sentence for them, and a number that tells the reasons apart."""

    def __init__(self, sentence: str, code: int) -> None:
        """Says why.

        Args:
            sentence: for the visitor.
            code: of the websocket close message, in the range that is free for applications.
        """
        super().__init__(sentence)
        self.code = code


def new_code() -> str:
    """A code nobody can guess, in groups that can be read aloud."""
    letters = [secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP)]
    return "-".join("".join(letters[start : start + GROUP]) for start in range(0, len(letters), GROUP))


def tidy(typed: str) -> str:
    """A typed code as `new_code` writes it, however it was spaced and whatever its case."""
    letters = [letter for letter in typed[: 4 * GROUPS * GROUP].upper() if letter.isalnum()][: GROUPS * GROUP]
    return "-".join("".join(letters[start : start + GROUP]) for start in range(0, len(letters), GROUP))


class Viewer:
    """One who follows a room. `Rooms.enter` makes them; whoever entered must `leave`."""

    def __init__(self, room: "Room", wake: Wake) -> None:
        """Takes a place in the room.

        Args:
            room: which one.
            wake: called, from any thread, when there is news.
        """
        self._room, self.wake = room, wake
        self._seen = 0

    def news(self) -> bytes | None:
        """The newest message, once; None if it was taken already.

        Raises:
            RoomError: if the room has closed.
        """
        return self._room.newest(self)

    def check(self) -> None:
        """Raises a RoomError if the room has closed."""
        self._room.check()

    def leave(self) -> None:
        """Gives the place back."""
        self._room.remove(self)

    def sees(self, number: int) -> bool:
        """Notes message `number` as taken; whether it is new to this viewer."""
        is_new, self._seen = self._seen != number, number
        return is_new


class Room:
    """One lecturer's picture and those who follow it. All methods may be called from any thread."""

    def __init__(self, slug: str, run: Run, clock: Callable[[], float]) -> None:
        """Opens it.

        Args:
            slug: the page that is followed.
            run: what is trained there.
            clock: tells the seconds.
        """
        self.code, self.slug = new_code(), slug
        self.run = run
        self._is_closed = False
        self._clock, self._lock = clock, threading.Lock()
        self._viewers: set[Viewer] = set()
        self._pictures: tuple[Picture, ...] = ()
        self._left_at: float | None = None
        self._number = 0
        self._message = b""
        self._say(WAITING)

    @property
    def num_viewers(self) -> int:
        """How many follow now."""
        return len(self._viewers)

    @property
    def is_open(self) -> bool:
        """Whether anybody may come in."""
        return not self._is_closed and not self.is_deserted

    @property
    def is_deserted(self) -> bool:
        """Whether the lecturer has been away for longer than the room waits."""
        return self._left_at is not None and self._clock() - self._left_at > GRACE_SECONDS

    def publish(self, words: str, pictures: Iterable[Picture], *, is_playing: bool) -> None:
        """Shows everybody the newest pictures.

        Args:
            words: the line above them.
            pictures: as the lecturer's page drew them, in order; none leaves the former ones.
            is_playing: whether more are on the way.
        """
        if self._is_closed:
            return
        self._left_at = None
        self._pictures = tuple(pictures) or self._pictures
        self._say(words, is_playing=is_playing)

    def desert(self) -> None:
        """The lecturer's tab is closed or has lost its connection: the room waits a while for them."""
        if not self._is_closed and self._left_at is None:
            self._left_at = self._clock()
            self._say(AWAY)

    def come_back(self) -> None:
        """The lecturer is there again."""
        if self._left_at is not None and self.is_open:
            self._left_at = None
            self._say(BACK)

    def close(self) -> None:
        """Sends everybody out, for good."""
        self._is_closed = True
        self._wake_all()

    def add(self, wake: Wake) -> Viewer:
        """Lets somebody in; `wake` is called, from any thread, when there is news.

        Raises:
            RoomError: if the room is full or closed.
        """
        with self._lock:
            self.check()
            if len(self._viewers) >= MAX_VIEWERS:
                raise RoomError(FULL, 4429)
            viewer = Viewer(self, wake)
            self._viewers.add(viewer)
            return viewer

    def remove(self, viewer: Viewer) -> None:
        """Gives a viewer's place back."""
        with self._lock:
            self._viewers.discard(viewer)

    def check(self) -> None:
        """Raises a RoomError if the room has closed."""
        if not self.is_open:
            raise RoomError(CLOSED, 4410)

    def newest(self, viewer: Viewer) -> bytes | None:
        """The message if this viewer has not had it; `Viewer.news` says more."""
        with self._lock:
            self.check()
            return self._message if viewer.sees(self._number) else None

    def _say(self, words: str, *, is_playing: bool = False) -> None:
        message = pack(words, self._pictures, is_playing=is_playing)
        with self._lock:
            self._message, self._number = message, self._number + 1
        self._wake_all()

    def _wake_all(self) -> None:
        with self._lock:
            viewers = tuple(self._viewers)
        for viewer in viewers:
            viewer.wake()


class Rooms:
    """The rooms of one process, a bounded number of them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begins with none; `clock` tells the seconds."""
        self._clock, self._lock = clock, threading.Lock()
        self._rooms: dict[str, Room] = {}
        self._gone: deque[str] = deque(maxlen=MAX_REMEMBERED)

    def open(self, slug: str, run: Run) -> Room:
        """A new room on a page.

        Raises:
            RoomError: if as many are open as the server holds.
        """
        with self._lock:
            self._sweep()
            if len(self._rooms) >= MAX_ROOMS:
                raise RoomError(TAKEN, 4503)
            room = Room(slug, run, self._clock)
            self._rooms[room.code] = room
            return room

    def find(self, typed: str) -> Room:
        """The room whose code somebody typed.

        Raises:
            RoomError: if there is none, or no longer.
        """
        code = tidy(typed)
        with self._lock:
            self._sweep()
            if code in self._gone:
                raise RoomError(CLOSED, 4410)
            if code not in self._rooms:
                raise RoomError(UNKNOWN, 4404)
            return self._rooms[code]

    def enter(self, typed: str, wake: Wake) -> Viewer:
        """A place in the room whose code somebody typed.

        Raises:
            RoomError: if there is none, or no longer, or it is full.
        """
        return self.find(typed).add(wake)

    def close(self, room: Room) -> None:
        """Closes a room."""
        with self._lock:
            self._forget(room)

    def _sweep(self) -> None:
        for room in [room for room in self._rooms.values() if room.is_deserted]:
            self._forget(room)

    def _forget(self, room: Room) -> None:
        if self._rooms.pop(room.code, None) is not None:
            self._gone.append(room.code)
        room.close()


ROOMS: Final = Rooms()
