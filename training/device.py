"""Where the arithmetic runs."""

import torch

from training.settings import SettingsError


def available_devices() -> tuple[str, ...]:
    """The kinds of device this machine has, `cpu` first."""
    kinds = ["cpu"]
    if torch.cuda.is_available():
        kinds.append("cuda")
    if torch.backends.mps.is_available():
        kinds.append("mps")
    return tuple(kinds)


def choose_device(wanted: str, *, is_small: bool) -> torch.device:
    """The device for a run.

    Args:
        wanted: `auto`, or a kind of device.
        is_small: True for networks whose step is so short that starting it on an accelerator takes longer than the
            step itself; `auto` leaves those on the CPU.

    Raises:
        SettingsError: if the machine has no such device.
    """
    if wanted == "auto":
        return torch.device("cpu" if is_small else available_devices()[-1])
    kinds = available_devices()
    if wanted not in kinds:
        raise SettingsError(f"This machine has no {wanted} device: choose {' or '.join(kinds)}.")
    return torch.device(wanted)
