"""Look inside, page `pretrained`: tabs below the paused picture, of which only the open one is computed."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import streamlit as st

from experiments.pretrained_settings import PHOTOS
from figures.pretrained import STUDENTS
from figures.pretrained_still import ladder_still, movement_still, recall_still
from figures.scores import confusion_matrix
from training.race import Entrant
from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.pretrained_live import SLUG
from ui.pretrained_low_rank import low_rank_tab
from ui.pretrained_rounding import rounding_tab
from ui.race import race_panel
from ui.still import mode, show
from ui.tabs import open_tab
from ui.time_travel import playback_tick

TABS_KEY: Final = "pretrained_inside"
COLUMNS: Final = ("frozen_test_accuracy", "test_accuracy", "scratch_test_accuracy")
RUNGS: Final = (1, 2, 5, 10, 20, 50)  # pictures a class
FEW_RUNGS: Final = (1, 5, 20)  # with the network that takes longer
STEPS: Final = 200
FEW_STEPS: Final = 60


def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The part of the page for a paused run; while it plays, one line says so."""
    if snapshot.is_playing or playback_tick(SLUG) is not None:
        st.caption("Pause to look inside: every number of these networks can then be read.")
        return
    _tabs(run, snapshot)


@st.fragment
def _tabs(run: Run, snapshot: Snapshot) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    open_tab(TABS, TABS_KEY, run, snapshot)


@st.fragment
def shelf(tabs: dict[str, Callable[[Run, Snapshot], None]], key: str, run: Run, snapshot: Snapshot) -> None:
    """Tabs that do not speak of the run, in a fragment of their own."""
    open_tab(tabs, key, run, snapshot)


def scores_tab(run: Run, snapshot: Snapshot) -> None:
    """Who finds which class, and the confusion of one student."""
    seen: Any = snapshot.observation
    found = run.call("scores")
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**What each student finds** of each class, on the {seen.num_judged} test pictures")
        show(recall_still(found.confusion, seen.class_names, mode()), key="pretrained_recall")
        told = ", ".join(f"{name} {share:.0%}" for name, share in zip(STUDENTS, found.accuracy, strict=True))
        st.caption(f"Of all classes together: {told}.")
    with right:
        name = st.segmented_control(
            "Confusion of", STUDENTS, default="fine-tuned", key="pretrained_confusion_of", required=True
        )
        counts = found.confusion[STUDENTS.index(name)]
        show(confusion_matrix(counts, seen.class_names, mode()), key="pretrained_confusion")


def moved_tab(run: Run, snapshot: Snapshot) -> None:
    """How far fine-tuning took each layer from where it started."""
    seen: Any = snapshot.observation
    movements = run.call("movements")
    st.markdown(
        f"**What moved.** After {snapshot.step:,} steps the body of the fine-tuned student is "
        f"{_percent(seen.moved)} of its length away from the pretrained weights; for each layer that share is below. "
        "The frozen student's is 0, by definition."
    )
    show(movement_still(movements, mode()), key="pretrained_moved")
    st.caption(
        "Only the kernels are drawn; the scales and shifts of normalisation count in the number above. In networks for "
        "photos, first layers were found to serve any picture and last ones to be special to their task (Yosinski et "
        "al., below); whether the last ones move most here, the bars say."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if np.isfinite(share) else "no number any more"


def ladder_tab(run: Run, snapshot: Snapshot) -> None:
    """The three students with one picture a class, with two, and so on."""
    is_slow = run.settings.start == PHOTOS
    rungs, steps = (FEW_RUNGS, FEW_STEPS) if is_slow else (RUNGS, STEPS)
    st.markdown(
        f"**How many pictures are a start worth?** The same three students, trained anew with {rungs[0]} to "
        f"{rungs[-1]} pictures a class and the other settings of this run. Test accuracy without a name is the "
        "fine-tuned student's."
    )
    race = race_panel(
        SLUG, "ladder", lambda: entrants(run, rungs), steps=steps, watched=COLUMNS, label="Train them all",
        limits=dict.fromkeys(COLUMNS, (0.0, 1.0)),
    )  # fmt: skip
    if race is None:
        return
    ends = np.array([[history.last(column) for column in COLUMNS] for history in race.histories])
    first: Any = race.runs[0].poll().observation
    trained = [entrant.settings.model_dump()["num_per_class"] for entrant in race.entrants]
    show(ladder_still(trained, ends, 1 / len(first.class_names), mode()), key="pretrained_ladder_picture")
    st.caption(
        f"One seed, {race.num_steps} steps each, {first.num_judged} test pictures: differences of a few percent are "
        "chance. Where a class has fewer pictures than asked for, all of them are taken."
    )


def entrants(run: Run, rungs: tuple[int, ...]) -> list[Entrant]:
    """This run with other numbers of pictures."""
    now = run.settings
    return [Entrant(f"{count} a class", run.build, now.changed(num_per_class=count)) for count in rungs]


def layers_tab(run: Run, snapshot: Snapshot) -> None:
    """The layers in a table."""
    anatomy(run, SLUG)


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "Three students": scores_tab,
    "What moved": moved_tab,
    "How many pictures": ladder_tab,
    "Rounding": rounding_tab,
    "Low rank": low_rank_tab,
    "Layers": layers_tab,
}
