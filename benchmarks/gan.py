"""The lecture's adversarial network on digits, and a small one on the plane, against plain loops."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Final

import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from benchmarks.recurrent import fastest
from benchmarks.rows import Row, at_least, told
from data.images import load_images
from data.vision import load_torchvision
from experiments.gan import GANExperiment
from experiments.gan_settings import GANSettings
from models.gan import Discriminator, Generator
from training.memory import keep_memory

RATE: Final = 2e-4
BATCH_SIZE: Final = 128
BLOCK: Final = 100  # small steps that are timed together
PLAIN_AGAINST_BROWSER: Final = 1560 / 670  # steps a second of the plain loop and of TensorFlow.js on one machine
DIGITS: Final = "digits, batches of 128, 64-128-256-784 and 784-256-128-1; the fastest steps"
PLANE: Final = "2-16-16-2 and 2-16-1, batches of 150, plain SGD, one step of each; the fastest hundred"
BROWSER: Final = (
    "the row above times 2.3, by which the plain loop beat the same networks in TensorFlow.js 4.22 (wasm, SIMD): 1,560 "
    "against 670 steps a second. That was measured once, elsewhere on a two-core machine, and is not measured here"
)


class LecturePictures(Dataset[tuple[Tensor, int]]):
    """Digits as torchvision hands them out: one at a time, each made a picture, then a tensor, then scaled."""

    def __init__(self) -> None:
        """Takes the digits that come with the app, and the lecture's transforms."""
        transforms = load_torchvision("torchvision.transforms")
        self.images = load_images("digits")
        self.transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize([0.5], [0.5])])

    def __len__(self) -> int:
        """As many as there are for training."""
        return self.images.num_train

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        """One picture and its class."""
        picture = Image.fromarray(self.images.x[index, 0].numpy())
        return self.transform(picture), int(self.images.y[index])


def lecture_loop(
    generator: nn.Module, judge: nn.Module, batches: Iterable[Any], make: Any, num_noise: int
) -> Iterator[None]:
    """The lecture's loop, one step at a time; `batches` are gone through again and again."""
    criterion, total = nn.BCELoss(), 0.0
    first, second = make(judge.parameters()), make(generator.parameters())
    while True:
        for examples, _ in batches:
            real = examples.view(examples.size(0), -1)
            fakes = generator(torch.randn(len(real), num_noise))
            real_labels, fake_labels = torch.ones(len(real), 1), torch.zeros(len(real), 1)
            loss = (criterion(judge(real), real_labels) + criterion(judge(fakes.detach()), fake_labels)) / 2
            first.zero_grad()
            loss.backward()
            first.step()
            fakes = generator(torch.randn(len(real), num_noise))
            other = criterion(judge(fakes), real_labels)
            second.zero_grad()
            other.backward()
            second.step()
            total += loss.item() + other.item()
            yield


def measure(*, is_quick: bool) -> list[Row]:
    """How many times as fast a step is here, on digits and on the plane."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    seconds = 6.0 if is_quick else 24.0
    return [*_digits(seconds), *_plane(seconds)]


def _digits(seconds: float) -> list[Row]:
    page = GANExperiment(GANSettings(data="digits", num_real=3000, learning_rate=RATE, momentum=0.9))
    ready = [(page.real[at : at + BATCH_SIZE], 0) for at in range(0, len(page.real) - BATCH_SIZE, BATCH_SIZE)]
    loader = DataLoader(LecturePictures(), batch_size=BATCH_SIZE, shuffle=True, drop_last=True)
    make = partial(torch.optim.Adam, lr=RATE)
    loops = [lecture_loop(Generator(), Discriminator(), batches, make, 64) for batches in (loader, ready)]
    plain, plain_ready = fastest([partial(next, loop) for loop in loops], seconds / 2)
    keep_memory()  # cannot be taken back: the plain loops come first
    before = torch.get_float32_matmul_precision()
    try:
        exact, fast = fastest([partial(_step, page, "highest"), partial(_step, page, "medium")], seconds / 2)
    finally:
        torch.set_float32_matmul_precision(before)
    return [
        at_least(1.8, "gan: page against lecture, digits", plain / min(exact, fast), "x", DIGITS),
        told("gan: the same, pictures ready", plain_ready / min(exact, fast), "x", "the lecture's without its loader"),
        told("gan: page's step, exact products", 1000 * exact, "ms", "one pass of the judge, gradients written out"),
        told("gan: page's step, medium products", 1000 * fast, "ms", "the same, matrix products in oneDNN"),
        told("gan: lecture's step", 1000 * plain, "ms", "DataLoader, transforms, .item(), Adam, BCELoss"),
        told("gan: lecture's step, pictures ready", 1000 * plain_ready, "ms", "the same without loader and transforms"),
    ]


def _plane(seconds: float) -> list[Row]:
    settings = GANSettings(
        generator_dims=(16, 16), discriminator_dims=(16,), batch_size=150, optimizer="sgd", learning_rate=0.03
    )
    page = GANExperiment(settings)
    networks = Generator(2, 2, widths=(16, 16)), Discriminator(2, widths=(16,))
    ready = [(page.real[torch.randint(len(page.real), (150,))], 0) for _ in range(50)]
    loop = lecture_loop(*networks, ready, partial(torch.optim.SGD, lr=0.03), 2)
    plain, ours = fastest([lambda: _block(partial(next, loop)), lambda: _block(page.step)], seconds)
    return [
        told("gan: page against plain loop, plane", plain / ours, "x", PLANE),
        at_least(3.5, "gan: page against TensorFlow.js, plane", PLAIN_AGAINST_BROWSER * plain / ours, "x", BROWSER),
        told("gan: page on the plane", BLOCK / ours, "steps/s", PLANE),
        told("gan: plain loop on the plane", BLOCK / plain, "steps/s", "batches ready, .item(), SGD, BCELoss"),
    ]


def _step(experiment: GANExperiment, precision: str) -> None:
    """A step whose matrix products are as exact as asked for."""
    torch.set_float32_matmul_precision(precision)
    experiment.step()


def _block(step: Any) -> None:
    for _ in range(BLOCK):
        step()
