"""Rules about colours: written once, in figures/theme.py."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from streamlit import config

from figures import theme
from tests.rules.house import CODE, ROOT, files, rule, text

CONFIG = ".streamlit/config.toml"
COLOUR = re.compile(r"#[0-9a-fA-F]{6}(?:[0-9a-fA-F]{2})?\b|[\"']#[0-9a-fA-F]{3}[\"']|\brgba?\(\s*\d|\bhsla?\(\s*\d")
OURS = text(ROOT / CONFIG)


@rule({"figures/theme.py": 'RED = "#ff0000"\n', "ui/a.py": "#12 is an issue\n"}, {"ui/live.js": "fillStyle = '#fff'\n"})
def colours_live_in_the_theme(root: Path) -> Iterator[str]:
    """A colour written twice is two colours after the next change."""
    for path in files(root, ".py", ".js", ".css", ".html", under=CODE):
        if path == Path("figures/theme.py"):
            continue
        for number, line in enumerate(text(root / path).splitlines(), start=1):
            yield from (f"{path}:{number} writes the colour {found}" for found in COLOUR.findall(line))


@rule({CONFIG: OURS}, {CONFIG: OURS.replace(f'primaryColor = "{theme.ACCENT}"', 'primaryColor = "red"')})
def streamlit_wears_the_theme(root: Path) -> Iterator[str]:
    """What Streamlit draws itself has the colours of our pictures."""
    ours = tomllib.loads(text(root / CONFIG))["theme"]
    wanted: dict[str, object] = {"chartCategoricalColors": list(theme.CLASSES)}
    yield from _differences(ours, wanted, "theme")
    for mode, surface in theme.SURFACES.items():
        magnitude = theme.MAGNITUDE if mode == "light" else theme.MAGNITUDE[::-1]
        wanted = {
            "primaryColor": surface.accent,
            "backgroundColor": surface.background,
            "secondaryBackgroundColor": surface.panel,
            "textColor": surface.text,
            "borderColor": surface.hairline,
            "chartSequentialColors": ten(magnitude),
            "chartDivergingColors": ten([theme.NEGATIVE, surface.zero, theme.POSITIVE]),
        }
        yield from _differences(ours[mode], wanted, f"theme.{mode}")


@rule({CONFIG: OURS}, {CONFIG: OURS + "[logger]\nlowd = true\n"})
def streamlit_knows_every_option(root: Path) -> Iterator[str]:
    """Streamlit only warns about an option it does not know, and the app then lacks it."""
    known = config.get_config_options()
    yield from (
        f"{CONFIG}: Streamlit has no option {name}"
        for name in _options(tomllib.loads(text(root / CONFIG)))
        if name not in known
    )


def ten(stops: Sequence[str]) -> list[str]:
    """Ten colours, evenly spaced along the straight lines between the stops."""
    places = [index * (len(stops) - 1) / 9 for index in range(10)]
    starts = [min(int(place), len(stops) - 2) for place in places]
    return [_mix(stops[start], stops[start + 1], place - start) for place, start in zip(places, starts, strict=True)]


def _mix(start: str, end: str, share: float) -> str:
    channels = ((int(start[i : i + 2], 16), int(end[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in channels)


def _differences(ours: Mapping[str, object], wanted: Mapping[str, object], section: str) -> Iterator[str]:
    for name, value in wanted.items():
        if ours.get(name) != value:
            yield f"{CONFIG}: {section}.{name} is {ours.get(name)}, figures/theme.py makes it {value}"


def _options(tables: Mapping[str, object], prefix: str = "") -> Iterator[str]:
    for name, value in tables.items():
        if isinstance(value, Mapping):
            yield from _options(value, f"{prefix}{name}.")
        else:
            yield prefix + name
