"""The visitor's own tokenizer, as a file to take home and back again: for the pages that read in its tokens."""

from collections.abc import Mapping
from typing import Any, Final

from data.dataset import DataError
from data.tokenizer import own_tokenizer

TOKENIZER: Final = "tokenizer.json"
MISSING: Final = "There is no tokenizer of your own yet: train one on the page Tokenizer, or take BPE."


def files_of(material: Mapping[str, Any]) -> dict[str, bytes]:
    """The tokenizer of an experiment's material, if there is one."""
    return {TOKENIZER: material["tokenizer"].encode()} if material.get("tokenizer") else {}


def material_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The material that `files_of` made into a file.

    Raises:
        DataError: if it holds something else.
    """
    if TOKENIZER not in files:
        return {}
    try:
        content = files[TOKENIZER].decode()
    except UnicodeDecodeError as error:
        raise DataError("The tokenizer in this run file is damaged: save it anew.") from error
    own_tokenizer(content)  # complains if it is none
    return {"tokenizer": content}
