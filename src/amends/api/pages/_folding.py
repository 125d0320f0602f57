"""Folds what is told in small type: a run of calm events becomes one line that unfolds, so that what people said stays in view."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from amends.api.pages import _events

LONGEST_RUN = 3
"""So many small events in a row are shown as they are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One thing in the thread: `kind` is theirs, ours, context, fold, reply, note, event or events; `what` its row, or a fold's rows."""

    at: datetime
    kind: str
    what: Any


def folded(entries: Sequence[Entry]) -> Iterable[Entry]:
    """Yield the entries with each longer run of calm events as one."""
    for small, run in groupby(entries, key=_is_small):
        together = list(run)
        if small and len(together) > LONGEST_RUN:
            yield Entry(at=together[0].at, kind="events", what=[entry.what for entry in together])
        else:
            yield from together


def _is_small(entry: Entry) -> bool:
    return entry.kind == "event" and _events.mood(entry.what) == "calm"
