"""A run as a file that can be taken home, sent on and continued exactly.

It is a `.zip` of plain things: `settings.json` (where the run is and how it came there), `history.csv` (a row for each
recorded step, in full precision), `weights.safetensors` (every tensor: weights, optimiser, random state, order of the
examples), `state.json` (the numbers among them, and how all is nested), and `material/` with what the visitor brought.

A file comes from anywhere, so nothing in it is believed: sizes are counted while unpacking, nothing is unpickled,
settings pass through their declaration, and `check` continues the run for a step before anybody's own run is touched.
"""

import csv
import io
import json
import struct
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Final

import numpy as np
import safetensors
import safetensors.torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalog import PAGES
from training.capture import Capture, CaptureError, Change
from training.experiment import Experiment
from training.history import Columns
from training.nest import difference, put_together, taken_apart
from training.run import MAX_STEPS, Run
from training.settings import Settings, SettingsError, SettingsT
from training.settings import read as read_settings

FORMAT: Final = "Neural Atlas run"
VERSION: Final = 1  # goes up when an older app could not read the file any more
MAX_BYTES: Final = 128 * 2**20  # of all members, unpacked; two EfficientNets with their optimisers take 81 MB
MAX_MEMBERS: Final = 32
MAX_COLUMNS: Final = 64
MAX_EVENTS: Final = 2_000  # changes, and edits

SETTINGS: Final = "settings.json"
HISTORY: Final = "history.csv"
STATE: Final = "state.json"
WEIGHTS: Final = "weights.safetensors"
MATERIAL: Final = "material/"

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the same run gives the same file
_SAVED: Final = "choose a .zip that was saved with “Run file” on this page."
_PYPROJECT: Final = Path(__file__).parents[1] / "pyproject.toml"

Step = Annotated[int, Field(ge=0, le=MAX_STEPS)]


class RunFileError(ValueError):
    """A file that cannot be continued; the message is one sentence for the visitor."""


@dataclass(frozen=True, eq=False)
class RunFile:
    """What a run file holds: the run, and by name the files with what its visitor brought."""

    capture: Capture
    material: dict[str, bytes]


class _Change(BaseModel):
    step: Step
    values: dict[str, Any]


class _Head(BaseModel):
    """`settings.json`."""

    model_config = ConfigDict(strict=True)

    format: str
    version: int
    app: str
    page: str
    step: Step
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    first_settings: dict[str, Any]
    settings: dict[str, Any]
    changes: Annotated[list[_Change], Field(max_length=MAX_EVENTS)]
    edits: Annotated[list[Step], Field(max_length=MAX_EVENTS)]


# ---- writing -------------------------------------------------------------------------------------------------------


def write(slug: str, capture: Capture, material: Mapping[str, bytes]) -> bytes:
    """A run file.

    Args:
        slug: the page the run belongs to.
        capture: the run.
        material: files with what the visitor brought, by a plain name such as `points.json`.
    """
    tensors, rest = taken_apart(capture.state)
    head = _Head(
        format=FORMAT,
        version=VERSION,
        app=app_version(),
        page=slug,
        step=capture.step,
        seconds=capture.seconds,
        first_settings=capture.first_settings.model_dump(mode="json"),
        settings=capture.settings.model_dump(mode="json"),
        changes=[_Change(step=change.step, values=change.values) for change in capture.changes],
        edits=list(capture.edits),
    )
    return packed(
        {
            SETTINGS: head.model_dump_json(indent=2).encode(),
            HISTORY: history_csv(capture.history).encode(),
            STATE: json.dumps(rest, allow_nan=False).encode(),
            WEIGHTS: safetensors.torch.save(tensors),
            **{MATERIAL + name: content for name, content in material.items()},
        }
    )


def packed(members: Mapping[str, bytes]) -> bytes:
    """A `.zip` of these files; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def history_csv(history: Columns) -> str:
    """A row for each recorded step: the step and every number, written so that reading gives the same number."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["step", *history.values])
    columns = [column.tolist() for column in history.values.values()]
    rows.writerows(zip(history.steps.tolist(), *columns, strict=True))
    return text.getvalue()


