"""Look inside, page `convolution`: which picture and which kernel are looked at, the visitor's own among them."""

from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from data.dataset import DataError
from data.filters import KERNELS, OWN, WORDS, kernel_from_text, text_of_kernel
from data.photos import SOURCES
from data.pictures import MAX_FILE_BYTES, SUFFIXES, read_image
from experiments.convolution_pictures import DRAWING_SIDE, drawn, page_picture
from experiments.convolution_settings import ConvolutionSettings
from training.run import Run
from ui.knobs import IN_URL, turn
from ui.words import plain

SLUG: Final = "convolution"
UPLOAD: Final = "your picture"
DRAWING: Final = "your drawing"
FOUND: Final = "found by the network"
PIXELS: Final = "_convolution_drawing"
READ: Final = "_convolution_upload"
TEXT: Final = "convolution_picture_own"  # the visitor's own kernel, as text, which stands in the link
START: Final = "-2 -1 0 / -1 1 1 / 0 1 2"
LARGEST_SIDE: Final = 160  # pixels of an uploaded picture on the page
FIRST_DRAWING: Final = frozenset(
    {(row, 5) for row in range(4, 16)} | {(4, column) for column in range(5, 15)} | {(row, row) for row in range(6, 16)}
)


def choose_picture(*, can_draw: bool) -> tuple[np.ndarray, str] | None:
    """A picture (H, W, 3) from 0 to 1 and its name; nothing if there is none yet."""
    names = [*SOURCES, UPLOAD, *([DRAWING] if can_draw else [])]
    if st.session_state.get("convolution_picture_name") not in names:
        st.session_state.pop("convolution_picture_name", None)
    name = str(st.selectbox("Picture", names, key="convolution_picture_name", **IN_URL))
    if name == UPLOAD:
        return _uploaded()
    if name == DRAWING:
        st.button("Clear the drawing", key="convolution_picture_clear", on_click=_clear)
        st.caption("Click pixels in the picture to switch them.")
        return drawn(st.session_state.get(PIXELS, FIRST_DRAWING)), name
    st.caption(SOURCES[name])
    return page_picture(name), name


def _uploaded() -> tuple[np.ndarray, str] | None:
    kinds = [suffix.removeprefix(".") for suffix in SUFFIXES]
    words = (
        f"At most {MAX_FILE_BYTES // 2**20} MB; it is made {LARGEST_SIDE} pixels large, and kept in this visit only."
    )
    file = st.file_uploader("A picture of your own", kinds, key="convolution_picture_file", help=words)
    if file is not None and st.session_state.get(READ, ("",))[0] != file.file_id:
        try:
            pixels = read_image(file.name, file.getvalue(), LARGEST_SIDE)
        except DataError as error:
            st.warning(plain(error))
        else:
            st.session_state[READ] = (file.file_id, pixels.astype(np.float32) / 255)
    if READ not in st.session_state:
        st.info("Choose a picture file, and it stands here with the kernel applied to it.")
        return None
    return st.session_state[READ][1], UPLOAD


def _clear() -> None:
    st.session_state[PIXELS] = frozenset()


def switch_pixel(event: dict[str, Any]) -> None:
    """Switches the pixel of the drawing that was clicked."""
    last = DRAWING_SIDE - 1
    place = (min(int((1 - event["y"]) * DRAWING_SIDE), last), min(int(event["x"] * DRAWING_SIDE), last))
    st.session_state[PIXELS] = frozenset(st.session_state.get(PIXELS, FIRST_DRAWING) ^ {place})


def choose_kernel(run: Run) -> np.ndarray | None:
    """A kernel (K, K) by name, the visitor's own, or the one of the network above; nothing if it cannot be used."""
    names = [*KERNELS, OWN, FOUND]
    name = str(st.selectbox("Kernel", names, index=names.index("Sobel x"), key="convolution_picture_kernel", **IN_URL))
    if name == FOUND:
        seen: Any = run.poll().observation
        st.caption(f"What the run above has found after {run.poll().step:,} steps.")
        if not np.isfinite(seen.whole_kernel).all():
            st.warning("The run above has failed, and its kernel holds no numbers: reset it.")
            return None
        return np.asarray(seen.whole_kernel)
    st.caption(WORDS[name])
    kernel = KERNELS[name] if name != OWN else _own_kernel()
    if kernel is not None:
        words = "Sets it as the filter to find, with a kernel of its size, and starts the run above anew."
        st.button(
            "Let the network find it", key="convolution_picture_find", on_click=_find, args=(name, kernel), help=words
        )
    return kernel


def _find(name: str, kernel: np.ndarray) -> None:
    own = {"own_kernel": text_of_kernel(kernel)} if name == OWN else {}
    turn(ConvolutionSettings, SLUG, {"filter": name, "kernel_size": len(kernel), **own})
    st.session_state["_convolution_asks"] = True


def _own_kernel() -> np.ndarray | None:
    """The visitor's own numbers, in a table and as text."""
    text = str(
        st.text_input(
            "Rows apart by /", START, key=TEXT, max_chars=400, help="1, 3, 5 or 7 rows of as many numbers.", **IN_URL
        )
    )
    try:
        kernel = kernel_from_text(text)
    except DataError as error:
        st.warning(plain(error))
        return None
    table = pd.DataFrame(kernel.astype(float), columns=[str(column + 1) for column in range(len(kernel))])
    key = f"convolution_picture_cells_{text}"
    st.data_editor(table, key=key, hide_index=True, width="stretch", on_change=_typed, args=(table, key))
    with st.container(horizontal=True):
        for size in (3, 5, 7):
            st.button(
                f"{size}×{size}",
                key=f"convolution_picture_size_{size}",
                on_click=_resize,
                args=(kernel, size),
                disabled=size == len(kernel),
            )
    return kernel


def _typed(table: pd.DataFrame, key: str) -> None:
    """Takes what was typed into the table over into the text; an emptied cell is a 0."""
    kernel = table.to_numpy(copy=True)
    for row, cells in st.session_state[key]["edited_rows"].items():
        for column, value in cells.items():
            kernel[int(row), int(column) - 1] = 0.0 if value is None else float(value)
    st.session_state[TEXT] = text_of_kernel(kernel.astype(np.float32))


def _resize(kernel: np.ndarray, size: int) -> None:
    """The same numbers in the middle of a larger kernel, or the middle of a smaller one."""
    gap = (size - len(kernel)) // 2
    made = np.pad(kernel, gap) if gap >= 0 else kernel[-gap:gap, -gap:gap]
    st.session_state[TEXT] = text_of_kernel(made.astype(np.float32))
