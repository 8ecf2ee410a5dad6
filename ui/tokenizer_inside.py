"""Look inside, page `tokenizer`: tabs below the picture, of which only the open one is computed."""

from collections.abc import Callable
from typing import Any, Final

import pandas as pd
import streamlit as st

from data.dataset import DataError
from data.hub import hub_counts
from data.merging import Stage, grow, learn_merges
from data.tokenizer import END, Tokenizer, gpt2, own_tokenizer, shown, train_bpe
from experiments.tokenizer_inside import (
    BATCH,
    Cut,
    end_of,
    padded,
    sample_texts,
    side_by_side,
    token_names,
    tokenizer_of,
    ways_of,
)
from figures.tokenizer_merges import stage_scene, tree_scene
from training.run import Run, Snapshot
from ui.anatomy import anatomy
from ui.live import live_canvas
from ui.own_tokenizer import TRAINED
from ui.tabs import open_tab
from ui.tokenizer_live import SLUG
from ui.tokenizer_text import MAX_LETTERS, WHO, chosen, text_tab
from ui.words import plain

TABS_KEY: Final = "tokenizer_inside"
CORPUS: Final = "low low low low low lower lower newest newest newest newest newest newest widest widest widest"
MAX_CORPUS: Final = 1500  # characters that are merged step by step
MAX_MERGES: Final = 60
MAX_WORD: Final = 24  # characters that are drawn as a tree
MAX_FILE_MB: Final = 10
MEASURES: Final = ("tokens per word", "bytes per token", "unknown")
FEW: Final = ("English", "German", "Finnish", "Polish", "code", "numbers")


def keep(run: Run) -> None:
    """Leaves the tokenizer of the page, or the one that was loaded, for the pages that read texts."""
    state = st.session_state
    state[TRAINED] = state.get("tokenizer_own_json") or run.look(tokenizer_of).json


@st.fragment
def look_inside(run: Run, snapshot: Snapshot) -> None:
    """The tabs. A fragment, so that turning a page in here does not draw the live picture anew."""
    open_tab(TABS, TABS_KEY, run, snapshot)


def merges_tab(run: Run, snapshot: Snapshot) -> None:
    """Merges learnt one at a time on a small text."""
    text = st.text_area(
        "A small text to learn from", CORPUS, key="tokenizer_corpus", height=68, max_chars=MAX_CORPUS * 10
    )
    if not text.strip():
        st.info("The text is empty: write a few words above.")
        return
    if len(text) > MAX_CORPUS:
        st.info(f"The text has {len(text):,} characters, and merges are shown on the first {MAX_CORPUS:,}.")
    stages, num_bytes = stages_of(text[:MAX_CORPUS], snapshot.settings.pre_tokenisation, st.session_state)
    if len(stages) == 1:
        st.info("No pair comes twice in this text, so nothing is merged: write some words more than once.")
        return
    last = len(stages) - 1
    at = st.slider("Merges carried out", 0, last, min(3, last), key=f"tokenizer_merge_{last}")
    stage = stages[at]
    names = [shown(name) for name in stage.names]
    pairs = [(names[a], names[b], count) for (a, b), count in stage.pairs] if at < last else []
    rows = [[names[token] for token in piece] for piece in stage.pieces]
    lengths = [one.num_tokens for one in stages]
    live_canvas(stage_scene(rows, pairs, lengths, num_bytes, merges=at), key="tokenizer_stage", height=0.6)
    if at:
        left, right = stages[at - 1].pairs[0][0]
        count, ties = stages[at - 1].pairs[0][1], stages[at - 1].ties
        tie = f"; {ties} pairs tied, and the one with the lowest numbers was taken" if ties > 1 else ""
        st.markdown(
            f"The last merge joined **{plain(names[left])}** and **{plain(names[right])}**: {count:,} times{tie}."
        )


def stages_of(text: str, pre_tokenisation: Any, state: Any) -> tuple[list[Stage], int]:
    """The stages of a text, worked out once."""
    known = state.get("_tokenizer_stages")
    if known is None or known[0] != (text, pre_tokenisation):
        pieces = train_bpe("", 256, 2, pre_tokenisation).pieces(text)
        stages = learn_merges([piece.encode() for piece in pieces], MAX_MERGES)
        known = state["_tokenizer_stages"] = (text, pre_tokenisation), (stages, stages[0].num_tokens)
    found: tuple[list[Stage], int] = known[1]
    return found


