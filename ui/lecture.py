"""Lecture mode (`?mode=lecture`): the picture alone, large, driven by keys (`ui.keys`).

It is the same page with the same run and knobs. They are only out of sight, so that entering and leaving change
nothing. All sizes follow the height of the window, so that the last row reads the same share of any projector.
"""

import math
from html import escape
from typing import Any, Final

import streamlit as st

from catalog import entry
from figures import theme
from figures.curves import STYLES, row_at
from training.snapshot import Snapshot
from ui.share import asked, share_link, show_qr
from ui.words import written

HEADLINE_SHARE: Final = 0.08  # of the window's height
CANVAS_SHARE: Final = 0.915  # the rest, but for a few pixels
NAMES: Final = {"r2": "R²"}
LINES: Final[dict[Any, str]] = {"positive": theme.POSITIVE, "negative": theme.NEGATIVE}

_BARS: Final = ':is([class*="_transport"], [class*="_lecture_bar"])'
# One rem is 2.2 % of the height, so that Streamlit's own smallest words (0.875 rem) keep above 18 px of 1080.
# What is not the picture is out of sight. A complaint lies over the lower edge, and fades when it has been read.
_STYLE: Final = """<style>
:root:root {font-size: 2.2vh !important}
[data-testid="stHeader"], [data-testid="stSidebar"], [data-testid="stBottom"] {display: none !important}
[data-testid="stMain"] {overflow: hidden !important}
.stMainBlockContainer {padding: 0 !important; max-width: none !important}
.stMainBlockContainer [data-testid="stVerticalBlock"] {gap: 0 !important}
.stMainBlockContainer :is(.stElementContainer, [data-testid="stLayoutWrapper"]):not(
  :has(.lecture, .stBidiComponent, .stAlert, BARS), BARS *, [class*="_lecture_code"] *
) {display: none}
.stMainBlockContainer .stElementContainer:has(.stAlert) {
  position: fixed; bottom: 1vh; left: 2vh; width: calc(100vw - 4vh) !important; z-index: 900; border-radius: 1vh;
  background: PAPER; animation: lecture-fade 1s 15s forwards}
@keyframes lecture-fade {to {opacity: 0; visibility: hidden}}
BARS {position: fixed !important; bottom: 0; z-index: 950; padding: 1.2vh 2.2vh; opacity: 0; transition: opacity 0.2s}
[class*="_transport"] {left: 0; box-sizing: border-box; width: 100vw !important; background: PAPER}
[class*="_lecture_bar"] {right: 0; width: auto !important; z-index: 951}
:root:has(BARS:hover, BARS :focus-visible) BARS {opacity: 1}
.lecture-headline {
  display: flex; align-items: baseline; gap: 3vh; height: 8vh; box-sizing: border-box; padding: 1.5vh 2.2vh 0;
  overflow: hidden; white-space: nowrap; line-height: 1.1; font-size: 2.9vh; font-variant-numeric: tabular-nums}
.lecture-headline b {font-weight: 600}
.lecture-headline small {flex: 1; min-width: 0; font-size: 2vh; white-space: normal; opacity: 0.75}
.lecture-headline i {font-style: normal; font-size: 2vh; margin-left: 1.4vh}
.lecture-headline strong {font-size: 4.2vh; font-weight: 600; display: inline-block}
.lecture-failure {
  position: fixed; bottom: 1vh; left: 2vh; right: 2vh; z-index: 900; padding: 1.2vh 2.2vh; border-radius: 1vh;
  font-size: 2.6vh; text-align: center; background: PAPER; border: 0.3vh solid}
[class*="_lecture_code"] {
  position: fixed; top: 9vh; right: 1.5vh; z-index: 920; box-sizing: border-box; width: 43vh !important; padding: 1.5vh;
  border-radius: 1vh; background: QR_PAPER; box-shadow: 0 0.3vh 2vh}
[class*="_lecture_code"] img {display: block; width: 40vh; height: 40vh}
[class*="_lecture_code"] a {display: block; color: QR_INK; font-size: 1.9vh; line-height: 1.25; overflow-wrap: anywhere}
</style>"""


