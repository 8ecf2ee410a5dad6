"""Networks side by side on the page `encoder`: with and without pretraining, and with and without what comes after."""

from typing import Any, Final

from experiments.encoder_settings import EncoderSettings
from training.race import Entrant
from training.run import Build

STARTS: Final = {
    "from scratch": "classify",
    "pretrained": "pretrain first",
    "pretrained, frozen": "pretrain and freeze",
}
SIDES: Final = {"both sides": "both sides", "left only": "left only"}
AFTERWARDS: Final = 300  # steps with labels


def starts(build: Build, settings: EncoderSettings) -> list[Entrant]:
    """Three ways to the same labels, as many steps each; pretraining takes its steps out of these.

    Where there are no classes (Alice), the languages are taken.
    """
    values: dict[str, Any] = {"data": "languages"} if settings.data == "Alice" else {}
    return [Entrant(label, build, settings.changed(task=task, **values)) for label, task in STARTS.items()]


def sides(build: Build, settings: EncoderSettings) -> list[Entrant]:
    """Two networks of one size that fill the same gaps; one sees both sides of a gap, the other what is before it."""
    return [Entrant(label, build, settings.changed(task="fill gaps", sees=side)) for label, side in SIDES.items()]


def num_steps(settings: EncoderSettings) -> int:
    """How long the race with labels takes."""
    return settings.pretrain_steps + AFTERWARDS