def word_tab(run: Run, snapshot: Snapshot) -> None:
    """The merges of this page's tokenizer, or of GPT-2's, on a typed word."""
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        word = st.text_input("A word", " extraordinary", key="tokenizer_word", max_chars=200)
    with right:
        who = st.segmented_control("Tokenizer", WHO[:2], default=WHO[0], required=True, key="tokenizer_word_who")
    tokenizer = chosen(run, str(who))
    if not word:
        st.info("There is no word: write one above; a space before it counts.")
        return
    if len(word) > MAX_WORD:
        st.info(f"The first {MAX_WORD} characters are drawn.")
    nodes = grow(tokenizer, word[:MAX_WORD])
    last = max(node.order for node in nodes)
    at = st.slider("Merges carried out", 0, last, last, key=f"tokenizer_grown_{who}_{last}") if last else 0
    names = dict(
        zip([node.token for node in nodes], token_names(tokenizer, [node.token for node in nodes]), strict=True)
    )
    live_canvas(tree_scene(nodes, names, at), key="tokenizer_tree", height=0.6)
    st.markdown(
        "Bytes stand at the bottom. At every turn the merge that was learnt first is carried out, and its number among "
        f"the {len(tokenizer.merges):,} merges stands above it. Filled: the tokens now. A whole token is its own tree."
    )


