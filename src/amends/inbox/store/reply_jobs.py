"""SQL of replies on their way: claimed, out, in trouble or held."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from amends.core.database import Connection, execute, fetch_maybe
from amends.core.ports import Attachment, Draft, Published
from amends.inbox.rules.ids import CaseId, ReplyId, SourceId
from amends.inbox.rules.reply_tries import NextTry
from amends.inbox.store.sources import SealedAccount


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplyJob(SealedAccount):
    """A claimed reply with all that sending needs; `again` says that an earlier try may have got through, so look first.

    Of a reply of several posts it is one of them: `number` says which, 0 where there is but one.
    """

    reply_id: ReplyId
    case_id: CaseId
    parent_id: str
    root_id: str
    text: str
    key: UUID
    number: int
    private: bool
    attempts: int
    again: bool
    first_try_at: datetime
    claimed_until: datetime
    pictures: tuple[Attachment, ...] = ()

    @property
    def draft(self) -> Draft:
        """The reply as its collector takes it."""
        return Draft(
            parent_id=self.parent_id,
            root_id=self.root_id,
            text=self.text,
            key=str(self.key),
            since=self.first_try_at,
            attachments=self.pictures,
            private=self.private,
        )


def claim_next(conn: Connection, *, now: datetime, until: datetime) -> ReplyJob | None:
    """Mark the next reply as being sent until `until` and return it; replies of one case go out in the order they were written.

    Each picture makes the claim as long once more: it is uploaded before the words go out, which nobody else may send meanwhile.
    """
    return fetch_maybe(
        conn,
        ReplyJob,
        """
        with next as (
          select r.id, part.number, part.text, part.key, before.external_id as under,
            case when part.number is null then r.first_try_at else part.first_try_at end as tried_at
          from replies r
          left join lateral (
            select * from reply_parts t where t.reply_id = r.id and t.external_id is null order by t.number limit 1
          ) part on true
          left join reply_parts before on before.reply_id = r.id and before.number = part.number - 1
          where r.state in ('queued', 'sending') and r.next_at <= %(now)s and (r.state = 'queued' or r.claimed_until <= %(now)s)
            and not exists (
              select from replies earlier
              where earlier.case_id = r.case_id and earlier.id < r.id and earlier.state in ('queued', 'sending')
            )
          order by r.next_at, r.id
          limit 1
          for update of r skip locked
        ), begun as (
          update reply_parts t set first_try_at = %(now)s
          from next where t.reply_id = next.id and t.number = next.number and t.first_try_at is null
        )
        update replies r
        set state = 'sending', claimed_until = %(until)s + (%(until)s::timestamptz - %(now)s) * (
            select count(*) from reply_attachments a where a.reply_id = r.id and coalesce(next.number, 1) = 1
          ), attempts = r.attempts + 1, first_try_at = coalesce(r.first_try_at, %(now)s)
        from next, posts p, sources s
        where r.id = next.id and p.id = r.post_id and s.id = p.source_id
        returning r.id as reply_id, r.case_id, s.id as source_id, s.network, s.handle, s.credentials, s.options,
          coalesce(next.under, p.external_id) as parent_id, p.root_id, coalesce(next.text, r.text) as text,
          coalesce(next.key, r.key) as key, coalesce(next.number, 0) as number, r.private, r.attempts, next.tried_at is not null as again,
          coalesce(next.tried_at, %(now)s) as first_try_at, r.claimed_until
        """,
        {"now": now, "until": until},
    )


def mark_sent(conn: Connection, *, reply_id: ReplyId, published: Published, now: datetime) -> bool:
    """Keep that the network has the reply; False where that was known. What the network says counts, whoever holds the claim."""
    touched = execute(
        conn,
        """
        update replies
        set state = 'sent', sent_at = %(sent_at)s, external_id = nullif(%(external_id)s, ''), permalink = %(permalink)s, error = '',
          advice = '', attempts = 0, next_at = %(now)s, claimed_until = null, out_at = %(now)s, look_at = %(now)s + proof_after
        where id = %(id)s and state <> 'sent'
        """,
        {
            "id": reply_id,
            "sent_at": published.published_at,
            "external_id": published.external_id,
            "permalink": published.permalink,
            "now": now,
        },
    )
    return touched == 1


def own_post(conn: Connection, *, source_id: SourceId, external_id: str) -> None:
    """Mark the reply as ours where the collector met it before we knew that it was out."""
    execute(
        conn,
        """
        update posts set is_own = true
        where id in (
          select id from posts where source_id = %(source_id)s and external_id = %(external_id)s and not is_own for update skip locked
        )
        """,
        {"source_id": source_id, "external_id": external_id},
    )


def mark_trouble(conn: Connection, job: ReplyJob, next_try: NextTry) -> bool:
    """Keep why a try did not work and what comes next; False where the claim is no longer this job's."""
    touched = execute(
        conn,
        """
        update replies set state = %(state)s, error = %(reason)s, advice = %(advice)s, next_at = %(at)s, claimed_until = null
        where id = %(id)s and state = 'sending' and claimed_until = %(claimed_until)s
        """,
        {
            "id": job.reply_id,
            "claimed_until": job.claimed_until,
            "state": next_try.state,
            "reason": next_try.reason,
            "advice": next_try.advice,
            "at": next_try.at,
        },
    )
    return touched == 1


def hold(conn: Connection, job: ReplyJob, next_try: NextTry) -> bool:
    """Keep why a claimed reply was not even tried: it stands as before the claim, and can be taken back where it was new.

    False where the claim is no longer this job's.
    """
    touched = execute(
        conn,
        """
        with parts as (
          update reply_parts set first_try_at = null where reply_id = %(id)s and number = %(number)s and not %(again)s
        )
        update replies set state = %(state)s, error = %(reason)s, advice = %(advice)s, attempts = attempts - 1, claimed_until = null,
          first_try_at = case when %(again)s then first_try_at end
        where id = %(id)s and state = 'sending' and claimed_until = %(claimed_until)s
        """,
        {
            "id": job.reply_id,
            "number": job.number,
            "again": job.again,
            "claimed_until": job.claimed_until,
            "state": next_try.state,
            "reason": next_try.reason,
            "advice": next_try.advice,
        },
    )
    return touched == 1
