"""Look inside, page `lstm`: where else in the text are the same units on together?"""

from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from experiments.lstm_search import DEFAULT_THRESHOLD, Match, find_matches, units_of_pattern
from figures.lstm_still import match_map
from training.run import Run, Snapshot
from ui.lstm_live import GOES, choose, chosen_place, chosen_unit, go_to
from ui.still import mode, show
from ui.words import plain

BEFORE: Final = 8  # steps shown before a passage
AFTER: Final = 16  # and from its beginning on
MAX_ON: Final = 12
MAX_OFF: Final = 3
PATTERN: Final = "_lstm_pattern"  # where it begins
LEAD: Final = 12  # steps of the picture before a passage that was chosen
DRAWN: Final = 20  # of the best, aligned beside the list
HEIGHT: Final = 500  # px of the list


def search_tab(run: Run, snapshot: Snapshot) -> None:
    """Choose a range of steps and a threshold; the units that are on there are looked for everywhere."""
    recording = run.call("recording")
    st.markdown(
        "**Which passages does the network hold alike?** Units above the threshold through some steps are *on* there; "
        "the search lists other passages in which the same units are on."
    )
    row, first = _place(snapshot)
    last, kind, threshold, off = _choices(recording, row, first)
    is_on = recording.states[kind] > threshold
    found = units_of_pattern(is_on[row], first, last, *off)
    units = _units(found, is_on.shape[2], (row, first, last, kind, threshold, off))
    if not len(units):
        st.info("No unit is on through these steps: lower the threshold, take fewer steps, or choose units by hand.")
        return
    matches = find_matches(is_on, units)
    if not matches:
        st.info("Nowhere in the text is one of these units on: lower the threshold.")
        return
    _show_matches(recording, is_on, units, matches)


def _place(snapshot: Snapshot) -> tuple[int, int]:
    """Row and step where the pattern begins: it stays while the picture shows its matches."""
    seen: Any = snapshot.observation
    here = (seen.row, seen.start + chosen_place(snapshot)[1])
    row, first, size = st.session_state.get(PATTERN, (*here, (seen.num_rows, seen.length)))
    if size != (seen.num_rows, seen.length):  # another task
        row, first = here
    st.session_state[PATTERN] = (row, first, (seen.num_rows, seen.length))
    return row, first


def _choices(recording: Any, row: int, first: int) -> tuple[int, str, float, tuple[int, int]]:
    """The last step of the pattern, which states, the threshold, and how many steps off before and after."""
    kinds, symbols = list(recording.states), recording.symbols[row]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            "Begin at the step chosen above",
            key="lstm_search_here",
            on_click=lambda: st.session_state.pop(PATTERN, None),
            help="Takes the step that is outlined in the picture as the first one of the pattern.",
        )
        with st.container(width=110):
            count = st.number_input("Steps on", 1, MAX_ON, 2, key="lstm_on_steps")
        with st.container(width=110):
            before = st.number_input("Off before", 0, MAX_OFF, 0, key="lstm_off_before", help="Steps just before.")
        with st.container(width=110):
            after = st.number_input("Off after", 0, MAX_OFF, 0, key="lstm_off_after", help="Steps just after.")
        with st.container(width=180):
            threshold = st.slider("Threshold", -2.0, 2.0, DEFAULT_THRESHOLD, 0.05, key="lstm_threshold")
        kind = st.segmented_control("Of", kinds, default=kinds[0], required=True, key="lstm_searched")
    last = min(first + int(count), len(symbols)) - 1
    parts = symbols[max(0, first - BEFORE) : first], symbols[first : last + 1], symbols[last + 1 : last + 1 + AFTER]
    left, middle, right = (plain(" ".join(part)) for part in parts)
    st.markdown(f"The pattern, sequence {row + 1} from step {first + 1}: {left} **:blue[{middle}]** {right}")
    return last, kind if kind in kinds else kinds[0], float(threshold), (int(before), int(after))


def _units(found: np.ndarray, num_units: int, pattern: Any) -> np.ndarray:
    """The units of the pattern; the visitor may take others."""
    if st.session_state.get("_lstm_searched_for") != (pattern, num_units):  # another pattern chooses anew
        st.session_state["_lstm_searched_for"] = (pattern, num_units)
        st.session_state["lstm_units"] = (found + 1).tolist()
    help_text = "Those that are on in the pattern; take others as you like."
    chosen = st.multiselect("Units", list(range(1, num_units + 1)), key="lstm_units", help=help_text)
    return np.array(sorted(chosen), dtype=np.int64) - 1


def _show_matches(recording: Any, is_on: np.ndarray, units: np.ndarray, matches: list[Match]) -> None:
    num_rows, length, _ = is_on.shape
    left, right = st.columns([7, 5], gap="medium")
    with left:
        st.markdown(
            f"**{len(matches)} best matches** among {num_rows * length:,} steps: most of the {len(units)} chosen units "
            "on, then fewest others, then longest. Pick one to see it in the picture."
        )
        st.dataframe(
            pd.DataFrame([_row(recording, match) for match in matches]),
            hide_index=True,
            height=HEIGHT,
            on_select=lambda: _go(matches),
            selection_mode="single-row",
            key="lstm_matches",
            column_config={"before": st.column_config.TextColumn(alignment="right")},
            alt="Passages in which the chosen units are on together, best first.",
        )
    with right:
        words, counts = aligned(recording, is_on[:, :, units].sum(2), matches[:DRAWN])
        show(match_map(words, counts, len(units), BEFORE, mode()), key="lstm_match_map")


def _row(recording: Any, match: Match) -> dict[str, Any]:
    symbols = recording.symbols[match.row]
    end = match.start + match.length
    return {
        "before": "".join(symbols[max(0, match.start - BEFORE) : match.start]),
        "while on": "".join(symbols[match.start : end]),
        "after": "".join(symbols[end : end + BEFORE]),
        "units": match.shared,
        "others": match.others,
        "steps": match.length,
        "sequence": match.row + 1,
        "from step": match.start + 1,
    }


def aligned(recording: Any, counts: np.ndarray, matches: list[Match]) -> tuple[list[list[str]], np.ndarray]:
    """Symbols around the beginning of each match, and how many chosen units are on there.

    Args:
        recording: `Recording`.
        counts: (R, L) chosen units that are on.
        matches: M of them.

    Returns:
        M rows of symbols and numbers (M, BEFORE + AFTER); beyond the ends of a row, nothing and NaN.
    """
    length = counts.shape[1]
    words, numbers = [], np.full((len(matches), BEFORE + AFTER), np.nan)
    for place, match in enumerate(matches):
        line = []
        for column in range(BEFORE + AFTER):
            step = match.start - BEFORE + column
            is_inside = 0 <= step < length
            line.append(recording.symbols[match.row][step] if is_inside else "")
            if is_inside:
                numbers[place, column] = counts[match.row, step]
        words.append(line)
    return words, numbers


def _go(matches: list[Match]) -> None:
    """Shows the match that was picked in the picture; a callback."""
    picked = st.session_state["lstm_matches"].selection.rows
    if picked and picked[0] < len(matches):
        match = matches[picked[0]]
        start = max(0, match.start - LEAD)
        go_to(match.row, start)
        choose(chosen_unit(), match.start - start)
        st.session_state[GOES] = True
