"""Look inside, page `gan`: ways through the noise, each unit of it by itself, and where all of it goes."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from experiments.gan_inside import bent, decoded, noise_of, pulls, real_points, way
from experiments.gan_settings import PLANE
from figures.gan_walk import bent_scene, point_scene, strip_scene, way_scene
from training.run import Run, Snapshot
from ui.knobs import IN_URL
from ui.live import live_canvas
from ui.words import written

WAY, UNITS, WHOLE = "A way", "Unit by unit", "All the noise"
PICTURES: Final = 11  # along a way
POINTS: Final = 61
MOST_UNITS: Final = 8
LARGEST: Final = 9999  # number of a draw
STILL: Final = 1e-5  # a move below is rounding
JUMP: Final = 4.0  # times the middle step
REACH: Final = 3.0  # of Gaussian noise, for the sliders


def walk_tab(run: Run, snapshot: Snapshot) -> None:
    """One of three views of the noise."""
    has_sheet = snapshot.settings.data in PLANE and snapshot.settings.noise_dim == 2
    kinds = [WAY, UNITS, WHOLE] if has_sheet else [WAY, UNITS]
    if st.session_state.get("gan_walk") not in kinds:
        st.session_state.pop("gan_walk", None)
    kind = st.segmented_control(
        "Noise", kinds, default=WAY, required=True, key="gan_walk", label_visibility="collapsed"
    )
    if kind == UNITS:
        _units(run, snapshot)
    elif kind == WHOLE:
        _whole(run)
    else:
        _way(run, snapshot)


def _draw(label: str, name: str, start: int) -> int:
    """The number of a draw of noise."""
    with st.container(width=150):
        return int(st.number_input(label, 0, LARGEST, start, key=f"gan_walk_{name}", **IN_URL))


def _way(run: Run, snapshot: Snapshot) -> None:
    """From one draw to another."""
    is_gaussian = snapshot.settings.noise == "Gaussian"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first, second = _draw("From draw", "first", 6), _draw("to draw", "second", 11)
        is_round = is_gaussian and st.toggle(
            "Keep the length", key="gan_walk_round", help="Goes along a circle instead of a straight line."
        )
    real = run.look(real_points)  # type: ignore[arg-type]
    steps = PICTURES if real is None else POINTS
    found = run.look(partial(way, first=first, second=second, steps=steps, is_round=is_round))
    lengths = np.linalg.norm(found.noise, axis=1)
    if real is not None:
        pair = found.noise if found.noise.shape[1] == 2 else np.hstack([found.noise, np.zeros_like(found.noise)])
        live_canvas(way_scene(pair, found.made, real, _limits(snapshot, pair)), key="gan_way", height=0.6)
    else:
        pictures = (found.made.reshape(-1, 1, 28, 28) + 1) / 2
        labels = [f"{share:.0%}" for share in np.linspace(0, 1, len(pictures))]
        alt = f"{len(pictures)} pictures on the way from draw {first} to draw {second}."
        live_canvas(strip_scene(pictures, labels, alt), key="gan_strip", height=0.4)
    st.markdown(_uneven(found.made))
    if is_gaussian:
        st.caption(
            f"On the way the noise has lengths from {lengths.min():.2f} to {lengths.max():.2f}; a drawn one has about "
            f"√{found.noise.shape[1]} = {found.noise.shape[1] ** 0.5:.2f}."
        )


def _uneven(made: np.ndarray) -> str:
    """What even steps through the noise become."""
    moves = np.linalg.norm(np.diff(made, axis=0), axis=1)
    if moves.max() < STILL:
        return "Nothing changes along this way."
    times = float(moves.max() / max(np.median(moves), 1e-12))
    words = (
        "Even steps through the noise are uneven ones behind the generator: the longest here is "
        f"**{written(times, '.1f')}** times the middle one. "
    )
    if times < JUMP:
        return words + "No jump: from step to step the generator changes little by little."
    return words + (
        "It jumps: the generator goes from one kind of example to another, and the noise in between makes something "
        "that belongs to neither."
    )


def _limits(snapshot: Snapshot, noise: np.ndarray) -> tuple[float, float]:
    """Ends of the axes of the noise: far enough for the way."""
    reach = 1.05 if snapshot.settings.noise == "uniform" else max(REACH, float(np.abs(noise).max()) + 0.2)
    return -reach, reach


def _units(run: Run, snapshot: Snapshot) -> None:
    """A slider for each noise unit, those that change most first."""
    number = _draw("Begin at draw", "start", 1)
    start = run.look(lambda e: tuple(noise_of(e, number)[0].tolist()))  # type: ignore[arg-type]
    pull = run.look(partial(pulls, noise=start))
    reach = 1.0 if snapshot.settings.noise == "uniform" else REACH
    shown = sorted(int(unit) for unit in np.argsort(-pull, kind="stable")[:MOST_UNITS])
    noise = list(start)
    left, right = st.columns([6, 5], gap="large")
    with left:
        for unit in shown:
            value = float(np.clip(round(start[unit], 2), -reach, reach))
            help = f"Half a step up or down moves the example by {pull[unit] / 2:.2g}."
            key = f"gan_unit_{number}_{unit}_{len(start)}_{reach:g}"
            noise[unit] = st.slider(f"Unit {unit + 1}", -reach, reach, value, 0.05, key=key, help=help)
    with right:
        _made(run, start, tuple(noise))
    if len(start) > MOST_UNITS:
        st.caption(f"The {MOST_UNITS} of {len(start)} units that change this picture most.")


def _made(run: Run, start: tuple[float, ...], noise: tuple[float, ...]) -> None:
    """What the noise makes now, beside what it made at first."""
    before, _ = run.look(partial(decoded, noise=start))
    made, score = run.look(partial(decoded, noise=noise))
    real = run.look(real_points)  # type: ignore[arg-type]
    if real is not None:
        live_canvas(point_scene(before, made, real), key="gan_unit_point", height=0.5)
    else:
        pictures = (np.stack([before, made]).reshape(2, 1, 28, 28) + 1) / 2
        picture = strip_scene(pictures, ["as drawn", "now"], "The picture as drawn, and as it is now.")
        live_canvas(picture, key="gan_unit_tile", height=0.4)
    st.markdown(f"The discriminator gives it a score of **{written(score, '.3g')}**.")


def _whole(run: Run) -> None:
    """A grid over the noise, bent by the generator."""
    found = run.look(bent)  # type: ignore[arg-type]
    real = run.look(real_points)  # type: ignore[arg-type]
    assert real is not None, "only points of the plane have a sheet of noise"
    live_canvas(bent_scene(found.noise, found.made, found.stretch, real), key="gan_bent", height=0.6)
    low, high = np.quantile(found.stretch, [0.05, 0.95])
    st.markdown(
        "The generator is one continuous map: it can stretch, fold and squeeze the sheet of noise, and cannot tear it. "
        "Where a cell is squeezed, fakes are dense; where it is stretched, they are rare. Between two modes some noise "
        "has to stay. Of the cells, 90% are stretched in area by a factor between "
        f"**{written(float(low), '.2g')}** and **{written(float(high), '.2g')}**."
    )
