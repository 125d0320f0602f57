"""What the kinds of a timeline are asked, and what they return."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from amends.core.database import BigInt
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.store import scopes
from amends.inbox.store.query_words import escaped

END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)
LARGEST = 2**63 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where an entry stands in the order of all: by time, then kind, then id."""

    at: datetime
    kind: str
    id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry(Place):
    """One thing that happened with a customer; what a kind has more than others stands in `facts`, of JSON's kinds."""

    text: str = ""
    detail: str = ""
    network: str = ""
    case_id: int | None = None
    by: str = ""
    mood: str = ""
    language: str = ""
    facts: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A page of a timeline: what of whom, below which entry, holding which text."""

    customer_id: CustomerId
    scope: Scope = EVERYTHING
    text: str = ""
    after: Place | None = None
    limit: int = 30

    def params(self, kinds: Iterable[str]) -> dict[str, Any]:
        """Return the parameters of the SQL of these kinds; `part`, which a row has to hold, is empty where no text is asked for."""
        return {
            "customer_id": self.customer_id,
            "part": _part(self.text),
            "at": self.after.at if self.after else END_OF_TIME,
            "limit": self.limit,
            **{f"below_{kind}": BigInt(_below(self.after, kind)) for kind in kinds},
            **scopes.params(self.scope),
        }


def _below(after: Place | None, kind: str) -> int:
    """Return below which id rows of `kind` come behind an entry of their moment: kinds later in the alphabet go before."""
    if after is None:
        return LARGEST
    if kind == after.kind:
        return after.id
    return LARGEST if kind < after.kind else -1


def _part(text: str) -> str:
    """Return the pattern of LIKE for a text that is held anywhere, empty where nothing is asked."""
    plain = escaped(text)
    return f"%{plain}%" if plain else ""
