"""Lessons on a page: predict, run, explain with the numbers of these very runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from figures.trials import Curve, trials_scene
from training.lessons import Lesson, Result, name_in_words, results_table
from training.run import Run
from training.settings import Settings
from training.worksheet import MAX_NOTE, Answer
from ui.knobs import key_of
from ui.live import live_canvas
from ui.museum import museum
from ui.scroll import ask_into_view, place
from ui.trials import has_changed, playing_of, results_of, start, stop
from ui.words import plain
from ui.worksheet import worksheet_tab

TABS: Final = ("Lessons", "Failure museum", "Worksheet")


@dataclass
class Try:
    """What a visitor has said about one lesson."""

    guess: int | None = None
    is_locked: bool = False  # from the first run on
    note: str = ""


def lessons(run: Run, slug: str, settings_class: type[Settings], all_lessons: Sequence[Lesson]) -> None:
    """Draws the lessons, the museum of failures and the worksheet, of which only the open one is made.

    Args:
        run: the page's run, which the trials use.
        slug: which page.
        settings_class: its settings.
        all_lessons: what there is to choose from.
    """
    _follow_address(slug, all_lessons)
    place(f"{slug}_lessons")
    st.fragment(_tabs)(run, slug, settings_class, all_lessons)


def answers_of(slug: str, all_lessons: Sequence[Lesson]) -> dict[str, Answer]:
    """What the visitor has predicted, run and written so far, by lesson."""
    answers = {}
    for lesson in all_lessons:
        tried = _try_of(slug, lesson)
        answers[lesson.slug] = Answer(tried.guess, dict(results_of(slug, lesson)), tried.note)
    return answers


def _tabs(run: Run, slug: str, settings_class: type[Settings], all_lessons: Sequence[Lesson]) -> None:
    """A fragment, so that a prediction does not draw the live picture anew."""
    if has_changed(slug):
        st.rerun()
    lesson_tab, museum_tab, sheet_tab = st.tabs(list(TABS), key=f"{slug}_lesson_tabs", on_change="rerun")
    if lesson_tab.open:
        with lesson_tab:
            left, right = st.columns([1, 2.5], gap="large")
            with left:
                lesson = _chooser(slug, all_lessons)
            with right:
                _lesson(run, slug, settings_class, lesson, _following(lesson, slug, all_lessons))
    if museum_tab.open:
        with museum_tab:
            museum(run, slug, settings_class, all_lessons)
    if sheet_tab.open:
        with sheet_tab:
            worksheet_tab(slug, settings_class, all_lessons, answers_of(slug, all_lessons))


# ---- which lesson --------------------------------------------------------------------------------------------------


def _follow_address(slug: str, all_lessons: Sequence[Lesson]) -> None:
    """Opens the lesson that the address asks for. Not by Streamlit's own binding: that would write titles into it."""
    key = key_of(slug, "lesson")
    asked = st.query_params.get(key)
    if asked is None or asked == st.session_state.get(f"_{slug}_lesson_in_url"):
        return
    st.session_state[f"_{slug}_lesson_in_url"] = asked
    if any(lesson.slug == asked for lesson in all_lessons):
        st.session_state[key] = asked
        st.session_state[f"{slug}_lesson_tabs"] = TABS[0]
        ask_into_view(f"{slug}_lessons")
    else:
        st.warning(f"There is no lesson called {plain(asked[:40])!r}; choose one below.")


def _chooser(slug: str, all_lessons: Sequence[Lesson]) -> Lesson:
    """The list of lessons with the state of each."""
    key = key_of(slug, "lesson")
    by_slug = {lesson.slug: lesson for lesson in all_lessons}
    num_done = sum(is_done(slug, lesson) for lesson in all_lessons)
    chosen = st.radio(
        f"{num_done} of {len(all_lessons)} done",
        list(by_slug),
        format_func=lambda name: by_slug[name].title,
        captions=[_state(slug, lesson) for lesson in all_lessons],  # the labels must stay: they are what is chosen
        key=key,
        persist_state="session",
    )
    if chosen != st.session_state.get(f"_{slug}_lesson_in_url", all_lessons[0].slug):
        st.query_params[key] = chosen
        st.session_state[f"_{slug}_lesson_in_url"] = chosen
    return by_slug[chosen]


def is_done(slug: str, lesson: Lesson) -> bool:
    """Whether every trial of the lesson was run."""
    results = results_of(slug, lesson)
    return all(number in results for number in range(len(lesson.trials)))


def _state(slug: str, lesson: Lesson) -> str:
    if is_done(slug, lesson):
        return ":material/check_circle: done"
    return ":material/pending: begun" if results_of(slug, lesson) else ""


def _following(lesson: Lesson, slug: str, all_lessons: Sequence[Lesson]) -> Lesson | None:
    """The next lesson that is not done, after this one and then from the top."""
    here = list(all_lessons).index(lesson)
    others = (*all_lessons[here + 1 :], *all_lessons[:here])
    return next((other for other in others if not is_done(slug, other)), None)


def _choose(slug: str, lesson: Lesson) -> None:
    st.session_state[key_of(slug, "lesson")] = lesson.slug
    ask_into_view(f"{slug}_lessons")


# ---- one lesson ----------------------------------------------------------------------------------------------------


def _lesson(run: Run, slug: str, settings_class: type[Settings], lesson: Lesson, following: Lesson | None) -> None:
    results = results_of(slug, lesson)
    st.subheader(lesson.title, anchor=False)
    st.markdown(lesson.question)
    tried = _try_of(slug, lesson)
    guess = _prediction(slug, lesson, tried)
    _buttons(run, slug, settings_class, lesson, guess)
    place(f"{slug}_explanation")
    if guess is not None and is_done(slug, lesson):
        _explanation(slug, lesson, guess, results)
        _go_on(run, slug, settings_class, lesson, following)
    _note(slug, lesson, tried)


