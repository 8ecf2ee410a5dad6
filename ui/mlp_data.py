"""The visitor's own data on the page `mlp`: points clicked on the plane, or a table uploaded, pasted or taken back."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from data.dataset import DataError
from data.own_table import OwnTable, read_table
from data.planes import MAX_OWN_POINTS
from experiments.mlp_own import files_of, material_of
from experiments.mlp_problem import NOTHING, Own
from ui.material import Material
from ui.words import plain

MAX_UPLOAD_MB: Final = 5
NUM_COLOURS: Final = 6
NEAR: Final = 0.8  # a click this near takes a point away, in units of the plane

Points = list[tuple[float, float, int]]


def own_data(slug: str, problem: str) -> tuple[Own, Any]:
    """Draws the controls that the problem needs.

    Returns:
        What the visitor brought, and a key that changes with it.
    """
    if problem == "own points":
        return _own_points(slug)
    if problem == "own table":
        return _own_table(slug)
    return Own(), None


def material(slug: str) -> Material:
    """How what the visitor brought goes into a run file, and comes back."""
    return Material(files_of, material_of, lambda brought: _take_back(slug, brought))


def _take_back(slug: str, brought: Mapping[str, Any]) -> None:
    """Puts points and table where the visitor would have put them; call it in a callback."""
    own: Own = brought.get("own", NOTHING)
    if own.points:
        points_of(slug)[:] = own.points
    if own.table is not None:
        state = st.session_state
        state[f"_{slug}_set_aside"] = _digest(_given(slug)[0])  # or it would take the place of this one at once
        _keep_table(slug, own.table_name, own.table)
        state[f"{slug}_target"] = own.target
        if own.columns is not None:
            state[f"{slug}_columns"] = list(own.columns)
        if own.task is not None:
            state[f"{slug}_task_{own.target}"] = own.task


# ---- points --------------------------------------------------------------------------------------------------------


def points_of(slug: str) -> Points:
    """The points placed so far, in the order they were placed."""
    points: Points = st.session_state.setdefault(f"_{slug}_points", [])
    return points


def _own_points(slug: str) -> tuple[Own, Any]:
    points = points_of(slug)
    st.radio(
        "Class of the next point",
        range(NUM_COLOURS),
        horizontal=True,
        key=f"{slug}_point_class",
        help="Click on the map to place a point; with shift the next class; the right button takes the nearest away.",
        persist_state="session",
    )
    with st.container(horizontal=True):
        st.button("Undo", on_click=_undo, args=(slug,), disabled=not points, key=f"{slug}_undo")
        st.button("Clear", on_click=points.clear, disabled=not points, key=f"{slug}_clear")
    st.caption(f"{len(points)} of at most {MAX_OWN_POINTS:,} points")
    return Own(points=tuple(points)), tuple(points)


def _undo(slug: str) -> None:
    points = points_of(slug)
    if points:
        points.pop()


def place_point(slug: str, event: dict[str, Any]) -> None:
    """Carries out a click on the map."""
    points = points_of(slug)
    x, y = float(event["x"]), float(event["y"])
    if event.get("button") == 2:
        _remove_nearest(points, x, y)
    elif len(points) < MAX_OWN_POINTS:
        label = int(st.session_state.get(f"{slug}_point_class") or 0) + bool(event.get("shift"))
        points.append((x, y, label % NUM_COLOURS))


def _remove_nearest(points: Points, x: float, y: float) -> None:
    if not points:
        return
    nearest = min(range(len(points)), key=lambda index: (points[index][0] - x) ** 2 + (points[index][1] - y) ** 2)
    if (points[nearest][0] - x) ** 2 + (points[nearest][1] - y) ** 2 <= NEAR**2:
        del points[nearest]


# ---- a table -------------------------------------------------------------------------------------------------------


def _own_table(slug: str) -> tuple[Own, Any]:
    st.file_uploader("Your table (CSV)", type=["csv", "tsv", "txt"], key=f"{slug}_file", max_upload_size=MAX_UPLOAD_MB)
    st.text_area(
        "or paste it here",
        key=f"{slug}_paste",
        height=90,
        placeholder="width,height,kind\n1.0,2.0,a\n…",
        persist_state="session",
        max_chars=MAX_UPLOAD_MB * 2**20,
    )
    content, name = _given(slug)
    if content:
        _read(slug, content, name)
    known: tuple[str, str, OwnTable] | None = st.session_state.get(f"_{slug}_table")
    if known is None:
        return Own(), None
    name, digest, table = known
    target, columns, task = _choose(slug, table)
    own = Own(table=table, table_name=name, target=target, columns=columns, task=task)
    return own, (digest, target, columns, task)


def _given(slug: str) -> tuple[bytes, str]:
    """The table in the two widgets above and its name; empty if there is none."""
    upload = st.session_state.get(f"{slug}_file")
    if upload is not None:
        return upload.getvalue(), upload.name
    return str(st.session_state.get(f"{slug}_paste") or "").encode(), "pasted table"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(slug: str, content: bytes, name: str) -> None:
    """Reads a new table; one that cannot be read leaves the former one in place."""
    state, digest = st.session_state, _digest(content)
    if digest == state.get(f"_{slug}_set_aside"):
        return
    state.pop(f"_{slug}_set_aside", None)
    known = state.get(f"_{slug}_table")
    if known is not None and known[1] == digest:
        return
    try:
        table = read_table(content)
    except DataError as error:
        st.error(plain(error))
        return
    _keep_table(slug, name, table)


def _keep_table(slug: str, name: str, table: OwnTable) -> None:
    st.session_state[f"_{slug}_table"] = (name, _digest(table.content), table)
    for choice in ("target", "columns", "task"):
        st.session_state.pop(f"{slug}_{choice}", None)


def _choose(slug: str, table: OwnTable) -> tuple[str, tuple[str, ...] | None, Any]:
    names = list(table.kinds)
    suggested = names.index(table.suggest_target())
    target = st.selectbox("Predict", names, index=suggested, key=f"{slug}_target", help="The column to learn.")
    others = [name for name in names if name != target]
    kept = st.multiselect(
        "from", others, default=others, key=f"{slug}_columns", help="The columns given to the network."
    )
    kinds = {"classification": "classes", "regression": "a number"}
    task = st.radio(
        "as",
        list(kinds),
        index=list(kinds).index(table.detect_task(target)),
        format_func=kinds.__getitem__,
        horizontal=True,
        key=f"{slug}_task_{target}",
    )
    return target, tuple(kept), task


def data_report(seen: Any) -> None:
    """Where the examples come from, and what was done to a table before training; plain text, nothing interpreted."""
    num_test = len(seen.positions) - seen.num_train
    with st.expander(f"The data: {seen.num_train:,} training and {num_test:,} test examples", key="mlp_data_report"):
        for sentence in (*seen.report, seen.source):
            if sentence:
                st.text(sentence)
