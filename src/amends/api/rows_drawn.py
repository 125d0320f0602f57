"""Rows of the list as they were last drawn: fifty agents look at the same fifty cases, which are mostly as they were a moment ago."""

from collections.abc import Callable
from datetime import datetime

from markupsafe import Markup

from amends.api.row_words import Times, times
from amends.core.translating import spoken
from amends.inbox.store.inbox_list import CaseRow

MOST = 1_000
"""So many rows are kept, about 4 kB each; then it begins anew."""


class RowsDrawn:
    """Draws rows by `macro`, each only where it, or what it says of its times, is not as it was in that language."""

    def __init__(self, macro: Callable[[CaseRow, Times], Markup]) -> None:
        self._macro = macro
        self._kept: dict[tuple[int, str], tuple[CaseRow, Times, Markup]] = {}

    def __call__(self, row: CaseRow, now: datetime) -> Markup:
        """Return the row as it is now."""
        key, said = (row.id, spoken()), times(row, now)
        kept = self._kept.get(key)
        if kept is None or kept[:2] != (row, said):
            kept = row, said, self._macro(row, said)
            self._keep(key, kept)
        return kept[2]

    def _keep(self, key: tuple[int, str], drawn: tuple[CaseRow, Times, Markup]) -> None:
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[key] = drawn
