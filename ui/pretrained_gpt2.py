"""GPT-2's tokenizer, page `pretrained`: a text of the visitor's in its tokens, and the lecture's batch made to work."""

from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from data.dataset import DataError
from data.tokenizer import END, gpt2
from experiments.tokenizer_inside import BATCH, end_of, padded, token_names
from training.run import Run, Snapshot
from ui.tokenizer_text import show_tokens
from ui.words import plain

EXAMPLE: Final = "GPT-2 sees no letters: unbelievable, unbelievably, Donaudampfschiff, 2026, 日本語"
MAX_LETTERS: Final = 500
MAX_TEXTS: Final = 6
NOTHING: Final = "nothing, as in the lecture"
LONGEST: Final = 1024  # tokens that GPT-2 reads


def gpt2_tab(run: Run, snapshot: Snapshot) -> None:
    """The tokens of a text, then a batch of several; needs nothing but the embedded files."""
    text = st.text_area("A text", EXAMPLE, max_chars=MAX_LETTERS, height=68, key="pretrained_gpt2_text",
                        persist_state="session")  # fmt: skip
    if text.strip():
        show_tokens(gpt2(), text, sees_space=True, sees_bytes=False, key="pretrained_gpt2_tokens")
        count, words = len(gpt2().encode(text)), len(text.split())
        st.markdown(f"That is **{count / words:.2f} tokens a word**; frequent words are one token each.")
    else:
        st.info("The text is empty: write something above.")
    _batch()
    st.page_link(
        "../pages/tokenizer.py", label="How such tokens are learnt, and ten languages cut by them",
        icon=":material/arrow_forward:", query_params={"tokenizer_inside": "Side by side"},
    )  # fmt: skip
    st.caption(
        f"GPT-2's own {gpt2().num_tokens:,} tokens and 50,000 merges, © 2019 OpenAI, MIT licence, 1.5 MB, embedded "
        "here; learnt from 40 GB of web pages, mostly English. They know no other spelling than that of their pages: "
        "a rare word or another script falls into many pieces."
    )


def _batch() -> None:
    """Several texts as the two arrays that a network gets."""
    st.markdown(
        "**A batch**, as the lecture asks for it: `tokenizer(texts, padding=True, truncation=True, "
        'return_tensors="pt")`. That call raises: GPT-2 has no padding token, so there is nothing to fill up with.'
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        typed = st.text_area(f"Texts, one a line, at most {MAX_TEXTS}", "\n".join(BATCH), max_chars=MAX_LETTERS,
                             height=100, key="pretrained_gpt2_batch", persist_state="session")  # fmt: skip
    with right:
        pad = st.segmented_control(
            "Fill up with", [NOTHING, END], default=END, required=True, key="pretrained_gpt2_pad"
        )
        side = st.segmented_control("On the", ["right", "left"], default="right", required=True,
                                    key="pretrained_gpt2_side")  # fmt: skip
        most = st.slider("Cut after so many tokens", 1, 32, 32, key="pretrained_gpt2_most")
    texts = [line for line in typed.splitlines() if line.strip()][:MAX_TEXTS]
    if not texts:
        st.info("There is no text: write a line or more.")
        return
    try:
        ids, is_text = padded(
            gpt2(), texts, end_of(gpt2()) if pad == END else None, most=int(most), on_left=side == "left"
        )
    except DataError as error:
        st.error(plain(error))
        return
    _arrays(ids, is_text)
    st.code(_code(str(side), int(most), is_filled=not is_text.all()), language="python")
    st.markdown(
        f"The batch is {len(ids)} by {ids.shape[1]}; {int(is_text.sum())} of its {ids.size} places are text. Where the "
        "mask is 0, attention must not look and the loss must not count. The end of a text and the filling have the "
        "same number, so only the mask tells them apart. To train, fill up on the right; to go on writing, on the "
        "left, since the next token is read off at the last place. `truncation=True` alone cuts at what the model "
        f"can read, {LONGEST:,} tokens for GPT-2: what comes after that is lost without a word."
    )


def _arrays(ids: np.ndarray, is_text: np.ndarray) -> None:
    """Both arrays; in the first, a token of the text stands before its number."""
    cells = [
        [f"{name} · {number}" if is_there else str(number) for name, number, is_there in zip(*row, strict=True)]
        for row in zip((token_names(gpt2(), row) for row in ids.tolist()), ids.tolist(), is_text.tolist(), strict=True)
    ]
    columns = [str(place + 1) for place in range(ids.shape[1])]
    for name, values in (("input_ids", cells), ("attention_mask", is_text.astype(int).tolist())):
        st.caption(name)
        st.dataframe(pd.DataFrame(values, columns=columns), hide_index=True, width="stretch")


def _code(side: str, most: int, *, is_filled: bool) -> str:
    """What gives these arrays in transformers."""
    lines = ['tokenizer = GPT2Tokenizer.from_pretrained("gpt2")']
    if is_filled:
        lines += ["tokenizer.pad_token = tokenizer.eos_token", f'tokenizer.padding_side = "{side}"']
    call = f'tokenizer(texts, padding={is_filled}, truncation=True, max_length={most}, return_tensors="pt")'
    return "\n".join([*lines, f"batch = {call}"])
