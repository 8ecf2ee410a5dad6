"""Prompts: what the network knows becomes tokens, and what it does not know is named in a sentence."""

import pytest
import torch

from data.dataset import DataError
from experiments.decoder import DecoderExperiment
from experiments.decoder_settings import DecoderSettings
from experiments.prompts import first_prompt, names_of, read_prompt, takes_prompts
from experiments.rnn import RNNExperiment
from experiments.rnn_settings import RNNSettings

MADE = {}


def recurrent(**changes):
    """One experiment for each kind: the texts take a while to load."""
    key = tuple(changes.items())
    if key not in MADE:
        torch.manual_seed(0)
        MADE[key] = RNNExperiment(RNNSettings(embed_dim=2, hidden_dim=2, **changes))
    return MADE[key]


NAMES = {"task": "baby names"}
WORDS = {"task": "Alice", "level": "word"}


@pytest.mark.parametrize(
    ("kind", "prompt", "sentence"),
    [
        (NAMES, "", "The prompt is empty"),
        (NAMES, "Ana ß<b>", "has never seen “ ”, “ß”, “<”, “>”"),
        (NAMES, "Maximiliana", "has 11 tokens, and at most 8 fit here"),
        (WORDS, "Alice zyx", "has never seen “zyx”"),
        (WORDS, "?!", "no word in the prompt"),
        ({"task": "memory"}, "aZ", "has never seen “Z”"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(kind, prompt, sentence):
    with pytest.raises(DataError) as error:
        read_prompt(recurrent(**kind), prompt, 8)
    assert sentence in str(error.value)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize("kind", [NAMES, WORDS, {"task": "memory"}, {"task": "Alice", "level": "byte"}])
def test_the_prompt_that_is_offered_can_be_read(kind):
    made = recurrent(**kind)
    prompt = read_prompt(made, first_prompt(made), 10)
    assert 2 <= len(prompt.ids) == len(prompt.names) <= 10
    assert takes_prompts(made)


def test_numbers_take_no_prompt():
    assert not takes_prompts(recurrent(task="sine"))


@pytest.mark.parametrize("level", ["character", "BPE"])
def test_the_decoders_tokens_come_back_as_text(level):
    torch.manual_seed(0)
    made = DecoderExperiment(DecoderSettings(task="baby names", level=level, vocab_size=300))
    prompt = read_prompt(made, "Maria", 16)
    assert made.task.text.join(prompt.ids) == "Maria"
    assert 1 <= len(prompt.ids) <= 5
    offered = first_prompt(made)
    assert len(read_prompt(made, offered, 10).ids) <= 10


def test_what_is_not_seen_has_a_sign():
    assert names_of((" a", "\n", "b"), [0, 2, 1]) == ("␣a", "b", "↵")
