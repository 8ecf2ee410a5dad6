"""The tab on GPT-2's tokenizer: a text in pieces, and a batch whose code gives the very arrays beside it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import data
from data.tokenizer import END, FILES, gpt2
from ui.pretrained_gpt2 import EXAMPLE, NOTHING


def tab() -> None:
    from typing import Any

    from ui.pretrained_gpt2 import gpt2_tab

    nothing: Any = None
    gpt2_tab(nothing, nothing)


@pytest.fixture(autouse=True)
def links(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The links to other pages, which a tab on its own does not have."""
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr("streamlit.page_link", lambda page, **more: seen.append({"page": page, **more}))
    return seen


def opened(**state: Any) -> AppTest:
    app = AppTest.from_function(tab, default_timeout=60)
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert not app.exception
    return app


def words_of(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown)


def test_it_needs_nothing_installed(without_extras: None, links: list[dict[str, Any]]) -> None:
    app = opened()
    assert not app.error
    count = len(gpt2().encode(EXAMPLE))
    assert f"**{count} tokens**" in words_of(app)
    assert f"**{count / len(EXAMPLE.split()):.2f} tokens a word**" in words_of(app)
    assert [link["page"] for link in links] == ["../pages/tokenizer.py"]


def test_the_link_opens_a_tab_that_is_there(links: list[dict[str, Any]]) -> None:
    from ui.tokenizer_inside import TABS, TABS_KEY

    opened()
    assert links[0]["query_params"][TABS_KEY] in TABS


def test_the_line_of_the_lecture_is_an_error_here_too() -> None:
    app = opened(pretrained_gpt2_pad=NOTHING)
    assert "no padding token" in app.error[0].value


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("most", [2, 5, 32])
def test_the_code_that_is_shown_gives_the_arrays_that_are_shown(side: str, most: int) -> None:
    from data.vision import load_torchvision

    load_torchvision()
    from transformers import GPT2Tokenizer

    folder = Path(data.__file__).parent / "files"
    vocab, merges = (str(folder / name) for name in FILES)
    stand_in = SimpleNamespace(from_pretrained=lambda name: GPT2Tokenizer(vocab=vocab, merges=merges))
    texts = ["Alice was late.", "Why?", "naïve café"]
    app = opened(
        pretrained_gpt2_batch="\n".join(texts) + "\n\n", pretrained_gpt2_pad=END,
        pretrained_gpt2_side=side, pretrained_gpt2_most=most,
    )  # fmt: skip
    ids, mask = (frame.value.to_numpy() for frame in app.dataframe)
    given: dict[str, Any] = {"GPT2Tokenizer": stand_in, "texts": texts}
    exec(app.code[0].value, given)
    assert [[int(cell.split(" · ")[-1]) for cell in row] for row in ids] == given["batch"]["input_ids"].tolist()
    assert mask.tolist() == given["batch"]["attention_mask"].tolist()


def test_empty_boxes_cost_a_sentence_each() -> None:
    app = opened(pretrained_gpt2_text=" ", pretrained_gpt2_batch=" \n ")
    assert [info.value for info in app.info] == [
        "The text is empty: write something above.",
        "There is no text: write a line or more.",
    ]
