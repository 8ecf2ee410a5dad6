"""The lessons of the page `lstm`, the failure museum among them."""

from typing import Final

from training.lessons import Failure, Lesson, Trial

_MEMORY: Final = {"task": "memory", "learning_rate": 0.02}

LESSONS: Final = (
    Lesson(
        slug="lag",
        title="A lag that plain units cannot bridge",
        question="Which letter came first? It is asked 20 steps later. Which cell learns to keep it in 300 steps?",
        choices=("Both", "The LSTM only", "The plain RNN only"),
        answer=1,
        trials=(
            Trial("plain RNN", {**_MEMORY, "seq_len": 20, "cell": "rnn"}),
            Trial("LSTM, forget bias 3", {**_MEMORY, "seq_len": 20, "forget_bias": 3.0}),
        ),
        steps=300,
        holds=lambda n: n[0]["test_accuracy"] < 0.6 and n[1]["test_accuracy"] > 0.9,
        explanation=(
            "The plain network is right in {0[test_accuracy]:.0%} of the cases, where guessing a letter gives 12 %: on "
            "the way back over 20 steps the gradient fades before it reaches the letter. The LSTM, whose gates begin "
            "open, has {1[test_accuracy]:.0%}: look at *Gradient and lag* for both."
        ),
        watched=("test_loss", "test_accuracy"),
        curve="test_accuracy",
        then="Does a GRU, which has two gates and no forget bias to set, bridge it too?",
        change=Trial("GRU", {**_MEMORY, "seq_len": 20, "cell": "gru"}),
    ),
    Lesson(
        slug="forget-bias",
        title="The forget bias decides which lag can be learnt",
        question="A lag of 15, an LSTM. The forget gate's first bias is 0, 1 or 3. How does that matter?",
        choices=(
            "Hardly, it is learnt anyway",
            "0 is best: nothing is prejudged",
            "The higher the sooner it is learnt",
        ),
        answer=2,
        trials=(
            Trial("bias 0", {**_MEMORY, "seq_len": 15, "forget_bias": 0.0}),
            Trial("bias 1", {**_MEMORY, "seq_len": 15, "forget_bias": 1.0}),
            Trial("bias 3", {**_MEMORY, "seq_len": 15, "forget_bias": 3.0}),
        ),
        steps=250,
        holds=lambda n: (
            n[0]["test_loss"] > 1.8 and n[2]["test_accuracy"] > 0.95 and n[2]["test_loss"] < n[1]["test_loss"]
        ),
        explanation=(
            "A fresh gate lets about σ(b) of the memory through at each step, σ(b)¹⁵ over the lag: a thirty-thousandth "
            "for b = 0, a hundredth for b = 1, a half for b = 3. The runs ended at {0[test_accuracy]:.0%}, "
            "{1[test_accuracy]:.0%} and {2[test_accuracy]:.0%}. The usual bias of 1 helps here, and 3 helps more: it "
            "should grow with the lag."
        ),
        watched=("test_loss", "test_accuracy"),
        curve="test_accuracy",
        then="Will a bias of 3 still do at a lag of 60?",
        change=Trial("bias 3, lag 60", {**_MEMORY, "seq_len": 60, "forget_bias": 3.0}),
    ),
    Lesson(
        slug="saturated",
        title="Saturated gates",
        question="Counting brackets with Adam at a learning rate of 1. What happens to the gates?",
        choices=(
            "They stay near one half",
            "Most end at 0 or 1 and learning stops",
            "They are not touched by the rate",
        ),
        answer=1,
        trials=(
            Trial("rate 1", {"task": "parentheses", "learning_rate": 1.0}),
            Trial("rate 0.01", {"task": "parentheses", "learning_rate": 0.01}),
        ),
        steps=300,
        holds=lambda n: n[0]["test_loss"] > 0.5 and n[0]["most_saturated_share"] > 0.5 and n[1]["test_loss"] < 0.2,
        explanation=(
            "The first huge steps push the sums of the gates far out, where σ is flat: {0[most_saturated_share]:.0%} "
            "of their values lie within 0.01 of 0 or 1, and no gradient passes there. The loss stays at "
            "{0[test_loss]:.2f}; with a rate of 0.01, {1[most_saturated_share]:.0%} are that far out, and it is "
            "{1[test_loss]:.3f}."
        ),
        watched=("test_loss", "test_accuracy", "most_saturated_share"),
        curve="test_loss",
        failure=Failure(
            symptom="The loss falls a little, then stays; the maps of the gates hold the two end colours only.",
            diagnosis="The sums of the gates lie far out, where σ is flat, and no gradient brings them back.",
            remedy="Start again with a lower rate; a warm-up or clipped gradients help too.",
        ),
    ),
    Lesson(
        slug="wiped",
        title="A memory that is wiped at each step",
        question="A forget bias of −6: the gate starts at 0.002. Lag 10. What does the LSTM make of the memory task?",
        choices=("It learns to open the gate soon", "It learns, only later", "It guesses"),
        answer=2,
        trials=(
            Trial("forget bias −6", {**_MEMORY, "seq_len": 10, "forget_bias": -6.0}),
            Trial("forget bias 3", {**_MEMORY, "seq_len": 10, "forget_bias": 3.0}),
        ),
        steps=250,
        holds=lambda n: n[0]["test_accuracy"] < 0.4 and n[1]["test_accuracy"] > 0.95,
        explanation=(
            "At each step 0.2 % of the memory is left, and of the gradient too, so nothing asks the gate to open: "
            "{0[test_accuracy]:.0%}, where guessing gives 12 %. With a bias of 3 it is {1[test_accuracy]:.0%}."
        ),
        watched=("test_loss", "test_accuracy"),
        curve="test_accuracy",
        failure=Failure(
            symptom="The loss stays at that of guessing; the map of the forget gate is nearly 0 everywhere.",
            diagnosis="A closed forget gate stops the memory on its way on and the gradient on its way back.",
            remedy="Start with an open gate: a forget bias of 1 or more, higher for longer lags.",
        ),
    ),
)
