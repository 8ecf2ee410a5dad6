"""The part of every exported program that is the same: the loop, the table and the curves."""

from typing import Final

# What the text below imports, and what it defines: no part of the project may be called so.
IMPORTS: Final = {
    ("argparse", ""): "argparse",
    ("csv", ""): "csv",
    ("torch", ""): "torch",
    ("types", "SimpleNamespace"): "SimpleNamespace",
    ("typing", "TYPE_CHECKING"): "TYPE_CHECKING",
}
NAMES: Final = frozenset(
    {"settings", "CHANGES", "STEPS", "rows", "train", "turn_knobs", "write_csv", "draw_curves", "main"}
)

LOOP: Final = '''\
STEPS = STEPS_OF_THE_RUN


def train(num_steps=STEPS):
    """Trains the network; returns the numbers recorded on the way, a dictionary for each row."""
    torch.set_num_threads(1)  # a network this small trains fastest on one thread
    torch.manual_seed(settings.seed)
    experiment = EXPERIMENT(settings)
    stride = experiment.record_every  # steps between two rows
    rows = [{"step": 0, **experiment.evaluate()}]
    turn_knobs(experiment, 0)
    for step in range(1, num_steps + 1):
        experiment.step()
        if step % stride == 0 and len(rows) == 1024:  # from here on, every second row will do
            rows = rows[::2]
            stride *= 2
        if step % stride == 0:
            rows.append({"step": step, **experiment.evaluate()})
        turn_knobs(experiment, step)
    return rows


def turn_knobs(experiment, step):
    """Changes the settings that were changed on the page after this step."""
    for changed_at, values in CHANGES:
        if changed_at == step:
            experiment.apply(SimpleNamespace(**{**vars(experiment.settings), **values}))'''

PLOTS: Final = '''\
def write_csv(rows, path="history.csv"):
    """Writes the recorded numbers as a table."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


def draw_curves(rows, path="curves.png"):
    """Draws every recorded number over the steps, training and test together."""
    try:
        from matplotlib import pyplot
    except ImportError:
        print("For pictures of the curves: pip install matplotlib")
        return
    names = [name for name in rows[-1] if name != "step" and not name.startswith("test_")]
    figure, axes = pyplot.subplots(1, len(names), figsize=(4 * len(names), 3.2), layout="constrained", squeeze=False)
    for axis, name in zip(axes[0], names):
        for curve in (name, f"test_{name}"):
            if curve in rows[-1]:
                axis.plot([row["step"] for row in rows], [row[curve] for row in rows], label=curve.replace("_", " "))
        axis.set_xlabel("step")
        axis.legend()
    figure.savefig(path, dpi=150)'''

MAIN: Final = '''\
def main():
    """Trains from the command line."""
    parser = argparse.ArgumentParser(description="Trains the network and shows how it learns.")
    parser.add_argument("--steps", type=int, default=STEPS, help="optimiser updates to make")
    parser.add_argument("--csv", action="store_true", help="write every recorded row to history.csv")
    options = parser.parse_args()
    rows = train(options.steps)
    print(", ".join(f"{name} {value:.6g}" for name, value in rows[-1].items()))
    if options.csv:
        write_csv(rows)
    draw_curves(rows)


if __name__ == "__main__":
    main()'''

RUN: Final = """\
rows = train()
print(", ".join(f"{name} {value:.6g}" for name, value in rows[-1].items()))
draw_curves(rows)"""


def without_changes() -> str:
    """The loop of a run whose knobs stayed where they were."""
    text = LOOP[: LOOP.index("\n\n\ndef turn_knobs")]
    return "".join(line for line in text.splitlines(keepends=True) if "turn_knobs" not in line)
