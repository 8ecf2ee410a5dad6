"""The code that is running: the real source of a model beside the paper it comes from."""

import importlib
import inspect
import re
from types import ModuleType
from typing import Final

import streamlit as st

PARTS: Final = ("Why it was needed", "Paper", "Differs", "Shapes")  # a model's docstring has them in this order
WHOLE: Final = "whole file"
_PART: Final = re.compile(
    r"^(?P<label>(?:Why it was needed|Papers?|Differs from the (?:lecture|paper)s?|Shapes)): *", re.MULTILINE
)
_ADDRESS: Final = re.compile(r"https?://[^\s),;]+[^\s),;.]")


def source_panel(slug: str) -> None:
    """Shows models/<slug>.py, whole or one class of it, and what its docstring says of paper and lecture."""
    st.fragment(_panel)(slug)


def _panel(slug: str) -> None:
    """A fragment, so that choosing a class draws nothing but this panel anew."""
    module = importlib.import_module(f"models.{slug}")
    names = classes_of(module)
    code, words = st.columns([7, 3], gap="large")
    with code:
        chosen = st.pills(
            f"models/{slug}.py, the file that this page trains",
            [WHOLE, *names],
            default=WHOLE,
            required=True,
            key=f"{slug}_source",
        )
        source = inspect.getsource(module if chosen in (None, WHOLE) else getattr(module, str(chosen)))
        st.code(source, language="python", line_numbers=True, wrap_lines=True, height=420)
    with words:
        opening, parts = docstring_parts(module)
        st.markdown(f"*{opening}*")
        for label, text in parts.items():
            st.markdown(f"**{label}.** {text}")


def classes_of(module: ModuleType) -> list[str]:
    """The names of the classes that a module defines itself, as they stand in it."""
    own = [value for value in vars(module).values() if inspect.isclass(value) and value.__module__ == module.__name__]
    return [value.__name__ for value in own]


def docstring_parts(module: ModuleType) -> tuple[str, dict[str, str]]:
    """The first sentence of a model's docstring, and its labelled parts, whose addresses become links."""
    text = inspect.getdoc(module) or ""
    found = list(_PART.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    parts = {
        match["label"]: _sentence(" ".join(text[match.end() : end].split()))
        for match, end in zip(found, ends, strict=True)
    }
    return " ".join(text.partition("\n")[0].split()), parts


def _sentence(text: str) -> str:
    return text[:1].upper() + _ADDRESS.sub(_link, text[1:])


def _link(found: re.Match[str]) -> str:
    address = found[0]
    return f"[{address.split('://')[1].split('/')[0]}]({address})"
