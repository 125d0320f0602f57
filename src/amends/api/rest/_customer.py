"""What all that belongs to a customer has in common over REST: who is behind a change, and the answer to what was kept."""

from dataclasses import dataclass

from amends.inbox.rules.customer_record import Origin
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.sessions import Visitor


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """The row that was kept."""

    id: int


def source_of(visitor: Visitor) -> Source:
    """Return the program, and whose it is, as the history has it."""
    return Source(by=visitor.agent_id, origin=Origin.PROGRAM, note=visitor.token)
