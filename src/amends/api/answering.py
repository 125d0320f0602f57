"""What the screens and REST share about a case: to find it, and to answer it within the length its network takes."""

from uuid import UUID

from amends.api.desk import Desk
from amends.api.networks import check_length
from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.personal.finding import find, kinds_of
from amends.core.personal.kinds import Kind
from amends.inbox.actions.reply import queue_reply
from amends.inbox.rules.ids import CaseId, ReplyId
from amends.inbox.store import case_page
from amends.inbox.store.case_page import CaseHead
from amends.inbox.store.sessions import Visitor


def head_of(conn: Connection, case_id: CaseId) -> CaseHead:
    """Return the case; `NotFound` where there is none."""
    found = case_page.head(conn, case_id)
    if found is None:
        raise NotFound(f"There is no case {case_id}.")
    return found


def named_in_public(conn: Connection, case_id: CaseId, text: str) -> tuple[Kind, ...]:
    """Return the kinds of personal data that an answer would show to everybody; order numbers are named between customer and company."""
    found = find(text, head_of(conn, case_id).language)
    return tuple(kind for kind in kinds_of(found) if kind is not Kind.ORDER)


def answer(  # noqa: PLR0913
    conn: Connection, desk: Desk, visitor: Visitor, *, case_id: CaseId, text: str, key: UUID | None, resolve: bool
) -> ReplyId:
    """Queue a reply that the network would take at this length, and return its id."""
    case = head_of(conn, case_id)
    check_length(case.network, case.source_options, text)
    return queue_reply(
        conn, case_id=case_id, agent_id=visitor.agent_id, text=text, key=key, resolve=resolve, policy=desk.policy, now=desk.clock()
    )
