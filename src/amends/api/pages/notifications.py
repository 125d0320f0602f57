"""The notification centre: what one was told, by case; read, unread, and what an open screen asks for when something new is told."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import AwareDatetime

from amends.api import notice_words
from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.translating import _, ngettext
from amends.core.written import number
from amends.inbox.actions import notices
from amends.inbox.rules.rights import Right
from amends.inbox.store import counts, notification_list, notifications
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/notifications", include_in_schema=False)
ONLY = [may(Right.SELF)]
PAGE = 30
GLANCE = 8
MOST_IDS = 50
Id = Annotated[int, Query(ge=1, lt=2**63)]


@router.get("", dependencies=ONLY)
def centre(request: Request, desk: AtDesk, visitor: Reading, *, only: str = "") -> Response:
    """Show everything that one was told, by case."""
    with desk.pool.transaction() as conn:
        values = _values(conn, visitor, None, PAGE, only_unread=only == "unread") | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "notifications.html", values)


@router.get("/more", dependencies=ONLY)
def more(request: Request, desk: AtDesk, visitor: Reading, before: Id, *, only: str = "") -> Response:
    """Show what was told before."""
    with desk.pool.transaction() as conn:
        values = _values(conn, visitor, before, PAGE, only_unread=only == "unread")
    return desk.screens.blocks(request, "notifications.html", ["groups"], values)


@router.get("/glance", dependencies=ONLY)
def glance(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the newest few, for the bell."""
    with desk.pool.transaction() as conn:
        values = _values(conn, visitor, None, GLANCE, only_unread=False)
    return desk.screens.blocks(request, "notifications_glance.html", ["glance"], values)


@router.get("/news", dependencies=ONLY)
def news(desk: AtDesk, visitor: Reading, ids: Annotated[list[int] | None, Query(max_length=MOST_IDS)] = None) -> dict[str, Any]:
    """Return how many one has not read, and these of one's own in words."""
    with desk.pool.transaction() as conn:
        n = notifications.unread(conn, agent_id=visitor.agent_id, scope=visitor.scope)
        told = notification_list.some(conn, agent_id=visitor.agent_id, scope=visitor.scope, ids=ids or [])
    words = notice_words
    said = [
        {"id": one.id, "case": one.case_id, "title": words.title(one), "body": words.under(one), "address": words.address(one)}
        for one in told
        if one.read_at is None
    ]
    return {"unread": n, "told": said}


@router.post("/read", dependencies=ONLY)
def read(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    one: Annotated[list[int] | None, Form(max_length=MOST_IDS)] = None,
    case: Annotated[int | None, Form(ge=1, lt=2**63)] = None,
    upto: Annotated[int | None, Form(ge=1, lt=2**63)] = None,
    quietly: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Mark one, those of a case, or all up to one as read; the toast takes it back."""
    now: datetime = desk.clock()
    with desk.pool.transaction() as conn:
        n = notices.read(conn, agent_id=visitor.agent_id, now=now, ids=one, case_id=case, upto=upto)
    if quietly:
        return Response(status_code=204)
    undo = "/notifications/unread?" + urlencode({"at": now.isoformat()}) if n else ""
    said = ngettext("%(n)s is read", "%(n)s are read", n) % {"n": number(n)} if n else _("There was nothing left to read")
    return saying(_listed(request, desk, visitor), said, undo=undo)


@router.post("/unread", dependencies=ONLY)
def unread(request: Request, desk: AtDesk, visitor: Meaning, at: AwareDatetime) -> Response:
    """Take back that they are read, of those that were at this moment."""
    with desk.pool.transaction() as conn:
        notices.unread(conn, agent_id=visitor.agent_id, read_at=at)
    return saying(_listed(request, desk, visitor), _("Not read again"))


def _listed(request: Request, desk: Desk, visitor: Visitor) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = _values(conn, visitor, None, PAGE, only_unread=False) | {"apart": True}
    return desk.screens.blocks(request, "notifications.html", ["shown"], values)


def _values(conn: Connection, visitor: Visitor, before: int | None, limit: int, *, only_unread: bool) -> dict[str, Any]:
    told = notification_list.page(
        conn, agent_id=visitor.agent_id, scope=visitor.scope, before=before, limit=limit + 1, only_unread=only_unread
    )
    groups = notice_words.grouped(told)
    return {
        "groups": groups[:limit],
        "next": groups[limit - 1].newest if len(groups) > limit else 0,
        "only": "unread" if only_unread else "",
        "noticing": notice_words,
        "apart": False,
    }
