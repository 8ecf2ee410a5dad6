"""What a visitor brought to the page `gnn`, molecules and a network, as files to take home and back again."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, ValidationError

from data.chemistry import MAX_LETTERS
from data.dataset import MAX_CLASSES, DataError
from data.own_molecules import MAX_MOLECULES, OwnMolecules, own_molecules
from experiments import brought_network

MOLECULES: Final = "molecules.json"
DAMAGED: Final = "The molecules in this run file are damaged: save it anew."

Smiles = Annotated[str, Field(min_length=1, max_length=MAX_LETTERS)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Name = Annotated[str, Field(max_length=1000)]


class _Molecules(BaseModel):
    """What `OwnMolecules` holds."""

    smiles: Annotated[tuple[Smiles, ...], Field(min_length=1, max_length=MAX_MOLECULES)]
    classes: Annotated[tuple[Annotated[int, Field(ge=0, lt=MAX_CLASSES)], ...], Field(max_length=MAX_MOLECULES)]
    numbers: Annotated[tuple[Number, ...], Field(max_length=MAX_MOLECULES)]
    class_names: Annotated[tuple[Name, ...], Field(max_length=MAX_CLASSES)]
    target_name: Name
    report: Annotated[tuple[Name, ...], Field(max_length=20)]


def files_of(material: Mapping[str, Any]) -> dict[str, bytes]:
    """The material of an experiment as files by name."""
    files = brought_network.files_of(material)
    own: OwnMolecules | None = material.get("own")
    return files if own is None else {**files, MOLECULES: _Molecules(**vars(own)).model_dump_json().encode()}


def material_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The material that `files_of` made into files.

    Raises:
        DataError: if they hold something else.
    """
    found = brought_network.material_of(files)
    if MOLECULES not in files:
        return found
    try:
        own = OwnMolecules(**dict(_Molecules.model_validate_json(files[MOLECULES])))
        if not _fits(own):
            raise DataError(DAMAGED)
        own_molecules(own, "ten types")  # reads every one of them
    except (ValidationError, DataError) as error:
        raise DataError(DAMAGED) from error
    return {**found, "own": own}


def _fits(own: OwnMolecules) -> bool:
    """Whether there is one answer for each molecule, a known class or a number."""
    if own.class_names:
        return len(own.classes) == len(own.smiles) and not own.numbers and max(own.classes) < len(own.class_names)
    return len(own.numbers) == len(own.smiles) and not own.classes
