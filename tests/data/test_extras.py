import pytest

from data.extras import EXTRAS, INSTALL, MissingExtraError, is_importable, is_installed, weights_file


@pytest.mark.parametrize("name", EXTRAS)
def test_the_weights_are_found_without_importing_their_package(name: str) -> None:
    assert weights_file(name).stat().st_size > 1_000_000
    assert is_installed(name)


@pytest.mark.parametrize("name", EXTRAS)
def test_one_sentence_says_what_is_missing_and_how_to_get_it(name: str, without_extras: None) -> None:
    assert not is_installed(name)
    with pytest.raises(MissingExtraError, match=f"^{EXTRAS[name].title} is not installed here.*{INSTALL}"):
        weights_file(name)


def test_weights_that_cannot_be_read_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.extras.is_importable", lambda package: package != "gguf")
    assert not is_installed("smollm")
    assert is_installed("minilm")


def test_a_package_that_nobody_made_is_not_importable() -> None:
    assert is_importable("numpy")
    assert not is_importable("a_package_that_nobody_made")
