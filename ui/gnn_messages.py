"""Look inside, page `gnn`: one layer of message passing worked out by hand, as matrices, and how far a node hears."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np
import streamlit as st

from experiments.gnn_messages import Message, matrices, message, reach
from experiments.gnn_shown import Shown, shown
from figures.gnn_graph import node_of
from figures.gnn_messages import MOST_CHANNELS, STAGES, matrices_scene, message_scene, reach_scene, unit_of
from training.run import Run, Snapshot
from ui.knobs import IN_URL
from ui.live import live_canvas
from ui.words import factor, plain, tex, written

PARTS: Final = ("By hand", "A · X · W", "How far it hears")
NODE: Final = "gnn_message_node"
LAYER: Final = "gnn_message_layer"
CHANNEL: Final = "gnn_message_channel"
MOST_TERMS: Final = 5  # of a sum that are written out
HEIGHT: Final = 430.0
ESTIMATED: Final = (
    "In a graph this large, or through a layer this slow, the sizes of the slopes are estimated from sixteen mixtures "
    "of the channels; where there is none, there is exactly none."
)
NO_MATRIX: Final = {
    "GINE": "GINE adds the bond to each message and bends it before the sum, so a message is no weight times a node.",
    "GAT": (
        "GAT has such a matrix, but makes it anew from the nodes before each layer: it is no matrix of the graph, and "
        "the product is not linear in X."
    ),
    "NNConv": "NNConv makes a matrix of weights of each bond, so there is one W for each link, not one for all.",
}


@np.errstate(all="ignore")  # an exploded network is shown too, with whatever its numbers are
def messages_tab(run: Run, snapshot: Snapshot) -> None:
    """The three parts; only the chosen one is computed."""
    seen = run.look(shown)
    part = st.segmented_control(
        "Messages", PARTS, default=PARTS[0], required=True, key="gnn_messages", label_visibility="collapsed", **IN_URL
    )
    if part == PARTS[0]:
        _by_hand(run, snapshot, seen)
    elif part == PARTS[1]:
        _matrices(run, snapshot, seen)
    else:
        _reach(run, snapshot, seen)


# ---- what is looked at -----------------------------------------------------------------------------------------------


def choose_node(seen: Shown) -> int:
    """A choice among the nodes, the same for all parts; the one of the picture at first."""
    graph = hash((seen.names, seen.node))
    if st.session_state.get("_gnn_message_graph") != graph or NODE not in st.session_state:
        st.session_state["_gnn_message_graph"] = graph
        st.session_state[NODE] = seen.node
    numbers = range(len(seen.names))
    return int(st.selectbox("Node", numbers, format_func=seen.names.__getitem__, key=NODE))


def choose_layer(num_layers: int) -> int:
    """A choice among the layers; from 0."""
    layers = list(range(1, num_layers + 1))
    if st.session_state.get(LAYER) not in layers:
        st.session_state[LAYER] = 1
    return int(st.segmented_control("Layer", layers, required=True, key=LAYER) or 1) - 1


def choose_channel(told: Message) -> int:
    """A choice among the channels of the state; at first the largest. From 0."""
    count = len(told.state)
    if not 1 <= st.session_state.get(CHANNEL, 0) <= count:
        st.session_state[CHANNEL] = int(np.nan_to_num(told.result).argmax()) + 1
    return int(st.number_input("Channel", 1, count, step=1, key=CHANNEL, help="Which number is worked out.")) - 1


def _clicked(hot: str, number: int) -> Callable[[dict[str, Any]], None]:
    def answer(event: dict[str, Any]) -> None:
        if (node := node_of(event, hot, number)) is not None:
            st.session_state[NODE] = node

    return answer


# ---- by hand ---------------------------------------------------------------------------------------------------------


def _by_hand(run: Run, snapshot: Snapshot, seen: Shown) -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        layer = choose_layer(snapshot.settings.num_layers)
        with st.container(width=150):
            node = choose_node(seen)
        told = run.look(partial(message, layer=layer, node=node))
        with st.container(width=130):
            channel = choose_channel(told)
        stage = st.segmented_control(
            "Stage", STAGES, default=STAGES[-1], required=True, key="gnn_message_stage", **IN_URL
        )
    number = STAGES.index(str(stage))
    columns = columns_of(told, channel)
    names = channel_names(run, told, columns)
    picture = message_scene(seen, told, number, channel, columns, names)
    live_canvas(picture, key="gnn_message_picture", height=HEIGHT, on_event=_clicked("node", len(seen.names)))
    st.latex(calculation(told, number, channel, int(columns[0])))
    st.markdown(explained(told, seen, number, channel, int(columns[0]), names[0]))


def columns_of(told: Message, channel: int) -> np.ndarray:
    """The channels of the messages that have the largest part in the chosen one, the largest first."""
    first = told.step if told.hidden is None else told.hidden
    into = channel if told.hidden is None else unit_of(told, channel)
    parts = np.abs(first.products[0].weights[into] * told.total)
    order = np.lexsort((-np.abs(told.said).sum(0) if len(told.said) else parts, -parts))
    return order[:MOST_CHANNELS]


def channel_names(run: Run, told: Message, columns: np.ndarray) -> list[str]:
    """What the numbers of a message are called: the inputs by their names, all others by number."""
    inputs: tuple[str, ...] = run.look(lambda experiment: experiment.graphs.feature_names)  # type: ignore[attr-defined]
    if told.layer == 0 and told.kind != "NNConv":
        return [inputs[column].removeprefix("is ") for column in columns]
    return [f"ch. {column + 1}" for column in columns]


def calculation(told: Message, stage: int, channel: int, column: int) -> str:
    """The formulas of a stage with the numbers put in.

    Args:
        told: the layer at one node.
        stage: index into the stages: messages, sum, weights, bend.
        channel: that is worked out, from 0.
        column: the channel of the messages that is written out for it, from 0.
    """
    lines = [_message_line(told, column), _sum_line(told, column), *_weights_lines(told, channel)]
    if stage < 2:
        lines = lines[: stage + 1]
    elif stage == 3:
        lines += _bend_lines(told, channel)
    return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"


def _message_line(told: Message, column: int) -> str:
    """How the weight of one sender comes about, and its message."""
    if not told.senders:
        return r"m &= 0"
    row, count = loudest(told, column), len(told.senders)
    weight, said = float(told.weights[row]), float(told.said[row, column])
    match told.kind:
        case "GCN":
            made = rf"\frac{{1}}{{\sqrt{{d_i d_j}}}} = \frac{{1}}{{\sqrt{{{tex(_degree(told))} \cdot "
            made += rf"{tex(1 / (weight * weight * _degree(told)))}}}}} = {tex(weight)}"
        case "GraphSAGE" | "NNConv":
            made = rf"\frac{{1}}{{d_i}} = \frac{{1}}{{{count}}} = {tex(weight)}"
        case "GAT":
            assert told.scores is not None
            powers = np.exp(told.scores - told.scores.max())
            made = rf"\frac{{e^{{s_j}}}}{{\sum_r e^{{s_r}}}} = \frac{{e^{{{tex(float(told.scores[row]))}}}}}"
            made += rf"{{{tex(float(np.exp(told.scores.max()) * powers.sum()))}}} = {tex(weight)}"
        case _:
            made = tex(weight)
    said_words = {"GINE": r"\max(0, x_j + W_e e_{ij})", "NNConv": r"x_j \, \Theta(e_{ij})"}.get(told.kind, "x_j")
    message = rf"{factor(weight)} \cdot {factor(said)} = {tex(weight * said)}"
    return rf"w_{{ij}} &= {made}, \qquad m_{{ij}} = w_{{ij}} \, {said_words}: \; {message}"


def loudest(told: Message, column: int) -> int:
    """The sender whose message is largest in a channel, a neighbour if there is one that says anything."""
    size = np.abs(told.weights * told.said[:, column])
    others = np.array([sender != told.node for sender in told.senders])
    return int((size + (others & (size > 0)) * (size.max() + 1)).argmax())


def _degree(told: Message) -> float:
    """Of the node itself, itself counted: GCN keeps 1/d of it, the last weight."""
    return float(round(1 / float(told.weights[-1])))


def _sum_line(told: Message, column: int) -> str:
    numbers = terms(told.weights, told.said[:, column] if len(told.said) else np.zeros(0))
    return rf"a &= \sum_j m_{{ij}} = {numbers} = {tex(float(told.total[column]), 4)}"


def _weights_lines(told: Message, channel: int) -> list[str]:
    """The products with the weights; of two matrices, both."""
    lines = []
    if told.hidden is not None:
        unit = unit_of(told, channel)
        z, product = float(told.hidden.sums[unit]), told.hidden.products[0]
        numbers = terms(product.weights[unit], product.values)
        lines.append(rf"u &= \max(0, \; {numbers} + {factor(float(told.hidden.bias[unit]))}) = "
                     rf"\max(0, {tex(z, 4)}) = {tex(max(0.0, z), 4)}")  # fmt: skip
    parts = [terms(product.weights[channel], product.values) for product in told.step.products]
    bias, z = float(told.step.bias[channel]), float(told.step.sums[channel])
    letters = {"sum": "W a", "hidden": r"W_2 u", "itself": r"W' x_i"}
    letter = " + ".join(letters[product.name] for product in told.step.products)
    if told.kind == "NNConv":
        letter = "a + W' x_i"
    lines.append(rf"z &= {letter} + b = {' + '.join(parts)} + {factor(bias)} = {tex(z, 4)}")
    return lines


def _bend_lines(told: Message, channel: int) -> list[str]:
    lines, y = [], float(told.normed[channel])
    if told.scaled is not None:
        centre, size, shift = (float(part[channel]) for part in told.scaled[1:])
        z = float(told.step.sums[channel])
        numbers = rf"({tex(z, 4)} - {factor(centre)}) \cdot {factor(size)} + {factor(shift)}"
        lines.append(rf"y &= (z - \mu) \, g + c = {numbers} = {tex(y, 4)}")
    more = "" if told.before is None else rf" + {factor(float(told.before[channel]), 4)}"
    letter = "" if told.before is None else " + x_i"
    bent = rf"\max(0, {tex(y, 4)}){more}"
    lines.append(
        rf"h &= \max(0, {'y' if told.scaled else 'z'}){letter} = {bent} = {tex(float(told.state[channel]), 5)}"
    )
    return lines


def terms(left: np.ndarray, right: np.ndarray) -> str:
    """A sum of products with its numbers: the largest ones, and the sum of the rest, so that the line adds up."""
    products = left * right
    order = [int(one) for one in np.argsort(-np.abs(products), kind="stable") if products[one] != 0]
    if not order:
        return "0"
    kept, rest = order[:MOST_TERMS], order[MOST_TERMS:]
    written_out = [rf"{factor(float(left[one]))} \cdot {factor(float(right[one]))}" for one in kept]
    if rest:
        written_out.append(rf"\underbrace{{{factor(float(products[rest].sum()))}}}_{{{len(rest)} \text{{ more}}}}")
    return " + ".join(written_out)


def explained(told: Message, seen: Shown, stage: int, channel: int, column: int, first: str) -> str:
    """The stage in words."""
    name = plain(seen.names[told.node])
    senders = len([sender for sender in told.senders if sender != told.node])
    counts = f"{senders} neighbour{'' if senders == 1 else 's'}"
    weights = {
        "GCN": "one over the root of both numbers of links, each node counted as its own neighbour",
        "GraphSAGE": "one over the number of neighbours: a mean",
        "GIN": "1: a plain sum, in which the node itself counts too",
        "GINE": "1; what is sent is the node plus its bond, bent by ReLU",
        "GAT": "attention: softmax over a score that the network computes for each link",
        "NNConv": "a mean, but each message passes a matrix that is made of its bond",
    }
    words = (
        f"**Messages.** {counts} of **{name}** send{'s' if senders == 1 else ''} what they were before layer "
        f"{told.layer + 1}. The weight is {weights[told.kind]}. "
        + (f"Written out is what {plain(seen.names[told.senders[loudest(told, column)]])} says of “{plain(first)}”."
           if told.senders else ""),
        f"**Sum.** All messages are added, number by number; the line is that of “{plain(first)}”. Their order does "
        "not matter, so the nodes may be numbered in any way. ",
        "**Weights.** "
        + ("The messages have been through the matrix of their bond; what the node itself was is multiplied by one of "
           "its own, and the bias is added. " if told.kind == "NNConv" else
           "The sum meets the same weights at every node, and what learns are these. ")
        + ("This layer has two matrices with ReLU between; written out is the hidden unit that counts most. "
           if told.hidden is not None else ""),
        "**Bend.** "
        + (f"The {told.scaled.name} normalisation shifts and scales, then " if told.scaled else "")
        + "ReLU cuts off what is negative"
        + (", and what the node was is added" if told.before is not None else "")
        + f". The network itself has {written(float(told.state[channel]), '.6g')}.",
    )  # fmt: skip
    return words[stage]


# ---- matrices --------------------------------------------------------------------------------------------------------


def _matrices(run: Run, snapshot: Snapshot, seen: Shown) -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        layer = choose_layer(snapshot.settings.num_layers)
        with st.container(width=150):
            node = choose_node(seen)
    found = run.look(partial(matrices, layer=layer))
    if found is None:
        kind = run.look(partial(message, layer=layer, node=node)).kind
        st.markdown(f"**No single matrix.** {NO_MATRIX[kind]} Choose GCN, GraphSAGE or GIN as the layer to see one.")
        return
    live_canvas(matrices_scene(found, seen.names, node), key="gnn_matrices_picture", height=HEIGHT)
    rest = f", {found.rest}" if found.rest else ""
    st.markdown(
        f"**The whole layer at once.** Row {plain(seen.names[node])} of A picks the rows of X that the node hears, "
        f"with their weights; W mixes the channels, the same for all nodes. Then the bias is added{rest}, and ReLU "
        f"bends. A is fixed by the graph: it has {int((found.A != 0).sum()):,} entries that are not 0 of "
        f"{found.A.size:,}, which is why a sum over links is cheaper than this product where graphs are large."
    )


# ---- reach -----------------------------------------------------------------------------------------------------------


def _reach(run: Run, snapshot: Snapshot, seen: Shown) -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        with st.container(width=150):
            node = choose_node(seen)
        with st.container(width=280):
            most = snapshot.settings.num_layers
            key = f"gnn_reach_{most}"
            layers = st.slider("Layers", 0, most, most, key=key, help="After how many of its layers.")
    found = run.look(partial(reach, node=node, num_layers=layers))

    def answer(event: dict[str, Any]) -> None:
        for hot in ("counted", "slope"):
            _clicked(hot, len(seen.names))(event)

    picture = reach_scene(seen, found, node, layers)
    live_canvas(picture, key="gnn_reach_picture", height=HEIGHT, on_event=answer)
    st.markdown(reach_words(seen, found, node, layers))


def reach_words(seen: Shown, found: Any, node: int, layers: int) -> str:
    """What both counts say."""
    counted, heard, everybody = int((found.walks > 0).sum()), int((found.slopes > 0).sum()), len(found.walks)
    words = (
        f"**{plain(seen.names[node])} after {layers} layer{'' if layers == 1 else 's'}.** Each layer brings what is "
        f"one link further. Where row {plain(seen.names[node])} of (A + 1) to the power {layers} is not 0, a message "
        f"has arrived: **{counted}** of {everybody} nodes; the numbers count the ways. In the network, the state has a "
        f"slope to the inputs of **{heard}** nodes; the shares are the sizes of these slopes, the largest is 100 %."
    )
    if found.is_estimated:
        words += f" {ESTIMATED}"
    if found.hears_all:
        return words + " PairNorm takes the mean of all nodes away, so that everybody hears everybody at once."
    if heard < counted:
        return words + " Where it has none although a message arrives, ReLU has cut off every channel on the way."
    return words
