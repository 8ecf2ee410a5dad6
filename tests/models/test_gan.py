import itertools
import math

import pytest
import torch
from torch import nn

from experiments.gan_gradients import Chain
from experiments.gan_losses import (
    discriminator_loss,
    discriminator_slope,
    generator_loss,
    generator_slope,
    wanted,
)
from models.gan import ConvDiscriminator, ConvGenerator, Discriminator, Generator

LOSSES = ("non-saturating", "minimax", "least squares", "hinge", "WGAN", "WGAN-GP")


def reference(inputs, widths, outputs, bend, last):
    """The same layers, written down again."""
    sizes = (inputs, *widths, outputs)
    layers = []
    for number, (a, b) in enumerate(itertools.pairwise(sizes)):
        layers += [nn.Linear(a, b), last() if number == len(sizes) - 2 else bend()]
    return nn.Sequential(*layers)


def shapes(module):
    return {name: tuple(value.shape) for name, value in module.state_dict().items()}


def test_the_lectures_networks_have_the_lectures_layers():
    generator, discriminator = Generator(), Discriminator()
    theirs = reference(64, (128, 256), 784, nn.ReLU, nn.Tanh)
    judge = reference(784, (256, 128), 1, lambda: nn.LeakyReLU(0.2), nn.Sigmoid)
    assert shapes(generator.model) == shapes(theirs)
    assert shapes(discriminator.model) == shapes(judge)
    assert [type(layer) for layer in generator.model] == [type(layer) for layer in theirs]
    assert [type(layer) for layer in discriminator.model] == [type(layer) for layer in judge]
    assert sum(p.numel() for p in generator.parameters()) == 64 * 128 + 128 + 128 * 256 + 256 + 256 * 784 + 784


def test_with_the_same_weights_they_say_the_same():
    generator, theirs = Generator(), reference(64, (128, 256), 784, nn.ReLU, nn.Tanh)
    theirs.load_state_dict(generator.model.state_dict())
    discriminator, judge = Discriminator(), reference(784, (256, 128), 1, lambda: nn.LeakyReLU(0.2), nn.Sigmoid)
    judge.load_state_dict(discriminator.model.state_dict())
    z = torch.randn(5, 64)
    torch.testing.assert_close(generator(z), theirs(z))
    torch.testing.assert_close(discriminator(generator(z)), judge(theirs(z)))


def test_logits_are_what_the_sigmoid_is_taken_of():
    chance, logit = Discriminator(2, widths=(8,)), Discriminator(2, widths=(8,), is_logits=True)
    logit.model.load_state_dict(chance.model.state_dict())
    x = torch.randn(6, 2)
    torch.testing.assert_close(logit(x).sigmoid(), chance(x))


@pytest.mark.parametrize("widths", [(), (3,), (4, 5, 6)])
def test_widths_can_be_chosen(widths):
    assert Generator(2, 2, widths=widths)(torch.randn(4, 2)).shape == (4, 2)
    assert Discriminator(2, widths=widths)(torch.randn(4, 2)).shape == (4, 1)


def test_what_is_forged_lies_within_the_range_of_real_examples():
    assert Generator(2, 2)(100 * torch.randn(50, 2)).abs().max() <= 1
    assert ConvGenerator(8)(100 * torch.randn(5, 8)).abs().max() <= 1


def test_the_convolutional_pair_makes_and_judges_pictures_of_28():
    fakes = ConvGenerator(16, channels=4)(torch.randn(3, 16))
    assert fakes.shape == (3, 784)
    said = ConvDiscriminator(channels=4)(fakes)
    assert said.shape == (3, 1)
    assert ((said > 0) & (said < 1)).all()


def test_a_convolutional_discriminator_knows_neighbours():
    """It has far fewer weights than the dense one, because they are the same at every place."""
    dense, convolutional = Discriminator(), ConvDiscriminator()
    sizes = [sum(parameter.numel() for parameter in network.parameters()) for network in (dense, convolutional)]
    assert sizes[1] < sizes[0] / 5


@pytest.mark.parametrize("is_convolutional", [False, True])
def test_spectral_norm_keeps_every_layer_from_stretching(is_convolutional):
    told = {"is_logits": True, "has_spectral_norm": True}
    network = ConvDiscriminator(channels=4, **told) if is_convolutional else Discriminator(2, widths=(16, 16), **told)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(20)
    x = torch.randn(64, 784 if is_convolutional else 2)
    for _ in range(60):  # each pass measures the stretch a little better
        network(x)
    network.eval()
    for layer in network.model:
        if isinstance(layer, nn.Linear | nn.Conv2d):
            stretch = torch.linalg.matrix_norm(layer.weight.detach().flatten(1), ord=2)
            assert stretch.item() == pytest.approx(1, abs=0.02)
    if not is_convolutional:
        a, b = torch.randn(2, 200, 2)
        assert ((network(a) - network(b)).abs()[:, 0] <= 1.02 * (a - b).norm(dim=1)).all()


