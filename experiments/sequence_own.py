"""What a visitor brought to a page about sequences, as files to take home and back again."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, ValidationError

from data.dataset import DataError
from data.series import MAX_VALUES
from data.text import read_text
from experiments.sequences import NOTHING, Own

TEXT: Final = "text.txt"
CHOICES: Final = "sequence.json"

Name = Annotated[str, Field(max_length=1000)]


class _Choices(BaseModel):
    """The names, and the column of numbers."""

    text_name: Name
    numbers: Annotated[tuple[float, ...], Field(max_length=MAX_VALUES)]
    numbers_name: Name
    report: Annotated[tuple[Name, ...], Field(max_length=10)]


def files_of(material: Mapping[str, Any]) -> dict[str, bytes]:
    """The material of an experiment as files by name: the text as it is, and the column with the names."""
    own: Own = material.get("own", NOTHING)
    if own == NOTHING:
        return {}
    choices = _Choices(text_name=own.text_name, numbers=own.numbers, numbers_name=own.numbers_name, report=own.report)
    return {TEXT: own.text.encode("utf-8"), CHOICES: choices.model_dump_json(indent=2).encode()}


def material_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The material that `files_of` made into files.

    Raises:
        DataError: if they hold something else.
    """
    if CHOICES not in files:
        return {}
    try:
        choices = _Choices.model_validate_json(files[CHOICES])
    except ValidationError as error:
        raise DataError("The text or the column in this run file is damaged: save it anew.") from error
    content = files.get(TEXT, b"")
    return {"own": Own(text=read_text(content) if content else "", **choices.model_dump())}
