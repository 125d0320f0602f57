"""The rows behind a number as a page, whoever's numbers they are: a manager's, or one's own.

Place in the path: `/numbers/rows`, `/my-numbers/rows` -> here -> `store.fact_rows`.
"""

from typing import Any

from fastapi import Request, Response

from amends.api.counting import Counted, behind_of
from amends.api.desk import Desk
from amends.inbox.actions import facts
from amends.inbox.rules import figures
from amends.inbox.rules.figures import DEFINITIONS, LENGTHS, Figure, Length
from amends.inbox.store import counts, fact_rows
from amends.inbox.store.sessions import Visitor

ROWS = 100
BESIDE = set(Length) - {Length.FIRST_ANSWER, Length.ENDING}
"""The lengths that have no column of their own in the list of rows."""


def rows_page(request: Request, desk: Desk, visitor: Visitor, figure: Figure, counting: Counted, *, place: str = "/numbers") -> Response:
    """Show the rows that a figure of the numbers at `place` counts, a page at a time."""
    with desk.pool.transaction() as conn:
        facts.freshen(conn)
        behind = behind_of(conn, figure, counting, visitor, desk.clock())
        found = fact_rows.page(conn, behind, after=counting.after, limit=ROWS + 1)
        values: dict[str, Any] = {
            "count": fact_rows.count(conn, behind),
            "rows": found[:ROWS],
            "more": str(fact_rows.place_of(found[ROWS - 1])) if len(found) > ROWS else None,
            "counts": counts.read(conn, visitor.scope),
        }
    values |= {"figure": figure, "definition": DEFINITIONS[figure], "figures": figures, "counting": counting, "period": counting.period}
    values |= {"beside": LENGTHS[counting.length] if counting.length and counting.length in BESIDE else "", "place": place}
    more = counting.after is not None and "hx-request" in request.headers
    return desk.screens.blocks(request, "rows.html", ["lines"], values) if more else desk.screens.page(request, "rows.html", values)
