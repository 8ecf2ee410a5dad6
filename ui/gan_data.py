"""The visitor's own data on the page `gan`: points clicked on the plane or read from a table, or pictures."""

import hashlib
from collections.abc import Hashable, Mapping
from typing import Any, Final

import streamlit as st

from data.dataset import DataError
from data.images import ImageSet
from data.own_points import read_points
from data.point_clouds import EXTENT, MAX_OWN_POINTS, MIN_OWN_POINTS
from experiments.gan_own import files_of, material_of
from experiments.gan_settings import OWN_IMAGES, OWN_POINTS
from ui import own_images
from ui.material import Material
from ui.words import plain

SLUG: Final = "gan"
MAX_UPLOAD_MB: Final = 5
NEAR: Final = 0.13  # a click this near takes a point away, in units of the plane
_POINTS: Final = "_gan_points"
_READ: Final = "_gan_points_read"  # digest of the table whose points were taken over

Points = list[tuple[float, float]]


def own_data(data: str) -> tuple[ImageSet | None, tuple[tuple[float, float], ...], Hashable]:
    """Draws the controls that the chosen data need.

    Returns:
        The visitor's own pictures, their own points, and a key that changes with them.
    """
    if data == OWN_IMAGES:
        images, key = own_images.own_images(SLUG)
        return images, (), key
    if data == OWN_POINTS:
        points = _own_points()
        return None, points, points
    return None, (), None


def material() -> Material:
    """How what the visitor brought goes into a run file, and comes back."""

    def put(brought: Mapping[str, Any]) -> None:
        own_images.material(SLUG).put(brought)
        if brought.get("points"):
            points_of()[:] = brought["points"]

    return Material(files_of, material_of, put)


def points_of() -> Points:
    """The points placed so far, in the order they were placed."""
    points: Points = st.session_state.setdefault(_POINTS, [])
    return points


def _own_points() -> tuple[tuple[float, float], ...]:
    points = points_of()
    st.file_uploader("Points (CSV)", type=["csv", "tsv", "txt"], key="gan_file", max_upload_size=MAX_UPLOAD_MB)
    upload = st.session_state.get("gan_file")
    if upload is not None:
        _read(upload.getvalue())
    with st.container(horizontal=True):
        st.button("Undo", on_click=_undo, disabled=not points, key="gan_undo")
        st.button("Clear", on_click=points.clear, disabled=not points, key="gan_clear")
    st.caption(
        f"{len(points):,} points, {MIN_OWN_POINTS} to {MAX_OWN_POINTS:,} are needed. Click into the square to place "
        "one; the right button takes the nearest away."
    )
    return tuple(points)


def _read(content: bytes) -> None:
    """Takes the points of a new table over; what cannot be read leaves the former ones in place."""
    digest = hashlib.sha256(content).hexdigest()
    if st.session_state.get(_READ) == digest:
        return
    try:
        points_of()[:] = read_points(content)
        st.session_state[_READ] = digest
    except DataError as error:
        st.error(plain(error))


def _undo() -> None:
    points = points_of()
    if points:
        points.pop()


def place_point(event: dict[str, Any]) -> None:
    """Carries out a click on the plane."""
    points, x, y = points_of(), float(event["x"]), float(event["y"])
    if event.get("button") == 2:
        _remove_nearest(points, x, y)
    elif len(points) < MAX_OWN_POINTS:
        points.append((_within(x), _within(y)))


def _within(value: float) -> float:
    return round(min(max(value, -EXTENT), EXTENT), 3)


def _remove_nearest(points: Points, x: float, y: float) -> None:
    if not points:
        return
    nearest = min(range(len(points)), key=lambda index: (points[index][0] - x) ** 2 + (points[index][1] - y) ** 2)
    if (points[nearest][0] - x) ** 2 + (points[nearest][1] - y) ** 2 <= NEAR**2:
        del points[nearest]


def data_report(seen: Any) -> None:
    """Where the examples come from, and what was done to them; plain text, nothing interpreted."""
    generator, discriminator = seen.num_parameters
    with st.expander(f"The data: {seen.num_real:,} real examples", key="gan_data_report"):
        for sentence in seen.words:
            st.text(sentence)
        st.caption(
            f"The generator has {generator:,} weights, the discriminator {discriminator:,}. The distances are those of "
            "256 fakes, of always the same noise, to as many real examples (where there are so many); convolutional "
            "pairs are judged on 48."
        )
