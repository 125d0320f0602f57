"""SQL of how long what is kept: the settings, how much is too old, and the next portion of it.

Each kind has one condition, which both counting and taking away use, so that a dry run says what a night does.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_values
from amends.inbox.rules.ids import AgentId, CustomerId
from amends.inbox.rules.retention import Kept, Setting, Term
from amends.inbox.store.erasable_posts import PostAt


@dataclass(frozen=True, kw_only=True, slots=True)
class LastSet:
    """Who settled it last."""

    agent: str | None
    set_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceNamed:
    """A source that may have a term of its own."""

    id: int
    network: str
    handle: str


_POST_SOURCE: LiteralString = " and (%(source)s::bigint is null or p.source_id = %(source)s) and p.source_id <> all(%(others)s)"
_CASE_SOURCE: LiteralString = " and (%(source)s::bigint is null or c.source_id = %(source)s) and c.source_id <> all(%(others)s)"
_POSTS: dict[Kept, LiteralString] = {
    Kept.CONTEXT: (
        "from posts p where p.case_id is null and p.deleted_at is null and not p.is_own and p.triaged_at is not null"
        " and p.published_at < %(before)s"
    )
    + _POST_SOURCE,
    Kept.CLOSED_POSTS: (
        "from cases c join posts p on p.case_id = c.id and p.deleted_at is null where c.status = 'resolved' and c.resolved_at < %(before)s"
    )
    + _CASE_SOURCE,
    # Our answers as the network shows them: they are of no case, and stand under a post that is.
    Kept.ANSWERS: (
        "from cases c join posts t on t.case_id = c.id and not t.is_own"
        " join posts p on p.source_id = t.source_id and p.root_id = t.root_id and coalesce(p.parent_id, p.root_id) = t.external_id"
        " and p.is_own and p.deleted_at is null where c.status = 'resolved' and c.resolved_at < %(before)s"
    )
    + _CASE_SOURCE,
}
_ANSWERS: LiteralString = (
    "from cases c join replies r on r.case_id = c.id and r.state = 'sent' and r.text <> ''"
    " where c.status = 'resolved' and c.resolved_at < %(before)s" + _CASE_SOURCE
)
_NOTES: LiteralString = (
    "from cases c join notes n on n.case_id = c.id and n.text <> '' where c.status = 'resolved' and c.resolved_at < %(before)s"
)
_CUSTOMERS: LiteralString = """
from customers u where u.merged_into is null and u.erased_at is null and u.created_at < %(before)s
  and coalesce(u.changed_at, u.created_at) < %(before)s
  and not exists (select from cases c where c.customer_id = u.id and (c.status <> 'resolved' or c.last_post_at >= %(before)s))
  and not exists (
    select from customer_links l join posts p on p.author_id = l.author_id and p.published_at >= %(before)s where l.customer_id = u.id
  )
  and not exists (
    select from purchases b where b.customer_id = u.id and (b.bought_at >= %(before)s or b.renews_on is not null and b.ended_at is null)
  )
  and not exists (select from customer_notes n where n.customer_id = u.id and n.at >= %(before)s)
  and not exists (select from memberships m where m.customer_id = u.id and m.until is null)
