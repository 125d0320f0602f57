"""How fast we answer, for anybody's status page: a picture to embed and the same as JSON; only where the company switched it on.

No personal data: the median and p90 of the first answers of thirty days, over at least `LEAST` episodes. They are worked out once in five
minutes, however many ask: whoever embeds the picture lets the whole world ask.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from amends.api.desk import AtDesk, Desk
from amends.core.clock import Clock
from amends.core.database import Pool
from amends.core.errors import NotFound
from amends.core.translating import NATIVE_NAMES, speaking, spoken
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query import Query
from amends.inbox.rules.spans import Span, period_of, whole_second
from amends.inbox.store import number_settings, numbers
from amends.inbox.store.numbers import Asked

router = APIRouter(prefix="/answer-times", include_in_schema=False)
LEAST = 20
KEPT = 5
"""For how many minutes an answer stands."""
OPEN_TO_ALL = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerTimes:
    """Seconds until the first answer; None where too few complained, or too few have an answer."""

    days: int
    median_seconds: int | None
    p90_seconds: int | None
    as_of: str


@router.head(".json")
@router.get(".json")
def as_json(desk: AtDesk) -> Response:
    """Return how fast we answer."""
    return JSONResponse(asdict(_times(desk)), headers=OPEN_TO_ALL)


@router.head(".svg")
@router.get(".svg")
def as_picture(request: Request, desk: AtDesk, lang: str = "") -> Response:
    """Return how fast we answer as a picture that a status page embeds, in the language of that page (`lang`) or of who looks."""
    with speaking(lang if lang in NATIVE_NAMES else spoken()):
        text = desk.screens.blocks(request, "answer_times.svg.html", ["picture"], {"times": _times(desk)}).body
    return Response(text, media_type="image/svg+xml", headers=OPEN_TO_ALL | {"Vary": "Accept-Language, Cookie"})


def _times(desk: Desk) -> AnswerTimes:
    now = desk.clock()
    with desk.pool.transaction() as conn:
        if not number_settings.read(conn).shows_answer_times:
            raise NotFound
    return _measured(desk.pool, desk.clock, now.replace(minute=now.minute // KEPT * KEPT, second=0, microsecond=0))


@lru_cache(maxsize=1)
def _measured(pool: Pool, clock: Clock, since: datetime) -> AnswerTimes:  # noqa: ARG001 - what is measured once from then on
    """Return how fast we answer at this very moment: who waits is waited for as long as who was answered could be."""
    now = whole_second(clock())
    asked = Asked(period=period_of(Span.MONTH, now), query=Query(), asker=Asker(agent_id=0, now=now), zone=ZoneInfo("UTC"))
    with pool.transaction() as conn:
        found = numbers.find(conn, asked).measures(asked)
    enough = found.begun >= LEAST
    return AnswerTimes(
        days=30,
        median_seconds=found.first.median if enough else None,
        p90_seconds=found.first.p90 if enough else None,
        as_of=now.isoformat(),
    )
