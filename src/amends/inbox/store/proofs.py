"""SQL of proofs: whether the public can see what we answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection, execute, fetch_maybe
from amends.inbox.rules.ids import CaseId, ReplyId
from amends.inbox.store.sources import SealedAccount


@dataclass(frozen=True, kw_only=True, slots=True)
class ProofJob(SealedAccount):
    """A sent reply that is to be looked for in public, by `collector.refresh([external_id])`; `looks` counts the ones before."""

    reply_id: ReplyId
    case_id: CaseId
    root_id: str
    external_id: str
    looks: int


def claim_next(conn: Connection, *, now: datetime, after: timedelta, until: datetime) -> ProofJob | None:
    """Claim the next reply that went out `after` ago or longer and was not looked for yet; each further look waits twice as long."""
    return fetch_maybe(
        conn,
        ProofJob,
        """
        with next as (
          select id from replies
          where state = 'sent' and checked_at is null and next_at + %(after)s * power(2, attempts) <= %(now)s
            and (claimed_until is null or claimed_until <= %(now)s)
          order by next_at, id
          limit 1
          for update skip locked
        )
        update replies r set claimed_until = %(until)s
        from next, posts p, sources s
        where r.id = next.id and p.id = r.post_id and s.id = p.source_id
        returning r.id as reply_id, r.case_id, s.id as source_id, s.network, s.handle, s.credentials, s.options, p.root_id,
          r.external_id, r.attempts as looks
        """,
        {"now": now, "after": after, "until": until},
    )


def save(conn: Connection, *, reply_id: ReplyId, visible: bool, permalink: str, now: datetime) -> None:
    """Keep what was seen, and under which address."""
    execute(
        conn,
        """
        update replies
        set checked_at = %(now)s, visible = %(visible)s, claimed_until = null,
          permalink = case when %(permalink)s = '' then permalink else %(permalink)s end
        where id = %(id)s
        """,
        {"id": reply_id, "visible": visible, "permalink": permalink, "now": now},
    )


def look_again(conn: Connection, *, reply_id: ReplyId, now: datetime) -> None:
    """Keep that it was not seen this time."""
    execute(
        conn,
        "update replies set attempts = attempts + 1, next_at = %(now)s, claimed_until = null where id = %(id)s",
        {"id": reply_id, "now": now},
    )
