"""The experiment behind the page `attention`: a small network whose heads have to find the answer elsewhere.

Shapes: B batch, L layers, H heads, N sequences, T places, V letters.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch
from jaxtyping import Float
from torch import Generator, Tensor
from torch.nn import functional as F

from data.synthetic import Sequences
from experiments.attention_heads import BEHAVIOURS, entropies, names_of, shares
from experiments.attention_inside import Inside
from experiments.attention_observation import AttentionObservation
from experiments.attention_settings import AS_ASKED, MAX_LEN, WHO, AttentionSettings
from experiments.attention_tasks import (
    DOG_BITES_MAN,
    MAN_BITES_DOG,
    NOUNS,
    OWN_MASK,
    accuracy,
    draw,
    judged_sequences,
    recipe_of,
    repeats,
    words_of,
)
from models.attention_inside import attention_weights
from models.attention_network import AttentionNetwork, Mask
from training.device import choose_device
from training.experiment import Network
from training.findings import slower
from training.optimizers import make_optimizer, rate_at, update_optimizer
from training.settings import SettingsError

NUM_JUDGED: Final = 48  # sequences of each kind at which the loss is taken
NUM_PROBED: Final = 16  # sequences on which the heads are measured
EPOCH: Final = 1024  # sequences that count as one pass; each is drawn anew
JUDGED_SEED: Final = 1_000_003  # the test sequences are none of the training's


class AttentionExperiment(Inside):
    """A small network of attention that learns one task."""

    def __init__(self, settings: AttentionSettings) -> None:
        """Makes task, network and optimiser.

        Raises:
            SettingsError: if the heads cannot share the numbers of a place evenly.
        """
        if settings.d_model % settings.n_heads:
            raise SettingsError(
                f"{settings.n_heads} heads cannot share {settings.d_model} numbers evenly: "
                "choose d_model as a multiple of the heads."
            )
        if settings.positions == "RoPE" and settings.d_model // settings.n_heads % 2:
            raise SettingsError("RoPE turns pairs of numbers: choose fewer heads, so that each has an even number.")
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self.recipe = recipe_of(settings)
        self.words = words_of(settings)
        mask: Mask = OWN_MASK[settings.task] if settings.mask == AS_ASKED else settings.mask
        self.model = AttentionNetwork(
            len(self.words),
            settings.d_model,
            settings.n_heads,
            settings.n_layers,
            MAX_LEN,
            positions=settings.positions,
            mask=mask,
            window=settings.window,
            has_feed_forward=settings.has_feed_forward,
            is_pre_norm=settings.norm == "before",
            is_scaled=settings.is_scaled,
        ).to(self.device)
        generator = Generator().manual_seed(settings.seed + JUDGED_SEED)
        self.judged = self._moved(judged_sequences(settings, 2 * NUM_JUDGED, generator))
        self.probe: Tensor | None = None
        if settings.task != WHO:  # which has no letters
            self.probe = repeats(self.recipe, NUM_PROBED, generator).inputs.to(self.device)
        self._weights: list[Tensor] = list(self.model.parameters())
        self.optimizer = make_optimizer(self._weights, settings)
        self.num_steps, self._cursor, self._num_epochs = 0, 0, 0

    def _moved(self, batch: Sequences) -> Sequences:
        return Sequences(*(part.to(self.device) for part in batch))

    # ---- learning ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One optimiser update on fresh sequences."""
        settings = self.settings
        batch = self._moved(draw(settings.task, self.recipe, settings.batch_size))
        loss = self.loss(self.model(batch.inputs), batch)
        for weight in self._weights:  # what zero_grad does, without its bookkeeping
            weight.grad = None
        loss.backward()
        if settings.schedule != "constant":
            update_optimizer(self.optimizer, settings, self.num_steps)
        self.optimizer.step()
        self.num_steps += 1
        self._cursor += settings.batch_size
        if self._cursor >= EPOCH:
            self._cursor, self._num_epochs = 0, self._num_epochs + 1

    def loss(self, scores: Float[Tensor, "B T V"], batch: Sequences) -> Float[Tensor, ""]:
        """Mean surprise at the right answers, in nats, where some are wanted."""
        wrong = F.cross_entropy(scores.flatten(0, 1), batch.targets.flatten(), reduction="none")  # (B T)
        return (wrong.view(batch.targets.shape) * batch.weights).sum() / batch.weights.sum()

    @property
    def steps_per_epoch(self) -> int:
        """Batches that count as one pass."""
        return -(-EPOCH // self.settings.batch_size)

    @property
    def steps_left_in_epoch(self) -> int:
        """Batches until the next pass begins."""
        return -(-(EPOCH - self._cursor) // self.settings.batch_size)

    @property
    def epoch(self) -> float:
        """Passes so far, of 1,024 sequences each."""
        return self._num_epochs + self._cursor / EPOCH

    @property
    def record_every(self) -> int:
        """Ten times in the first two hundred steps, so that the heads are seen to form."""
        return 20

    # ---- the engine's other questions --------------------------------------------------------------------------

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Losses, and what the heads do.

        `previous_share`, `duplicate_share` and `induction_share` are of the head that does most of the kind, measured
        on blocks repeated with a random period; `own_induction_share` is measured on sequences of the task itself.
        `entropy_share` is the mean over all heads. `future_gradient` says how much an answer hangs on places after
        it, `swap_difference` by how much the answers to "dog bites man" and "man bites dog" differ.
        """
        judged, settings = self.judged, self.settings
        scores = self.model(judged.inputs)
        row = {}
        for prefix, part in (("", slice(NUM_JUDGED, None)), ("test_", slice(NUM_JUDGED))):
            some = Sequences(*(values[part] for values in judged))
            row[f"{prefix}loss"] = self.loss(scores[part], some).item()
            row[f"{prefix}accuracy"] = accuracy(scores[part], some).item()
        weights = self._probed(judged.inputs[:NUM_PROBED])
        row["entropy_share"] = entropies(weights, self._seen()).mean().item()
        if settings.task.startswith("repeats"):
            row |= self._most(weights, judged.inputs[:NUM_PROBED], "own_", ("induction",))
        if self.probe is not None:
            row |= self._most(self._probed(self.probe), self.probe, "", ("previous", "duplicate", "induction"))
        row["future_gradient"] = self.future_gradient()
        if settings.task == WHO:
            row["swap_difference"] = self.swap_difference()
        row["learning_rate"] = rate_at(self.num_steps, settings)
        return row

    def _probed(self, tokens: Tensor) -> Float[Tensor, "L N H T T"]:
        return torch.stack(attention_weights(self.model, tokens))

    def _seen(self) -> Tensor | None:
        return self.model.seen(self.judged.inputs.shape[1])

    def _most(
        self, weights: Float[Tensor, "L N H T T"], tokens: Tensor, prefix: str, names: Sequence[str]
    ) -> dict[str, float]:
        """The share of the head that does most of each kind; what a narrow window lets nobody do is left out."""
        best = shares(weights, tokens, self._seen())[0].flatten(1).amax(1).tolist()
        pairs = zip(BEHAVIOURS, best, strict=True)
        return {f"{prefix}{name}_share": share for name, share in pairs if name in names and not math.isnan(share)}

    @torch.enable_grad()
    def future_gradient(self) -> float:
        """The largest pull of a later place on an answer in the middle: how long its gradient is, at most."""
        tokens = self.judged.inputs[:1]
        middle = tokens.shape[1] // 2
        x = self.model.embed(tokens).detach().requires_grad_()
        (gradient,) = torch.autograd.grad(self.model.answer(x)[0, middle].square().sum(), x)
        return gradient[0, middle + 1 :].norm(dim=1).max().item()

    def swap_difference(self) -> float:
        """The largest difference in chance between the answers to "dog bites man" and "man bites dog"."""
        both = torch.tensor([DOG_BITES_MAN, MAN_BITES_DOG], device=self.device)
        chances = self.model(both)[:, -1].softmax(1)
        return (chances[0] - chances[1]).abs().max().item()

    def apply(self, settings: AttentionSettings) -> None:
        """Takes over live settings: rate, decay, schedule, batch size, the watched sequence."""
        self.settings = settings
        update_optimizer(self.optimizer, settings, self.num_steps)

    def advice(self, value: float) -> str:
        """What to try when the loss has exploded."""
        return slower(self.settings)

    def state_dict(self) -> dict[str, Any]:
        """Weights, optimiser, and the place in the epoch."""
        return {
            "weights": [weight.detach() for weight in self._weights],
            "optimizer": self.optimizer.state_dict(),
            "place": [self.num_steps, self._cursor, self._num_epochs],
        }

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave."""
        num_steps, cursor, num_epochs = state["place"]
        if not 0 <= cursor < EPOCH:
            raise IndexError("the place is beyond the end of the epoch")
        for weight, saved in zip(self._weights, state["weights"], strict=True):
            weight.copy_(saved)
        self.optimizer.load_state_dict(state["optimizer"])
        self.optimizer.zero_grad()  # the gradients belong to another step
        self.num_steps, self._cursor, self._num_epochs = num_steps, cursor, num_epochs
        update_optimizer(self.optimizer, self.settings, self.num_steps)

    def parameters(self) -> list[Tensor]:
        """Weights and biases, first layer to last."""
        return list(self._weights)

    def networks(self) -> dict[str, Network]:
        """The one network, with test sequences."""
        return {"network": Network(self.model, (self.judged.inputs[: self.settings.batch_size],), ("B T",))}

    # ---- watching ----------------------------------------------------------------------------------------------

    @torch.no_grad()
    def observe(self) -> AttentionObservation:
        """The watched sequence with the weights of all heads, and what they do on many."""
        settings, judged = self.settings, self.judged
        row = settings.shown - 1
        scores = self.model(judged.inputs[row : row + 1])[0]  # (T, V)
        is_asked = judged.weights[row] > 0
        right = scores.softmax(1).gather(1, judged.targets[row, :, None])[:, 0]
        own = self._probed(judged.inputs[:NUM_PROBED])
        own_scores, own_by_chance = shares(own, judged.inputs[:NUM_PROBED], self._seen())
        probed, by_chance = own_scores, own_by_chance
        if self.probe is not None:
            probed, by_chance = shares(self._probed(self.probe), self.probe, self._seen())
        places, seen = judged.inputs.shape[1], self._seen()
        is_seen = torch.ones(places, places, dtype=torch.bool) if seen is None else seen
        asked = is_asked.tolist()
        wanted = self._spoken(judged.targets[row])
        return AttentionObservation(
            task=settings.task,
            words=self._spoken(judged.inputs[row]),
            wanted=tuple(word if is_one else "" for word, is_one in zip(wanted, asked, strict=True)),
            said=self._spoken(scores.argmax(1)),
            chances=torch.where(is_asked, right, torch.nan).cpu().numpy(),
            weights=own[:, row].cpu().numpy().copy(),
            is_seen=is_seen.cpu().numpy(),
            behaviours=tuple(BEHAVIOURS),
            scores=probed.cpu().numpy(),
            own_scores=own_scores.cpu().numpy(),
            by_chance=by_chance.cpu().numpy(),
            own_by_chance=own_by_chance.cpu().numpy(),
            entropy=entropies(own, seen).cpu().numpy(),
            names=tuple(names_of(probed, by_chance)),
            row=row,
            mask=self.model.mask,
            positions=settings.positions,
            num_parameters=sum(weight.numel() for weight in self._weights),
            levels=self._levels(),
        )

    def _spoken(self, numbers: Tensor) -> tuple[str, ...]:
        return tuple(self.words[number] for number in numbers.tolist())

    def _levels(self) -> tuple[tuple[str, float], ...]:
        if self.settings.task == WHO:
            return ("either noun: ln 2", math.log(2)), (f"any noun: ln {len(NOUNS)}", math.log(len(NOUNS)))
        return ((f"guessing: ln {len(self.words)}", math.log(len(self.words))),)


EXPERIMENT: Final = AttentionExperiment
SETTINGS: Final = AttentionSettings
