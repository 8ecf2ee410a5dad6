"""Every run can be taken home as a program, and the program gives the same numbers. Goes over the whole catalog."""

import json
import re
import shutil
import subprocess
import sys
import time
from functools import cache

import numpy as np
import pytest

from catalog import PAGES
from data.embedded import embedded
from data.own_table import read_table
from experiments.mlp import MLPExperiment
from experiments.mlp_problem import Own
from experiments.mlp_settings import MLPSettings
from tests.experiments.programs import largest_difference, program, rows_of, train
from tests.experiments.test_laws import EVERY_END, LIVE_ENDS, SLUGS, experiment_class, settings_class
from tests.rules.house import ROOT
from training.program import ProgramError, program_of
from training.run import Run

EXACT = 1e-6
MAX_LINES = 800  # of the program of a page as it opens, up to half of it models and the curves
# Blocks that several pages share fill half of these; the encoder reads labels and gaps, graphs begin as molecules.
LONGER = {"attention": 920, "transformer": 850, "encoder": 1150, "gnn": 1080}
MAX_SECONDS = 1.5  # to write one, on a machine that does nothing else
CASES = [
    pytest.param(end.values[0], f"{end.id}-{kind}", id=f"{end.id}-{kind}")
    for kind, every in (("whole", EVERY_END), ("live", LIVE_ENDS))
    for end in every
]
per_page = pytest.mark.parametrize("slug", SLUGS)

POINTS = tuple((round(0.37 * i - 5, 2), round((-1) ** i * 0.2 * i, 2), i % 3) for i in range(24))
NOTE = r'a “quoted” note\n and three """'
TABLE = "width,kind,note,sold\n" + "".join(
    f"{'' if i % 11 == 3 else 0.1 * i + 1 / 3},{'abc'[i % 3]},{NOTE if i % 2 else ''},{i % 5 > 1}\n" for i in range(60)
)


def ruff(*arguments, text):
    command = [sys.executable, "-m", "ruff", *arguments, "--isolated", "--quiet", "--line-length", "120", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)


def assert_tidy(text):
    """No name is missing or unused, and the text is laid out as ruff would. Shapes in annotations are no names."""
    plain = re.sub(r'(\[(?:Tensor|np\.ndarray), )"[^"]*"', r'\1"..."', text)
    found = ruff("check", "--select", "F,E9", text=plain)
    assert found.returncode == 0, found.stdout
    assert ruff("format", text=text).stdout == text


@pytest.fixture(scope="session")
def compared(tmp_path_factory):
    """What the comparison of all options of a page found, by their ids, and the folder with the programs."""

    @cache
    def ask(slug):
        folder = tmp_path_factory.mktemp(slug)
        strict = ["-W", "error", "-W", "ignore:`torch.jit.script` is deprecated"]  # as in pyproject.toml
        command = [sys.executable, *strict, "-m", "tests.experiments.programs", slug, str(folder)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=True)
        return {line["id"]: line for line in map(json.loads, done.stdout.splitlines())}, folder

    return ask


@pytest.mark.parametrize(("slug", "name"), CASES)
def test_each_option_gives_the_same_numbers(compared, slug, name):
    found = compared(slug)[0][name]
    assert "failed" not in found, found["failed"]
    assert "refused" in found or (found["difference"] <= EXACT and found["steps"] > 0)


@per_page
def test_few_options_are_refused(compared, slug):
    """Only what this machine has not got, what nobody brought, and what does not go together."""
    assert sum("refused" in found for found in compared(slug)[0].values()) <= 5


