"""What low-rank parts of large language models take to store, worked out from the shapes of their layers."""

from dataclasses import dataclass
from typing import Final

ATTENTION: Final = ("q", "v")  # what the paper adapts
HALF_BYTES: Final = 2  # float16 or bfloat16, as such weights are stored


@dataclass(frozen=True)
class Large:
    """A decoder like Llama's, by the sizes that decide how many weights it has.

    Attributes:
        name: of the model.
        vocabulary: tokens.
        width: numbers of a token.
        num_layers: blocks.
        key_width: numbers of all keys together, fewer than the width where heads share them.
        hidden: units of the feed-forward part.
        is_tied: whether the last layer is the embedding again.
        source: where the sizes are written.
    """

    name: str
    vocabulary: int
    width: int
    num_layers: int
    key_width: int
    hidden: int
    is_tied: bool
    source: str

    @property
    def matrices(self) -> dict[str, tuple[int, int]]:
        """The linear layers of a block by name: outputs and inputs."""
        width, key, hidden = self.width, self.key_width, self.hidden
        attention = {"q": (width, width), "k": (key, width), "v": (key, width), "o": (width, width)}
        return attention | {"gate": (hidden, width), "up": (hidden, width), "down": (width, hidden)}

    @property
    def num_weights(self) -> int:
        """All weights: embedding, blocks with two norms each, the last norm, and the last layer unless it is tied."""
        block = sum(rows * columns for rows, columns in self.matrices.values()) + 2 * self.width
        embedding = self.vocabulary * self.width
        return embedding * (1 if self.is_tied else 2) + self.num_layers * block + self.width

    def num_adapted(self, rank: int, *, all_layers: bool) -> int:
        """Weights of the low-rank parts, r (inputs + outputs) for each adapted layer.

        Args:
            rank: r.
            all_layers: every linear layer of each block; otherwise queries and values only.
        """
        names = self.matrices if all_layers else ATTENTION
        return self.num_layers * sum(rank * sum(self.matrices[name]) for name in names)


LARGE: Final = (
    Large("SmolLM2-135M", 49_152, 576, 30, 192, 1536, True, "https://huggingface.co/HuggingFaceTB/SmolLM2-135M"),
    Large("Llama with 7 billion", 32_000, 4096, 32, 4096, 11_008, False, "https://arxiv.org/abs/2302.13971"),
)
