"""One step of a GAN, taken apart: noise, fakes, what the discriminator says, losses, gradients, and what moves.

The step is really taken, by the experiment's own `step`, and undone; what went through its methods was noted. So the
numbers are those of the step that comes next, whatever the loss and the optimiser.

Shapes: n examples of a batch, Z noise units, D numbers of an example, R cells along a side, P points of a curve.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from data.point_clouds import EXTENT
from experiments.gan import GANExperiment
from experiments.gan_data import SIDE
from experiments.gan_losses import discriminator_loss, generator_loss, wanted
from experiments.gan_settings import CHANCES
from training.arrays import doubles
from training.probe import evaluating, undone

CELLS: Final = 44  # R
CURVE: Final = 121  # P
SMALLEST: Final = 0.01  # of an axis of scores
HALVED: Final = (*CHANCES, "least squares")  # losses that are the mean of both halves of a batch, not their sum
NOTED: Final = ("draw_noise", "blurred", "steepness", "discriminator_gradients", "generator_gradients")
DISCRIMINATOR, GENERATOR = "discriminator", "generator"


class Part(NamedTuple):
    """A weight matrix or a bias in an update: its name, and the lengths of itself, its gradient and its way."""

    name: str
    length: float
    gradient: float
    update: float


class Weight(NamedTuple):
    """One weight in an update."""

    name: str
    before: float
    gradient: float
    after: float


@dataclass(frozen=True, eq=False)
class Turn:
    """One update of one of the two, with the numbers of its batch.

    Attributes:
        who: `discriminator` or `generator`.
        number: which of its updates in this step it is, from 1.
        total: how many it makes in this step.
        loss_name: of the settings.
        is_plane: whether the examples are points.
        noise: (n, Z).
        fakes: (n, D) what the generator made of it before the update.
        real: (n, D) the real examples of the batch; None in a turn of the generator.
        fake_scores: (n,) what the discriminator said to the fakes before the update.
        real_scores: (n,) and to the real examples.
        share: of the mean of the real costs, and of that of the fake costs, in the loss.
        fake_costs: (n,) what each fake costs.
        real_costs: (n,) what each real example costs.
        penalty: what the gradient penalty adds to the loss.
        loss: the whole of it.
        loss_after: of the same batch after the update, with the same penalty.
        fake_after: (n,) scores of the same noise or fakes after the update.
        real_after: (n,) scores of the same real examples.
        slopes: (n, D) ∂cost/∂x̃ of each fake; None in a turn of the discriminator.
        moved: (n, D) what the generator makes of the same noise after the update; None likewise.
        rate: the learning rate in force.
        parts: of the network that moves.
        weight: the one with the largest gradient.
        curve_scores: (P,) places on the axis of scores.
        fake_curve: (P,) the cost of a fake there.
        real_curve: (P,) the cost of a real example there; NaN in a turn of the generator.
        field: (R, R) what the discriminator says over the plane before the update, 0 fake to 1 real; None for pictures.
        field_after: (R, R) and after it.
    """

    who: str
    number: int
    total: int
    loss_name: str
    is_plane: bool
    noise: Float[np.ndarray, "n Z"]
    fakes: Float[np.ndarray, "n D"]
    real: Float[np.ndarray, "n D"] | None
    fake_scores: Float[np.ndarray, " n"]
    real_scores: Float[np.ndarray, " n"] | None
    share: float
    fake_costs: Float[np.ndarray, " n"]
    real_costs: Float[np.ndarray, " n"] | None
    penalty: float
    loss: float
    loss_after: float
    fake_after: Float[np.ndarray, " n"]
    real_after: Float[np.ndarray, " n"] | None
    slopes: Float[np.ndarray, "n D"] | None
    moved: Float[np.ndarray, "n D"] | None
    rate: float
    parts: tuple[Part, ...]
    weight: Weight
    curve_scores: Float[np.ndarray, " P"]
    fake_curve: Float[np.ndarray, " P"]
    real_curve: Float[np.ndarray, " P"]
    field: Float[np.ndarray, "R R"] | None
    field_after: Float[np.ndarray, "R R"] | None

    @property
    def gives_chances(self) -> bool:
        """Whether a score is the logit of a chance."""
        return self.loss_name in CHANCES

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of a picture."""
        return 1, SIDE, SIDE


@dataclass(eq=False)
class Events:
    """What was noted in one turn: both networks before and after, and what went through the experiment's methods."""

    who: str
    before: tuple[nn.Module, nn.Module]  # generator, discriminator
    after: tuple[nn.Module, nn.Module] = ()  # type: ignore[assignment]
    calls: dict[str, list[tuple[tuple[Any, ...], Any]]] = field(default_factory=dict)

    def given(self, name: str) -> Tensor:
        """The first argument of the only call of a method."""
        (((given, *_), _),) = self.calls[name]
        return given

    def answer(self, name: str) -> Any:
        """What the only call of a method gave."""
        ((_, answer),) = self.calls[name]
        return answer


