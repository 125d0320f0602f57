"""Learns from what agents corrected, and changes which version speaks. Place in the path: corrections -> trial -> head -> re-triage.

A trial has three steps, so that the long one in the middle holds no transaction: `gather`, `try_out`, `keep`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import numpy as np

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.ports import Intent, Sentiment
from amends.core.translating import _
from amends.inbox.actions import jobs
from amends.inbox.actions.tuning import head_in_force
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, JobId
from amends.inbox.rules.job_reasons import JobWhy
from amends.inbox.store import events, heads, lessons
from amends.inbox.store.heads import NewHead
from amends.inbox.store.lessons import LessonRow
from amends.triage.head import Head, pack
from amends.triage.learning import Lessons, Trial, trial
from amends.triage.replay import UNKNOWN, Replay

MOST_LESSONS = 20_000
NIGHT = 3
A_DAY = timedelta(hours=20)
SHIPPED = "shipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Gathered:
    """All that a trial needs, and the newest correction that it knows."""

    lessons: Lessons
    current: Head | None
    version: str
    encoder: str
    learnt_until: int


def gather(conn: Connection, *, encoder: str) -> Gathered:
    """Return what agents taught of posts that the weights `encoder` read, with as many posts whose labels stood."""
    stored = heads.in_force(conn)
    known = stored.learnt_until if stored and stored.encoder == encoder else 0
    given = lessons.corrected(conn, encoder=encoder, limit=MOST_LESSONS)
    rows = [*given, *lessons.stood(conn, encoder=encoder, limit=len(given))]
    current = head_in_force(conn)
    return Gathered(
        lessons=_lessons(rows, known),
        current=current if current and current.encoder == encoder else None,
        version=f"{encoder}+{heads.next_number(conn, encoder=encoder)}",
        encoder=encoder,
        learnt_until=lessons.newest_correction(conn),
    )


def _lessons(rows: Sequence[LessonRow], known: int) -> Lessons:
    moods, intents = [*Sentiment], [*Intent]
    embedding = np.frombuffer(b"".join(row.embedding for row in rows), "<f2").astype(np.float32)
    return Lessons(
        embedding=embedding.reshape(len(rows), -1) if rows else np.zeros((0, 1), np.float32),
        mood=np.array([row.mood for row in rows], np.float32).reshape(-1, len(moods)),
        intents=np.array([row.intents for row in rows], np.float32).reshape(-1, len(intents)),
        mood_label=np.array([_place(moods, row.sentiment) for row in rows], np.int64),
        intent_label=np.array([_place(intents, row.intent) for row in rows], np.int64),
        author=np.array([row.author_id for row in rows], np.int64),
        corrected_mood=np.array([row.corrected_mood for row in rows], np.bool_),
        corrected_intent=np.array([row.corrected_intent for row in rows], np.bool_),
        fresh=np.array([row.newest == 0 or row.newest > known for row in rows], np.bool_),
    )


def _place(known: Sequence[str], label: str) -> int:
    return known.index(label) if label in known else UNKNOWN


def try_out(gathered: Gathered, replay: Replay) -> Trial:
    """Fit and judge a head, for some seconds; call it while no transaction is open."""
    return trial(gathered.lessons, replay, current=gathered.current, version=gathered.version, encoder=gathered.encoder)


def keep(conn: Connection, gathered: Gathered, found: Trial, *, agent_id: AgentId | None, now: datetime, at_night: bool = False) -> bool:
    """Keep a trial with its proof, and put its head in force where it earned that; return whether it did."""
    heads.lock(conn)
    why = found.proof.refused_why
    if not why and _version_now(conn, gathered.encoder) != (gathered.current.version if gathered.current else None):
        why = "another version was put in force meanwhile; learn again"
    new = NewHead(
        version=_free_version(conn, gathered),
        encoder=gathered.encoder,
        weights=pack(found.head) if found.head else None,
        report=asdict(found.proof) | {"refused_why": why},
        refused_why=why,
        learnt_until=gathered.learnt_until,
        agent_id=agent_id,
        at_night=at_night,
    )
    heads.insert(conn, new, now=now)
    if not why:
        _put_in_force(conn, new.version, agent_id, now)
    return not why


def _version_now(conn: Connection, encoder: str) -> str | None:
    stored = heads.in_force(conn)
    return stored.version if stored and stored.encoder == encoder else None


def _free_version(conn: Connection, gathered: Gathered) -> str:
    """Return the version of the trial; the next one where somebody else tried at the same time."""
    if heads.find(conn, version=gathered.version) is None:
        return gathered.version
    return f"{gathered.encoder}+{heads.next_number(conn, encoder=gathered.encoder)}"


def use(conn: Connection, *, version: str, agent_id: AgentId | None, now: datetime) -> JobId:
    """Bring a version back (`shipped`: none of those that agents taught), and begin to judge history by it."""
    heads.lock(conn)
    if version != SHIPPED:
        _check(conn, version)
    elif heads.in_force(conn) is None:
        raise Refused(_("The shipped model speaks for itself already."))
    return _put_in_force(conn, version, agent_id, now)


def _check(conn: Connection, version: str) -> None:
    found = heads.find(conn, version=version)
    if found is None:
        raise NotFound(
            _("There is no version “%(version)s”; `shipped` is the model without what agents taught.") % {"version": version[:60]}
        )
    if found.in_force:
        raise Refused(_("%(version)s is in force already.") % {"version": version})
    if found.adopted_at is None:
        raise Refused(_("%(version)s was never adopted: %(refused_why)s.") % {"version": version, "refused_why": found.refused_why})


def _put_in_force(conn: Connection, version: str, agent_id: AgentId | None, now: datetime) -> JobId:
    heads.retire(conn, now=now)
    if version != SHIPPED:
        heads.adopt(conn, version=version, now=now)
    events.add(conn, EventKind.HEAD_ADOPTED, now=now, agent_id=agent_id, version=version)
    return jobs.start(conn, kind="retriage", why=JobWhy.VERSION.of(version), facts={}, agent_id=agent_id, now=now)


def learn_tonight(conn: Connection, *, now: datetime) -> JobId | None:
    """Start learning at a quiet hour, once a night, where agents corrected something since the last trial; else return None."""
    if now.hour != NIGHT:
        return None
    heads.lock(conn)
    last = jobs.latest(conn, kind="learn")
    if (last and last.created_at > now - A_DAY) or lessons.newest_correction(conn) <= heads.learnt_until(conn):
        return None
    return jobs.start(conn, kind="learn", why=JobWhy.NIGHTLY, facts={}, agent_id=None, now=now)
