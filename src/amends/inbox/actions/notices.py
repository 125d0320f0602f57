"""What somebody does with what they were told: read it, take that back, and choose how to be told."""

from collections.abc import Sequence
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.core.written import number
from amends.inbox.actions.notify import tell_screens
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.noticing import Wishes, checked_spans, checked_ways
from amends.inbox.store import notification_settings, notifications, source_page, teams

MOST_AT_ONCE = 1_000


def read(
    conn: Connection,
    *,
    agent_id: AgentId,
    now: datetime,
    ids: Sequence[int] | None = None,
    case_id: int | None = None,
    upto: int | None = None,
) -> int:
    """Mark somebody's own as read on all their screens, and return how many were not; `NotFound` where one is not theirs."""
    if ids is not None:
        _own(conn, agent_id, ids)
    done = notifications.mark_read(conn, agent_id=agent_id, now=now, ids=ids, case_id=case_id, upto=upto)
    if done:
        tell_screens(conn, agent_id, read=done if len(done) <= MOST_AT_ONCE // 2 else [])
    return len(done)


def unread(conn: Connection, *, agent_id: AgentId, read_at: datetime) -> None:
    """Take back that they were read, of those that were at this moment."""
    notifications.mark_unread(conn, agent_id=agent_id, read_at=read_at)
    tell_screens(conn, agent_id)


def _own(conn: Connection, agent_id: AgentId, ids: Sequence[int]) -> None:
    if len(ids) > MOST_AT_ONCE:
        raise Refused(_("Name at most %(most)s notifications at once.") % {"most": number(MOST_AT_ONCE)})
    missing = sorted(set(ids) - notifications.own(conn, agent_id=agent_id, ids=ids))
    if missing:
        raise NotFound(_("There is no notification %(id)s.") % {"id": missing[0]})


def wishes_of(conn: Connection, agent_id: AgentId) -> Wishes:
    """Return how somebody wants to be told."""
    return notification_settings.of(conn, [agent_id])[agent_id].wishes


def choose(conn: Connection, *, agent_id: AgentId, wishes: Wishes) -> None:
    """Keep how somebody wants to be told; only teams that they are in and sources that there are can be muted."""
    ours = set(teams.of_agent(conn, agent_id=agent_id))
    if not wishes.muted_teams <= ours:
        raise NotFound(_("You are in no such team."))
    if not wishes.muted_sources <= {source.id for source in source_page.sources(conn)}:
        raise NotFound(_("There is no such source."))
    kept = Wishes(
        ways=checked_ways(wishes.ways),
        muted_sources=wishes.muted_sources,
        muted_teams=wishes.muted_teams,
        quiet=checked_spans(list(wishes.quiet)),
        critical_breaks=wishes.critical_breaks,
        quiet_away=wishes.quiet_away,
    )
    notification_settings.save(conn, agent_id=agent_id, wishes=kept)
