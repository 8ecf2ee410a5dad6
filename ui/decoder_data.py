"""The visitor's own text and tokenizer on the page `decoder`."""

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from experiments.decoder_own import files_of, material_of
from experiments.decoder_settings import OWN_TEXT
from experiments.sequences import Own
from ui import sequence_data
from ui.decoder_live import SLUG
from ui.material import Material

TRAINED: Final = "tokenizer_trained"  # where the page of the tokenizer keeps what the visitor has trained
TAKEN: Final = "_decoder_tokenizer"  # one that came back with a run file or a pin


def bring_text(task: str) -> tuple[Own | None, Any]:
    """Draws the controls for a text of one's own, where the task asks for it; the text, and a key that changes."""
    return sequence_data.own_sequence(SLUG, task) if task == OWN_TEXT else (None, None)


def bring_tokenizer(level: str) -> str:
    """The JSON of the visitor's tokenizer, where the tokens are its; empty if there is none."""
    if level != "own BPE":
        return ""
    return str(st.session_state.get(TRAINED) or st.session_state.get(TAKEN) or "")


def material() -> Material:
    """How what the visitor brought goes into a run file, and comes back."""
    return Material(files_of, material_of, _take_back)


def _take_back(brought: Mapping[str, Any]) -> None:
    """Puts text and tokenizer where the visitor would have put them; call it in a callback."""
    sequence_data.material(SLUG).put(brought)
    if brought.get("tokenizer"):
        st.session_state[TRAINED] = st.session_state[TAKEN] = brought["tokenizer"]
