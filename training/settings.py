"""The one declaration of what can be varied: from it come knobs, URL, JSON, sweeps and the tests at knobs' ends."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeVar, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

AnySettings = TypeVar("AnySettings", bound="Settings")  # `Self`, in a form that beartype can check


LONGEST_REASON: Final = 120  # letters


class SettingsError(ValueError):
    """A combination of settings that cannot be trained; the message is one sentence for the visitor."""


def knob(
    default: Any,
    label: str,
    help: str,
    *,
    group: str,
    is_live: bool = False,
    ladder: Sequence[Any] | None = None,
    when: Mapping[str, Sequence[Any]] | None = None,
    **bounds: Any,
) -> Any:
    """Declares one setting with everything a page needs to offer it.

    Args:
        default: a value that works.
        label: its name on the page.
        help: what it does to learning, in one line, with the unit.
        group: the heading under which the page lists it.
        is_live: True if it may change while training; otherwise a change starts the run anew.
        ladder: the values a slider offers, where equal steps make no sense (rates, batch sizes).
        when: `{setting: values}` for which this one has an effect; elsewhere the page hides it.
        **bounds: pydantic's `ge`, `le`, `max_length`.
    """
    extra: dict[str, Any] = {
        "label": label,
        "group": group,
        "is_live": is_live,
        "ladder": ladder,
        "when": dict(when or {}),
    }
    return Field(default, description=help, json_schema_extra=extra, **bounds)


class Settings(BaseModel):
    """What every experiment can vary. Frozen: a change is a new object (`model_copy(update=...)` or `changed`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)

    seed: int = knob(
        0, "Seed", "Fixes the data, the first weights and the order of the batches.", group="Run", ge=0, le=99_999
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = knob(
        "auto", "Device", "Where the arithmetic runs; auto takes the fastest for a network of this size.", group="Run"
    )

    def changed(self: AnySettings, **values: Any) -> AnySettings:
        """A checked copy with some values replaced.

        Raises:
            ValidationError: if a value is out of bounds.
        """
        return type(self).model_validate({**self.model_dump(), **values})


SettingsT = TypeVar("SettingsT", bound=Settings)


def knob_of(field: FieldInfo) -> dict[str, Any]:
    """What `knob` declared beside the default and the bounds."""
    extra = field.json_schema_extra
    assert isinstance(extra, dict), "every field of a Settings class is declared with knob()"
    return extra


def has_effect(field: FieldInfo, values: Mapping[str, Any]) -> bool:
    """Whether a setting acts, given the values of others; one that is missing counts as not fitting."""
    conditions: Mapping[str, Sequence[Any]] = knob_of(field)["when"]
    return all(values.get(other) in allowed for other, allowed in conditions.items())


def is_shown(name: str, settings: Settings) -> bool:
    """Whether the setting `name` has an effect, given the others."""
    return has_effect(type(settings).model_fields[name], dict(settings))


def bounds_of(field: FieldInfo) -> tuple[Any, Any]:
    """The smallest and largest value of a numeric setting, `None` where there is no bound."""
    low = next((rule.ge for rule in field.metadata if isinstance(rule, Ge)), None)
    high = next((rule.le for rule in field.metadata if isinstance(rule, Le)), None)
    return low, high


def choices_of(field: FieldInfo) -> tuple[Any, ...]:
    """The values of a `Literal` setting, or of the members of a tuple of them; empty for the rest."""
    annotation = field.annotation
    if get_origin(annotation) is tuple:
        annotation = get_args(annotation)[0]
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def restarts(old: Settings, new: Settings) -> bool:
    """Whether going from `old` to `new` starts the run anew."""
    fields = type(old).model_fields
    return any(
        getattr(old, name) != getattr(new, name) and not knob_of(field)["is_live"] for name, field in fields.items()
    )


def ends(settings_class: type[Settings]) -> Iterator[tuple[str, Any]]:
    """Every knob's extreme values as `(name, value)`: both bounds, both truth values, each choice."""
    for name, field in settings_class.model_fields.items():
        if field.annotation is bool:
            values: Sequence[Any] = (False, True)
        elif get_origin(field.annotation) is Literal:
            values = choices_of(field)
        else:
            values = [bound for bound in bounds_of(field) if bound is not None]
        yield from ((name, value) for value in values)


def read(settings_class: type[SettingsT], raw: Mapping[str, Any]) -> tuple[SettingsT, list[str]]:
    """Settings from untrusted values (a URL, a file), and one sentence for each value that had to be replaced.

    A bad value gives way to its default; unknown names are reported too. Values that are fine one by one but not
    together give way all at once.
    """
    good: dict[str, Any] = {}
    complaints: list[str] = []
    for name, value in raw.items():
        complaint = _complaint(settings_class, name, value)
        if complaint:
            complaints.append(complaint)
        else:
            good[name] = value
    try:
        return settings_class.model_validate(good), complaints
    except ValidationError as error:
        return settings_class(), [*complaints, f"{_sentence(error)} All settings are back at their defaults."]


def _complaint(settings_class: type[Settings], name: str, value: Any) -> str:
    if name not in settings_class.model_fields:
        return f"There is no setting called {name[:40]!r}; it was left out."
    try:
        settings_class.__pydantic_validator__.validate_assignment(settings_class.model_construct(), name, value)
    except ValidationError as error:
        if not error.errors()[0]["loc"]:  # does not fit the other settings, whose values are not known yet
            return ""
        default = settings_class.model_fields[name].default
        return f"{name} = {str(value)[:40]!r} cannot be used ({_reason(error)}); it is back at {default!r}."
    return ""


def _reason(error: ValidationError) -> str:
    message = str(error.errors()[0]["msg"])
    if len(message) > LONGEST_REASON:  # a list of all choices
        return "none of its choices"
    return message.removeprefix("Value error, ").removeprefix("Input should be ").rstrip(".")


def _sentence(error: ValidationError) -> str:
    return _reason(error)[:1].upper() + _reason(error)[1:] + "."
