"""SQL of how long what is kept: the settings, how much is too old, and the next portion of it.

Each kind has one condition, which both counting and taking away use, so that a dry run says what a night does. A night walks each kind
once from its first id to its last, some ids a portion: no portion reads what an earlier one has cleared, and none is long where little is
too old.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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


@dataclass(frozen=True, kw_only=True, slots=True)
class OldPost(PostAt):
    """A post whose words are too old, and at which place of the walk it stands."""

    place: int


SPAN = 20_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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
        "from posts p join posts t on t.source_id = p.source_id and t.external_id = coalesce(p.parent_id, p.root_id)"
        " and t.root_id = p.root_id and not t.is_own join cases c on c.id = t.case_id"
        " where p.is_own and p.deleted_at is null and c.status = 'resolved' and c.resolved_at < %(before)s"
    )
    + _CASE_SOURCE,
}
# Where the next posts of a kind stand. Those that were no work have an index from which the cleared ones fall out; it goes by their time.
_CASES: LiteralString = " and c.id >= %(after)s and c.id < %(upto)s order by c.id limit %(limit)s"
_ROWS: LiteralString = " and id >= %(after)s and id < %(upto)s order by id limit %(limit)s"
_PLACES: dict[Kept, tuple[LiteralString, LiteralString]] = {
    Kept.CONTEXT: (
        "greatest(floor(extract(epoch from p.published_at) * 1000), 0)::bigint",
        " and p.published_at >= %(since)s order by p.published_at limit %(limit)s",
    ),
    Kept.CLOSED_POSTS: ("c.id", _CASES),
    Kept.ANSWERS: ("p.id", " and p.id >= %(after)s and p.id < %(upto)s order by p.id limit %(limit)s"),
}
_ANSWERS: LiteralString = (
    "from cases c join replies r on r.case_id = c.id and r.state = 'sent' and r.text <> ''"
    " where c.status = 'resolved' and c.resolved_at < %(before)s" + _CASE_SOURCE
)
_NOTES: LiteralString = (
    "from cases c join notes n on n.case_id = c.id and n.text <> '' where c.status = 'resolved' and c.resolved_at < %(before)s"
)
_CUSTOMER_NOTES: LiteralString = "from customer_notes where (removed_at is not null or not pinned) and at < %(before)s"
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
        query = "select (select count(*) " + _NOTES + ") + (select count(*) " + _CUSTOMER_NOTES + ")"
    else:
        query = "select count(*) " + _COUNTED[term.kind]
    return fetch_values(conn, query, _params(term, 0, 0))[0]


def posts(conn: Connection, term: Term, *, after: int, limit: int) -> list[OldPost]:
    """Return the next posts whose words are too old, from the place `after` on."""
    place, here = _PLACES[term.kind]
    query: LiteralString = "select p.id, p.source_id, " + place + " as place " + _POSTS[term.kind] + here
    return fetch_all(conn, OldPost, query, _params(term, after, limit))


def customers(conn: Connection, term: Term, *, after: int, limit: int) -> list[CustomerId]:
    """Return the next customers of whom nothing was heard for too long, from the id `after` on."""
    query: LiteralString = "select u.id " + _CUSTOMERS + " and u.id >= %(after)s and u.id < %(upto)s order by u.id limit %(limit)s"
    return fetch_values(conn, query, _params(term, after, limit))


def take_away(conn: Connection, term: Term, *, after: int, limit: int) -> list[list[int]]:
    """Take the next portion of answers, notes, files, changes or openings away, and return of each table at which places they stood."""
    return [fetch_values(conn, query, _params(term, after, limit)) for query in _TAKEN[term.kind]]


def next_place(conn: Connection, kind: Kept, *, after: int) -> int | None:
    """Return where the walk goes on once nothing too old is left of the ids from `after` on; None where it is through."""
    return fetch_values(conn, _WALKS[kind], {"upto": after + SPAN})[0] if kind in _WALKS else None


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
        "with old as (select r.id, c.id as place "
        + _ANSWERS
        + _CASES
        + "), parts as (update reply_parts p set text = '' from old where p.reply_id = old.id)"
        " update replies r set text = '', proposed_text = null from old where r.id = old.id returning old.place",
    ),
    Kept.NOTES: (
        "with old as (select n.id, c.id as place "
        + _NOTES
        + _CASES
        + ") update notes n set text = '' from old where n.id = old.id returning old.place",
        "delete from customer_notes where id in (select id " + _CUSTOMER_NOTES + _ROWS + ") returning id",
    ),
    Kept.FILES: ("delete from customer_files where id in (select id " + _COUNTED[Kept.FILES] + _ROWS + ") returning id",),
    Kept.CHANGES: ("delete from customer_changes where id in (select id " + _COUNTED[Kept.CHANGES] + _ROWS + ") returning id",),
    Kept.OPENINGS: ("delete from openings where id in (select id " + _COUNTED[Kept.OPENINGS] + _ROWS + ") returning id",),
}
_WALKS: dict[Kept, LiteralString] = {
    Kept.CLOSED_POSTS: "select min(id) from cases where id >= %(upto)s",
    Kept.ANSWERS: """
      select least((select min(id) from cases where id >= %(upto)s),
        (select min(id) from posts where is_own and deleted_at is null and id >= %(upto)s))
    """,
    Kept.NOTES: """
      select least((select min(id) from cases where id >= %(upto)s), (select min(id) from customer_notes where id >= %(upto)s))
    """,
    Kept.FILES: "select min(id) from customer_files where id >= %(upto)s",
    Kept.CHANGES: "select min(id) from customer_changes where id >= %(upto)s",
    Kept.OPENINGS: "select min(id) from openings where id >= %(upto)s",
    Kept.CUSTOMERS: "select min(id) from customers where id >= %(upto)s",
}


def _params(term: Term, after: int, limit: int) -> dict[str, object]:
    since = EPOCH + timedelta(milliseconds=after) if after else datetime.min.replace(tzinfo=UTC)
    term_params = {"source": term.source_id, "others": list(term.others), "before": term.before}
    return {**term_params, "after": after, "upto": after + SPAN, "since": since, "limit": limit}