def taken_apart(experiment: GANExperiment) -> tuple[Turn, ...]:
    """The next step: the last turn of the discriminator and that of the generator, as far as they learn."""
    with undone(experiment):
        listened = listen(experiment)
        experiment.step()
        turns = []
        for who in (DISCRIMINATOR, GENERATOR):
            its = [events for events in listened if events.who == who]
            if its:
                make = _discriminator_turn if who == DISCRIMINATOR else _generator_turn
                turns.append(make(experiment, its[-1], len(its)))
        return tuple(turns)


def listen(experiment: GANExperiment) -> list[Events]:
    """From now on notes every turn of an experiment; `undone` ends it."""
    turns: list[Events] = []

    def noting(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            answer = method(*arguments)
            if turns and not turns[-1].after:
                turns[-1].calls.setdefault(name, []).append((arguments, answer))
            return answer

        return call

    def turning(who: str, method: Callable[[], None]) -> Callable[[], None]:
        def call() -> None:
            turns.append(Events(who, _copies(experiment)))
            method()
            turns[-1].after = _copies(experiment)

        return call

    for name in NOTED:
        setattr(experiment, name, noting(name, getattr(experiment, name)))
    for who in (DISCRIMINATOR, GENERATOR):
        setattr(experiment, f"{who}_turn", turning(who, getattr(experiment, f"{who}_turn")))
    return turns


def _copies(experiment: GANExperiment) -> tuple[nn.Module, nn.Module]:
    return copy.deepcopy((experiment.generator, experiment.discriminator))


def _discriminator_turn(experiment: GANExperiment, events: Events, total: int) -> Turn:
    """Taken apart: the batch holds the real examples first, then as many fakes."""
    name, settings = experiment.settings.loss, experiment.settings
    (_, before), (_, after) = events.before, events.after
    (real, fakes), both = events.given("blurred").chunk(2), events.given("discriminator_gradients")
    labels = wanted(len(both), settings.label_smoothing, both.device)
    with torch.no_grad():
        scores, scores_after = before(both), after(both)  # (2n, 1)
        costs = _costs(lambda score, label: discriminator_loss(name, score, label), scores, labels)
        penalty = settings.penalty * events.answer("steepness").item() if name == "WGAN-GP" else 0.0
        loss, loss_after = (discriminator_loss(name, each, labels).item() for each in (scores, scores_after))
    half, share = len(real), 0.5 if name in HALVED else 1.0
    xs = _curve_scores(torch.cat([scores, scores_after]))
    curves = [
        _costs(lambda score, label: discriminator_loss(name, score, label), xs, labels[row].expand_as(xs))
        for row in (0, -1)
    ]
    return Turn(
        who=DISCRIMINATOR,
        number=total,
        total=total,
        loss_name=name,
        is_plane=experiment.is_plane,
        noise=doubles(events.answer("draw_noise")),
        fakes=doubles(fakes),
        real=doubles(real),
        fake_scores=doubles(scores[half:, 0]),
        real_scores=doubles(scores[:half, 0]),
        share=share,
        fake_costs=doubles(costs[half:]) / (2 * share),
        real_costs=doubles(costs[:half]) / (2 * share),
        penalty=penalty,
        loss=loss + penalty,
        loss_after=loss_after + penalty,
        fake_after=doubles(scores_after[half:, 0]),
        real_after=doubles(scores_after[:half, 0]),
        slopes=None,
        moved=None,
        rate=experiment.discriminator_optimizer.param_groups[0]["lr"],
        parts=_parts(before, after, events.answer("discriminator_gradients")),
        weight=_largest(before, after, events.answer("discriminator_gradients")),
        curve_scores=doubles(xs[:, 0]),
        fake_curve=doubles(curves[1]) / (2 * share),
        real_curve=doubles(curves[0]) / (2 * share),
        field=_field(experiment, before),
        field_after=_field(experiment, after),
    )


def _generator_turn(experiment: GANExperiment, events: Events, total: int) -> Turn:
    """Taken apart: the fakes go through a discriminator that does not move."""
    name = experiment.settings.loss
    (before, judge), (after, _) = events.before, events.after
    noise, fakes, seen = events.given("generator_gradients"), events.given("blurred"), events.answer("blurred")
    seen = seen.detach().requires_grad_()
    scores = copy.deepcopy(judge)(seen)  # (n, 1)
    (slopes,) = torch.autograd.grad(generator_loss(name, scores) * len(scores), seen)
    with torch.no_grad():
        moved = after(noise)
        scores_after = copy.deepcopy(judge)(moved + (seen - fakes))
        scores = scores.detach()
        costs = _costs(lambda score, _: generator_loss(name, score), scores, scores)
    xs = _curve_scores(torch.cat([scores, scores_after]))
    drawn = _field(experiment, judge)
    return Turn(
        who=GENERATOR,
        number=total,
        total=total,
        loss_name=name,
        is_plane=experiment.is_plane,
        noise=doubles(noise),
        fakes=doubles(fakes),
        real=None,
        fake_scores=doubles(scores[:, 0]),
        real_scores=None,
        share=1.0,
        fake_costs=doubles(costs),
        real_costs=None,
        penalty=0.0,
        loss=generator_loss(name, scores).item(),
        loss_after=generator_loss(name, scores_after).item(),
        fake_after=doubles(scores_after[:, 0]),
        real_after=None,
        slopes=doubles(slopes),
        moved=doubles(moved),
        rate=experiment.generator_optimizer.param_groups[0]["lr"],
        parts=_parts(before, after, events.answer("generator_gradients")),
        weight=_largest(before, after, events.answer("generator_gradients")),
        curve_scores=doubles(xs[:, 0]),
        fake_curve=doubles(_costs(lambda score, _: generator_loss(name, score), xs, xs)),
        real_curve=np.full(CURVE, np.nan),
        field=drawn,
        field_after=drawn,
    )


def _costs(
    loss: Callable[[Tensor, Tensor], Tensor], scores: Float[Tensor, "m 1"], labels: Float[Tensor, "m 1"]
) -> Float[Tensor, " m"]:
    """The loss of each score alone; their mean is the loss of all."""
    return torch.stack([loss(score[None], label[None]) for score, label in zip(scores, labels, strict=True)])


def _curve_scores(scores: Float[Tensor, "m 1"]) -> Float[Tensor, "P 1"]:
    """Evenly as far as scores reach, and 0 in the middle."""
    reach = max(SMALLEST, scores.abs().nan_to_num(posinf=1.0).max().item())
    return torch.linspace(-2 * reach, 2 * reach, CURVE, device=scores.device)[:, None]


def _parts(before: nn.Module, after: nn.Module, gradients: list[Tensor]) -> tuple[Part, ...]:
    groups = zip(_names(before), before.parameters(), after.parameters(), gradients, strict=True)
    return tuple(
        Part(name, old.norm().item(), slope.norm().item(), (new - old).norm().item())
        for name, old, new, slope in groups
    )


def _names(network: nn.Module) -> list[str]:
    """The number of the layer, from 1, and which of its tensors each parameter is."""
    paths = [name.split(".") for name, _ in network.named_parameters()]
    layers = list(dict.fromkeys(path[1] for path in paths))
    return [f"layer {layers.index(path[1]) + 1} {'bias' if 'bias' in path else 'weight'}" for path in paths]


def _largest(before: nn.Module, after: nn.Module, gradients: list[Tensor]) -> Weight:
    """The weight whose gradient is largest."""
    tops = [slope.abs().nan_to_num(0.0).max().item() for slope in gradients]
    chosen = tops.index(max(tops))
    name, old, new = _names(before)[chosen], list(before.parameters())[chosen], list(after.parameters())[chosen]
    slope = gradients[chosen].flatten()
    place = int(slope.abs().nan_to_num(0.0).argmax())
    numbers = (each.detach().flatten()[place].item() for each in (old, slope, new))
    return Weight(name, *numbers)


@torch.no_grad()
def _field(experiment: GANExperiment, discriminator: nn.Module) -> Float[np.ndarray, "R R"] | None:
    """What a discriminator says over the plane, the first row at the bottom."""
    if not experiment.is_plane:
        return None
    with evaluating(discriminator.modules()):
        scores = discriminator(grid(CELLS).to(experiment.device))[:, 0]
    return doubles(said(experiment.settings.loss, scores)).reshape(CELLS, CELLS)


def grid(cells: int) -> Float[Tensor, "m 2"]:
    """The middles of cells by cells squares of the plane, row by row from below."""
    middles = (torch.arange(cells) + 0.5) / cells * 2 * EXTENT - EXTENT
    rows, columns = torch.meshgrid(middles, middles, indexing="ij")
    return torch.stack([columns.flatten(), rows.flatten()], dim=1)


def said(name: str, scores: Float[Tensor, " m"]) -> Float[Tensor, " m"]:
    """Scores as a colour: 0 fake, 1 real. A critic's have no zero, so theirs are spread between their ends."""
    if name in CHANCES:
        return scores.sigmoid()
    if name == "least squares":
        return scores.clamp(0, 1)
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low).clamp_min(1e-12)
