"""What is wrong with a run, in plain sentences with its numbers, and what to do about it. Quiet when nothing is."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from jaxtyping import Float

from training.health import LayerHealth, measure
from training.history import Columns
from training.remedies import choice, decay, default, in_words, lighter, rate, settings_value
from training.run import EXPLOSION, Run
from training.settings import Settings

# Half of a layer switched off. Lu et al. 2019, "Dying ReLU and initialization", call a network dead when a whole layer
# is; CS231n's notes name 40 % as what a rate too high does. Below half, a layer still works.
DEAD: Final = 0.5
# Glorot & Bengio 2010, figure 2: the layers that do not learn have nearly all outputs at the ends of the bend.
SATURATED: Final = 0.75
# First over last layer. A healthy network has about 1 (Glorot & Bengio 2010, figure 7); six sigmoids have below 1e-3.
VANISHING: Final = 1e-3
# A gradient this many times as long as the weights: even a rate of 0.001 would replace them (Pascanu et al. 2013).
EXPLODING: Final = 1e3
# CS231n: an update moves a layer by about a thousandth of its weights. A tenth and a hundred times that are far off.
SLOW_UPDATES: Final = 1e-4
WILD_UPDATES: Final = 0.1
USUAL_UPDATES: Final = 1e-3
NO_PULL: Final = 1e-3  # gradient over weights: below, an update is small because little is left to do
# Prechelt 1998, "Early stopping, but when?", stops at 5 % above the lowest test loss; half above it needs no argument.
OVERFITTING: Final = 1.5
BY_HEART: Final = 3.0  # so many times the lowest loss asks for ten times the decay: measured on the page's problems
# Rows of history that go up, and by how much of the loss, when each step overshoots (Smith 2017, range test, its end).
OSCILLATING_ROWS: Final = 0.35
OSCILLATING_SIZE: Final = 0.15
FLAT: Final = 0.002  # fall of the mean loss from one half of the window to the other, as a share of it
# Health is judged where learning fails. A run that has left a third of its first loss behind is not told what to mend.
LEARNT: Final = 0.7
NOTHING_LEARNT: Final = 0.9
GENTLER: Final = 1 / 30  # a rate that failed lies a decade above the largest that works; half a decade more is safe
FIRST_STEPS: Final = 20  # in which Adam's steps and the loss are still unusual
WINDOW: Final = 20  # rows of history that are looked at
STRONG_DECAY: Final = 0.01  # with Adam, where such a pull is often as strong as that of the loss
FLAT_STEPS: Final = 500


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        kind: identifier.
        sentence: what is wrong, with the numbers that say so.
        label: of the button.
        remedy: settings to change before the run starts again; empty if starting again is all there is to try.
    """

    kind: str
    sentence: str
    label: str
    remedy: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Checkup:
    """What was looked at, and what was found.

    Attributes:
        layers: of every network, by name.
        findings: the most telling first; empty if nothing is wrong.
        calm: one sentence with the numbers, for when nothing is.
    """

    layers: Mapping[str, tuple[LayerHealth, ...]]
    findings: tuple[Finding, ...]
    calm: str


def checkup(run: Run) -> Checkup:
    """Looks at a run as it is now. Changes nothing."""
    snapshot = run.poll()
    layers, history = measure(run), snapshot.history.until(snapshot.step)
    if snapshot.has_failed:
        found: list[Finding] = [_failed(snapshot.settings, snapshot.history, snapshot.message)]
    else:
        found = list(_in_course(snapshot.settings, history, snapshot.step))
        for name, network in layers.items():
            where = f" of the {name}" if len(layers) > 1 else ""
            found = [*_in_layers(snapshot.settings, history, snapshot.step, network, where), *found]
        found = _causes(found)
    return Checkup(layers, tuple(found), _calm(layers, history))


def _finding(kind: str, sentence: str, settings: Settings, *parts: Mapping[str, Any]) -> Finding:
    """A finding with all the parts of its remedy that this experiment has."""
    remedy = {name: value for part in parts for name, value in part.items()}
    return Finding(kind, sentence, in_words(settings, remedy), remedy)


def _causes(found: Sequence[Finding]) -> list[Finding]:
    """Leaves out what only follows from something else that was found."""
    kinds = {one.kind for one in found}
    follows = {
        "wild": kinds & {"stuck", "dead"},
        "saturated": kinds & {"wild"},
        "exploding": kinds & {"stuck"},
        "vanishing": kinds & {"stuck", "dead", "wild", "saturated"},
        "slow": kinds & {"stuck", "dead", "saturated", "vanishing"},
        "flat": kinds - {"flat"},
    }
    unique = {one.kind: one for one in reversed(found)}
    return [one for one in reversed(unique.values()) if not follows.get(one.kind)]


def _failed(settings: Settings, history: Columns, message: str) -> Finding:
    loss, first = history.last("loss"), abs(history.values["loss"][0])
    if math.isfinite(loss) and abs(loss) <= EXPLOSION * max(1.0, first):
        return _finding("broken", message, settings)
    size = f"grew to {loss:.2g}" if math.isfinite(loss) else "is no number any more"
    return _finding("exploded", f"The loss {size}; it began at {first:.3g}.", settings, after_explosion(settings))


