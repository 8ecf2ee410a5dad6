"""The tokenizer that a visitor has trained on its page, for the pages that read in its tokens."""

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

OWN_BPE: Final = "own BPE"
TRAINED: Final = "tokenizer_trained"  # where the page of the tokenizer keeps it
TAKEN: Final = "_own_tokenizer_taken"  # one that came back with a run file or a pin


def bring_tokenizer(level: str) -> str:
    """The JSON of the visitor's tokenizer, where the tokens are its; empty if there is none."""
    if level != OWN_BPE:
        return ""
    return str(st.session_state.get(TRAINED) or st.session_state.get(TAKEN) or "")


def take_back(brought: Mapping[str, Any]) -> None:
    """Puts a tokenizer where the visitor would have put it; call it in a callback."""
    if brought.get("tokenizer"):
        st.session_state[TRAINED] = st.session_state[TAKEN] = brought["tokenizer"]
