"""The live picture of the page on variational autoencoders."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from experiments.vae import VAEExperiment
from experiments.vae_settings import VAESettings
from figures import packing
from figures.vae import card_scene, vae_scene
from figures.vae_layout import PAGE, PROJECTOR, grid_tiles
from figures.vae_own import HEIGHT, WIDTH, own_scene
from training.history import Columns

KINDS: dict[str, dict[str, Any]] = {
    "digits": {},
    "fashion": {"data": "fashion", "latent_dim": 16},
    "points": {"data": "points"},
    "one unit": {"latent_dim": 1},
    "many units": {"latent_dim": 64, "reduction": "mean"},
    "autoencoder": {"model": "autoencoder", "latent_dim": 3},
    "autoencoder of points": {"model": "autoencoder", "data": "points"},
}


def experiment(steps: int = 3, **changes: Any) -> VAEExperiment:
    torch.manual_seed(0)
    made = VAEExperiment(VAESettings(**changes))
    for _ in range(steps):
        made.step()
    return made


def history(made: VAEExperiment) -> Columns:
    row = made.evaluate()
    return Columns(np.array([0]), {name: np.array([value]) for name, value in row.items()})


def header(scene: bytes) -> dict[str, Any]:
    return packing.unpack(scene)[0]


def items(scene: bytes, kind: str) -> list[dict[str, Any]]:
    return [item for item in header(scene)["items"] if item["kind"] == kind]


def words(scene: bytes) -> list[str]:
    return [item["text"] for item in items(scene, "text")]


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_all_of_it_lies_in_the_picture(kind: str, is_large: bool) -> None:
    made = experiment(**KINDS[kind])
    scene = vae_scene(made.observe(), history(made), step=3, is_large=is_large)
    layout = PROJECTOR if is_large else PAGE
    assert header(scene)["size"] == [layout.width, layout.height]
    for item in items(scene, "text"):
        x, y = item["at"]
        reach = 0.5 * item["size"] * len(item["text"])
        left = {"left": x, "center": x - reach / 2, "right": x - reach}[item["align"]]
        assert left > -5, item["text"]
        assert left + reach < layout.width + 12, item["text"]
        assert 0 < y < layout.height, item["text"]


@pytest.mark.parametrize("is_large", [False, True])
def test_titles_in_a_row_do_not_touch(is_large: bool) -> None:
    made = experiment()
    layout = PROJECTOR if is_large else PAGE
    rows: dict[float, list[tuple[float, float, str]]] = {}
    for item in items(vae_scene(made.observe(), history(made), step=3, is_large=is_large), "text"):
        if item["weight"] == 600 and item["align"] == "left" and item["size"] == layout.scale.title:
            x, y = item["at"]
            rows.setdefault(y, []).append((x, x + 0.52 * item["size"] * len(item["text"]), item["text"]))
    assert max(map(len, rows.values())) >= 3
    for row in rows.values():
        row.sort()
        for (_, end, text), (start, _, _) in pairwise(row):
            assert end < start, text


@pytest.mark.parametrize("kind", ["digits", "points"])
def test_the_planes_can_be_clicked(kind: str) -> None:
    made = experiment(**KINDS[kind])
    scene = vae_scene(made.observe(), history(made), step=3)
    planes = {item["id"]: item for item in items(scene, "plane")}
    assert set(planes) == ({"map", "grid"} if kind == "digits" else {"map"})
    assert planes["map"]["limits"] == [[-made.observe().limit, made.observe().limit]] * 2


def test_test_pictures_can_be_chosen_and_the_chosen_one_is_marked() -> None:
    made = experiment()
    third = int(made.observe().shown[2])
    made.apply(made.settings.changed(example=third))
    spots = items(vae_scene(made.observe(), history(made), step=3), "hot")
    assert [spot["id"] for spot in spots] == [f"example:{place}" for place in made.observe().shown]
    assert [spot["pressed"] for spot in spots] == [False, False, True, False, False, False]


def test_a_collapse_raises_an_alarm_but_not_at_the_start() -> None:
    made = experiment()
    empty = replace(made.observe(), is_active=np.zeros(2, dtype=bool))
    assert empty.has_collapsed
    assert "KL of each unit (nats): 0 of 2 used" in words(vae_scene(empty, history(made), step=3))
    assert "Collapsed: no unit is used" in words(vae_scene(empty, history(made), step=100))
    full = replace(empty, is_active=np.ones(2, dtype=bool))
    assert "KL of each unit (nats): 2 of 2 used" in words(vae_scene(full, history(made), step=100))


def test_the_effective_beta_is_told() -> None:
    made = experiment(reduction="mean", beta=0.5)
    assert any(text.endswith("effective β 392") for text in words(vae_scene(made.observe(), history(made), step=3)))
    slip = experiment(sign="the lecture's slip")
    assert any(text.endswith("effective β −1") for text in words(vae_scene(slip.observe(), history(slip), step=3)))


def test_what_is_not_a_number_is_left_out() -> None:
    made = experiment(12, learning_rate=10.0)
    assert not np.isfinite(made.observe().codes).any()
    for is_large in (False, True):
        assert vae_scene(made.observe(), history(made), step=12, is_large=is_large)
    assert card_scene(made.observe())


def test_the_words_for_those_who_cannot_see_hold_the_numbers() -> None:
    made = experiment()
    alt = header(vae_scene(made.observe(), history(made), step=3))["alt"]
    assert "through 2 numbers" in alt
    assert f"test {made.evaluate()['test_loss']:.3g}" in alt


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_of_any_observation(kind: str) -> None:
    scene = card_scene(experiment(**KINDS[kind]).observe())
    assert header(scene)["size"] == [360, 200]
    assert not items(scene, "text")
    assert items(scene, "points")


def test_tiles_fill_their_box_row_by_row() -> None:
    tiles = grid_tiles((10, 20, 30, 60), 3)
    assert tiles[0].tolist() == [10, 20, 10, 20]
    assert tiles[1].tolist() == [20, 20, 10, 20]
    assert tiles[-1].tolist() == [30, 60, 10, 20]


@pytest.mark.parametrize("kind", ["digits", "autoencoder"])
def test_a_picture_of_ones_own_is_drawn_with_its_copy(kind: str) -> None:
    made = experiment(**KINDS[kind])
    own = made.own(np.zeros((1, 28, 28), dtype=np.uint8))
    scene = own_scene(own, made.observe())
    assert header(scene)["size"] == [WIDTH, HEIGHT]
    assert len(items(scene, "sheet")) == 3
    assert len(items(scene, "lines")) == (1 if kind == "digits" else 0)
