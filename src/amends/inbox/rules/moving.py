"""Which counts moved more than chance moves them, from one span to the next of the same length. Pure."""

from math import sqrt

BEYOND_CHANCE = 2.0
"""So many times what chance alone moves a count by: one in about twenty moves so far by itself."""


def moved(now: int, before: int) -> float:
    """Return how far a count moved, in what chance moves the difference of two counts by; below nothing where it fell."""
    return (now - before) / sqrt(now + before) if now + before else 0.0
