import numpy as np
import pytest

from data.dataset import DataError
from data.filters import KERNELS, LARGEST, OWN, WORDS, kernel_called, kernel_from_text, text_of_kernel
from tests.training.toy import is_sentence


def test_every_kernel_is_a_small_odd_square_with_words() -> None:
    for name, kernel in KERNELS.items():
        assert kernel.shape[0] == kernel.shape[1] <= LARGEST
        assert kernel.shape[0] % 2 == 1
        assert is_sentence(WORDS[name])
    assert set(WORDS) == {*KERNELS, OWN}


def test_kernels_keep_or_remove_brightness_as_their_words_say() -> None:
    for name in ("identity", "box blur", "Gaussian blur", "sharpen"):
        assert KERNELS[name].sum() == pytest.approx(1, abs=1e-6)
    for name in ("Sobel x", "Sobel y", "Laplacian", "Gabor"):
        assert KERNELS[name].sum() == pytest.approx(0, abs=1e-5)


def test_the_gaussian_blur_is_a_3x3_blur_applied_twice() -> None:
    small = np.outer((1, 2, 1), (1, 2, 1)) / 16
    twice = np.zeros((5, 5))
    for row in range(3):
        for column in range(3):
            twice[row : row + 3, column : column + 3] += small[row, column] * small
    np.testing.assert_allclose(KERNELS["Gaussian blur"], twice, atol=1e-7)


def test_a_kernel_goes_into_text_and_back() -> None:
    for kernel in KERNELS.values():
        np.testing.assert_allclose(kernel_from_text(text_of_kernel(kernel)), kernel, atol=1e-3)
    assert kernel_called(OWN, "5").tolist() == [[5.0]]
    assert kernel_called("Sobel x", "") is KERNELS["Sobel x"]
    assert kernel_from_text("1, 0, 0 / 0, 1, 0 / 0 0 1").tolist() == np.eye(3).tolist()


@pytest.mark.parametrize(
    "text",
    ["", "1 2 / 3 4", "1 2 3 / 4 5 6", "1 2 / 3 4 / 5 6", "a", "1 2 x / 1 2 3 / 1 2 3", "nan", "1e9", "inf", "0",
     " / ".join(["1 " * 9] * 9), "__import__('os')", "1 2 3 // 1"],
)  # fmt: skip
def test_what_is_no_kernel_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(DataError) as refused:
        kernel_from_text(text)
    assert is_sentence(str(refused.value))
