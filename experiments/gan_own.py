"""What a visitor brought to the page `gan`, as files to take home and back again."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter, ValidationError

from data import image_files
from data.dataset import DataError
from data.point_clouds import MAX_OWN_POINTS

POINTS: Final = "points.json"

Coordinate = Annotated[float, Field(ge=-10, le=10)]
_POINTS: Final = TypeAdapter(Annotated[tuple[tuple[Coordinate, Coordinate], ...], Field(max_length=MAX_OWN_POINTS)])


def files_of(material: Mapping[str, Any]) -> dict[str, bytes]:
    """The material of an experiment as files by name: pictures, points, or nothing."""
    files = image_files.files_of(material)
    points = material.get("points")
    return {**files, POINTS: _POINTS.dump_json(points)} if points else files


def material_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The material that `files_of` made into files.

    Raises:
        DataError: if they hold something else.
    """
    found = image_files.material_of(files)
    if POINTS not in files:
        return found
    try:
        return {**found, "points": _POINTS.validate_json(files[POINTS])}
    except ValidationError as error:
        raise DataError("The points in this run file are damaged: save it anew.") from error
