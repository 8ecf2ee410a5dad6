"""Tab "A picture", page `pretrained`: EfficientNet-Lite0 on a picture of the visitor's own or one that comes along."""

from typing import Final

import numpy as np
import streamlit as st

from experiments.pretrained_picture import Answer, Example, answer, class_names, covered, examples, heat, parts
from experiments.pretrained_shelf import memory
from experiments.pretrained_vision import SIDE, efficientnet
from figures.cnn_inside import where_scene
from figures.pretrained_picture import answer_scene, halved, maps_scene, percent, shrink_scene
from training.run import Run, Snapshot
from ui.anatomy import in_bytes
from ui.live import Event, live_canvas
from ui.own_images import picture_box
from ui.pretrained_missing import explain_missing
from ui.words import plain, written

NAME: Final = "efficientnet"
SLUG: Final = "pretrained_vision"
LABEL: Final = "_pretrained_vision_label"  # the name that was clicked
MAP: Final = "_pretrained_vision_map"
IS_COVERED: Final = "pretrained_vision_covered"
VIEWS: Final = ("Its maps", "Where it looks", "How it shrinks")


def picture_tab(run: Run, snapshot: Snapshot) -> None:
    """A picture, the five likeliest of 1,000 names, and what happens on the way to them."""
    st.markdown(
        "**EfficientNet-Lite0** was trained once, on 1.28 million photos of ImageNet, to tell 1,000 kinds of things "
        "apart. Show it a picture."
    )
    if explain_missing(NAME):
        return
    load()
    left, right = st.columns([4, 8], gap="large")
    with left:
        picture, example = _chosen_picture()
    if picture is None:
        right.info("Draw, upload or photograph something: the answer stands here at once.")
        return
    said = answer(picture)
    label = st.session_state.get(LABEL)
    label = label if label in said.labels else said.labels[0]
    with right:
        live_canvas(answer_scene(picture, said, label), key="pretrained_vision_answer", on_event=_choose)
        st.caption(_verdict(example, said))
    view = st.segmented_control(
        "Look inside",
        VIEWS,
        default=VIEWS[0],
        key="pretrained_vision_view",
        required=True,
        label_visibility="collapsed",
    )
    {VIEWS[0]: _maps, VIEWS[1]: _where, VIEWS[2]: _shrinks}[view](picture, said, label)
    _card()


def load() -> None:
    """Reads the network and the names, with a word about it the first time."""
    if NAME not in memory():
        with st.spinner("Loading EfficientNet-Lite0, 4.7 million weights (19 MB) …"):
            efficientnet()
            class_names()
    else:
        efficientnet()


def _chosen_picture() -> tuple[np.ndarray | None, Example | None]:
    """The picture to look at, and the example it is, if it is none of the visitor's own."""
    ways = ("An example", "Your own")
    way = st.segmented_control("Picture", ways, default=ways[0], key="pretrained_vision_from", required=True)
    if way == ways[1]:
        return picture_box(SLUG, SIDE, False), None
    chosen = examples()[st.selectbox("Example", list(examples()), key="pretrained_vision_example")]
    st.caption(chosen.source)
    return chosen.pixels, chosen


def _verdict(example: Example | None, said: Answer) -> str:
    """What is to be said of the answer."""
    if example is None:
        return "The middle square of your picture at 224 px. It stays in this session; nothing is sent on."
    fits = "" if example.has_name else ", and none of the 1,000 names says so"
    return f"It is {example.truth}{fits}. The network says **{plain(said.names[0])}**, {percent(said.chances[0])}."


def _choose(event: Event) -> None:
    what, _, number = str(event.get("id", "")).partition(":")
    if number.isdecimal():
        st.session_state[LABEL if what == "label" else MAP] = int(number)