"""


def sources(conn: Connection) -> list[SourceNamed]:
    """Return every source, by its name."""
    return fetch_all(conn, SourceNamed, "select id, network, handle from sources order by handle, id")


def settings(conn: Connection) -> list[Setting]:
    """Return what is settled, the newest of each kind and source."""
    return fetch_all(
        conn,
        Setting,
        "select distinct on (kind, source_id) kind, source_id, days from retention_sets order by kind, source_id nulls first, id desc",
    )


def last_set(conn: Connection) -> LastSet | None:
    """Return who settled anything last, or None."""
    found = fetch_all(
        conn,
        LastSet,
        "select g.name as agent, r.set_at from retention_sets r left join agents g on g.id = r.agent_id order by r.id desc limit 1",
    )
    return found[0] if found else None


def add(conn: Connection, setting: Setting, *, agent_id: AgentId | None, now: datetime) -> None:
    """Settle it from now on."""
    execute(
        conn,
        "insert into retention_sets (kind, source_id, days, agent_id, set_at) values (%(kind)s, %(source)s, %(days)s, %(agent)s, %(now)s)",
        {"kind": setting.kind, "source": setting.source_id, "days": setting.days, "agent": agent_id, "now": now},
    )


def count(conn: Connection, term: Term) -> int:
    """Return how much is older than the term."""
    if term.kind is Kept.ANSWERS:
        query: LiteralString = "select (select count(*) " + _ANSWERS + ") + (select count(*) " + _POSTS[term.kind] + ")"
    elif term.kind in _POSTS:
        query = "select count(*) " + _POSTS[term.kind]
    elif term.kind is Kept.NOTES:
        query = (
            "select (select count(*) "
            + _NOTES
            + ") + (select count(*) from customer_notes where (removed_at is not null or not pinned) and at < %(before)s)"
        )
    else:
        query = "select count(*) " + _COUNTED[term.kind]
    return fetch_values(conn, query, _params(term))[0]


def posts(conn: Connection, term: Term, *, limit: int) -> list[PostAt]:
    """Return the next posts whose words are too old."""
    query: LiteralString = "select p.id, p.source_id " + _POSTS[term.kind] + " limit %(limit)s"
    return fetch_all(conn, PostAt, query, _params(term) | {"limit": limit})


def customers(conn: Connection, term: Term, *, limit: int) -> list[CustomerId]:
    """Return the next customers of whom nothing was heard for too long."""
    return fetch_values(conn, "select u.id " + _CUSTOMERS + " order by u.id limit %(limit)s", _params(term) | {"limit": limit})


def take_away(conn: Connection, term: Term, *, limit: int) -> int:
    """Take the next portion of answers, notes, files, changes or openings away, and return how many there were."""
    return sum(execute(conn, query, _params(term) | {"limit": limit}) for query in _TAKEN[term.kind])


def blank_previews(conn: Connection, post_ids: list[int]) -> None:
    """Take the first words away from the lists, too, where all posts of a case have lost theirs."""
    execute(
        conn,
        """
        update cases c set preview = ''
        where id in (select case_id from posts where id = any(%(ids)s) and case_id is not null) and preview <> ''
          and not exists (select from posts p where p.case_id = c.id and p.deleted_at is null and not p.is_own)
        """,
        {"ids": post_ids},
    )


_COUNTED: dict[Kept, LiteralString] = {
    Kept.FILES: "from customer_files where created_at < %(before)s",
    Kept.CHANGES: "from customer_changes where at < %(before)s",
    Kept.OPENINGS: "from openings where at < %(before)s",
    Kept.CUSTOMERS: _CUSTOMERS,
}
_TAKEN: dict[Kept, tuple[LiteralString, ...]] = {
    Kept.ANSWERS: (
        "with old as (select r.id "
        + _ANSWERS
        + " limit %(limit)s), parts as (update reply_parts p set text = '' from old where p.reply_id = old.id)"
        " update replies r set text = '' from old where r.id = old.id",
    ),
    Kept.NOTES: (
        "with old as (select n.id " + _NOTES + " limit %(limit)s) update notes n set text = '' from old where n.id = old.id",
        """
        delete from customer_notes where id in (
          select id from customer_notes where (removed_at is not null or not pinned) and at < %(before)s limit %(limit)s
        )
        """,
    ),
    Kept.FILES: ("delete from customer_files where id in (select id from customer_files where created_at < %(before)s limit %(limit)s)",),
    Kept.CHANGES: ("delete from customer_changes where id in (select id from customer_changes where at < %(before)s limit %(limit)s)",),
    Kept.OPENINGS: ("delete from openings where id in (select id from openings where at < %(before)s limit %(limit)s)",),
}


def _params(term: Term) -> dict[str, object]:
    return {"source": term.source_id, "others": list(term.others), "before": term.before}
