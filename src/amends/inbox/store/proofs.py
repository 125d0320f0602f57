"""SQL of proofs: whether the public can see what we answered, look by look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_maybe
from amends.inbox.rules.ids import CaseId, PostId, ReplyId
from amends.inbox.rules.proving import Proof, Seen
from amends.inbox.store.sources import SealedAccount


@dataclass(frozen=True, kw_only=True, slots=True)
class ProofJob(SealedAccount):
    """A sent reply that is to be looked for in public: `external_ids` are its posts, `parent_id` is the complaint in the thread `root_id`.

    `sent_at` is by our own clock.
    """

    reply_id: ReplyId
    case_id: CaseId
    post_id: PostId
    root_id: str
    parent_id: str
    complaint_gone: bool
    external_ids: Sequence[str]
    sent_at: datetime
    seen: str | None
    stage: int
    misses: int

    @property
    def proof(self) -> Proof:
        """How far its proof is."""
        return Proof(seen=Seen(self.seen) if self.seen else None, stage=self.stage, misses=self.misses)


def claim_next(conn: Connection, *, now: datetime, until: datetime) -> ProofJob | None:
    """Claim the next reply whose look is due; who dies over it leaves it due again at `until`."""
    return fetch_maybe(
        conn,
        ProofJob,
        """
        with next as (
          select id from replies where look_at <= %(now)s order by look_at, id limit 1 for update skip locked
        )
        update replies r set look_at = %(until)s
        from next, posts p, sources s
        where r.id = next.id and p.id = r.post_id and s.id = p.source_id
        returning r.id as reply_id, r.case_id, r.post_id, s.id as source_id, s.network, s.handle, s.credentials, s.options, p.root_id,
          p.external_id as parent_id, p.deleted_at is not null as complaint_gone, r.out_at as sent_at, r.seen, r.stage, r.misses,
          coalesce((select array_agg(t.external_id order by t.number) from reply_parts t
                    where t.reply_id = r.id and t.external_id is not null), array[r.external_id]) as external_ids
        """,
        {"now": now, "until": until},
    )


def plan(conn: Connection, *, reply_id: ReplyId, proof: Proof) -> None:
    """Keep how far the proof is and when the next look is due."""
    execute(
        conn,
        """
        update replies
        set seen = %(seen)s, visible = %(seen)s in ('visible', 'apart'), stage = %(stage)s, misses = %(misses)s, look_at = %(look_at)s
        where id = %(id)s
        """,
        {"id": reply_id, "seen": proof.seen, "stage": proof.stage, "misses": proof.misses, "look_at": proof.look_at},
    )


def add_look(conn: Connection, *, reply_id: ReplyId, seen: Seen, permalink: str, now: datetime) -> None:
    """Keep what a look found, and under which address."""
    execute(
        conn,
        """
        with looked as (
          insert into reply_looks (reply_id, at, seen, permalink) values (%(id)s, %(now)s, %(seen)s, %(permalink)s)
        )
        update replies set checked_at = %(now)s, permalink = case when %(permalink)s = '' then permalink else %(permalink)s end
        where id = %(id)s
        """,
        {"id": reply_id, "seen": seen, "permalink": permalink, "now": now},
    )