def after_explosion(settings: Settings) -> dict[str, Any]:
    """What to change when the loss has run away: a lower rate and usual first weights, or a sign that is wrong."""
    if turned := default(settings, "sign"):  # of the VAE's divergence: no rate helps where the loss has no floor
        return turned
    usual = default(settings, "initialisation") if _first_weights(settings) == "large" else {}
    return rate(settings, GENTLER) | usual


def slower(settings: Settings) -> str:
    """What to try when the loss has run away, in a sentence: a lower rate, or what there is if it cannot fall."""
    remedy = rate(settings, GENTLER)
    if "learning_rate" not in remedy:
        return "The learning rate is as low as it goes: choose another optimiser and reset."
    now = settings.model_dump()["learning_rate"]
    return f"Lower the learning rate (it is {now:g}; try {remedy['learning_rate']:g}) and reset."


# ---- what the layers say -------------------------------------------------------------------------------------------


def _in_layers(
    settings: Settings, history: Columns, step: int, layers: Sequence[LayerHealth], where: str
) -> Iterator[Finding]:
    weighted = [one for one in layers if not math.isnan(one.gradient)]
    if not weighted:
        return
    yield from _exploding(settings, weighted, where)
    if not _learns_little(history):
        return
    first, last = weighted[0], weighted[-1]
    worst = max(layers, key=lambda one: -1 if math.isnan(one.dead) else one.dead)
    if len(weighted) > 1 and first.gradient == 0 and _first_weights(settings) == "zeros":
        sentence = f"No gradient reaches {first.name}{where}: with all weights 0, no unit differs from another."
        yield _finding("stuck", sentence, settings, choice(settings, "initialisation", ("default", "xavier", "he")))
    if worst.dead >= DEAD:
        sentence = (
            f"{worst.dead:.0%} of the units of {worst.name}{where} are off for every example, and get no gradient."
        )
        slower = rate(settings, GENTLER) if _is_worse(history) else {}
        yield _finding("dead", sentence, settings, choice(settings, "activation", ("leaky_relu",)), slower)
    flat = max(layers, key=lambda one: -1 if math.isnan(one.saturated) else one.saturated)
    if flat.saturated >= SATURATED:
        sentence = (
            f"{flat.saturated:.0%} of the outputs of {flat.name}{where} are in its flat part, where gradients fade."
        )
        weights = choice(settings, "initialisation", ("xavier", "default"))
        slower = {} if _first_weights(settings) == "large" else rate(settings, GENTLER)
        yield _finding("saturated", sentence, settings, weights, slower)
    yield from _along_the_layers(settings, first, last, where)
    if step >= FIRST_STEPS:
        yield from _in_updates(settings, history, weighted, where)


def _along_the_layers(settings: Settings, first: LayerHealth, last: LayerHealth, where: str) -> Iterator[Finding]:
    """How the gradient changes from the last layer to the first."""
    ratio = first.gradient / last.gradient if last.gradient > 0 else math.nan
    numbers = f"{first.gradient:.2g} in {first.name}, {last.gradient:.2g} in {last.name}{where}"
    if ratio <= VANISHING:
        bend = choice(settings, "activation", ("relu", "gelu"))
        weights = choice(settings, "initialisation", ("he", "xavier", "default"))
        yield _finding("vanishing", f"The gradient fades on its way back: {numbers}.", settings, bend, weights)


def _exploding(settings: Settings, weighted: Sequence[LayerHealth], where: str) -> Iterator[Finding]:
    """Gradients far longer than the weights they are to change."""
    worst = max(weighted, key=lambda one: one.gradient / max(one.size, 1e-12))
    if worst.gradient > EXPLODING * worst.size:
        sentence = f"The gradient of {worst.name}{where} has length {worst.gradient:.2g}, its weights {worst.size:.2g}."
        usual = choice(settings, "initialisation", ("default",)) if _first_weights(settings) == "large" else {}
        yield _finding("exploding", sentence, settings, usual or rate(settings, GENTLER))


def _in_updates(settings: Settings, history: Columns, weighted: Sequence[LayerHealth], where: str) -> Iterator[Finding]:
    """How far an update goes, against the rule of thumb."""
    ratios = [one.update_ratio for one in weighted if not math.isnan(one.update_ratio)]
    is_warming = history.last("learning_rate") < 0.5 * settings_value(settings, "learning_rate", 0.0)
    if not ratios or is_warming:
        return
    middle = float(np.median(ratios))
    numbers = f"An update{where} moves a layer by {middle:.2g} of its weights, where about 1e-3 is usual"
    pull = float(np.median([one.gradient / max(one.size, 1e-12) for one in weighted]))
    still = max(NO_PULL, 3 * settings_value(settings, "weight_decay", 0.0))  # decay balances that much
    if middle < SLOW_UPDATES and pull > still:
        factor = min(1e3, USUAL_UPDATES / max(middle, 1e-9))
        yield _finding("slow", f"{numbers}: it hardly learns.", settings, rate(settings, factor))
    if middle > WILD_UPDATES and _is_worse(history) and not lighter(settings, STRONG_DECAY):
        yield _finding("wild", f"{numbers}: it jumps about.", settings, rate(settings, GENTLER))


