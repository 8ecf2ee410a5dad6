"""A page's lessons as a sheet to keep or to print: questions, predictions, numbers of the runs, observations."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from training.lessons import Lesson, Result, results_table, settings_in_words
from training.settings import Settings

MAX_NOTE: Final = 1000  # letters of an observation
_NO_LINES: Final = 3  # to write on, where nothing was written yet
_MARKS: Final = re.compile(r"([\\`*_\[\]{}<>#|~&$!])")
_STARTS: Final = re.compile(r"^([-+=:]|\d+(?=[.)]))")  # what makes a list, a heading or a rule of a line


@dataclass(frozen=True, eq=False)
class Answer:
    """What a visitor did with one lesson.

    Attributes:
        guess: index of the predicted choice.
        results: what the trials gave, by their number; the one after the last trial is the change to go on with.
        note: an observation in the visitor's own words.
    """

    guess: int | None = None
    results: Mapping[int, Result] = field(default_factory=dict)
    note: str = ""


def worksheet(
    title: str,
    link: str,
    date: str,
    settings_class: type[Settings],
    all_lessons: Sequence[Lesson],
    answers: Mapping[str, Answer],
) -> str:
    """The sheet as Markdown.

    Args:
        title: of the page.
        link: where the page is.
        date: of today.
        settings_class: the page's settings, for their names.
        all_lessons: in order.
        answers: what was done, by the lesson's slug; a lesson without one stays to be filled in by hand.
    """
    num_run = sum(bool(answer.results) for answer in answers.values())
    head = [f"# Worksheet: {title}", f"{date} · <{link}>", "Name: " + "_" * 40]
    if num_run:
        head.append(f"{num_run} of {len(all_lessons)} lessons were begun.")
    parts = [
        _lesson(number, lesson, settings_class, answers.get(lesson.slug, Answer()))
        for number, lesson in enumerate(all_lessons, start=1)
    ]
    return "\n\n".join([*head, *(block for part in parts for block in part)]) + "\n"


def quoted(text: str) -> str:
    """A visitor's own words as a quotation, in which no sign can change the sheet around it."""
    lines = [" ".join(line.split()) for line in text[:MAX_NOTE].splitlines()]
    return "\n".join(f"> {_STARTS.sub(_escaped, _MARKS.sub(_escaped, line))}".rstrip() for line in lines)


def _escaped(found: re.Match[str]) -> str:
    sign = found[1]
    return f"{sign}\\" if sign.isdigit() else f"\\{sign}"


def _lesson(number: int, lesson: Lesson, settings_class: type[Settings], answer: Answer) -> list[str]:
    blocks = [f"## {number}. {lesson.title}", lesson.question]
    ticks = ["x" if index == answer.guess else " " for index in range(len(lesson.choices))]
    blocks.append("\n".join(f"- [{tick}] {choice}" for tick, choice in zip(ticks, lesson.choices, strict=True)))
    blocks.append(f"Trials, {lesson.steps:,} steps each:")
    blocks.append("\n".join(_trial(trial.label, trial.settings, settings_class) for trial in lesson.trials))
    if answer.results:
        seeds = sorted({result.seed for result in answer.results.values()})
        blocks += [results_table(lesson, answer.results), f"Seed {', '.join(map(str, seeds))}."]
    numbers = [answer.results[index].numbers for index in range(len(lesson.trials)) if index in answer.results]
    if len(numbers) == len(lesson.trials):
        blocks += [f"**{_verdict(lesson, answer.guess, numbers)}** {lesson.explain(numbers)}"]
    else:
        blocks += ["What the runs gave, and why:", *_empty_lines()]
    if lesson.then:
        blocks.append(f"Change one thing: {lesson.then}")
    blocks += ["My observation:", *([quoted(answer.note)] if answer.note.strip() else _empty_lines())]
    return blocks


def _trial(label: str, values: Mapping[str, object], settings_class: type[Settings]) -> str:
    return f"- {label}: {settings_in_words(settings_class.model_validate(dict(values)), list(values))}"


def _verdict(lesson: Lesson, guess: int | None, numbers: Sequence[Mapping[str, float]]) -> str:
    if not lesson.holds(numbers):
        return "These runs did not show what the lesson is about."
    if guess is None:
        return f"The runs show: {lesson.choices[lesson.answer]}."
    return "As predicted." if guess == lesson.answer else f"Not as predicted: {lesson.choices[lesson.answer]}."


def _empty_lines() -> list[str]:
    return ["_" * 72] * _NO_LINES
