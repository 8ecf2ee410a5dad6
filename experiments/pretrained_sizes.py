"""How many parameters the networks of this app have, counted in the networks themselves."""

import importlib
from functools import cache
from typing import Final, NamedTuple

from catalog import PAGES, Entry

NO_NETWORK: Final = frozenset({"optimizers", "pretrained"})  # points on a surface; the page that shows the others


class Size(NamedTuple):
    """The largest network of a page, as it starts."""

    title: str
    slug: str
    parameters: int


@cache
def our_sizes() -> tuple[Size, ...]:
    """The default network of each page; the first time, all of them are built, which takes some seconds."""
    return tuple(Size(page.title, page.slug, _largest(page)) for page in PAGES if page.slug not in NO_NETWORK)


def _largest(page: Entry) -> int:
    module = importlib.import_module(f"experiments.{page.slug}")
    networks = module.EXPERIMENT(module.SETTINGS()).networks()
    return max(sum(one.numel() for one in network.module.parameters()) for network in networks.values())
