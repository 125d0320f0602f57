"""How often a property is tried: a little each day, since every run draws anew, and much where somebody asks for it."""

import os

TIMES = int(os.environ.get("EXAMPLES_TIMES", "1"))
"""`EXAMPLES_TIMES=30 ./amends test --timeout 3600 tests/property` tries thirty times as many."""


def few(examples: int) -> int:
    """Return so many examples, times what the environment says: for properties whose examples each fill a desk."""
    return examples * TIMES
