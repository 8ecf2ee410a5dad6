"""Looking into the paused network of the page `cnn`. Nothing here moves the run."""

from abc import ABC


class Inside(ABC):
    """What `CNNExperiment` answers when it is looked into."""
