"""Notifications over REST: one's own, read marks, and how one is told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from amends.api import notice_words
from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions import notices
from amends.inbox.rules.noticing import Notice, Wishes
from amends.inbox.rules.rights import Right
from amends.inbox.rules.working_hours import Span
from amends.inbox.store import notification_list, notifications
from amends.inbox.store.notification_list import Told

router = APIRouter(prefix="/api/v1/notifications", tags=["notifications"])
SELF = [program_may(Right.SELF)]
Number = Annotated[int, Field(ge=1, lt=2**63)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Notification:
    """One thing that the token's owner was told; `address` is where it is seen to."""

    id: int
    kind: str
    at: datetime
    case_id: int | None
    by: str | None
    says: str
    more: str
    address: str
    read_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NotificationList:
    """A page of notifications, the newest first; `next` is the `before` of the next page, null at the end."""

    notifications: list[Notification]
    unread: int
    next: int | None


class ReadBody(Body):
    """Which are read: `ids`, those of the case `case_id`, or `all`, up to the notification `upto` where that is named."""

    ids: Annotated[list[Number] | None, Field(max_length=1000)] = None
    case_id: Number | None = None
    all: bool = False
    upto: Number | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """How many were not read before, and when they were read."""

    read: int
    at: datetime


class QuietBody(Body):
    """A span of quiet hours: the weekday (0 is Monday) it begins on, minutes from midnight; one may end a day on."""

    day: Annotated[int, Field(ge=0, le=6)]
    begins: Annotated[int, Field(ge=0, lt=1440)]
    ends: Annotated[int, Field(ge=0, le=1440)]


class SettingsBody(Body):
    """How the owner is told: `ways` by kind (`off`, `centre`, `browser`), mutes, quiet hours in the zone of their profile."""

    ways: Annotated[dict[str, str], Field(max_length=40, default_factory=dict)]
    muted_sources: Annotated[list[Number], Field(max_length=1000, default_factory=list)]
    muted_teams: Annotated[list[Number], Field(max_length=1000, default_factory=list)]
    quiet: Annotated[list[QuietBody], Field(max_length=21, default_factory=list)]
    critical_breaks: bool = True
    quiet_away: bool = True


@router.get("", operation_id="list_notifications", dependencies=SELF)
def every(
    desk: AtDesk,
    visitor: Bearing,
    *,
    before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    unread: bool = False,
) -> NotificationList:
    """Return what the token's owner was told, the newest first."""
    with desk.pool.transaction() as conn:
        told = notification_list.listed(
            conn, agent_id=visitor.agent_id, scope=visitor.scope, before=before, limit=limit + 1, only_unread=unread
        )
        n = notifications.unread(conn, agent_id=visitor.agent_id, scope=visitor.scope)
    return NotificationList(
        notifications=[_shown(one) for one in told[:limit]], unread=n, next=told[limit - 1].id if len(told) > limit else None
    )


@router.post("/read", operation_id="read_notifications", dependencies=SELF)
def read(desk: AtDesk, visitor: Bearing, body: ReadBody) -> Read:
    """Mark them as read on all screens of the owner; 404 where one is somebody else's."""
    if not (body.all or body.ids or body.case_id):
        raise Refused(_("Say which are read: ids, case_id, or all."))
    now = desk.clock()
    with desk.pool.transaction() as conn:
        n = notices.read(conn, agent_id=visitor.agent_id, now=now, ids=body.ids, case_id=body.case_id, upto=body.upto)
    return Read(read=n, at=now)


@router.get("/settings", operation_id="get_notification_settings", dependencies=SELF)
def settings(desk: AtDesk, visitor: Bearing) -> SettingsBody:
    """Return how the owner is told, each kind with its way."""
    with desk.pool.transaction() as conn:
        wishes = notices.wishes_of(conn, visitor.agent_id)
    return SettingsBody(
        ways={kind.value: wishes.way_of(kind).value for kind in Notice},
        muted_sources=sorted(wishes.muted_sources),
        muted_teams=sorted(wishes.muted_teams),
        quiet=[QuietBody(day=span.day, begins=span.begins, ends=span.ends) for span in wishes.quiet],
        critical_breaks=wishes.critical_breaks,
        quiet_away=wishes.quiet_away,
    )


@router.put("/settings", operation_id="set_notification_settings", dependencies=SELF)
def choose(desk: AtDesk, visitor: Bearing, body: SettingsBody) -> SettingsBody:
    """Keep how the owner is told; what is not named is as it comes with Amends."""
    wishes = Wishes(
        ways=body.ways,
        muted_sources=frozenset(body.muted_sources),
        muted_teams=frozenset(body.muted_teams),
        quiet=tuple(Span(day=one.day, begins=one.begins, ends=one.ends) for one in body.quiet),
        critical_breaks=body.critical_breaks,
        quiet_away=body.quiet_away,
    )
    with desk.pool.transaction() as conn:
        notices.choose(conn, agent_id=visitor.agent_id, wishes=wishes)
    return settings(desk, visitor)


def _shown(one: Told) -> Notification:
    return Notification(
        id=one.id,
        kind=one.kind,
        at=one.at,
        case_id=one.case_id,
        by=one.by,
        says=notice_words.says(one),
        more=notice_words.under(one),
        address=notice_words.address(one),
        read_at=one.read_at,
    )
