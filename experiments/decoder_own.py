"""What a visitor brought to the page `decoder`, as files to take home and back again."""

from collections.abc import Mapping
from typing import Any, Final

from data.dataset import DataError
from data.tokenizer import own_tokenizer
from experiments import sequence_own

TOKENIZER: Final = "tokenizer.json"


def files_of(material: Mapping[str, Any]) -> dict[str, bytes]:
    """The material of an experiment as files by name: the text, and the tokenizer."""
    files = sequence_own.files_of(material)
    return {**files, TOKENIZER: material["tokenizer"].encode()} if material.get("tokenizer") else files


def material_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The material that `files_of` made into files.

    Raises:
        DataError: if they hold something else.
    """
    found = sequence_own.material_of(files)
    if TOKENIZER not in files:
        return found
    try:
        content = files[TOKENIZER].decode()
    except UnicodeDecodeError as error:
        raise DataError("The tokenizer in this run file is damaged: save it anew.") from error
    own_tokenizer(content)  # complains if it is none
    return {**found, "tokenizer": content}
