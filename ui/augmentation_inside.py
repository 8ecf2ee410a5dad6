"""Look inside, page `augmentation`: tabs below the paused picture, of which only the open one is computed."""

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from experiments.augmentation_code import torchvision_code
from experiments.augmentation_inside import STRENGTHS, UNITS
from figures.augmentation import pictures_scene
from figures.augmentation_still import pixel_histogram
from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.live import live_canvas
from ui.still import mode, show
from ui.tabs import open_tab
from ui.time_travel import playback_tick
from ui.words import written

SLUG: Final = "augmentation"
TABS_KEY: Final = "augmentation_inside"
COPIES: Final = (2, 4, 8, 16, 32)


def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The part of the page for a paused run; while it plays, one line says so."""
    if snapshot.is_playing or playback_tick(SLUG) is not None:
        st.caption("Pause to look inside: single changes, many of one picture, and what averaging gives.")
        return
    _tabs(run, snapshot)


@st.fragment
def _tabs(run: Run, snapshot: Snapshot) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    open_tab(TABS, TABS_KEY, run, snapshot)


def _picture_number(snapshot: Snapshot, key: str) -> int:
    seen: Any = snapshot.observation
    most = seen.num_train
    return int(st.number_input(f"Training picture (of {most:,})", 1, most, 1, key=key, width=240)) - 1


def single_tab(run: Run, snapshot: Snapshot) -> None:
    """One change at a time, as strong as the slider says."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        name = st.selectbox("Change", list(STRENGTHS), index=2, key="augmentation_change")
        start = STRENGTHS[name][2 * len(STRENGTHS[name]) // 3]
        strength = st.select_slider(
            "Strength",
            STRENGTHS[name],
            start,
            key=f"augmentation_strength_{name}",
            help=f"The number is: {UNITS[name]}.",
        )
        st.caption(f"Strength: {UNITS[name]}.")
        number = _picture_number(snapshot, "augmentation_single_picture")
    with right:
        pair = run.call("change_alone", name=name, strength=strength, number=number)
        words = ("before", f"after: {name} {strength:g}")
        alt = f"A training picture before and after: {name} {strength:g} ({UNITS[name]})."
        live_canvas(
            pictures_scene(pair, titles=words, across=2, tile=240, alt=alt), key="augmentation_pair", height=290
        )


def many_tab(run: Run, snapshot: Snapshot) -> None:
    """One picture, many times."""
    number = _picture_number(snapshot, "augmentation_many_picture")
    variants = run.call("variants", number=number)
    titles = ["as it is", *[""] * (len(variants) - 1)]
    alt = f"A training picture, and {len(variants) - 1} changed copies of it."
    live_canvas(
        pictures_scene(variants, titles=titles, across=8, tile=84, alt=alt), key="augmentation_many", height=460
    )
    st.caption("What the network with augmentation may see of this one picture. Is each still what it is said to be?")


def values_tab(run: Run, snapshot: Snapshot) -> None:
    """Means, deviations and histogram of the values that go into the networks."""
    values = run.call("pixel_values")
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.markdown("**Values of the training pictures**, black 0 and white 1")
        names = ("grey",) if len(values.mean) == 1 else ("red", "green", "blue")
        lines = ["| | mean | deviation | mean, changed | deviation, changed |", "|---|---:|---:|---:|---:|"]
        columns = zip(names, values.mean, values.std, values.changed_mean, values.changed_std, strict=True)
        lines += [f"| {name} | " + " | ".join(f"{value:.3f}" for value in numbers) + " |" for name, *numbers in columns]
        st.markdown("\n".join(lines))
        mean, std = float(values.mean.mean()), float(values.std.mean())
        st.markdown(
            f"The lecture normalises with mean 0.5 and deviation 0.5, which takes 0 to 1 onto −1 to 1 whatever the "
            f"pictures are. These have a mean of {mean:.2f} and a deviation of {std:.2f}: afterwards their mean is "
            f"{written((mean - 0.5) / 0.5, '.2f')} and their deviation {std / 0.5:.2f}."
        )
    with right:
        show(pixel_histogram(values, mode()), key="augmentation_pixels")


def averaging_tab(run: Run, snapshot: Snapshot) -> None:
    """Test-time averaging, computed when asked for."""
    seen: Any = snapshot.observation
    st.markdown(
        "**Test-time averaging**: the network is asked about several changed copies of each test picture, and its "
        "answers are averaged."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        copies = st.select_slider("Copies", COPIES, 8, key="augmentation_copies", width=260)
        is_asked = st.button("Measure", key="augmentation_average", help=f"On all {seen.num_test:,} test pictures.")
    if is_asked:
        st.session_state["_augmentation_averaged"] = snapshot.step, run.call("averaged", num_copies=copies)
    step, found = st.session_state.get("_augmentation_averaged", (None, None))
    if found is None or step != snapshot.step:
        st.caption("Press Measure: all test pictures go through both networks.")
        return
    lines = [f"| Share of right answers | asked once | mean of {found.num_copies} |", "|---|---:|---:|"]
    for network, word in enumerate(("with augmentation", "without")):
        lines.append(f"| Test, {word} | {found.single[network]:.1%} | {found.averaged[network]:.1%} |")
        before, after = found.altered_single[network], found.altered_averaged[network]
        lines.append(f"| Altered test, {word} | {before:.1%} | {after:.1%} |")
    st.markdown("\n".join(lines))


def torchvision_tab(run: Run, snapshot: Snapshot) -> None:
    """The same changes as torchvision writes them."""
    st.markdown(
        "The changes in force, written with torchvision. There each picture is changed by itself while it is loaded; "
        "this page changes a whole batch at once, by the code shown further down."
    )
    st.code(torchvision_code(snapshot.settings, snapshot.settings.image_size), language="python")


def layers_tab(run: Run, snapshot: Snapshot) -> None:
    """The layers of both networks in tables."""
    anatomy(run, SLUG)


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "One change": single_tab,
    "One picture": many_tab,
    "Pixel values": values_tab,
    "Averaging": averaging_tab,
    "In torchvision": torchvision_tab,
    "Layers": layers_tab,
}
