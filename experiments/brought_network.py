"""A network that a visitor brought, as a file to take home and back again."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, ValidationError

from data.csv_text import MAX_NAME
from data.dataset import MAX_CLASSES, DataError
from data.networks import MAX_LINKS, MAX_NODES, MIN_NODES, OwnNetwork

NETWORK: Final = "network.json"
DAMAGED: Final = "The network in this run file is damaged: save it anew."

Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
Places = Annotated[str, Field(max_length=5 * MAX_NODES, pattern=r"^([0-9]{1,4}( [0-9]{1,4})*)?$")]


class _Network(BaseModel):
    """What `OwnNetwork` holds."""

    names: Annotated[tuple[Name, ...], Field(min_length=MIN_NODES, max_length=MAX_NODES)]
    later: Annotated[tuple[Places, ...], Field(max_length=MAX_NODES)]
    groups: Annotated[tuple[Name, ...], Field(max_length=MAX_NODES)]
    report: Annotated[tuple[Annotated[str, Field(max_length=1000)], ...], Field(max_length=10)]


def files_of(material: Mapping[str, Any]) -> dict[str, bytes]:
    """The material of an experiment as files by name."""
    own: OwnNetwork | None = material.get("network")
    return {} if own is None else {NETWORK: _Network(**vars(own)).model_dump_json().encode()}


def material_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The material that `files_of` made into files.

    Raises:
        DataError: if they hold something else.
    """
    if NETWORK not in files:
        return {}
    try:
        own = OwnNetwork(**dict(_Network.model_validate_json(files[NETWORK])))
    except ValidationError as error:
        raise DataError(DAMAGED) from error
    if not (_links_fit(own) and _groups_fit(own)):
        raise DataError(DAMAGED)
    return {"network": own}


def _links_fit(own: OwnNetwork) -> bool:
    links = own.links
    linked = {node for link in links for node in link}
    return (
        len(own.later) == len(own.names) == len(set(own.names))
        and 0 < len(links) == len(set(links)) <= MAX_LINKS
        and all(a < b < len(own.names) for a, b in links)
        and len(linked) == len(own.names)
    )


def _groups_fit(own: OwnNetwork) -> bool:
    if not own.groups:
        return True
    sizes = Counter(own.groups)
    return len(own.groups) == len(own.names) and 1 < len(sizes) <= MAX_CLASSES and max(sizes.values()) > 1
