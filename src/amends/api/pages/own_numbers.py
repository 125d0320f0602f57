"""One's own numbers: what an agent has, how fast it went, whether it held, and the rows behind them. Nobody is beside them."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response

from amends.api.auth import Reading, may
from amends.api.counting import Counting
from amends.api.desk import AtDesk
from amends.api.pages._numbers_view import headline, tiles
from amends.api.pages._rows_page import rows_page
from amends.api.spanning import Spanning
from amends.inbox.actions import facts
from amends.inbox.rules.figures import Figure
from amends.inbox.rules.paces import PACED
from amends.inbox.rules.query import Match, Query, Term
from amends.inbox.rules.rights import Right
from amends.inbox.rules.spans import Span
from amends.inbox.store import counts, numbers

PLACE = "/my-numbers"
router = APIRouter(prefix=PLACE, include_in_schema=False)
MINE = Query((Term("assignee", (Match("me"),)),))


@router.get("", dependencies=[may(Right.SEE)])
def show(request: Request, desk: AtDesk, visitor: Reading, wanted: Spanning) -> Response:
    """Show the numbers of the cases that are one's own."""
    with desk.pool.transaction() as conn:
        facts.freshen(conn)
        asked = replace(wanted, text=str(MINE)).asked(conn, visitor, desk.clock())
        found = numbers.find(conn, asked, also=PACED)
        pace, _before = numbers.paces_of(conn, asked, found)
        values: dict[str, Any] = {"counts": counts.read(conn, visitor.scope)}
    values |= {"period": asked.period, "zone": asked.zone, "headline": headline(found, asked), "tiles": tiles(found, asked, pace)}
    return desk.screens.page(request, "own_numbers.html", values | {"wanted": wanted, "spans": list(Span), "place": PLACE})


@router.get("/rows", dependencies=[may(Right.SEE)])
def rows(request: Request, desk: AtDesk, visitor: Reading, figure: Figure, counting: Counting) -> Response:
    """Show the rows that a figure of one's own numbers counts, whatever else the address asks for."""
    return rows_page(request, desk, visitor, figure, replace(counting, text=str(MINE)), place=PLACE)
