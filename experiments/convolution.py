"""The experiment behind the page `convolution`: gradient descent finds the kernel that was applied to a picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from data.filters import kernel_called
from data.photos import SOURCES, colour_picture, grey
from experiments.convolution_settings import ConvolutionSettings
from models.convolution import ConvolutionStack
from training.arrays import array
from training.device import choose_device
from training.experiment import Network
from training.findings import slower
from training.optimizers import make_optimizer, rate_at, update_optimizer
from training.settings import SettingsError

SIDE: Final = 48  # of a crop, in pixels; every stride divides it
NUM_TRAIN: Final = 96  # crops
NUM_LOOKED: Final = 8  # of them, at which the training loss is taken
TEST_PLACES: Final = ((14, 78), (36, 44), (60, 110), (84, 34), (62, 70), (110, 130), (118, 30), (132, 88))  # the temple
TEST_WIDTH: Final = 182  # pixels at the left of the temple's photo that no training crop holds
BORDER: Final = 1  # pixels


@dataclass(frozen=True, eq=False)
class ConvolutionObservation:
    """What the pictures of the page are drawn from. All maps are of the test crop that is shown.

    Attributes:
        filter: what was done to the pictures.
        picture: (S, S) the crop, −0.5 black to 0.5 white.
        wanted: (S, S) what the filter makes of it; beyond the crop's border it saw the real picture.
        output: (P, P) what the network makes of it.
        error: (P, P) output less what was wanted there.
        first_centre: pixel in the middle of the first cell's window.
        stride: pixels from one cell to the next.
        dilation: pixels from one weight to the next, of every layer.
        padding: what stands beyond the border.
        kernels: the weights of each layer, (O, I, K, K).
        bias: of the last layer.
        whole_kernel: (E, E) the one kernel that all layers amount to.
        wanted_kernel: (T, T) the filter's own.
        reach: the value drawn in full colour in the maps; the same for the whole run.
        is_signed: whether the filter's weights sum to 0, so that its map has no brightness, only differences.
        kernel_error: distance of the two kernels over the length of the wanted one.
        source: where the training picture comes from, and its licence.
    """

    filter: str
    picture: np.ndarray
    wanted: np.ndarray
    output: np.ndarray
    error: np.ndarray
    first_centre: int
    stride: int
    dilation: int
    padding: str
    kernels: list[np.ndarray]
    bias: float
    whole_kernel: np.ndarray
    wanted_kernel: np.ndarray
    reach: float
    is_signed: bool
    kernel_error: float
    source: str


class ConvolutionExperiment:
    """Convolutions that see pictures before and after a filter, and look for its kernel."""

    def __init__(self, settings: ConvolutionSettings) -> None:
        """Cuts the crops, applies the filter to them, and makes the layers.

        Raises:
            SettingsError: if the layers together see more than a crop holds.
            DataError: if the visitor's own kernel cannot be read.
        """
        self.settings = settings
        self.device = choose_device(settings.device, is_small=True)
        self.kernel = torch.from_numpy(kernel_called(settings.filter, settings.own_kernel)).to(self.device)
        self.model = ConvolutionStack(
            settings.kernel_size,
            settings.depth,
            channels=settings.channels,
            stride=settings.stride,
            dilation=settings.dilation,
            padding=settings.padding,
        ).to(self.device)
        if self.model.reach > SIDE:
            raise SettingsError(
                f"The layers together see {self.model.reach} pixels, more than the {SIDE} of a crop: "
                "choose a smaller kernel, less dilation or fewer layers."
            )
        margin = len(self.kernel) // 2
        self._test_x, self._test_y = self._filtered(_test_crops(margin))
        self._x, self._y = self._filtered(_train_crops(settings.picture, margin))
        self._weights = list(self.model.parameters())
        self.optimizer = make_optimizer(self._weights, settings)
        self.num_steps, self._cursor, self._num_epochs = 0, 0, 0
        self._order = torch.randperm(NUM_TRAIN)

    def _filtered(self, crops: Float[Tensor, "N 1 W W"]) -> tuple[Float[Tensor, "N 1 S S"], Float[Tensor, "N 1 S S"]]:
        """Crops without their margin, and what the filter makes of them; at the border it sees the margin."""
        crops = crops.to(self.device)
        margin = len(self.kernel) // 2
        return crops[..., margin : margin + SIDE, margin : margin + SIDE], F.conv2d(crops, self.kernel[None, None])

    # ---- learning ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One optimiser update on the next crops."""
        rows = self._order[self._cursor : self._cursor + self.settings.batch_size].to(self.device)
        output = self.model(self._x[rows])
        loss = F.mse_loss(output, self._wanted(self._y[rows], output))
        for weight in self._weights:
            weight.grad = None
        loss.backward()
        if self.settings.schedule != "constant":
            update_optimizer(self.optimizer, self.settings, self.num_steps)
        self.optimizer.step()
        self.num_steps += 1
        self._cursor += self.settings.batch_size
        if self._cursor >= NUM_TRAIN:
            self._cursor, self._num_epochs = 0, self._num_epochs + 1
            self._order = torch.randperm(NUM_TRAIN)

    def _wanted(self, whole: Float[Tensor, "B 1 S S"], output: Float[Tensor, "B 1 P P"]) -> Float[Tensor, "B 1 P P"]:
        """What the filter says at the middle of every window."""
        first, stride, count = self.model.first_centre, self.settings.stride, output.shape[-1]
        places = slice(first, first + (count - 1) * stride + 1, stride)
        return whole[..., places, places]

    @property
    def steps_per_epoch(self) -> int:
        """Batches in one pass over the crops."""
        return -(-NUM_TRAIN // self.settings.batch_size)

    @property
    def steps_left_in_epoch(self) -> int:
        """Batches until the next pass begins."""
        return -(-(NUM_TRAIN - self._cursor) // self.settings.batch_size)

    @property
    def epoch(self) -> float:
        """Passes over the crops so far."""
        return self._num_epochs + self._cursor / NUM_TRAIN

    @property
    def record_every(self) -> int:
        """Ten times in the first hundred steps, so that the kernel is seen to form."""
        return 10

    # ---- the engine's other questions --------------------------------------------------------------------------

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Losses, the distance of the kernels, and how much of a whole picture is got right.

        `loss` and `test_loss` are mean squared errors over the cells there are. `border_loss` is that of the test
        cells whose window's middle is in the outermost pixels, where there is padding. `picture_error` is the
        squared error over every pixel of the test crops, as a share of what was wanted: each cell stands for the
        pixels up to the next one, and where there is no cell nothing is said. `answered_share` is the share of those
        pixels for which there is a cell.
        """
        output = self.model(self._x[:NUM_LOOKED])
        test = self.model(self._test_x)
        errors = test - self._wanted(self._test_y, test)
        whole, is_answered = self._enlarged(test)
        numbers = torch.stack(
            [
                F.mse_loss(output, self._wanted(self._y[:NUM_LOOKED], output)),
                errors.pow(2).mean(),
                (whole - self._test_y).pow(2).sum() / self._test_y.pow(2).sum(),
                is_answered.float().mean(),
                self._kernel_error(),
            ]
        ).tolist()
        names = ("loss", "test_loss", "picture_error", "answered_share", "kernel_error")
        row = {**dict(zip(names, numbers, strict=True)), "learning_rate": rate_at(self.num_steps, self.settings)}
        if self.settings.padding != "none":
            row["border_loss"] = errors.pow(2).masked_select(self._is_border(test)).mean().item()
        return row

    def _enlarged(self, output: Float[Tensor, "B 1 P P"]) -> tuple[Float[Tensor, "B 1 S S"], Tensor]:
        """The map at the size of the picture, 0 where nothing is said, and where something is said, (S, S)."""
        first, stride, count = self.model.first_centre, self.settings.stride, output.shape[-1]
        place = torch.div(torch.arange(SIDE, device=self.device) - first, stride, rounding_mode="floor")
        is_said = (place >= 0) & (place < count)
        cell = place.clamp(0, count - 1)
        is_answered = is_said[:, None] & is_said
        return output[:, :, cell[:, None], cell] * is_answered, is_answered

    def _is_border(self, output: Float[Tensor, "B 1 P P"]) -> Tensor:
        """(P, P): cells whose window has its middle in the outermost pixels."""
        cells = torch.arange(output.shape[-1], device=self.device)
        middle = self.model.first_centre + self.settings.stride * cells
        is_out = (middle < BORDER) | (middle >= SIDE - BORDER)
        return is_out[:, None] | is_out

    def _kernel_error(self) -> Float[Tensor, ""]:
        """Distance of the whole kernel from the filter's, over the length of the filter's."""
        found, wanted = self.model.whole_kernel(), self.kernel
        size = max(len(found), len(wanted))
        gap = _centred(found, size) - _centred(wanted, size)
        return gap.norm() / wanted.norm()

    def apply(self, settings: ConvolutionSettings) -> None:
        """Takes over live settings: rate, decay, schedule, batch size, the crop that is shown."""
        self.settings = settings
        update_optimizer(self.optimizer, settings, self.num_steps)

    def advice(self, value: float) -> str:
        """What to try when the loss has exploded."""
        return slower(self.settings)

    def state_dict(self) -> dict[str, Any]:
        """Weights, optimiser, and the place in the epoch."""
        return {
            "weights": [parameter.detach() for parameter in self._weights],
            "optimizer": self.optimizer.state_dict(),
            "order": self._order,
            "place": [self.num_steps, self._cursor, self._num_epochs],
        }

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state_dict` gave."""
        for parameter, value in zip(self._weights, state["weights"], strict=True):
            parameter.copy_(value)
        self.optimizer.load_state_dict(state["optimizer"])
        self.optimizer.zero_grad()  # the gradients belong to another step
        if not 0 <= state["order"].min() <= state["order"].max() < NUM_TRAIN:
            raise IndexError("the order names a crop that is not there")
        self._order = state["order"]
        self.num_steps, self._cursor, self._num_epochs = state["place"]
        update_optimizer(self.optimizer, self.settings, self.num_steps)

    def parameters(self) -> list[Tensor]:
        """Kernels of each layer, and the last one's bias."""
        return list(self.model.parameters())

    def networks(self) -> dict[str, Network]:
        """The one network, with the first crops of the epoch."""
        rows = self._order[: self.settings.batch_size].to(self.device)
        return {"network": Network(self.model, (self._x[rows],), ("B C H W",))}

    # ---- watching ----------------------------------------------------------------------------------------------

    @torch.no_grad()
    def observe(self) -> ConvolutionObservation:
        """The shown test crop before and after, and the kernels as they are now."""
        chosen = slice(self.settings.shown - 1, self.settings.shown)
        x, wanted = self._test_x[chosen], self._test_y[chosen]
        output = self.model(x)
        is_signed = abs(self.kernel.sum().item()) < 1e-3 * self.kernel.abs().sum().item()
        spread = self._test_y.abs().flatten().quantile(0.99).item() if is_signed else 0.5
        last = self.model.convolutions[-1]
        return ConvolutionObservation(
            filter=self.settings.filter,
            picture=array(x[0, 0]),
            wanted=array(wanted[0, 0]),
            output=array(output[0, 0]),
            error=array((output - self._wanted(wanted, output))[0, 0]),
            first_centre=self.model.first_centre,
            stride=self.settings.stride,
            dilation=self.settings.dilation,
            padding=self.settings.padding,
            kernels=[array(layer.weight) for layer in self.model.convolutions],
            bias=0.0 if last.bias is None else last.bias.item(),
            whole_kernel=array(self.model.whole_kernel()),
            wanted_kernel=array(self.kernel),
            reach=max(spread, 1e-6),
            is_signed=is_signed,
            kernel_error=self._kernel_error().item(),
            source=SOURCES[self.settings.picture],
        )


def _test_crops(margin: int) -> Float[Tensor, "N 1 W W"]:
    """Squares of the temple, always the same, with `margin` pixels around each; −0.5 black to 0.5 white."""
    return _cut("temple", torch.tensor(TEST_PLACES) - margin, margin)


def _train_crops(name: str, margin: int) -> Float[Tensor, "N 1 W W"]:
    """Squares cut out of a picture at random places; of the temple's photo, only where the temple is not."""
    picture = colour_picture(name)
    first, side = TEST_WIDTH if name == "temple" else 0, SIDE + 2 * margin
    tops = torch.randint(0, picture.shape[0] - side + 1, (NUM_TRAIN,))
    lefts = torch.randint(first, picture.shape[1] - side + 1, (NUM_TRAIN,))
    return _cut(name, torch.stack([tops, lefts], dim=1), margin)


def _cut(name: str, corners: Int[Tensor, "N 2"], margin: int) -> Float[Tensor, "N 1 W W"]:
    picture = torch.from_numpy(grey(colour_picture(name))) - 0.5
    across = torch.arange(SIDE + 2 * margin)
    rows, columns = corners[:, 0, None] + across, corners[:, 1, None] + across
    return picture[rows[:, :, None], columns[:, None, :]][:, None]  # (N, 1, W, W)


def _centred(kernel: Float[Tensor, "K K"], size: int) -> Float[Tensor, "size size"]:
    """A kernel with zeros around it; the middle of an even one is left of its centre, as in the stack."""
    before = (size - 1) // 2 - (len(kernel) - 1) // 2
    after = size - len(kernel) - before
    return F.pad(kernel, (before, after, before, after))


EXPERIMENT: Final = ConvolutionExperiment
SETTINGS: Final = ConvolutionSettings
