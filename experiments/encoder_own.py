"""What a visitor brought to the page `encoder`, as files to take home and back again."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, ValidationError

from data.dataset import MAX_CLASSES, DataError
from data.labelled import MAX_LETTERS, OWN_SOURCE, Labelled
from experiments import brought_tokenizer

TEXTS: Final = "labelled.json"
MAX_TEXTS: Final = 50_000

Words = Annotated[str, Field(max_length=MAX_LETTERS)]
Name = Annotated[str, Field(max_length=1000)]


class _Texts(BaseModel):
    """The texts with their labels."""

    texts: Annotated[tuple[Words, ...], Field(min_length=1, max_length=MAX_TEXTS)]
    labels: tuple[Annotated[int, Field(ge=0, lt=MAX_CLASSES)], ...]
    class_names: Annotated[tuple[Name, ...], Field(min_length=2, max_length=MAX_CLASSES)]
    report: Annotated[tuple[Name, ...], Field(max_length=10)]


def files_of(material: Mapping[str, Any]) -> dict[str, bytes]:
    """The material of an experiment as files by name."""
    files = brought_tokenizer.files_of(material)
    own: Labelled | None = material.get("own")
    if own is None:
        return files
    kept = _Texts(texts=own.texts, labels=own.labels, class_names=own.class_names, report=own.report)
    return {**files, TEXTS: kept.model_dump_json().encode()}


def material_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The material that `files_of` made into files.

    Raises:
        DataError: if they hold something else.
    """
    found = brought_tokenizer.material_of(files)
    if TEXTS not in files:
        return found
    try:
        kept = _Texts.model_validate_json(files[TEXTS])
    except ValidationError as error:
        raise DataError("The table in this run file is damaged: save it anew.") from error
    is_whole = len(kept.labels) == len(kept.texts) and max(kept.labels) < len(kept.class_names)
    if not is_whole or sum(map(len, kept.texts)) > MAX_LETTERS:
        raise DataError("The texts and labels in this run file do not fit together: save it anew.")
    own = Labelled("own table", kept.texts, kept.labels, kept.class_names, OWN_SOURCE, kept.report)
    return {**found, "own": own}
