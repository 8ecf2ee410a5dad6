"""A visitor's own pictures: a folder as .zip, or a few classes from uploads, the camera and drawings.

What is collected class by class stays in the session until the visitor says that the network is to learn from it.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, Final, NamedTuple

import numpy as np
import streamlit as st

from data.csv_text import shorten
from data.dataset import DataError
from data.drawing import MAX_STROKES, Stroke, as_stroke, drawn
from data.image_files import files_of, material_of
from data.images import ImageSet
from data.own_images import MAX_ZIP_BYTES, from_classes, read_folder_zip
from data.pictures import MAX_FILE_BYTES, SUFFIXES, fitted, read_picture
from figures.own_pictures import pad_scene, pictures_scene
from ui.live import Event, live_canvas
from ui.material import Material
from ui.words import plain

MAX_CLASSES: Final = 5  # made on the spot
MAX_PICTURES: Final = 60  # of one class
KEPT_SIDE: Final = 128  # pixels of a picture that waits
LARGER: Final = 2  # times the square that is cut from its middle, so that a long picture gives a sharp one
TILE: Final = 36  # pixels of a picture in the list
PAD: Final = 28  # squares along the pad
WAYS: Final = ("Upload", "Camera", "Drawing")


class Size(NamedTuple):
    """A size of picture to learn from."""

    side: int
    is_grey: bool


SIZES: Final = {
    "28 px, grey": Size(28, True),
    "32 px": Size(32, False),
    "64 px": Size(64, False),
    "128 px": Size(128, False),
}


@dataclass
class Album:
    """What one visitor has brought to one page.

    Attributes:
        names: of the classes that are made on the spot.
        pictures: of each of them, (H, W, 3).
        complaint: why the last thing brought could not be used.
        used: what the network is to learn from.
        version: goes up when `used` changes.
    """

    names: list[str] = field(default_factory=lambda: ["first", "second"])
    pictures: list[list[np.ndarray]] = field(default_factory=lambda: [[], []])
    complaint: str = ""
    used: ImageSet | None = None
    version: int = 0

    def use(self, images: ImageSet) -> None:
        """Lets the network learn from these."""
        self.used, self.version, self.complaint = images, self.version + 1, ""


def material(slug: str) -> Material:
    """How the pictures go into a run file, and come back."""

    def put(brought: Mapping[str, Any]) -> None:
        if brought.get("own") is not None:
            _album(slug).use(brought["own"])

    return Material(files_of, material_of, put)


def own_images(slug: str) -> tuple[ImageSet | None, Hashable]:
    """Draws the controls, and says what they hold.

    Returns:
        The pictures to learn from, None as long as there are none, and a key that changes with them.
    """
    album = _album(slug)
    st.selectbox("Size", list(SIZES), index=2, key=f"{slug}_own_size", help="What each picture is cut and scaled to.")
    way = st.segmented_control(
        "From", ("A .zip", "Made here"), default="A .zip", key=f"{slug}_own_from", width="stretch", required=True
    )
    if way == "Made here":
        _made_here(slug, album)
    else:
        _zip(slug, album)
    if album.complaint:
        st.error(plain(album.complaint))
    if album.used is not None:
        names = ", ".join(album.used.class_names)
        st.caption(plain(f"In use: {len(album.used.y):,} pictures of {len(album.used.class_names)} classes ({names})."))
        if album.used.report:
            st.caption(plain(album.used.report))
    return album.used, (slug, album.version)


def picture_box(slug: str, size: int, is_grey: bool) -> np.ndarray | None:
    """Draws the controls for a single picture of the visitor's own.

    Args:
        slug: prefix of the keys.
        size: rows and columns of the result.
        is_grey: one channel instead of three; drawings are then centred like the digits of MNIST.

    Returns:
        (C, size, size) from 0 to 255, None as long as there is none.
    """
    state = st.session_state
    way = st.segmented_control("Your picture", WAYS, default=WAYS[0], key=f"{slug}_box_way", required=True)
    if way == "Drawing":
        strokes = _pad(slug)
        return (
            fitted(drawn(strokes, max(size, PAD), is_centred=is_grey), size, is_grey=is_grey).numpy()
            if strokes
            else None
        )
    given = _asked(slug, way, partial(_take_one, slug, size))
    if given is None:
        state.pop(f"_{slug}_box_picture", None)
    pixels: np.ndarray | str | None = state.get(f"_{slug}_box_picture")
    if pixels is None:
        return None
    if isinstance(pixels, str):
        st.error(plain(pixels))
        return None
    result = fitted(pixels, size, is_grey=is_grey).numpy()
    if is_grey and st.toggle(
        "Swap black and white", key=f"{slug}_box_swap", help="Drawings and digits of the app are white on black."
    ):
        return 255 - result
    return result


def _album(slug: str) -> Album:
    album: Album = st.session_state.setdefault(f"_{slug}_album", Album())
    return album


def _size(slug: str) -> Size:
    return SIZES[st.session_state.get(f"{slug}_own_size") or "64 px"]


# ---- a folder as .zip ----------------------------------------------------------------------------------------------


def _zip(slug: str, album: Album) -> None:
    st.file_uploader(
        "A folder as .zip",
        type=["zip"],
        key=f"{slug}_own_zip",
        max_upload_size=MAX_ZIP_BYTES // 2**20,
        help="One folder for each class, or train, val and test with a folder for each class.",
    )
    upload = st.session_state.get(f"{slug}_own_zip")
    st.button(
        "Learn from this .zip",
        key=f"{slug}_own_zip_use",
        on_click=_use_zip,
        args=(slug,),
        disabled=upload is None,
        width="stretch",
        help=None if upload is not None else "Choose a file first.",
    )


def _use_zip(slug: str) -> None:
    album, upload = _album(slug), st.session_state.get(f"{slug}_own_zip")
    if upload is not None:
        size = _size(slug)
        _try(album, lambda: read_folder_zip(upload.getvalue(), size=size.side, is_grey=size.is_grey))


def _try(album: Album, read: Callable[[], ImageSet]) -> None:
    """What cannot be read is complained of; what was in use stays."""
    try:
        album.use(read())
    except DataError as error:
        album.complaint = str(error)


# ---- classes made here ---------------------------------------------------------------------------------------------


def _made_here(slug: str, album: Album) -> None:
    places = range(len(album.names))
    chosen = st.segmented_control(
        "Class",
        places,
        default=0,
        format_func=lambda place: f"{plain(album.names[place])} ({len(album.pictures[place])})",
        key=f"{slug}_own_class",
        required=True,
    )
    place = chosen if chosen in places else 0
    with st.container(horizontal=True):
        full, few = len(album.names) >= MAX_CLASSES, len(album.names) <= 2
        st.button("Add a class", key=f"{slug}_own_add", on_click=_add_class, args=(album,), disabled=full)
        st.button("Remove it", key=f"{slug}_own_drop", on_click=_drop_class, args=(slug, album, place), disabled=few)
    st.text_input(
        "Its name",
        album.names[place],
        max_chars=40,
        key=f"{slug}_own_name_{place}",
        on_change=_rename,
        args=(slug, place),
    )
    way = st.segmented_control("Add pictures", WAYS, default=WAYS[0], key=f"{slug}_own_way", required=True)
    if way == "Drawing":
        strokes = _pad(f"{slug}_own")
        st.button(
            "Add this drawing",
            key=f"{slug}_own_keep",
            on_click=_keep_drawing,
            args=(slug, place),
            disabled=not strokes,
            width="stretch",
        )
    else:
        _asked(f"{slug}_own", way, partial(_take, slug, place), is_many=True)
    if album.pictures[place]:
        tiles = [fitted(pixels, TILE, is_grey=False).numpy().transpose(1, 2, 0) for pixels in album.pictures[place]]
        scene = pictures_scene(tiles, album.names[place])
        live_canvas(scene, key=f"{slug}_own_tiles", on_event=lambda event: _remove(album, place, event))
    number = sum(map(len, album.pictures))
    st.button(
        f"Learn from these {number}" if number else "Learn from these",
        key=f"{slug}_own_use",
        on_click=_use_made,
        args=(slug,),
        disabled=not number,
        type="primary",
        width="stretch",
    )


def _use_made(slug: str) -> None:
    album, size = _album(slug), _size(slug)
    classes = dict(zip(_different(album.names), album.pictures, strict=True))
    _try(album, lambda: from_classes(classes, size=size.side, is_grey=size.is_grey))


def _different(names: list[str]) -> list[str]:
    """The names, numbered where two are the same."""
    return [name if names.index(name) == place else f"{name} {place + 1}" for place, name in enumerate(names)]


def _add_class(album: Album) -> None:
    if len(album.names) < MAX_CLASSES:
        album.names.append(next(name for n in count(len(album.names) + 1) if (name := f"class {n}") not in album.names))
        album.pictures.append([])


def _drop_class(slug: str, album: Album, place: int) -> None:
    if len(album.names) > 2:
        del album.names[place], album.pictures[place]
        for number in range(MAX_CLASSES):  # the boxes of the names belong to places
            st.session_state.pop(f"{slug}_own_name_{number}", None)
        st.session_state[f"{slug}_own_class"] = 0


def _rename(slug: str, place: int) -> None:
    name = shorten(st.session_state[f"{slug}_own_name_{place}"])
    if name:
        _album(slug).names[place] = name


def _remove(album: Album, place: int, event: Event) -> None:
    what, _, number = str(event.get("id", "")).partition(":")
    if what == "remove" and number.isdecimal() and int(number) < len(album.pictures[place]):
        del album.pictures[place][int(number)]


def _keep(album: Album, place: int, pixels: np.ndarray) -> None:
    if len(album.pictures[place]) >= MAX_PICTURES:
        raise DataError(f"A class holds at most {MAX_PICTURES} pictures here: remove some, or bring a .zip.")
    album.pictures[place].append(pixels)


def _keep_drawing(slug: str, place: int) -> None:
    strokes: list[Stroke] = st.session_state.get(f"_{slug}_own_strokes", [])
    album = _album(slug)
    album.complaint = ""
    try:
        _keep(album, place, drawn(strokes, KEPT_SIDE))
    except DataError as error:
        album.complaint = str(error)
        return
    strokes.clear()


def _take(slug: str, place: int, key: str) -> None:
    """Takes over what was just uploaded or photographed; the widget is then empty again."""
    album, given = _album(slug), st.session_state.get(key)
    uploads = given if isinstance(given, list) else [given] if given is not None else []
    complaints = []
    for upload in uploads:
        try:
            _keep(album, place, _read(upload).pixels)
        except DataError as error:
            complaints.append(str(error))
    more = f" There are {len(complaints) - 1} more like it." if len(complaints) > 1 else ""
    album.complaint = complaints[0] + more if complaints else ""
    if uploads:
        turn = f"_{slug}_own_turn"
        st.session_state[turn] = st.session_state.get(turn, 0) + 1


# ---- ways to bring a picture ---------------------------------------------------------------------------------------


def _asked(name: str, way: str, take: Callable[[str], None], *, is_many: bool = False) -> Any:
    """The uploader or the camera; `take` gets the key under which the session holds what was given."""
    # a new widget for each turn, because it would keep what was taken over
    key = f"{name}_{way.lower()}_{st.session_state.get(f'_{name}_turn', 0)}"
    if way == "Camera":
        return st.camera_input("Take a picture", key=key, on_change=take, args=(key,))
    return st.file_uploader(
        "Pictures" if is_many else "A picture",
        [suffix[1:] for suffix in SUFFIXES],
        is_many,
        key=key,
        on_change=take,
        args=(key,),
        max_upload_size=MAX_FILE_BYTES // 2**20,
    )


def _take_one(slug: str, size: int, key: str) -> None:
    upload = st.session_state.get(key)
    if upload is None:
        return
    try:
        st.session_state[f"_{slug}_box_picture"] = _read(upload, max(KEPT_SIDE, LARGER * size)).pixels
    except DataError as error:
        st.session_state[f"_{slug}_box_picture"] = str(error)


def _read(upload: Any, max_side: int = KEPT_SIDE) -> Any:
    if upload.size > MAX_FILE_BYTES:
        raise DataError(f"“{shorten(upload.name)}” has more than {MAX_FILE_BYTES // 2**20} MB: save it smaller.")
    return read_picture(upload.name, upload.getvalue(), max_side)


def _pad(name: str) -> list[Stroke]:
    """The pad with its two buttons; returns the strokes on it."""
    strokes: list[Stroke] = st.session_state.setdefault(f"_{name}_strokes", [])
    live_canvas(
        pad_scene(drawn(strokes, PAD)[..., 0]),
        key=f"{name}_pad",
        height=272,
        on_event=lambda event: _add_stroke(strokes, event),
    )
    with st.container(horizontal=True):
        st.button("Undo", key=f"{name}_pad_undo", on_click=_undo, args=(strokes,), disabled=not strokes)
        st.button("Clear", key=f"{name}_pad_clear", on_click=strokes.clear, disabled=not strokes)
    return strokes


def _undo(strokes: list[Stroke]) -> None:
    if strokes:
        strokes.pop()


def _add_stroke(strokes: list[Stroke], event: Event) -> None:
    if event.get("kind") != "pad" or len(strokes) >= MAX_STROKES:
        return
    try:
        strokes.append(as_stroke(event.get("stroke")))
    except DataError:  # a browser of ours does not send such
        return