# ---- what the course of the loss says ------------------------------------------------------------------------------


def _in_course(settings: Settings, history: Columns, step: int) -> Iterator[Finding]:
    losses = history.values["loss"]
    yield from _overfits(settings, history)
    if step < FIRST_STEPS or len(losses) < WINDOW or not _learns_little(history):
        return
    recent = losses[-WINDOW:]
    level, rises = float(np.mean(np.abs(recent))), float(np.mean(np.diff(recent) > 0))
    size = float(np.mean(np.abs(np.diff(recent)))) / max(level, 1e-12)
    if rises >= OSCILLATING_ROWS and size >= OSCILLATING_SIZE:
        sentence = (
            f"The loss jumps: by {size:.0%} from one look to the next, and up as often as down "
            f"({rises:.0%}). The steps are too long."
        )
        yield _finding("wild", sentence, settings, rate(settings, GENTLER))
    yield from _is_flat(settings, history, step)


def _overfits(settings: Settings, history: Columns) -> Iterator[Finding]:
    test, train = history.values.get("test_loss"), history.values["loss"]
    if test is None or len(test) < WINDOW or not np.isfinite(test).all():
        return
    lowest = int(test.argmin())
    now, then = _smooth(test), float(test[lowest])
    gain = 0.05 * abs(float(test[0]))  # a loss near 0 may double without anyone noticing
    if now >= OVERFITTING * then + gain and now >= OVERFITTING * _smooth(train) and _smooth(train) < train[lowest]:
        sentence = (
            f"The test loss rose from {then:.3g} at step {history.steps[lowest]:,} to {now:.3g}, while the training "
            f"loss fell to {_smooth(train):.3g}: it learns the training examples by heart."
        )
        yield _finding("overfitting", sentence, settings, decay(settings, 0.03 if now >= BY_HEART * then else 0.003))


def _is_flat(settings: Settings, history: Columns, step: int) -> Iterator[Finding]:
    steps, losses = history.steps, history.values["loss"]
    is_recent = steps >= step - FLAT_STEPS
    if step < FLAT_STEPS or is_recent.sum() < 4:
        return
    recent = losses[is_recent]
    half = len(recent) // 2
    before, after = float(np.mean(recent[:half])), float(np.mean(recent[half:]))
    if before - after < FLAT * abs(before):
        sentence = f"The loss has hardly moved in the last {FLAT_STEPS} steps: {before:.4g}, now {after:.4g}."
        bend = choice(settings, "activation", ("tanh",)) if _bend(settings) == "identity" else {}
        widths = default(settings, "hidden_dims") if not settings_value(settings, "hidden_dims", True) else {}
        less = lighter(settings, STRONG_DECAY)
        if less:
            sentence += (
                f" The weight decay of {settings_value(settings, 'weight_decay', 0.0):g} holds the weights back."
            )
            yield _finding("flat", sentence, settings, less)
        elif bend or widths:
            yield _finding("flat", sentence, settings, bend, widths)
        elif after > NOTHING_LEARNT * abs(float(losses[0])):
            sentence += " There may be nothing to learn; another beginning can tell."
            yield _finding("flat", sentence, settings, {"seed": (settings.seed + 1) % 100_000})


def _learns_little(history: Columns) -> bool:
    return _smooth(history.values["loss"]) > LEARNT * abs(float(history.values["loss"][0]))


def _is_worse(history: Columns) -> bool:
    return _smooth(history.values["loss"]) > abs(float(history.values["loss"][0]))


def _smooth(column: Float[np.ndarray, " rows"]) -> float:
    """The newest value, freed of the noise of single batches."""
    return float(np.median(column[-3:]))


def _first_weights(settings: Settings) -> str:
    return str(settings_value(settings, "initialisation", ""))


def _bend(settings: Settings) -> str:
    return str(settings_value(settings, "activation", ""))


def _calm(layers: Mapping[str, tuple[LayerHealth, ...]], history: Columns) -> str:
    everything = [one for network in layers.values() for one in network]
    gradients = [one.gradient for one in everything if not math.isnan(one.gradient)]
    ratios = [one.update_ratio for one in everything if not math.isnan(one.update_ratio)]
    parts = [f"the loss is {history.last('loss'):.3g}, of {history.values['loss'][0]:.3g} at first"]
    if gradients:
        parts.append(f"gradients are from {min(gradients):.2g} to {max(gradients):.2g}")
    if ratios:
        parts.append(f"an update moves a layer by {float(np.median(ratios)):.2g} of its weights")
    return f"Nothing is wrong: {', '.join(parts)}."
