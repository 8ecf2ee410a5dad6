"""The link that restores what a visitor sees, as text to copy and as a QR code; a lecturer may hide or lock knobs."""

import base64
import io
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import segno
import streamlit as st

from training.settings import Settings, knob_of

FOR_READERS: Final = ("hide", "lock")  # what a lecturer adds to a link; comma-separated names of settings


def asked(name: str) -> str:
    """A query parameter of this visit, `mode` for instance; empty if there is none."""
    return str(st.query_params.get(name, ""))


def asked_names(name: str) -> list[str]:
    """A query parameter that holds a list with commas."""
    return [part.strip() for part in asked(name).split(",") if part.strip()]


def share_link(slug: str, more: Mapping[str, str] | None = None) -> str:
    """The address that restores this page: every setting off its default, the seed, the view.

    Args:
        slug: which page.
        more: parameters to add, such as `{"mode": "lecture"}`; empty ones are left out.
    """
    kept = {name: st.query_params.get_all(name) for name in st.query_params if name.startswith(f"{slug}_")}
    added = {name: [value] for name, value in (more or {}).items() if value}
    query = urlencode(sorted((kept | added).items()), doseq=True, safe=",")
    address = (st.context.url or "").split("?")[0]
    return f"{address}?{query}" if query else address


def qr_svg(text: str, size: int = 220) -> str:
    """A QR code as an SVG `size` CSS pixels wide, dark on white with its quiet zone, in any theme."""
    code = segno.make(text, error="l", micro=False)
    picture = io.BytesIO()
    code.save(picture, kind="svg", scale=size / code.symbol_size()[0], light="white", xmldecl=False)
    return picture.getvalue().decode()


def show_qr(text: str, size: int = 220) -> None:
    """Draws the QR code of a link; Streamlit lets no SVG through as such, but as a picture."""
    picture = base64.b64encode(qr_svg(text, size).encode()).decode()
    st.html(f'<img src="data:image/svg+xml;base64,{picture}" width="{size}" height="{size}" alt="QR code of the link">')


def share_button(slug: str, settings_class: type[Settings]) -> None:
    """A button that opens link and QR code. Nothing is computed before it is opened."""
    st.fragment(_share)(slug, settings_class)


def _share(slug: str, settings_class: type[Settings]) -> None:
    popover = st.popover("Share", icon=":material/share:", key=f"{slug}_share", on_change="rerun", width="content")
    if not popover.open:
        return
    with popover:
        picture, words = st.columns([2, 3])
        more = _for_readers(slug, settings_class)
        link = share_link(slug, more)
        with picture:
            show_qr(link, 180)
        words.markdown("**A link to exactly this:** page, settings, seed and view.")
        words.code(link, language=None, wrap_lines=True, height=96)
        st.caption("Points or tables of your own and trained weights are not in a link: send a run file instead.")


def _for_readers(slug: str, settings_class: type[Settings]) -> dict[str, str]:
    """What the readers of the link may not see or may not turn; and whether it opens in lecture mode."""
    labels = {knob_of(field)["label"]: name for name, field in settings_class.model_fields.items()}
    left, right = st.columns(2)
    hidden = left.multiselect("Hide knobs", list(labels), key=f"{slug}_share_hide", persist_state="session")
    locked = right.multiselect("Lock knobs", list(labels), key=f"{slug}_share_lock", persist_state="session")
    is_lecture = st.toggle("Open in lecture mode", key=f"{slug}_share_lecture", persist_state="session")
    return {
        "hide": ",".join(labels[label] for label in hidden),
        "lock": ",".join(labels[label] for label in locked),
        "mode": "lecture" if is_lecture else "",
    }


def reader_complaints(settings_class: type[Settings]) -> list[str]:
    """One sentence for each name under `hide` or `lock` that is no knob."""
    names = [name for what in FOR_READERS for name in asked_names(what)]
    unknown = [name for name in names if name not in settings_class.model_fields]
    return [f"There is no knob called {name[:40]!r} to hide or lock; it was left out." for name in unknown]
