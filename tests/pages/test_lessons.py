"""The lessons of every page of the catalog as a visitor walks through them: predict, run, explain, take home."""

import importlib
import math
import time
from collections.abc import Iterator, Sequence

import pytest
from streamlit.testing.v1 import AppTest

import ui.trials
from catalog import PAGES
from tests.pages.test_pages import ROUTER, open_page
from tests.shapes import unchecked
from training.lessons import Lesson, result_of, results_table, run_trial
from training.run import Run
from training.worksheet import Answer, worksheet
from ui.knobs import key_of
from ui.museum import failures_of_all_pages
from ui.runs import poll

SLUGS = [page.slug for page in PAGES if importlib.util.find_spec(f"experiments.{page.slug}_lessons")]
per_page = pytest.mark.parametrize("slug", SLUGS)


@pytest.fixture(autouse=True)
def _full_speed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(ui.trials, "SECONDS", 1e-3)
    monkeypatch.setattr(ui.trials, "REST_SECONDS", 0.0)
    with unchecked():
        yield


def lessons_of(slug: str) -> tuple[Lesson, ...]:
    return importlib.import_module(f"experiments.{slug}_lessons").LESSONS


def settings_class(slug: str):
    return importlib.import_module(f"experiments.{slug}").SETTINGS


def said(app: AppTest) -> str:
    """All words of the page."""
    groups = (app.markdown, app.info, app.success, app.warning, app.caption)
    return "\n".join(element.value for group in groups for element in group)


def run_of(app: AppTest, slug: str) -> Run:
    return app.session_state["_runs"][slug][0]


def playing(app: AppTest, slug: str):
    return app.session_state["_" + slug + "_playing"] if f"_{slug}_playing" in app.session_state else None


def let_it_end(app: AppTest, slug: str) -> None:
    """Does what the page's own timers do: looks again until the lesson is over."""
    while playing(app, slug) is not None:
        wait_for_run(app, slug)
        app.run()
        assert not app.exception


def wait_for_run(app: AppTest, slug: str) -> None:
    """Looks at the run, as the page does, until it pauses by itself."""
    run, end = run_of(app, slug), time.monotonic() + 60
    while not run.wait(0.5):
        assert time.monotonic() < end, f"still at step {run.step}"
        poll(run)


def choose(app: AppTest, slug: str, lesson: Lesson) -> None:
    app.radio(key=f"{slug}_lesson").set_value(lesson.slug).run()


def predict_and_run(app: AppTest, slug: str, lesson: Lesson, guess: int = 0) -> None:
    app.radio(key=f"{slug}_guess_{lesson.slug}").set_value(guess).run()
    app.button(key=f"{slug}_run_{lesson.slug}").click().run()
    assert not app.exception


@per_page
def test_every_lesson_waits_for_a_prediction(slug: str) -> None:
    app = open_page(slug)
    for lesson in lessons_of(slug):
        choose(app, slug, lesson)
        assert "What this shows" not in said(app)
        assert app.button(key=f"{slug}_run_{lesson.slug}").disabled, "nothing runs before a prediction"


@per_page
def test_lessons_from_prediction_to_worksheet(slug: str) -> None:
    """One visitor walks through the first two; that the claims of all hold is tested without a page."""
    app = open_page(slug)
    walked = lessons_of(slug)[:2]
    for lesson in walked:
        choose(app, slug, lesson)
        wrong = (lesson.answer + 1) % len(lesson.choices)
        predict_and_run(app, slug, lesson, wrong)
        assert app.radio(key=f"{slug}_guess_{lesson.slug}").disabled, "the prediction is locked"
        assert f"trial 1 of {len(lesson.trials)}: **{lesson.trials[0].label}**" in said(app)
        let_it_end(app, slug)
        results = app.session_state[f"_{slug}_results"]["lesson", lesson.slug]
        numbers = [results[number].numbers for number in range(len(lesson.trials))]
        assert lesson.holds(numbers), lesson.explain(numbers)
        assert all(number["step"] == lesson.steps or number["has_failed"] for number in numbers)
        text = said(app)
        assert "**Not as you predicted.**" in text
        assert lesson.choices[lesson.answer] in text
        assert lesson.explain(numbers) in text
        assert results_table(lesson, results) in text
    assert f"{len(walked)} of {len(lessons_of(slug))} done" in app.radio(key=f"{slug}_lesson").label
    answers = answers_in(app, slug, walked)
    sheet = worksheet("x", "https://x.example", "today", settings_class(slug), walked, answers)
    for lesson in walked:
        assert f"- [x] {lesson.choices[(lesson.answer + 1) % len(lesson.choices)]}" in sheet
        assert results_table(lesson, answers[lesson.slug].results) in sheet


