"""Who asks, and when: what words such as `assignee:me`, `age:>2d` and `opened:today` of a query are measured by."""

from dataclasses import dataclass
from datetime import datetime

from amends.inbox.rules.query import Query, terms_of
from amends.inbox.rules.rights import EVERYTHING, Scope


@dataclass(frozen=True, kw_only=True, slots=True)
class Asker:
    """An agent (0: nobody in particular, as a rule asks) at a moment, with what they may see."""

    agent_id: int
    now: datetime
    scope: Scope = EVERYTHING


_PERSONAL = {("assignee", "me"), ("team", "mine"), ("mentions", "me")}


def is_personal(query: Query) -> bool:
    """Tell whether the query finds other cases for another agent."""
    return any((term.field, match.value) in _PERSONAL for term in terms_of(query) for match in term.matches)
