"""SQL of organisations: found by name, listed page by page, changed and put away."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, OrganisationId
from amends.inbox.store.query_words import escaped

PAGE = 50
MOST_COUNTED = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Organisation:
    """A company or an association; `members` are counted up to `MOST_COUNTED` and one."""

    id: OrganisationId
    name: str
    kind: str
    domain: str
    note: str
    owner_id: AgentId | None
    owner: str | None
    remind_days: int
    created_at: datetime
    archived_at: datetime | None
    members: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """An organisation as it is stored."""

    name: str
    kind: str
    domain: str
    note: str
    owner_id: AgentId | None
    remind_days: int


_SELECT: LiteralString = """
select o.id, o.name, o.kind, o.domain, o.note, o.owner_id, g.name as owner, o.remind_days, o.created_at, o.archived_at,
  (select count(*)::int from (
    select distinct m.customer_id from memberships m
    where m.organisation_id = o.id and (m.since is null or m.since <= %(today)s) and (m.until is null or m.until >= %(today)s)
    limit 1001) counted) as members
from organisations o left join agents g on g.id = o.owner_id
"""


def page(conn: Connection, part: str, *, now: datetime, after: int | None = None, limit: int = PAGE) -> list[Organisation]:
    """Return the organisations whose names hold `part`, by name, those behind the one `after`."""
    return fetch_all(
        conn,
        Organisation,
        _SELECT
        + """
        where o.archived_at is null and (%(part)s = '%%' or lower(o.name) like %(part)s)
          and (%(after)s::bigint is null or (lower(o.name), o.id) > (select lower(name), id from organisations where id = %(after)s))
        order by lower(o.name), o.id limit %(limit)s
        """,
        {"part": f"%{escaped(part).lower()}%" if part.strip() else "%", "after": after, "limit": limit, "today": now.date()},
    )


def find(conn: Connection, organisation_id: int, *, now: datetime) -> Organisation | None:
    """Return an organisation, put away or not, or None."""
    return fetch_maybe(conn, Organisation, _SELECT + " where o.id = %(id)s", {"id": organisation_id, "today": now.date()})


def lock_names(conn: Connection) -> None:
    """Wait until nobody else names an organisation, so that two of one name are never made at once."""
    execute(conn, "select pg_advisory_xact_lock(hashtextextended('organisation name', 0))")


def named(conn: Connection, name: str, *, but: int = 0) -> OrganisationId | None:
    """Return another organisation of this name that is not put away."""
    found = fetch_values(
        conn,
        "select id from organisations where lower(name) = lower(%(name)s) and archived_at is null and id <> %(but)s order by id limit 1",
        {"name": name, "but": but},
    )
    return found[0] if found else None


def insert(conn: Connection, written: Written, *, now: datetime) -> OrganisationId:
    """Add an organisation and return its id."""
    return fetch_values(
        conn,
        """
        insert into organisations (name, kind, domain, note, owner_id, remind_days, created_at)
        values (%(name)s, %(kind)s, %(domain)s, %(note)s, %(owner_id)s, %(remind_days)s, %(now)s) returning id
        """,
        asdict(written) | {"now": now},
    )[0]


def update(conn: Connection, organisation_id: int, written: Written, *, now: datetime) -> None:
    """Change an organisation."""
    execute(
        conn,
        """
        update organisations set name = %(name)s, kind = %(kind)s, domain = %(domain)s, note = %(note)s, owner_id = %(owner_id)s,
          remind_days = %(remind_days)s, changed_at = %(now)s
        where id = %(id)s
        """,
        asdict(written) | {"id": organisation_id, "now": now},
    )


def set_archived(conn: Connection, organisation_id: int, *, at: datetime | None) -> None:
    """Put an organisation away, or, without a time, bring it back; its members stay."""
    execute(conn, "update organisations set archived_at = %(at)s where id = %(id)s", {"id": organisation_id, "at": at})