def answers_in(app: AppTest, slug: str, walked: Sequence[Lesson]):
    """What the worksheet tab is given."""
    tries, results = app.session_state[f"_{slug}_tries"], app.session_state[f"_{slug}_results"]
    return {
        lesson.slug: Answer(tries[lesson.slug].guess, results["lesson", lesson.slug], tries[lesson.slug].note)
        for lesson in walked
    }


@per_page
def test_a_trial_gives_the_numbers_of_the_same_run_elsewhere(slug: str) -> None:
    lesson = lessons_of(slug)[0]
    app = open_page(slug, **{key_of(slug, "seed"): 5})
    predict_and_run(app, slug, lesson)
    let_it_end(app, slug)
    module = importlib.import_module(f"experiments.{slug}")
    for number, trial in enumerate(lesson.trials):
        result = app.session_state[f"_{slug}_results"]["lesson", lesson.slug][number]
        again = run_trial(Run(module.EXPERIMENT, module.SETTINGS(seed=5, **trial.settings)), lesson.steps)
        assert result.seed == 5
        assert {name: value for name, value in result.numbers.items() if not math.isnan(value)} == {
            name: value for name, value in again.items() if not math.isnan(value)
        }


@per_page
def test_a_turned_knob_leaves_the_lesson_with_one_sentence(slug: str) -> None:
    lesson = lessons_of(slug)[0]
    app = open_page(slug)
    pace = app.selectbox(key=f"{slug}_pace").value
    predict_and_run(app, slug, lesson)
    app.button(key=f"{slug}_new_seed").click().run()
    assert not app.exception
    assert playing(app, slug) is None
    assert "so the lesson stopped here" in said(app)
    assert app.selectbox(key=f"{slug}_pace").value == pace
    app.button(key=f"{slug}_bar_close").click().run()
    assert "so the lesson stopped here" not in said(app)


@per_page
def test_pause_holds_the_trial_and_play_goes_on_to_its_end(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.trials, "SECONDS", 60.0)  # slow enough to be paused
    lesson = lessons_of(slug)[0]
    app = open_page(slug)
    predict_and_run(app, slug, lesson)
    app.button(key=f"{slug}_go").click().run()
    assert "paused, press Play to go on" in said(app)
    assert run_of(app, slug).step < lesson.steps
    app.selectbox(key=f"{slug}_pace").set_value("full speed").run()
    app.button(key=f"{slug}_go").click().run()
    wait_for_run(app, slug)
    assert run_of(app, slug).step == lesson.steps
    app.run()
    assert app.session_state[f"_{slug}_results"]["lesson", lesson.slug][0].numbers["step"] == lesson.steps


@per_page
def test_stopping_keeps_what_is_done_and_starting_over_forgets_it(slug: str) -> None:
    lesson = next(lesson for lesson in lessons_of(slug) if len(lesson.trials) > 1)
    app = open_page(slug, **{f"{slug}_lesson": lesson.slug})
    predict_and_run(app, slug, lesson)
    wait_for_run(app, slug)
    app.run()
    app.button(key=f"{slug}_lesson_stop").click().run()
    assert playing(app, slug) is None
    assert not run_of(app, slug).is_playing
    results = app.session_state[f"_{slug}_results"]["lesson", lesson.slug]
    assert list(results) == [0]
    assert app.button(key=f"{slug}_run_{lesson.slug}").label == "Go on"
    app.button(key=f"{slug}_fresh_{lesson.slug}").click().run()
    assert not results
    guess = app.radio(key=f"{slug}_guess_{lesson.slug}")
    assert (guess.value, guess.disabled) == (None, False)


