"""SQL of the free words in a query. Everything that asks for words asks here, so that another index is one change."""

from collections.abc import Callable
from typing import LiteralString

Hold = Callable[[object], LiteralString]
"""Keeps a value among the query's parameters and returns its place in the SQL."""


def holds_words(hold: Hold, words: str) -> LiteralString:
    """Return the condition that a case `c` holds `words` as they were typed: in its first words, or its customer's handle begins so."""
    return "(c.preview ilike " + hold(f"%{escaped(words)}%") + " or " + is_of_handle(hold, words) + ")"


def is_of_handle(hold: Hold, handle: str) -> LiteralString:
    """Return the condition that the customer's handle begins with `handle`."""
    begins = hold(f"{bare_handle(handle)}%")
    return "c.author_id = any(array(select id from authors where lower(handle) like " + begins + " limit 1000))"


def escaped(text: str) -> str:
    r"""Return `text` so that `like` takes it as it stands."""
    return text.replace("\x00", "").strip().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def bare_handle(text: str) -> str:
    """Return the beginning of a handle as it is kept, without its network's sign."""
    return escaped(text).removeprefix("u/").removeprefix("@").lower()