def app_version() -> str:
    """The version of this app."""
    version: str = tomllib.loads(_PYPROJECT.read_text(encoding="utf-8"))["project"]["version"]
    return version


# ---- reading -------------------------------------------------------------------------------------------------------


def read(content: bytes, slug: str, settings_class: type[SettingsT]) -> RunFile:
    """What is in a run file, each part in order by itself; whether they fit together, `check` finds out.

    Args:
        content: the file as uploaded.
        slug: the page it should belong to.
        settings_class: that page's settings.

    Raises:
        RunFileError: if it cannot be read.
    """
    members = _unpacked(content)
    if SETTINGS not in members:
        raise RunFileError(f"This .zip is no run file, because it holds no {SETTINGS}: {_SAVED}")
    head = _head(members[SETTINGS], slug)
    missing = [name for name in (HISTORY, STATE, WEIGHTS) if name not in members]
    if missing:
        raise RunFileError(f"This run file is not complete, because {', '.join(missing)} is missing: save it anew.")
    capture = Capture(
        step=head.step,
        first_settings=_settings(settings_class, head.first_settings),
        settings=_settings(settings_class, head.settings),
        state=_state(members[STATE], members[WEIGHTS]),
        history=_history(members[HISTORY], head.step),
        changes=_changes(settings_class, head),
        edits=tuple(head.edits),
        seconds=head.seconds,
    )
    brought = {name: content for name, content in members.items() if name.startswith(MATERIAL)}
    return RunFile(capture, {name.removeprefix(MATERIAL): content for name, content in brought.items()})


def _unpacked(content: bytes) -> dict[str, bytes]:
    """The members of a `.zip` that concern us; never more than `MAX_BYTES`, whatever its header says."""
    members: dict[str, bytes] = {}
    room = MAX_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            if len(infos) > MAX_MEMBERS:
                raise RunFileError(f"This .zip holds {len(infos):,} files, more than any run file: {_SAVED}")
            for info in infos:
                _check_member(info, members)
                if info.filename not in (SETTINGS, HISTORY, STATE, WEIGHTS) and not info.filename.startswith(MATERIAL):
                    continue
                with archive.open(info) as stream:
                    members[info.filename] = stream.read(room + 1)
                room -= len(members[info.filename])
                if room < 0:
                    size = MAX_BYTES // 2**20
                    raise RunFileError(f"This .zip unpacks to more than {size} MB, more than any run file: {_SAVED}")
    except RunFileError:
        raise
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise RunFileError(f"This file is not a .zip that can be unpacked: {_SAVED}") from error
    return members


def _check_member(info: zipfile.ZipInfo, known: Mapping[str, bytes]) -> None:
    name = PurePosixPath(info.filename)
    if name.is_absolute() or ".." in name.parts or "\\" in info.filename or ":" in info.filename:
        raise RunFileError(f"A file in this .zip has a name that leads out of its folder: {_SAVED}")
    if info.filename in known:
        raise RunFileError(f"This .zip holds two files of one name: {_SAVED}")
    is_plain = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not info.flag_bits & 1
    if not is_plain:
        raise RunFileError(f"This .zip is encrypted, or packed in a way that is not read here: {_SAVED}")


def _head(content: bytes, slug: str) -> _Head:
    raw = _json(content, SETTINGS)
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise RunFileError(f"This .zip is no run file, because its {SETTINGS} comes from another program: {_SAVED}")
    version = raw.get("version")
    if isinstance(version, int) and version > VERSION:
        raise RunFileError("This run file was made by a newer version of the app: open it there, or update this one.")
    try:
        head = _Head.model_validate_json(content)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))[:60]
        raise RunFileError(f"{SETTINGS} in this run file has no usable value for {place}: save it anew.") from error
    if head.page != slug:
        title = next((page.title for page in PAGES if page.slug == head.page), None)
        if title is None:
            raise RunFileError(f"This run file belongs to a page that is not here ({head.page[:40]}): {_SAVED}")
        raise RunFileError(f"This run file belongs to the page “{title}”: continue it there.")
    return head


