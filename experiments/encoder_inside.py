"""What the page `encoder` shows of its network.

Shapes: S sentences, T places, K classes, L blocks, H heads, V symbols, D numbers a place.
"""

import math
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from data.dataset import seeded
from experiments.encoder_data import Corpus
from experiments.encoder_measures import ROWS, agreement, clues_of, padding_shift
from experiments.encoder_observation import (
    GIVEN,
    KEPT,
    MASKED,
    NUM_SENTENCES,
    REPLACED,
    EncoderObservation,
    Gaps,
    Sentence,
)
from experiments.encoder_settings import FILL, PRETRAINED, WITH_CLASSES, EncoderSettings
from models.attention_inside import attention_weights
from models.encoder import CLS, MASK, SPECIAL, UNKNOWN, MaskedLanguageModel, SimpleTransformerEncoder, corrupted
from training.arrays import array
from training.probe import evaluating

TOP: Final = 5
AROUND: Final = 4  # symbols to each side of one, as its context
MANY_ROWS: Final = 200  # test sentences that are read for the confusion matrix of the live picture


class Guess(NamedTuple):
    """What the network puts into one gap.

    Attributes:
        place: of the gap, [CLS] is 0.
        right: what stood there.
        chance: of that; NaN for a word that is not in the vocabulary.
        symbols: the likeliest symbols.
        chances: theirs.
    """

    place: int
    right: str
    chance: float
    symbols: tuple[str, ...]
    chances: tuple[float, ...]


class Filled(NamedTuple):
    """A sentence with gaps: guesses, and the attention before and after something was hidden.

    Attributes:
        symbols: of the sentence, n with [CLS].
        guesses: one a gap.
        before: (L, H, n, n) attention over the whole sentence.
        after: (L, H, n, n) attention with the gaps.
    """

    symbols: tuple[str, ...]
    guesses: tuple[Guess, ...]
    before: Float[np.ndarray, "L H n n"]
    after: Float[np.ndarray, "L H n n"]


class States(NamedTuple):
    """Symbols of test sentences as points, layer by layer.

    Attributes:
        xy: (L + 1, m, 2) the two widest directions of the vectors before the first block and after each.
        shares: (L + 1,) of their variance that lies in these two.
        symbols: m symbols.
        contexts: m stretches of text around them.
        labels: (m,) classes of their sentences.
    """

    xy: Float[np.ndarray, "L m 2"]
    shares: Float[np.ndarray, " L"]
    symbols: tuple[str, ...]
    contexts: tuple[str, ...]
    labels: Int[np.ndarray, " m"]


