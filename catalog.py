"""The table of contents, in teaching order. The one file to edit when a page is added."""

from typing import Final, NamedTuple


class Entry(NamedTuple):
    """One page: its identifier everywhere (file stem, URL path, state-key prefix), and how the menu names it."""

    slug: str
    title: str
    chapter: str
    sentence: str


PAGES: Final = (
    Entry(
        slug="mlp",
        title="Feed-forward network",
        chapter="Foundations",
        sentence="Layers of weighted sums with a bend between them learn curves, classes and tables.",
    ),
    Entry(
        slug="optimizers",
        title="Loss and optimisers",
        chapter="Foundations",
        sentence="Seven ways to walk down a loss with the slope alone, and what the learning rate does to each.",
    ),
    Entry(
        slug="convolution",
        title="Convolution",
        chapter="Images",
        sentence="One small kernel slides over a picture; gradient descent finds the kernel from before and after.",
    ),
    Entry(
        slug="cnn",
        title="Convolutional network",
        chapter="Images",
        sentence="The same few weights at every place of a picture find edges, then parts, then things.",
    ),
    Entry(
        slug="augmentation",
        title="Data augmentation",
        chapter="Images",
        sentence="Changing pictures a little each time they are seen teaches a network what does not matter.",
    ),
    Entry(
        slug="rnn",
        title="Recurrent network",
        chapter="Sequences",
        sentence="A network that reads step by step carries a memory along, and forgets.",
    ),
    Entry(
        slug="lstm",
        title="Long short-term memory",
        chapter="Sequences",
        sentence="Three gates decide at each step what to forget, what to write and what to show.",
    ),
    Entry(
        slug="attention",
        title="Attention",
        chapter="Attention",
        sentence="Every place asks all others a question and takes what the best answers hold.",
    ),
    Entry(
        slug="tokenizer",
        title="Tokenizer",
        chapter="Attention",
        sentence="Pieces of words, learnt by counting, turn a text into numbers.",
    ),
    Entry(
        slug="decoder",
        title="Decoder (GPT)",
        chapter="Attention",
        sentence="A transformer reads from left to right and learns to say what comes next.",
    ),
    Entry(
        slug="encoder",
        title="Encoder (BERT)",
        chapter="Attention",
        sentence="It reads to both sides at once: fills gaps, and tells sentences apart.",
    ),
    Entry(
        slug="transformer",
        title="Transformer",
        chapter="Attention",
        sentence="An encoder reads, a decoder writes and looks back.",
    ),
    Entry(
        slug="gnn",
        title="Graph neural network",
        chapter="Graphs",
        sentence="Nodes hear from their neighbours: molecules, friends and routes, whatever their size and order.",
    ),
    Entry(
        slug="vae",
        title="Variational autoencoder",
        chapter="Generative models",
        sentence="Squeezes each picture into a small cloud of few numbers, and paints new ones from dice.",
    ),
    Entry(
        slug="gan",
        title="Generative adversarial network",
        chapter="Generative models",
        sentence="One network forges, another detects, and both get better.",
    ),
    Entry(
        slug="pretrained",
        title="Pretrained models",
        chapter="In practice",
        sentence="Start from what others have trained: a few pictures of your own are then enough.",
    ),
)


def entry(slug: str) -> Entry:
    """The page called `slug`.

    Raises:
        KeyError: if there is none.
    """
    for page in PAGES:
        if page.slug == slug:
            return page
    raise KeyError(slug)
