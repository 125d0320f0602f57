"""What of a customer's record stands beside a case, in one query; and what is still open with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from amends.core.database import Connection, fetch_all, fetch_maybe
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes

MOST = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """The record in short. `purchases` and `notes` are the newest few; `refused` are the purposes for which all consent was withdrawn."""

    pronoun: str
    languages: Sequence[str]
    zone: str
    loyalty_number: str
    preferences: str
    concerns: str
    tags: Sequence[str]
    owner: str | None
    do_not_contact_since: datetime | None
    merged_into: int | None
    erased_at: datetime | None
    organisations: Sequence[str]
    refused: Sequence[str]
    purchases: Sequence[dict[str, Any]]
    notes: Sequence[dict[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenCase:
    """A case that is going on; `due_at` is until when we have to answer."""

    id: int
    network: str
    status: str
    preview: str
    assignee: str | None
    due_at: datetime | None
    last_post_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenFollowUp:
    """A promise to look again whether an answer held."""

    id: int
    case_id: int
    network: str
    preview: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Membership:
    """Where somebody belongs, and as what."""

    organisation_id: int
    organisation: str
    kind: str
    role: str
    number: str
    since: date | None
    until: date | None
    renews_on: date | None


def side(conn: Connection, customer_id: CustomerId) -> Side | None:
    """Return the record in short, or None."""
    return fetch_maybe(
        conn,
        Side,
        """
        select u.pronoun, u.languages, u.zone, u.loyalty_number, u.preferences, u.concerns, u.tags, g.name as owner, u.do_not_contact_since,
          u.merged_into, u.erased_at,
          array(select o.name || case when m.role = '' then '' else ' · ' || m.role end
                from memberships m join organisations o on o.id = m.organisation_id
                where m.customer_id = u.id and m.until is null order by m.id limit 3) as organisations,
          array(select s.purpose from (
                  select distinct on (purpose) purpose, given from consents
                  where customer_id = u.id and contact_way_id is null and author_id is null order by purpose, at desc, id desc
                ) s where not s.given) as refused,
          array(select jsonb_build_object('name', p.name, 'kind', p.kind, 'order_number', p.order_number, 'state', p.state,
                                          'ended', p.ended_at is not null, 'day', p.bought_at::date)
                from purchases p where p.customer_id = u.id order by p.bought_at desc, p.id desc limit 3) as purchases,
          array(select jsonb_build_object('text', n.text, 'by', coalesce(a.name, ''))
                from customer_notes n left join agents a on a.id = n.agent_id
                where n.customer_id = u.id and n.pinned and n.removed_at is null order by n.at desc, n.id desc limit 3) as notes
        from customers u left join agents g on g.id = u.owner_id where u.id = %(id)s
        """,
        {"id": customer_id},
    )


def open_cases(conn: Connection, customer_id: CustomerId, scope: Scope) -> list[OpenCase]:
    """Return the customer's cases that are going on, within the scope, the newest first."""
    return fetch_all(
        conn,
        OpenCase,
        """
        select c.id, c.network, c.status, c.preview, g.name as assignee, c.due_at, c.last_post_at
        from cases c left join agents g on g.id = c.assignee_id
        where c.customer_id = %(customer_id)s and c.status in ('open', 'waiting', 'snoozed')
        """
        + scopes.within(scope)
        + " order by c.opened_at desc, c.id desc limit %(most)s",
        {"customer_id": customer_id, "most": MOST} | scopes.params(scope),
    )


def open_follow_ups(conn: Connection, customer_id: CustomerId, scope: Scope) -> list[OpenFollowUp]:
    """Return when we said to look again, within the scope, the next first."""
    return fetch_all(
        conn,
        OpenFollowUp,
        """
        select f.id, f.case_id, c.network, c.preview, f.due_at
        from cases c join follow_ups f on f.case_id = c.id and f.concluded_at is null
        where c.customer_id = %(customer_id)s
        """
        + scopes.within(scope)
        + " order by f.due_at, f.id limit %(most)s",
        {"customer_id": customer_id, "most": MOST} | scopes.params(scope),
    )


def memberships(conn: Connection, customer_id: CustomerId) -> list[Membership]:
    """Return where the customer belongs and belonged, the present first."""
    return fetch_all(
        conn,
        Membership,
        """
        select o.id as organisation_id, o.name as organisation, o.kind, m.role, m.number, m.since, m.until, m.renews_on
        from memberships m join organisations o on o.id = m.organisation_id
        where m.customer_id = %(id)s order by m.until is not null, m.since desc nulls last, m.id desc limit %(most)s
        """,
        {"id": customer_id, "most": MOST},
    )
