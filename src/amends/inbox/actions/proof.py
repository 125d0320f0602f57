"""Finds out whether the public can see our answer. Place in the path: reply sent -> here -> permalink and time on screen."""

from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.inbox.rules import reply_tries
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.policy import Policy
from amends.inbox.store import events, proofs
from amends.inbox.store.proofs import ProofJob

LEASE = timedelta(seconds=60)


def claim_proof(conn: Connection, *, now: datetime, policy: Policy) -> ProofJob | None:
    """Claim the next sent reply whose public visibility is not known yet, or None."""
    return proofs.claim_next(conn, now=now, after=policy.proof_after, until=now + LEASE)


def record_proof(conn: Connection, job: ProofJob, *, visible: bool, permalink: str, now: datetime) -> None:
    """Keep whether our reply can be seen in public; not seen is believed after three looks."""
    if not visible and not reply_tries.is_believed_hidden(job.looks + 1):
        proofs.look_again(conn, reply_id=job.reply_id, now=now)
        return
    proofs.save(conn, reply_id=job.reply_id, visible=visible, permalink=permalink, now=now)
    kind = EventKind.REPLY_PROVEN if visible else EventKind.REPLY_NOT_VISIBLE
    events.add(conn, kind, now=now, case_id=job.case_id, reply_id=job.reply_id, permalink=permalink)
