"""What a visitor brought to the page `decoder`, as files to take home and back again: a text, and a tokenizer."""

from collections.abc import Mapping
from typing import Any

from experiments import brought_tokenizer, sequence_own


def files_of(material: Mapping[str, Any]) -> dict[str, bytes]:
    """The material of an experiment as files by name."""
    return {**sequence_own.files_of(material), **brought_tokenizer.files_of(material)}


def material_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The material that `files_of` made into files.

    Raises:
        DataError: if they hold something else.
    """
    return {**sequence_own.material_of(files), **brought_tokenizer.material_of(files)}
