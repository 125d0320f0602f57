"""How one is notified: each kind, muted sources and teams, quiet hours, and whether anything comes while one is away."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from amends.api import notice_words
from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions import notices
from amends.inbox.rules.noticing import Notice, Wishes
from amends.inbox.rules.rights import Right
from amends.inbox.rules.working_hours import DAYS, read_night
from amends.inbox.store import counts, notification_settings, source_page, teams
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/settings/notifications", include_in_schema=False)
ONLY = [may(Right.SELF)]
MOST_TEXT = 200


@router.get("", dependencies=ONLY)
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show it."""
    with desk.pool.transaction() as conn:
        values = {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "notification_settings.html", values | _values(desk, visitor))


@router.post("", dependencies=ONLY)
def save(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    kind: Annotated[tuple[str, ...], Form(max_length=40)] = (),
    way: Annotated[tuple[str, ...], Form(max_length=40)] = (),
    source: Annotated[tuple[int, ...], Form(max_length=1000)] = (),
    team: Annotated[tuple[int, ...], Form(max_length=1000)] = (),
    day: Annotated[tuple[str, ...], Form(max_length=7)] = (),
    critical: Annotated[str, Form(max_length=3)] = "",
    away: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Keep it; it holds from the next event on."""
    if len(kind) != len(way) or any(len(text) > MOST_TEXT for text in day):
        raise Refused(_("This form is not as it was sent; load the page again."))
    with desk.pool.transaction() as conn:
        before = notices.wishes_of(conn, visitor.agent_id)
        wishes = Wishes(
            ways={**before.ways, **dict(zip(kind, way, strict=True))},
            muted_sources=frozenset(source),
            muted_teams=frozenset(team),
            quiet=tuple(span for place, text in enumerate(day) for span in read_night(place, text)),
            critical_breaks=critical == "yes",
            quiet_away=away == "yes",
        )
        notices.choose(conn, agent_id=visitor.agent_id, wishes=wishes)
    return saying(desk.screens.blocks(request, "notification_settings.html", ["form"], _values(desk, visitor)), _("Kept"))


def _values(desk: Desk, visitor: Visitor) -> dict[str, Any]:
    now = desk.clock()
    with desk.pool.transaction() as conn:
        row = notification_settings.of(conn, [visitor.agent_id])[visitor.agent_id]
        sources = source_page.sources(conn)
        own = set(teams.of_agent(conn, agent_id=visitor.agent_id))
        mine = [team for team in teams.every(conn) if team.id in own]
    wishes = row.wishes
    seen = visitor.scope.sources
    return {
        "wishes": wishes,
        "has_zone": bool(row.zone),
        "chosen": {kind.value: wishes.way_of(kind).value for kind in Notice},
        "kinds": notice_words.kinds(visitor.may),
        "ways": {way.value: _(words) for way, words in notice_words.WAYS.items()},
        "sources": [source for source in sources if seen is None or source.id in seen or source.id in wishes.muted_sources],
        "my_teams": mine,
        "days": [(_(name), ", ".join(str(span) for span in wishes.quiet if span.day == place)) for place, name in enumerate(DAYS)],
        "is_quiet": wishes.is_quiet(now),
        "is_away": row.is_away(now),
    }
