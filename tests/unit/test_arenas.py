"""The heaps that the threads of a process share."""

import platform

import pytest

from amends.core.arenas import share_heaps


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_glibc_takes_the_number_of_heaps() -> None:
    assert share_heaps() is True
