"""The visitor's own text and tokenizer on the page `decoder`."""

from collections.abc import Mapping
from typing import Any

from experiments.decoder_own import files_of, material_of
from experiments.decoder_settings import OWN_TEXT
from experiments.sequences import Own
from ui import own_tokenizer, sequence_data
from ui.decoder_live import SLUG
from ui.material import Material


def bring_text(task: str) -> tuple[Own | None, Any]:
    """Draws the controls for a text of one's own, where the task asks for it; the text, and a key that changes."""
    return sequence_data.own_sequence(SLUG, task) if task == OWN_TEXT else (None, None)


def material() -> Material:
    """How what the visitor brought goes into a run file, and comes back."""
    return Material(files_of, material_of, _take_back)


def _take_back(brought: Mapping[str, Any]) -> None:
    """Puts text and tokenizer where the visitor would have put them; call it in a callback."""
    sequence_data.material(SLUG).put(brought)
    own_tokenizer.take_back(brought)
