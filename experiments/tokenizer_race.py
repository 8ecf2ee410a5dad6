"""The race of vocabularies on the page `tokenizer`: the same network on the same text, cut ever more coarsely."""

from typing import Final

from experiments.sequences import Own
from experiments.tokenizer import TokenizerExperiment
from experiments.tokenizer_settings import TokenizerSettings
from training.race import Entrant

RACED: Final = (256, 512, 1000, 2000, 4000)


def entrants(settings: TokenizerSettings, own: Own | None) -> list[Entrant]:
    """One network for each vocabulary; everything else is as on the page."""

    def build(one: TokenizerSettings) -> TokenizerExperiment:
        return TokenizerExperiment(one, own)

    return [
        Entrant("bytes" if size == RACED[0] else f"{size:,} tokens", build, settings.changed(vocab_size=size))
        for size in RACED
    ]
