"""Look inside, page `cnn`: tabs below the paused picture, of which only the open one is computed."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from figures.cnn_inside import filters_scene, mistakes_scene, where_scene
from figures.scores import confusion_matrix, loss_curves
from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.cnn_live import look_at, selected
from ui.cnn_map import map_tab
from ui.cnn_own import own_picture, own_tab
from ui.cnn_races import shift_part, size_part
from ui.live import live_canvas
from ui.still import mode, show
from ui.tabs import open_tab
from ui.time_travel import playback_tick
from ui.words import plain, tex

SLUG: Final = "cnn"
A_LINE: Final = 5  # terms of a sum
TABS_KEY: Final = "cnn_inside"
LOOKED: Final = "_cnn_looked"  # another picture was chosen here, and the page above does not show it yet


def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The part of the page for a paused run; while it plays, one line says so.

    A map newly chosen in the live picture opens its tab.
    """
    if snapshot.is_playing or playback_tick(SLUG) is not None:
        st.caption("Pause to look inside: every number of this network can then be read.")
        return
    chosen = selected()
    if chosen != st.session_state.setdefault("_cnn_inside_selected", chosen):
        st.session_state[TABS_KEY] = "One map"
    st.session_state["_cnn_inside_selected"] = chosen
    _tabs(run, snapshot, chosen)


@st.fragment
def _tabs(run: Run, snapshot: Snapshot, chosen: Any) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    open_tab(TABS, TABS_KEY, run, snapshot)
    now = selected()
    if st.session_state.pop(LOOKED, False):
        st.rerun()  # the picture looked at changes, in the live picture too
    if now != chosen:
        st.session_state["_cnn_inside_selected"] = now
        st.rerun()  # the live picture outlines the chosen map


def layers_tab(run: Run, snapshot: Snapshot) -> None:
    """The layers in a table."""
    anatomy(run, SLUG)


def scores_tab(run: Run, snapshot: Snapshot) -> None:
    """How good the network is on the whole test set, class by class."""
    seen: Any = snapshot.observation
    verdict = run.call("verdict")
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**Accuracy {verdict.accuracy:.1%}** on all {seen.num_test:,} test pictures")
        show(confusion_matrix(verdict.confusion, seen.class_names, mode()), key="cnn_confusion")
        st.caption("A row is a true class. Recall is the share of a class that was found.")
    with right:
        head, switch = st.columns([3, 2], vertical_alignment="center")
        head.markdown("**Learning curves**")
        is_log = switch.toggle("Logarithmic", key="cnn_inside_log")
        history = snapshot.history
        losses = history.values["loss"], history.values["test_loss"]
        show(loss_curves(history.steps, *losses, "cross-entropy (nats)", mode(), is_log=is_log), key="cnn_loss_curves")
        judged_train, judged_test = seen.num_judged
        st.caption(
            f"The curves are measured on the same {judged_train} training and {judged_test} test pictures each time, "
            "so that measuring takes less time than learning."
        )


def filters_tab(run: Run, snapshot: Snapshot) -> None:
    """The filters of the first layer, and how far they have come."""
    now, first = run.call("filters")
    words = "what each unit looks for" if snapshot.settings.architecture == "mlp" else "one kernel a map"
    st.markdown(
        f"**The first layer's weights**, {words}: now, as they were drawn at random, and the difference, which is all "
        "that was learnt."
    )
    live_canvas(filters_scene(now, first), key="cnn_filters")
    change = float(np.linalg.norm(now - first) / max(float(np.linalg.norm(first)), 1e-12))
    st.caption(f"After {snapshot.step:,} steps they have moved by {change:.0%} of their length at the start.")


def mistakes_tab(run: Run, snapshot: Snapshot) -> None:
    """The test pictures it is most wrong about."""
    seen: Any = snapshot.observation
    verdict = run.call("verdict")
    wrong = round((1 - verdict.accuracy) * seen.num_test)
    if not len(verdict.worst):
        st.info("There is no mistake among the test pictures.")
        return
    st.markdown(
        f"**{wrong:,} of {seen.num_test:,}** test pictures are wrong. These are the worst: the true class gets the "
        "smallest chance. Some are hard for people, too. Click on one to see its way through the network."
    )
    live_canvas(mistakes_scene(verdict, seen.class_names), key="cnn_mistakes", on_event=_look_at)


