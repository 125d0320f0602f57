"""What an outside system is told besides how people are: whose numbers are one, are two again, or are to be forgotten."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NewsKind(StrEnum):
    """What happened to a number of the system."""

    MERGED = "merged"
    UNMERGED = "unmerged"
    ERASED = "erased"


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """One thing to tell: `other_id` is the number that `external_id` became part of, or is no part of any more. Numbers `id` only grow."""

    id: int
    kind: NewsKind
    external_id: str
    other_id: str | None
    at: datetime
