"""Use one, page `pretrained`: trained networks at work, a tab for each."""

from collections.abc import Callable
from typing import Final

from training.run import Run, Snapshot
from ui.pretrained_attention import attention_tab
from ui.pretrained_gpt2 import gpt2_tab
from ui.pretrained_language import next_tab
from ui.pretrained_lens import lens_tab
from ui.pretrained_picture import picture_tab
from ui.pretrained_sentences import sentences_tab
from ui.pretrained_speller import speller_tab
from ui.pretrained_words import words_tab

USE: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "A picture": picture_tab,
    "Words": words_tab,
    "Sentences": sentences_tab,
    "Attention": attention_tab,
    "The next token": next_tab,
    "Layer by layer": lens_tab,
    "Spelling to sounds": speller_tab,
    "GPT-2's tokenizer": gpt2_tab,
}
