"""The page `gan`: layers, own points, own pictures, and what is said when something is missing."""

import pytest

from figures.gan_plane import FIRST_LAYERS
from tests.pages.test_pages import open_page

TABLE = b"x,y\n" + b"".join(b"%.2f,%.2f\n" % (i * 0.31, (i * i) % 7 * 0.43) for i in range(30))


@pytest.fixture(scope="module")
def app():
    return open_page("gan")


def run_of(app):
    return app.session_state["_runs"]["gan"][0]


def upload(app, content):
    app.file_uploader(key="gan_file").upload("points.csv", content, "text/csv").run()


def test_it_opens_with_the_ring_and_its_layers(app):
    assert not app.exception
    assert run_of(app).settings.data == "ring of 8"
    assert app.session_state["_gan_layers"] == set(FIRST_LAYERS)


def test_too_few_points_are_asked_for_in_one_sentence_and_the_run_is_kept(app):
    app.button(key="gan_step_10").click().run()
    assert run_of(app).wait(20)
    kept = run_of(app)
    app.session_state["gan_data"] = "own points"
    app.run()
    assert not app.exception
    assert any("at least 8 are needed" in text.value for text in app.info)
    assert run_of(app) is kept
    assert kept.step == 10


def test_clicked_points_are_learnt_from(app):
    app.session_state["_gan_points"] = [(0.1 * i - 0.5, 0.05 * i) for i in range(12)]
    app.run()
    assert not app.exception
    assert not app.info
    assert run_of(app).experiment.observe().num_real == 12
    app.button(key="gan_undo").click().run()
    assert run_of(app).experiment.observe().num_real == 11


def test_a_table_of_points_takes_their_place(app):
    upload(app, TABLE)
    assert not app.exception
    assert run_of(app).experiment.observe().num_real == 30
    upload(app, b"a,b\nx,y\nz,w\n")
    assert any("numbers" in text.value for text in app.error)
    assert run_of(app).experiment.observe().num_real == 30, "what was there stays"


def test_pictures_of_ones_own_are_asked_for(app):
    app.session_state["gan_data"] = "own images"
    app.run()
    assert not app.exception
    assert any("pictures of your own" in text.value for text in app.info)
    app.session_state["gan_data"] = "ring of 8"
    app.run()
    assert not app.info
