from typing import Literal

import pytest
from pydantic import ValidationError, model_validator

from tests.training.toy import is_sentence
from training.settings import Settings, bounds_of, choices_of, ends, is_shown, knob, knob_of, read, restarts


class Garden(Settings):
    rows: int = knob(3, "Rows", "How many rows.", group="Garden", ge=1, le=9, ladder=(1, 3, 9))
    water: float = knob(0.5, "Water", "Litres a day.", group="Garden", is_live=True, ge=0, le=2)
    plant: Literal["rose", "bean"] = knob("rose", "Plant", "What grows.", group="Garden")
    has_fence: bool = knob(False, "Fence", "Keeps deer out.", group="Garden")
    height: float = knob(1.0, "Height", "Of the fence, in metres.", group="Garden", when={"has_fence": (True,)}, ge=0)
    tools: tuple[Literal["rake", "hoe"], ...] = knob(("rake",), "Tools", "What is used.", group="Garden", min_length=1)

    @model_validator(mode="after")
    def _beans_need_a_fence(self):
        if self.plant == "bean" and not self.has_fence:
            raise ValueError("beans need a fence")
        return self


def test_good_values_are_read_as_they_come_from_a_url():
    raw = {"rows": "7", "water": "1.25", "has_fence": "true", "tools": ["hoe", "rake"], "seed": "12", "device": "cpu"}
    settings, complaints = read(Garden, raw)
    assert complaints == []
    assert settings == Garden(rows=7, water=1.25, has_fence=True, tools=("hoe", "rake"), seed=12, device="cpu")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rows", "10"),
        ("rows", "0"),
        ("rows", "-1"),
        ("rows", "2.5"),
        ("rows", "many"),
        ("rows", ""),
        ("rows", None),
        ("rows", "9" * 5000),
        ("rows", ["1", "2"]),
        ("rows", {"a": 1}),
        ("water", "nan"),
        ("water", "inf"),
        ("water", "-inf"),
        ("water", "1e999"),
        ("water", "2.0001"),
        ("water", "1,5"),
        ("plant", "tulip"),
        ("plant", "ROSE"),
        ("plant", "<script>alert(1)</script>\n# rose"),
        ("plant", "x" * 10_000),
        ("has_fence", "perhaps"),
        ("tools", ["axe"]),
        ("tools", []),
        ("tools", "hoe"),
        ("seed", "100000"),
        ("device", "tpu"),
    ],
)
def test_a_bad_value_is_named_in_a_sentence_and_the_rest_kept(name, value):
    settings, complaints = read(Garden, {"height": "3", name: value})
    assert settings == Garden(height=3)
    assert len(complaints) == 1
    assert is_sentence(complaints[0])
    assert complaints[0].startswith(f"{name} = ")


@pytest.mark.parametrize("name", ["colour", "__class__", "model_config", "x\n\ny", "z" * 500, ""])
def test_an_unknown_name_is_left_out(name):
    settings, complaints = read(Garden, {name: "1", "rows": "4"})
    assert settings == Garden(rows=4)
    assert len(complaints) == 1
    assert is_sentence(complaints[0])


def test_values_that_do_not_fit_together_give_way_all_at_once():
    settings, complaints = read(Garden, {"plant": "bean", "rows": "4", "water": "3"})
    assert settings == Garden()
    assert len(complaints) == 2
    assert complaints[0].startswith("water = '3' cannot be used")
    assert complaints[1].startswith("Beans need a fence.")
    assert read(Garden, {"plant": "bean", "has_fence": "1"})[1] == []


def test_settings_are_frozen_and_checked():
    settings = Garden()
    with pytest.raises(ValidationError):
        settings.rows = 4
    with pytest.raises(ValidationError):
        settings.changed(rows=10)
    with pytest.raises(ValidationError):
        settings.changed(colour="red")
    assert settings.changed(rows=4) == Garden(rows=4)
    assert settings == Garden()


def test_a_bad_default_does_not_pass():
    class Broken(Settings):
        rows: int = knob(10, "Rows", "How many rows.", group="Garden", le=9)

    with pytest.raises(ValidationError):
        Broken()


def test_both_ends_of_every_knob():
    assert sorted(ends(Garden), key=repr) == sorted(
        [
            *(("seed", 0), ("seed", 99_999)),
            *(("device", kind) for kind in ("auto", "cpu", "cuda", "mps")),
            *(("rows", 1), ("rows", 9), ("water", 0), ("water", 2), ("plant", "rose"), ("plant", "bean")),
            *(("has_fence", False), ("has_fence", True), ("height", 0)),
        ],
        key=repr,
    )


def test_only_live_changes_keep_the_run():
    assert not restarts(Garden(), Garden())
    assert not restarts(Garden(), Garden(water=1))
    assert restarts(Garden(), Garden(rows=4))
    assert restarts(Garden(), Garden(water=1, rows=4))
    assert restarts(Garden(), Garden(seed=1))
    assert restarts(Garden(), Garden(device="cpu"))


def test_what_a_page_reads_from_the_declaration():
    fields = Garden.model_fields
    assert bounds_of(fields["rows"]) == (1, 9)
    assert bounds_of(fields["height"]) == (0, None)
    assert bounds_of(fields["plant"]) == (None, None)
    assert choices_of(fields["plant"]) == ("rose", "bean")
    assert choices_of(fields["tools"]) == ("rake", "hoe")
    assert choices_of(fields["rows"]) == ()
    assert knob_of(fields["water"])["is_live"]
    assert not knob_of(fields["rows"])["is_live"]
    assert knob_of(fields["rows"])["label"] == "Rows"
    assert knob_of(fields["rows"])["ladder"] == (1, 3, 9)
    assert is_shown("rows", Garden())
    assert not is_shown("height", Garden())
    assert is_shown("height", Garden(has_fence=True))


def test_a_field_without_knob_is_refused():
    class Bare(Settings):
        rows: int = 3

    with pytest.raises(AssertionError, match="declared with knob"):
        knob_of(Bare.model_fields["rows"])


def test_json_round_trip():
    settings = Garden(rows=7, water=0.1, has_fence=True, tools=("hoe", "rake"), plant="bean", seed=5)
    assert Garden.model_validate_json(settings.model_dump_json()) == settings
    assert read(Garden, settings.model_dump(mode="json")) == (settings, [])
