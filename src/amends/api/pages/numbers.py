"""The numbers for managers, live and for any span, and behind each of them the rows that it counts."""

from typing import Any

from fastapi import APIRouter, Request, Response

from amends.api.auth import Reading, may
from amends.api.counting import Counting
from amends.api.desk import AtDesk
from amends.api.facts_out import FactsFormat, facts_file
from amends.api.pages._chart import chart, line, mood_columns
from amends.api.pages._numbers_view import beside_wall, distribution_of, headline, tiles
from amends.api.pages._rows_page import rows_page
from amends.api.spanning import Spanning, Wanted
from amends.api.zones import zones
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.inbox.actions import facts
from amends.inbox.actions.breakdown import Dimension, breakdown, check_dimension, dimensions
from amends.inbox.rules import figures
from amends.inbox.rules.columns import Column
from amends.inbox.rules.figures import DEFINITIONS, Figure, Length
from amends.inbox.rules.measuring import series
from amends.inbox.rules.paces import PACED, Paces, of_how_many
from amends.inbox.rules.rights import Right
from amends.inbox.rules.spans import Span, slots, width_of
from amends.inbox.store import counts, numbers
from amends.inbox.store.numbers import Asked, Found
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/numbers", include_in_schema=False)


@router.get("", dependencies=[may(Right.NUMBERS)])
def show(request: Request, desk: AtDesk, visitor: Reading, wanted: Spanning) -> Response:
    """Show the numbers of a span; for htmx only the tiles, which are kept fresh."""
    with desk.pool.transaction() as conn:
        facts.freshen(conn)
        values: dict[str, Any] = {"counts": counts.read(conn, visitor.scope)}
        tiles_alone = "hx-request" in request.headers
        values |= _looked_at(conn, wanted, visitor, desk, tiles_alone=tiles_alone) | {"dimensions": dimensions(conn, visitor.role)}
    values |= {"wanted": wanted, "spans": list(Span), "zones": zones(), "definitions": DEFINITIONS, "figures": figures}
    if tiles_alone:
        return desk.screens.blocks(request, "numbers.html", ["tiles"], values)
    return desk.screens.page(request, "numbers.html", values)


@router.get("/by/{dimension}", dependencies=[may(Right.NUMBERS)])
def by(request: Request, desk: AtDesk, visitor: Reading, wanted: Spanning, dimension: Dimension) -> Response:
    """Show the numbers of a span by what the cases have in common."""
    with desk.pool.transaction() as conn:
        facts.freshen(conn)
        check_dimension(conn, dimension, visitor.role)
        allowed = dimensions(conn, visitor.role)
        asked = wanted.asked(conn, visitor, desk.clock())
        found = breakdown(conn, asked, dimension, compares=Dimension.ASSIGNEE in allowed)
    values = {"wanted": wanted, "period": asked.period, "dimension": dimension, "dimensions": allowed, "lines": found}
    return desk.screens.blocks(request, "numbers_by.html", ["by"], values)


@router.get("/facts.{kind}", dependencies=[may(Right.NUMBERS)])
def export(desk: AtDesk, visitor: Reading, wanted: Spanning, kind: FactsFormat) -> Response:
    """Return the raw facts of the episodes begun in a span as a file."""
    with desk.pool.transaction() as conn:
        asked = wanted.asked(conn, visitor, desk.clock())
    return facts_file(desk.pool, asked, kind)


@router.get("/rows", dependencies=[may(Right.NUMBERS)])
def rows(request: Request, desk: AtDesk, visitor: Reading, figure: Figure, counting: Counting) -> Response:
    """Show the rows that a figure counts, a page at a time."""
    return rows_page(request, desk, visitor, figure, counting)


def _looked_at(conn: Connection, wanted: Wanted, visitor: Visitor, desk: AtDesk, *, tiles_alone: bool) -> dict[str, Any]:
    """Return the numbers that are asked for; where the query cannot be read, those of all cases (`shown`), and what is wrong with it."""
    trouble, shown = "", wanted
    try:
        asked = wanted.asked(conn, visitor, desk.clock())
        found = numbers.find(conn, asked, also=PACED)
    except Refused as error:
        trouble, shown = str(error), Wanted(span=wanted.span, since=None, until=None, zone=wanted.zone, text="")
        asked = shown.asked(conn, visitor, desk.clock())
        found = numbers.find(conn, asked, also=PACED)
    now, before = numbers.paces_of(conn, asked, found)
    told = {"period": asked.period, "before": asked.before, "zone": asked.zone, "trouble": trouble, "shown": shown}
    told |= {"headline": headline(found, asked), "tiles": tiles(found, asked, now)}
    return told if tiles_alone else told | _drawn(asked, found, now, before)


def _drawn(asked: Asked, found: Found, now: Paces, before: Paces) -> dict[str, Any]:
    """Return what stands below the tiles: charts, distributions, business time."""
    drawn = series(found.facts, slots(asked.period, asked.zone), backlog=found.backlog_before, now=asked.now)
    measures, begun = found.measures(asked), found.facts.begun
    lengths = [(length, Column(length.value)) for length in Length]
    return {
        "measures": measures,
        "paces": now,
        "beside_wall": beside_wall(measures, now, before),
        "chart": chart(drawn, asked.zone),
        "width": width_of(asked.period),
        "moods": mood_columns(drawn),
        "backlog_line": line([slot.backlog for slot in drawn]),
        "first_line": line([slot.first_median for slot in drawn]),
        "negative_line": line([slot.negative / slot.begun if slot.begun else None for slot in drawn]),
        "bins": {length: distribution_of(begun[column], of_how_many(begun, column)) for length, column in lengths},
    }
