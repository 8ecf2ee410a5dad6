import pytest
import torch

from training.device import available_devices, choose_device
from training.settings import SettingsError


@pytest.fixture
def machine(monkeypatch):
    def has(*, cuda=False, mps=False):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return has


@pytest.mark.parametrize(
    ("has", "kinds"),
    [({}, ("cpu",)), ({"cuda": True}, ("cpu", "cuda")), ({"mps": True}, ("cpu", "mps"))],
)
def test_what_the_machine_has(machine, has, kinds):
    machine(**has)
    assert available_devices() == kinds
    assert choose_device("auto", is_small=True).type == "cpu"
    assert choose_device("auto", is_small=False).type == kinds[-1]
    for kind in kinds:
        assert choose_device(kind, is_small=True).type == kind


@pytest.mark.parametrize("wanted", ["cuda", "mps"])
def test_a_missing_device_says_what_there_is(machine, wanted):
    machine()
    with pytest.raises(SettingsError, match=rf"^This machine has no {wanted} device: choose cpu\.$"):
        choose_device(wanted, is_small=False)
