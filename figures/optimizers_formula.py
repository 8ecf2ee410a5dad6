"""The update of one optimiser, line by line, with the numbers of its last step put in."""

from typing import Any, Final, NamedTuple

import numpy as np

from figures.items import numeral


class Line(NamedTuple):
    """One equation: what is computed, its rule, the rule with numbers, and the result."""

    symbol: str
    rule: str
    numbers: str
    result: str


RULES: Final = {
    "sgd": "Δ = −η·g",
    "momentum": "b ← β·b + g,  Δ = −η·b",
    "nesterov": "b ← β·b + g,  Δ = −η·(g + β·b)",
    "rmsprop": "v ← 0.99·v + 0.01·g²,  Δ = −η·g / √v",
    "adam": "m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  Δ = −η·m̂ / √v̂",
    "adamw": "as Adam, and the weights shrink by themselves: −η·λ·θ",
    "adagrad": "s ← s + g²,  Δ = −η·g / √s",
}


RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def pair(values: Any) -> str:
    """Two numbers for a person."""
    return f"({', '.join(short(float(value)) for value in values)})"


def short(value: float) -> str:
    """Three digits, small ones as a power of ten."""
    if value != 0 and abs(value) < 1e-3:
        return f"{value:.1e}".replace("e-0", "e-").replace("-", "−")
    return numeral(float(f"{value:.3g}"))


def update_lines(update: Any) -> list[Line]:
    """The equations of one `Update` in the order they are computed, the move last."""
    constants = update.constants
    lines = []
    if np.any(update.slope != update.gradient):
        numbers = f"{pair(update.gradient)} + {short(constants.decay)}·{pair(update.position)}"
        lines.append(Line("g", "slope + λ·θ", numbers, pair(update.slope)))
    else:
        lines.append(Line("g", "slope here, noise included", "", pair(update.slope)))
    lines += _memory_lines(update)
    lines.append(_move_line(update))
    return lines


def _memory_lines(update: Any) -> list[Line]:
    """What the optimiser remembers: its momentum, its squares."""
    one, two, slope = update.constants.beta1, update.constants.beta2, pair(update.slope)
    past, second = pair(update.first_before), pair(update.second_before)
    match update.name:
        case "momentum" | "nesterov":
            return [Line("b", "β·b + g", f"{short(one)}·{past} + {slope}", pair(update.first))]
        case "rmsprop":
            return [Line("v", "0.99·v + 0.01·g²", f"0.99·{second} + 0.01·{slope}²", pair(update.second))]
        case "adagrad":
            return [Line("s", "s + g²", f"{second} + {slope}²", pair(update.second))]
        case "adam" | "adamw":
            means = f"{short(one)}·{past} + {short(1 - one)}·{slope}"
            squares = f"{numeral(two)}·{second} + {short(1 - two)}·{slope}²"
            first_bias, second_bias = (1 - beta**update.count for beta in (one, two))
            t = str(update.count).translate(RAISED)
            return [
                Line("m", "β₁·m + (1−β₁)·g", means, pair(update.first)),
                Line("v", "β₂·v + (1−β₂)·g²", squares, pair(update.second)),
                Line("m̂", f"m / (1−β₁{t})", f"m / {short(first_bias)}", pair(update.first_hat)),
                Line("v̂", f"v / (1−β₂{t})", f"v / {short(second_bias)}", pair(update.second_hat)),
            ]
        case _:
            return []


def _move_line(update: Any) -> Line:
    rate, one, move = short(update.constants.rate), update.constants.beta1, pair(update.move)
    slope, first = pair(update.slope), pair(update.first)
    match update.name:
        case "momentum":
            return Line("Δ", "−η·b", f"−{rate}·{first}", move)
        case "nesterov":
            return Line("Δ", "−η·(g + β·b)", f"−{rate}·({slope} + {short(one)}·{first})", move)
        case "rmsprop":
            return Line("Δ", "−η·g / √v", f"−{rate}·{slope} / √{pair(update.second)}", move)
        case "adagrad":
            return Line("Δ", "−η·g / √s", f"−{rate}·{slope} / √{pair(update.second)}", move)
        case "adam" | "adamw":
            numbers = f"−{rate}·{pair(update.first_hat)} / √{pair(update.second_hat)}"
            if update.name == "adamw" and update.constants.decay:
                decay = short(update.constants.decay)
                return Line("Δ", "−η·m̂ / √v̂ − η·λ·θ", f"{numbers} − {rate}·{decay}·{pair(update.position)}", move)
            return Line("Δ", "−η·m̂ / √v̂", numbers, move)
        case _:
            return Line("Δ", "−η·g", f"−{rate}·{slope}", move)
