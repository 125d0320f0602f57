"""How often Python looks for garbage that holds itself in a circle; all other memory is freed at once. Called by the desk's worker."""

import gc

MADE_BETWEEN = 50_000
"""So many objects are made between two looks at the youngest, in place of 700: a batch of posts makes more, and hardly a circle."""


def look_seldom() -> None:
    """From now on look for garbage seldom, and never among what is there by now: the model and the libraries stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(MADE_BETWEEN)
