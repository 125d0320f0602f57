"""Which resolved cases are shown beside an answer, and their words without the other customer's personal data. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from amends.core.personal.finding import mask
from amends.inbox.rules.words import Outcome

LEAST = 0.5
"""The least likeness (cosine) of two cases; below, words of the one do not help in the other."""
RANK = {Outcome.HELD: 0, Outcome.SILENT: 1, Outcome.UNKNOWN: 2, None: 2, Outcome.RELAPSED: 3}


@dataclass(frozen=True, kw_only=True, slots=True)
class Like:
    """A case and how like it is, 0 to 1; `outcome` says whether its resolution held, None where that is not known yet."""

    case_id: int
    likeness: float
    outcome: str | None


def best(found: Sequence[Like], most: int) -> list[Like]:
    """Return those that are worth reading: what held first, then the most alike."""
    near = sorted((one for one in found if one.likeness >= LEAST), key=lambda one: -one.likeness)[: most * 4]
    return sorted(near, key=lambda one: (RANK.get(Outcome(one.outcome) if one.outcome else None, 2), -one.likeness))[:most]


def without_them(text: str, *, language: str, names: Sequence[str], shapes: Sequence[str] = ()) -> str:
    """Return `text` without personal data and without the names and handles of the customer it was written to."""
    masked = mask(text, language, shapes=shapes)
    pieces = {piece for name in names for piece in (name.strip().lstrip("@"), *name.split()) if len(piece.strip("@")) > 1}
    for piece in sorted(pieces, key=len, reverse=True):
        masked = re.sub(rf"(?<!\w)@?{re.escape(piece)}(?!\w)", "…", masked, flags=re.IGNORECASE)
    return re.sub(r"(?<![\w.])@[\w.-]+(?:@[\w.-]+)?", "…", masked)
