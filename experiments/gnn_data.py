"""The graphs that the settings of the page `gnn` name."""

from typing import Final

from data.graphs import Graphs
from data.molecules import load_molecules
from data.networks import OwnNetwork, load_network, own_network
from data.own_molecules import OwnMolecules, own_molecules
from data.synthetic_graphs import chains, rings
from experiments.gnn_settings import MOLECULES, OWN_MOLECULES, OWN_NETWORK, GNNSettings
from training.settings import SettingsError

FILES: Final = {
    "mutagenicity": ("ames.csv",),
    "count atoms": ("ames.csv",),
    "blood-brain barrier": ("bbb_martins.csv",),
    "US airports": ("us_airports_nodes.csv", "us_airports_edges.csv"),
}


def make_graphs(settings: GNNSettings, own: OwnMolecules | None, network: OwnNetwork | None) -> Graphs:
    """The graphs to learn from.

    Args:
        settings: which.
        own: the visitor's own molecules, for `own molecules`.
        network: the visitor's own network, for `own network`.

    Raises:
        SettingsError: if the visitor's own are asked for and there are none.
        DataError: if they cannot be used.
    """
    if settings.data == OWN_MOLECULES:
        if own is None:
            raise SettingsError("There are no molecules of your own yet: upload or paste a table with SMILES.")
        return own_molecules(own, settings.atoms, settings.seed)
    if settings.data == OWN_NETWORK:
        if network is None:
            raise SettingsError("There is no network of your own yet: upload or paste a list of links.")
        return own_network(network, settings.node_inputs, settings.num_labelled, settings.seed)
    if settings.data in MOLECULES:
        return load_molecules(settings.data, settings.atoms)
    if settings.data == "one ring or two":
        return rings(settings.seed)
    if settings.data == "long chains":
        return chains(settings.chain_length, settings.seed)
    return load_network(settings.data, settings.node_inputs, settings.num_labelled, settings.seed)
