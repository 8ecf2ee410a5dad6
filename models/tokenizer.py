"""Next-token network: looks up numbers for the last few tokens, mixes them, and says which token comes next.

The smallest network that shows what a tokenizer is for. It knows no letters: a text reaches it as numbers of tokens,
and every token of the vocabulary has a row of its own in the first layer and in the last.

Why it was needed: words are too many, and letters say too little each; pieces that come often, learnt from the text
before any network is, keep the table of numbers small and the text short.
Papers: byte-pair encoding for compression, Gage, "A new algorithm for data compression", C Users Journal 12, 1994,
https://dl.acm.org/doi/10.5555/177910.177914; for words, Sennrich, Haddow & Birch, 2016,
https://arxiv.org/abs/1508.07909; on bytes, Radford et al., 2019,
https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf;
the network: Bengio et al., "A neural probabilistic language model", JMLR 3, 2003,
https://www.jmlr.org/papers/v3/bengio03a.html.

Differs from the paper: tokens instead of words, and no direct connections from the embeddings to the answer.

Shapes: B batch, C tokens that are read, E embedding, H hidden units, V tokens of the vocabulary.
"""

from jaxtyping import Float, Int64
from torch import Tensor, nn


class NextToken(nn.Module):
    """Embeds the last tokens, bends a mixture of them, and scores every token as the next one."""

    def __init__(self, vocab_size: int, embed_dim: int = 32, window: int = 2, hidden_dim: int = 64) -> None:
        """Makes the layers with fresh random weights.

        Args:
            vocab_size: V, how many tokens there are.
            embed_dim: E, numbers that stand for a token.
            window: C, how many tokens are read.
            hidden_dim: H, hidden units.
        """
        super().__init__()
        self.embed = nn.Embedding(vocab_size, embed_dim)
        self.mix = nn.Linear(window * embed_dim, hidden_dim)
        self.activ = nn.Tanh()
        self.fc = nn.Linear(hidden_dim, vocab_size)

    def forward(self, x: Int64[Tensor, "B C"]) -> Float[Tensor, "B V"]:
        """A score for each token of the vocabulary; softmax makes chances of them."""
        x = self.embed(x)  # (B, C, E)
        x = self.activ(self.mix(x.flatten(1)))  # (B, H)
        return self.fc(x)  # (B, V)
