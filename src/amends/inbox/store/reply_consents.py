"""SQL of replies that Amends wrote by itself: on an occasion, to ask whether it is solved, or when something is mended."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe
from amends.inbox.rules.ids import AuthorId, CaseId, CustomerId, ReplyId
from amends.inbox.store import replies


class Kind(StrEnum):
    """What a reply was written for."""

    OCCASION = "occasion"
    SURVEY = "survey"
    INCIDENT = "incident"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unasked:
    """Such a reply, what it belongs to, and how its customer stands; `goes_on` is whether their case does, or does again.

    Of an incident it is `stopped` where its case left, and `held` while the round of answers is, or is over since it goes on again.
    """

    kind: str
    id: int
    reply_id: ReplyId
    case_id: CaseId
    text: str
    customer_id: CustomerId
    author_id: AuthorId
    do_not_contact: bool
    stopped: bool
    held: bool
    goes_on: bool


def of_reply(conn: Connection, reply_id: ReplyId) -> Unasked | None:
    """Return what a reply was written for, None where a colleague wrote it."""
    return fetch_maybe(
        conn,
        Unasked,
        """
        select one.kind, one.id, r.id as reply_id, c.id as case_id, r.text, u.id as customer_id, c.author_id,
          u.do_not_contact_since is not null as do_not_contact, one.stopped, one.held,
          c.status <> 'resolved' or r.episode <> c.episode as goes_on
        from replies r join cases c on c.id = r.case_id join customers u on u.id = c.customer_id
        cross join lateral (
          select 'occasion' as kind, m.id, not o.active or m.why = 'stopped' as stopped, false as held
          from occasion_messages m join occasions o on o.id = m.occasion_id
          where m.customer_id = any(customer_parts(u.id)) and m.reply_id = r.id
          union all select 'survey', s.id, false, false from surveys s where s.case_id = c.id and s.reply_id = r.id
          union all select 'incident', a.id, m.left_at is not null, round.state <> 'running'
          from incident_answers a join incident_rounds round on round.id = a.round_id
          left join incident_cases m on m.incident_id = round.incident_id and m.case_id = a.case_id
          where a.case_id = c.id and a.reply_id = r.id
        ) one
        where r.id = %(id)s limit 1
        """,
        {"id": reply_id},
    )


def leave(conn: Connection, one: Unasked, *, why: str, now: datetime) -> None:
    """Throw the reply away, and keep why what it belongs to did not go."""
    execute(conn, _SKIPPED[Kind(one.kind)], {"id": one.id, "why": why})
    replies.delete(conn, reply_id=one.reply_id, now=now)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stopped:
    """A reply that was thrown away before it was ever tried."""

    reply_id: ReplyId
    case_id: CaseId
    text: str


def stop(conn: Connection, *, occasion_id: int, message_id: int | None = None, now: datetime) -> list[Stopped]:
    """Throw away what waits as an answer of an occasion's messages, or of one of them, and return it."""
    return fetch_all(
        conn,
        Stopped,
        """
        with waiting as (
          select m.id as message_id, r.id as reply_id, r.key, r.case_id, r.text
          from occasion_messages m join replies r on r.id = m.reply_id
          where m.occasion_id = %(occasion)s and (%(message)s::bigint is null or m.id = %(message)s)
            and m.state = 'sent' and r.state in ('proposed', 'queued') and r.first_try_at is null
          order by r.id for update of r
        ), stopped as (
          update occasion_messages m set state = 'stopped', sent_at = null from waiting w where m.id = w.message_id
        ), gone as (
          delete from replies r using waiting w where r.id = w.reply_id
        ), spent as (
          insert into reply_keys (key, case_id, spent_at) select key, case_id, %(now)s from waiting
        )
        select reply_id, case_id, text from waiting order by reply_id
        """,
        {"occasion": occasion_id, "message": message_id, "now": now},
    )


_SKIPPED: dict[Kind, LiteralString] = {
    Kind.OCCASION: """
      update occasion_messages set state = case %(why)s when 'stopped' then 'stopped' else 'skipped' end, why = %(why)s, sent_at = null
      where id = %(id)s
    """,
    Kind.SURVEY: "update surveys set state = 'skipped', why = %(why)s, sent_at = null where id = %(id)s",
    Kind.INCIDENT: """
      update incident_answers set queued_at = case %(why)s when 'held' then null else queued_at end,
        state = case %(why)s when 'held' then 'approved' else 'skipped' end, why = case %(why)s when 'held' then '' else %(why)s end
      where id = %(id)s
    """,
}
