"""The map of well-known networks on a page."""

from streamlit.testing.v1 import AppTest

from catalog import PAGES
from data.families import FAMILIES, PLACES, TASKS
from experiments.mlp import EXPERIMENT, SETTINGS
from experiments.pretrained_sizes import NO_NETWORK, our_sizes


def page() -> None:
    from ui.pretrained_map import map_tab

    map_tab(None, None)  # type: ignore[arg-type]


def opened() -> AppTest:
    return checked(AppTest.from_function(page, default_timeout=120).run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error
    return app


def test_the_networks_of_this_app_are_counted_in_themselves() -> None:
    sizes = {one.slug: one for one in our_sizes()}
    assert list(sizes) == [page.slug for page in PAGES if page.slug not in NO_NETWORK]
    module = EXPERIMENT(SETTINGS()).networks()["network"].module
    assert sizes["mlp"].parameters == sum(one.numel() for one in module.parameters())
    assert all(one.parameters > 0 for one in sizes.values())


def test_ours_are_built_only_where_somebody_asks(monkeypatch) -> None:
    asked = []
    monkeypatch.setattr("ui.pretrained_map.our_sizes", lambda: asked.append(1) or our_sizes())
    app = opened()
    assert not asked
    checked(app.toggle(key="pretrained_map_ours").set_value(True).run())
    assert asked


def test_each_can_be_read_in_full() -> None:
    app = opened()
    for one in FAMILIES:
        checked(app.selectbox(key="pretrained_map_one").set_value(one.name).run())
        said = app.markdown[0].value
        assert f"**{one.name}**, {one.year}" in said
        assert f"{one.parameters:,}" in said
        assert one.licence in said
        assert one.paper in said
    checked(app.selectbox(key="pretrained_map_one").set_value("GPT-3").run())
    memory = app.markdown[1].value
    assert "| weights in float32 | 700 GB |" in memory
    assert "| weights in 16 bit | 350 GB |" in memory
    assert "| weights in 4 bit | 87.5 GB |" in memory


def test_the_filter_takes_tasks_away_and_none_is_a_sentence() -> None:
    app = opened()
    checked(app.button_group(key="pretrained_map_tasks").set_value(["speech"]).run())
    assert list(app.selectbox(key="pretrained_map_one").options) == ["wav2vec 2.0 base", "Whisper large"]
    checked(app.button_group(key="pretrained_map_tasks").set_value([]).run())
    assert "Choose something" in app.info[0].value
    checked(app.toggle(key="pretrained_map_ours").set_value(True).run())
    assert not app.info


def test_the_places_are_listed(without_extras: None) -> None:
    app = opened()
    text = " ".join(one.value for one in app.markdown)
    for place in PLACES:
        assert f"**[{place.name}]({place.address})** ({place.licence}): {place.sentence}" in text
    assert "AGPL-3.0" in app.caption[-1].value
    assert len(TASKS) == 9
