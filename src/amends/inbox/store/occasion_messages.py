"""SQL of messages on occasions: planned once for each turn, let out, claimed, sent, skipped, stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, AuthorId, CaseId, CustomerId, ReplyId
from amends.inbox.rules.occasions import Words, days_on


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A message to plan: for whom, for which time, and from when on it may go."""

    customer_id: CustomerId
    turn: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A message as it stands; `customer` is the person's name, `why` says why it did not go.

    `waits` is the state of an answer that it became and that was not tried yet, so that it can still be stopped; else empty.
    """

    id: int
    occasion_id: int
    customer_id: CustomerId
    customer: str
    turn: str
    state: str
    waits: str
    why: str
    due_at: datetime
    sent_at: datetime | None
    language: str
    subject: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A message that is due, ours to send."""

    id: int
    occasion_id: int
    customer_id: CustomerId
    due_at: datetime
    attempts: int


_COLUMNS: LiteralString = """
select m.id, m.occasion_id, m.customer_id, u.name as customer, m.turn, m.state, coalesce(r.state, '') as waits, m.why, m.due_at, m.sent_at,
  m.language, m.subject, m.text
from occasion_messages m join customers u on u.id = m.customer_id
left join replies r on r.id = m.reply_id and m.state = 'sent' and r.state in ('proposed', 'queued') and r.first_try_at is null
"""


def plan(conn: Connection, occasion_id: int, planned: Sequence[Planned], *, state: str, now: datetime) -> int:
    """Plan what is not planned yet, and return how many messages that made."""
    return execute(
        conn,
        """
        insert into occasion_messages (occasion_id, customer_id, turn, state, planned_at, due_at)
        select %(occasion)s, p.customer_id, p.turn, %(state)s, %(now)s, p.due_at
        from unnest(%(customers)s::bigint[], %(turns)s::text[], %(dues)s::timestamptz[]) p(customer_id, turn, due_at)
        on conflict (occasion_id, customer_id, turn) do nothing
        """,
        {
            "occasion": occasion_id,
            "state": state,
            "now": now,
            "customers": [one.customer_id for one in planned],
            "turns": [one.turn for one in planned],
            "dues": [one.due_at for one in planned],
        },
    )


def page(conn: Connection, occasion_id: int, *, below: int | None, limit: int) -> list[Message]:
    """Return the newest messages of an occasion, beginning below the id `below`."""
    behind: LiteralString = " and m.id < %(below)s" if below is not None else ""
    query: LiteralString = _COLUMNS + " where m.occasion_id = %(id)s" + behind + " order by m.id desc limit %(limit)s"
    return fetch_all(conn, Message, query, {"id": occasion_id, "below": below, "limit": limit})


def of_customer(conn: Connection, customer_id: CustomerId, *, limit: int) -> list[Message]:
    """Return the newest messages to somebody."""
    query: LiteralString = _COLUMNS + " where m.customer_id = %(id)s order by m.id desc limit %(limit)s"
    return fetch_all(conn, Message, query, {"id": customer_id, "limit": limit})


def find(conn: Connection, message_id: int) -> Message | None:
    """Return a message, or None."""
    return fetch_maybe(conn, Message, _COLUMNS + " where m.id = %(id)s", {"id": message_id})


def let_out(conn: Connection, occasion_id: int, message_ids: Sequence[int] | None, *, agent_id: AgentId) -> int:
    """Let proposed messages of an occasion go when they are due, these or all (None), and return how many."""
    return execute(
        conn,
        """
        update occasion_messages set state = 'queued', approved_by = %(agent)s
        where occasion_id = %(occasion)s and state = 'proposed' and (%(ids)s::bigint[] is null or id = any(%(ids)s))
        """,
        {"occasion": occasion_id, "ids": None if message_ids is None else list(message_ids), "agent": agent_id},
    )


def claim(conn: Connection, *, now: datetime, lease: timedelta) -> Claimed | None:
    """Return the message that is due longest, ours for the length of the lease, or None. What was being sent by who died is due again."""
    return fetch_maybe(
        conn,
        Claimed,
        """
        with due as (
          select m.id from occasion_messages m join occasions o on o.id = m.occasion_id
          where m.state in ('queued', 'sending') and m.due_at <= %(now)s and coalesce(m.claimed_until, '-infinity') <= %(now)s and o.active
          order by m.due_at, m.id limit 1 for update of m skip locked
        )
        update occasion_messages m set state = 'sending', claimed_until = %(until)s, attempts = attempts + 1, handed_at = null
        from due where m.id = due.id
        returning m.id, m.occasion_id, m.customer_id, m.due_at, m.attempts
        """,
        {"now": now, "until": now + lease},
    )


def put_off(conn: Connection, message_id: int, *, until: datetime, why: str = "") -> None:
    """Let a claimed message wait until then; where its occasion was stopped meanwhile it does not go any more."""
    execute(
        conn,
        """
        with occasion as (
          select o.active from occasions o join occasion_messages m on m.occasion_id = o.id where m.id = %(id)s for share of o
        )
        update occasion_messages m set state = case when o.active then 'queued' else 'stopped' end, claimed_until = %(until)s, why = %(why)s
        from occasion o where m.id = %(id)s and m.state = 'sending'
        """,
        {"id": message_id, "until": until, "why": why},
    )


