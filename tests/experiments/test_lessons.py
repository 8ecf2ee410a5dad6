import importlib
from functools import cache
from typing import Any

import pytest

from catalog import PAGES
from tests.shapes import unchecked
from training.lessons import Lesson, run_trial, settings_in_words
from training.run import Run

LESSONS = [
    pytest.param(page.slug, lesson, id=f"{page.slug}-{lesson.slug}")
    for page in PAGES
    for lesson in importlib.import_module(f"experiments.{page.slug}_lessons").LESSONS
]
SEEDS = (0, 1, 2)


def play(slug: str, lesson: Lesson, seed: int) -> list[dict[str, float]]:
    module = importlib.import_module(f"experiments.{slug}")
    settings = [module.SETTINGS(seed=seed, **trial.settings) for trial in lesson.trials]
    return [numbers_after(slug, each, lesson.steps) for each in settings]


@cache
def numbers_after(slug: str, settings: Any, steps: int) -> dict[str, float]:
    """What a run gives; several lessons of a page may compare with the same one."""
    with unchecked():
        return run_trial(Run(importlib.import_module(f"experiments.{slug}").EXPERIMENT, settings), steps)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("slug", "lesson"), LESSONS)
def test_the_claim_holds_in_runs_of_its_own(slug: str, lesson: Lesson, seed: int) -> None:
    numbers = play(slug, lesson, seed)
    explanation = lesson.explain(numbers)
    assert lesson.holds(numbers), explanation


@pytest.mark.parametrize(("slug", "lesson"), LESSONS)
def test_the_claim_can_fail(slug: str, lesson: Lesson) -> None:
    """With the trials exchanged or left at the start, the check must say no: it looks at the runs."""
    module = importlib.import_module(f"experiments.{slug}")
    idle = [run_trial(Run(module.EXPERIMENT, module.SETTINGS(device="cpu")), 1) for _ in lesson.trials]
    assert not lesson.holds(idle)


@pytest.mark.parametrize(("slug", "lesson"), LESSONS)
def test_the_question_has_an_answer(slug: str, lesson: Lesson) -> None:
    assert 0 <= lesson.answer < len(lesson.choices)
    assert len(set(lesson.choices)) == len(lesson.choices) >= 2


@pytest.mark.parametrize(("slug", "lesson"), LESSONS)
def test_every_setting_of_its_runs_acts(slug: str, lesson: Lesson) -> None:
    """A knob that is hidden in a trial would keep its default, and the run would not be the trial's."""
    settings_class = importlib.import_module(f"experiments.{slug}").SETTINGS
    for trial in lesson.runs:
        settings = trial.complete(settings_class, 0, "auto")
        assert settings_in_words(settings, list(trial.settings)).count(": ") >= len(trial.settings) > 0
    assert len({trial.label for trial in lesson.runs}) == len(lesson.runs)


@pytest.mark.parametrize(("slug", "lesson"), LESSONS)
def test_the_change_to_go_on_with_runs_and_is_asked_for(slug: str, lesson: Lesson) -> None:
    assert lesson.then or not lesson.change
    if lesson.change:
        module = importlib.import_module(f"experiments.{slug}")
        numbers = run_trial(Run(module.EXPERIMENT, module.SETTINGS(**lesson.change.settings)), 3)
        assert set(lesson.watched) <= set(numbers)


@pytest.mark.parametrize(("slug", "lesson"), LESSONS)
def test_what_is_shown_of_a_run_is_there(slug: str, lesson: Lesson) -> None:
    module = importlib.import_module(f"experiments.{slug}")
    for trial in lesson.trials:
        run = Run(module.EXPERIMENT, module.SETTINGS(**trial.settings))
        assert set(lesson.watched) <= set(run_trial(run, 1)), trial.label
        assert lesson.curve in run.poll().history.values


@pytest.mark.parametrize(("slug", "lesson"), [param for param in LESSONS if param.values[1].failure])
def test_a_failure_has_a_cure_and_words(slug: str, lesson: Lesson) -> None:
    assert len(lesson.trials) >= 2
    for words in vars(lesson.failure).values():
        assert words.endswith(".")


def test_the_right_answer_is_not_always_in_the_same_place() -> None:
    assert len({param.values[1].answer for param in LESSONS}) > 1


def test_slugs_are_unique() -> None:
    names = [param.id for param in LESSONS]
    assert len(set(names)) == len(names)
