"""What the screens and REST share about answers after an incident: to let one go at a length that its network takes."""

from amends.api.desk import Desk
from amends.api.networks import check_length, posts_of
from amends.core.database import Connection
from amends.inbox.actions import tell_affected
from amends.inbox.rules.holding import Seen
from amends.inbox.store.incident_answers import Answer
from amends.inbox.store.sessions import Visitor


def let_go(conn: Connection, desk: Desk, visitor: Visitor, answer: Answer, text: str, seen: Seen) -> None:
    """Approve one answer in these words, in several posts where it must and the network has them; `Refused` where it is too long."""
    parts: tuple[str, ...] = ()
    if desk.able(answer.network).threads:
        parts = posts_of(answer.network, answer.source_options, text.strip())
    else:
        check_length(answer.network, answer.source_options, text.strip())
    many = parts if len(parts) > 1 else ()
    tell_affected.approve(conn, answer, text, parts=many, seen=seen, agent_id=visitor.agent_id, now=desk.clock())
