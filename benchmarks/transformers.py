"""The transformers of the lecture: a training step here against a step of the lecture's loop."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.recurrent import compared, fastest
from benchmarks.rows import Row, told
from data.text import load_text
from experiments.decoder import DecoderExperiment
from experiments.decoder_settings import DecoderSettings
from training.memory import keep_memory

SEQ_LEN: Final = 64
BATCH_SIZE: Final = 32
NUM_ROWS: Final = 2000  # of the lecture's data set
RATE: Final = 1e-3
HOW: Final = (
    "characters of Alice, 32 x 64, 128 wide, 4 heads, 2 blocks, 512, dropout 0.1, Adam; the fastest step of each"
)


class LectureDecoder(nn.Module):
    """The lecture's network, of torch's own layers: for an encoder and a decoder, whose memory is the input."""

    def __init__(self, vocab_size: int, *, has_cross_attention: bool) -> None:
        """Makes the layers at the lecture's size.

        Args:
            vocab_size: V.
            has_cross_attention: as in the lecture; without it, the network is the causal one of the page.
        """
        super().__init__()
        self.token_emb, self.pos_emb = nn.Embedding(vocab_size, 128), nn.Embedding(128, 128)
        self.layers: nn.Module
        if has_cross_attention:
            self.layers = nn.TransformerDecoder(nn.TransformerDecoderLayer(128, 4, 512, 0.1, batch_first=True), 2)
        else:
            self.layers = nn.TransformerEncoder(nn.TransformerEncoderLayer(128, 4, 512, 0.1, batch_first=True), 2)
        self.lm_head = nn.Linear(128, vocab_size, bias=False)
        self.has_cross_attention = has_cross_attention

    def forward(self, x: Int64[Tensor, "B T"]) -> Float[Tensor, "B T V"]:
        """Logits of the next token at every place."""
        places = torch.arange(x.shape[1])
        hidden = torch.triu(torch.ones(len(places), len(places)), diagonal=1).bool()
        x = self.token_emb(x) + self.pos_emb(places)
        out = self.layers(x, x, tgt_mask=hidden) if self.has_cross_attention else self.layers(x, mask=hidden)
        logits: Tensor = self.lm_head(out)
        return logits


def lecture_loop(model: nn.Module, x: Int64[Tensor, "N T"], y: Int64[Tensor, "N T"]) -> Iterator[None]:
    """The lecture's loop, one step at a time."""
    optimizer, criterion = torch.optim.Adam(model.parameters(), lr=RATE), nn.CrossEntropyLoss()
    total = 0.0
    while True:
        for inputs, targets in DataLoader(TensorDataset(x, y), batch_size=BATCH_SIZE, shuffle=True, drop_last=True):
            optimizer.zero_grad()
            logits = model(inputs)
            loss: Tensor = criterion(logits.view(-1, logits.size(-1)), targets.reshape(-1))
            loss.backward()
            optimizer.step()
            total += loss.item()
            yield


def measure(*, is_quick: bool) -> list[Row]:
    """How many times as fast a step is here; a page of this kind adds its own rows."""
    torch.set_num_threads(1)
    seconds = 4.0 if is_quick else 12.0
    return measure_decoder(seconds)


def measure_decoder(seconds: float) -> list[Row]:
    """The network of the page `decoder` against the lecture's, and against torch's own layers without the leak."""
    text = load_text("Alice", "character")
    windows = text.ids[torch.arange(NUM_ROWS)[:, None] + torch.arange(SEQ_LEN + 1)]
    x, y = windows[:, :-1], windows[:, 1:]
    loops: dict[bool, Callable[[], None]] = {
        leaks: partial(next, lecture_loop(LectureDecoder(len(text.itos), has_cross_attention=leaks), x, y))
        for leaks in (True, False)
    }
    plain = {leaks: fastest([loop], seconds / 3)[0] for leaks, loop in loops.items()}
    keep_memory()  # cannot be taken back: the plain loops come first
    settings = DecoderSettings(
        task="Alice",
        seq_len=SEQ_LEN,
        batch_size=BATCH_SIZE,
        d_model=128,
        dim_feedforward=512,
        dropout=0.1,
        is_pre_norm=False,
        learning_rate=RATE,
        clip=0.0,
    )
    step = DecoderExperiment(settings).step
    rows = compared("decoder", 2.0, plain[True], loops[True], step, seconds, HOW)
    page = next(row.value for row in rows if row.name == "decoder: page's step")
    assert page is not None
    words = "torch's layers without the lecture's second attention: the same network as the page's"
    return [*rows, told("decoder: page against torch's causal layers", 1000 * plain[False] / page, "x", words)]