def is_lecture() -> bool:
    """Whether the visitor asked for lecture mode."""
    return asked("mode") == "lecture"


def lecture_button(slug: str) -> None:
    """Enters lecture mode; it stands beside the title."""
    help = "The picture alone, large, for a projector. There, the key ? lists the keys."
    st.button("Lecture mode", key=f"{slug}_lecture", icon=":material/present_to_all:", help=help, on_click=_enter)


def open_lecture(slug: str) -> None:
    """What stands in place of the heading: the style, two buttons, and the QR code when asked for."""
    paper, light = theme.SURFACES[st.context.theme.type or "light"], theme.SURFACES["light"]
    style = _STYLE
    for name, value in {
        "BARS": _BARS,
        "QR_PAPER": light.background,
        "QR_INK": light.text,
        "PAPER": paper.background,
    }.items():
        style = style.replace(name, value)
    st.html(style)
    with st.container(horizontal=True, key=f"{slug}_lecture_bar"):
        st.button("QR code", key=f"{slug}_lecture_qr", help="Also by the key Q.", on_click=_toggle_qr, args=(slug,))
        st.button("Leave lecture mode", key=f"{slug}_lecture_leave", help="Also by the key Esc.", on_click=_leave)
    if st.session_state.get(_qr_key(slug)):
        link = share_link(slug)
        with st.container(key=f"{slug}_lecture_code"):
            show_qr(link)
            st.html(f'<a class="lecture" href="{escape(link)}">{escape(link)}</a>')


def headline(slug: str, snapshot: Snapshot) -> None:
    """The line above the picture: which page, why it paused, step, loss and score."""
    columns = snapshot.history.values
    scores = [name for name in columns if name != "loss" and f"test_{name}" in columns]
    numbers = [f"<span>step {_strong(f'{snapshot.step:,}', 6)}</span>"]
    numbers += [_pair(name, snapshot) for name in ("loss", *scores[:1])]
    message, failure = escape(snapshot.message), ""
    if snapshot.has_failed:
        message, failure = "", f'<div class="lecture-failure" role="alert">{message}</div>'
    title = escape(entry(slug).title)
    words = f"<b>{title}</b><small>{message}</small>{''.join(numbers)}"
    st.html(f'<div class="lecture lecture-headline">{words}</div>{failure}')


def _pair(name: str, snapshot: Snapshot) -> str:
    """A quantity on training and on test examples, each word underlined as its curve is drawn."""
    shown, history = [], snapshot.history
    row = row_at(snapshot.step, history.steps)
    for (word, colour, is_dashed), column in zip(STYLES, (name, f"test_{name}"), strict=True):
        value = float(history.values[column][row]) if column in history.values else math.nan
        if math.isfinite(value):
            line = f"border-bottom: 0.5vh {'dashed' if is_dashed else 'solid'} {LINES[colour]}"
            shown.append(f'<i style="{line}">{word}</i> {_strong(_short(value), 5)}')
    return f"<span>{NAMES.get(name, name.replace('_', ' '))}{''.join(shown)}</span>" if shown else ""


def _strong(number: str, width: int) -> str:
    """A large number in a room of its own width, so that its neighbours do not move."""
    return f'<strong style="min-width: {width}ch">{number}</strong>'


def _short(value: float) -> str:
    """Three digits or so; a loss that is all but gone is not 0."""
    return "&lt;0.001" if 0 < value < 0.0005 else written(value, ".3f" if abs(value) < 10 else ".3g")


def _qr_key(slug: str) -> str:
    return f"_{slug}_shows_qr"


def _toggle_qr(slug: str) -> None:
    st.session_state[_qr_key(slug)] = not st.session_state.get(_qr_key(slug))


def _enter() -> None:
    st.query_params["mode"] = "lecture"


def _leave() -> None:
    st.query_params.pop("mode", None)
