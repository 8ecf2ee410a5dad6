"""The lessons of the page `vae`, the failure museum among them."""

from typing import Any, Final

from training.lessons import Failure, Lesson, Trial

_WIDE: Final[dict[str, Any]] = {"latent_dim": 16}

LESSONS: Final = (
    Lesson(
        slug="no-pull",
        title="Copies are not inventions",
        question=(
            "With β = 0 nothing pulls the codes towards N(0, 1). What becomes of the copies, and of samples decoded "
            "from N(0, 1)?"
        ),
        choices=(
            "Both get better: one task instead of two",
            "The copies get better, the samples become grey noise",
            "Nothing changes: the pull is a detail",
        ),
        answer=1,
        trials=(Trial("β = 0", {**_WIDE, "beta": 0.0}), Trial("β = 1", {**_WIDE, "beta": 1.0})),
        steps=600,
        holds=lambda n: (
            n[0]["test_reconstruction"] < n[1]["test_reconstruction"] - 5
            and n[0]["sample_haze"] > 1.4
            and n[1]["sample_haze"] < 1.25
        ),
        explanation=(
            "Without the pull a copy costs {0[test_reconstruction]:.0f} nats, with it {1[test_reconstruction]:.0f}: "
            "it is an autoencoder, and the better copier. But its codes lie anywhere, and what is drawn from N(0, 1) "
            "lands between them: its samples are {0[sample_haze]:.1f} times as grey as its copies. With β = 1 it is "
            "{1[sample_haze]:.1f} times."
        ),
        watched=("test_reconstruction", "test_kl", "sample_haze"),
        curve="sample_haze",
        then="And if there is no doubt at all, in a plain autoencoder?",
        change=Trial("autoencoder", {**_WIDE, "model": "autoencoder"}),
    ),
    Lesson(
        slug="collapse",
        title="The code that says nothing",
        question="β = 30 pulls thirty times as hard. How many of the two latent units still tell inputs apart?",
        choices=("Two", "One", "None: every input gets the same cloud"),
        answer=2,
        trials=(Trial("β = 30", {"beta": 30.0}), Trial("β = 1", {"beta": 1.0})),
        steps=400,
        holds=lambda n: (
            n[0]["active_units"] == 0
            and n[0]["test_kl"] < 0.1
            and n[1]["active_units"] == 2
            and n[1]["test_reconstruction"] < n[0]["test_reconstruction"] - 20
        ),
        explanation=(
            "With β = 30, {0[active_units]:.0f} units are used and the divergence is {0[test_kl]:.2f} nats: the "
            "cheapest cloud is N(0, 1) itself, for every input. The decoder paints the mean picture, at "
            "{0[test_reconstruction]:.0f} nats. With β = 1 both units are used, and a copy costs "
            "{1[test_reconstruction]:.0f}."
        ),
        watched=("active_units", "test_kl", "test_reconstruction"),
        curve="test_kl",
        failure=Failure(
            symptom="All copies and all samples look alike, and the divergence is 0.",
            diagnosis="The pull is worth more than what the code saves in the reconstruction (posterior collapse).",
            remedy="Lower β, let it rise slowly, or leave some nats of each unit free.",
        ),
    ),
    Lesson(
        slug="mean",
        title="A mean that multiplies β",
        question=(
            "β is 1, but the reconstruction loss is averaged over the 784 pixels, as loss functions do by default. "
            "What happens?"
        ),
        choices=("It collapses, as with β = 784", "Nothing: a factor does not matter", "It learns more slowly"),
        answer=0,
        trials=(
            Trial("mean, β = 1", {"reduction": "mean", "beta": 1.0}),
            Trial("mean, β = 0.001", {"reduction": "mean", "beta": 0.001}),
        ),
        steps=400,
        holds=lambda n: n[0]["active_units"] == 0 and n[1]["active_units"] == 2 and n[1]["test_kl"] > 2,
        explanation=(
            "Over 784 pixels the mean is 784 times smaller than the sum, the divergence stays as it was: what counts "
            "is β times 784. With β = 1 {0[active_units]:.0f} units are used; with β = 0.001, which is 0.78 in effect, "
            "{1[active_units]:.0f}. That is why published weights such as 0.00025 look so odd."
        ),
        watched=("active_units", "test_kl", "test_reconstruction"),
        curve="test_kl",
        failure=Failure(
            symptom="With β = 1, straight from the paper, the network collapses.",
            diagnosis="The reconstruction is a mean over the pixels, so the effective β is 784.",
            remedy="Sum over the pixels, or divide β by their number.",
        ),
    ),
    Lesson(
        slug="sign",
        title="The lecture's sign",
        question="The lecture adds ½ Σ(1 + ln σ² − μ² − σ²) to the loss. What does that train?",
        choices=("The same with another sign: nothing changes", "A collapsed network", "The loss falls without end"),
        answer=2,
        trials=(
            Trial("the lecture's sign", {"sign": "the lecture's slip"}),
            Trial("the right sign", {"sign": "right"}),
        ),
        steps=400,
        holds=lambda n: (
            n[0]["has_failed"] == 1 and not n[0]["test_loss"] > 0 and n[1]["has_failed"] == 0 and n[1]["test_loss"] > 0
        ),
        explanation=(
            "That sum is minus the divergence, so it is paid for clouds that lie far away and are wide: σ² grows as an "
            "exponential of what the network says. The run was stopped at step {0[step]:.0f}, at a loss of "
            "{0[loss]:.1e}. With the right sign the loss is {1[test_loss]:.0f}."
        ),
        watched=("loss", "test_kl", "step"),
        curve="loss",
        failure=Failure(
            symptom="The loss falls below 0 and on to −∞, while the copies get worse.",
            diagnosis="The divergence is never below 0; with a minus before it, the larger it is the better.",
            remedy="Subtract the sum: −½ Σ(1 + ln σ² − μ² − σ²).",
        ),
    ),
    Lesson(
        slug="units",
        title="Two numbers or thirty-two",
        question="A digit has 784 pixels. Is a copy from 32 latent units better than one from 2, at the same β = 1?",
        choices=("Clearly better", "Not better: two say it all", "Worse: more to pull"),
        answer=0,
        trials=(Trial("2 units", {"latent_dim": 2}), Trial("32 units", {"latent_dim": 32})),
        steps=1000,
        holds=lambda n: (
            n[1]["test_reconstruction"] < n[0]["test_reconstruction"] - 15 and n[1]["test_kl"] > n[0]["test_kl"] + 3
        ),
        explanation=(
            "With 2 units a copy costs {0[test_reconstruction]:.0f} nats and the code carries {0[test_kl]:.1f}; with "
            "32 it costs {1[test_reconstruction]:.0f} and carries {1[test_kl]:.1f}. Two units can be seen at a glance, "
            "and have no room for slant, stroke and style."
        ),
        watched=("test_reconstruction", "test_kl", "test_loss", "active_units"),
        curve="test_loss",
    ),
)
