"""The visitor's own molecules on the page `gnn`: uploaded, pasted, or taken back; and what was done to the data."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st

from data.dataset import DataError, Task
from data.own_molecules import (
    MAX_MOLECULES,
    OwnMolecules,
    PutAside,
    Reading,
    aside_csv,
    read_molecules,
    suggest_columns,
)
from data.own_table import OwnTable, read_table
from experiments.gnn_own import files_of, material_of
from ui import gnn_network_data
from ui.gnn_live import SLUG
from ui.material import Material
from ui.words import plain

MAX_UPLOAD_MB: Final = 5
MOST_TOLD: Final = 3  # rows put aside whose reason is written out
KINDS: Final = {"classification": "classes", "regression": "a number"}
_TABLE: Final = "_gnn_table"  # (digest, table)
_OWN: Final = "_gnn_own"  # (key, what became of the table)
_SET_ASIDE: Final = "_gnn_set_aside"  # digest of what lies in the widgets while something else was taken back


def own_molecules_controls() -> tuple[OwnMolecules | None, Any]:
    """Draws the controls for molecules of one's own.

    Returns:
        What the visitor brought, and a key that changes with it.
    """
    st.file_uploader(
        "Your molecules (CSV)",
        type=["csv", "tsv", "txt"],
        key="gnn_file",
        max_upload_size=MAX_UPLOAD_MB,
        help=f"A row for each molecule: its SMILES, and a class or a number to predict. {MAX_MOLECULES:,} are read.",
    )
    st.text_area(
        "or paste them here",
        key="gnn_paste",
        height=90,
        placeholder="smiles,label\nCCO,soluble\nc1ccccc1,insoluble\n…",
        persist_state="session",
        max_chars=MAX_UPLOAD_MB * 2**20,
    )
    state, content = st.session_state, _given()
    if content and _digest(content) != state.get(_SET_ASIDE):
        _read(content)
    kept: tuple[Any, Reading] | None = state.get(_OWN)
    if kept is None:
        return None, None
    key, (own, aside) = kept
    _tell(own, aside)
    return own, key


def material() -> Material:
    """How what the visitor brought goes into a run file, and comes back."""
    return Material(files_of, material_of, _take_back)


def _take_back(brought: Mapping[str, Any]) -> None:
    """Puts molecules and network where the visitor would have put them; call it in a callback."""
    gnn_network_data.take_back(brought.get("network"))
    own: OwnMolecules | None = brought.get("own")
    if own is not None:
        st.session_state[_SET_ASIDE] = _digest(_given())  # or it would take the place of this at once
        st.session_state[_OWN] = _digest(repr(own).encode()), Reading(own, ())


def _given() -> bytes:
    upload = st.session_state.get("gnn_file")
    return upload.getvalue() if upload is not None else str(st.session_state.get("gnn_paste") or "").encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(content: bytes) -> None:
    """Reads a new table, and asks which column is which; what cannot be used leaves the former in place."""
    state, digest = st.session_state, _digest(content)
    state.pop(_SET_ASIDE, None)
    try:
        if state.get(_TABLE, ("",))[0] != digest:
            table = read_table(content)
            state[_TABLE] = digest, table, suggest_columns(table)
            for choice in ("smiles_column", "target_column"):
                state.pop(f"gnn_{choice}", None)
        _, table, suggested = state[_TABLE]
        chosen = _choose(table, *suggested)
        if state.get(_OWN, (None,))[0] != (digest, *chosen):
            with st.spinner("Reading your molecules."):
                state[_OWN] = (digest, *chosen), read_molecules(table, *chosen)
    except DataError as error:
        st.error(plain(error))


def _choose(table: OwnTable, smiles: str, target: str) -> tuple[str, str, Task]:
    """The columns, and whether classes or numbers are predicted."""
    names, kinds = list(table.kinds), list(KINDS)
    first = st.selectbox("SMILES", names, index=names.index(smiles), key="gnn_smiles_column", help="The molecules.")
    second = st.selectbox(
        "Predict", names, index=names.index(target), key="gnn_target_column", help="The column to learn."
    )
    task: Any = st.radio(
        "as",
        kinds,
        index=kinds.index(table.detect_task(second)),
        format_func=KINDS.__getitem__,
        horizontal=True,
        key=f"gnn_task_{second}",
    )
    return first, second, task


def _tell(own: OwnMolecules, aside: tuple[PutAside, ...]) -> None:
    """How many molecules there are, and the rows that were put aside."""
    st.caption(f"{len(own.smiles):,} molecules are learnt from and tested on.")
    if not aside:
        return
    with st.expander(f"{len(aside):,} rows were put aside", key="gnn_aside"):
        for one in aside[:MOST_TOLD]:
            st.caption(f"Row {one.row:,}: {plain(one.reason)}")
        st.dataframe(
            pd.DataFrame(aside, columns=list(PutAside._fields)), hide_index=True, key="gnn_aside_table",
            alt="Rows that were put aside: number, text, reason.",
        )  # fmt: skip
        st.download_button(
            "These rows (CSV)", aside_csv(aside), "rows-put-aside.csv", "text/csv", key="gnn_aside_csv",
            on_click="ignore",
        )  # fmt: skip


def data_report(seen: Any) -> None:
    """Where the graphs come from, and what was done to them; plain text, nothing interpreted."""
    what = "nodes" if seen.level == "node" else "graphs" if seen.structure is None else "molecules"
    title = f"The data: {seen.num_train:,} training and {seen.num_test:,} test {what}"
    with st.expander(title, key=f"{SLUG}_data_report"):
        for sentence in (*seen.report, seen.source):
            if sentence:
                st.text(sentence)
        st.caption(f"{seen.num_graphs:,} graphs with {seen.num_nodes:,} nodes and {seen.num_edges:,} links in all.")
