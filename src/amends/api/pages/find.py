"""The command bar's server side: what fits what is being typed. Things to do and screens are found in the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from amends.api import words
from amends.api.auth import Reading, may
from amends.api.desk import AtDesk
from amends.api.looking import asker_of
from amends.api.searching import marked
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import gettext as _
from amends.core.translating import ngettext
from amends.core.written import number
from amends.inbox.actions.search_index import WITHOUT_CASE
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.rights import Right, Scope
from amends.inbox.rules.search_words import sought
from amends.inbox.store import finding, macros, searching
from amends.inbox.store.macros import Macro
from amends.inbox.store.searching import Hit, Wanted
from amends.inbox.store.sessions import Visitor

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
    text = q.replace("\x00", "").strip()
    with desk.pool.transaction() as conn:
        groups = found(conn, text, visitor, asker_of(visitor, desk.clock())) if text else ()
    return desk.screens.blocks(request, "found.html", ["found"], {"groups": groups})


def found(conn: Connection, text: str, visitor: Visitor, asker: Asker) -> list[Group]:
    """Return what the database holds for `text`, the nearest to hand first."""
    kinds = (
        Group(kind="case", says=_("Cases"), options=[_case(row) for row in finding.cases(conn, text, asker)]),
        Group(kind="customer", says=_("Customers"), options=[_customer(one) for one in finding.customers(conn, text, asker.scope)]),
        Group(kind="macro", says=_("Macros"), options=[_macro(one) for one in _macros(conn, text, visitor)]),
        Group(kind="text", says=_("Posts, replies and notes"), options=_texts(conn, text, asker.scope)),
    )
    return [group for group in kinds if group.options]


def _macros(conn: Connection, text: str, visitor: Visitor) -> Sequence[Macro]:
    return macros.visible(conn, agent_id=visitor.agent_id, text=text, limit=finding.MOST) if visitor.may(Right.WORK) else ()


def _texts(conn: Connection, text: str, scope: Scope) -> list[Option]:
    """Return the newest texts that hold the words, and the way to all of them."""
    wanted = Wanted(sought=sought(text))
    if not wanted.sought.words:
        return []
    try:
        hits = searching.texts(conn, wanted, scope, limit=finding.MOST)
    except Refused:
        hits = []
    everything = Option(says=_("Search everything"), more=text, address="/search?" + urlencode({"q": text}))
    return [*(_text(hit, wanted, text) for hit in hits), everything]


def _text(hit: Hit, wanted: Wanted, text: str) -> Option:
    shown = "".join(piece.text for piece in marked(hit, wanted.sought.needles))
    if hit.case_id is None:
        address = "/search?" + urlencode({"q": text, "kind": WITHOUT_CASE})
        return Option(says=_("%(name)s, no case") % {"name": hit.by}, more=shown, address=address, network=hit.network)
    return Option(says=f"#{hit.case_id} {hit.by}", more=shown, address=f"/inbox/{hit.case_id}", case_id=hit.case_id, network=hit.network)


def _macro(one: Macro) -> Option:
    return Option(says=one.name, more=one.text[:120], address=f"/settings/macros/{one.id}")


def _case(row: finding.CaseRow) -> Option:
    return Option(
        says=f"#{row.id} {row.author_name}", more=row.preview[:120], address=f"/inbox/{row.id}", case_id=row.id, network=row.network
    )


def _customer(one: finding.FoundCustomer) -> Option:
    counted = ngettext("%(n)s case", "%(n)s cases", one.cases) % {"n": number(one.cases)}
    told = f"{words.handle(one.handle, one.network)} · {counted}"
    return Option(says=one.name, more=told, address=f"/inbox/{one.case_id}", case_id=one.case_id, network=one.network)