def _prediction(slug: str, lesson: Lesson, tried: Try) -> int | None:
    """What the visitor expects; open to a change of mind until the first run."""
    chosen = st.radio(
        "Your prediction" + (", locked since the first run" if tried.is_locked else ""),
        range(len(lesson.choices)),
        format_func=lesson.choices.__getitem__,
        index=tried.guess,
        disabled=tried.is_locked,
        key=f"{slug}_guess_{lesson.slug}",
        persist_state="session",
    )
    if not tried.is_locked:
        tried.guess = chosen
    return tried.guess


def _buttons(run: Run, slug: str, settings_class: type[Settings], lesson: Lesson, guess: int | None) -> None:
    playing, results = playing_of(slug), results_of(slug, lesson)
    if playing is not None and playing.lesson is lesson and playing.room == "lesson":
        st.button("Stop the lesson", key=f"{slug}_stop_{lesson.slug}", on_click=stop, args=(run, slug))
        return
    num_trials = len(lesson.trials)
    shared = (slug, run, settings_class, lesson)
    missing = [number for number in range(num_trials) if number not in results] or list(range(num_trials))
    label = "Run" if not results else "Go on" if len(missing) < num_trials else "Run again"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            label,
            key=f"{slug}_run_{lesson.slug}",
            icon=":material/play_arrow:",
            type="primary" if len(results) < num_trials else "secondary",
            disabled=guess is None,
            help="Predict first." if guess is None else "Turns the knobs and trains, one run after the other.",
            on_click=_run,
            args=(*shared, missing),
        )
        if guess is None:
            st.caption("Predict first; you may change your mind until you press Run.", width="content")
        for number in sorted(results) if num_trials > 1 else ():
            if number < num_trials:
                st.button(
                    f"Again: {lesson.trials[number].label}",
                    key=f"{slug}_again_{lesson.slug}_{number}",
                    type="tertiary",
                    on_click=_run,
                    args=(*shared, [number]),
                )
        if _try_of(slug, lesson).is_locked:
            fresh = f"{slug}_fresh_{lesson.slug}"
            st.button("Start over", key=fresh, type="tertiary", on_click=_forget, args=(slug, lesson))


def _run(slug: str, run: Run, settings_class: type[Settings], lesson: Lesson, numbers: Sequence[int]) -> None:
    _try_of(slug, lesson).is_locked = True
    start(run, slug, settings_class, lesson, numbers)


def _forget(slug: str, lesson: Lesson) -> None:
    tried = _try_of(slug, lesson)
    tried.guess, tried.is_locked = None, False
    results_of(slug, lesson).clear()
    st.session_state[f"{slug}_guess_{lesson.slug}"] = None


def _explanation(slug: str, lesson: Lesson, guess: int, results: Mapping[int, Result]) -> None:
    numbers = [results[number].numbers for number in range(len(lesson.trials))]
    if not lesson.holds(numbers):
        st.warning(
            "This time the runs did not show what the lesson is about. That happens with some seeds: press New seed "
            "above the picture, then Run again."
        )
    elif guess == lesson.answer:
        st.success(f"**As you predicted:** {lesson.choices[guess]}.")
    else:
        st.info(
            f"**Not as you predicted.** You said: {lesson.choices[guess]}. The runs show: "
            f"{lesson.choices[lesson.answer]}."
        )
    curves = [
        Curve(lesson.runs[number].label, result.history.steps, result.history.values[lesson.curve])
        for number, result in sorted(results.items())
        if lesson.curve in result.history.values
    ]
    if curves:
        st.caption(f"{name_in_words(lesson.curve).capitalize()} over the steps of each run")
        live_canvas(trials_scene(curves, name_in_words(lesson.curve)), key=f"{slug}_curves_{lesson.slug}")
    st.markdown(results_table(lesson, results))
    st.markdown(f"**What this shows.** {lesson.explain(numbers)}")


def _go_on(run: Run, slug: str, settings_class: type[Settings], lesson: Lesson, following: Lesson | None) -> None:
    if lesson.then:
        st.markdown(f"**Change one thing.** {lesson.then}")
    with st.container(horizontal=True):
        if lesson.change is not None:
            change = (run, slug, settings_class, lesson, [len(lesson.trials)])
            label, key = f"Try: {lesson.change.label}", f"{slug}_change_{lesson.slug}"
            st.button(label, key=key, icon=":material/science:", on_click=start, args=change)
        if following is not None:
            st.button(
                f"Next lesson: {following.title}",
                key=f"{slug}_next_{lesson.slug}",
                icon=":material/arrow_forward:",
                on_click=_choose,
                args=(slug, following),
            )
        else:
            st.markdown("All lessons of this page are done.")


def _note(slug: str, lesson: Lesson, tried: Try) -> None:
    st.text_area(
        "My observation",
        value=tried.note,
        max_chars=MAX_NOTE,
        height=80,
        key=f"{slug}_note_{lesson.slug}",
        placeholder="What did you see? It goes into your worksheet.",
        on_change=_keep_note,  # also when another tab is opened before the box is drawn again
        args=(slug, lesson),
        persist_state="session",
    )


def _keep_note(slug: str, lesson: Lesson) -> None:
    _try_of(slug, lesson).note = str(st.session_state[f"{slug}_note_{lesson.slug}"] or "")[:MAX_NOTE]


def _try_of(slug: str, lesson: Lesson) -> Try:
    tries: dict[str, Try] = st.session_state.setdefault(f"_{slug}_tries", {})
    return tries.setdefault(lesson.slug, Try())