def _look_at(event: dict[str, Any]) -> None:
    look_at(event)
    st.session_state[LOOKED] = True


def where_tab(run: Run, snapshot: Snapshot) -> None:
    """What in the picture speaks for a class."""
    seen: Any = snapshot.observation
    names = list(seen.class_names)
    said = names[int(seen.chances.argmax())]
    name = st.selectbox("What speaks for", names, index=names.index(said), key=_known("cnn_where", names))
    label = names.index(name)
    own = own_picture(run)
    drop, heat = run.call("occlusion", label=label, picture=own), None
    if snapshot.settings.architecture != "mlp":
        heat = run.call("grad_cam", label=label, picture=own)
    live_canvas(where_scene(seen.picture if own is None else own, heat, drop, name), key="cnn_where_picture")
    st.caption(
        "In the middle Grad-CAM: the last maps, each times its mean slope towards this class, summed; only what speaks "
        "for it is drawn. On the right a grey square covers one part after another: blue, where the class then loses."
        + ("" if heat is not None else " This network has no maps, so it has no Grad-CAM.")
    )


def _known(key: str, names: list[str]) -> str:
    """The key of a choice among class names; what was chosen among others is forgotten."""
    if st.session_state.get(key) not in names:
        st.session_state.pop(key, None)
    return key


def classes_tab(run: Run, snapshot: Snapshot) -> None:
    """How logits become chances, with a temperature to turn."""
    seen: Any = snapshot.observation
    own = own_picture(run)
    logits = run.call("logits", picture=own).astype(float)
    names = list(seen.class_names)
    first, second = st.columns(2)
    name = first.selectbox("Work out", names, index=int(seen.chances.argmax()), key=_known("cnn_softmax", names))
    help_text = "Divides the logits before the softmax: below 1 surer, above 1 less sure. Training uses 1."
    temperature = second.slider("Temperature", 0.1, 5.0, 1.0, 0.1, key="cnn_temperature", help=help_text)
    powers = np.exp(logits / temperature)
    left, right = st.columns([4, 6], gap="large")
    frame = pd.DataFrame({"class": names, "logit z": logits, "e^(z/T)": powers, "chance": powers / powers.sum()})
    number = st.column_config.NumberColumn
    config = {"logit z": number(format="%.3f"), "e^(z/T)": number(format="%.4g"), "chance": number(format="percent")}
    left.dataframe(
        frame, hide_index=True, column_config=config, key="cnn_softmax_table",
        alt="The logit, its power and the chance of each class.",
    )  # fmt: skip
    with right:
        st.latex(softmax_formula(powers, names.index(name)))
        st.markdown(
            "The largest logit wins whatever the temperature."
            + (
                f" The loss of this picture is −ln of the chance of its true class, {plain(names[seen.picture_class])}."
                if own is None
                else ""
            )
        )


def softmax_formula(powers: np.ndarray, chosen: int) -> str:
    """The whole fraction with its numbers."""
    terms = [tex(float(power)) for power in powers]
    terms[chosen] = rf"\boldsymbol{{{terms[chosen]}}}"
    sums = [" + ".join(terms[start : start + A_LINE]) for start in range(0, len(terms), A_LINE)]
    below = r"\begin{gathered} " + r" \\ + ".join(sums) + r" \end{gathered}"
    share = tex(float(powers[chosen] / powers.sum()), 4)
    general = r"\frac{e^{z_k / T}}{\sum_j e^{z_j / T}}"
    lines = [general, rf"\frac{{{terms[chosen]}}}{{{below}}}", share]
    return r"\begin{aligned} p &= " + r" \\[4pt] &= ".join(lines) + r" \end{aligned}"


def others_tab(run: Run, snapshot: Snapshot) -> None:
    """Races against other networks."""
    shift_part(run)
    st.space("small")
    size_part(run)


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "One map": map_tab,
    "Filters": filters_tab,
    "Where it looks": where_tab,
    "Classes": classes_tab,
    "Your own picture": own_tab,
    "Mistakes": mistakes_tab,
    "Scores": scores_tab,
    "Layers": layers_tab,
    "Against others": others_tab,
}
