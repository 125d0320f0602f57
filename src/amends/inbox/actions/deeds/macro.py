"""Lays a macro into the reply box of a case, filled in, as a draft that a person reads before anything goes out."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.inbox.actions import drafts
from amends.inbox.actions.deeds import At, Facts, number
from amends.inbox.actions.macro_values import macro_values
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, MacroId
from amends.inbox.rules.macro_text import fill
from amends.inbox.store import case_page, events, macros
from amends.inbox.store.drafts import lock

EVENT = EventKind.MACRO_DRAFTED
DECIDED_BY = None
GONE = N_("The macro “%(name)s” is not there any more.")
SAYS = N_("draft the macro “%(name)s”")


def check(conn: Connection, asked: Facts, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every deed is checked alike
    """Return the macro, which is the team's: what is one's own may say what only one oneself would."""
    found = macros.lock(conn, MacroId(number(asked, "macro")))
    if found is None or not found.shared:
        raise Refused(_("Choose a macro that the team shares."))
    return {"macro": found.id, "name": found.name}


def said(facts: Facts) -> str:
    """Return what it does."""
    return _(SAYS) % {"name": facts["name"]}


def act(at: At, facts: Facts) -> None:
    """Do it in the name of who has the case, unless somebody writes there already."""
    macro = macros.lock(at.conn, MacroId(int(str(facts["macro"]))))
    case = case_page.head(at.conn, at.case_id)
    if macro is None or not macro.shared:
        raise Refused(GONE, name=str(facts["name"]))
    if case is None or lock(at.conn, case_id=at.case_id, box="reply"):
        return
    text = fill(macro.text, macro_values(at.conn, case, case.assignee or ""))
    writer = at.agent_id if case.assignee_id is None else AgentId(case.assignee_id)
    draft = drafts.put_back(at.conn, case_id=at.case_id, box="reply", text=text, agent_id=writer, now=at.now)
    events.add(
        at.conn, EVENT, now=at.now, case_id=at.case_id, agent_id=at.agent_id, macro=macro.name, draft_id=draft.id, version=draft.version
    )
