"""The memory of a process that serves: heaps that its threads share, and what nobody looks through for garbage."""

import gc
import platform

import pytest

from amends.core.arenas import share_heaps, spare_what_stays


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_glibc_takes_the_number_of_heaps() -> None:
    assert share_heaps() is True


def test_what_stays_is_not_looked_through_for_garbage() -> None:
    before, kept = gc.get_freeze_count(), [[one] for one in range(10_000)]
    assert spare_what_stays() >= before + len(kept)
