"""Look inside, page `gnn`: any molecule, typed, picked or edited, what the network says of it and for which atoms."""

import math
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st
from rdkit.Chem import Mol

from data.alerts import alerts_in, base_rate
from data.chemistry import MAX_LETTERS, read_molecule, remarks
from data.dataset import DataError
from data.editing import KINDS, Tables, mol_of, smiles_of, tables_of, without_loose_bonds
from data.structure import laid_out
from experiments.gnn_molecule import MOST_LEFT_OUT, Said, ask
from experiments.gnn_settings import MOLECULES
from figures.gnn_molecule import molecule_scene
from training.run import Run, Snapshot
from ui.live import live_canvas
from ui.words import plain, written

TEXT: Final = "gnn_molecule_smiles"
PICK: Final = "gnn_molecule_pick"
NUMBERED: Final = "gnn_molecule_numbered"
PAST: Final = "_gnn_molecule_past"  # what was looked at, the newest last
CHOSEN: Final = "_gnn_molecule_atom"
COMPLAINT: Final = "_gnn_molecule_complaint"
EDITED: Final = "_gnn_molecule_edited"  # to be looked at from the next run on: the widgets are drawn by then
MAX_PAST: Final = 50
NO_MOLECULES: Final = "This network reads no molecules: choose such a task under Task."
KNOWN: Final = {
    "4-nitroaniline": "Nc1ccc(cc1)[N+](=O)[O-]",
    "paracetamol": "CC(=O)Nc1ccc(O)cc1",
    "caffeine": "Cn1cnc2c1c(=O)n(C)c(=O)n2C",
    "aspirin": "CC(=O)Oc1ccccc1C(=O)O",
    "ethanol": "CCO",
    "glucose": "OCC1OC(O)C(O)C(O)C1O",
    "dopamine": "NCCc1ccc(O)c(O)c1",
    "benzo[a]pyrene": "c1ccc2c(c1)cc1ccc3cccc4ccc2c1c34",
    "propylene oxide": "CC1CO1",
    "N-nitrosodimethylamine": "CN(C)N=O",
    "DDT": "ClC(Cl)(Cl)C(c1ccc(Cl)cc1)c1ccc(Cl)cc1",
    "cisplatin": "[NH3][Pt](Cl)(Cl)[NH3]",
    "sodium benzoate": "[Na+].[O-]C(=O)c1ccccc1",
}
FROM_PICTURE: Final = "the one in the picture"


class Entry(NamedTuple):
    """A molecule that is or was looked at, and its tables."""

    mol: Mol
    smiles: str
    tables: Tables


def molecule_tab(run: Run, snapshot: Snapshot) -> None:
    """The box with a molecule, and what the network says of it."""
    settings: Any = snapshot.settings
    if settings.data not in MOLECULES:
        st.caption(NO_MOLECULES)
        return
    seen: Any = snapshot.observation
    past: list[Entry] = st.session_state.setdefault(PAST, [])
    if not past:
        _look_at(KNOWN["4-nitroaniline"])
    if EDITED in st.session_state:
        _put(st.session_state.pop(EDITED))
    _controls(seen.label)
    if complaint := st.session_state.get(COMPLAINT):
        st.warning(plain(complaint))
    entry = past[-1]
    said = run.look(partial(ask, entry.mol))
    st.markdown(_verdict(said))
    scene = molecule_scene(
        laid_out(entry.mol, entry.smiles),
        said,
        chosen=_chosen(entry.mol),
        is_numbered=bool(st.session_state.get(NUMBERED)),
    )
    live_canvas(scene, key="gnn_molecule_picture", on_event=_click)
    _about_atoms(entry.mol, said)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _editors(entry)
    with right:
        if settings.data == "mutagenicity":
            _alerts(entry.mol, said)
        for remark in remarks(entry.mol):
            st.caption(plain(remark))


# ---- which molecule --------------------------------------------------------------------------------------------------


