"""Speller: a recurrent encoder reads the letters of a word, a recurrent decoder says its phonemes one after another.

Both halves are a gated recurrent unit, a GRU. It has one state and two gates: the update gate z says how much of the
old state stays, the reset gate r how much of it the new proposal may look at. The state after the last letter is all
that the decoder is given; from there it says one phoneme at a time, each with the one before as its input, until it
says that the word is over.
    r = σ(W_r x + U_r h + b_r), z = σ(W_z x + U_z h + b_z), n = tanh(W_n x + b_n + r ⊙ (U_n h + c_n)),
    h' = (1 − z) ⊙ n + z ⊙ h

Why it was needed: letters and phonemes do not stand one under the other (“though” has six letters and two phonemes), so
one sequence has to be turned into another of its own length.
Papers: Cho et al., 2014, https://arxiv.org/abs/1406.1078 (the GRU, and an encoder with a decoder); Sutskever, Vinyals
& Le, 2014, https://arxiv.org/abs/1409.3215 (the same two halves, of LSTM).

Differs from the papers: the reset gate acts on the product U_n h, not on h before it, as PyTorch and the trained
weights of g2p-en have it; the decoder sees what was read only through its first state, and takes the likeliest phoneme.

Shapes: B words, S signs of a word with its end, T phonemes, E embedding, H units of the state, V phonemes there are.
"""

from typing import Final, NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

PAD: Final = 0  # the number that fills up short words


class Gates(NamedTuple):
    """What happens inside a GRU, for every step and unit.

    Attributes:
        reset: r, how much of the old state the proposal looks at, 0 to 1.
        update: z, how much of the old state stays, 0 to 1.
        proposal: n, what the rest becomes, -1 to 1.
        hidden: h, the state after the step.
    """

    reset: Float[Tensor, "B S H"]
    update: Float[Tensor, "B S H"]
    proposal: Float[Tensor, "B S H"]
    hidden: Float[Tensor, "B S H"]


class Speller(nn.Module):
    """Two embeddings, a GRU for each half, and a linear layer from the decoder's state to the phonemes."""

    def __init__(self, num_letters: int, num_phonemes: int, embed_dim: int = 256, hidden_dim: int = 256) -> None:
        """Makes the layers with fresh random weights; the sizes of g2p-en if left out.

        Args:
            num_letters: different signs of a word, those for padding and end among them.
            num_phonemes: V, different signs of an answer, likewise.
            embed_dim: E, numbers that stand for a letter or a phoneme.
            hidden_dim: H, units of either state.
        """
        super().__init__()
        self.letters = nn.Embedding(num_letters, embed_dim)
        self.encoder = nn.GRU(embed_dim, hidden_dim, batch_first=True)
        self.phonemes = nn.Embedding(num_phonemes, embed_dim)
        self.decoder = nn.GRU(embed_dim, hidden_dim, batch_first=True)
        self.fc = nn.Linear(hidden_dim, num_phonemes)

    def encode(self, letters: Int64[Tensor, "B S"]) -> Float[Tensor, "1 B H"]:
        """The state after the last sign of each word; what fills up shorter words comes later and does not count."""
        states, _ = self.encoder(self.letters(letters))  # (B, S, H)
        last = (letters != PAD).sum(1) - 1  # (B)
        return states[torch.arange(len(letters), device=letters.device), last][None]

    def decode(
        self, phonemes: Int64[Tensor, "B T"], state: Float[Tensor, "1 B H"]
    ) -> tuple[Float[Tensor, "B T V"], Float[Tensor, "1 B H"]]:
        """Logits of the phoneme after each one given, and the state after the last."""
        states, state = self.decoder(self.phonemes(phonemes), state)  # (B, T, H)
        return self.fc(states), state

    def forward(self, letters: Int64[Tensor, "B S"], phonemes: Int64[Tensor, "B T"]) -> Float[Tensor, "B T V"]:
        """Logits of the phoneme after each place, given the right ones before it.

        Args:
            letters: words, each with its end, filled up with `PAD`.
            phonemes: the right answers, from the start sign on and without their last.
        """
        return self.decode(phonemes, self.encode(letters))[0]

    def write(
        self, letters: Int64[Tensor, "B S"], start: int, end: int, longest: int
    ) -> tuple[Int64[Tensor, "B T"], Float[Tensor, "B T V"]]:
        """What it says by itself: the likeliest phoneme at each place, which is then the input of the next.

        Args:
            letters: words, each with its end, filled up with `PAD`.
            start: the sign that the decoder is given first.
            end: the sign that says that a word is over; what comes after it is `PAD`.
            longest: signs after which it is stopped.

        Returns:
            The signs said, and the chances of every sign at each place.
        """
        state = self.encode(letters)
        said = torch.full((len(letters), 1), start, device=letters.device)
        is_over = torch.zeros(len(letters), dtype=torch.bool, device=letters.device)
        signs: list[Tensor] = []
        chances: list[Tensor] = []
        while len(signs) < longest and not bool(is_over.all()):
            logits, state = self.decode(said, state)  # (B, 1, V)
            chances.append(logits.softmax(2))
            said = logits.argmax(2).masked_fill(is_over[:, None], PAD)
            signs.append(said)
            is_over |= said[:, 0] == end
        return torch.cat(signs, dim=1), torch.cat(chances, dim=1)

    def gates(self, letters: Int64[Tensor, "B S"]) -> Gates:
        """The inside of the encoder, written out: the same states as in `encode`."""
        x = self.letters(letters)  # (B, S, E)
        h = x.new_zeros(len(x), self.encoder.hidden_size)  # (B, H)
        weight_ih, weight_hh, bias_ih, bias_hh = self.encoder.all_weights[0]
        from_input = x @ weight_ih.T + bias_ih  # (B, S, 3H)
        steps = []
        for s in range(x.shape[1]):
            r_x, z_x, n_x = from_input[:, s].chunk(3, dim=1)  # each (B, H)
            r_h, z_h, n_h = (h @ weight_hh.T + bias_hh).chunk(3, dim=1)
            r, z = (r_x + r_h).sigmoid(), (z_x + z_h).sigmoid()
            n = (n_x + r * n_h).tanh()
            h = (1 - z) * n + z * h
            steps.append((r, z, n, h))
        return Gates(*(torch.stack(values, dim=1) for values in zip(*steps, strict=True)))
