"""The search for an answer on the page `transformer`: greedy, with a beam, and the best there is."""

from typing import Any, Final

import streamlit as st

from data.dataset import DataError
from data.pairs import END, SPECIAL
from experiments.transformer_search import MAX_LOOKS, MAX_WIDTH, Answer, Tree, beam_search, exact_search
from figures.attention_tokens import token_text
from figures.transformer_still import tree_still
from training.run import Run, Snapshot
from ui.knobs import IN_URL
from ui.still import mode, show
from ui.transformer_source import asked_source
from ui.words import plain, written

ALPHAS: Final = (0.0, 0.3, 0.6, 1.0)


def search_tab(run: Run, snapshot: Snapshot) -> None:
    """The tree of the beam, and the three answers in a table."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        text = asked_source(snapshot, "search")
        with st.container(width=200):
            width = int(st.slider("Beam k", 1, MAX_WIDTH, 3, key="transformer_beam", **IN_URL))
        with st.container(width=200):
            help = "Divides the sum of ln p by ((5 + n) / 6) to the power of α: long answers lose less."
            alpha = float(
                st.select_slider("Length penalty α", ALPHAS, 0.0, key="transformer_alpha", help=help, **IN_URL)
            )
        is_exact = st.toggle(
            "Exact", True, key="transformer_exact", help="Looks for the best of all answers.", **IN_URL
        )
    try:
        tree, answers = run.look(lambda experiment: _searched(experiment, text, width, alpha, is_exact))
    except DataError as error:
        st.error(plain(error))
        return
    picture, words = st.columns([7, 4], gap="large")
    with picture:
        show(tree_still(tree, mode()), key="transformer_tree")
    with words:
        st.markdown(_table(answers))
        if answers.get("exact", tree.answer) is None:
            st.markdown(
                f"The best of all was not found within {MAX_LOOKS} looks at the network: it is too unsure. Train on, "
                "or take a shorter source."
            )
        st.markdown(
            f"At each place {width} hypothes{'is is' if width == 1 else 'es are'} kept, the others are dropped "
            "(grey); the numbers beside the nodes are told when you point at them. **Greedy** keeps one and may miss a "
            "better answer that begins less well. **Exact** goes on with the most promising beginning until nothing "
            "can beat what has ended."
        )


def _searched(
    experiment: Any, text: str, width: int, alpha: float, is_exact: bool
) -> tuple[Tree, dict[str, Answer | None]]:
    """The tree of the beam, and the answers by name."""
    source = experiment.task.numbers(text)
    tree = beam_search(experiment, source, width, alpha)
    answers: dict[str, Answer | None] = {"greedy": beam_search(experiment, source, 1, alpha).answer}
    answers[f"beam of {width}"] = tree.answer
    if is_exact:
        answers["exact"] = exact_search(experiment, source, alpha)
    return tree, answers


def _table(answers: dict[str, Answer | None]) -> str:
    """The answers with their sums as a Markdown table."""
    lines = ["| | answer | Σ ln p | score | looks |", "|---|---|---:|---:|---:|"]
    for name, answer in answers.items():
        if answer is None:
            lines.append(f"| {name} | not found | | | {MAX_LOOKS} |")
            continue
        signs = plain(" ".join(token_text(sign) for sign in answer.signs))
        signs += "" if answer.signs[-1] == SPECIAL[END] else " (cut off)"
        numbers = f"{written(answer.total, '.3f')} | {written(answer.score, '.3f')} | {answer.looks}"
        lines.append(f"| {name} | {signs} | {numbers} |")
    return "\n".join(lines)