def _controls(label: str) -> None:
    """Type, pick, take back."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.session_state.setdefault(TEXT, st.session_state[PAST][-1].smiles)
        st.text_input(
            "Molecule as SMILES", key=TEXT, max_chars=MAX_LETTERS, on_change=_typed,
            help="Atoms by their symbols, = double bonds, # triple ones, branches in parentheses, rings closed by "
            "numbers, small letters for aromatic atoms.",
        )  # fmt: skip
        st.selectbox(
            "or one of these", [FROM_PICTURE, *KNOWN], index=None, key=PICK, on_change=_picked, args=(label,), width=260
        )
        st.button("Undo", key="gnn_molecule_undo", on_click=_undo, disabled=len(st.session_state[PAST]) < 2)


def _typed() -> None:
    _look_at(str(st.session_state.get(TEXT) or ""))


def _picked(label: str) -> None:
    name = st.session_state.get(PICK)
    if name:
        _look_at(label if name == FROM_PICTURE else KNOWN[name])
        st.session_state[PICK] = None


def _look_at(smiles: str) -> None:
    """Brings a molecule into the box; what is none leaves the former one there."""
    try:
        mol = read_molecule(smiles)
    except DataError as error:
        st.session_state[COMPLAINT] = str(error)
        return
    _put(Entry(mol, smiles.strip(), tables_of(mol)))


def _put(entry: Entry) -> None:
    state = st.session_state
    past: list[Entry] = state[PAST]
    past.append(entry)
    del past[:-MAX_PAST]
    state[TEXT] = entry.smiles
    state.pop(COMPLAINT, None)
    state.pop(CHOSEN, None)


def _undo() -> None:
    state = st.session_state
    past: list[Entry] = state[PAST]
    if len(past) > 1:
        past.pop()
    state[TEXT] = past[-1].smiles
    state.pop(COMPLAINT, None)
    state.pop(CHOSEN, None)


# ---- what is said ----------------------------------------------------------------------------------------------------


def _verdict(said: Said) -> str:
    """What the network says, and where that is among the others."""
    if said.class_names:
        best = int(said.answer.argmax())
        answer = f"It says **{plain(said.class_names[best])}** with {said.answer[best]:.0%}."
    else:
        answer = f"It says **{written(float(said.answer[0]), '.3g')}** ({plain(said.target_name)})."
    return (
        f"{answer} Of the {len(said.cloud):,} molecules that its curves are measured on, {said.above:.0%} score lower "
        f"for “{plain(said.speaks_for)}”."
    )


def _about_atoms(mol: Mol, said: Said) -> None:
    """Which atom was clicked, and how far the two ways agree."""
    if math.isnan(said.agreement):
        agreement = "The two ways cannot be compared here: one of them makes no difference between atoms."
    else:
        agreement = (
            f"The two ways put the atoms in orders with a rank correlation of **{written(said.agreement, '.2f')}** (1: "
            "the same order, 0: nothing in common)."
        )
    chosen = _chosen(mol)
    words = "Click an atom for its numbers."
    if chosen is not None:
        left_out = (
            written(float(said.left_out[chosen]), "+.3f") if np.isfinite(said.left_out[chosen]) else "not measured"
        )
        words = (
            f"**Atom {chosen + 1}, {mol.GetAtomWithIdx(chosen).GetSymbol()}:** slope × input "
            f"{written(float(said.slopes[chosen]), '+.3f')}, left out {left_out}."
        )
    st.markdown(f"{words} {agreement}")
    unit = "how far its logit is above the others'" if said.class_names else plain(said.target_name)
    st.caption(
        f"Blue atoms speak for {plain(said.speaks_for)}, orange ones against it; what is counted is {unit}. The slope "
        "tells what a tiny change of an atom's inputs would do; leaving the atom out takes its bonds away, too, and "
        "asks the network again. Neither says what is true of the molecule, only what this network makes of it."
        + (f" Only the first {MOST_LEFT_OUT} atoms were left out in turn." if len(said.slopes) > MOST_LEFT_OUT else "")
    )


def _chosen(mol: Mol) -> int | None:
    atom = st.session_state.get(CHOSEN)
    return atom if isinstance(atom, int) and atom < mol.GetNumAtoms() else None


def _click(event: dict[str, Any]) -> None:
    atom = int(event.get("atom", -1))
    former = st.session_state.get(CHOSEN)
    st.session_state[CHOSEN] = None if atom == former or atom < 0 else atom


def _alerts(mol: Mol, said: Said) -> None:
    """What chemists look for, and how often that is right on the training molecules."""
    st.markdown("**Structural alerts**: groups that chemists know from mutagenic molecules")
    found = alerts_in(mol)
    if not found:
        st.caption("There is none of them in this molecule.")
        return
    rows = [
        {
            "alert": one.name,
            "atoms": ", ".join(str(atom + 1) for atom in one.atoms),
            "training molecules with it": one.num_molecules,
            "of these mutagenic": 100 * one.precision,
        }
        for one in found
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={"of these mutagenic": st.column_config.NumberColumn(format="%.0f %%")},
        key="gnn_molecule_alerts",
        alt="Structural alerts in this molecule.",
    )
    inside = sorted({atom for one in found for atom in one.atoms})
    weight = np.abs(said.slopes)
    share = float(weight[inside].sum() / weight.sum()) if weight.sum() > 0 else math.nan
    told = (
        "" if math.isnan(share) else f" On the atoms of the alerts lie {share:.0%} of all slope × input, signs aside."
    )
    st.caption(
        f"Of all training molecules {base_rate():.0%} are mutagenic.{told} The groups: after Kazius, McGuire & Bursi, "
        "doi:10.1021/jm040835a."
    )


# ---- editing ---------------------------------------------------------------------------------------------------------


def _editors(entry: Entry) -> None:
    """The atoms and the bonds in tables; what fits is taken over, what does not is said and stays in the tables."""
    st.markdown("**Edit it**: change a cell, add a row at the end, or choose rows and delete them")
    st.toggle("Number the atoms in the picture", key=NUMBERED)
    version = f"{len(st.session_state[PAST])}_{entry.smiles}"
    one, other = st.columns(2)
    with one:
        atoms = st.data_editor(
            entry.tables.atoms,
            num_rows="dynamic",
            hide_index=True,
            height=260,
            column_config={
                "atom": st.column_config.NumberColumn(disabled=True, width=56),
                "element": st.column_config.TextColumn(max_chars=2, width=80),
                "charge": st.column_config.NumberColumn(step=1, width=72),
            },
            key=f"gnn_molecule_atoms_{version}",
            alt="The atoms, to edit.",
        )
    with other:
        bonds = st.data_editor(
            entry.tables.bonds,
            num_rows="dynamic",
            hide_index=True,
            height=260,
            column_config={
                "from": st.column_config.NumberColumn(step=1, width=64),
                "to": st.column_config.NumberColumn(step=1, width=64),
                "kind": st.column_config.SelectboxColumn(options=list(KINDS), width=88),
            },
            key=f"gnn_molecule_bonds_{version}",
            alt="The bonds, to edit.",
        )
    take_over(Tables(atoms, bonds), entry)


def take_over(tables: Tables, entry: Entry) -> None:
    """Makes edited tables the molecule that is looked at, or says why they cannot be."""
    if tables.atoms.equals(entry.tables.atoms) and tables.bonds.equals(entry.tables.bonds):
        return
    try:
        mol = mol_of(without_loose_bonds(tables, entry.tables))
    except DataError as error:
        st.warning(f"{plain(error)} Until it fits, the molecule stays as it was.")
        return
    if smiles_of(mol) != smiles_of(entry.mol):
        st.session_state[EDITED] = Entry(mol, smiles_of(mol), tables_of(mol))
        st.rerun()
