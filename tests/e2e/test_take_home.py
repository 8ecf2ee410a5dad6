"""Pictures and run files, saved by a real browser and looked at again."""

import struct
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Download, Locator, Page

from tests.figures.network_scene import OUTPUT

pytestmark = pytest.mark.e2e

DEMO = "tests/e2e/apps/live/app.py"
SVG = "{http://www.w3.org/2000/svg}"
SCENE_SIZE = (1080, 690)


@pytest.fixture
def demo(start_app: Callable[..., str], browser_page: Page) -> Page:
    """The demo with an item of every kind, drawn once."""
    browser_page.goto(f"{start_app(DEMO)}/mlp?still")
    browser_page.locator("canvas[data-frame]").wait_for()
    return browser_page


def open_mlp(page: Page, address: str, query: str = "") -> Page:
    page.goto(f"{address}/mlp{query}")
    page.locator("canvas[data-frame]").wait_for()
    return page


def saved(page: Page, press: Callable[[], object]) -> Download:
    with page.expect_download() as download:
        press()
    return download.value


def saved_picture(page: Page, kind: str) -> Download:
    page.locator("canvas[data-frame]").hover(position={"x": 5, "y": 5})
    page.get_by_role("button", name="Save this picture", exact=True).click()
    return saved(page, page.get_by_role("button", name=f"Save this picture as {kind}").click)


def png_size(path: Path) -> tuple[int, int]:
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def home(page: Page, name: str) -> Locator:
    return page.locator(f".st-key-mlp_home_{name}").get_by_role("button").first


def words_of(root: ElementTree.Element) -> set[str]:
    return {element.text or "" for element in root.iter(f"{SVG}text")}


def test_a_png_has_twice_the_pixels_and_its_paper(demo: Page, page_errors: list[str]) -> None:
    download = saved_picture(demo, "PNG")
    box = demo.locator("canvas[data-frame]").bounding_box()
    assert box is not None
    size = png_size(Path(download.path()))
    assert size == (2 * round(box["width"]), 2 * round(box["height"]))
    assert download.suggested_filename.endswith(".png")
    assert page_errors == []


def test_an_svg_is_words_shapes_and_embedded_fields(demo: Page, page_errors: list[str]) -> None:
    root = ElementTree.parse(saved_picture(demo, "SVG").path()).getroot()
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title", "").startswith("A small network separates two classes")
    numerals = {word for word in words_of(root) if word.replace("−", "").replace(".", "").isdigit()}
    assert any(len(numeral) > 1 for numeral in numerals)  # a numeral is one word, not its digits
    images = [image.get("href", "") for image in root.iter(f"{SVG}image")]
    assert images
    assert all(href.startswith("data:image/png;base64,") for href in images)
    assert page_errors == []


def test_an_svg_looks_like_the_canvas(demo: Page) -> None:
    """The saved picture, drawn by the browser, differs from the live one by little more than the font."""
    text = Path(saved_picture(demo, "SVG").path()).read_text(encoding="utf-8")
    demo.mouse.move(1, 1)
    script = """async (canvas, [text, box]) => {
        const picture = new Image();
        picture.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
        await picture.decode();
        const pixels = (draw) => {
            const twin = new OffscreenCanvas(canvas.width, canvas.height);
            const ctx = twin.getContext("2d");
            ctx.fillStyle = "white";
            ctx.fillRect(0, 0, twin.width, twin.height);
            draw(ctx);
            return ctx.getImageData(0, 0, twin.width, twin.height).data;
        };
        const live = pixels((ctx) => ctx.drawImage(canvas, 0, 0));
        const saved = pixels((ctx) => ctx.drawImage(picture, 0, 0, canvas.width, canvas.height));
        const [x, y, width, height] = box.map((share, at) => share * (at % 2 ? canvas.height : canvas.width));
        let [sum, field, cells] = [0, 0, 0];
        live.forEach((value, at) => {
            const gap = Math.abs(value - saved[at]);
            sum += gap;
            const [column, row] = [(at >> 2) % canvas.width, Math.floor((at >> 2) / canvas.width)];
            const isInside = column > x && column < x + width && row > y && row < y + height;
            if (isInside) [field, cells] = [field + gap, cells + 1];
        });
        return [sum / live.length, field / cells, new Set(live).size];
    }"""
    box = [side / SCENE_SIZE[at % 2] for at, side in enumerate(OUTPUT)]
    mean, field, num_levels = demo.locator("canvas[data-frame]").evaluate(script, [text, box])
    assert num_levels > 50  # it is not an empty picture that is compared
    assert mean < 2  # of 255
    assert field < 1.5


def test_the_keyboard_saves_too(demo: Page) -> None:
    opener = demo.get_by_role("button", name="Save this picture", exact=True)
    opener.focus()
    assert opener.evaluate("button => getComputedStyle(button.parentElement).opacity") == "1"
    demo.keyboard.press("Enter")
    assert opener.get_attribute("aria-expanded") == "true"
    demo.keyboard.press("Escape")
    assert opener.get_attribute("aria-expanded") == "false"
    demo.keyboard.press("Enter")
    demo.keyboard.press("Tab")
    assert saved(demo, lambda: demo.keyboard.press("Enter")).suggested_filename.endswith(".png")


def test_a_run_goes_from_one_tab_to_another(
    start_app: Callable[..., str], new_page: Callable[..., Page], page_errors: list[str], tmp_path: Path
) -> None:
    first = open_mlp(new_page(), start_app("app.py"), "?mlp_seed=7")
    first.get_by_role("button", name="+100").click()
    first.get_by_text("step 100").first.wait_for()
    picture = ElementTree.parse(saved_picture(first, "SVG").path()).getroot()
    assert {"Inputs", "Output", "x₁", "x₂", "−5"} <= words_of(picture)
    file, history = tmp_path / "run.zip", tmp_path / "history.csv"
    saved(first, home(first, "file").click).save_as(file)
    saved(first, home(first, "history").click).save_as(history)

    second = open_mlp(new_page(), start_app("app.py"))
    second.locator(".st-key-mlp_run_file input[type=file]").set_input_files(file)
    second.get_by_text("Continued at step 100.").wait_for()
    second.locator("canvas[data-step='100']").wait_for()
    assert "mlp_seed=7" in second.url
    assert Path(saved(second, home(second, "history").click).path()).read_text() == history.read_text()
    assert page_errors == []


def test_a_still_picture_is_saved_with_its_numbers(
    start_app: Callable[..., str], browser_page: Page, page_errors: list[str]
) -> None:
    page = open_mlp(browser_page, start_app("app.py"), "?mlp_inside=Map")
    page.locator(".st-key-mlp_decision_map .modebar").wait_for(state="attached")

    def kept(name: str) -> Path:
        if not page.get_by_role("button", name=name, exact=True).is_visible():
            page.locator(".st-key-mlp_decision_map_save").get_by_role("button").first.click()
        return Path(saved(page, page.get_by_role("button", name=name, exact=True).click).path())

    shown = page.locator(".st-key-mlp_decision_map .js-plotly-plot").bounding_box()
    assert shown is not None
    assert png_size(kept("Save this picture as PNG")) == (2 * int(shown["width"]), 2 * int(shown["height"]))
    root = ElementTree.parse(kept("Save this picture as SVG")).getroot()
    assert root.tag == f"{SVG}svg"
    assert "x₁" in "".join(root.itertext())
    assert kept("Numbers (CSV)").read_text().startswith("trace,x,y")
    assert page_errors == []
