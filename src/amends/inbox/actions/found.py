"""Takes hold of a case for the length of a transaction."""

from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.rules.ids import CaseId
from amends.inbox.store import cases
from amends.inbox.store.cases import Case


def locked_case(conn: Connection, case_id: CaseId) -> Case:
    """Return the case, locked until the transaction ends; `NotFound` where there is none."""
    case = cases.lock(conn, case_id=case_id)
    if case is None:
        raise NotFound(_("There is no such case."))
    return case
