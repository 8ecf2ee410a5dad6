"""The link, its QR code, and knobs that a lecturer hides or locks."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from streamlit.testing.v1 import AppTest

from catalog import PAGES
from ui.share import qr_svg

ROUTER = str(Path(__file__).parents[2] / "ui" / "router.py")
per_page = pytest.mark.parametrize("slug", [page.slug for page in PAGES])


def open_with(slug: str, **query: str) -> AppTest:
    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    for name, value in query.items():
        app.query_params[name] = value
    return app.switch_page(f"../pages/{slug}.py").run()


def test_a_qr_code_is_a_picture_of_its_own() -> None:
    root = ElementTree.fromstring(qr_svg("http://localhost/mlp?mlp_noise=0.2", size=220))
    assert root.tag.endswith("}svg")
    assert float(root.attrib["width"]) == pytest.approx(220)


@per_page
def test_the_link_holds_the_settings_of_this_page_only(slug: str) -> None:
    app = open_with(slug, **{f"{slug}_seed": "7", "other_seed": "8", "mode": "", "hide": "device"})
    app.session_state[f"{slug}_share"] = True
    app.run()
    (link,) = [code.value for code in app.code if "?" in code.value and "\n" not in code.value]
    assert link.endswith(f"?{slug}_seed=7")


@per_page
def test_a_locked_knob_cannot_be_turned_and_a_hidden_one_keeps_its_value(slug: str) -> None:
    app = open_with(slug, **{f"{slug}_seed": "7", f"{slug}_device": "cpu", "lock": "seed", "hide": "device"})
    assert not app.exception
    assert app.number_input(key=f"{slug}_seed").disabled
    settings = app.session_state["_runs"][slug][0].settings
    assert (settings.seed, settings.device) == (7, "cpu")
    assert app.get_by_key(f"hidden_{slug}_device") is not None


@per_page
def test_an_unknown_name_is_said(slug: str) -> None:
    app = open_with(slug, hide="<b>nonsense</b>", lock="seed")
    (warning,) = app.warning
    assert "no knob called" in warning.value
    assert "<b>" not in warning.value.replace("\\", "").split("called")[0]
