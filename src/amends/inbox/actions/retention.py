"""Keeps what we hold no longer than is settled. Place in the path: the manager's settings -> a job each night -> portions by kind.

What is taken is words; cases, episodes, answers' times and verdicts stay, so that the numbers of the past do not change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.inbox.actions import jobs
from amends.inbox.actions.erase import blank_posts, forget_silent
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CustomerId, JobId
from amends.inbox.rules.retention import Kept, Setting, Term, checked, is_night, terms
from amends.inbox.rules.seen import mark
from amends.inbox.store import events, retention
from amends.inbox.store.retention import OldPost

JOB = "retention"
PORTION = 200
# An erased customer is as much work as ten rows.
CUSTOMERS = 20
A_NIGHT = timedelta(hours=20)


@dataclass(frozen=True, kw_only=True, slots=True)
class TooOld:
    """How much of a term is older than it allows."""

    term: Term
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """How much a portion took away, and where the next begins; None where the term is through."""

    n: int
    after: int | None


def settle(conn: Connection, settings: Sequence[Setting], *, agent_id: AgentId, now: datetime, seen: str = "") -> int:
    """Let these settings count from tonight on, and return how many differ from what was.

    `seen` is the `mark` of the settings that their writer saw, if they say so: `Conflict` where others were settled since.
    """
    there = unchanged(conn, "retention", lambda: retention.settings(conn), mark, seen)
    before = {(one.kind, one.source_id): one.days for one in there}
    changed = [one for one in map(checked, settings) if _differs(one, before)]
    for one in changed:
        retention.add(conn, one, agent_id=agent_id, now=now)
    if changed:
        facts = {f"{one.kind}:{one.source_id or ''}": one.days for one in changed}
        events.add_all(conn, [events.Event(kind=EventKind.RETENTION_SET, agent_id=agent_id, facts=facts)], now=now)
    return len(changed)


def _differs(one: Setting, before: Mapping[tuple[Kept, int | None], int | None]) -> bool:
    """Tell whether a setting is new: of a source also where it says "for ever", since that excepts it from the term of all others."""
    key = (one.kind, one.source_id)
    return before[key] != one.days if key in before else one.source_id is not None or one.days is not None


def dry_run(conn: Connection, settings: Sequence[Setting], *, now: datetime) -> list[TooOld]:
    """Return what these settings would take away tonight; nothing is changed."""
    return [TooOld(term=term, n=retention.count(conn, term)) for term in terms([checked(one) for one in settings], now)]


def start(conn: Connection, *, agent_id: AgentId | None, now: datetime) -> JobId | None:
    """Begin to take away what is too old, or return None where nothing is settled."""
    if not terms(retention.settings(conn), now):
        return None
    return jobs.start(conn, kind=JOB, why="", facts={}, agent_id=agent_id, now=now)


def start_tonight(conn: Connection, *, now: datetime) -> JobId | None:
    """Begin tonight's work, once a night."""
    last = jobs.latest(conn, kind=JOB)
    if not is_night(now) or (last and (last.is_undone or now - last.created_at < A_NIGHT)):
        return None
    return start(conn, agent_id=None, now=now)


def take_away(conn: Connection, term: Term, *, after: int, now: datetime) -> Taken:
    """Take the next portion of a term away: of what stands from the place `after` on."""
    limit = CUSTOMERS if term.kind is Kept.CUSTOMERS else PORTION
    places = _take(conn, term, after, limit, now)
    # What filled its portion has more at or behind its last place.
    full = [max(one) for one in places if len(one) == limit]
    return Taken(n=sum(map(len, places)), after=min(full) if full else retention.next_place(conn, term.kind, after=after))


def _take(conn: Connection, term: Term, after: int, limit: int, now: datetime) -> list[list[int]]:
    """Take a portion away, and return of each table at which places it stood."""
    if term.kind is Kept.CUSTOMERS:
        return [_forget(conn, retention.customers(conn, term, after=after, limit=limit), now)]
    if term.kind in {Kept.CONTEXT, Kept.CLOSED_POSTS}:
        return [_blank(conn, retention.posts(conn, term, after=after, limit=limit), now)]
    taken = retention.take_away(conn, term, after=after, limit=limit)
    if term.kind is Kept.ANSWERS:
        taken.append(_blank(conn, retention.posts(conn, term, after=after, limit=limit), now))
    return taken


def _forget(conn: Connection, customer_ids: Sequence[CustomerId], now: datetime) -> list[int]:
    for customer_id in customer_ids:
        forget_silent(conn, customer_id=customer_id, now=now)
    return [*customer_ids]


def _blank(conn: Connection, posts: Sequence[OldPost], now: datetime) -> list[int]:
    blank_posts(conn, posts, now=now)
    retention.blank_previews(conn, [post.id for post in posts])
    return [post.place for post in posts]
