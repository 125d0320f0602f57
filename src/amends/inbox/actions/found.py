"""Takes hold of a case for the length of a transaction."""

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.rules.ids import CaseId
from amends.inbox.store import cases, erasure
from amends.inbox.store.cases import Case


def locked_case(conn: Connection, case_id: CaseId) -> Case:
    """Return the case, locked until the transaction ends; `NotFound` where there is none."""
    case = cases.lock(conn, case_id=case_id)
    if case is None:
        raise NotFound(_("There is no such case."))
    return case


def living_case(conn: Connection, case_id: CaseId) -> Case:
    """Return the case as `locked_case`, to go on with it; `Refused` where its customer was forgotten, so that it is over for good."""
    case = locked_case(conn, case_id)
    stands = erasure.standing(conn, case.customer_id)
    if stands is not None and stands.erased_at is not None:
        raise Refused(_("This customer's record was erased; nothing can be added to it."))
    return case
