"""Run files: they go on exactly, and whatever is wrong with one is said in a sentence."""

import csv
import importlib
import io
import json
import pickle
import zipfile
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import PAGES
from tests.training.toy import Toy, ToySettings, assert_same_trace, finish, is_sentence, toy_run, trace
from training import run_file
from training.run import Run
from training.run_file import RunFileError, check, history_csv, packed, read, write
from training.settings import choices_of, ends, knob_of

SLUG = PAGES[0].slug
MODULES = {page.slug: importlib.import_module(f"experiments.{page.slug}") for page in PAGES}
NEAR_ALL = [
    pytest.param(slug, name, value, id=f"{slug}-{name}-{value}")
    for slug, module in MODULES.items()
    for name, value in [("seed", 0), *ends(module.SETTINGS)]
    if name == "seed" or choices_of(module.SETTINGS.model_fields[name])
]


def taken(run, steps):
    run.take(steps)
    return finish(run)


def members(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def good() -> dict[str, bytes]:
    """The members of a good file."""
    return members(write(SLUG, taken(toy_run(), 25).capture(), {"points.json": b"[]"}))


# ---- there and back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", MODULES)
def test_a_run_goes_on_from_its_file_as_if_nothing_had_been(slug: str) -> None:
    build, settings_class = MODULES[slug].EXPERIMENT, MODULES[slug].SETTINGS
    straight = taken(taken(Run(build, settings_class()), 150), 150)
    file = read(write(slug, taken(Run(build, settings_class()), 150).capture(), {}), slug, settings_class)
    check(file, build)
    resumed = Run(build, settings_class(seed=9))
    resumed.resume(file.capture)
    assert resumed.poll().step == 150
    assert_same_trace(trace(taken(resumed, 150)), trace(straight))


@pytest.mark.parametrize(("slug", "name", "value"), NEAR_ALL)
def test_every_choice_can_be_taken_home(slug: str, name: str, value: object) -> None:
    build, settings_class = MODULES[slug].EXPERIMENT, MODULES[slug].SETTINGS
    when = {other: values[0] for other, values in knob_of(settings_class.model_fields[name])["when"].items()}
    try:
        run = Run(build, settings_class(**when, **{name: value}))
    except ValueError:
        pytest.skip("cannot be trained without the visitor's own data, or not on this machine")
    capture = taken(run, 3).capture()
    file = read(write(slug, capture, {}), slug, settings_class)
    check(file, build)
    assert file.capture.settings == capture.settings
    twin = Run(build, settings_class())
    twin.resume(file.capture)
    assert_same_trace(trace(taken(twin, 2)), trace(taken(run, 2)))


def test_changes_edits_and_what_was_brought_come_back() -> None:
    run = taken(toy_run(), 10)
    run.change(run.settings.changed(rate=0.3))
    taken(run, 5)
    run.edit("teleport", to=1.0)
    capture = taken(run, 5).capture()
    file = read(write(SLUG, capture, {"a.csv": b"1,2\n", "b.json": b"{}"}), SLUG, ToySettings)
    assert file.material == {"a.csv": b"1,2\n", "b.json": b"{}"}
    assert (file.capture.first_settings.rate, file.capture.settings.rate) == (0.1, 0.3)
    assert [(change.step, change.values) for change in file.capture.changes] == [(10, {"rate": 0.3})]
    assert file.capture.edits == (15,)
    assert file.capture.seconds == capture.seconds


def test_the_same_run_gives_the_same_file() -> None:
    capture = taken(toy_run(), 25).capture()
    assert write(SLUG, capture, {}) == write(SLUG, capture, {})


def test_the_history_is_a_table_in_full_precision() -> None:
    history = taken(toy_run(has_test=False), 25).poll().history
    head, *rows = csv.reader(io.StringIO(history_csv(history)))
    assert head == ["step", "loss", "test_loss"]
    assert [int(row[0]) for row in rows] == history.steps.tolist()
    assert np.array_equal([float(row[1]) for row in rows], history.values["loss"])
    assert all(np.isnan(float(row[2])) for row in rows)


def test_a_run_that_failed_can_be_looked_at_elsewhere() -> None:
    run = toy_run(record_every=1)
    run.edit("teleport", to=float("nan"))
    capture = taken(run, 1).capture()
    assert run.poll().has_failed
    file = read(write(SLUG, capture, {}), SLUG, ToySettings)
    check(file, Toy)
    other = toy_run()
    other.resume(file.capture)
    assert other.poll().has_failed
    assert np.isnan(other.poll().observation.place).all()


def test_turned_live_settings_do_not_hinder() -> None:
    slug, module = next(iter(MODULES.items()))
    live = [name for name, field in module.SETTINGS.model_fields.items() if knob_of(field)["is_live"]]
    run = Run(module.EXPERIMENT, module.SETTINGS())
    for name, value in [(name, value) for name, value in ends(module.SETTINGS) if name in live]:
        try:
            run.change(run.settings.changed(**{name: value}))
        except ValueError:
            continue
        taken(run, 2)
        if not run.poll().has_failed:
            check(read(write(slug, run.capture(), {}), slug, module.SETTINGS), module.EXPERIMENT)


# ---- bad files -----------------------------------------------------------------------------------------------------


def edited(name: str, **values: object) -> Callable[[dict[str, bytes]], bytes]:
    """The good file with some values of a JSON member replaced."""
    return lambda good: packed({**good, name: json.dumps({**json.loads(good[name]), **values}).encode()})


def with_member(name: str, content: bytes) -> Callable[[dict[str, bytes]], bytes]:
    return lambda good: packed({**good, name: content})


def without(name: str) -> Callable[[dict[str, bytes]], bytes]:
    return lambda good: packed({other: content for other, content in good.items() if other != name})


def with_tensors(change: Callable[[dict[str, torch.Tensor]], object]) -> Callable[[dict[str, bytes]], bytes]:
    """The good file with other weights."""

    def make(good: dict[str, bytes]) -> bytes:
        tensors = safetensors.torch.load(good["weights.safetensors"])
        change(tensors)
        return packed({**good, "weights.safetensors": safetensors.torch.save(tensors)})

    return make


def torch_saved(_: object) -> bytes:
    buffer = io.BytesIO()
    torch.save({"weights": torch.zeros(3)}, buffer)
    return buffer.getvalue()


def lying(good: dict[str, bytes]) -> bytes:
    """A bomb whose headers say that it is small."""
    bomb = packed({**good, "material/a": bytes(2**20 + 1)})
    lie = bomb.replace((2**20 + 1).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lie != bomb
    return lie


def twice(good: dict[str, bytes]) -> bytes:
    return packed({**good, "settings.jsom": good["settings.json"]}).replace(b"settings.jsom", b"settings.json")


def encrypted(good: dict[str, bytes]) -> bytes:
    content = bytearray(packed(good))
    content[content.index(b"PK\1\2") + 8] |= 1
    return bytes(content)


class Harm:
    def __reduce__(self):
        return pytest.fail, ("a file was unpickled",)


PICKLE = pickle.dumps(Harm())
UNREADABLE = {
    "empty": (lambda good: b"", "not a .zip"),
    "no zip": (lambda good: b"step,loss\n0,1\n", "not a .zip"),
    "a pickle": (lambda good: PICKLE, "not a .zip"),
    "cut off": (lambda good: packed(good)[:-30], "not a .zip"),
    "damaged": (lambda good: packed(good).replace(b"PK\3\4", b"PK\3\5", 1), "not a .zip"),
    "encrypted": (encrypted, "encrypted"),
    "foreign zip": (lambda good: packed({"a.txt": b"hello"}), "no settings.json"),
    "torch.save": (torch_saved, "no settings.json"),
    "foreign settings": (with_member("settings.json", b'{"theme": "dark"}'), "another program"),
    "a list": (with_member("settings.json", b"[]"), "another program"),
    "path upwards": (with_member("../settings.json", b"{}"), "out of its folder"),
    "path upwards inside": (with_member("material/../../a", b"{}"), "out of its folder"),
    "absolute path": (with_member("/etc/settings.json", b"{}"), "out of its folder"),
    "drive": (with_member("C:settings.json", b"{}"), "out of its folder"),
    "backslash": (with_member("material\\..\\a", b"{}"), "out of its folder"),
    "two of a name": (twice, "two files"),
    "many members": (lambda good: packed({**good, **{f"m{i}": b"" for i in range(100)}}), "105 files"),
    "bomb": (lambda good: packed({**good, "material/a": bytes(2**20 + 1)}), "more than 1 MB"),
    "bomb with a small header": (lying, "more than 1 MB|not a .zip"),
    "no history": (without("history.csv"), "history.csv is missing"),
    "no weights": (without("weights.safetensors"), "weights.safetensors is missing"),
    "no state": (without("state.json"), "state.json is missing"),
    "broken settings": (with_member("settings.json", b'{"format": '), "settings.json .* not JSON"),
    "no text": (with_member("settings.json", b"\xff\xfe\x00"), "not JSON"),
    "deep settings": (with_member("settings.json", b"[" * 100_000), "not JSON"),
    "deep state": (with_member("state.json", b'{"list": [' * 50_000 + b"]}" * 50_000), "not JSON|belong together"),
    "broken state": (with_member("state.json", b"{"), "state.json .* not JSON"),
    "newer": (edited("settings.json", version=99), "newer version"),
    "no step": (edited("settings.json", step=-3), "value for step"),
    "huge step": (edited("settings.json", step=10**9), "value for step"),
    "step in words": (edited("settings.json", step="5"), "value for step"),
    "endless": (edited("settings.json", seconds=-1), "value for seconds"),
    "changes": (edited("settings.json", changes=[{"step": 1}]), "value for changes"),
    "unknown page": (edited("settings.json", page="<b>x</b>"), "not here"),
    "out of bounds": (edited("settings.json", settings={"rate": 1e9}), "rate = .* cannot be used"),
    "unknown setting": (edited("settings.json", settings={"colour": 1}), "no setting called 'colour'"),
    "first settings": (edited("settings.json", first_settings={"width": "wide"}), "width = 'wide' cannot be used"),
    "a change": (edited("settings.json", changes=[{"step": 1, "values": {"rate": -1}}]), "rate = '-1' cannot"),
    "pickled weights": (with_member("weights.safetensors", PICKLE), "weights.safetensors .* another kind"),
    "no tensors": (with_member("weights.safetensors", b""), "weights.safetensors .* another kind"),
    "fewer tensors": (with_tensors(lambda tensors: tensors.clear()), "do not belong together"),
    "history in words": (with_member("history.csv", b"step,loss\n0,low\n"), "history.csv .* damaged"),
    "empty history": (with_member("history.csv", b""), "history.csv .* damaged"),
    "only a header": (with_member("history.csv", b"step,loss\n"), "history.csv .* damaged"),
    "ragged history": (with_member("history.csv", b"step,loss\n0,1,2\n5,1\n"), "history.csv .* damaged"),
    "history without loss": (with_member("history.csv", b"step,gain\n0,1\n"), "history.csv .* damaged"),
    "later history": (with_member("history.csv", b"step,loss\n0,1\n30,1\n"), "history.csv .* damaged"),
    "big steps": (with_member("history.csv", b"step,loss\n" + b"9" * 30 + b",1\n"), "history.csv .* damaged"),
    "binary history": (with_member("history.csv", b"\xff\xfe"), "history.csv .* damaged"),
}


@pytest.mark.parametrize(("make", "said"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_said_in_a_sentence(
    good: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, make, said: str
) -> None:
    monkeypatch.setattr(run_file, "MAX_BYTES", 2**20)  # or the bombs would take a second each
    with pytest.raises(RunFileError, match=said) as caught:
        read(make(good), SLUG, ToySettings)
    assert is_sentence(str(caught.value))


def test_another_pages_file_says_where_it_belongs(good: dict[str, bytes]) -> None:
    with pytest.raises(RunFileError, match=f"page “{PAGES[0].title}”") as caught:
        read(packed(good), "other", ToySettings)
    assert is_sentence(str(caught.value))


def replaced(name: str, value: torch.Tensor) -> Callable[[dict[str, bytes]], bytes]:
    return with_tensors(lambda tensors: tensors.update({name: value}))


UNFIT = {
    "other shape": (replaced("experiment/place", torch.zeros(4)), "experiment/place differs"),
    "other type": (replaced("experiment/place", torch.zeros(3, dtype=torch.int64)), "experiment/place differs"),
    "other random state": (replaced("random/0", torch.zeros(7, dtype=torch.uint8)), "random/0 differs"),
    "impossible random state": (replaced("random/0", torch.full((5056,), 255, dtype=torch.uint8)), "do not fit"),
    "number for a tensor": (
        with_member("state.json", b'{"dict": [["experiment", {"dict": [["place", 1], ["num_steps", 1]]}]]}'),
        "state differs",
    ),
    "not nested": (with_member("state.json", b"3"), "state differs"),
    "other settings": (edited("settings.json", settings={"width": 4}), "experiment/place differs"),
    "settings that cannot be built": (edited("settings.json", settings={"width": 13}), "bad luck"),
    "history of another rhythm": (
        with_member("history.csv", b"step,loss\n0,1\n3,1\n4,1\n"),
        "do not fit",
    ),
}


@pytest.mark.parametrize(("make", "said"), UNFIT.values(), ids=UNFIT)
def test_what_does_not_fit_is_found_before_anything_is_touched(good: dict[str, bytes], make, said: str) -> None:
    file = read(make(good), SLUG, ToySettings)
    with pytest.raises(RunFileError, match=said) as caught:
        check(file, Toy)
    assert is_sentence(str(caught.value))


def test_a_state_with_which_no_step_can_be_taken_is_refused(good: dict[str, bytes]) -> None:
    file = read(edited("settings.json", settings={"broken_at": 25})(good), SLUG, ToySettings)
    with pytest.raises(RunFileError, match="next step"):
        check(file, Toy)


def test_an_order_that_is_none_is_refused_or_harmless() -> None:
    """A batch order with an example that is not there, for each page that keeps one."""
    for slug, module in MODULES.items():
        run = taken(Run(module.EXPERIMENT, module.SETTINGS()), 3)
        content = members(write(slug, run.capture(), {}))
        tensors = safetensors.torch.load(content["weights.safetensors"])
        if "experiment/order" in tensors:
            tensors["experiment/order"][0] = 10**6
            weights = safetensors.torch.save(tensors)
            file = read(packed({**content, "weights.safetensors": weights}), slug, module.SETTINGS)
            with pytest.raises(RunFileError):
                check(file, module.EXPERIMENT)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_never_raises_anything_else(data) -> None:
    content = bytearray(PACKED)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(RunFileError):
        check(read(bytes(content), SLUG, ToySettings), Toy)


PACKED = write(SLUG, taken(toy_run(), 25).capture(), {})
