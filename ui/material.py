"""How what visitors bring to a page (points, a table) travels: with a run file, to followers, back with a pin."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple


class Material(NamedTuple):
    """What a page says about its visitors' own material.

    The material is what `experiment.material` holds: arguments of the experiment besides its settings, by name.

    Attributes:
        pack: the material as files by name.
        unpack: the material that such files hold; raises `DataError` if they hold something else.
        put: brings material into the session, as if the visitor had entered it; called in a callback.
    """

    pack: Callable[[Mapping[str, Any]], dict[str, bytes]]
    unpack: Callable[[Mapping[str, bytes]], dict[str, Any]]
    put: Callable[[Mapping[str, Any]], None]


NONE: Final = Material(lambda material: {}, lambda files: {}, lambda material: None)
