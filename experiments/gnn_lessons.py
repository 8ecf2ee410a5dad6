"""The lessons of the page `gnn`, the failure museum among them."""

import math
from typing import Any, Final

from training.lessons import Failure, Lesson, Trial

_COUNT: Final[dict[str, Any]] = {"data": "count atoms", "atoms": "ten types", "learning_rate": 0.01}
_BONDS: Final[dict[str, Any]] = {"atoms": "ten types", "num_layers": 3}
_AIRPORTS: Final[dict[str, Any]] = {"data": "US airports", "num_labelled": 20}
_RINGS: Final[dict[str, Any]] = {"data": "one ring or two", "readout": "sum"}

LESSONS: Final = (
    Lesson(
        slug="readout",
        title="A mean cannot count",
        question="How many atoms has a molecule? Two networks differ in the read-out alone: one takes the mean of the "
        "atoms, one their sum. How much of the variance does each explain on the test molecules?",
        choices=("Both nearly all", "The mean nearly all, the sum little", "The mean next to nothing, the sum all"),
        answer=2,
        trials=(Trial("mean", {**_COUNT, "readout": "mean"}), Trial("sum", {**_COUNT, "readout": "sum"})),
        steps=500,
        holds=lambda n: n[0].get("test_r2", 1.0) < 0.2 and n[1].get("test_r2", 0.0) > 0.9,
        explanation=(
            "R² is {0[test_r2]:.2f} with the mean and {1[test_r2]:.2f} with the sum. A chain of five carbons and one "
            "of ten have nearly the same mean; the sum of the second is twice as large. What a read-out throws away, "
            "no layer brings back."
        ),
        watched=("test_r2", "test_loss"),
        curve="test_loss",
        failure=Failure(
            symptom="The training loss stays high however long it trains, and more channels do not help.",
            diagnosis="The answer depends on how many nodes there are, and the read-out divides by that number.",
            remedy="Take the sum of the nodes, or tell the network the number of nodes.",
        ),
    ),
    Lesson(
        slug="bonds",
        title="Do bonds matter?",
        question="The lecture's atoms are known by their element only, and its layer, GCN, cannot tell a double bond "
        "from a single one. GIN sums instead, and GINE sums and reads the bonds. Three networks of three layers get "
        "the same split. Which tells mutagenic molecules best?",
        choices=("GCN", "GIN", "GINE", "All alike"),
        answer=2,
        trials=(
            Trial("GCN", {**_BONDS, "layer": "GCN"}),
            Trial("GIN", {**_BONDS, "layer": "GIN"}),
            Trial("GINE", {**_BONDS, "layer": "GINE"}),
        ),
        steps=600,
        holds=lambda n: n[2]["test_auc"] > n[0]["test_auc"] + 0.03 and n[2]["test_auc"] > n[1]["test_auc"],
        explanation=(
            "Area under the ROC curve on molecules with other scaffolds: GCN {0[test_auc]:.2f}, GIN {1[test_auc]:.2f}, "
            "GINE {2[test_auc]:.2f}. A good part of the gain comes from summing; the bonds add the rest. When atoms "
            "are described richly, their rings and hydrogens tell most of what the bonds tell."
        ),
        watched=("test_auc", "auc", "test_loss"),
        curve="test_auc",
        then="What is left of the gain if the atoms are described richly?",
        change=Trial("GINE, rich atoms", {"num_layers": 3, "layer": "GINE", "atoms": "rich"}),
    ),
    Lesson(
        slug="atoms",
        title="What an atom is told to be",
        question="The lecture tells the network which of ten elements an atom is. Now it is told of its neighbours' "
        "number, its charge, hydrogens, ring and hybridisation, too. What happens to the area under the ROC curve on "
        "the test?",
        choices=("It rises by more than 0.05", "It stays within 0.05", "It falls: more inputs overfit"),
        answer=0,
        trials=(Trial("ten elements", {"atoms": "ten types"}), Trial("rich atoms", {"atoms": "rich"})),
        steps=600,
        holds=lambda n: n[1]["test_auc"] > n[0]["test_auc"] + 0.05,
        explanation=(
            "It goes from {0[test_auc]:.2f} to {1[test_auc]:.2f}, with the same two layers. A ring of six carbons and "
            "a chain of six are told apart by what the atoms are said to be, not by the network: GCN sees the degree "
            "only through its weights."
        ),
        watched=("test_auc", "test_loss"),
        curve="test_auc",
    ),
    Lesson(
        slug="oversmoothing",
        title="Eight layers, all nodes alike",
        question="Airports are to be told by region, from 20 of each. Two layers hear two flights far. With eight "
        "layers, what is the mean cosine between the vectors of two airports before the first step?",
        choices=("About 0: they differ more", "About 0.7, as with two layers", "Above 0.95: they are nearly the same"),
        answer=2,
        trials=(
            Trial("eight layers", {**_AIRPORTS, "num_layers": 8}),
            Trial("eight layers, each adds to the last", {**_AIRPORTS, "num_layers": 8, "is_residual": True}),
            Trial("two layers", {**_AIRPORTS, "num_layers": 2}),
        ),
        steps=100,
        holds=lambda n: (
            n[0]["first_cosine"] > 0.95 > 0.85 > n[2]["first_cosine"]
            and n[0]["loss"] > n[1]["loss"] + 0.15
            and n[0]["test_accuracy"] < n[2]["test_accuracy"] - 0.03
        ),
        explanation=(
            "It is {0[first_cosine]:.2f} with eight layers and {2[first_cosine]:.2f} with two. Each layer takes means "
            "over neighbours, and means of means forget who is who. After 100 steps the loss is {0[loss]:.2f}; where "
            "each layer adds to what was there it is {1[loss]:.2f}, with two layers {2[loss]:.2f}. Test accuracy: "
            "{0[test_accuracy]:.0%}, {1[test_accuracy]:.0%}, {2[test_accuracy]:.0%}."
        ),
        watched=("first_cosine", "loss", "test_accuracy"),
        failure=Failure(
            symptom="A deeper network learns more slowly and tells less, although it has more weights.",
            diagnosis="Oversmoothing: after many means over neighbours all nodes of a part have nearly the same "
            "vector.",
            remedy="Fewer layers, or let each layer add to what a node was, or keep the nodes apart by PairNorm.",
        ),
    ),
    Lesson(
        slug="reach",
        title="As far as its layers",
        question="The answer stands on the first of six nodes in a row, and every node is to tell it. Four answers are "
        "possible. How many of the nodes can a network of two layers get right?",
        choices=("All of them", "About those it reaches: three, and a guess at the others", "One in four"),
        answer=1,
        trials=(
            Trial("two layers", {"data": "long chains", "num_layers": 2}),
            Trial("six layers", {"data": "long chains", "num_layers": 6}),
        ),
        steps=300,
        holds=lambda n: 0.5 < n[0]["test_accuracy"] < 0.75 and n[1]["test_accuracy"] > 0.95,
        explanation=(
            "Two layers get {0[test_accuracy]:.0%}: three nodes of six, and one in four of the others by chance, which "
            "makes 62.5 %. Six layers get {1[test_accuracy]:.0%}. What is further than there are layers has a slope of "
            "exactly 0: no training helps."
        ),
        watched=("test_accuracy", "test_loss"),
        curve="test_loss",
        failure=Failure(
            symptom="Far nodes stay at chance, near ones are right.",
            diagnosis="A node hears only as many links far as there are layers.",
            remedy="As many layers as the answer is away, or links that make the way shorter.",
        ),
        then="Does it still work when the chain has twelve nodes and the network eight layers?",
        change=Trial("twelve nodes, eight layers", {"data": "long chains", "num_layers": 8, "chain_length": 12}),
    ),
    Lesson(
        slug="rings",
        title="One ring or two",
        question="Every graph is either one ring or two rings of half the length, with equal nodes. You see at a "
        "glance which. GIN, the most telling layer here, trains on hundreds of them. What becomes of its loss?",
        choices=("It falls to 0", "It stays at ln 2 = 0.693: it guesses", "It falls by half"),
        answer=1,
        trials=(Trial("GIN", {**_RINGS, "layer": "GIN"}), Trial("GCN", {**_RINGS, "layer": "GCN"})),
        steps=300,
        holds=lambda n: (
            all(abs(each["lowest_loss"] - math.log(2)) < 0.02 and abs(each["test_accuracy"] - 0.5) < 0.1 for each in n)
            and n[0]["step"] >= 300
        ),
        explanation=(
            "Its lowest training loss is {0[lowest_loss]:.3f}, and GCN's {1[lowest_loss]:.3f}. Every node has two "
            "neighbours, which have two neighbours: each hears the same in both graphs, in every layer. No network "
            "that passes messages between equal nodes tells them apart, nor does the Weisfeiler-Leman test."
        ),
        watched=("lowest_loss", "test_accuracy"),
        failure=Failure(
            symptom="The loss stays at chance from the first step to the last.",
            diagnosis="The two kinds of graphs look the same from every node: 1-WL cannot tell them apart.",
            remedy="Tell the nodes apart: a number of their own, the rings they lie in, or distances as inputs.",
        ),
    ),
    Lesson(
        slug="renumbering",
        title="Numbered the other way round",
        question="The nodes of some molecules are numbered from the other end, after the network was trained. By how "
        "much do the numbers of an atom change at most?",
        choices=("By about a tenth", "By nothing but rounding", "It depends on the molecule"),
        answer=1,
        trials=(Trial("GCN", {"layer": "GCN"}), Trial("GAT", {"layer": "GAT"})),
        steps=200,
        holds=lambda n: all(
            each["renumbering_shift"] < 1e-4 and each["loss"] < each["first_loss"] - 0.03 for each in n
        ),
        explanation=(
            "By {0[renumbering_shift]:.0e} with GCN and {1[renumbering_shift]:.0e} with GAT: the order in which a sum "
            "is taken changes its last digit, nothing else. It was not learnt; it is how the network is built."
        ),
        watched=("renumbering_shift", "test_auc"),
    ),
    Lesson(
        slug="karate",
        title="Two known members",
        question="A karate club has split. The network is told the side of two of its 34 members, and who met whom "
        "outside. For how many of the others does it tell the side?",
        choices=("About half: two is too few", "About two thirds", "More than nine in ten"),
        answer=2,
        trials=(
            Trial("each member has a number of its own", {"data": "karate club"}),
            Trial("members have no number", {"data": "karate club", "node_inputs": "nothing"}),
        ),
        steps=100,
        holds=lambda n: n[0]["test_accuracy"] > 0.9 and n[1]["test_accuracy"] < 0.7,
        explanation=(
            "It tells {0[test_accuracy]:.0%} rightly. The labels travel along the links: who has friends on one side "
            "gets vectors like theirs. If members have no number of their own, all the network knows is how many "
            "friends everybody has, and it tells {1[test_accuracy]:.0%}."
        ),
        watched=("test_accuracy", "test_loss"),
        curve="test_loss",
    ),
)
