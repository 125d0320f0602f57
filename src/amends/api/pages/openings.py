"""Who opened whose record, the newest first: of one customer, by one colleague, or all."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from amends.api.auth import Reading, may
from amends.api.desk import AtDesk
from amends.api.person_words import PLACES
from amends.core.database import Connection
from amends.inbox.rules.rights import Right, Scope
from amends.inbox.rules.text import storable
from amends.inbox.store import counts, customer_list, openings, people
from amends.inbox.store.customer_list import Listed

router = APIRouter(prefix="/privacy/openings", include_in_schema=False)
SHOWN = 50
MOST_FOUND = 50
"""So many customers are looked at where a name fits more of them, and the page says so."""


@router.get("", dependencies=[may(Right.PRIVACY)])
def show(
    request: Request,
    desk: AtDesk,
    visitor: Reading,
    customer: str = "",
    agent: str = "",
    below: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
) -> Response:
    """Show the newest openings that fit; for htmx only the list, or the lines behind the opening `below`."""
    asked = {"customer": storable(customer)[:200], "agent": agent if agent.isdecimal() else ""}
    with desk.pool.transaction() as conn:
        values = _listed(conn, asked, visitor.scope, below) | {"asked": asked}
        if request.headers.get("HX-Request"):
            return desk.screens.blocks(request, "openings.html", ["lines" if below else "listed"], values)
        values |= {"people": people.everyone(conn), "counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "openings.html", values)


def _listed(conn: Connection, asked: dict[str, str], scope: Scope, below: int | None) -> dict[str, Any]:
    agent_id = int(asked["agent"][:18]) if asked["agent"] else None
    found = _whose(conn, asked["customer"], scope)
    whose = found and found[:MOST_FOUND]
    rows = openings.page(conn, customer_ids=whose, agent_id=agent_id, below=below, limit=SHOWN + 1)
    more = rows[SHOWN - 1].id if len(rows) > SHOWN else None
    return {"rows": rows[:SHOWN], "more": more, "places": PLACES, "left_out": found != whose, "most_found": MOST_FOUND}


def _whose(conn: Connection, text: str, scope: Scope) -> list[int] | None:
    """Return the customers that are meant: by their number those too who were erased, else those found, the newest first; None: all."""
    number = text.strip().removeprefix("#")
    if number.isdecimal() and number.isascii():
        return [int(number[:18])]
    if not text.strip():
        return None
    return [one.id for one in customer_list.page(conn, Listed(text=text, limit=MOST_FOUND + 1), scope)]
