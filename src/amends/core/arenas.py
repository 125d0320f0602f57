"""Keeps a process with many threads small: they share the heaps of the C library."""

import ctypes
import sys
from contextlib import suppress

HEAPS = 2
_MOST_ARENAS = -8
"""`M_ARENA_MAX` of glibc's malloc.h."""


def share_heaps() -> bool:
    """Let all threads share two heaps, and tell whether the C library has such a thing (glibc's: eight a core).

    Python runs one thread at a time, so none waits for another; but what a heap once held for a page it hardly gives back, and with one
    a thread a web worker grew by 20 MB.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library
            return bool(ctypes.CDLL(None).mallopt(_MOST_ARENAS, HEAPS))
    return False