def end(conn: Connection, message_id: int, *, state: str, why: str) -> None:
    """End a claimed message that does not go out."""
    execute(
        conn,
        "update occasion_messages set state = %(state)s, why = %(why)s, claimed_until = null where id = %(id)s and state = 'sending'",
        {"id": message_id, "state": state, "why": why},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailed:
    """Over which way a message goes by mail, and by which token the person can stop such messages."""

    contact_way_id: int
    stop_hash: bytes


def keep_words(conn: Connection, message_id: int, words: Words, mailed: Mailed | None, *, now: datetime) -> bool:
    """Keep what a claimed message says right before it goes; from then on the mail server may have it. False where it was stopped."""
    kept = execute(
        conn,
        """
        update occasion_messages set language = %(language)s, subject = %(subject)s, text = %(text)s, contact_way_id = %(way)s,
          stop_hash = %(stop)s, handed_at = case when %(way)s::bigint is not null then %(now)s end
        where id = %(id)s and state = 'sending'
        """,
        {
            "id": message_id,
            "language": words.language,
            "subject": words.subject,
            "text": words.text,
            "way": mailed and mailed.contact_way_id,
            "stop": mailed and mailed.stop_hash,
            "now": now,
        },
    )
    return bool(kept)


def sent(conn: Connection, message_id: int, *, now: datetime, reply_id: ReplyId | None = None) -> None:
    """Keep that a message is out, whatever was decided since it was handed over."""
    execute(
        conn,
        """
        update occasion_messages set state = 'sent', sent_at = %(now)s, reply_id = %(reply)s, why = '', claimed_until = null
        where id = %(id)s and state in ('sending', 'stopped')
        """,
        {"id": message_id, "now": now, "reply": reply_id},
    )


def sent_since(conn: Connection, customer_id: CustomerId, *, way_id: int | None, since: datetime) -> int:
    """Return how many messages on occasions somebody got since then, with what others got at the same address, whatever record they have.

    What the mail server may have counts. Of those who ask for one address, one comes after the other until the transaction ends.
    """
    execute(
        conn,
        """
        select pg_advisory_xact_lock(hashtextextended('message to ' || kind || ' ' || normal, 0)) from contact_ways where id = %(way)s
        """,
        {"way": way_id},
    )
    return fetch_values(
        conn,
        """
        select count(*) from occasion_messages
        where (sent_at > %(since)s or state = 'sending' and handed_at > %(since)s)
          and (customer_id = any(customer_parts(%(id)s)) or contact_way_id = any(array(
            select o.id from contact_ways w join contact_ways o on o.kind = w.kind and o.normal = w.normal and o.removed_at is null
            where w.id = %(way)s)))
        """,
        {"id": customer_id, "way": way_id, "since": since},
    )[0]


def customers_of(conn: Connection, case_ids: Sequence[int]) -> list[CustomerId]:
    """Return the customers of these cases who may be written to at all, each once."""
    return fetch_values(
        conn,
        """
        select distinct u.id from cases c join customers u on u.id = c.customer_id
        where c.id = any(%(ids)s::bigint[]) and u.merged_into is null and u.erased_at is null and u.do_not_contact_since is null
        order by u.id
        """,
        {"ids": list(case_ids)},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Answerable:
    """A case of the person with a post under which we may answer, and by which handle they wrote it."""

    case_id: CaseId
    author_id: AuthorId


def answerable(conn: Connection, customer_id: CustomerId) -> list[Answerable]:
    """Return the newest cases of each of the person's handles that can be answered, the newest first."""
    return fetch_all(
        conn,
        Answerable,
        """
        select case_id, author_id from (
          select distinct on (c.author_id) c.id as case_id, c.author_id, c.last_post_at from cases c
          where c.customer_id = %(id)s and c.status <> 'dismissed'
            and exists (select from posts p where p.case_id = c.id and p.case_number is not null and p.can_reply and p.deleted_at is null)
          order by c.author_id, c.last_post_at desc
        ) newest order by last_post_at desc
        """,
        {"id": customer_id},
    )


def languages(conn: Connection, customer_id: CustomerId) -> list[str]:
    """Return the languages in which somebody wrote, the newest first."""
    return fetch_values(
        conn,
        """
        select language from cases where customer_id = %(id)s and language <> '' group by language order by max(last_post_at) desc
        """,
        {"id": customer_id},
    )


def years(conn: Connection, customer_id: CustomerId, kind: str, on: date) -> int | None:
    """Return how many years it is on that day since it began: of several anniversaries the one that is then. None where nobody knows."""
    found = fetch_values(
        conn,
        """
        select %(year)s - began from (
          (select year as began from important_dates
           where customer_id = %(id)s and kind = %(kind)s and kind in ('birthday', 'anniversary')
           order by month * 100 + day = any(%(days)s) desc, year limit 1)
          union all select extract(year from min(bought_at))::int from purchases
          where customer_id = %(id)s and %(kind)s = 'first_purchase'
        ) known where began < %(year)s limit 1
        """,
        {"id": customer_id, "kind": kind, "year": on.year, "days": days_on(on)},
    )
    return found[0] if found else None
