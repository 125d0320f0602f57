"""Corrects a label of a post, at once and for good. Place in the path: an agent's keystroke -> verdict, case, event, and a lesson."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.ports import Intent, Sentiment
from amends.core.translating import _
from amends.inbox.actions.recasting import lock_cases, recast_cases, texts_of
from amends.inbox.actions.tuning import weights_in_force
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CorrectionId, PostId
from amends.inbox.store import corrections, events, judged, readings, reworded
from amends.inbox.store.corrections import Correction, NewCorrection
from amends.inbox.store.judged import Judged, Rewritten, StoredVerdict
from amends.inbox.store.recasting import CaseMark
from amends.triage import language
from amends.triage.cleaning import clean
from amends.triage.judge import Asked
from amends.triage.labels import labelled
from amends.triage.tuning import Tuning
from amends.triage.verdict import Verdict

FIELDS: Mapping[str, tuple[str, ...]] = {"mood": tuple(Sentiment), "intent": tuple(Intent), "language": language.KNOWN}
KNOWN = f"mood ({', '.join(Sentiment)}), intent ({', '.join(Intent)}) and language (its code, such as en, ta or ta-Latn)"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Held:
    """A judged post, with its case and its verdict locked."""

    post: Judged
    cases: list[CaseMark]
    stored: StoredVerdict

    def label(self, field: str) -> str:
        """Return the label that stands."""
        return {"mood": self.stored.sentiment, "intent": self.stored.intent, "language": self.stored.language}[field]

    @property
    def needs_look(self) -> bool:
        """Whether the case asks for a look."""
        return any(case.needs_look for case in self.cases)


def correct(conn: Connection, *, post_id: PostId, field: str, new: str, agent_id: AgentId, now: datetime) -> CorrectionId:
    """Say that a label of a post is `new`, and return the correction; `field` is in `FIELDS`. To say what the model says confirms it."""
    if new not in FIELDS.get(field, ()):
        raise Refused(_("“%(new)s” is no %(field)s; known are %(known)s.") % {"new": new[:40], "field": field[:40], "known": KNOWN})
    held = _hold(conn, post_id)
    before = corrections.in_force(conn, [post_id]).get(post_id, {}).get(field)
    if before and before.new == new:
        raise Refused(_("%(agent)s has said so already.") % {"agent": before.agent})
    correction_id = corrections.insert(conn, _new(held, field, new, agent_id, before), now=now)
    _relabel(conn, held, now)
    _read_anew(conn, held, field)
    recast_cases(conn, held.cases)
    _tell(conn, EventKind.LABEL_CORRECTED, held, agent_id, now, {"field": field, "old": held.label(field), "new": new, "id": correction_id})
    return correction_id


def _read_anew(conn: Connection, held: _Held, field: str) -> None:
    """Another language is another reading: the worker reads the post again, and the labels that agents gave stay."""
    if field == "language":
        reworded.read_anew(conn, post_id=held.post.id)


def _new(held: _Held, field: str, new: str, agent_id: AgentId, before: Correction | None) -> NewCorrection:
    return NewCorrection(
        post_id=held.post.id,
        field=field,
        old=held.label(field),
        new=new,
        model=held.stored.model,
        needed_look=held.needs_look,
        agent_id=agent_id,
        replaces=before.id if before else None,
    )


def take_back(conn: Connection, *, post_id: PostId, correction_id: CorrectionId, agent_id: AgentId, now: datetime) -> None:
    """Take a correction of a post back, as if it had not been; `Conflict` where it is in force no more."""
    found = corrections.find(conn, correction_id=correction_id)
    if found is None or found.post_id != post_id:
        raise NotFound(_("There is no such correction."))
    held = _hold(conn, found.post_id)
    given = corrections.in_force(conn, [found.post_id]).get(found.post_id, {})
    if found.field not in given or given[found.field].id != found.id:
        raise Conflict(_("This correction was taken back or replaced already."))
    corrections.end(conn, correction_id=found.id, now=now)
    corrections.revive(conn, correction_id=found.replaces)
    _relabel(conn, held, now)
    _read_anew(conn, held, found.field)
    marked = [replace(case, needs_look=case.needs_look or found.needed_look) for case in held.cases]
    recast_cases(conn, marked)
    _tell(conn, EventKind.CORRECTION_UNDONE, held, agent_id, now, {"field": found.field, "old": found.new, "new": found.old})


def _hold(conn: Connection, post_id: PostId) -> _Held:
    post = judged.find(conn, post_id=post_id)
    if post is None:
        raise NotFound(_("There is no such post, or nothing of it is left to judge."))
    cases = lock_cases(conn, [post.case_id])
    return _Held(post=post, cases=cases, stored=judged.lock(conn, [post_id])[post_id])


def _relabel(conn: Connection, held: _Held, now: datetime) -> None:
    """Store the verdict that follows from the model's and the labels now in force."""
    of_model, post = _of_model(conn, held), held.post
    labels = corrections.labels(corrections.in_force(conn, [post.id]).get(post.id, {}))
    asked = Asked(text=texts_of(conn, [post])[post.id], words=clean(post.text), language=of_model.language)
    verdict = labelled(asked, of_model, labels, Tuning(urgency=weights_in_force(conn)))
    judged.rewrite(conn, {post.id: Rewritten(verdict=verdict, of_model=of_model if labels else None)}, now=now)


def _of_model(conn: Connection, held: _Held) -> Verdict:
    known = readings.of_posts(conn, [held.post.id]).get(held.post.id)
    return replace(held.stored.of_model, reading=known.reading if known else None)


def _tell(conn: Connection, kind: EventKind, held: _Held, agent_id: AgentId, now: datetime, facts: dict[str, object]) -> None:
    event = events.Event(kind=kind, case_id=held.post.case_id, post_id=held.post.id, agent_id=agent_id, facts=facts)
    events.add_all(conn, [event], now=now)
