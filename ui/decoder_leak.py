"""The leak test on a page of sequences: which answers depend on which tokens, and two networks on pure noise."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import streamlit as st

from data.dataset import DataError
from experiments.leak_noise import LABELS, LENGTH, STEPS, noise_entrants, noise_floors
from experiments.leak_test import MAX_TOKENS, Leak, all_leaks
from experiments.prompts import Prompt, first_prompt, read_prompt, takes_prompts
from figures.curves import Level
from figures.decoder_leak import LeakTables, leak_scene
from training.run import Run
from ui.live import live_canvas
from ui.race import race_panel
from ui.words import plain, written

MOST_LETTERS: Final = 200
VOCABULARIES: Final = (4, 16, 50)
HEIGHT: Final = 0.8  # of the window
NOW: Final = "this network"


def leak_test(slug: str, run: Run) -> None:
    """Which answers of the network depend on later tokens, beside four others; then two networks on noise.

    Args:
        slug: of the page.
        run: whose network is tested.
    """
    if not run.look(takes_prompts):
        st.caption("This task reads numbers: choose one that reads symbols to replace them one by one.")
        return
    st.markdown(
        "**Does it see what it is to predict?** Replace one token and look which logits move: those before it must not "
        "move at all. Or ask the gradient: what an answer owes to a later token must be exactly 0. Rows answer, "
        "columns are read, and above the stairs lies the future."
    )
    given = run.look(partial(first_prompt, most=MAX_TOKENS - 2))
    text = st.text_input("Tokens to try", value=given, max_chars=MOST_LETTERS, key=f"{slug}_leak_prompt")
    try:
        prompt, leaks = run.look(partial(_tested, text=text))
    except DataError as error:
        st.info(plain(error))
        return
    tables = [LeakTables(one.label, one.moved, one.slopes) for one in leaks]
    key = f"{slug}_leak_token"
    chosen = min(int(st.session_state.get(key, len(prompt.ids) // 2)), len(prompt.ids) - 1)

    def choose(event: dict[str, Any]) -> None:
        st.session_state[key] = int(event["token"])

    live_canvas(leak_scene(tables, prompt.names, chosen), key=f"{slug}_leak_tables", height=HEIGHT, on_event=choose)
    st.caption(
        "The more a cell stands out, the larger its number (by the square root); a written 0 is exactly 0. The other "
        "four have not learnt anything: what leaks is how they are wired."
    )
    st.markdown(sentence(leaks, prompt.names, chosen))
    _noise(slug)


def _tested(experiment: Any, text: str) -> tuple[Prompt, Sequence[Leak]]:
    """The prompt in tokens, and the test on the network of the run and on the others."""
    most = min(MAX_TOKENS, getattr(experiment.model, "max_len", MAX_TOKENS))
    prompt = read_prompt(experiment, text, most)
    return prompt, all_leaks(NOW, experiment.model, prompt.ids, len(experiment.task.symbols))


def sentence(leaks: Sequence[Leak], names: Sequence[str], chosen: int) -> str:
    """What happens to each network when one token is replaced, in words."""
    told: dict[str, list[str]] = {}  # networks that do the same share a sentence
    for leak in leaks:
        told.setdefault(_moves(leak, chosen), []).append(f"**{leak.label}**")
    parts = [f"{', '.join(labels)}: {words}" for words, labels in told.items()]
    return f"Token {chosen + 1}, **{plain(names[chosen])}**, is replaced. {'. '.join(parts)}."


def _moves(leak: Leak, chosen: int) -> str:
    """What moves in one network when one token is replaced."""
    if not leak.is_known:
        return "no numbers any more"
    column = leak.moved[:, chosen]
    late, early = np.count_nonzero(column[chosen:]), np.count_nonzero(column[:chosen])
    words = f"{late} of {len(column) - chosen} answers from there on move"
    if not early:
        return f"{words}, and none of the {chosen} before it"
    most = written(float(column[:chosen].max()), ".2g")
    return f"{words}, and **{early} of the {chosen} before it**, by up to {most}"


@st.fragment
def _noise(slug: str) -> None:
    """Both decoders learn tokens drawn at random, which cannot be learnt."""
    st.markdown(
        "**A loss that cannot be.** Both decoders read tokens drawn evenly at random. Whoever does not see the future "
        "can do no better than ln V; the lecture's network, whose second attention is not masked, copies its answers."
    )
    label = "Different tokens of the noise (V)"
    num_symbols = st.segmented_control(label, VOCABULARIES, default=16, key=f"{slug}_noise_symbols", required=True)
    fair, cheat = noise_floors(num_symbols)
    levels = [Level(f"ln {num_symbols} = {fair:.2f}", fair), Level(f"ln {num_symbols} / {LENGTH} = {cheat:.2f}", cheat)]
    race = race_panel(
        slug,
        "noise",
        lambda: noise_entrants(num_symbols),
        steps=STEPS,
        watched=("loss",),
        label="Train both on noise",
        levels={"loss": levels},
    )
    if race is None:
        return
    causal, leaky = (columns.last("loss") for columns in race.histories)
    fair, cheat = noise_floors(race.runs[0].settings.num_symbols)  # whatever was chosen since
    names = list(LABELS.values())
    st.markdown(
        f"After {race.num_steps:,} steps **{names[0]}** stands at {causal:.2f} nats, where ln V is {fair:.2f}: there "
        f"was nothing to learn. **{names[1]}** stands at {leaky:.2f}: it has learnt to look one place ahead. What is "
        f"left is the last of {LENGTH} places, whose answer is not among the tokens read: ln V / {LENGTH} = "
        f"{cheat:.2f}. When it writes, there is no next token to copy, and nothing of this is of use."
    )