def _json(content: bytes, name: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RunFileError(f"{name} in this run file is damaged, because it is not JSON: save it anew.") from error


def _settings(settings_class: type[SettingsT], raw: Mapping[str, Any]) -> SettingsT:
    settings, complaints = read_settings(settings_class, raw)
    if complaints:
        said = ", and ".join(complaint.rpartition("; it ")[0] or complaint.rstrip(".") for complaint in complaints[:3])
        raise RunFileError(f"The settings in this run file do not work here: {said}.")
    return settings


def _changes(settings_class: type[Settings], head: _Head) -> tuple[Change, ...]:
    """The changes on the way, their values checked among the other settings."""
    changes = []
    for change in head.changes:
        settings = _settings(settings_class, {**head.settings, **change.values})
        changes.append(Change(change.step, {name: getattr(settings, name) for name in change.values}))
    return tuple(changes)


def _state(rest: bytes, weights: bytes) -> Any:
    try:
        tensors = safetensors.torch.load(weights)
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise RunFileError(f"{WEIGHTS} in this run file is damaged or of another kind: save it anew.") from error
    try:
        return put_together(tensors, _json(rest, STATE))
    except (ValueError, RecursionError) as error:
        if isinstance(error, RunFileError):
            raise
        raise RunFileError(f"{STATE} and {WEIGHTS} in this run file do not belong together: save it anew.") from error


def _history(content: bytes, step: int) -> Columns:
    try:
        head, *rows = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
        names = head[1:]
        steps = np.array([int(row[0]) for row in rows], dtype=np.int64)
        values = np.array([[float(cell) for cell in row[1:]] for row in rows], dtype=np.float64)
        is_table = head[0] == "step" and values.shape == (len(rows), len(names)) and len(set(names)) == len(names)
        if not is_table or len(names) > MAX_COLUMNS or "loss" not in names or steps[0] != 0 or steps[-1] > step:
            raise ValueError("not a history")
    except (ValueError, IndexError, OverflowError, csv.Error) as error:
        raise RunFileError(f"{HISTORY} in this run file is damaged: save it anew.") from error
    return Columns(steps, {name: values[:, column].copy() for column, name in enumerate(names)})


# ---- trying out ----------------------------------------------------------------------------------------------------


def check(file: RunFile, build: Callable[[Any], Experiment]) -> None:
    """Continues the run of a file for one step, in a run of its own that nobody sees.

    The state is first compared with that of a network fresh from the same settings, which has taken a step too: the
    optimiser remembers nothing before, and its fused kernels do not look at the shapes that they are given.

    Args:
        file: what `read` gave.
        build: makes an experiment, on the material of the file.

    Raises:
        RunFileError: if it cannot be continued.
        DataError: if the material cannot be used.
    """
    capture = file.capture
    try:
        trial = Run(build, capture.settings)
        if capture.step:
            _take_one(trial)
        like, parameters = trial.capture().state, trial.experiment.parameters()
        place = difference(_comparable(capture.state), _comparable(like), parameters, "state")
        if place:
            raise RunFileError(
                f"The weights in this run file do not fit its settings ({place[:80]} differs): save it anew."
            )
        trial.resume(capture)
        _take_one(trial)
    except (CaptureError, SettingsError) as error:
        raise RunFileError(str(error)) from error


def _comparable(state: Any) -> Any:
    """The state without the random state of an accelerator, which the machine it came from may have had."""
    match state:
        case {"random": [first, *_], **others}:
            return {**others, "random": [first]}
    return state


def _take_one(trial: Run) -> None:
    trial.take(1)
    try:
        trial.advance()
    except Exception as error:  # whatever a state from elsewhere may cause
        raise RunFileError(
            "The next step of this run cannot be computed from what the file holds: save it anew."
        ) from error
