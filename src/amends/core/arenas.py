"""The memory of a process that serves: its threads share the heaps of the C library, and nobody looks for garbage in what stays."""

import ctypes
import gc
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


def spare_what_stays() -> int:
    """Take all that there is now out of the search for garbage, and return how many things that are.

    A web worker has 300,000 before its first page, which stay as long as it does; to look through them held up a page now and then by
    as long as it takes to draw ten.
    """
    gc.collect()
    gc.freeze()
    return gc.get_freeze_count()
