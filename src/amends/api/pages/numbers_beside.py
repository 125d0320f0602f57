"""What stands beside the numbers of a span: the topics that rise and fall, and the alarms with their precision and the rows behind them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from amends.api.auth import Reading, may
from amends.api.counting import Counting, alarms_behind
from amends.api.desk import AtDesk
from amends.api.spanning import Spanning
from amends.inbox.actions import facts
from amends.inbox.actions.breakdown import topics_moving
from amends.inbox.rules import alarm_figures
from amends.inbox.rules.alarm_figures import AlarmFigure, together
from amends.inbox.rules.rights import Right
from amends.inbox.store import alarm_numbers, counts

router = APIRouter(prefix="/numbers", include_in_schema=False)
ROWS = 100


@router.get("/moving", dependencies=[may(Right.NUMBERS)])
def moving(request: Request, desk: AtDesk, visitor: Reading, wanted: Spanning) -> Response:
    """Show the topics that more, or fewer, complain about than in the span before."""
    with desk.pool.transaction() as conn:
        facts.freshen(conn)
        asked = wanted.asked(conn, visitor, desk.clock())
        found = topics_moving(conn, asked)
    values = {"moving": found, "period": asked.period, "before": asked.before}
    return desk.screens.blocks(request, "numbers_beside.html", ["moving"], values)


@router.get("/alarms", dependencies=[may(Right.NUMBERS)])
def alarms(request: Request, desk: AtDesk, visitor: Reading, wanted: Spanning) -> Response:
    """Show how many alarms each rule raised, and how many of them were of use."""
    with desk.pool.transaction() as conn:
        asked = wanted.asked(conn, visitor, desk.clock())
        found = alarm_numbers.by_rule(conn, asked.period, asked.query, asked.asker)
    values = {"rules": found, "all_rules": together(found), "figures": alarm_figures, "period": asked.period, "wanted": wanted}
    return desk.screens.blocks(request, "numbers_beside.html", ["alarms"], values)


@router.get("/alarms/rows", dependencies=[may(Right.NUMBERS)])
def rows(
    request: Request,
    desk: AtDesk,
    visitor: Reading,
    counting: Counting,
    figure: AlarmFigure,
    rule: Annotated[str | None, Query(max_length=300)] = None,
) -> Response:
    """Show the alarms that a number counts, a page at a time."""
    with desk.pool.transaction() as conn:
        behind = alarms_behind(conn, figure, counting, visitor, desk.clock(), rule=rule)
        found = alarm_numbers.page(conn, behind, after=counting.after, limit=ROWS + 1)
        values: dict[str, Any] = {"count": alarm_numbers.count(conn, behind), "counts": counts.read(conn, visitor.scope)}
    values |= {"rows": found[:ROWS], "more": str(alarm_numbers.place_of(found[ROWS - 1])) if len(found) > ROWS else None}
    values |= {"figure": figure, "figures": alarm_figures, "counting": counting, "period": counting.period, "rule": rule}
    if counting.after is not None and "hx-request" in request.headers:
        return desk.screens.blocks(request, "alarm_rows.html", ["lines"], values)
    return desk.screens.page(request, "alarm_rows.html", values)
