"""Runs that a visitor keeps to compare with: their curves, settings, picture and complete state."""

import importlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import streamlit as st

from training.capture import Capture
from training.checkpoints import num_bytes
from training.comparison import Layer, layers_of, num_parameters, short_names
from training.experiment import Experiment, material_of
from training.run import Run
from training.settings import Settings

MAX_PINS: Final = 5  # of one page
MAX_BYTES: Final = 64 * 2**20  # of all that a visitor keeps


@dataclass(eq=False)
class Pin:
    """One run that was kept.

    Attributes:
        number: unique among this visitor's pins.
        slot: its place and colour, 0 to `MAX_PINS` - 1; it stays when another one goes.
        given: the name its visitor gave it; empty for an automatic one.
        capture: the run; its state is None if it was too large to keep.
        num_parameters: how many weights and biases it has.
        layers: those weights, as they were.
        picture: a small scene of it.
        material: what its visitor had brought, as `ui.material` says.
    """

    number: int
    slot: int
    given: str
    capture: Capture
    num_parameters: int
    layers: tuple[Layer, ...]
    picture: bytes
    material: Mapping[str, Any]

    @property
    def num_bytes(self) -> int:
        """What it takes to keep."""
        return num_bytes(self.capture.state) + sum(layer.values.nbytes for layer in self.layers)


def pins_of(slug: str) -> list[Pin]:
    """The pinned runs of a page, oldest first."""
    every: dict[str, list[Pin]] = st.session_state.setdefault("_pins", {})
    return every.setdefault(slug, [])


def pin(run: Run, slug: str, label: str | None = None) -> str:
    """Keeps a run as it is at its newest step; the run itself goes on undisturbed.

    Args:
        run: which one; if an earlier moment of it is visited, that moment stays on show.
        slug: its page.
        label: a name; without one it is called after what tells it from the others.

    Returns:
        A sentence for the visitor: pinned, or why not.
    """
    pins = pins_of(slug)
    if len(pins) >= MAX_PINS:
        oldest = names_of(pins)[0]
        return f"{MAX_PINS} runs are pinned, as many as there is room for. Remove one first; the oldest is “{oldest}”."
    visited = run.visited
    run.leave()
    capture, (count, layers, observation, material) = run.capture_with(_look)
    if visited is not None:
        run.visit(visited)
    number = st.session_state["_pin_number"] = st.session_state.get("_pin_number", 0) + 1
    slot = min(set(range(MAX_PINS)) - {one.slot for one in pins})
    picture: bytes = importlib.import_module(f"figures.{slug}").card_scene(observation)
    kept = Pin(number, slot, label or "", capture, count, layers, picture, material)
    sentence = f"Pinned at step {capture.step:,}."
    used = sum(one.num_bytes for every in st.session_state["_pins"].values() for one in every)
    if used + kept.num_bytes > MAX_BYTES:
        kept.capture, kept.layers = replace(capture, state=None), ()
        room = MAX_BYTES // 2**20
        sentence += f" Its weights are left out, because pins may take {room} MB in all: it cannot be loaded again."
    pins.append(kept)
    return sentence


def keep_future(run: Run, slug: str) -> str:
    """Pins a run before what comes after the visited moment is forgotten; returns why it could not be, else nothing."""
    num_pins = len(pins_of(slug))
    sentence = pin(run, slug)
    return "" if len(pins_of(slug)) > num_pins else sentence


def _look(experiment: Experiment) -> tuple[int, tuple[Layer, ...], Any, Mapping[str, Any]]:
    return num_parameters(experiment), layers_of(experiment), experiment.observe(), material_of(experiment)


def remove(slug: str, number: int) -> None:
    """Forgets one pinned run."""
    pins = pins_of(slug)
    pins[:] = [one for one in pins if one.number != number]


def names_of(pins: Sequence[Pin], others: Sequence[Settings] = ()) -> list[str]:
    """A name for each pin, unique: the given one, or what tells its settings from the rest.

    Args:
        pins: those to name.
        others: settings of what they stand beside, the current run for instance.
    """
    shorts = short_names([*(one.capture.settings for one in pins), *others]) if pins else []
    names = [one.given or short for one, short in zip(pins, shorts, strict=False)]
    for mark in ("step {0.capture.step:,}", "pin {0.number}"):  # as far as needed
        counts = Counter(names)
        names = [
            name if name and counts[name] == 1 else ", ".join(filter(None, (name, mark.format(one))))
            for name, one in zip(names, pins, strict=True)
        ]
    return names
