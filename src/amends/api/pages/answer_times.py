"""How fast we answer, for anybody's status page: a picture to embed and the same as JSON; only where the company switched it on.

No personal data: the median and p90 of the first answers of thirty days, over at least `LEAST` episodes.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from amends.api.desk import AtDesk, Desk
from amends.core.errors import NotFound
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query import Query
from amends.inbox.rules.spans import Span, period_of, whole_second
from amends.inbox.store import number_settings, numbers
from amends.inbox.store.numbers import Asked

router = APIRouter(prefix="/answer-times", include_in_schema=False)
LEAST = 20
OPEN_TO_ALL = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerTimes:
    """Seconds until the first answer; None where too few complained, or too few have an answer."""

    days: int
    median_seconds: int | None
    p90_seconds: int | None
    as_of: str


@router.get(".json")
def as_json(desk: AtDesk) -> Response:
    """Return how fast we answer."""
    return JSONResponse(asdict(_times(desk)), headers=OPEN_TO_ALL)


@router.get(".svg")
def as_picture(request: Request, desk: AtDesk) -> Response:
    """Return how fast we answer as a picture that a status page embeds."""
    values = {"times": _times(desk)}
    text = desk.screens.blocks(request, "answer_times.svg.html", ["picture"], values).body
    return Response(text, media_type="image/svg+xml", headers=OPEN_TO_ALL)


def _times(desk: Desk) -> AnswerTimes:
    now = whole_second(desk.clock())
    with desk.pool.transaction() as conn:
        if not number_settings.read(conn).shows_answer_times:
            raise NotFound
        asked = Asked(period=period_of(Span.MONTH, now), query=Query(), asker=Asker(agent_id=0, now=now), zone=ZoneInfo("UTC"))
        found = numbers.find(conn, asked).measures(asked)
    enough = found.begun >= LEAST
    return AnswerTimes(
        days=30, median_seconds=found.first.median if enough else None, p90_seconds=found.first.p90 if enough else None, as_of=_minute(now)
    )


def _minute(now: datetime) -> str:
    return now.replace(second=0).isoformat()
