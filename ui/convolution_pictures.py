"""Look inside, page `convolution`: a kernel on a picture, a shifted picture, and the field that a stack sees."""

from typing import Any, Final

import streamlit as st

from data.photos import grey
from experiments.convolution_field import Field, FieldLayer, LayerKind, fields, gradient
from experiments.convolution_pictures import LARGEST_SHIFT, page_picture, partial_maps, shift
from figures.convolution_pictures import field_scene, filtered_scene, shift_scene
from training.run import Run
from ui.convolution_kernels import DRAWING, choose_kernel, choose_picture, switch_pixel
from ui.knobs import IN_URL
from ui.live import live_canvas
from ui.words import written

KINDS: Final[tuple[LayerKind, ...]] = ("convolution", "pooling")
MOST_LAYERS: Final = 6
LARGEST_FIELD: Final = 400  # pixels; beyond, the gradient takes too long
START: Final = ((0, 3, 1), (0, 3, 1), (1, 2, 2), (0, 3, 1), (0, 3, 1), (1, 2, 2))  # kind, K, s of each layer


def kernels_tab(run: Run) -> None:
    """A kernel on a colour picture: three partial maps and their sum."""
    knobs, place = st.columns([3, 9], gap="large")
    with knobs:
        kernel = choose_kernel(run)
        found = choose_picture(can_draw=True)
        with st.popover("Weight of each colour", width="stretch"):
            weights = tuple(
                float(st.slider(name, -1.0, 1.0, 0.33, 0.01, key=f"convolution_picture_{name.lower()}", **IN_URL))
                for name in ("Red", "Green", "Blue")
            )
    if kernel is None or found is None:
        return
    picture, name = found
    with place:
        partial = partial_maps(picture, kernel, (weights[0], weights[1], weights[2]))
        scene = filtered_scene(picture, kernel, partial, weights, can_draw=name == DRAWING)
        live_canvas(scene, key="convolution_picture_maps", height=470.0, on_event=switch_pixel)
        st.caption(
            "A convolution over a colour picture has a kernel for each channel. Each gives a partial map, and the "
            "output is their sum and the bias. Here all three kernels are the same one, times a weight."
        )


def shift_tab(run: Run) -> None:
    """A picture and its shifted twin: convolution moves along, pooling changes less."""
    knobs, place = st.columns([3, 9], gap="large")
    with knobs:
        pixels = int(st.slider("Shift", 0, LARGEST_SHIFT, 1, key="convolution_shift_pixels", help="Pixels.", **IN_URL))
        words = "Side of the windows of the max pooling, and their stride."
        block = int(st.slider("Pooling", 1, 16, 4, key="convolution_shift_block", help=words, **IN_URL))
        kernel = choose_kernel(run)
        found = choose_picture(can_draw=False)
    if kernel is None or found is None:
        return
    picture = grey(found[0])
    with place:
        if picture.shape[0] < len(kernel) or picture.shape[1] < LARGEST_SHIFT + len(kernel):
            st.info("This picture is too small to be shifted under this kernel: choose a larger one.")
            return
        seen = shift(picture, kernel, pixels, block)
        live_canvas(shift_scene(seen, pixels, block), key="convolution_shift_picture", height=430.0)
        moved = "no whole blocks" if pixels % block else written(seen.pooled_equivariance_error, ".2%")
        st.markdown(
            f"| Shifted by {pixels} | off, after moving it back | off, place by place |\n|---|---:|---:|\n"
            f"| the maps | **{written(seen.equivariance_error, '.2%')}** | {written(seen.change, '.1%')} |\n"
            f"| after {block}×{block} pooling | {moved} | **{written(seen.pooled_change, '.1%')}** |\n"
            f"| the largest number of the whole map | | {written(seen.global_change, '.1%')} |"
        )
        st.caption(
            "The first column is the equivariance error: the map of the shifted picture is the shifted map, so it is "
            "0. The second would be 0 if the answer did not depend on the place. A convolution is far from that; "
            "pooling comes nearer, the more the larger its windows, and pays with the place. Its stride breaks the "
            "equivariance, except for shifts by whole blocks."
        )


def field_tab() -> None:
    """The receptive field of a stack of layers."""
    count = int(st.slider("Layers", 1, MOST_LAYERS, 4, key="convolution_field_count", **IN_URL))
    layers = [_layer(number, column) for number, column in enumerate(st.columns(count))]
    names = [f"{number}. {layer.kind} {layer.kernel}×{layer.kernel}" for number, layer in enumerate(layers, start=1)]
    found = fields(layers)
    if found[-1].size > LARGEST_FIELD:
        st.info(
            f"A cell of the last layer sees {found[-1].size:,} pixels, more than is drawn here ({LARGEST_FIELD}): "
            "lower a stride or a dilation."
        )
        return
    scene = field_scene(grey(page_picture("temple")), found, gradient(layers), names)
    live_canvas(scene, key="convolution_field_picture", height=430.0)
    st.latex(
        r"r_l = r_{l-1} + d_l (K_l - 1)\, j_{l-1}, \qquad j_l = s_l\, j_{l-1}, \qquad r_0 = j_0 = 1: \qquad r = "
        + _sum(layers, found)
    )
    st.caption(
        "r is the side of the field in pixels, j the way from one cell to the next. Every stride multiplies what later "
        "layers add: that is why networks pool. Pixels in the middle, which many paths reach, count more than those at "
        "the rim."
    )


def _sum(layers: list[FieldLayer], found: list[Field]) -> str:
    """The size of the last field with all numbers put in."""
    jumps = [1, *[field.jump for field in found[:-1]]]
    parts = [
        rf"{layer.dilation} \cdot {layer.kernel - 1} \cdot {jump}" for layer, jump in zip(layers, jumps, strict=True)
    ]
    return rf"1 + {' + '.join(parts)} = \mathbf{{{found[-1].size}}}"


def _layer(number: int, column: Any) -> FieldLayer:
    kind, kernel, stride = START[number]

    def key(name: str) -> str:
        return f"convolution_field_{name}_{number + 1}"

    with column:
        chosen: Any = st.selectbox(f"Layer {number + 1}", KINDS, index=kind, key=key("kind"), **IN_URL)
        size = int(st.number_input("Kernel", 1, 11, kernel, key=key("kernel"), **IN_URL))
        step = int(st.number_input("Stride", 1, 4, stride, key=key("stride"), **IN_URL))
        spread = int(st.number_input("Dilation", 1, 8, 1, key=key("dilation"), **IN_URL))
    return FieldLayer(chosen, size, step, spread)
