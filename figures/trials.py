"""The learning curves of a lesson's runs side by side, on the same axes."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from figures.curves import draw_curves, log_limits, round_above
from figures.scene import Limits, Scene

WIDTH: Final = 660.0
HEIGHT: Final = 150.0
TOP: Final = 30.0
LEFT: Final = 44.0  # room for the numerals
GAP: Final = 16.0
MANY_TIMES: Final = 50.0  # a largest value this many times another asks for a logarithmic axis


class Curve(NamedTuple):
    """One run: what it was called, and a number over its steps."""

    label: str
    steps: np.ndarray
    values: np.ndarray


def trials_scene(curves: Sequence[Curve], name: str) -> bytes:
    """Draws the curves in a row, with one vertical axis for all, so that heights can be compared.

    Args:
        curves: the runs, at least one.
        name: what the numbers are, in words.

    Returns:
        The bytes the live canvas draws.
    """
    ends = "; ".join(f"{curve.label}: from {curve.values[0]:.3g} to {curve.values[-1]:.3g}" for curve in curves)
    scene = Scene(WIDTH, HEIGHT, f"The {name} of each run over its steps. {ends}.")
    limits, is_log = shared_limits(curves)
    room = WIDTH / len(curves)
    for number, curve in enumerate(curves):
        box = (number * room + LEFT, TOP, room - LEFT - GAP, HEIGHT - TOP - 22)
        values = {name: curve.values}
        draw_curves(
            scene, box, curve.steps, values, [name], title=name, limits=limits, is_log=is_log, heading=curve.label
        )
    return scene.to_bytes()


def shared_limits(curves: Sequence[Curve]) -> tuple[Limits, bool]:
    """The ends of an axis on which all curves fit, and whether it is logarithmic (then they are exponents of ten)."""
    finite = [curve.values[np.isfinite(curve.values)] for curve in curves]
    tops = [values.max() for values in finite if len(values)]
    if not tops:
        return (0.0, 1.0), False
    everything = np.concatenate(finite)
    if everything.min() > 0 and max(tops) > MANY_TIMES * min(tops):
        return log_limits(np.log10(everything)), True
    return (min(0.0, float(everything.min())), round_above(everything)), False
