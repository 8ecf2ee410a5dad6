"""The colour maps of sheets, as stops that are mixed evenly; the live and the still layer take them from here."""

from typing import Final, Literal

from figures import theme

Palette = Literal["diverging", "magnitude", "grey", "ink", "rgb"]
PALETTES: Final[tuple[Palette, ...]] = ("diverging", "magnitude", "grey", "ink", "rgb")


def palette_stops(palette: Palette, mode: theme.Mode) -> tuple[str, ...]:
    """The colours of `palette` from its low to its high end, as `#rrggbb`.

    `diverging` runs from negative over a neutral middle to positive; `magnitude` from the colour of the paper to far
    from it; `grey` from (nearly) black to white in both modes, as images mean it; `ink` from paper to text. `rgb`
    values are colours themselves; its stops are those of `grey`.
    """
    surface = theme.SURFACES[mode]
    match palette:
        case "diverging":
            return theme.NEGATIVE, surface.zero, theme.POSITIVE
        case "magnitude":
            return theme.MAGNITUDE if mode == "light" else (surface.zero, *theme.MAGNITUDE[:0:-1])
        case "ink":
            return surface.background, surface.text
        case _:
            return theme.SURFACES["dark"].background, theme.SURFACES["light"].background
