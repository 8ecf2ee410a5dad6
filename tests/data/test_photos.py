import numpy as np
import pytest

from data.photos import HEIGHT, PHOTOS, SOURCES, WIDTH, colour_picture, grey


@pytest.mark.parametrize("name", SOURCES)
def test_a_picture_has_its_size_and_range(name: str) -> None:
    picture = colour_picture(name)
    assert picture.shape == (HEIGHT, WIDTH, 3)
    assert picture.dtype == np.float32
    assert 0 <= picture.min() < 0.1
    assert 0.9 < picture.max() <= 1
    assert picture is colour_picture(name)


def test_photos_have_colours_and_made_pictures_have_none() -> None:
    for name in SOURCES:
        picture = colour_picture(name)
        assert (np.ptp(picture, axis=2).max() > 0.3) == (name in PHOTOS)


def test_stripes_do_not_change_along_a_row_and_noise_does() -> None:
    assert np.ptp(grey(colour_picture("stripes")), axis=1).max() < 1e-6
    assert np.ptp(grey(colour_picture("noise")), axis=1).min() > 0.5


def test_grey_counts_green_most() -> None:
    red, green, blue = (grey(np.eye(3, dtype=np.float32)[None, None, index])[0, 0] for index in range(3))
    assert green > red > blue
    assert red + green + blue == pytest.approx(1)
