"""How a whole answer is looked for: the likeliest token each time, a beam of several, or the best there is.

An answer has the sum of its tokens' log-chances. A sum only falls with every token, so short answers have an advantage;
the length penalty of Wu et al. (2016) divides it by ((5 + n) / 6)^α for n tokens, the end sign among them.

Shapes: k hypotheses, V signs of the target.
"""

import heapq
from dataclasses import dataclass
from typing import Final, NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from data.pairs import END, PAD, START
from experiments.transformer import TransformerExperiment

MAX_WIDTH: Final = 5
FEWEST_TRIED: Final = 3  # continuations of each hypothesis that are looked at, at least
MAX_LOOKS: Final = 400  # at the network by the exact search, about half a second


class Node(NamedTuple):
    """One token of the tree.

    Attributes:
        parent: number of the node before it; -1 for the start.
        sign: the token, as it is read.
        place: how many tokens come before it.
        chance: of this token after those before it.
        total: sum of the log-chances up to here.
        score: the total with the length penalty, by which hypotheses are compared.
        is_kept: stayed in the beam; the others were dropped.
        is_over: it is the end sign.
    """

    parent: int
    sign: str
    place: int
    chance: float
    total: float
    score: float
    is_kept: bool
    is_over: bool


@dataclass(frozen=True)
class Answer:
    """An answer that a search has found.

    Attributes:
        signs: the end sign last, unless it was cut off.
        total: sum of the log-chances.
        score: with the length penalty.
        looks: how often the network was asked about a hypothesis.
    """

    signs: tuple[str, ...]
    total: float
    score: float
    looks: int


@dataclass(frozen=True)
class Tree:
    """A beam search: every token that was tried, the start first, and the answer.

    Attributes:
        nodes: parents before children.
        best: numbers of the nodes of the answer, from the start on.
        answer: the best hypothesis that ended, or the best of all if none did.
    """

    nodes: tuple[Node, ...]
    best: tuple[int, ...]
    answer: Answer


def penalty(length: int, alpha: float) -> float:
    """What the sum of `length` log-chances is divided by."""
    return float(((5 + length) / 6) ** alpha)


class _Reader:
    """Asks the network for the log-chances of the next token, and counts how often."""

    def __init__(self, experiment: TransformerExperiment, source: Int64[Tensor, " S"]) -> None:
        experiment.model.eval()
        self._model, self._device = experiment.model, experiment.device
        self._memory = self._model.encode(source[None].to(self._device))
        self.signs, self.longest = experiment.task.target_signs, experiment.task.max_target - 1
        self.looks = 0

    def log_chances(self, prefixes: list[tuple[int, ...]]) -> Float[Tensor, "k V"]:
        """Of the token after each of some prefixes of one length. Nothing and the start are never said."""
        self.looks += len(prefixes)
        rows = torch.tensor([(START, *prefix) for prefix in prefixes], device=self._device)
        logits = self._model.decode(rows, self._memory.expand(len(rows), -1, -1))[:, -1]
        logits[:, [PAD, START]] = -torch.inf
        return logits.log_softmax(1).double().cpu()


@torch.no_grad()
def beam_search(experiment: TransformerExperiment, source: Int64[Tensor, " S"], width: int, alpha: float) -> Tree:
    """Keeps the `width` best hypotheses at every place; 1 is greedy.

    Args:
        experiment: whose network is asked.
        source: numbers of the source, the end sign last.
        width: k, hypotheses kept, 1 to `MAX_WIDTH`.
        alpha: strength of the length penalty; 0 for none.
    """
    reader = _Reader(experiment, source)
    nodes = [Node(-1, "", -1, 1.0, 0.0, 0.0, True, False)]
    live: list[tuple[int, tuple[int, ...]]] = [(0, ())]  # number of the node, tokens so far
    ended: list[int] = []
    for place in range(reader.longest):
        chances = reader.log_chances([tokens for _, tokens in live])
        tried = []
        for row, (parent, tokens) in zip(chances, live, strict=True):
            best = row.topk(min(max(width, FEWEST_TRIED), len(row) - 2))
            for log_p, token in zip(best.values.tolist(), best.indices.tolist(), strict=True):
                total = nodes[parent].total + log_p
                tried.append((total / penalty(place + 1, alpha), total, log_p, parent, (*tokens, token)))
        tried.sort(key=lambda one: (-one[0], one[4]))
        live, room = [], width - len(ended)
        for rank, (score, total, log_p, parent, tokens) in enumerate(tried):
            is_over, is_kept = tokens[-1] == END, rank < room
            chance = float(torch.tensor(log_p).exp())
            nodes.append(Node(parent, reader.signs[tokens[-1]], place, chance, total, score, is_kept, is_over))
            if is_kept and is_over:
                ended.append(len(nodes) - 1)
            elif is_kept:
                live.append((len(nodes) - 1, tokens))
        if not live:
            break
    last = max(ended or [number for number, _ in live], key=lambda number: nodes[number].score)
    path = [last]
    while nodes[path[-1]].parent >= 0:
        path.append(nodes[path[-1]].parent)
    signs = tuple(nodes[number].sign for number in reversed(path[:-1]))
    answer = Answer(signs, nodes[last].total, nodes[last].score, reader.looks)
    return Tree(tuple(nodes), tuple(reversed(path)), answer)


@torch.no_grad()
def exact_search(
    experiment: TransformerExperiment, source: Int64[Tensor, " S"], alpha: float, max_looks: int = MAX_LOOKS
) -> Answer | None:
    """The best answer of all that end within the longest target, or None if it was not found in time.

    The most promising prefix is gone on with first. The bound of a prefix is its sum with the largest penalty there is:
    nothing that follows can lift it, so the first ended answer that comes to the top is the best of all.

    Args:
        experiment: whose network is asked.
        source: numbers of the source, the end sign last.
        alpha: strength of the length penalty; 0 for none.
        max_looks: prefixes that may be gone on with.
    """
    reader = _Reader(experiment, source)
    most = penalty(reader.longest, alpha)
    heap: list[tuple[float, tuple[int, ...], float]] = [(0.0, (), 0.0)]  # minus the bound, tokens, sum
    while heap:
        bound, tokens, total = heapq.heappop(heap)
        if tokens and tokens[-1] == END:
            return Answer(tuple(reader.signs[token] for token in tokens), total, -bound, reader.looks)
        if reader.looks == max_looks:
            return None
        is_last = len(tokens) + 1 == reader.longest
        for token, log_p in enumerate(reader.log_chances([tokens])[0].tolist()):
            if token in (PAD, START) or (is_last and token != END):
                continue
            longer, added = (*tokens, token), total + log_p
            divisor = penalty(len(longer), alpha) if token == END else most
            heapq.heappush(heap, (-added / divisor, longer, added))
    return None
