"""What stands in the place of a trained network that is not installed."""

from typing import Final

import streamlit as st

from data.extras import EXTRAS, INSTALL, is_installed

HOW: Final = (
    "Stop the app, run this line in its environment and start it again; `make run EXTRAS=pretrained` does both. "
    "After that it works without a network."
)


def explain_missing(*names: str) -> bool:
    """Says which of some networks are missing and how to get them.

    Args:
        names: of `data.extras.EXTRAS`.

    Returns:
        Whether any is missing, so that there is nothing else to draw.
    """
    missing = [EXTRAS[name] for name in names if not is_installed(name)]
    if missing:
        described = [f"**{extra.title}** ({extra.megabytes} MB, {extra.licence})" for extra in missing]
        st.info(f"Not installed here: {', '.join(described)}. {HOW}")
        st.code(INSTALL, language="bash")
    return bool(missing)
