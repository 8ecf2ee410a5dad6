"""The museum of failures: what each looks like, why it happens, how to mend it, shown by real runs."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import streamlit as st

from catalog import PAGES, Entry
from training.lessons import Lesson, in_words
from training.run import Run
from training.settings import Settings
from ui.trials import lessons_of, results_of, start


def museum(run: Run, slug: str, settings_class: type[Settings], all_lessons: Sequence[Lesson]) -> None:
    """Draws the failures of one page, each with a run that shows it and one that mends it."""
    failures = [lesson for lesson in all_lessons if lesson.failure]
    if not failures:
        st.caption("No failures are collected on this page yet.")
        return
    st.caption("Start from what you see. *Show it* loads settings that fail and trains; *Mend it* loads the cure.")
    for first in range(0, len(failures), 2):
        for column, lesson in zip(st.columns(2, gap="large"), failures[first : first + 2], strict=False):
            with column:
                _exhibit(run, slug, settings_class, lesson)


def _exhibit(run: Run, slug: str, settings_class: type[Settings], lesson: Lesson) -> None:
    failure = lesson.failure
    if failure is None:
        return
    st.subheader(lesson.title, anchor=False)
    st.markdown(
        f"**What you see.** {failure.symptom}\n\n**Why.** {failure.diagnosis}\n\n**What to do.** {failure.remedy}"
    )
    shared = (run, slug, settings_class, lesson)
    with st.container(horizontal=True, vertical_alignment="center"):
        for number, words in enumerate(("Show it", "Mend it")):
            st.button(
                words,
                key=f"{slug}_museum_{lesson.slug}_{number}",
                help=f"Loads {lesson.trials[number].label} and trains {lesson.steps:,} steps.",
                on_click=start,
                args=(*shared, [number], "museum"),
            )
    for number, result in sorted(results_of(slug, lesson, "museum").items()):
        st.caption(f"{lesson.trials[number].label}: {in_words(lesson, result.numbers)}")


def failures_of_all_pages() -> Iterator[tuple[Entry, Lesson]]:
    """Every failure of the catalog, with the page that shows it, in teaching order."""
    for page in PAGES:
        yield from ((page, lesson) for lesson in lessons_of(page.slug) if lesson.failure)


def museum_links() -> None:
    """Every failure as a link to its lesson, a line for each page, for the start page."""
    st.header("When it fails", anchor=False)
    st.caption("The usual ways in which training goes wrong, each to be seen and mended in a run of its own.")
    for page, failures in groupby(failures_of_all_pages(), key=lambda pair: pair[0]):
        title, links = st.columns([2, 8], gap="small")
        title.caption(page.title)
        with links.container(horizontal=True, gap="small"):
            for _, lesson in failures:
                _link(page, lesson)


def _link(page: Entry, lesson: Lesson) -> None:
    st.page_link(
        f"../pages/{page.slug}.py",
        label=lesson.title,
        query_params={f"{page.slug}_lesson": lesson.slug},
        help=lesson.failure.symptom if lesson.failure else None,
        width="content",
    )
