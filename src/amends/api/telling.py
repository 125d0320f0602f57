"""What the screens and REST share about answers after an incident: to find one, and to let it go at a length that its network takes."""

from collections.abc import Sequence

from amends.api.desk import Desk
from amends.api.networks import check_length, posts_of
from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions import tell_affected
from amends.inbox.rules.holding import Seen
from amends.inbox.store import incident_answers
from amends.inbox.store.incident_answers import Answer
from amends.inbox.store.sessions import Visitor

STANDING = {"proposed": ["proposed"], "approved": ["approved", "underway", "told"], "skipped": ["untold"]}
"""Which outcomes are listed together; what did not go out is in the list of who was not told, where it is counted."""


def answer_of(conn: Connection, visitor: Visitor, incident_id: int, answer_id: int) -> Answer:
    """Return an answer that the visitor sees; `NotFound` for any other."""
    found = some_of(conn, visitor, incident_id, [answer_id])
    if not found:
        raise NotFound(_("There is no such answer."))
    return found[0]


def some_of(conn: Connection, visitor: Visitor, incident_id: int, answer_ids: Sequence[int]) -> list[Answer]:
    """Return those of the answers that the visitor sees."""
    there = tell_affected.round_of(conn, incident_id)
    return incident_answers.some(conn, visitor.scope, there.id, answer_ids) if there else []


def let_go(conn: Connection, desk: Desk, visitor: Visitor, answer: Answer, text: str, seen: Seen) -> None:
    """Approve one answer in these words, in several posts where it must and the network has them; `Refused` where it is too long."""
    parts: tuple[str, ...] = ()
    if desk.able(answer.network).threads:
        parts = posts_of(answer.network, answer.source_options, text.strip())
    else:
        check_length(answer.network, answer.source_options, text.strip())
    many = parts if len(parts) > 1 else ()
    tell_affected.approve(conn, answer, text, parts=many, seen=seen, agent_id=visitor.agent_id, now=desk.clock())
