"""Two small language models that see little: the last token (bigram), or the last few (a window).

The bigram model is a table: for each token, a logit of every token that may follow. The window model gives each of the
last W tokens an embedding, lays the embeddings side by side, and lets a feed-forward network answer.

Why it was needed: counting longer and longer contexts fails, because most long contexts never come twice; embeddings
let what was learnt of one word serve for words like it.
Papers: Bengio, Ducharme, Vincent & Jauvin, "A neural probabilistic language model", 2003,
https://www.jmlr.org/papers/v3/bengio03a.html; predicting from the last letters, by counting: Shannon, "A mathematical
theory of communication", 1948, https://doi.org/10.1002/j.1538-7305.1948.tb01338.x.

Differs from the paper: one hidden layer without the direct connections from the embeddings to the output.

Shapes: B batch, T tokens, W tokens of the window, E embedding, V tokens of the vocabulary.
"""

from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F


class Bigram(nn.Module):
    """A logit for each pair of tokens; what came before the last one is not seen."""

    def __init__(self, vocab_size: int) -> None:
        """Makes the table with fresh random numbers.

        Args:
            vocab_size: V.
        """
        super().__init__()
        self.table = nn.Embedding(vocab_size, vocab_size)
        nn.init.normal_(self.table.weight, std=0.02)  # at first all tokens are about equally likely

    def forward(self, x: Int64[Tensor, "B T"]) -> Float[Tensor, "B T V"]:
        """Logits of the next token at every place."""
        logits: Tensor = self.table(x)  # (B, T, V)
        return logits


class WindowMLP(nn.Module):
    """A feed-forward network on the embeddings of the last tokens."""

    def __init__(self, vocab_size: int, embed_dim: int = 16, hidden_dim: int = 64, window: int = 4) -> None:
        """Makes the layers with fresh random weights.

        Args:
            vocab_size: V.
            embed_dim: E.
            hidden_dim: units of the hidden layer.
            window: W, tokens that are seen; where there are fewer, zeros stand for them.
        """
        super().__init__()
        self.window = window
        self.embed = nn.Embedding(vocab_size, embed_dim)
        self.hidden = nn.Linear(window * embed_dim, hidden_dim)
        self.fc = nn.Linear(hidden_dim, vocab_size)

    def forward(self, x: Int64[Tensor, "B T"]) -> Float[Tensor, "B T V"]:
        """Logits of the next token at every place."""
        x = F.pad(self.embed(x), (0, 0, self.window - 1, 0))  # (B, W - 1 + T, E)
        x = x.unfold(1, self.window, 1).transpose(2, 3).flatten(2)  # (B, T, W E), the oldest first
        return self.fc(self.hidden(x).tanh())  # (B, T, V)
