"""The experiment behind the page `decoder`: a decoder-only transformer that learns what comes next."""

from typing import Final

from experiments.decoder_settings import DecoderSettings
from experiments.decoder_training import DecoderTraining
from experiments.decoder_watching import DecoderWatching


class DecoderExperiment(DecoderWatching, DecoderTraining):  # both, because a program keeps only the second
    """A decoder-only network that learns one task."""


EXPERIMENT: Final = DecoderExperiment
SETTINGS: Final = DecoderSettings
