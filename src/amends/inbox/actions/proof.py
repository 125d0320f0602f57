"""Finds out whether the public can see our answer. Place in the path: reply sent -> looks -> times on screen, an alarm if it vanished."""

from dataclasses import replace
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import NetworkError
from amends.inbox.rules import proving
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.policy import Policy
from amends.inbox.rules.proving import Seen
from amends.inbox.store import attachments, events, proofs, raised_alerts
from amends.inbox.store.proofs import ProofJob
from amends.inbox.store.raised_alerts import Raise

LEASE = timedelta(seconds=60)


def claim_proof(conn: Connection, *, now: datetime) -> ProofJob | None:
    """Claim the next sent reply that is to be looked for in public, or None."""
    return proofs.claim_next(conn, now=now, until=now + LEASE)


def record_look(conn: Connection, job: ProofJob, found: Seen, *, permalink: str, policy: Policy, now: datetime) -> None:
    """Keep what a look found; not seen is believed after several looks, and then raises an alert."""
    seen = Seen.COMPLAINT_GONE if job.complaint_gone else found
    after = proving.after_look(job.proof, seen, sent_at=job.sent_at, policy=policy, now=now)
    proofs.add_look(conn, reply_id=job.reply_id, seen=seen, permalink=permalink, now=now)
    proofs.plan(conn, reply_id=job.reply_id, proof=after)
    step = proving.news(job.proof.seen, after.seen)
    events.add(conn, step, now=now, case_id=job.case_id, reply_id=job.reply_id, permalink=permalink)
    _raise(conn, job, step, now)
    if after.seen in {Seen.VISIBLE, Seen.APART} or after.look_at is None:
        attachments.drop_content(conn, reply_id=job.reply_id)


def _raise(conn: Connection, job: ProofJob, step: EventKind, now: datetime) -> None:
    alarm = proving.alarm(step)
    if alarm is None:
        return
    about = Raise(case_id=job.case_id, post_id=job.post_id, alarm=alarm, reply_id=job.reply_id)
    for raised in raised_alerts.insert(conn, [about], now=now):
        events.add(
            conn,
            EventKind.ALERT_RAISED,
            now=now,
            case_id=job.case_id,
            post_id=job.post_id,
            alert_id=raised.id,
            rule=alarm.rule,
            severity=alarm.severity,
            reason=alarm.reason,
            reply_id=job.reply_id,
        )


def put_off(conn: Connection, job: ProofJob, error: NetworkError, *, policy: Policy, now: datetime) -> None:
    """Plan the look anew where the network did not answer: that says nothing about our reply."""
    after = proving.after_trouble(job.proof, error, sent_at=job.sent_at, policy=policy, now=now)
    proofs.plan(conn, reply_id=job.reply_id, proof=after)


def give_up(conn: Connection, job: ProofJob) -> None:
    """Look no more, since this network shows nobody what stands there."""
    proofs.plan(conn, reply_id=job.reply_id, proof=replace(job.proof, look_at=None))
