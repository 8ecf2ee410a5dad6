"""Any network of the Hugging Face hub by its name: looked up, fetched, loaded, taken apart and asked."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from data.dataset import DataError
from data.extras import INSTALL, is_importable
from data.hub_code import code_of
from data.hub_fetch import Fetching, cache_folder, cached_bytes, fetch, fetched, forget, free_bytes, is_ours
from data.hub_models import MAX_BYTES, HubModel, look_up, weights_bytes
from data.photos import SOURCES, colour_picture
from experiments.pretrained_hub import (
    HubNetwork,
    in_torchvision,
    layers,
    let_go,
    load,
    tensors,
    timm_twin,
)
from experiments.pretrained_hub_answers import MAX_LETTERS, Guesses, classify, complete
from training.run import Run, Snapshot
from ui.anatomy import in_bytes, layers_of
from ui.own_images import picture_box
from ui.words import plain

FIRST: Final = "timm/resnet18.a1_in1k"
OTHERS: Final = ("google-bert/bert-base-uncased", "distilbert/distilgpt2", "timm/mobilenetv3_small_100.lamb_in1k")
SIDE: Final = 224  # pixels of a visitor's picture
TEXTS: Final = {
    "gap": "The little cat sat on the ___.",
    "goes on": "Once upon a time there was a little cat who",
    "classes": "I have rarely seen such a lovely little cat.",
}
ASKS: Final = {
    "gap": "A text with one gap, ___",
    "goes on": "A text to go on with",
    "classes": "A text to put into a class",
}
_MODEL: Final = "_pretrained_hub_model"
_FETCHING: Final = "_pretrained_hub_fetching"
_WANTED: Final = "_pretrained_hub_wanted"
_ANSWER: Final = "_pretrained_hub_answer"
_COMPLAINT: Final = "_pretrained_hub_complaint"


def hub_tab(run: Run, snapshot: Snapshot) -> None:
    """Draws the box for a name, and what has become of it so far."""
    st.markdown(
        "**Anybody may put a network on the Hugging Face hub.** Its name is *owner/name*. This app loads those of the "
        "libraries timm and transformers, from safetensors: a file that holds numbers and nothing that could run. "
        f"Names to try: {', '.join(f'`{name}`' for name in (FIRST, *OTHERS))}."
    )
    with st.form("pretrained_hub", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("A network of the hub", FIRST, key="pretrained_hub_name", max_chars=100)
        if st.form_submit_button("Look it up", key="pretrained_hub_look"):
            _look(name.strip())
    state = st.session_state
    if state.get(_COMPLAINT):
        st.info(plain(state[_COMPLAINT]))
    model: HubModel | None = state.get(_MODEL)
    if model is None:
        return
    left, right = st.columns(2, gap="large")
    with left:
        _facts(model)
    with right:
        _code(model)
    folder = fetched(model)
    if folder is None or state.get(_WANTED) != (model.name, model.revision):
        _offer(model, folder)
    else:
        _loaded(model, folder)
    if cached_bytes(model.name):
        _cache(model)


def _look(name: str) -> None:
    """Asks the hub; what was there before stays where that fails."""
    state = st.session_state
    state[_COMPLAINT] = ""
    try:
        if "/" not in name and in_torchvision(name):
            twin = timm_twin(name)
            also = f" The same weights stand on the hub as safetensors: look up {twin}." if twin else ""
            state[_COMPLAINT] = f"{name} is a name of torchvision: see the tab “torchvision's shelf”.{also}"
            return
        with st.spinner("The hub is asked, for 25 seconds at most; nothing is fetched yet."):
            state[_MODEL] = look_up(name)
    except DataError as error:
        state[_COMPLAINT] = str(error)


def _facts(model: HubModel) -> None:
    """What the hub says, before anything is fetched."""
    counted = ", ".join(f"{count:,} in {form}" for form, count in model.parameters.items()) or "not counted by the hub"
    size = f" ({in_bytes(weights_bytes(model.parameters))})" if model.parameters else ""
    rows = {
        "library": model.belongs_to or "not said",
        "task": model.task or "not said",
        "licence": model.licence or "not said, so nobody may use it without asking",
        "downloads": f"{model.downloads:,} in the last 30 days",
        "parameters": counted + size,
        "version": model.revision[:10],
    }
    st.markdown(f"**{plain(model.name)}**")
    st.markdown(
        "\n".join(["| | the hub says |", "|---|---|", *(f"| {name} | {plain(said)} |" for name, said in rows.items())])
    )
    wanted = {one.path for one in model.wanted}
    table = pd.DataFrame(
        [
            (one.path, in_bytes(one.num_bytes) if one.num_bytes is not None else "not said", one.path in wanted)
            for one in model.files
        ],
        columns=["file", "size", "wanted"],
    ).sort_values("wanted", ascending=False, kind="stable")
    st.dataframe(
        table,
        hide_index=True,
        height="auto" if len(table) <= 6 else 250,
        alt=f"The {len(table)} files of the network with their sizes, and which of them this app would fetch.",
        key="pretrained_hub_files",
    )


def _code(model: HubModel) -> None:
    code = code_of(model)
    if code:
        st.caption(
            "The same by hand; the first call fetches the files into the hub's cache. The app reads them from there."
        )
        st.code(code, language="python", wrap_lines=True)


# ---- fetching ------------------------------------------------------------------------------------------------------


def _offer(model: HubModel, folder: Path | None) -> None:
    """The button that fetches, the bar while that goes on, or why there is none."""
    if model.refusal:
        st.info(plain(model.refusal))
        return
    if not is_importable(model.kind):
        st.info(f"To load it, {model.kind} has to be installed: stop the app, run `{INSTALL}` and start it again.")
        return
    fetching: Fetching | None = st.session_state.get(_FETCHING)
    if fetching is not None and fetching.name == model.name:
        if fetching.is_running:
            _progress()
            return
        if fetching.problem:
            st.warning(plain(fetching.problem))
    st.markdown(
        f"**{in_bytes(model.num_bytes)}** to fetch; this server takes {MAX_BYTES / 1e6:,.0f} MB at most, and "
        f"{in_bytes(free_bytes())} of its disk are free."
        if folder is None
        else f"**Its {in_bytes(model.num_bytes)}** are here already."
    )
    words = "Fetch and load it" if folder is None else "Load it"
    st.button(words, key="pretrained_hub_fetch", on_click=_fetch, args=(model, folder), type="primary")


def _fetch(model: HubModel, folder: Path | None) -> None:
    state = st.session_state
    state[_WANTED], state[_COMPLAINT] = (model.name, model.revision), ""
    if folder is None:
        try:
            state[_FETCHING] = fetch(model)
        except DataError as error:
            state[_COMPLAINT] = str(error)


@st.fragment(run_every=0.5)
def _progress() -> None:
    """How much has come, twice a second."""
    fetching: Fetching = st.session_state[_FETCHING]
    done = min(fetching.done, fetching.total)
    st.progress(done / max(1, fetching.total), f"{in_bytes(done)} of {in_bytes(fetching.total)} have come")
    st.button("Cancel", key="pretrained_hub_cancel", on_click=fetching.cancel)
    if not fetching.is_running:
        st.rerun()


def _cache(model: HubModel) -> None:
    """Where it lies, and the button that deletes it; what was there before this app was started stays."""
    before = "" if is_ours(model.name) else " It was there before this app was started, so the app leaves it there."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"It takes {in_bytes(cached_bytes(model.name))} in the hub's cache, {plain(cache_folder())}.{before}"
        )
        if not before:
            st.button(
                "Forget it", key="pretrained_hub_forget", on_click=_forget, args=(model,),
                help="Deletes the files of this one network from the cache.",
            )  # fmt: skip


def _forget(model: HubModel) -> None:
    state = st.session_state
    try:
        forget(model.name)
    except DataError as error:
        state[_COMPLAINT] = str(error)
        return
    let_go()
    state.pop(_WANTED, None)
    state.pop(_FETCHING, None)


# ---- loaded --------------------------------------------------------------------------------------------------------


def _loaded(model: HubModel, folder: Path) -> None:
    try:
        assert model.kind != "other"  # such a network is never fetched
        with st.spinner(
            f"{model.kind} loads {in_bytes(model.num_bytes)} from the disk; the first time it has to start itself."
        ):
            network = load(folder, model.kind)
            one = layers(network)
    except DataError as error:
        st.error(plain(error))
        return
    st.markdown(
        f"**Loaded: {network.num_parameters:,} parameters**, {in_bytes(network.num_bytes)} in the memory of the server."
    )
    if network.num_random:
        st.warning(
            f"{network.num_random:,} of its weights are not in the file, so they are random, and it is not asked "
            "anything here."
        )
    left, right = st.columns(2, gap="large")
    with left:
        if one is not None:
            layers_of(one, "pretrained_hub_layers")
        else:
            _tensors(network)
    with right:
        if network.answers == "picture":
            _ask_picture(network)
        elif network.answers:
            _ask_text(network)
        else:
            st.caption("This app asks image classifiers, and networks that fill gaps, go on with a text or put it "
                       "into a class. This is none of them, so there is the table only.")  # fmt: skip


def _tensors(network: HubNetwork) -> None:
    """The weights as they lie in the file, for a network that one input does not satisfy."""
    table = pd.DataFrame(
        [(name, " × ".join(map(str, shape)), int(np.prod(shape))) for name, shape, _ in tensors(network)],
        columns=["weights", "shape", "parameters"],
    )
    st.caption("What it wants to be given is not known here, so these are its weights, not what goes through them.")
    st.dataframe(table, hide_index=True, height=440, alt="Its weights with their shapes.", key="pretrained_hub_tensors")


def _ask_picture(network: HubNetwork) -> None:
    picture = picture_box("pretrained_hub", SIDE, is_grey=False)
    if picture is None:
        pixels = (colour_picture("flower") * 255).astype(np.uint8)
        words = SOURCES["flower"]
    else:
        pixels, words = picture.transpose(1, 2, 0).astype(np.uint8), "Your picture, cut to a square."
    st.image(pixels, words, width=SIDE)
    try:
        found = classify(network, pixels)
    except DataError as error:
        st.info(plain(error))
        return
    _guesses(found, "class")
    st.caption("Cut, scaled and shifted as for its training: timm keeps that beside the weights. It has to choose one "
               "of its classes, whatever you show it.")  # fmt: skip


def _ask_text(network: HubNetwork) -> None:
    kind = network.answers
    text = st.text_area(ASKS[kind], TEXTS[kind], key=f"pretrained_hub_text_{kind.replace(' ', '_')}",
                        max_chars=MAX_LETTERS)  # fmt: skip
    try:
        found = _answer(network, text)
    except DataError as error:
        st.info(plain(error))
        return
    if kind == "goes on":
        st.markdown("It goes on, always with the likeliest token:")
        st.text(text[-80:] + found.text)
        st.caption("The next token, the likeliest five:")
    _guesses(found, "class" if kind == "classes" else "token")


def _answer(network: HubNetwork, text: str) -> Guesses:
    """What it makes of the text; the last answer is kept, because to go on with a text takes a second or two."""
    state = st.session_state
    asked = (state[_WANTED], text)
    if state.get(_ANSWER, (None,))[0] != asked:
        with st.spinner("It reads."):
            state[_ANSWER] = asked, complete(network, text)
    found: Guesses = state[_ANSWER][1]
    return found


def _guesses(found: Guesses, what: str) -> None:
    names = [name.replace(" ", "␣") for name in found.names] if what == "token" else found.names
    rows: list[tuple[Any, ...]] = list(zip(names, found.chances.astype(float), strict=True))
    st.dataframe(
        pd.DataFrame(rows, columns=[what, "chance"]),
        hide_index=True,
        column_config={"chance": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)},
        alt="; ".join(f"{name} {chance:.1%}" for name, chance in rows) + ".",
        key="pretrained_hub_guesses",
    )
