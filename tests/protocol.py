"""A visitor without a browser: speaks Streamlit's websocket protocol, sees what a tab would see, and draws nothing.

Many of them fit in one process, which is what a load test needs. A `Visitor` does what the browser does: it sends the
state of every widget with each request, keeps large messages that the server may then refer to by their hash, drops
the elements that a run did not draw again, and knows which fragments want to run by a timer. The timer itself is
`Visitor.watch`.

What the protocol is can be read in the installed package: proto/*.pyi, web/server/starlette/starlette_websocket.py and
runtime/app_session.py. It is not a public interface, so a new release of Streamlit may need changes here.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from figures.packing import unpack

PATIENCE: Final = 60.0  # seconds, for any answer
MAX_AGE: Final = 2  # runs that a kept message survives unused; the server's global.maxCachedMessageAge
ROOM_BYTES: Final = 8  # what ui.live puts before the packed scene


@dataclass
class Script:
    """One run of the page's script, or of some of its fragments, as the visitor received it.

    Attributes:
        id: the server's name for the run.
        fragments: the fragments that ran; empty for the whole script.
        began: when its first message came, on the performance clock.
        ended: when its last message came.
        num_bytes: size of its websocket messages.
        num_messages: how many there were.
        pictured: when its first live picture came; 0 if there was none.
    """

    id: str = ""
    fragments: tuple[str, ...] = ()
    began: float = 0.0
    ended: float = 0.0
    num_bytes: int = 0
    num_messages: int = 0
    pictured: float = 0.0

    @property
    def drew_canvas(self) -> bool:
        """Whether a live picture was among the messages."""
        return self.pictured > 0


@dataclass
class Ticks:
    """What a timer brought.

    Attributes:
        num_sent: requests the timer made.
        seconds: for every request that was answered, how long until its last message.
        num_bytes: websocket bytes of each answer.
        steps: optimiser steps on the picture after each answer.
    """

    num_sent: int = 0
    seconds: list[float] = field(default_factory=list)
    num_bytes: list[int] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)


@dataclass
class _Drawn:
    """An element in its place on the page."""

    element: Element
    script: str
    fragment: str


class Visitor:
    """One tab. Open it with `visit`; the methods that make the script run return when it has finished."""

    def __init__(self, connection: ClientConnection, page: str, query: str) -> None:
        """Takes over a fresh connection; `visit` calls this."""
        self._connection, self._page, self._query = connection, page, query
        self._page_hash = ""
        self._drawn: dict[tuple[int, ...], _Drawn] = {}
        self._states: dict[str, WidgetState] = {}  # what the visitor has set
        self._kept: dict[str, tuple[ForwardMsg, int]] = {}  # large messages by hash, and when they were last used
        self._num_runs = 0
        self._script = Script()
        self._finished: list[Script] = []
        self._news = asyncio.Condition()
        self._is_over = False
        self._reader = asyncio.create_task(self._read())
        self.timers: dict[str, float] = {}

    # ---- what is on the page -----------------------------------------------------------------------------------

    @property
    def elements(self) -> list[Element]:
        """Everything on the page, in order."""
        return [self._drawn[place].element for place in sorted(self._drawn)]

    @property
    def texts(self) -> list[str]:
        """The Markdown texts on the page, in order."""
        return [element.markdown.body for element in self.elements if element.WhichOneof("type") == "markdown"]

    @property
    def exceptions(self) -> list[str]:
        """The tracebacks on the page; a good page has none."""
        return [element.exception.message for element in self.elements if element.WhichOneof("type") == "exception"]

    @property
    def canvas(self) -> bytes:
        """The packed scene of the first live picture on the page, empty if there is none."""
        for element in self.elements:
            if _is_canvas(element):
                return element.bidi_component.bytes[ROOM_BYTES:]
        return b""

    @property
    def step(self) -> int:
        """The optimiser step that the live picture shows."""
        header, _ = unpack(self.canvas)
        return int(header["meta"]["step"])

    def find(self, key: str) -> Element | None:
        """The widget whose key in the script is, or ends with, `key`."""
        drawn = self._find(key)
        return drawn.element if drawn else None

    # ---- what a visitor does -----------------------------------------------------------------------------------

    async def run(self) -> Script:
        """The whole script, as after pressing R."""
        return await self._ask("")

    async def press(self, key: str) -> Script:
        """Presses a button."""
        return await self._change(key, lambda element, state: setattr(state, "trigger_value", True), lasts=False)

    async def choose(self, key: str, value: Any) -> Script:
        """Moves a slider, chooses from a list, types a number or a text, switches a toggle.

        Args:
            key: of the widget.
            value: what the page shows for the wanted value; a number for a slider of numbers.
        """
        return await self._change(key, lambda element, state: _write(element, state, value), lasts=True)

    async def tick(self) -> Script:
        """What the browser's timer does once: asks for the fragments that run by themselves."""
        assert self.timers, f"nothing on {self._page} runs by a timer"
        return await self._ask(next(iter(self.timers)), is_timer=True)

    async def watch(self, seconds: float, interval: float | None = None) -> Ticks:
        """The browser's timer for a while: it asks at every interval, whether or not the last answer has come.

        The server answers several requests that wait together once; that counts as one tick that arrived, as late as
        its first request is old. The timer ends early when the page has none any more.

        Args:
            seconds: how long to watch; the last request is made one interval before.
            interval: between two requests; the page's own if left out.
        """
        assert self.timers, f"nothing on {self._page} runs by a timer"
        interval = interval or next(iter(self.timers.values()))
        ticks, waiting = Ticks(), list[float]()
        began, known = time.perf_counter(), len(self._finished)
        for index in range(max(1, round(seconds / interval))):
            known = await self._collect(ticks, waiting, known, began + index * interval)
            if not self.timers:
                break
            waiting.append(time.perf_counter())
            await self._send(next(iter(self.timers)), is_timer=True)
            ticks.num_sent += 1
        await self._collect(ticks, waiting, known, began + seconds)
        return ticks

    async def close(self) -> None:
        """Closes the tab."""
        self._reader.cancel()
        with suppress(asyncio.CancelledError, ConnectionClosed):
            await self._reader
        await self._connection.close()

    # ---- inside ------------------------------------------------------------------------------------------------

    async def _collect(self, ticks: Ticks, waiting: list[float], known: int, until: float) -> int:
        """Books the runs that finish before `until`, and returns how many runs are known then."""
        while True:
            for script in self._finished[known:]:
                known += 1
                served = [sent for sent in waiting if sent <= script.began]
                if served and script.drew_canvas:
                    ticks.seconds.append(script.ended - served[0])
                    ticks.num_bytes.append(script.num_bytes)
                    ticks.steps.append(self.step)
                    waiting[:] = waiting[len(served) :]
            left = until - time.perf_counter()
            if left <= 0:
                return known
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._wait_beyond(known)

    def _find(self, key: str) -> _Drawn | None:
        exact = [drawn for drawn in self._drawn.values() if _key_of(drawn.element) == key]
        loose = [drawn for drawn in self._drawn.values() if _key_of(drawn.element).endswith(key)]
        return next(iter(exact or loose), None)

    async def _change(self, key: str, write: Callable[[Element, WidgetState], None], *, lasts: bool) -> Script:
        drawn = self._find(key)
        assert drawn is not None, f"there is no widget {key} on {self._page}"
        widget = _widget(drawn.element)
        assert not getattr(widget, "disabled", False), f"{key} is disabled"
        state = WidgetState(id=widget.id)
        write(drawn.element, state)
        if lasts:
            self._states[widget.id] = state
            return await self._ask(drawn.fragment)
        return await self._ask(drawn.fragment, state)

    async def _ask(self, fragment: str, extra: WidgetState | None = None, *, is_timer: bool = False) -> Script:
        """Sends a request and waits for the run that answers it."""
        sent = time.perf_counter()
        await self._send(fragment, extra, is_timer=is_timer)
        async with asyncio.timeout(PATIENCE):
            while not self._finished or self._finished[-1].began < sent:
                await self._wait_beyond(len(self._finished))
        return self._finished[-1]

    async def _wait_beyond(self, num_finished: int) -> None:
        """Waits for one more finished run."""
        async with self._news:
            await self._news.wait_for(lambda: len(self._finished) > num_finished or self._is_over)
        if self._is_over:
            await self._reader  # raises what went wrong with a message, if anything did
            raise ConnectionError("the server closed the connection")

    async def _send(self, fragment: str, extra: WidgetState | None = None, *, is_timer: bool = False) -> None:
        message = BackMsg()
        request = message.rerun_script
        request.query_string, request.page_script_hash = self._query, self._page_hash
        request.page_name = "" if self._page_hash else self._page
        request.fragment_id, request.is_auto_rerun = fragment, is_timer
        request.cached_message_hashes.extend(self._kept)
        request.widget_states.widgets.extend(self._widget_states())
        if extra is not None:
            request.widget_states.widgets.append(extra)
        await self._connection.send(message.SerializeToString())

    def _widget_states(self) -> list[WidgetState]:
        states = []
        for drawn in self._drawn.values():
            widget = _widget(drawn.element)
            if widget is None:
                continue
            state = self._states.get(widget.id) or _default(drawn.element)
            if state.WhichOneof("value"):
                states.append(state)
        return states

    async def _read(self) -> None:
        try:
            async for packet in self._connection:
                assert isinstance(packet, bytes)
                message = ForwardMsg.FromString(packet)
                self._script.num_bytes += len(packet)
                self._script.num_messages += 1
                self._take(message)
                if message.WhichOneof("type") == "script_finished":
                    self._finish(message.script_finished)
                    await self._tell()
        finally:
            self._is_over = True
            await self._tell()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    def _take(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                run = message.metadata.run
                former = self._script  # not finished: what it drew counts for the run that takes its place
                so_far = former.num_bytes, former.num_messages, former.pictured
                self._script = Script(run.script_run_id, tuple(run.fragment_ids), time.perf_counter(), 0.0, *so_far)
                if not run.fragment_ids:
                    self.timers.clear()
            case "navigation":
                self._page_hash = message.navigation.page_script_hash
            case "auto_rerun":
                self.timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self.timers.pop(fragment, None)
            case "delta" | "ref_hash":
                self._draw(message)

    def _draw(self, message: ForwardMsg) -> None:
        place = tuple(message.metadata.delta_path)
        if message.WhichOneof("type") == "ref_hash":
            source = self._kept[message.ref_hash][0]
            self._kept[message.ref_hash] = source, self._num_runs
        else:
            source = message
            if message.metadata.cacheable:
                self._kept[message.hash] = message, self._num_runs
        if source.delta.WhichOneof("type") != "new_element":
            return
        element = source.delta.new_element
        self._drawn[place] = _Drawn(element, self._script.id, source.delta.fragment_id)
        if _is_canvas(element) and not self._script.drew_canvas:
            self._script.pictured = time.perf_counter()
        widget = _widget(element)
        if widget is not None and getattr(widget, "set_value", False):
            self._states[widget.id] = _default(element, is_set=True)

    def _finish(self, status: int) -> None:
        if status == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return
        script = self._script
        stale = [
            place
            for place, drawn in self._drawn.items()
            if drawn.script != script.id and (not script.fragments or drawn.fragment in script.fragments)
        ]
        for place in stale:
            del self._drawn[place]
        self._num_runs += 1
        self._kept = {hash: kept for hash, kept in self._kept.items() if self._num_runs - kept[1] <= MAX_AGE}
        script.ended = time.perf_counter()
        self._script = Script()
        self._finished.append(script)


@asynccontextmanager
async def visit(address: str, page: str = "", query: str = "") -> AsyncIterator[Visitor]:
    """Opens a tab, lets the page's script run once, and closes the tab at the end.

    Args:
        address: of the server, such as http://localhost:8501.
        page: the page's place in the address; empty for the start page.
        query: what stands behind the question mark.
    """
    stream = address.replace("http", "ws", 1).rstrip("/") + "/_stcore/stream"
    # no Origin, as other programs than browsers do; pictures are compressed already, and so is nothing else here
    connection = await connect(
        stream,
        subprotocols=[Subprotocol("streamlit")],
        max_size=None,
        compression=None,
        open_timeout=PATIENCE,
        close_timeout=2,
    )
    visitor = Visitor(connection, page, query)
    try:
        await visitor.run()
        yield visitor
    finally:
        await visitor.close()


def _is_canvas(element: Element) -> bool:
    return element.WhichOneof("type") == "bidi_component" and bool(element.bidi_component.bytes)


def _widget(element: Element) -> Any:
    """The part of an element that has an identity and a value, None for a picture or a text."""
    kind = element.WhichOneof("type")
    return getattr(element, kind) if kind in {*_VALUES, "button", "bidi_component"} else None


def _key_of(element: Element) -> str:
    """The key the script gave; the identity is `$$ID-<hash>-<key>`."""
    widget = _widget(element)
    return widget.id.split("-", 2)[2] if widget is not None and widget.id.count("-") >= 2 else ""


def _slider(state: WidgetState, widget: Any, is_set: bool) -> None:
    if widget.options:  # of words, which travel as they are written
        words = widget.raw_value if is_set else [widget.options[int(place)] for place in widget.default]
        state.string_array_value.data.extend(words)
    else:
        state.double_array_value.data.extend(widget.value if is_set else widget.default)


def _selectbox(state: WidgetState, widget: Any, is_set: bool) -> None:
    if is_set and widget.HasField("raw_value"):
        state.string_value = widget.raw_value
    elif widget.HasField("default"):
        state.string_value = widget.options[widget.default]


def _button_group(state: WidgetState, widget: Any, is_set: bool) -> None:
    words = widget.raw_values if is_set else [widget.options[place].content for place in widget.default]
    state.string_array_value.data.extend(words)


def _number(state: WidgetState, widget: Any, is_set: bool) -> None:
    state.double_value = widget.value if is_set else widget.default


def _text(state: WidgetState, widget: Any, is_set: bool) -> None:
    state.string_value = widget.value if is_set else widget.default


def _toggle(state: WidgetState, widget: Any, is_set: bool) -> None:
    state.bool_value = widget.value if is_set else widget.default


_VALUES: Final[dict[str, Callable[[WidgetState, Any, bool], None]]] = {
    "slider": _slider,
    "selectbox": _selectbox,
    "button_group": _button_group,
    "number_input": _number,
    "text_input": _text,
    "text_area": _text,
    "checkbox": _toggle,
}


def _default(element: Element, *, is_set: bool = False) -> WidgetState:
    """The state of a widget nobody has touched; with `is_set`, the one the server asks for."""
    kind, widget = element.WhichOneof("type"), _widget(element)
    state = WidgetState(id=widget.id)
    if kind in _VALUES:
        _VALUES[kind](state, widget, is_set)
    return state


def _write(element: Element, state: WidgetState, value: Any) -> None:
    """Puts what a visitor chose into the state that travels."""
    kind, widget = element.WhichOneof("type"), _widget(element)
    if kind == "slider" and widget.options:
        assert str(value) in widget.options, f"{value} is none of {list(widget.options)}"
        state.string_array_value.data.append(str(value))
    elif kind == "slider":
        state.double_array_value.data.append(float(value))
    elif kind == "button_group":
        state.string_array_value.data.extend(value)
    elif kind == "number_input":
        state.double_value = float(value)
    elif kind == "checkbox":
        state.bool_value = bool(value)
    else:
        assert kind != "selectbox" or value in widget.options, f"{value} is none of {list(widget.options)}"
        state.string_value = str(value)
