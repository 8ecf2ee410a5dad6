"""Look inside, page `vae`: the map of the latent space, to click on, with a slider for each unit."""

import math
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
import streamlit as st

from experiments.vae_inside import Codes, codes, tiles
from figures.vae_latent import latent_scene
from training.run import Run, Snapshot
from ui.live import live_canvas
from ui.words import factor, tex

POINT: Final = "_vae_latent_point"
CELLS: Final = 20
MOST_SLIDERS: Final = 8
A_ROW: Final = 4
NUM_CLOUDS: Final = 10  # examples whose clouds are drawn
NEAR: Final = 0.02  # of the side of the map: a click so close to a code takes its example
REACH: Final = 4.0  # of a slider, at least
MAX_TERMS: Final = 4


class Point(NamedTuple):
    """A point of the latent space.

    Attributes:
        z: (k,) its numbers.
        place: of the test example whose code it is; None if it is nobody's.
    """

    z: np.ndarray
    place: int | None


def latent_tab(run: Run, snapshot: Snapshot) -> None:
    """The map with the point, what it decodes to, and its numbers to turn."""
    seen = run.look(codes)
    point = _point(seen, snapshot.observation.example)  # type: ignore[attr-defined]
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        help = f"Decodes the middles of {CELLS} × {CELLS} cells of the map."
        has_tiles = st.toggle("Decoded map", value=True, key="vae_latent_tiles", help=help)
        help = f"One standard deviation σ around the codes of {NUM_CLOUDS} examples and of the chosen one."
        has_clouds = st.toggle("Clouds", value=True, key="vae_latent_clouds", help=help)
    picture = _picture(run, seen, point, has_tiles=has_tiles, has_clouds=has_clouds)
    live_canvas(picture, key="vae_latent_map", on_event=partial(_clicked, seen))
    _sliders(seen, point, snapshot.step)
    st.latex(formula(point.z))
    told = f"the code μ of test example {point.place + 1}" if point.place is not None else "nobody's code"
    st.caption(
        f"The point is {told}. Click anywhere on the map to decode that point, or on a code to take its example; a "
        "slider moves one number of it. log p(z) is the prior's density: the lower, the further from what the decoder "
        "was trained on."
    )


def _point(seen: Codes, place: int) -> Point:
    """The point that was chosen last; at first the code of the example in the live picture."""
    known: Point | None = st.session_state.get(POINT)
    if known is not None and known.place is None and len(known.z) == len(seen.origin):
        return known
    wanted = place if known is None or known.place is None else known.place
    index = seen.places.index(wanted) if wanted in seen.places else 0
    return Point(seen.mean[index], seen.places[index])


def _picture(run: Run, seen: Codes, point: Point, *, has_tiles: bool, has_clouds: bool) -> bytes:
    chosen = None if point.place is None else seen.places.index(point.place)
    shown = list(range(min(NUM_CLOUDS, len(seen.places)))) if has_clouds else []
    is_points = run.settings.data == "points"
    return latent_scene(
        seen,
        seen.down(point.z),
        run.call("decoded", z=np.asarray(point.z, dtype=np.float32)[None]),
        chosen=chosen,
        given=None if chosen is None else run.call("test_inputs", places=[point.place]),
        ellipses=[*shown, *([chosen] if has_clouds and chosen is not None and chosen not in shown else [])],
        tiles=run.look(partial(tiles, count=CELLS)) if has_tiles else None,
        background=run.call("test_inputs", places=list(seen.places)) if is_points else None,
    )


def _clicked(seen: Codes, event: dict[str, Any]) -> None:
    if event["kind"] != "plane":
        return
    here = np.array([event["x"], event["y"]])
    away = np.linalg.norm(np.nan_to_num(seen.xy, nan=1e9) - here, axis=1)
    nearest = int(away.argmin())
    if away[nearest] < NEAR * 2 * seen.reach:
        st.session_state[POINT] = Point(seen.mean[nearest], seen.places[nearest])
    else:
        st.session_state[POINT] = Point(seen.up(here), None)


def _sliders(seen: Codes, point: Point, step: int) -> None:
    """A slider for each unit; of many units, for the most active ones and those asked for."""
    num_units = len(point.z)
    units = list(range(num_units))
    if num_units > MOST_SLIDERS:
        units = st.multiselect(
            "Units with a slider, those that say most first", seen.order, default=seen.order[:MOST_SLIDERS],
            format_func=partial(_name, seen), max_selections=MOST_SLIDERS,
            key=f"vae_latent_units_{num_units}",
        )  # fmt: skip
    known = np.abs(seen.mean[np.isfinite(seen.mean)])
    reach = max(REACH, float(math.ceil(min(float(known.max(initial=0.0)), 1e6))), seen.reach)
    columns = st.columns(A_ROW, gap="medium")
    for number, unit in enumerate(units):
        key = f"vae_latent_z_{unit}_{step}"  # a browser may tell an old one once more
        st.session_state[key] = float(np.clip(np.nan_to_num(point.z[unit]), -reach, reach))
        with columns[number % A_ROW]:
            label = f"z{_lowered(unit + 1)}"
            st.slider(label, -reach, reach, step=0.01, key=key, on_change=_turned, args=(point, unit, key))


def _name(seen: Codes, unit: int) -> str:
    """A unit with what it says of an example; a plain autoencoder has no nats."""
    return f"unit {unit + 1}" + (f": {seen.kl[unit]:.2f} nats" if np.isfinite(seen.kl[unit]) else "")


def _lowered(number: int) -> str:
    """A number as a subscript."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def _turned(point: Point, unit: int, key: str) -> None:
    z = np.array(point.z, dtype=np.float32)
    z[unit] = st.session_state[key]
    st.session_state[POINT] = Point(z, None)


def formula(z: np.ndarray) -> str:
    """The prior's density at a point, with its numbers."""
    k = len(z)
    terms = [rf"{factor(float(value), 2)}^2" for value in z[:MAX_TERMS]] + ([r"\dots"] if k > MAX_TERMS else [])
    square = float((np.asarray(z, dtype=float) ** 2).sum())
    value = -0.5 * square - 0.5 * k * math.log(2 * math.pi)
    return (
        rf"\ln p(z) = -\tfrac12 \lVert z \rVert^2 - \tfrac{{k}}{{2}} \ln 2\pi = -\tfrac12 ({' + '.join(terms)}) "
        rf"- \tfrac{{{k}}}{{2}} \cdot {math.log(2 * math.pi):.3f} = {tex(value)}"
    )