class Inside:
    """The part of the experiment that looks and does not learn."""

    settings: EncoderSettings
    corpus: Corpus
    model: SimpleTransformerEncoder
    filler: MaskedLanguageModel | None
    num_steps: int
    _ids: Tensor
    _is_token: Tensor
    _can_be_asked: Tensor
    _labels: Tensor
    _weights: list[Tensor]

    @property
    def is_filling(self) -> bool:
        """Whether the next step fills gaps."""
        raise NotImplementedError

    @property
    def judged_test(self) -> slice:
        """The test examples that the curves are measured on."""
        raise NotImplementedError

    def measured(self) -> dict[str, float]:
        """Whether padding matters, and how attention and gradients order symbols like occlusion."""
        start, uses_mask = self.corpus.num_train, self.settings.uses_mask
        x = self._ids[start : start + max(2, ROWS // self.settings.max_len)]
        attention, gradient = agreement(clues_of(self.model, x, uses_mask=uses_mask), x != 0)
        shift = padding_shift(self.model, self._ids[self.judged_test], uses_mask=uses_mask)
        return {"padding_shift": shift, "attention_rank": attention, "gradient_rank": gradient}

    # ---- the live picture --------------------------------------------------------------------------------------

    @torch.no_grad()
    def observe(self) -> EncoderObservation:
        """Gaps while they are filled, else one sentence and the test as a whole."""
        settings, corpus, task = self.settings, self.corpus, self.settings.task
        steps_of_filling = {FILL: -1}.get(task, settings.pretrain_steps if task in PRETRAINED else 0)
        with evaluating(self.model.modules()):
            gaps = None if self.filler is None else self.gaps()
            sentence = self.sentence(settings.row) if task in WITH_CLASSES else None
            confusion = self.confusion(MANY_ROWS) if task in WITH_CLASSES else np.zeros((0, 0), dtype=np.int64)
        levels, score_levels = self._levels()
        return EncoderObservation(
            task=task,
            data=settings.data,
            level=corpus.level,
            is_filling=self.is_filling,
            steps_of_filling=steps_of_filling,
            class_names=corpus.class_names,
            gaps=gaps,
            sentence=sentence,
            confusion=confusion,
            levels=levels,
            score_levels=score_levels,
            num_train=corpus.num_train,
            num_test=len(corpus.ids) - corpus.num_train,
            num_labels=min(settings.num_labels, corpus.num_train),
            num_parameters=sum(weight.numel() for weight in self._weights),
            vocab_size=len(corpus.vocabulary),
            padding=1 - corpus.is_token[: corpus.num_train].float().mean().item(),
            source=corpus.source,
            report=corpus.report,
        )

    def _levels(self) -> tuple[tuple[tuple[str, float], ...], tuple[tuple[str, float], ...]]:
        if self.is_filling:
            loss, accuracy = self.corpus.unigram
            return (("how often symbols come", loss),), (("always the commonest symbol", accuracy),)
        labels = self.corpus.labels
        number = len(self.corpus.class_names)
        best = labels[: self.corpus.num_train].mode().values
        majority = (labels[self.corpus.num_train :] == best).double().mean().item()
        return ((f"guessing: ln {number}", math.log(number)),), (("always the commonest class", majority),)

    def gaps(self) -> Gaps:
        """The first test sentences with gaps as a training step makes them, always the same ones."""
        assert self.filler is not None
        settings, start = self.settings, self.corpus.num_train
        rows = slice(start, start + NUM_SENTENCES)
        x, generator = self._ids[rows], seeded(7)
        dice = torch.rand(2, *x.shape, generator=generator).to(x.device)
        others = torch.randint(UNKNOWN + 1, len(self.corpus.vocabulary), x.shape, generator=generator).to(x.device)
        is_asked = self._can_be_asked[rows] & (dice[0] < settings.mask_share)
        shares = {"random_share": settings.random_share, "kept_share": settings.kept_share}
        hidden = corrupted(x, is_asked, dice[1], others, **shares)
        chances = self.filler(hidden, self._is_token[rows] if settings.uses_mask else None).softmax(2)
        role = torch.where(hidden == MASK, MASKED, torch.where(dice[1] < settings.random_share, REPLACED, KEPT))
        right = chances.gather(2, x[:, :, None])[:, :, 0]
        said = chances.argmax(2).masked_fill(~is_asked, 0)
        role = role.masked_fill(~is_asked, GIVEN)
        written = [row + ("",) * (x.shape[1] - len(row)) for row in self.corpus.symbols[start : start + len(x)]]
        names = self.corpus.vocabulary
        return Gaps(
            tuple(
                tuple(names[number] if what else word for word, number, what in zip(*line, strict=True))
                for line in zip(written, hidden.tolist(), role.tolist(), strict=True)
            ),
            array(role),
            tuple(written),
            tuple(tuple(names[number] if number else "" for number in row) for row in said.tolist()),
            array(right.masked_fill(~is_asked, math.nan)),
        )

    def sentence(self, row: int) -> Sentence:
        """One test sentence with its clues; a row beyond the last is the last."""
        start = self.corpus.num_train
        place = min(start + row, len(self._ids) - 1)
        x, label = self._ids[place : place + 1], int(self._labels[place])
        return self._read(x, self.corpus.symbols[place], label, place - start)

    def _read(self, x: Tensor, symbols: tuple[str, ...], label: int, index: int) -> Sentence:
        n, uses_mask = len(symbols), self.settings.uses_mask
        clues = clues_of(self.model, x, uses_mask=uses_mask)
        chances = self.model(x, x != 0 if uses_mask else None).softmax(1)[0]
        attention, occlusion, gradient = (array(part[0, :n]) for part in clues)
        return Sentence(symbols, label, array(chances), attention, occlusion, gradient, index)

    def confusion(self, most: int = 1_000_000) -> Int[np.ndarray, "K K"]:
        """Test examples by true and predicted class."""
        number, start = len(self.corpus.class_names), self.corpus.num_train
        rows = slice(start, start + most)
        said = self.model(self._ids[rows], self._is_token[rows] if self.settings.uses_mask else None).argmax(1)
        return array(torch.bincount(self._labels[rows] * number + said, minlength=number**2).view(number, number))

    # ---- below the picture -------------------------------------------------------------------------------------

    @torch.no_grad()
    def verdict(self) -> Int[np.ndarray, "K K"]:
        """The confusion matrix of all test examples."""
        with evaluating(self.model.modules()):
            return self.confusion()

    @torch.no_grad()
    def read_text(self, text: str) -> Sentence:
        """A text of the visitor's own, which has no class; what is too long is left out."""
        numbers, symbols = self._numbers_and_symbols(text)
        with evaluating(self.model.modules()):
            return self._read(torch.tensor([numbers], device=self._ids.device), symbols, -1, -1)

    def _numbers_and_symbols(self, text: str) -> tuple[list[int], tuple[str, ...]]:
        """As much of a text as can be read, [CLS] first."""
        numbers = self.corpus.row_of(text, self.settings.max_len)
        return numbers, (SPECIAL[CLS], *self.corpus.symbols_of(text)[: len(numbers) - 1])

    @torch.no_grad()
    def fill(self, text: str, hidden: tuple[int, ...]) -> Filled:
        """Hides some places of a text and lets the network guess.

        Args:
            text: what to read; what is too long is left out.
            hidden: the places, counted from 1, as [CLS] is 0.
        """
        assert self.filler is not None
        numbers, shown = self._numbers_and_symbols(text)
        x = torch.tensor([numbers], device=self._ids.device)
        places = [place for place in hidden if 0 < place < len(numbers)]
        masked = x.clone()
        masked[0, places] = MASK
        with evaluating(self.model.modules()):
            chances = self.filler(masked).softmax(2)[0]  # (n, V)
            before, after = (torch.cat(attention_weights(self.filler, one)) for one in (x, masked))
        guesses = tuple(self._guess(place, shown[place], numbers[place], chances[place]) for place in places)
        return Filled(shown, guesses, array(before), array(after))

    def _guess(self, place: int, right: str, number: int, chances: Float[Tensor, " V"]) -> Guess:
        best = chances.topk(min(TOP, len(chances)))
        names = tuple(self.corpus.vocabulary[index] for index in best.indices.tolist())
        chance = math.nan if number == UNKNOWN else chances[number].item()
        return Guess(place, right, chance, names, tuple(best.values.tolist()))

    @torch.no_grad()
    def each_place(self, text: str) -> tuple[tuple[str, ...], Float[np.ndarray, " n"]]:
        """The chance of each symbol of a text when it alone is hidden; NaN for what is not in the vocabulary."""
        assert self.filler is not None
        numbers, symbols = self._numbers_and_symbols(text)
        shown = symbols[1:]
        x = torch.tensor(numbers, device=self._ids.device).expand(len(shown), -1).clone()  # (n, n + 1)
        places = torch.arange(len(shown), device=x.device)
        right = x[places, places + 1]
        x[places, places + 1] = MASK
        with evaluating(self.model.modules()):
            chances = self.filler(x).softmax(2)[places, places + 1]  # (n, V)
        return shown, array(chances[places, right].masked_fill(right == UNKNOWN, math.nan))

    @torch.no_grad()
    def maps(self, text: str) -> tuple[tuple[str, ...], Float[np.ndarray, "L H n n"], Bool[np.ndarray, "n n"]]:
        """Symbols, the attention of each block and head over a text, and who could be seen."""
        numbers, shown = self._numbers_and_symbols(text)
        x = torch.tensor([numbers], device=self._ids.device)
        network: Any = self.filler or self.model
        with evaluating(self.model.modules()):
            weights = torch.cat(attention_weights(network, x))
        seen = np.ones((len(numbers), len(numbers)), dtype=bool)
        return shown, array(weights), seen if self.model.sees_right else np.tril(seen)

    @torch.no_grad()
    def padded(self, row: int, most: int) -> tuple[Float[np.ndarray, "P K"], Float[np.ndarray, "P K"]]:
        """Chances of the classes when a test sentence is filled up by 0 to `most` places: masked, and not masked.

        Of a sentence that leaves less room, the first half is read.
        """
        start = self.corpus.num_train
        x = self._ids[min(start + row, len(self._ids) - 1)]
        x = x[x != 0][: self.settings.max_len // 2]
        found: list[list[Tensor]] = [[], []]
        with evaluating(self.model.modules()):
            for more in range(max(0, min(most, self.settings.max_len - len(x))) + 1):
                filled = torch.cat([x, x.new_zeros(more)])[None]
                for kept, seen in zip(found, (filled != 0, None), strict=True):
                    kept.append(self.model(filled, seen).softmax(1)[0])
        masked, unmasked = (array(torch.stack(kept)) for kept in found)
        return masked, unmasked

    @torch.no_grad()
    def states(self, count: int = 600) -> States:
        """Symbols of test sentences as points in the two directions in which the vectors of a layer differ most."""
        start = self.corpus.num_train
        rows = slice(start, start + max(1, count // 8))
        x, asked = self._ids[rows], self._can_be_asked[rows]
        with evaluating(self.model.modules()):
            layers = self.model.states(x, self._is_token[rows] if self.settings.uses_mask else None)
        places = asked.nonzero()[:count]
        xy, shares = [], []
        for layer in layers:
            vectors = layer[places[:, 0], places[:, 1]]  # (m, D)
            u, s, _ = torch.linalg.svd(vectors - vectors.mean(0), full_matrices=False)
            xy.append(array(u[:, :2] * s[:2]))
            shares.append((s[:2].square().sum() / s.square().sum().clamp(min=1e-12)).item())
        signs = self.corpus.symbols[rows]
        gap = " " if self.corpus.level == "word" else ""
        contexts = tuple(gap.join(signs[row][max(1, at - AROUND) : at + AROUND + 1]) for row, at in places.tolist())
        names = tuple(signs[row][at] for row, at in places.tolist())
        return States(np.stack(xy), np.array(shares), names, contexts, array(self._labels[rows][places[:, 0]]))

    def text_of(self, row: int) -> str:
        """A test sentence as text that can be read again."""
        return self.corpus.text_of(min(self.corpus.num_train + row, len(self._ids) - 1))
