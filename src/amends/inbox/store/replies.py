"""SQL of replies: the outbox towards the networks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from amends.core.database import Connection, execute, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, CaseId, PostId, ReplyId


@dataclass(frozen=True, kw_only=True, slots=True)
class NewReply:
    """A reply to store; its case had the customer's posts up to number `answers`. With `proposed_why` it waits for approval.

    A post beyond `seen_posts` holds it, none where its author did not say how far they had seen the case.
    """

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
    seen_posts: int | None = None
    elsewhere: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """A reply as it stands."""

    id: ReplyId
    case_id: CaseId
    agent_id: AgentId
    text: str
    episode: int
    created_at: datetime
    follow_up_after: timedelta | None
    private: bool
    state: str
    was_tried: bool
    approved_by: AgentId | None
    answers: int
    seen_posts: int | None
    proposed_text: str | None
    elsewhere: bool

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
          proposed_why, seen_posts, elsewhere, created_at, next_at)
        values (%(case_id)s, %(post_id)s, %(agent_id)s, %(text)s, %(episode)s, %(answers)s, %(follow_up_after)s, %(proof_after)s,
          %(key)s, %(private)s, case when %(why)s::text[] = '{}' then 'queued' else 'proposed' end, %(why)s, %(seen_posts)s, %(elsewhere)s,
          %(now)s, %(next_at)s)
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
            "seen_posts": new.seen_posts,
            "elsewhere": new.elsewhere,
            "next_at": new.next_at,
            "now": now,
        },
    )
    return ReplyId(values[0])


_REPLY: LiteralString = """
select id, case_id, agent_id, text, episode, created_at, follow_up_after, private, state, first_try_at is not null as was_tried,
  approved_by, answers, seen_posts, proposed_text, elsewhere
from replies where """


def find(conn: Connection, *, reply_id: ReplyId) -> Reply | None:
    """Return the reply, or None."""
    return fetch_maybe(conn, Reply, _REPLY + "id = %(id)s", {"id": reply_id})


def lock(conn: Connection, *, reply_id: ReplyId) -> Reply | None:
    """Return the reply, which nobody else claims or changes until the transaction ends, or None."""
    return fetch_maybe(conn, Reply, _REPLY + "id = %(id)s for update", {"id": reply_id})


def find_by_key(conn: Connection, *, key: UUID) -> Reply | None:
    """Return the reply that was queued with this key, or None."""
    return fetch_maybe(conn, Reply, _REPLY + "key = %(key)s", {"key": key})


def newest_id(conn: Connection, *, case_id: CaseId) -> int:
    """Return the id of the newest reply in a case, 0 where there is none."""
    return int(fetch_values(conn, "select coalesce(max(id), 0) from replies where case_id = %(id)s", {"id": case_id})[0])


def queue_again(conn: Connection, *, reply_id: ReplyId, seen_posts: int, now: datetime) -> None:
    """Queue the reply for a fresh row of tries; who does it has seen the customer's posts up to number `seen_posts`."""
    execute(
        conn,
        """
        update replies set state = 'queued', error = '', advice = '', attempts = 0, next_at = %(now)s,
          seen_posts = case when seen_posts is not null then %(seen_posts)s end
        where id = %(id)s
        """,
        {"id": reply_id, "seen_posts": seen_posts, "now": now},
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
