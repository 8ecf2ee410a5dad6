"""What the source panel shows of every model of the catalog."""

import importlib
import inspect

import pytest

from catalog import PAGES
from ui.source import classes_of, docstring_parts

MODELS = [
    importlib.import_module(f"models.{page.slug}")
    for page in PAGES
    if importlib.util.find_spec(f"models.{page.slug}") is not None
]
per_model = pytest.mark.parametrize("module", MODELS, ids=lambda module: module.__name__)


@per_model
def test_the_docstring_says_what_why_whence_and_what_differs(module):
    opening, parts = docstring_parts(module)
    assert opening.endswith(".")
    labels = [label.removesuffix("s") for label in parts if label != "Shapes"]
    assert labels[:2] == ["Why it was needed", "Paper"]
    assert labels[2].startswith("Differs from the ")
    assert list(parts)[3] == "Shapes"
    assert all(text.endswith(".") for text in parts.values())
    paper = parts.get("Paper") or parts["Papers"]
    assert "](https://" in paper, "the paper has no link"
    assert any(word.strip(".,;)").isdigit() and len(word.strip(".,;)")) == 4 for word in paper.split()), "no year"


@per_model
def test_every_class_can_be_shown_alone(module):
    names = classes_of(module)
    assert names
    assert len(set(names)) == len(names)
    for name in names:
        assert inspect.getsource(getattr(module, name)).startswith(f"class {name}")


def test_addresses_become_links_and_their_full_stop_does_not():
    class module:  # noqa: N801
        """A thing.

        Why it was needed: because.
        Paper: Someone, "A thing", 2020, https://example.org/a.html.

        Differs from the lecture: nothing.

        Shapes: B batch,
        T time.
        """

    opening, parts = docstring_parts(module)
    assert opening == "A thing."
    assert parts == {
        "Why it was needed": "Because.",
        "Paper": 'Someone, "A thing", 2020, [example.org](https://example.org/a.html).',
        "Differs from the lecture": "Nothing.",
        "Shapes": "B batch, T time.",
    }