def _maps(picture: np.ndarray, said: Answer, label: int) -> None:
    """A sheet of the maps of one part, one of them over the picture."""
    found = {part.name: part for part in parts(picture)}
    name = st.select_slider(
        "After", list(found), "block 3", key="pretrained_vision_part",
        help="The first convolution, one of the 16 blocks, or the last convolution.",
    )  # fmt: skip
    part = found[name]
    chosen = int(st.session_state.get(MAP, 0))
    chosen = chosen if chosen < len(part.shown) else 0
    live_canvas(maps_scene(picture, part, chosen), key="pretrained_vision_maps", on_event=_choose)
    is_part = len(part.shown) < part.num_maps
    some = f"the {len(part.shown)} of its {part.num_maps:,} maps that vary most" if is_part else "all its maps"
    bends = "ReLU6 has made them lie between 0 and 6" if name in ("stem", "head") else "a block ends without a ReLU"
    st.caption(
        f"After {name}: {some} over this picture, each coloured by its own largest value, blue above 0 and orange "
        f"below ({bends}). Click on one to lay it over the picture. Early maps show edges and colours where they are; "
        "late ones are coarse, and answer to parts of things."
    )


def _where(picture: np.ndarray, said: Answer, label: int) -> None:
    """Grad-CAM for one of the five names, and beside it what covering does."""
    name = said.names[said.labels.index(label)]
    signed = heat(picture, label)
    is_covered = st.toggle(
        "Cover each part, too (some seconds)", key=IS_COVERED,
        help="A grey square covers 7 × 7 places one after another, and each time the network is asked again.",
    )  # fmt: skip
    drop = None
    if is_covered:
        with st.spinner("Asking the network about 49 covered pictures …"):
            drop = covered(picture, label)
    live_canvas(where_scene(halved(picture), np.maximum(signed, 0), drop, name), key="pretrained_vision_where")
    logit = said.logits[said.labels.index(label)]
    st.caption(
        f"Grad-CAM for **{plain(name)}** (click on another of the five names above): the last maps, each times its "
        "mean slope towards that name, summed; only what speaks for it is drawn. Here it is exact: after the last maps "
        f"come only their means and one linear layer, so that the 49 places sum to {written(float(signed.sum()))}, "
        f"which with the bias is the logit {written(float(logit))}. Covering asks something else: what the answer "
        "loses without a part."
    )


def _shrinks(picture: np.ndarray, said: Answer, label: int) -> None:
    """How the picture loses places and wins maps."""
    found = parts(picture)
    live_canvas(shrink_scene(picture, found, said), key="pretrained_vision_shrinks")
    sides = list(dict.fromkeys(part.side for part in found))
    st.caption(
        f"Five layers with stride 2 halve the sides: {picture.shape[1]} → {' → '.join(map(str, sides))}. Meanwhile "
        "the maps become more: where something is gets lost, what it is comes in its place. Of each part the map that "
        "varies most is drawn; parts left out keep the shape. The last row counts the numbers a part gives. At the end "
        "each of 1,280 maps is averaged to one number, and one linear layer makes 1,000 logits of them."
    )


def _card() -> None:
    """Who made it, and what it cannot do."""
    star, noise = (answer(examples()[name].pixels) for name in ("a drawing of a star", "random pixels"))
    size = in_bytes(memory()[NAME])
    with st.expander("What it is, and what it cannot do"):
        st.markdown(
            "Trained by Google on ImageNet (ILSVRC 2012: 1.28 million photos from the web, 1,000 names). Google "
            "[says](https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite) that its first "
            "guess is right for 75.1 % of the validation photos. Weights: 4.65 million, Apache-2.0, 17 MB to install, "
            f"{size} in memory. The rights in the photos stay with those who took them."
        )
        st.markdown(
            "**It must choose one of its names.** The softmax shares 100 % among the 1,000, and “none of these” is not "
            "among them. There is no name for a person, a dahlia or a drawing; 118 of them are breeds of dogs. A "
            "chance says how far one name is ahead of the others, not whether any fits: it calls the drawing of a star "
            f"a **{plain(star.names[0])}** with {percent(star.chances[0])}, and among random pixels it sees a "
            f"**{plain(noise.names[0])}** ({percent(noise.chances[0])})."
        )
