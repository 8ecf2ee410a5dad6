"""One worker thread for the whole process: it gives every playing run that somebody watches a fair slice in turn.

One thread, because Python threads share one interpreter lock: a thread per visitor freezes all pages at ten visitors,
one worker with short slices still answers thirty (docs/decisions.md).
"""

import atexit
import logging
import threading
import time
from collections import deque
from typing import Final, Protocol, runtime_checkable

MAX_PLAYING: Final = 64
CLOSE_SECONDS: Final = 5.0  # a slice is much shorter, a single step seldom longer

log = logging.getLogger(__name__)


@runtime_checkable
class Trainee(Protocol):
    """What gets slices: a run, or a band of seeds."""

    @property
    def is_due(self) -> bool:
        """Whether it wants a slice now."""

    def advance(self) -> int:
        """One slice; returns how many steps were taken."""

    def park(self) -> None:
        """Takes its lease away."""


class BusyError(RuntimeError):
    """The server trains as many networks as it may; the message is one sentence for the visitor."""


class Scheduler:
    """Round robin over the runs that are due."""

    def __init__(self, max_playing: int = MAX_PLAYING) -> None:
        self._max_playing = max_playing
        self._queue: deque[Trainee] = deque()
        self._queued: set[int] = set()
        self._has_work = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def submit(self, run: Trainee) -> None:
        """Puts a run in the queue if it is due and not there yet; cheap, so call it at every poll.

        Raises:
            BusyError: if as many runs as allowed are being trained already.
        """
        with self._has_work:
            if not run.is_due or id(run) in self._queued:
                return
            if len(self._queued) >= self._max_playing:
                run.park()
                raise BusyError(f"{self._max_playing} networks are training here already: try again in a minute.")
            self._queued.add(id(run))
            self._queue.append(run)
            self._ensure_thread()
            self._has_work.notify()

    def close(self) -> None:
        """Ends the worker after its slice. A thread inside torch when Python ends would abort the whole process."""
        with self._has_work:
            self._is_closed = True
            self._has_work.notify_all()
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)

    @property
    def num_playing(self) -> int:
        """How many runs get slices."""
        return len(self._queued)

    def _ensure_thread(self) -> None:
        if not self._is_closed and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(target=self._work, name="trainer", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        num_resting = 0
        while True:
            with self._has_work:
                while not self._queue and not self._is_closed:
                    self._has_work.wait()
                if self._is_closed:
                    return
                run = self._queue.popleft()
            num_resting = 0 if self._give_slice(run) else num_resting + 1
            with self._has_work:
                if run.is_due:
                    self._queue.append(run)
                else:
                    self._queued.discard(id(run))
                is_everyone_resting = num_resting >= len(self._queue)
            del run  # or the last one would stay in memory until the next comes
            # runs slowed down to a pace take no step when they are ahead of it: rest rather than spin
            time.sleep(0.01 if is_everyone_resting else 0)

    def _give_slice(self, run: Trainee) -> int:
        try:
            return run.advance()
        except Exception as error:  # one broken run must not stop the others
            log.error("a run failed: %s: %s", type(error).__name__, " ".join(str(error).split()))
            return 0


SCHEDULER: Final = Scheduler()
atexit.register(SCHEDULER.close)