@per_page
def test_a_network_changed_by_hand_does_not_count(slug: str) -> None:
    lesson = lessons_of(slug)[0]
    app = open_page(slug)
    predict_and_run(app, slug, lesson)
    run = run_of(app, slug)
    wait_for_run(app, slug)
    run._edits.append(1)  # as an edit in a table would
    app.run()
    assert "changed by hand" in said(app)
    assert not app.session_state[f"_{slug}_results"]["lesson", lesson.slug]


@per_page
def test_runs_that_show_nothing_are_said_to_show_nothing(slug: str) -> None:
    lesson = lessons_of(slug)[0]
    module = importlib.import_module(f"experiments.{slug}")
    idle = Run(module.EXPERIMENT, module.SETTINGS())
    run_trial(idle, 1)
    results = dict.fromkeys(range(len(lesson.trials)), result_of(idle.poll()))
    app = open_page(slug, **{f"_{slug}_results": {("lesson", lesson.slug): results}})
    app.radio(key=f"{slug}_guess_{lesson.slug}").set_value(lesson.answer).run()
    assert "did not show what the lesson is about" in said(app)
    assert "As you predicted" not in said(app)


@per_page
def test_the_address_opens_a_lesson_and_an_unknown_one_is_named(slug: str) -> None:
    lesson = lessons_of(slug)[-1]
    for asked, chosen in ((lesson.slug, lesson.slug), ("no such **lesson**", lessons_of(slug)[0].slug)):
        app = AppTest.from_file(ROUTER, default_timeout=60)
        app.run()
        app.query_params[f"{slug}_lesson"] = asked
        app.switch_page(f"../pages/{slug}.py").run()
        assert app.radio(key=f"{slug}_lesson").value == chosen
        assert ("There is no lesson called" in said(app)) is (asked != chosen)


@per_page
def test_an_observation_is_kept_and_capped(slug: str) -> None:
    first, second = lessons_of(slug)[:2]
    app = open_page(slug)
    app.text_area(key=f"{slug}_note_{first.slug}").set_value("It bends.").run()
    choose(app, slug, second)
    assert app.text_area(key=f"{slug}_note_{second.slug}").value == ""
    choose(app, slug, first)
    assert app.text_area(key=f"{slug}_note_{first.slug}").value == "It bends."
    assert answers_in_note(app, slug, first) == "It bends."


def answers_in_note(app: AppTest, slug: str, lesson: Lesson) -> str:
    return app.session_state[f"_{slug}_tries"][lesson.slug].note


@per_page
def test_the_museum_has_every_failure_and_shows_and_mends_one(slug: str) -> None:
    failures = [lesson for lesson in lessons_of(slug) if lesson.failure]
    if not failures:
        pytest.skip("this page collects no failures")
    app = open_page(slug, **{f"{slug}_lesson_tabs": "Failure museum"})
    text = said(app)
    for lesson in failures:
        assert lesson.failure is not None
        for words in (lesson.failure.symptom, lesson.failure.diagnosis, lesson.failure.remedy):
            assert words in text
        assert not app.button(key=f"{slug}_museum_{lesson.slug}_0").disabled
    lesson = failures[0]
    app.button(key=f"{slug}_museum_{lesson.slug}_0").click().run()
    let_it_end(app, slug)
    app.button(key=f"{slug}_bar_mend").click().run()
    let_it_end(app, slug)
    results = app.session_state[f"_{slug}_results"]["museum", lesson.slug]
    assert lesson.holds([results[0].numbers, results[1].numbers, *([results[1].numbers] * len(lesson.trials))])
    assert said(app).count(lesson.trials[1].label) >= 1
    assert not app.session_state[f"_{slug}_results"].get(("lesson", lesson.slug)), "a lesson stays to be predicted"


def test_the_start_page_links_to_every_failure() -> None:
    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    links = {link.proto.query_string: link.proto.label for link in app.get("page_link") if link.proto.query_string}
    wanted = {f"{page.slug}_lesson={lesson.slug}": lesson.title for page, lesson in failures_of_all_pages()}
    assert links == wanted
    assert wanted


def test_a_trial_takes_about_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.trials, "SECONDS", 5.0)
    for slug in SLUGS:
        for lesson in lessons_of(slug):
            pace = ui.trials.PACES[ui.trials.pace_for(lesson.steps)]
            assert pace is not None
            assert 2 <= lesson.steps / pace <= 10