def ways_tab(run: Run, snapshot: Snapshot) -> None:
    """Ways to cut a text, side by side."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = st.segmented_control("Show", MEASURES, default=MEASURES[0], required=True, key="tokenizer_measure")
        is_all = st.toggle("All ten languages", key="tokenizer_all_languages")
    table, below = st.container(), st.container()
    with below:
        own = st.text_input("Your own line, too", key="tokenizer_line", max_chars=MAX_LETTERS)
    samples = sample_texts()
    texts = dict(samples) if is_all else {name: samples[name] for name in FEW}
    if own.strip():
        texts["yours"] = own
    tokenizer = run.look(tokenizer_of)
    train = run.look(lambda experiment: experiment.task.train_text)  # type: ignore[attr-defined]
    with below:
        of_the_hub = _from_the_hub(texts)
    cuts = [*side_by_side(ways_of(train, tokenizer), list(texts.values())), *of_the_hub]
    table.dataframe(_table(cuts, texts, str(measure)), width="stretch")
    table.caption(
        "The first three know what the training part of this page's text has taught them; bytes and BPE know all. "
        "Words are counted between white space; what is unknown is a share of the symbols. The ten languages are the "
        "start of the Universal Declaration of Human Rights."
    )


def _from_the_hub(texts: dict[str, str]) -> list[Cut]:
    """What a tokenizer of the hub makes of the texts, if the visitor names one."""
    with st.form("tokenizer_hub", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("A tokenizer of the Hugging Face hub", key="tokenizer_hub_name", max_chars=100)
        is_asked = st.form_submit_button("Fetch", key="tokenizer_hub_fetch")
    state, wanted = st.session_state, (name.strip(), tuple(texts.values()))
    if is_asked and name.strip():
        try:
            with st.spinner("The hub is asked, for 20 seconds at most."):
                state["_tokenizer_hub"] = wanted, hub_counts(name, wanted[1])
        except DataError as error:
            st.info(plain(error))
    known = state.get("_tokenizer_hub")
    if known is None:
        return []
    if known[0][1] != wanted[1]:
        st.caption("The tokenizer of the hub has cut other texts: fetch it again.")
        return []
    found = known[1]
    return [Cut(found.name, found.num_tokens, found.counts, found.unknown)]


def _table(cuts: list[Cut], texts: dict[str, str], measure: str) -> pd.DataFrame:
    """A row for each way, a column for each text."""
    rows = []
    for one in cuts:
        row: dict[str, Any] = {"cut into": one.name, "vocabulary": f"{one.vocabulary:,}"}
        for (name, text), count, unknown in zip(texts.items(), one.counts, one.unknown, strict=True):
            if measure == MEASURES[0]:
                row[name] = f"{count / max(1, len(text.split())):.2f}"
            elif measure == MEASURES[1]:
                row[name] = f"{len(text.encode('utf-8', 'replace')) / max(1, count):.2f}"
            else:
                row[name] = f"{unknown / max(1, count):.1%}"
        rows.append(row)
    return pd.DataFrame(rows).set_index("cut into")


def padding_tab(run: Run, snapshot: Snapshot) -> None:
    """A batch of three texts for GPT-2, which has no token to fill up with."""
    st.markdown(
        "**A batch must be a rectangle.** The lecture asks GPT-2's tokenizer for `padding=True`, and that call raises: "
        "GPT-2 was trained on one endless row and has no padding token. Choose one, and mask it."
    )
    tokenizer = gpt2()
    choice = st.segmented_control(
        "Fill up with", ["nothing", END], default="nothing", required=True, key="tokenizer_padding"
    )
    try:
        ids, is_text = padded(tokenizer, BATCH, end_of(tokenizer) if choice == END else None)
    except DataError as error:
        st.error(plain(error))
        return
    rows = [
        [f"{name} · {index}" for name, index in zip(token_names(tokenizer, row), row, strict=True)]
        for row in ids.tolist()
    ]
    frame = pd.DataFrame(rows, columns=[f"{t + 1}" for t in range(ids.shape[1])])
    st.dataframe(frame, hide_index=True, width="stretch")
    st.markdown(
        f"The batch has {ids.size} places, of which {int(is_text.sum())} are text. The mask is true there and false at "
        "the rest: attention must not look at the rest, and the loss must not count it. The end of a text has the same "
        "number as the filling, so only the mask tells them apart."
    )


def vocabulary_tab(run: Run, snapshot: Snapshot) -> None:
    """All tokens of this page's tokenizer, to search, to take home, and one's own instead."""
    tokenizer = run.look(tokenizer_of)
    table, words = st.columns([3, 2], gap="large")
    with table:
        parts: dict[int, tuple[int, int]] = {made: (left, right) for left, right, made in tokenizer.merges}
        names = tokenizer.vocabulary
        st.dataframe(
            pd.DataFrame(
                {
                    "token": names,
                    "bytes": [tokenizer.bytes_of(index).hex(" ") for index in range(tokenizer.num_tokens)],
                    "made of": [" + ".join(names[part] for part in parts.get(i, ())) for i in range(len(names))],
                }
            ).rename_axis("number"),
            height=320,
        )
    with words:
        st.markdown(
            f"**{plain(tokenizer.name)}.** The first 256 are the bytes; then the merges, in the order in which they "
            "were learnt. The decoder's and the encoder's page offer this tokenizer as *own BPE*."
        )
        name = f"tokenizer-{tokenizer.num_tokens}.json"
        st.download_button("Take it home (JSON)", tokenizer.json, name, "application/json", key="tokenizer_save")
        _own_file()


def _own_file() -> None:
    """A tokenizer's file of the visitor's; what cannot be read leaves the former in place."""
    upload = st.file_uploader("Or load one", type=["json"], key="tokenizer_file", max_upload_size=MAX_FILE_MB)
    state = st.session_state
    if upload is not None:
        try:
            made: Tokenizer = own_tokenizer(upload.getvalue().decode("utf-8", "replace"))
        except DataError as error:
            st.error(plain(error))
        else:
            state["tokenizer_own_json"] = state[TRAINED] = made.json
    if state.get("tokenizer_own_json"):
        st.caption("Your tokenizer is kept for the other pages instead of this page's.")
        st.button("Forget it", key="tokenizer_forget", on_click=lambda: state.pop("tokenizer_own_json", None))


def layers_tab(run: Run, snapshot: Snapshot) -> None:
    """The layers in a table."""
    if snapshot.is_playing:
        st.caption("Pause to see the layers.")
        return
    seen: Any = snapshot.observation
    anatomy(run, SLUG)
    st.text(seen.source)


TABS: Final[dict[str, Callable[[Run, Snapshot], None]]] = {
    "Learning merges": merges_tab,
    "A word in merges": word_tab,
    "Text and tokens": lambda run, snapshot: text_tab(run),
    "Side by side": ways_tab,
    "Padding": padding_tab,
    "Vocabulary": vocabulary_tab,
    "Layers and data": layers_tab,
}
