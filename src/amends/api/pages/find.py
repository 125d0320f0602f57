"""The command bar's server side: cases and customers that fit what is being typed. Things to do and screens are found in the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from amends.api import words
from amends.api.auth import Reading, may
from amends.api.desk import AtDesk
from amends.api.looking import asker_of
from amends.core.database import Connection
from amends.core.translating import gettext as _
from amends.core.translating import ngettext
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.rights import Right
from amends.inbox.store import finding

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One thing found: what it says, what tells it apart, and where it leads."""

    says: str
    more: str
    address: str
    case_id: int = 0
    network: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Options of one kind under a heading."""

    kind: str
    says: str
    options: Sequence[Option]


@router.get("/find", dependencies=[may(Right.SEE)])
def find(request: Request, desk: AtDesk, visitor: Reading, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Return the options that fit `q`, as a fragment for the list under the command bar."""
    with desk.pool.transaction() as conn:
        groups = found(conn, q.strip(), asker_of(visitor, desk.clock())) if q.strip() else ()
    return desk.screens.blocks(request, "found.html", ["found"], {"groups": groups})


def found(conn: Connection, text: str, asker: Asker) -> list[Group]:
    """Return what the database holds for `text`: the one place that a better index is put behind."""
    kinds = (
        Group(kind="case", says=_("Cases"), options=[_case(row) for row in finding.cases(conn, text, asker)]),
        Group(kind="customer", says=_("Customers"), options=[_customer(one) for one in finding.customers(conn, text, asker.scope)]),
    )
    return [group for group in kinds if group.options]


def _case(row: finding.CaseRow) -> Option:
    return Option(
        says=f"#{row.id} {row.author_name}", more=row.preview[:120], address=f"/inbox/{row.id}", case_id=row.id, network=row.network
    )


def _customer(one: finding.FoundCustomer) -> Option:
    counted = ngettext("%(n)s case", "%(n)s cases", one.cases) % {"n": one.cases}
    told = f"{words.handle(one.handle, one.network)} · {counted}"
    return Option(says=one.name, more=told, address=f"/inbox/{one.case_id}", case_id=one.case_id, network=one.network)