# ---- losses, each by hand ------------------------------------------------------------------------------------------

REAL, FAKE = 0.8, -0.5


def scores():
    return torch.tensor([[REAL], [FAKE]])


def labels(smoothing=0.0):
    return wanted(2, smoothing, torch.device("cpu"))


def softplus(value):
    return math.log(1 + math.exp(value))


@pytest.mark.parametrize(
    ("name", "discriminators", "generators"),
    [
        ("non-saturating", (softplus(-REAL) + softplus(FAKE)) / 2, softplus(-FAKE)),
        ("minimax", (softplus(-REAL) + softplus(FAKE)) / 2, -softplus(FAKE)),
        ("least squares", ((REAL - 1) ** 2 + FAKE**2) / 2, (FAKE - 1) ** 2 / 2),
        ("hinge", (1 - REAL) + (1 + FAKE), -FAKE),
        ("WGAN", FAKE - REAL, -FAKE),
        ("WGAN-GP", FAKE - REAL, -FAKE),
    ],
)
def test_one_number_of_each_loss(name, discriminators, generators):
    assert discriminator_loss(name, scores(), labels()).item() == pytest.approx(discriminators, abs=1e-6)
    assert generator_loss(name, scores()[1:]).item() == pytest.approx(generators, abs=1e-6)


def test_the_discriminators_loss_is_the_lectures():
    many = torch.randn(10, 1)
    chance = many.sigmoid()
    theirs = (nn.BCELoss()(chance[:5], torch.ones(5, 1)) + nn.BCELoss()(chance[5:], torch.zeros(5, 1))) / 2
    ours = discriminator_loss("non-saturating", many, wanted(10, 0.0, many.device))
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(
        generator_loss("non-saturating", many), nn.BCELoss()(chance, torch.ones(10, 1)), rtol=1e-5, atol=1e-6
    )


def test_label_smoothing_asks_for_less_than_one():
    """The best score of a real example is then that of its label, ln(0.9 / 0.1)."""
    score = torch.tensor([[math.log(9)], [-30.0]])
    assert discriminator_slope("non-saturating", score, labels(0.1))[0].item() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_slopes_are_those_of_the_losses(name):
    given = torch.randn(8, 1, dtype=torch.float64, requires_grad=True)
    told = wanted(8, 0.0, given.device).double()
    for loss, slope in (
        (discriminator_loss(name, given, told), discriminator_slope(name, given.detach(), told)),
        (generator_loss(name, given), generator_slope(name, given.detach())),
    ):
        torch.testing.assert_close(slope, torch.autograd.grad(loss, given)[0])


@pytest.mark.parametrize("chance", [0.5, 0.1, 1e-3, 1e-6])
def test_minimax_starves_where_the_discriminator_is_sure(chance):
    """At D(fake) = ε the slope of ln(1 − D) at the score is −ε, that of −ln D is ε − 1."""
    score = torch.tensor([[math.log(chance / (1 - chance))]], dtype=torch.float64)
    assert generator_slope("minimax", score).item() == pytest.approx(-chance)
    assert generator_slope("non-saturating", score).item() == pytest.approx(chance - 1)


# ---- gradients written out -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("widths", [(), (7,), (9, 5, 3)])
def test_gradients_written_out_are_those_of_autograd(widths):
    generator = Generator(3, 2, widths=widths).double()
    discriminator = Discriminator(2, widths=widths, is_logits=True).double()
    z = torch.randn(11, 3, dtype=torch.float64)
    makes, judges = Chain(generator.model), Chain(discriminator.model)
    made = makes.forward(z)
    judged = judges.forward(made[-1])
    slope = generator_slope("non-saturating", judged[-1])
    loss = generator_loss("non-saturating", discriminator(generator(z)))
    theirs = torch.autograd.grad(loss, [*generator.parameters(), *discriminator.parameters()])
    ours = makes.weight_gradients(made, judges.input_gradient(judged, slope)) + judges.weight_gradients(judged, slope)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other)


def test_a_chain_sees_what_an_optimiser_does():
    network = Generator(2, 2, widths=(4,))
    chain, z = Chain(network.model), torch.randn(3, 2)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1.5)
    torch.testing.assert_close(chain.forward(z)[-1], network(z).detach())
