import importlib

import pytest

from catalog import PAGES
from training.lessons import Lesson, run_trial
from training.run import Run

LESSONS = [
    pytest.param(page.slug, lesson, id=f"{page.slug}-{lesson.slug}")
    for page in PAGES
    for lesson in importlib.import_module(f"experiments.{page.slug}_lessons").LESSONS
]
SEEDS = (0, 1, 2)


def play(slug: str, lesson: Lesson, seed: int) -> list[dict[str, float]]:
    module = importlib.import_module(f"experiments.{slug}")
    runs = [Run(module.EXPERIMENT, module.SETTINGS(seed=seed, **trial.settings)) for trial in lesson.trials]
    return [run_trial(run, lesson.steps) for run in runs]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("slug", "lesson"), LESSONS)
def test_the_claim_holds_in_runs_of_its_own(slug: str, lesson: Lesson, seed: int) -> None:
    numbers = play(slug, lesson, seed)
    assert lesson.holds(numbers), lesson.explain(numbers)


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


def test_slugs_are_unique() -> None:
    names = [param.id for param in LESSONS]
    assert len(set(names)) == len(names)
