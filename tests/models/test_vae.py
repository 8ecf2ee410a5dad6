"""The lecture's network, restated word for word, and what a variational autoencoder promises."""

import math

import pytest
import torch
from torch import nn
from torch.distributions import Normal, kl_divergence

from models.vae import VAE, divergence


class Lecture(nn.Module):
    """784-256-128-64 and back, with a sigmoid at the end."""

    def __init__(self, input_dim=784, latent_dim=64):
        super().__init__()
        self.fc1 = nn.Linear(input_dim, 256)
        self.fc2 = nn.Linear(256, 128)
        self.fc_mu = nn.Linear(128, latent_dim)
        self.fc_logvar = nn.Linear(128, latent_dim)
        self.fc3 = nn.Linear(latent_dim, 128)
        self.fc4 = nn.Linear(128, 256)
        self.fc5 = nn.Linear(256, input_dim)

    def forward(self, x):
        h = self.fc2(self.fc1(x.view(x.size(0), -1)).clamp(min=0)).clamp(min=0)
        mu, logvar = self.fc_mu(h), self.fc_logvar(h)
        z = mu + torch.randn_like(mu) * torch.exp(logvar / 2)
        h = self.fc4(self.fc3(z).clamp(min=0)).clamp(min=0)
        return torch.sigmoid(self.fc5(h)), mu, logvar


def test_it_is_the_lectures_network():
    ours, theirs = VAE(), Lecture()
    theirs.load_state_dict(ours.state_dict())  # the same names and shapes, or this raises
    x = torch.rand(5, 1, 28, 28)
    torch.manual_seed(1)
    wanted = theirs(x)
    torch.manual_seed(1)
    for one, other in zip(ours(x), wanted, strict=True):
        torch.testing.assert_close(one, other)


def test_the_same_seed_gives_the_lectures_first_weights():
    torch.manual_seed(0)
    ours = VAE(latent_dim=2)
    torch.manual_seed(0)
    theirs = Lecture(latent_dim=2)
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(one, other)


def test_its_parameters_counted_by_hand():
    encoder = (784 * 256 + 256) + (256 * 128 + 128) + 2 * (128 * 64 + 64)
    decoder = (64 * 128 + 128) + (128 * 256 + 256) + (256 * 784 + 784)
    assert sum(weight.numel() for weight in VAE().parameters()) == encoder + decoder == 493_200


def test_the_divergence_of_one_number_by_hand():
    """μ = 1 and σ = 2: ½ (1 + 4 − 1 − ln 4)."""
    found = divergence(torch.tensor([[1.0]]), torch.tensor([[math.log(4)]]))
    assert found.item() == pytest.approx(0.5 * (1 + 4 - 1 - math.log(4)))
    assert found.item() == pytest.approx(1.306853, abs=1e-6)


def test_the_divergence_is_that_of_torch_and_never_below_zero():
    mu, logvar = torch.randn(200, 3), 2 * torch.randn(200, 3)
    wanted = kl_divergence(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0))
    found = divergence(mu, logvar)
    torch.testing.assert_close(found, wanted)
    assert found.min() >= 0
    assert divergence(torch.zeros(1, 2), torch.zeros(1, 2)).abs().max() == 0


def test_its_gradient_by_hand():
    """∂KL/∂μ = μ, and ∂KL/∂ ln σ² = ½ (σ² − 1)."""
    mu, logvar = torch.tensor([[0.7]], requires_grad=True), torch.tensor([[-0.4]], requires_grad=True)
    divergence(mu, logvar).sum().backward()
    assert mu.grad.item() == pytest.approx(0.7)
    assert logvar.grad.item() == pytest.approx(0.5 * (math.exp(-0.4) - 1))


def test_draws_have_the_mean_and_the_width_that_were_said():
    torch.manual_seed(0)
    mu, logvar = torch.tensor([[2.0, -1.0]]).expand(40_000, 2), torch.tensor([[0.0, -2.0]]).expand(40_000, 2)
    z = VAE(4, 2).reparameterize(mu, logvar)
    torch.testing.assert_close(z.mean(0), mu[0], atol=0.03, rtol=0)
    torch.testing.assert_close(z.std(0), (logvar[0] / 2).exp(), atol=0.02, rtol=0)


def test_the_dice_let_the_gradient_through():
    mu, logvar = torch.zeros(3, 2, requires_grad=True), torch.zeros(3, 2, requires_grad=True)
    z = VAE(4, 2).reparameterize(mu, logvar)
    z.sum().backward()
    torch.testing.assert_close(mu.grad, torch.ones(3, 2))
    torch.testing.assert_close(logvar.grad, z.detach() / 2)  # z = ε here, and ∂z/∂ ln σ² = ½ σ ε


@pytest.mark.parametrize(("channels", "side"), [(1, 28), (3, 32), (1, 4)])
@pytest.mark.parametrize("is_variational", [False, True])
@pytest.mark.parametrize("is_convolutional", [False, True])
def test_shapes_and_ranges(channels, side, is_variational, is_convolutional):
    size = channels * side**2
    network = VAE(size, 5, num_channels=channels, is_convolutional=is_convolutional, is_variational=is_variational)
    copies, mu, logvar = network(torch.rand(3, channels, side, side))
    assert copies.shape == (3, size)
    assert mu.shape == logvar.shape == (3, 5)
    assert 0 <= copies.min() <= copies.max() <= 1
    assert is_variational == bool(logvar.isfinite().all())
    torch.testing.assert_close(network.decode(mu), torch.sigmoid(network.logits(mu)))


def test_a_plain_autoencoder_throws_no_dice():
    network = VAE(16, 3, is_variational=False)
    mu, logvar = network.encode(torch.rand(4, 16))
    assert torch.equal(network.reparameterize(mu, logvar), mu)
    assert network.fc_logvar is None


def test_points_come_out_as_they_are():
    network = VAE(2, 2, has_sigmoid=False)
    z = 10 * torch.randn(50, 2)
    assert torch.equal(network.decode(z), network.logits(z))
    assert network.decode(z).min() < 0


def test_convolutions_of_a_side_that_cannot_be_halved_twice_are_refused():
    with pytest.raises(ValueError, match="no square with a side 4 divides"):
        VAE(30 * 30, 2, is_convolutional=True)
