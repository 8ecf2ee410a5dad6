"""The networks of the page `cnn` by name, and what each of them shows of itself.

Shapes: B pictures, C channels, S side in pixels, F maps, h and w their height and width, K classes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from jaxtyping import Float
from torch import Tensor, nn

from experiments.cnn_data import Pictures
from experiments.cnn_observation import LayerMaps, dead_share, layer_maps
from experiments.cnn_settings import CNNSettings
from models.cnn import SimpleCNN
from models.inception import InceptionModule, SimpleInception
from models.mlp import SimpleMLP
from training.settings import SettingsError

HIDDEN: Final = 128  # units of the fully connected layer, as in the lecture
MAPS_OF_A_BRANCH: Final = 4  # drawn
SUMS: Final = "sums, before the ReLU"


def make_network(settings: CNNSettings, pictures: Pictures) -> Any:
    """The network that the settings describe, with fresh random weights.

    Raises:
        SettingsError: if nothing would be left of the pictures on their way, or a kernel has no middle.
    """
    channels, side, num_classes = pictures.x.shape[1], settings.image_size, pictures.num_classes
    if settings.architecture == "mlp":
        flat = SimpleMLP(channels * side * side, (HIDDEN,), num_classes, settings.dropout, activation="relu")
        return nn.Sequential(nn.Flatten(), flat)
    if settings.architecture == "inception":
        return SimpleInception(num_classes, in_channels=channels, dropout=settings.dropout)
    if settings.kernel_size % 2 == 0:
        raise SettingsError(f"A kernel of {settings.kernel_size} pixels has no middle: choose 1, 3, 5 or 7.")
    try:
        return SimpleCNN(
            num_classes,
            image_size=side,
            in_channels=channels,
            channels=tuple(settings.width * 2**i for i in range(settings.depth)),
            kernel_size=settings.kernel_size,
            padding=settings.padding,
            pooling=settings.pooling,
            hidden_dim=HIDDEN,
            use_batch_norm=settings.use_batch_norm,
            use_global_pooling=settings.use_global_pooling,
            dropout=settings.dropout,
        )
    except ValueError as error:
        raise SettingsError(
            f"This network does not fit: {error}. Take fewer convolutions or larger pictures."
        ) from None


def set_dropout(model: nn.Module, dropout: float) -> None:
    """Changes the share of dropped values; the weights stay."""
    for module in model.modules():
        if isinstance(module, SimpleMLP):
            module.set_dropout(dropout)
        elif isinstance(module, SimpleCNN | SimpleInception):
            module.dropout.p = dropout


@contextmanager
def still(model: nn.Module) -> Iterator[None]:
    """Without dropout and with the batch statistics learnt, for a while."""
    was_training = model.training
    model.train(False)
    try:
        yield
    finally:
        model.train(was_training)


def drawn_layers(model: Any, x: Float[Tensor, "B C S S"]) -> tuple[tuple[LayerMaps, ...], tuple[float, ...]]:
    """The maps of the first picture layer by layer, and of each layer the share that is dead for all pictures."""
    if isinstance(model, SimpleCNN):
        maps = model.feature_maps(x)
        convolutions = [name for name in maps if name.startswith("conv")]
        drawn = tuple(layer_maps(name, SUMS, maps[name][0]) for name in convolutions)
        return drawn, tuple(dead_share(maps[name]) for name in convolutions)
    if isinstance(model, SimpleInception):
        maps = model.feature_maps(x)
        layers = [layer_maps("stem", SUMS, maps["stem"][0])]
        for name in ("inception1", "inception2"):
            layers.append(layer_maps(name, "after the ReLU", maps[name][0], some_of_each(getattr(model, name))))
        return tuple(layers), tuple(dead_share(maps[layer.name]) for layer in layers)
    return flat_layers(model[1], x)


def some_of_each(module: InceptionModule) -> list[int]:
    """The first few maps of each branch, by their number among all maps of a module."""
    widths = [module.one.out_channels, module.three.out_channels, module.five.out_channels]
    starts = [0, widths[0], sum(widths[:2]), sum(widths)]
    return [start + index for start in starts for index in range(MAPS_OF_A_BRANCH)]


def flat_layers(model: SimpleMLP, x: Float[Tensor, "B C S S"]) -> tuple[tuple[LayerMaps, ...], tuple[float, ...]]:
    """A network without convolutions: what each unit looks for, as a picture, and its sum as one cell."""
    weight = model.linears[0].weight.reshape(HIDDEN, *x.shape[1:]).mean(1)  # (F, S, S), the mean over the colours
    sums = model.layer_outputs(x.flatten(1))[0][0]  # (B, F)
    drawn = layer_maps("weights", "what a unit looks for", weight), layer_maps("units", SUMS, sums[0, :, None, None])
    return drawn, (dead_share(sums[:, :, None, None]),)


def convolutions(model: nn.Module) -> dict[str, nn.Conv2d]:
    """The convolutions of a network by name, in the order in which they were made."""
    return {name: module for name, module in model.named_modules() if isinstance(module, nn.Conv2d)}


def origin(model: Any, layer: str, number: int) -> tuple[str, int]:
    """The convolution that makes a map, and the map's number there.

    Args:
        model: the network.
        layer: as drawn: a convolution or an Inception module.
        number: of the map in that layer, from 0.

    Raises:
        SettingsError: if no convolution makes it.
    """
    if layer in convolutions(model):
        return layer, number
    module = getattr(model, layer, None)
    if not isinstance(module, InceptionModule):
        raise SettingsError("This network has no convolution to look into.")
    for branch in ("one", "three", "five", "project"):
        count = getattr(module, branch).out_channels
        if number < count:
            return f"{layer}.{branch}", number
        number -= count
    raise SettingsError(f"There is no such map in {layer}.")


def last_maps(model: Any, x: Float[Tensor, "B C S S"]) -> tuple[Tensor, Tensor]:
    """The last maps after their ReLU and the logits made from them, so that slopes can be taken between.

    Raises:
        SettingsError: if the network has no convolution.
    """
    if isinstance(model, SimpleCNN):
        maps = model.feature_maps(x)[f"relu{model.num_layers}"]
        return maps, model.classify(model.pool(maps))
    if isinstance(model, SimpleInception):
        maps = model.feature_maps(x)["inception2"]
        return maps, model.classify(maps)
    raise SettingsError("A network without convolutions has no maps, so it cannot say where it looked.")
