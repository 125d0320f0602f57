"""SQL of memberships: who belongs to an organisation, as what, since when and until when, and who may belong by a verified address."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import CustomerId, MembershipId, OrganisationId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes
from amends.inbox.store.customer_sql import seen_in

PAGE = 50
MOST_SUGGESTED = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """On what terms somebody belongs."""

    role: str = ""
    number: str = ""
    since: date | None = None
    until: date | None = None
    renews_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Membership:
    """Somebody's membership, with the person as lists show them; `belongs` tells whether it is in force today."""

    membership_id: MembershipId
    organisation_id: OrganisationId
    organisation: str
    role: str
    number: str
    since: date | None
    until: date | None
    renews_on: date | None
    belongs: bool
    id: int
    name: str
    languages: Sequence[str]
    tags: Sequence[str]
    owner: str | None
    mood: str
    risk: str
    open_cases: int
    cases: int
    last_contact_at: datetime | None
    created_at: datetime
    do_not_contact: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Perhaps:
    """Somebody who may belong, since a verified address of theirs is at its domain."""

    id: int
    name: str
    address: str


_SELECT: LiteralString = """
select m.id as membership_id, m.organisation_id, o.name as organisation, m.role, m.number, m.since, m.until, m.renews_on,
  (m.since is null or m.since <= %(today)s) and (m.until is null or m.until >= %(today)s) as belongs,
  u.id, u.name, u.languages, u.tags, g.name as owner, coalesce(f.mood, '') as mood, coalesce(f.risk, 'none') as risk,
  coalesce(f.open_cases, 0) as open_cases, coalesce(f.cases, 0) as cases, f.last_contact_at, u.created_at,
  u.do_not_contact_since is not null as do_not_contact
from memberships m join organisations o on o.id = m.organisation_id join customers u on u.id = m.customer_id
  left join customer_facts f on f.customer_id = u.id left join agents g on g.id = u.owner_id
where u.merged_into is null and u.erased_at is null
"""


def page(conn: Connection, organisation_id: int, scope: Scope, *, now: datetime, below: int | None = None) -> list[Membership]:
    """Return the newest memberships that the scope shows, those below an id; one more than a page, which tells that there are more."""
    return fetch_all(
        conn,
        Membership,
        _SELECT
        + " and m.organisation_id = %(organisation_id)s and (%(below)s::bigint is null or m.id < %(below)s)"
        + seen_in(scope)
        + " order by m.id desc limit %(limit)s",
        {"organisation_id": organisation_id, "below": below, "limit": PAGE + 1, "today": now.date()} | scopes.params(scope),
    )


def of_customer(conn: Connection, customer_id: int, *, now: datetime) -> list[Membership]:
    """Return the memberships of a customer, those in force first."""
    return fetch_all(
        conn,
        Membership,
        _SELECT + " and m.customer_id = %(customer_id)s order by belongs desc, m.since desc nulls last, m.id desc limit 50",
        {"customer_id": customer_id, "today": now.date()},
    )


def find(conn: Connection, membership_id: int, *, now: datetime) -> Membership | None:
    """Return a membership, or None."""
    return fetch_maybe(conn, Membership, _SELECT + " and m.id = %(id)s", {"id": membership_id, "today": now.date()})


def overlapping(conn: Connection, organisation_id: int, customer_id: int, terms: Terms, *, but: int = 0) -> MembershipId | None:
    """Return a membership of the same person in the same organisation within the same time, or None; they may leave and join on one day."""
    found = fetch_values(
        conn,
        """
        select id from memberships
        where organisation_id = %(organisation_id)s and customer_id = %(customer_id)s and id <> %(but)s
          and daterange(since, until, '[]') && daterange(%(since)s::date, %(until)s::date, '[]')
          and not (since is distinct from until and (coalesce(until = %(since)s::date, false) or coalesce(since = %(until)s::date, false)))
        order by id limit 1
        """,
        asdict(terms) | {"organisation_id": organisation_id, "customer_id": customer_id, "but": but},
    )
    return found[0] if found else None


def have_left(conn: Connection, organisation_id: int, customer_id: int, *, today: date) -> bool:
    """Tell whether somebody belonged to the organisation, and is to belong no longer than today."""
    query: LiteralString = """
        select coalesce(bool_and(coalesce(until, 'infinity') <= %(today)s), false) from memberships
        where organisation_id = %(organisation_id)s and customer_id = %(customer_id)s
    """
    return fetch_values(conn, query, {"organisation_id": organisation_id, "customer_id": customer_id, "today": today})[0]


def lock_person(conn: Connection, customer_id: int) -> CustomerId | None:
    """Return the customer where they are there, neither merged nor erased; nobody else adds a membership of theirs meanwhile."""
    execute(conn, "select pg_advisory_xact_lock(hashtextextended('membership', %(id)s))", {"id": customer_id})
    query: LiteralString = "select id from customers where id = %(id)s and merged_into is null and erased_at is null for no key update"
    found = fetch_values(conn, query, {"id": customer_id})
    return found[0] if found else None


def insert(conn: Connection, organisation_id: int, customer_id: int, terms: Terms, *, now: datetime) -> MembershipId:
    """Add a membership and return its id."""
    return fetch_values(
        conn,
        """
        insert into memberships (organisation_id, customer_id, role, number, since, until, renews_on, created_at)
        values (%(organisation_id)s, %(customer_id)s, %(role)s, %(number)s, %(since)s, %(until)s, %(renews_on)s, %(now)s) returning id
        """,
        asdict(terms) | {"organisation_id": organisation_id, "customer_id": customer_id, "now": now},
    )[0]


def update(conn: Connection, membership_id: int, terms: Terms) -> None:
    """Change the terms of a membership."""
    execute(
        conn,
        """
        update memberships set role = %(role)s, number = %(number)s, since = %(since)s, until = %(until)s, renews_on = %(renews_on)s
        where id = %(id)s
        """,
        asdict(terms) | {"id": membership_id},
    )


def delete(conn: Connection, membership_id: int) -> None:
    """Take a membership away that never was; one that is over keeps its last day instead."""
    execute(conn, "delete from memberships where id = %(id)s", {"id": membership_id})


def perhaps(conn: Connection, organisation_id: int, domain: str, scope: Scope) -> list[Perhaps]:
    """Return some customers with a verified address at the domain who never belonged to the organisation."""
    if not domain:
        return []
    return fetch_all(
        conn,
        Perhaps,
        """
        select distinct on (u.id) u.id, u.name, w.value as address
        from contact_ways w join customers u on u.id = w.customer_id and u.merged_into is null and u.erased_at is null
        where w.kind = 'email' and w.verified_at is not null and w.removed_at is null and split_part(w.normal, '@', 2) = %(domain)s
          and not exists (select from memberships m where m.organisation_id = %(id)s and m.customer_id = u.id)
        """
        + seen_in(scope)
        + " order by u.id desc limit %(limit)s",
        {"id": organisation_id, "domain": domain, "limit": MOST_SUGGESTED} | scopes.params(scope),
    )
