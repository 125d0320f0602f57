"""Who opened whose record, the newest first: of one customer, by one colleague, or all."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from amends.api.auth import Reading, may
from amends.api.desk import AtDesk
from amends.api.person_words import PLACES
from amends.core.database import Connection
from amends.inbox.rules.rights import Right
from amends.inbox.store import counts, openings, people

router = APIRouter(prefix="/privacy/openings", include_in_schema=False)
SHOWN = 50


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
    asked = {"customer": customer if customer.isdecimal() else "", "agent": agent if agent.isdecimal() else ""}
    with desk.pool.transaction() as conn:
        values = _listed(conn, asked, below) | {"asked": asked}
        if request.headers.get("HX-Request"):
            return desk.screens.blocks(request, "openings.html", ["lines" if below else "listed"], values)
        values |= {"people": people.everyone(conn), "counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "openings.html", values)


def _listed(conn: Connection, asked: dict[str, str], below: int | None) -> dict[str, Any]:
    wanted = {f"{name}_id": int(text[:18]) for name, text in asked.items() if text}
    rows = openings.page(conn, **wanted, below=below, limit=SHOWN + 1)
    return {"rows": rows[:SHOWN], "more": rows[SHOWN - 1].id if len(rows) > SHOWN else None, "places": PLACES}
