import platform

from training.memory import keep_memory


def test_where_there_is_glibc_memory_is_kept() -> None:
    assert keep_memory() is (platform.libc_ver()[0] == "glibc")