@per_page
def test_all_programs_are_tidy(compared, slug, tmp_path):
    folder, plain = compared(slug)[1], tmp_path
    for path in folder.glob("*.py"):
        text = re.sub(r'(\[(?:Tensor|np\.ndarray), )"[^"]*"', r'\1"..."', path.read_text(encoding="utf-8"))
        (plain / path.name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--quiet", "--select", "F,E9", str(plain)]
    assert subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout == ""
    command = [
        sys.executable,
        "-m",
        "ruff",
        "format",
        "--isolated",
        "--check",
        "--line-length",
        "120",
        str(folder),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


@per_page
def test_the_default_program_runs_where_nothing_of_the_project_is(slug, tmp_path):
    run = train(Run(experiment_class(slug), settings_class(slug)()), 200)
    taken, path = program(slug, run), tmp_path / f"{slug}.py"
    path.write_text(taken.script(), encoding="utf-8")
    for name in taken.files:
        (tmp_path / "data" / "files").mkdir(parents=True, exist_ok=True)
        shutil.copy(embedded(name), tmp_path / "data" / "files")
    command = [sys.executable, "-I", path.name, "--csv"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True)
    assert "step 200" in done.stdout
    columns = np.genfromtxt(tmp_path / "history.csv", delimiter=",", names=True)
    history = run.poll().history
    assert columns["step"].tolist() == history.steps.tolist()
    for name, column in history.values.items():
        np.testing.assert_allclose(columns[name], column, rtol=EXACT, atol=EXACT)


@per_page
def test_writing_a_program_keeps_to_its_own_types(slug):
    """The one that is written with every shape and type checked."""
    run = Run(experiment_class(slug), settings_class(slug)())
    title = next(page.title for page in PAGES if page.slug == slug)
    assert program_of(slug, title, run.capture(), run.experiment).script() == program(slug, run).script()


@per_page
def test_the_default_program_is_short_tidy_and_soon_written(slug):
    run = Run(experiment_class(slug), settings_class(slug)())
    seconds = []
    for _ in range(3):
        start = time.process_time()
        text = program(slug, run).script()
        seconds.append(time.process_time() - start)
    assert min(seconds) < MAX_SECONDS
    assert len(text.splitlines()) <= LONGER.get(slug, MAX_LINES)
    assert_tidy(text)
    for name in ("pydantic", "streamlit", "jaxtyping") if slug == "mlp" else ():
        assert name not in text.split("if TYPE_CHECKING")[0]


def test_the_model_is_shown_as_it_is_written():
    text = program("mlp", Run(MLPExperiment, MLPSettings())).script()
    model = (ROOT / "models" / "mlp.py").read_text(encoding="utf-8")
    shown = text[text.index("class Sine") : text.index("# ---- The optimiser")]
    for block in shown.strip().split("\n\n"):
        assert block.strip("\n") in model


def test_only_the_chosen_problem_and_optimiser_are_left():
    text = program("mlp", Run(MLPExperiment, MLPSettings())).script()
    assert "torch.optim.Adam(" in text
    assert "def spiral" in text
    for gone in ("SGD", "checkerboard", "sklearn", "binary_cross_entropy_with_logits", "r2", "map_axes", "Map", "Own"):
        assert not re.search(rf"\b{gone}\b", text), gone


def test_a_run_without_steps_gets_a_thousand():
    assert "STEPS = 1000\n" in program("mlp", Run(MLPExperiment, MLPSettings())).script()


@pytest.mark.parametrize("problem", ["own points", "own table"])
def test_the_visitors_own_data_are_in_the_program(problem, tmp_path):
    own = Own(points=POINTS)
    if problem == "own table":
        own = Own(
            table=read_table(TABLE), target="sold", columns=("width", "kind", "note"), table_name='wine "list" \\'
        )
    settings = MLPSettings(problem=problem, batch_size=8)
    run = train(Run(lambda settings: MLPExperiment(settings, own), settings))
    taken = program("mlp", run)
    assert largest_difference(rows_of(taken.script()), run) <= EXACT
    assert "Your own data" in taken.script()
    assert_tidy(taken.script())
    path = tmp_path / "program.py"
    path.write_text(taken.script(), encoding="utf-8")
    subprocess.run([sys.executable, "-I", path.name], cwd=tmp_path, timeout=120, check=True, capture_output=True)


def test_data_too_large_for_a_program_are_refused_in_a_sentence():
    table = read_table("a,b\n" + "".join(f"{i / 7},{i % 2}\n" for i in range(49_000)))
    own = Own(table=table, target="b", columns=("a",))
    run = Run(lambda settings: MLPExperiment(settings, own), MLPSettings(problem="own table"))
    with pytest.raises(ProgramError, match=r"^Your data are too large .* use fewer rows or columns\.$"):
        program("mlp", run)


def test_knobs_turned_on_the_way_are_turned_again():
    run = Run(MLPExperiment, MLPSettings())
    run.change(run.settings.changed(learning_rate=0.1))
    train(run, 30)
    run.change(run.settings.changed(dropout=0.5, batch_size=10))
    run.change(run.settings.changed(l1=0.001))
    train(run, 1)
    run.change(run.settings.changed(schedule="cosine", schedule_steps=50, dropout=0.0))
    train(run, 40)
    text = program("mlp", run).script()
    assert largest_difference(rows_of(text), run) <= EXACT
    assert "(30, {" in text
    assert_tidy(text)


def test_what_was_changed_by_hand_is_named():
    run = train(Run(MLPExperiment, MLPSettings()), 40)
    run.edit("set_weights", layer=1, weight=[[0.0, 0.0]] * 8, bias=[0.0] * 8)
    train(run, 10)
    text = program("mlp", run).script()
    assert "by hand" in text
    assert "at step 40." in text
    assert_tidy(text)


def test_a_long_run_keeps_every_second_row_as_the_page_does():
    run = train(Run(MLPExperiment, MLPSettings(num_points=20, hidden_dims=(2,))), 2100)
    assert len(run.poll().history.steps) < 1024
    assert largest_difference(rows_of(program("mlp", run).script()), run) <= EXACT


@per_page
def test_the_notebook_holds_the_same_program(slug, tmp_path, monkeypatch):
    run = train(Run(experiment_class(slug), settings_class(slug)()))
    notebook = json.loads(program(slug, run).notebook())
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in ids)
    for cell in notebook["cells"]:
        is_code = cell["cell_type"] == "code"
        assert set(cell) == {"cell_type", "id", "metadata", "source"} | (
            {"outputs", "execution_count"} if is_code else set()
        )
        assert is_code or cell["cell_type"] == "markdown"
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert "argparse" not in "".join(cells)
    monkeypatch.chdir(tmp_path)
    assert largest_difference(rows_of("\n\n".join(cells)), run) <= EXACT
