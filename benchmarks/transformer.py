"""The lecture's transformer: a training step here against one of the lecture's loop, and how soon it sorts."""

import time
from collections.abc import Iterator
from functools import partial
from typing import Final

import torch
from torch import Tensor, nn

from benchmarks.recurrent import fastest
from benchmarks.rows import Row, at_least, at_most, told
from experiments.transformer import TransformerExperiment
from experiments.transformer_settings import TransformerSettings
from models.transformer import SimpleTransformer
from training.lessons import run_trial
from training.memory import keep_memory
from training.run import Run

VOCAB: Final = 1000
BATCH_SIZE: Final = 32
LENGTH: Final = 32
RATE: Final = 1e-3
GOAL: Final = 0.99
HOW: Final = "random tokens, vocabulary 1,000, 32 x 32, the lecture's sizes, Adam; the fastest step of each, in turn"
SORT: Final = TransformerSettings(task="sort", schedule="one-cycle", schedule_steps=500)


class LectureTransformer(nn.Module):
    """The lecture's class with torch's own layers for the blocks it does not define."""

    def __init__(self, vocab_size: int, embed_dim: int = 64, num_heads: int = 4, ff_dim: int = 128) -> None:
        super().__init__()
        self.src_emb = nn.Embedding(vocab_size, embed_dim)
        self.tgt_emb = nn.Embedding(vocab_size, embed_dim)
        self.pos_emb = nn.Embedding(128, embed_dim)
        sizes = (embed_dim, num_heads, ff_dim)
        self.encoder_layers = nn.ModuleList(nn.TransformerEncoderLayer(*sizes, batch_first=True) for _ in range(2))
        self.decoder_layers = nn.ModuleList(nn.TransformerDecoderLayer(*sizes, batch_first=True) for _ in range(2))
        self.output_proj = nn.Linear(embed_dim, vocab_size)

    def forward(self, src: Tensor, tgt: Tensor) -> Tensor:
        """Logits at every place of the target."""
        x = self.src_emb(src) + self.pos_emb(torch.arange(src.shape[1]).unsqueeze(0))
        y = self.tgt_emb(tgt) + self.pos_emb(torch.arange(tgt.shape[1]).unsqueeze(0))
        for layer in self.encoder_layers:
            x = layer(x)
        mask = torch.triu(torch.ones(tgt.shape[1], tgt.shape[1]), diagonal=1).bool()
        for layer in self.decoder_layers:
            y = layer(y, x, tgt_mask=mask)
        logits: Tensor = self.output_proj(y)
        return logits


def loop(model: nn.Module, *, is_ours: bool) -> Iterator[None]:
    """Training steps: the lecture's loop, or the page's recipe without its pairs."""
    generator = torch.Generator().manual_seed(0)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=True if is_ours else None)
    weights, total = list(model.parameters()), 0.0
    while True:
        src, tgt = torch.randint(VOCAB, (2, BATCH_SIZE, LENGTH), generator=generator)
        if is_ours:
            for weight in weights:
                weight.grad = None
        else:
            optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(src, tgt[:, :-1]).flatten(0, 1), tgt[:, 1:].flatten())
        loss.backward()
        optimizer.step()
        if not is_ours:
            total += loss.item()
        yield


def measure(*, is_quick: bool) -> list[Row]:
    """How many times as fast a step is here, and the seconds until sorting is right."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    seconds = 5.0 if is_quick else 15.0
    theirs = partial(next, loop(LectureTransformer(VOCAB), is_ours=False))
    (plain,) = fastest([theirs], seconds / 2)
    keep_memory()  # cannot be taken back: the plain loop comes first
    page = partial(next, loop(SimpleTransformer(VOCAB, dropout=0.1), is_ours=True))
    bare = partial(next, loop(SimpleTransformer(VOCAB), is_ours=True))
    kept, with_dropout, without = fastest([theirs, page, bare], seconds)
    steps, spent, best = sorting()
    return [
        at_least(2.0, "transformer: page against lecture", plain / without, "x", HOW + "; dropout 0.1 there, 0 here"),
        told("transformer: with dropout 0.1 on both sides", plain / with_dropout, "x", HOW),
        told("transformer: lecture's step, memory kept", 1000 * kept, "ms", "nn.TransformerEncoderLayer, DecoderLayer"),
        told("transformer: lecture's step", 1000 * plain, "ms", "the same in a plain process"),
        told("transformer: page's step", 1000 * without, "ms", "blocks of models/attention.py, fused Adam"),
        at_least(
            GOAL, "sort: whole answers right at best", best, "", f"{SORT.length} letters, one-cycle over 500 steps"
        ),
        at_most(10.0, f"sort: processor seconds until {GOAL:.0%} whole answers", spent, "s", f"after {steps} steps"),
    ]


def sorting() -> tuple[int | None, float | None, float]:
    """Steps and processor seconds until whole sorted answers are right as wanted, and the best share."""
    run = Run(TransformerExperiment, SORT)
    began = time.process_time()
    run_trial(run, SORT.schedule_steps)
    history, seconds = run.poll().history, time.process_time() - began
    shares = history.values["whole_accuracy"]
    reached = [int(step) for step, share in zip(history.steps, shares, strict=True) if share >= GOAL]
    if not reached:
        return None, None, float(shares.max())
    return reached[0], seconds * reached[0] / SORT.schedule_steps, float(shares.max())
