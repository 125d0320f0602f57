"""How often a property is tried: a little each day, since every run draws anew, and much where somebody asks for it."""

import os

TIMES = float(os.environ.get("EXAMPLES_TIMES", "0.25"))
"""`EXAMPLES_TIMES=1 ./amends test tests/property` tries all examples that a property names, 30 (`--timeout 3600`) thirty times as many."""


def few(examples: int) -> int:
    """Return how many of so many examples are tried, two at least: for properties whose examples are dear each."""
    return max(round(examples * TIMES), 2)
