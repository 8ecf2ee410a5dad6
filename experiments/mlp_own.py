"""What a visitor brought to the page `mlp`, as files to take home and back again."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from data.dataset import DataError
from data.own_table import read_table
from data.planes import MAX_OWN_POINTS
from experiments.mlp_problem import NOTHING, Own

POINTS: Final = "points.json"
TABLE: Final = "table.csv"
CHOICES: Final = "choices.json"

Name = Annotated[str, Field(max_length=1000)]


class _Choices(BaseModel):
    """What is learnt from a table."""

    table_name: Name
    target: Name
    columns: tuple[Name, ...] | None
    task: Literal["classification", "regression"] | None


def files_of(material: Mapping[str, Any]) -> dict[str, bytes]:
    """The material of an experiment as files by name: the points, or the table as it came and what was chosen of it."""
    own: Own = material.get("own", NOTHING)
    files: dict[str, bytes] = {}
    if own.points:
        files[POINTS] = _POINTS.dump_json(list(own.points))
    if own.table is not None:
        choices = {name: value for name, value in vars(own).items() if name in _Choices.model_fields}
        files[TABLE], files[CHOICES] = own.table.content, _Choices(**choices).model_dump_json(indent=2).encode()
    return files


def material_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The material that `files_of` made into files.

    Raises:
        DataError: if they hold something else.
    """
    if POINTS not in files and TABLE not in files:
        return {}
    try:
        points = tuple(_POINTS.validate_json(files.get(POINTS, b"[]")))
        choices = _Choices.model_validate_json(files[CHOICES]) if TABLE in files else None
    except (ValidationError, KeyError) as error:
        raise DataError("The points or the choices in this run file are damaged: save it anew.") from error
    if choices is None:
        return {"own": Own(points=points)}
    return {"own": Own(points, read_table(files[TABLE]), **dict(choices))}


_POINTS: Final = TypeAdapter(
    Annotated[list[tuple[float, float, Annotated[int, Field(ge=0)]]], Field(max_length=MAX_OWN_POINTS)]
)
