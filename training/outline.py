"""The layers of a network at every depth, of one whose weights nobody needs: on the device `meta` it has none."""

from dataclasses import dataclass

from training.anatomy import Layer, Table
from training.experiment import Network
from training.forward import watch_as_far_as_possible
from training.probe import NextStep


@dataclass(frozen=True)
class Outline:
    """A network whose weights nobody needs, at every depth.

    Attributes:
        levels: its parts; the parts of these; and so on, down to the layers. Repeated equal ones are shown once.
        num_parameters: each once.
        num_macs: multiplications with addition in one pass, as far as it went.
        num_bytes: of parameters and buffers.
        is_whole: whether the pass went to the end; if not, the shapes from there on are missing.
    """

    levels: tuple[tuple[Layer, ...], ...]
    num_parameters: int
    num_macs: int
    num_bytes: int
    is_whole: bool


def outline(network: Network) -> Outline:
    """A network at every depth, from one pass; on the device `meta`, which has shapes and no numbers, it costs nothing.

    Args:
        network: with a batch.
    """
    visits, is_whole = watch_as_far_as_possible(network)
    table = Table(network, visits, NextStep(), {})
    levels, depth = [tuple(table.lines(is_folded=True, depth=1))], 2
    deepest = max(name.count(".") + 1 for name, _ in network.module.named_modules())
    while depth <= deepest:
        level = tuple(table.lines(is_folded=True, depth=depth))
        if level != levels[-1]:
            levels.append(level)
        depth += 1
    held = {*network.module.parameters(), *network.module.buffers()}
    return Outline(
        levels=tuple(levels),
        num_parameters=sum(line.num_parameters for line in levels[-1]),
        num_macs=sum(line.num_macs for line in levels[-1]),
        num_bytes=sum(one.numel() * one.element_size() for one in held),
        is_whole=is_whole,
    )
