"""The visitor's own network as a surface: measured from a run of the page `mlp`, and as a file to take home."""

import copy
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, FiniteFloat, ValidationError

from data.dataset import DataError
from experiments.mlp import MLPExperiment
from experiments.optimizers_slice import GRID, MAX_EXAMPLES, Plane, Slices, measure
from training.run import Run

FILE: Final = "slices.json"
MAX_MOMENTS: Final = 80  # of the training that are drawn; a run keeps 64 checkpoints

_Row = Annotated[tuple[FiniteFloat, ...], Field(min_length=GRID, max_length=GRID)]
_Place = tuple[FiniteFloat, FiniteFloat]


class _Plane(BaseModel):
    """A `Plane` as it is written down."""

    heights: Annotated[tuple[_Row, ...], Field(min_length=GRID, max_length=GRID)]
    start: _Place
    track: Annotated[tuple[_Place, ...], Field(max_length=MAX_MOMENTS)]


class _Slices(BaseModel):
    """`Slices` as they are written down."""

    story: Annotated[str, Field(max_length=300)]
    random: _Plane
    path: _Plane


def slices_of(run: Run) -> Slices:
    """Two planes through the loss of a run of the page `mlp`, as it is now. The run goes on as if nobody had looked.

    Raises:
        DataError: if it has not trained, or its loss is no number.
    """
    if run.newest_step == 0:
        raise DataError("Your network has not trained yet: let it learn on its page, then measure it.")
    network, loss, x, now, what = run.look(_taken)
    moments = [run.state_at(step)["weights"] for step in run.checkpoint_steps]
    widths = "-".join(str(one) for one in (x.shape[1], *run.settings.hidden_dims))
    story = (
        f"Your network on {run.settings.problem} ({widths} units, then the outputs) after {run.newest_step:,} steps: "
        f"its {what} on {len(x)} training examples, without penalties."
    )
    found = measure(network, loss, x, [*moments, now], story, run.settings.seed)
    if not all(abs(value) < 1e30 for plane in (found.random, found.path) for row in plane.heights for value in row):
        raise DataError("The loss of your network is not finite everywhere on the plane: measure one that learns.")
    return found


def _taken(experiment: Any) -> tuple[Any, ...]:
    """What has to be measured, copied out of the living experiment."""
    assert isinstance(experiment, MLPExperiment)
    count = min(MAX_EXAMPLES, experiment.problem.num_train)
    network = copy.deepcopy(experiment.model).cpu().requires_grad_(False).eval()
    loss = partial(experiment.data_loss, y=experiment.problem.y[:count])
    now = [one.detach() for one in network.parameters()]
    return network, loss, experiment.problem.x[:count], now, experiment.loss_name


def files_of(material: Mapping[str, Any]) -> dict[str, bytes]:
    """The material of an experiment as files by name."""
    slices: Slices | None = material.get("measured")
    if slices is None:
        return {}
    planes = {name: vars(getattr(slices, name)) for name in ("random", "path")}
    return {FILE: _Slices.model_validate({"story": slices.story, **planes}).model_dump_json().encode()}


def material_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The material that `files_of` made into files.

    Raises:
        DataError: if they hold something else.
    """
    if FILE not in files:
        return {}
    try:
        read = _Slices.model_validate_json(files[FILE])
    except ValidationError as error:
        raise DataError("The measured loss in this run file is damaged: save it anew.") from error
    return {"measured": Slices(read.story, Plane(**dict(read.random)), Plane(**dict(read.path)))}
