"""The numbers for managers, and behind each of them the rows that it counts."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from amends.api.auth import Reading, may
from amends.api.desk import AtDesk
from amends.api.pages._chart import chart
from amends.core.database import Connection
from amends.inbox.rules import figures
from amends.inbox.rules.figures import DEFINITIONS, Figure, Period, Span, bucket_of, period_of
from amends.inbox.rules.rights import Right
from amends.inbox.store import counts, numbers
from amends.inbox.store.query_names import known

router = APIRouter(prefix="/numbers", include_in_schema=False)
ROWS = 100

Brand = Annotated[str, Query(max_length=100)]


@router.get("", dependencies=[may(Right.NUMBERS)])
def show(request: Request, desk: AtDesk, visitor: Reading, span: Span = Span.WEEK, brand: Brand = "") -> Response:
    """Show the numbers of the period that ends now."""
    period = period_of(span, desk.clock())
    with desk.pool.transaction() as conn:
        values: dict[str, Any] = _figures(conn, period, span, brand) | {
            "counts": counts.read(conn, visitor.scope),
            "brands": [(one.names[0], one.names[-1]) for one in known(conn, "brand")],
        }
    values |= {"span": span, "spans": list(Span), "brand": brand, "period": period, "definitions": DEFINITIONS, "figures": figures}
    return desk.screens.page(request, "numbers.html", values)


@router.get("/rows", dependencies=[may(Right.NUMBERS)])
def rows(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Reading,
    figure: Figure,
    since: datetime,
    until: datetime,
    brand: Brand = "",
    network: Annotated[str, Query(max_length=40)] = "",
    below: int | None = None,
) -> Response:
    """Show the rows that a figure counts, a page at a time."""
    period = Period(since=since, until=until)
    with desk.pool.transaction() as conn:
        found = numbers.rows(conn, figure, period, brand=brand, network=network, below=below, limit=ROWS + 1)
        values: dict[str, Any] = {
            "count": numbers.count(conn, figure, period, brand=brand, network=network),
            "rows": found[:ROWS],
            "more": found[ROWS - 1].id if len(found) > ROWS else None,
            "counts": counts.read(conn, visitor.scope),
        }
    more = below is not None and "hx-request" in request.headers
    values |= {
        "figure": figure,
        "definition": DEFINITIONS[figure],
        "figures": figures,
        "period": period,
        "brand": brand,
        "network": network,
    }
    return desk.screens.blocks(request, "rows.html", ["lines"], values) if more else desk.screens.page(request, "rows.html", values)


def _figures(conn: Connection, period: Period, span: Span, brand: str) -> dict[str, Any]:
    speeds = numbers.speeds(conn, period, brand)
    return {
        "backlog": numbers.backlog(conn, brand),
        "overall": speeds[0],
        "by_network": speeds[1:],
        "outcomes": numbers.outcomes(conn, period, brand),
        "chart": chart(numbers.bars(conn, period, bucket_of(span), brand)),
    }
