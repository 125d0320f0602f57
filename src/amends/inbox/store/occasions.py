"""SQL of occasions, their texts, and how often we may write to somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.occasions import Cap, Words


@dataclass(frozen=True, kw_only=True, slots=True)
class NewOccasion:
    """An occasion as it is settled."""

    name: str
    kind: str
    days_before: int = 0
    hour: int = 10
    approval: bool = True
    on_network: bool = False
    audience: str = ""
    active: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion(NewOccasion):
    """An occasion as it is kept; `agent_id` is in whose name it goes out on a network."""

    id: int
    agent_id: AgentId
    agent: str
    archived_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """What became of the messages of an occasion; `answered` are those after which the person wrote within a week."""

    occasion_id: int
    proposed: int
    queued: int
    sent: int
    failed: int
    skipped: int
    stopped: int
    answered: int


_COLUMNS: LiteralString = """
select o.id, o.name, o.kind, o.days_before, o.hour, o.approval, o.on_network, o.audience, o.active,
  o.agent_id, g.name as agent, o.archived_at
from occasions o join agents g on g.id = o.agent_id
"""


def every(conn: Connection) -> list[Occasion]:
    """Return the occasions in force or not, without the archived."""
    return fetch_all(conn, Occasion, _COLUMNS + " where o.archived_at is null order by lower(o.name), o.id")


def find(conn: Connection, occasion_id: int) -> Occasion | None:
    """Return an occasion, or None."""
    return fetch_maybe(conn, Occasion, _COLUMNS + " where o.id = %(id)s", {"id": occasion_id})


def insert(conn: Connection, new: NewOccasion, *, agent_id: AgentId, now: datetime) -> int:
    """Store an occasion and return its id."""
    return fetch_values(
        conn,
        """
        insert into occasions (name, kind, days_before, hour, approval, on_network, audience, active, agent_id, created_at)
        values (%(name)s, %(kind)s, %(days_before)s, %(hour)s, %(approval)s, %(on_network)s, %(audience)s, %(active)s,
                %(agent_id)s, %(now)s)
        returning id
        """,
        _values(new) | {"agent_id": agent_id, "now": now},
    )[0]


def update(conn: Connection, occasion_id: int, new: NewOccasion) -> None:
    """Settle an occasion anew; its kind stays."""
    execute(
        conn,
        """
        update occasions set name = %(name)s, days_before = %(days_before)s, hour = %(hour)s, approval = %(approval)s,
          on_network = %(on_network)s, audience = %(audience)s, active = %(active)s
        where id = %(id)s
        """,
        _values(new) | {"id": occasion_id},
    )


def set_active(conn: Connection, occasion_id: int, *, active: bool) -> None:
    """Let an occasion send, or stop it."""
    execute(conn, "update occasions set active = %(active)s where id = %(id)s", {"id": occasion_id, "active": active})


def archive(conn: Connection, occasion_id: int, *, at: datetime | None) -> None:
    """Take an occasion out of the list, or back into it, as one that does not send."""
    execute(conn, "update occasions set archived_at = %(at)s, active = false where id = %(id)s", {"id": occasion_id, "at": at})


def texts(conn: Connection, occasion_ids: Sequence[int]) -> dict[int, list[Words]]:
    """Return the texts of each occasion, the first language first."""
    rows = fetch_all(
        conn,
        _Text,
        """
        select occasion_id, language, subject, text from occasion_texts
        where occasion_id = any(%(ids)s) order by occasion_id, language <> 'en', language
        """,
        {"ids": list(occasion_ids)},
    )
    found: dict[int, list[Words]] = {occasion_id: [] for occasion_id in occasion_ids}
    for row in rows:
        found[row.occasion_id].append(Words(language=row.language, subject=row.subject, text=row.text))
    return found


def put_text(conn: Connection, occasion_id: int, words: Words) -> None:
    """Keep the text of a language."""
    execute(
        conn,
        """
        insert into occasion_texts (occasion_id, language, subject, text) values (%(id)s, %(language)s, %(subject)s, %(text)s)
        on conflict (occasion_id, language) do update set subject = excluded.subject, text = excluded.text
        """,
        {"id": occasion_id, "language": words.language, "subject": words.subject, "text": words.text},
    )


def drop_text(conn: Connection, occasion_id: int, language: str) -> None:
    """Forget the text of a language."""
    execute(
        conn,
        "delete from occasion_texts where occasion_id = %(id)s and language = %(language)s",
        {"id": occasion_id, "language": language},
    )


def cap(conn: Connection) -> Cap:
    """Return how often we may write to one person."""
    return fetch_all(conn, Cap, "select most, days from occasion_caps order by id desc limit 1")[0]


def set_cap(conn: Connection, new: Cap, *, agent_id: AgentId, now: datetime) -> None:
    """Settle how often we may write to one person."""
    execute(
        conn,
        "insert into occasion_caps (most, days, agent_id, set_at) values (%(most)s, %(days)s, %(agent)s, %(now)s)",
        {"most": new.most, "days": new.days, "agent": agent_id, "now": now},
    )


def tallies(conn: Connection, occasion_ids: Sequence[int]) -> dict[int, Tally]:
    """Return what became of the messages of each occasion."""
    rows = fetch_all(
        conn,
        Tally,
        """
        select o.id as occasion_id, count(*) filter (where m.state = 'proposed') as proposed,
          count(*) filter (where m.state in ('queued', 'sending')) as queued, count(*) filter (where m.state = 'sent') as sent,
          count(*) filter (where m.state = 'failed') as failed, count(*) filter (where m.state = 'skipped') as skipped,
          count(*) filter (where m.state = 'stopped') as stopped,
          count(*) filter (where m.state = 'sent' and exists (
            select from customer_links l join posts p on p.author_id = l.author_id
            where l.customer_id = m.customer_id and p.published_at > m.sent_at and p.published_at < m.sent_at + interval '7 days'
          )) as answered
        from unnest(%(ids)s::bigint[]) o(id) left join occasion_messages m on m.occasion_id = o.id group by o.id
        """,
        {"ids": list(occasion_ids)},
    )
    return {row.occasion_id: row for row in rows}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Text(Words):
    occasion_id: int


def _values(new: NewOccasion) -> dict[str, object]:
    return {
        "name": new.name,
        "kind": new.kind,
        "days_before": new.days_before,
        "hour": new.hour,
        "approval": new.approval,
        "on_network": new.on_network,
        "audience": new.audience,
        "active": new.active,
    }
