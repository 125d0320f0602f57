"""SQL of replies: the outbox towards the networks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from amends.core.database import Connection, execute, fetch_maybe, fetch_values
from amends.core.ports import Attachment, Draft, Published
from amends.inbox.rules.ids import AgentId, CaseId, PostId, ReplyId, SourceId
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


@dataclass(frozen=True, kw_only=True, slots=True)
class NewReply:
    """A reply to store; the agent had seen the customer's posts up to number `answers`. With `proposed_why` it waits for approval."""

    case_id: CaseId
    post_id: PostId
    agent_id: AgentId
    text: str
    episode: int
    answers: int
    follow_up_after: timedelta | None
    proof_after: timedelta | None
    key: UUID
    private: bool = False
    next_at: datetime
    proposed_why: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """A reply as it stands."""

    id: ReplyId
    case_id: CaseId
    agent_id: AgentId
    text: str
    episode: int
    follow_up_after: timedelta | None
    private: bool
    state: str
    was_tried: bool
    approved_by: AgentId | None
    answers: int
    proposed_text: str | None

    @property
    def own_words(self) -> str:
        """What its author wrote, whatever a second person made of it."""
        return self.text if self.proposed_text is None else self.proposed_text


def insert(conn: Connection, new: NewReply, *, now: datetime) -> ReplyId:
    """Store a reply that is to go out and return its id."""
    values = fetch_values(
        conn,
        """
        insert into replies (case_id, post_id, agent_id, text, episode, answers, follow_up_after, proof_after, key, private, state,
          proposed_why, created_at, next_at)
        values (%(case_id)s, %(post_id)s, %(agent_id)s, %(text)s, %(episode)s, %(answers)s, %(follow_up_after)s, %(proof_after)s,
          %(key)s, %(private)s, case when %(why)s::text[] = '{}' then 'queued' else 'proposed' end, %(why)s, %(now)s, %(next_at)s)
        returning id
        """,
        {
            "case_id": new.case_id,
            "post_id": new.post_id,
            "agent_id": new.agent_id,
            "text": new.text,
            "episode": new.episode,
            "answers": new.answers,
            "follow_up_after": new.follow_up_after,
            "proof_after": new.proof_after,
            "private": new.private,
            "key": new.key,
            "why": list(new.proposed_why),
            "next_at": new.next_at,
            "now": now,
        },
    )
    return ReplyId(values[0])


def find(conn: Connection, *, reply_id: ReplyId) -> Reply | None:
    """Return the reply, or None."""
    return fetch_maybe(
        conn,
        Reply,
        """
        select id, case_id, agent_id, text, episode, follow_up_after, private, state, first_try_at is not null as was_tried,
          approved_by, answers, proposed_text
        from replies where id = %(id)s
        """,
        {"id": reply_id},
    )


def lock(conn: Connection, *, reply_id: ReplyId) -> Reply | None:
    """Return the reply, which nobody else claims or changes until the transaction ends, or None."""
    return fetch_maybe(
        conn,
        Reply,
        """
        select id, case_id, agent_id, text, episode, follow_up_after, private, state, first_try_at is not null as was_tried,
          approved_by, answers, proposed_text
        from replies where id = %(id)s for update
        """,
        {"id": reply_id},
    )


def find_by_key(conn: Connection, *, key: UUID) -> Reply | None:
    """Return the reply that was queued with this key, or None."""
    return fetch_maybe(
        conn,
        Reply,
        """
        select id, case_id, agent_id, text, episode, follow_up_after, private, state, first_try_at is not null as was_tried,
          approved_by, answers, proposed_text
        from replies where key = %(key)s
        """,
        {"key": key},
    )


def newest_id(conn: Connection, *, case_id: CaseId) -> int:
    """Return the id of the newest reply in a case, 0 where there is none."""
    return int(fetch_values(conn, "select coalesce(max(id), 0) from replies where case_id = %(id)s", {"id": case_id})[0])


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
        set state = 'sent', sent_at = %(sent_at)s, external_id = %(external_id)s, permalink = %(permalink)s, error = '',
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


def queue_again(conn: Connection, *, reply_id: ReplyId, now: datetime) -> None:
    """Queue the reply for a fresh row of tries."""
    execute(
        conn,
        "update replies set state = 'queued', error = '', advice = '', attempts = 0, next_at = %(now)s where id = %(id)s",
        {"id": reply_id, "now": now},
    )


def reword(conn: Connection, *, reply_id: ReplyId, text: str) -> None:
    """Give the reply other words, and keep beside them what its author wrote."""
    execute(
        conn,
        """
        update replies set text = %(text)s, proposed_text = nullif(coalesce(proposed_text, text), %(text)s) where id = %(id)s
        """,
        {"id": reply_id, "text": text},
    )


def delete(conn: Connection, *, reply_id: ReplyId, now: datetime) -> None:
    """Throw the reply away; its key is spent."""
    execute(
        conn,
        """
        with gone as (delete from replies where id = %(id)s returning key, case_id)
        insert into reply_keys (key, case_id, spent_at) select key, case_id, %(now)s from gone
        """,
        {"id": reply_id, "now": now},
    )
