"""Take it home: the run as a program, a notebook, a file, tables and events; and a run file taken up again.

Nothing is computed before a button is pressed. What a button computes runs outside the page's script, so it reads the
run and never the session.
"""

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st

from catalog import entry
from data.dataset import DataError
from data.embedded import embedded
from training.experiment import Experiment, data_files_of, material_of
from training.numbers import numbers_zip
from training.program import Program, ProgramError, program_of
from training.run import Run
from training.run_file import RunFileError, check, history_csv, read, write
from training.settings import Settings, is_shown
from training.tensorboard import event_file
from ui.material import NONE, Material
from ui.runs import resume_next
from ui.words import plain

MAX_UPLOAD_MB: Final = 96


def take_home(run: Run, slug: str, material: Material = NONE) -> None:
    """Draws the panel.

    Args:
        run: what is taken home.
        slug: which page.
        material: how what the visitor brought goes along; nothing by default.
    """
    st.markdown(
        "**Take it home.** The program repeats this run without the app; the run file continues it here, exactly "
        "where it is."
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        _downloads(run, slug, material)
    with right:
        st.file_uploader(
            "Continue a run file",
            type=["zip"],
            key=f"{slug}_run_file",
            max_upload_size=MAX_UPLOAD_MB,
            on_change=_continue,
            args=(run, slug, material),
            help="The knobs, the weights, the optimiser and the curves become those of the file.",
        )
        _say(slug)


# ---- out -----------------------------------------------------------------------------------------------------------


def _downloads(run: Run, slug: str, material: Material) -> None:
    with st.container(horizontal=True, gap="small"):
        files = data_files_of(run.experiment)
        what = "One Python file, and the data it reads." if files else "One Python file."
        _program_button(slug, "program", "Program", what, f"{slug}.py", partial(_script, run, slug), files)
        what = "The same, cell by cell."
        _program_button(slug, "notebook", "Notebook", what, f"{slug}.ipynb", partial(_notebook, run, slug), files)
        what = "Settings, weights, optimiser, random state and curves: all it takes to go on exactly."
        _button(slug, "file", "Run file (.zip)", what, f"{slug}-run.zip", partial(_run_file, run, slug, material))
        what = "Every recorded number by step, in full precision."
        _button(slug, "history", "History (.csv)", what, f"{slug}-history.csv", lambda: history_csv(run.poll().history))
        what = "The arrays behind the live picture, a table each, and the history."
        _button(slug, "numbers", "Numbers of the picture (.zip)", what, f"{slug}-numbers.zip", partial(_numbers, run))
        what = "The history for TensorBoard: put it into a folder and start tensorboard with --logdir."
        _button(slug, "events", "TensorBoard events", what, f"events.out.tfevents.{slug}", partial(_events, run))


def _button(slug: str, name: str, label: str, help: str, file_name: str, make: Callable[[], str | bytes]) -> None:
    mime = "text/plain" if file_name.endswith((".py", ".csv")) else "application/octet-stream"
    st.download_button(label, make, file_name, mime, key=f"{slug}_home_{name}", help=help, on_click="ignore")


def _program_button(
    slug: str, name: str, label: str, help: str, file_name: str, make: Callable[[], str], files: Sequence[str]
) -> None:
    """Offers a text; if it reads files, in a zip beside them."""
    if not files:
        _button(slug, name, f"{label} ({Path(file_name).suffix})", help, file_name, make)
        return
    _button(slug, name, f"{label} (.zip)", help, f"{slug}-{name}.zip", lambda: _zipped(file_name, make(), files))


def _zipped(file_name: str, text: str, files: Sequence[str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(file_name, text)
        for name in (*files, "SOURCES.md"):
            archive.write(embedded(name), f"data/files/{name}")
    return packed.getvalue()


def _program(run: Run, slug: str) -> Program:
    return program_of(slug, entry(slug).title, run.capture(), run.experiment)


def _script(run: Run, slug: str) -> str:
    try:
        return _program(run, slug).script()
    except ProgramError as error:
        return f"# {error}\n"  # the page cannot answer a download with words, so the file does


def _notebook(run: Run, slug: str) -> str:
    try:
        return _program(run, slug).notebook()
    except ProgramError as error:
        cell = {"cell_type": "markdown", "id": "why", "metadata": {}, "source": str(error)}
        return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _run_file(run: Run, slug: str, material: Material) -> bytes:
    return write(slug, run.capture(), material.pack(material_of(run.experiment)))


def _numbers(run: Run) -> bytes:
    return numbers_zip(run.poll())


def _events(run: Run) -> bytes:
    return event_file(run.poll().history)


# ---- in ------------------------------------------------------------------------------------------------------------


def _continue(run: Run, slug: str, material: Material) -> None:
    """Reads and tries the file that was uploaded. Only if it can be continued, knobs and material become its own."""
    state = st.session_state
    state.pop(f"_{slug}_continued", None)
    upload = state.get(f"{slug}_run_file")
    if upload is None:
        return
    settings_class = type(run.settings)
    build: Callable[..., Experiment] = type(run.experiment)
    try:
        if upload.size > MAX_UPLOAD_MB * 2**20:
            raise RunFileError(f"This file is larger than {MAX_UPLOAD_MB} MB, which no run file of this page is.")
        file = read(upload.getvalue(), slug, settings_class)
        brought = material.unpack(file.material)
        settings = _as_knobs_say(file.capture.settings)
        file = replace(file, capture=replace(file.capture, settings=settings))
        check(file, partial(build, **brought))
    except (RunFileError, DataError) as error:
        state[f"_{slug}_continued"] = False, str(error)
        return
    resume_next(slug, file.capture, material, brought)
    state[f"_{slug}_continued"] = True, f"Continued at step {file.capture.step:,}."


def _as_knobs_say(settings: Settings) -> Settings:
    """The settings with all that have no effect at their defaults, as a page reads them from its knobs."""
    shown = {name: value for name, value in dict(settings).items() if is_shown(name, settings)}
    return type(settings)(**shown)


def _say(slug: str) -> None:
    is_good, sentence = st.session_state.get(f"_{slug}_continued", (True, ""))
    if sentence and is_good:
        st.info(sentence)
    elif sentence:
        st.error(f"{plain(sentence)} Your run is as it was.")
