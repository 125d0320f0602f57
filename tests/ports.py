"""Ports for servers of a test's own.

A port that is free now may be taken by another process of the tests' a moment later, and the two would speak to one server. So each
process has a block of its own, below the ports that the system gives out by itself, and asks within it.
"""

import os
from itertools import count

from amends.cli.running.ports import free_port

FIRST, BLOCK, BLOCKS = 12_000, 36, 500
_asked = count()


def port_of_ours() -> int:
    """Return a port of this process's block that nothing listens at, another each time until they are through."""
    return free_port("127.0.0.1", FIRST + os.getpid() % BLOCKS * BLOCK + next(_asked) % BLOCK)
