"""What can be done about a finding: settings to change, as far as an experiment has such settings."""

from collections.abc import Mapping, Sequence
from typing import Any

from training.settings import Settings, bounds_of, choices_of, is_shown, knob_of


def rate(settings: Settings, factor: float | int) -> dict[str, Any]:
    """Another learning rate: the rung of its ladder nearest below (or above) `factor` times this one; empty if none."""
    return _rung(settings, "learning_rate", settings_value(settings, "learning_rate", 0.0) * factor, factor < 1)


def choice(settings: Settings, name: str, wanted: Sequence[str]) -> dict[str, Any]:
    """The first of `wanted` that the setting `name` offers and that is not in force already; empty if none."""
    field = type(settings).model_fields.get(name)
    offered = choices_of(field) if field is not None else ()
    return next(({name: one} for one in wanted if one in offered and one != getattr(settings, name)), {})


def decay(settings: Settings, least: float) -> dict[str, Any]:
    """A weight decay of at least `least` and of three times the present one; empty if that is too much."""
    return _rung(settings, "weight_decay", max(least, 3 * settings_value(settings, "weight_decay", 0.0)), False)


def lighter(settings: Settings, strong: float) -> dict[str, Any]:
    """A thirtieth of the weight decay, where it is `strong` or stronger; empty otherwise."""
    now = settings_value(settings, "weight_decay", 0.0)
    return _rung(settings, "weight_decay", now / 30, True) if now >= strong else {}


def default(settings: Settings, name: str) -> dict[str, Any]:
    """The default of the setting `name`; empty if it is in force already."""
    field = type(settings).model_fields.get(name)
    return {name: field.default} if field is not None and getattr(settings, name) != field.default else {}


def settings_value(settings: Settings, name: str, otherwise: Any) -> Any:
    """What a setting is, where there is one."""
    return getattr(settings, name, otherwise)


def in_words(settings: Settings, remedy: Mapping[str, Any]) -> str:
    """What a remedy does, for its button: `Learning rate 0.003, activation relu: start again`."""
    parts: list[str] = []
    for name, value in remedy.items():
        label = str(knob_of(type(settings).model_fields[name])["label"])
        shown = f"{value:g}" if isinstance(value, float) else value
        shown = ", ".join(map(str, shown)) if isinstance(shown, tuple) else shown
        parts.append(f"{label.lower() if parts else label} {shown}")
    return f"{' · '.join(parts)}: start again" if parts else "Start again"


def _rung(settings: Settings, name: str, wanted: float, is_down: bool) -> dict[str, Any]:
    field = type(settings).model_fields.get(name)
    if field is None or not is_shown(name, settings):
        return {}
    low, high = bounds_of(field)
    value, nearly = getattr(settings, name), 1 + 1e-9
    if is_down:
        rungs = [one for one in knob_of(field)["ladder"] or (max(low, wanted),) if one < value]
        return {name: max((one for one in rungs if one <= wanted * nearly), default=min(rungs))} if rungs else {}
    rungs = [one for one in knob_of(field)["ladder"] or (min(high, wanted),) if one > value]
    return {name: min((one for one in rungs if one * nearly >= wanted), default=max(rungs))} if rungs else {}
