"""What the box shows in which an agent writes: drafts, what had been seen when it was opened, and what becomes of the answer."""

from typing import Any

from amends.api.desk import Desk
from amends.core.database import Connection
from amends.core.translating import spoken
from amends.inbox.actions.translate import base
from amends.inbox.rules.approving import Why, reasons
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.store import approvals, drafts
from amends.inbox.store.case_page import CaseHead
from amends.inbox.store.case_parts import CaseParts
from amends.inbox.store.case_replies import unsent_pictures


def composer_values(
    conn: Connection, desk: Desk, case: CaseHead, has: CaseParts, *, agent_id: AgentId, newest_reply: int
) -> dict[str, Any]:
    """Return what `composer.html` shows beside a case that has these parts."""
    case_id = CaseId(case.id)
    theirs = base(case.language)
    return {
        "drafts": drafts.of_case(conn, case_id=case_id) if has.drafts else {},
        "unsent": unsent_pictures(conn, case_id=case_id, agent_id=agent_id) if has.pictures else [],
        "seen_posts": case.customer_posts,
        "seen_reply": newest_reply,
        "proposing": _proposing(conn, case_id, agent_id) if has.approvals else (),
        "to_theirs": theirs if desk.translator is not None and theirs != spoken() else "",
    }


def _proposing(conn: Connection, case_id: CaseId, agent_id: AgentId) -> tuple[Why, ...]:
    """Return why a second person reads the agent's answer first."""
    return reasons(approvals.newest(conn), approvals.standing(conn, case_id=case_id, agent_id=agent_id))
