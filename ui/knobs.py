"""Knobs made from a Settings class: nothing about a setting is said twice."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, Final

import streamlit as st
from pydantic.fields import FieldInfo

from training.device import available_devices
from training.settings import Settings, SettingsT, bounds_of, choices_of, has_effect, knob_of, read
from ui.share import asked_names, reader_complaints
from ui.words import plain

RESTARTS: Final = " ↻"
IN_URL: Final[dict[str, Any]] = {
    "bind": "query-params",
    "persist_state": "session",
}  # kept in the link and on page switches


def key_of(slug: str, name: str) -> str:
    """The key of a knob in the session and in the URL."""
    return f"{slug}_{name}"


def complain_about_url(settings_class: type[Settings], slug: str) -> None:
    """Says which values in the URL no knob can take; call it before the knobs are drawn.

    Streamlit drops such values without a word, so the sentences are kept until the visitor closes them.
    """
    kept: list[str] = st.session_state.setdefault(f"_{slug}_url", [])
    kept += [complaint for complaint in _url_complaints(settings_class, slug) if complaint not in kept]
    if kept:
        words, close = st.columns([9, 1], vertical_alignment="center")
        words.warning("  \n".join(map(plain, kept)))
        close.button("Close", key=f"{slug}_close_url", on_click=kept.clear, width="stretch")


def _url_complaints(settings_class: type[Settings], slug: str) -> list[str]:
    raw: dict[str, Any] = {}
    for name, field in settings_class.model_fields.items():
        values = st.query_params.get_all(key_of(slug, name))
        if values:
            raw[name] = tuple(values) if _is_tuple_of_choices(field) else values[-1]
    return read(settings_class, raw)[1] + reader_complaints(settings_class)


def load(settings_class: type[Settings], slug: str, values: Mapping[str, Any]) -> None:
    """Turns the knobs: to `values`, and all others to their defaults. Call it in a callback."""
    defaults = {name: field.default for name, field in settings_class.model_fields.items()}
    turn(settings_class, slug, {**defaults, **values})


def turn(settings_class: type[Settings], slug: str, values: Mapping[str, Any]) -> None:
    """Turns the knobs named in `values`; the others stay. Call it in a callback."""
    for name, value in values.items():
        st.session_state[key_of(slug, name)] = _as_widget_value(settings_class.model_fields[name], value)


def knobs(
    settings_class: type[SettingsT],
    slug: str,
    groups: Mapping[str, bool],
    *,
    offered: Mapping[str, Callable[[], Sequence[Any]]] | None = None,
    after: Mapping[str, Callable[[Any], None]] | None = None,
) -> SettingsT:
    """Draws the knobs of a page and reads them.

    Args:
        settings_class: what can be varied.
        slug: which page.
        groups: headings in order, and whether each is open at first.
        offered: narrower choices for some settings, asked when their knob is drawn.
        after: more to draw below a knob, given its value, or at the end of a group.

    Returns:
        Checked settings. A knob whose value cannot be used says so beside it and counts with its last good value.
    """
    offered, after = offered or {}, after or {}
    good: dict[str, Any] = st.session_state.setdefault(f"_{slug}_good", {})
    hidden = asked_names("hide")
    values: dict[str, Any] = {}
    for group, is_open in groups.items():
        with st.expander(group, expanded=is_open):
            for name, field in settings_class.model_fields.items():
                if knob_of(field)["group"] == group and has_effect(field, values):
                    # a hidden knob is drawn where nobody sees it, so that link and lessons move it like the others
                    with st.container(key=f"hidden_{slug}_{name}") if name in hidden else nullcontext():
                        value = _draw(slug, name, field, offered[name]() if name in offered else None)
                        values[name] = _checked(settings_class, name, value, good)
                        if name in after:
                            after[name](values[name])
            if group in after:
                after[group](None)
    settings, complaints = read(settings_class, values)
    for complaint in complaints:
        st.warning(plain(complaint))
    return settings


def _checked(settings_class: type[Settings], name: str, value: Any, good: dict[str, Any]) -> Any:
    """The value as the settings hold it; the last good one where this one cannot be used."""
    checked, complaints = read(settings_class, {name: value})
    if complaints:
        st.warning(plain(complaints[0]))
        return good.get(name, settings_class.model_fields[name].default)
    good[name] = getattr(checked, name)
    return good[name]


def _draw(slug: str, name: str, field: FieldInfo, offered: Sequence[Any] | None) -> Any:
    """One knob of the kind that fits its type."""
    declared = knob_of(field)
    key = key_of(slug, name)
    shared: dict[str, Any] = {
        "label": declared["label"] + ("" if declared["is_live"] else RESTARTS),
        "help": field.description,
        "key": key,
        "disabled": name in asked_names("lock"),
        **IN_URL,
    }
    start: Any = _as_widget_value(field, field.default)
    low, high = bounds_of(field)
    if field.annotation is bool:
        return st.toggle(value=start, **shared)
    if _is_tuple_of_choices(field):
        return tuple(st.pills(options=choices_of(field), default=start, selection_mode="multi", **shared) or ())
    if choices_of(field):
        choices = list(offered or (available_or_auto() if name == "device" else choices_of(field)))
        _forget_unoffered(key, choices)
        first = choices.index(start) if start in choices else 0  # narrower choices may leave the default out
        return st.selectbox(options=choices, index=first, **shared)
    if declared["ladder"]:
        rungs = sorted({*declared["ladder"], start, *_current(key, low, high)})
        return st.select_slider(options=rungs, value=start, format_func=lambda value: f"{value:g}", **shared)
    if isinstance(start, str):
        return st.text_input(value=start, **shared)
    if isinstance(start, int) and high - low > 1000:
        return st.number_input(value=start, min_value=low, max_value=high, step=1, **shared)
    step = 1 if isinstance(start, int) else (high - low) / 100
    return st.slider(value=start, min_value=type(start)(low), max_value=type(start)(high), step=step, **shared)


def available_or_auto() -> tuple[str, ...]:
    """The devices a visitor may choose."""
    return ("auto", *available_devices())


def _current(key: str, low: Any, high: Any) -> list[Any]:
    """A value set from elsewhere (a lesson, a file, a link) that is on no rung of the ladder."""
    value = st.session_state.get(key)
    if value is None and key in st.query_params:  # the page has just been opened by a link
        value = _number(st.query_params[key])
    return [value] if isinstance(value, int | float) and low <= value <= high else []


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _forget_unoffered(key: str, choices: Sequence[Any]) -> None:
    if key in st.session_state and st.session_state[key] not in choices:
        del st.session_state[key]


def _is_tuple_of_choices(field: FieldInfo) -> bool:
    return isinstance(field.default, tuple) and bool(choices_of(field))


def _as_widget_value(field: FieldInfo, value: Any) -> Any:
    if _is_tuple_of_choices(field):
        return list(value)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return value
