"""What the live network of the page `gnn` says of any molecule, and which atoms it says so for.

Two ways to ask which atoms count. The slope of the answer times what is told of an atom (Simonyan et al., "Deep inside
convolutional networks", arXiv:1312.6034, times the input) is quick and a guess; leaving the atom out and asking again
is slow and exact about that one question. They need not agree.

Shapes: n atoms, F numbers for an atom, K outputs, R molecules to compare with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float, Int64
from rdkit.Chem import Mol
from torch import Tensor

from data.graphs import Batch, Part, joined
from data.molecules import part_of
from training.arrays import array
from training.experiment import Experiment
from training.probe import evaluating

MOST_LEFT_OUT: Final = 120  # atoms; the network reads the molecule once for each
AT_ONCE: Final = 50  # molecules
DIGITS: Final = 5  # of attributions; atoms that are alike by symmetry shall be equal


@dataclass(frozen=True, eq=False)
class Said:
    """What is said of a molecule, and why.

    Attributes:
        class_names: K names; empty for a number.
        target_name: what is predicted.
        answer: (K,) chances, or (1,) the number.
        speaks_for: what blue atoms speak for.
        score: what the atoms are held to account for: how much the logit of `speaks_for` is above the mean of the
            others, or the number.
        slopes: (n,) slope times input.
        left_out: (n,) by how much the score falls without the atom; nan where that was not measured.
        agreement: rank correlation of the two, nan if one of them says nothing.
        xy: (2,) the molecule in the plane of the others.
        cloud: (R, 2) the others.
        targets: (R,) what is right of them.
        above: share of the others with a lower score.
    """

    class_names: tuple[str, ...]
    target_name: str
    answer: Float[np.ndarray, " K"]
    speaks_for: str
    score: float
    slopes: Float[np.ndarray, " n"]
    left_out: Float[np.ndarray, " n"]
    agreement: float
    xy: Float[np.ndarray, " 2"]
    cloud: Float[np.ndarray, "R 2"]
    targets: np.ndarray
    above: float


def ask(mol: Mol, experiment: Experiment) -> Said:
    """Asks the network of an experiment about a molecule; changes nothing.

    Args:
        mol: whose atoms keep their order.
        experiment: of the page `gnn`, with molecules.
    """
    found: Any = experiment
    part = moved(part_of(mol, found.settings.atoms), found.device)
    with evaluating(found.model.modules()):
        with torch.no_grad():
            vector = embed(found.model, [part])
            outputs = found.model.lin(vector)
            points, seen = found.points(), found.observe()
        weights = weights_of(outputs[0]) * found.target_std
        score = (outputs @ weights).item()
        slopes = slope_times_input(found.model, part, weights)
        left_out = array(score - scores_without(found.model, part, weights))
    if not found.graphs.class_names:
        score += found.target_mean
    others = points.outputs @ weights + (0.0 if found.graphs.class_names else found.target_mean)
    return Said(
        class_names=found.graphs.class_names,
        target_name=found.graphs.target_name,
        answer=array(outputs[0].softmax(0)) if found.graphs.class_names else np.array([score], np.float32),
        speaks_for=_speaks_for(found.graphs.class_names, outputs[0], found.graphs.target_name),
        score=score,
        slopes=array(slopes),
        left_out=left_out,
        agreement=rank_agreement(array(slopes), left_out),
        xy=placed(array(points.h), seen.xy, array(vector[0])),
        cloud=seen.xy,
        targets=seen.targets,
        above=float((others < score).float().mean()),
    )


def weights_of(outputs: Float[Tensor, " K"]) -> Float[Tensor, " K"]:
    """The sum of outputs that the atoms are held to account for: see `Said.score`."""
    if len(outputs) == 1:
        return torch.ones_like(outputs)
    best = int(outputs.argmax()) if len(outputs) > 2 else 1
    weights = torch.full_like(outputs, -1 / (len(outputs) - 1))
    weights[best] = 1.0
    return weights


def _speaks_for(class_names: Sequence[str], outputs: Float[Tensor, " K"], target_name: str) -> str:
    if not class_names:
        return f"more {target_name}"
    return class_names[1 if len(class_names) == 2 else int(outputs.argmax())]


def slope_times_input(model: Any, part: Part, weights: Float[Tensor, " K"]) -> Float[Tensor, " n"]:
    """For each atom the slope of the score times what is told of the atom, summed over what is told."""
    batch = batched([part])
    x = part.x.clone().requires_grad_(True)
    outputs = model(x, batch.edge_index, batch.batch, batch.edge_attr)
    (slope,) = torch.autograd.grad((outputs @ weights).sum(), x)
    return (slope * part.x).sum(1)


@torch.no_grad()
def scores_without(model: Any, part: Part, weights: Float[Tensor, " K"]) -> Float[Tensor, " n"]:
    """The score when each atom in turn is taken out with its bonds; nan for the last atoms of a very large molecule."""
    scores = torch.full((len(part.x),), torch.nan, device=part.x.device)
    measured = min(len(part.x), MOST_LEFT_OUT) if len(part.x) > 1 else 0
    for first in range(0, measured, AT_ONCE):
        atoms = range(first, min(first + AT_ONCE, measured))
        outputs = model.lin(embed(model, [without(part, atom) for atom in atoms]))
        scores[first : first + len(atoms)] = outputs @ weights
    return scores


def without(part: Part, atom: int) -> Part:
    """A molecule without one of its atoms and the bonds of that atom; what is told of the others stays as it was."""
    is_kept = torch.arange(len(part.x), device=part.x.device) != atom
    is_bond = (part.edge_index != atom).all(0)
    ends = part.edge_index[:, is_bond]
    return Part(part.x[is_kept], ends - (ends > atom).long(), part.edge_attr[is_bond])


def embed(model: Any, parts: Sequence[Part]) -> Float[Tensor, "B H"]:
    """The vectors before the last layer of some molecules."""
    batch = batched(parts)
    vectors: Tensor = model.embed(batch.x, batch.edge_index, batch.batch, batch.edge_attr)
    return vectors


def batched(parts: Sequence[Part]) -> Batch:
    """Molecules that are in no set, as one graph."""
    flat = joined(parts)
    device = flat.x.device
    starts, edge_starts = flat.node_starts.to(device), flat.edge_starts.to(device)
    of_node, of_edge = (_numbers(ends) for ends in (starts, edge_starts))
    nodes = torch.arange(len(flat.x), device=device)
    edges = torch.arange(flat.edge_index.shape[1], device=device)
    edge_index = flat.edge_index + starts[of_edge]
    return Batch(flat.x, edge_index, flat.edge_attr, of_node, nodes - starts[of_node], nodes, edges, len(parts))


def _numbers(starts: Int64[Tensor, " G_1"]) -> Int64[Tensor, " n"]:
    """Which graph each item belongs to."""
    return torch.repeat_interleave(torch.arange(len(starts) - 1, device=starts.device), starts.diff())


def moved(part: Part, device: torch.device) -> Part:
    """The same on another device."""
    return Part(part.x.to(device), part.edge_index.to(device), part.edge_attr.to(device))


def placed(
    h: Float[np.ndarray, "R H"], xy: Float[np.ndarray, "R 2"], vector: Float[np.ndarray, " H"]
) -> Float[np.ndarray, " 2"]:
    """Where a vector lies in a plane in which the places of others are known: these are a linear map of theirs."""
    middle = h.mean(0)
    plane, *_ = np.linalg.lstsq(h - middle, xy - xy.mean(0), rcond=1e-6)
    place: np.ndarray = (vector - middle) @ plane + xy.mean(0)
    return place


def rank_agreement(one: Float[np.ndarray, " n"], other: Float[np.ndarray, " n"]) -> float:
    """Spearman's correlation over the atoms that have both, atoms with equal numbers sharing a rank.

    Returns:
        1 if both put the atoms in the same order, −1 if in the reverse one; nan if one of them makes no difference.
    """
    both = np.isfinite(one) & np.isfinite(other)
    if both.sum() < 2:
        return float("nan")
    ranks = np.array([pd.Series(_rounded(values[both])).rank() for values in (one, other)])
    if np.ptp(ranks, axis=1).min() == 0:
        return float("nan")
    return float(np.corrcoef(ranks)[0, 1])


def _rounded(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """So many digits of the largest that rounding errors do not make an order."""
    top = float(np.abs(values).max())
    return np.round(values / top, DIGITS) if top > 0 else values
