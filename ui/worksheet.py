"""The tab from which the lessons and the visitor's answers are taken home."""

import datetime
from collections.abc import Mapping, Sequence

import streamlit as st

from catalog import entry
from training.lessons import Lesson
from training.settings import Settings
from training.worksheet import Answer, worksheet
from ui.share import share_link


def worksheet_tab(
    slug: str, settings_class: type[Settings], all_lessons: Sequence[Lesson], answers: Mapping[str, Answer]
) -> None:
    """Two downloads: the sheet with what was done so far, and an empty one to print for a class."""
    title, link, date = entry(slug).title, share_link(slug).split("?")[0], datetime.date.today().isoformat()
    num_run = sum(bool(answer.results) for answer in answers.values())
    num_notes = sum(bool(answer.note.strip()) for answer in answers.values())
    st.markdown(
        "The lessons of this page as Markdown, which any editor opens: questions, your predictions, the settings and "
        "numbers of your runs, the explanations of what you have run, and your observations. What you have not run "
        "has lines to write on."
    )
    st.caption(f"So far: {num_run} of {len(all_lessons)} lessons begun, {num_notes} with an observation of yours.")
    with st.container(horizontal=True):
        for label, name, filled in (
            ("My worksheet", "worksheet", answers),
            ("Empty worksheet, to print", "worksheet_empty", {}),
        ):

            def text(filled: Mapping[str, Answer] = filled) -> str:
                return worksheet(title, link, date, settings_class, all_lessons, filled)

            st.download_button(
                label,
                data=text,
                file_name=f"{slug}_{name}.md",
                mime="text/markdown",
                key=f"{slug}_{name}",
                icon=":material/download:",
                on_click="ignore",
            )
