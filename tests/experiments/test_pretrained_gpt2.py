"""GPT-2's tokenizer, ours and that of transformers: the same batches, and the same refusal."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import data
from data.tokenizer import FILES, gpt2
from data.vision import load_torchvision
from experiments.tokenizer_inside import BATCH, end_of, padded

TEXTS = [*BATCH, "naïve café — 日本語, 2026!", "x"]


@pytest.fixture(scope="module")
def theirs() -> Any:
    """As the lecture loads it, from the embedded files instead of the hub."""
    load_torchvision()
    from transformers import GPT2Tokenizer

    folder = Path(data.__file__).parent / "files"
    vocab, merges = (str(folder / name) for name in FILES)
    tokenizer = GPT2Tokenizer(vocab=vocab, merges=merges)
    assert tokenizer("hello world")["input_ids"] == [31373, 995]
    return tokenizer


def test_the_line_of_the_lecture_raises(theirs: Any) -> None:
    assert theirs.pad_token is None
    with pytest.raises(ValueError, match="does not have a padding token"):
        theirs(TEXTS, padding=True, truncation=True, return_tensors="pt")


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("most", [1, 3, 32])
def test_with_a_padding_token_both_arrays_are_ours(theirs: Any, side: str, most: int) -> None:
    tokenizer = copy.deepcopy(theirs)
    tokenizer.pad_token, tokenizer.padding_side = tokenizer.eos_token, side
    batch = tokenizer(TEXTS, padding=True, truncation=True, max_length=most, return_tensors="pt")
    ids, is_text = padded(gpt2(), TEXTS, end_of(gpt2()), most=most, on_left=side == "left")
    np.testing.assert_array_equal(batch["input_ids"].numpy(), ids)
    np.testing.assert_array_equal(batch["attention_mask"].numpy(), is_text.astype(int))


def test_the_filling_and_the_end_of_a_text_are_one_number(theirs: Any) -> None:
    assert end_of(gpt2()) == theirs.eos_token_id == 50_256


def test_rows_that_are_cut_alike_need_no_filling() -> None:
    ids, is_text = padded(gpt2(), BATCH, None, most=2)
    assert ids.shape == (3, 2)
    assert is_text.all()
