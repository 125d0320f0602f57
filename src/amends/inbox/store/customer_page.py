"""The customer beside the case: handles, cases over all networks, and moods of late."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, fetch_all, fetch_maybe
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes

CASES = 30
MOODS = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerHead:
    """The person, and since when we know them."""

    id: int
    name: str
    created_at: datetime
    cases: int
    open_cases: int


@dataclass(frozen=True, kw_only=True, slots=True)
class HandleRow:
    """A handle of the customer, and on what ground it is theirs."""

    author_id: int
    network: str
    handle: str
    name: str
    followers: int | None
    verified: bool
    basis: str
    evidence: str
    linked_by: str | None
    linked_program: str
    linked_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerCase:
    """One case of the customer, on any network."""

    id: int
    network: str
    brand: str
    status: str
    preview: str
    sentiment: str
    episode: int
    opened_at: datetime
    last_post_at: datetime
    resolved_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MoodPoint:
    """What one post of the customer sounded like."""

    published_at: datetime
    sentiment: str
    negative: float
    positive: float
    network: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EpisodeTimes:
    """When an episode took each of its steps."""

    case_id: int
    network: str
    number: int
    published_at: datetime
    answered_at: datetime | None
    resolved_at: datetime | None
    dismissed_at: datetime | None
    concluded_at: datetime | None
    outcome: str | None


def customer(conn: Connection, customer_id: int, scope: Scope) -> CustomerHead | None:
    """Return the customer with how many cases there are within the scope, or None."""
    return fetch_maybe(
        conn,
        CustomerHead,
        """
        select u.id, u.name, u.created_at, count(c.id)::int as cases,
               (count(c.id) filter (where c.status in ('open', 'waiting', 'snoozed')))::int as open_cases
        from customers u left join cases c on c.customer_id = u.id
        """
        + scopes.within(scope)
        + " where u.id = %(customer_id)s group by u.id",
        {"customer_id": customer_id} | scopes.params(scope),
    )


def handles(conn: Connection, customer_id: int) -> list[HandleRow]:
    """Return the handles of the customer."""
    return fetch_all(
        conn,
        HandleRow,
        """
        select a.id as author_id, a.network, a.handle, a.name, a.followers, a.verified, coalesce(e.basis, l.basis) as basis,
               coalesce(e.note, '') as evidence, e.linked_by, coalesce(e.program, '') as linked_program,
               coalesce(e.at, l.created_at) as linked_at
        from customer_links l join authors a on a.id = l.author_id
        left join lateral (
          select case when kind in ('email', 'phone', 'order') then 'verified' else kind end as basis, note, program, at,
                 g.name as linked_by
          from link_evidence left join agents g on g.id = agent_id where author_id = a.id order by link_evidence.id desc limit 1
        ) e on true
        where l.customer_id = %(customer_id)s order by l.created_at, a.id
        """,
        {"customer_id": customer_id},
    )


def cases(conn: Connection, customer_id: int, scope: Scope) -> list[CustomerCase]:
    """Return the newest cases of the customer within `scope`, with what the last follow-up of each found."""
    return fetch_all(
        conn,
        CustomerCase,
        """
        select c.id, c.network, b.slug as brand, c.status, c.preview, c.sentiment, c.episode, c.opened_at, c.last_post_at, c.resolved_at,
               (select outcome from episodes e where e.case_id = c.id and outcome is not null order by number desc limit 1) as outcome
        from cases c join brands b on b.id = c.brand_id
        where c.customer_id = %(customer_id)s
        """
        + scopes.within(scope)
        + " order by c.opened_at desc, c.id desc limit %(limit)s",
        {"customer_id": customer_id, "limit": CASES} | scopes.params(scope),
    )


def moods(conn: Connection, customer_id: int, scope: Scope) -> list[MoodPoint]:
    """Return how the customer's last posts within the scope sounded, over all handles, oldest first."""
    return fetch_all(
        conn,
        MoodPoint,
        """
        select * from (
          select p.published_at, v.sentiment, v.negative, v.positive, p.network
          from customer_links l
          cross join lateral (
            select * from posts where author_id = l.author_id and shared_id is null
        """
        + scopes.posts_within(scope)
        + """
            order by published_at desc limit %(limit)s
          ) p
          join verdicts v on v.post_id = p.id
          where l.customer_id = %(customer_id)s order by p.published_at desc limit %(limit)s
        ) newest order by published_at
        """,
        {"customer_id": customer_id, "limit": MOODS} | scopes.params(scope),
    )


def episodes(conn: Connection, customer_id: int, scope: Scope) -> list[EpisodeTimes]:
    """Return the newest episodes of the customer's cases within `scope`, over all networks."""
    return fetch_all(
        conn,
        EpisodeTimes,
        """
        select c.id as case_id, c.network, e.number, e.published_at, e.answered_at, e.resolved_at, e.dismissed_at, f.concluded_at, f.outcome
        from cases c join episodes e on e.case_id = c.id
        left join lateral (
          select concluded_at, outcome from follow_ups where episode_id = e.id and concluded_at is not null order by days desc limit 1
        ) f on true
        where c.customer_id = %(customer_id)s
        """
        + scopes.within(scope)
        + " order by e.published_at desc limit %(limit)s",
        {"customer_id": customer_id, "limit": CASES} | scopes.params(scope),
    )
