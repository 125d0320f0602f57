"""Finds out whether resolutions held. Place in the path: resolve -> planned -> stirred or due -> concluded from what the customer did.

Any number of workers may: each claims looks, and waits for nobody who holds a case; what could not be done is done a moment later.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import N_, _
from amends.inbox.actions.follow_up_heard import heard_of
from amends.inbox.actions.found import locked_case
from amends.inbox.actions.relapse import Again, reopen
from amends.inbox.rules import follow_up
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.follow_up import Conclusion, Heard, Says, Written
from amends.inbox.rules.follow_up_plans import planned
from amends.inbox.rules.ids import AgentId, AuthorId, CaseId, EpisodeId, FollowUpId
from amends.inbox.rules.placing import Placed
from amends.inbox.rules.routing import Why
from amends.inbox.rules.surveys import Skip
from amends.inbox.rules.words import Outcome
from amends.inbox.store import events, follow_up_evidence, follow_up_plans, follow_ups, surveys
from amends.inbox.store.follow_up_evidence import PostSays
from amends.inbox.store.follow_ups import Concluded, Due, FollowUp

BATCH = 1_000
ERASED = Conclusion(outcome=Outcome.UNKNOWN, post_id=None, note=N_("The customer's record was erased; nothing more can be known."))
BY_US = Conclusion(outcome=Outcome.UNKNOWN, post_id=None, note=N_("We reopened the case before it was known."))


def plan(conn: Connection, *, case_id: CaseId, episode: int, first_after: timedelta, now: datetime) -> datetime:
    """Plan the looks at a case that was just resolved, and the question to its customer; return when the first look is due."""
    found = planned(follow_up_plans.in_force(conn), follow_up_plans.ended(conn, case_id=case_id), first_after=first_after, now=now)
    follow_ups.plan(conn, case_id=case_id, episode=episode, planned_at=now, looks=found.looks)
    if found.ask_at:
        surveys.plan(conn, case_id=case_id, episode=episode, due_at=found.ask_at, on_network=found.on_network)
    return found.looks[0].due_at


def stir(conn: Connection, author_ids: Sequence[AuthorId]) -> None:
    """Let the running follow-ups of people who complained somewhere be looked at soon."""
    if author_ids:
        follow_ups.stir(conn, author_ids=author_ids)


def look_at_stirred(conn: Connection, *, now: datetime, limit: int = BATCH) -> int:
    """Look at follow-ups whose customers complained somewhere; conclude those that relapsed, and return how many were looked at."""
    stirred = follow_ups.claim_stirred(conn, limit=limit)
    heard = heard_of(conn, stirred, now=now)
    found = [(one, shown) for one in stirred if (shown := _relapsed(one, heard[one.id]))]
    kept = _conclude(conn, found, now=now)
    follow_ups.stir_again(conn, [one.id for one, _shown in found if one.id not in kept])
    return len(stirred) - len(found) + len(kept)


def _relapsed(one: Due, heard: Heard) -> Conclusion | None:
    found = follow_up.shown(one.case_id, heard, since=one.planned_at)
    return found if found and found.outcome is Outcome.RELAPSED else None


def conclude_due(conn: Connection, *, now: datetime, limit: int = BATCH) -> int:
    """Conclude at most `limit` due follow-ups from what is known of them, and return how many."""
    due = follow_ups.claim_due(conn, now=now, patience=follow_up.PATIENCE, limit=limit)
    if not due:
        return 0
    heard = heard_of(conn, due, now=now)
    return len(_conclude(conn, [(one, _decide(one, heard[one.id])) for one in due], now=now))


def _decide(one: Due, heard: Heard) -> Conclusion:
    span = follow_up.Span(resolved_at=one.planned_at, due_at=one.due_at, watched_until=one.watched_until)
    return ERASED if one.gone else follow_up.decide(one.case_id, heard, span)


def _conclude(
    conn: Connection, found: Sequence[tuple[Due, Conclusion]], *, now: datetime, agent_id: AgentId | None = None
) -> set[FollowUpId]:
    """Conclude looks, reopen the cases that relapsed, and return which were concluded; of cases that somebody holds none is."""
    kept = _reopen(conn, found, now)
    concluded = [Concluded(follow_up_id=one.id, conclusion=conclusion) for one, conclusion in kept]
    relapsed = {one.episode_id: conclusion for one, conclusion in kept if conclusion.outcome is Outcome.RELAPSED}
    cases = [one.case_id for one, _ in kept if one.episode_id in relapsed]
    known = {one.follow_up_id for one in concluded}
    later = [one for one in follow_ups.free_pending_of(conn, cases) if one.episode_id in relapsed and one.id not in known] if cases else []
    follow_ups.conclude(conn, concluded + [Concluded(follow_up_id=one.id, conclusion=relapsed[one.episode_id]) for one in later], now=now)
    _end_asking(conn, cases)
    events.add_all(conn, _told(kept, agent_id), now=now)
    return known


def _reopen(conn: Connection, found: Sequence[tuple[Due, Conclusion]], now: datetime) -> list[tuple[Due, Conclusion]]:
    """Reopen the cases that relapsed, and return which looks may be concluded: a relapse only where nobody else held its case."""
    again = [_again_of(one, conclusion) for one, conclusion in found if conclusion.outcome is Outcome.RELAPSED]
    free = reopen(conn, again, now=now)
    return [(one, conclusion) for one, conclusion in found if conclusion.outcome is not Outcome.RELAPSED or one.case_id in free]


def _again_of(one: Due, conclusion: Conclusion) -> Again:
    return Again(case_id=one.case_id, episode=one.episode, post_id=conclusion.post_id, why=conclusion.note)


def _told(kept: Sequence[tuple[Due, Conclusion]], agent_id: AgentId | None) -> list[events.Event]:
    """Return one event a look, and one an episode where it relapsed."""
    told = {(one.episode_id if found.outcome is Outcome.RELAPSED else -one.id): (one, found) for one, found in kept}
    return [_event(one.case_id, one.id, found, agent_id) for one, found in told.values()]


def _event(case_id: CaseId, follow_up_id: FollowUpId, found: Conclusion, agent_id: AgentId | None) -> events.Event:
    facts = {"follow_up_id": follow_up_id, "outcome": found.outcome, "note": found.note}
    return events.Event(kind=EventKind.FOLLOW_UP_CONCLUDED, case_id=case_id, post_id=found.post_id, agent_id=agent_id, facts=facts)


def _end_asking(conn: Connection, case_ids: Sequence[CaseId]) -> None:
    """Ask neither agents nor the customer any more what became of these cases: they go on."""
    if case_ids:
        follow_ups.ask_no_more(conn, case_ids=case_ids)
        surveys.cancel(conn, case_ids=case_ids, why=Skip.GOES_ON)


def reopened_by_post(conn: Connection, reopened: Sequence[tuple[CaseId, Placed]], *, now: datetime) -> None:
    """Conclude the running follow-ups of cases that their customers reopened with a post, by what that says."""
    if not reopened:
        return
    posts = {case_id: _written(case_id, placed) for case_id, placed in reopened}
    pending = follow_ups.pending_of(conn, list(posts))
    found = {one.id: follow_up.reopened_by(one.case_id, posts[one.case_id], resolved_at=one.planned_at) for one in pending}
    shown = [one for one in pending if found[one.id].outcome is not Outcome.UNKNOWN]
    proof = {one.episode_id: _shows(one, posts[one.case_id], found[one.id], now) for one in shown}
    follow_up_evidence.keep_posts(conn, list(proof.values()), now=now)
    follow_ups.conclude(conn, [Concluded(follow_up_id=one, conclusion=conclusion) for one, conclusion in found.items()], now=now)
    _end_asking(conn, list(posts))
    firsts = {one.case_id: one for one in reversed(pending)}
    events.add_all(conn, [_event(one.case_id, one.id, found[one.id], None) for one in firsts.values()], now=now)


def _written(case_id: CaseId, placed: Placed) -> Written:
    verdict = placed.verdict
    return Written(
        post_id=placed.post.id,
        case_id=case_id,
        sentiment=verdict.sentiment if verdict else "",
        complaint=verdict.complaint if verdict else 0,
        published_at=placed.post.published_at,
        unsure=placed.why.startswith(Why.UNSURE),
    )


def _shows(one: FollowUp, post: Written, found: Conclusion, now: datetime) -> PostSays:
    return PostSays(episode_id=one.episode_id, post_id=post.post_id, says=Says(found.outcome), likeness=None, at=now)


def reopened_by_hand(conn: Connection, *, case_id: CaseId, agent_id: AgentId, now: datetime) -> list[FollowUpId]:
    """Conclude the case's running follow-ups as unknown: we opened it ourselves, the customer has not spoken. Return which they were."""
    pending = follow_ups.pending_of(conn, [case_id])
    follow_ups.conclude(conn, [Concluded(follow_up_id=one.id, conclusion=BY_US) for one in pending], now=now)
    _end_asking(conn, [case_id])
    events.add_all(conn, [_event(case_id, one.id, BY_US, agent_id) for one in pending[:1]], now=now)
    return [one.id for one in pending]


def decide_follow_up(conn: Connection, *, follow_up_id: FollowUpId, outcome: Outcome, agent_id: AgentId, note: str, now: datetime) -> None:
    """Keep an agent's own knowledge of whether the resolution held; what the customer showed by themselves is not overruled."""
    known = _known(conn, follow_up_id)
    if follow_up_evidence.is_shown_by_customer(conn, episode_id=known.episode_id):
        raise Refused(_("The customer has shown it: %(outcome)s.") % {"outcome": known.outcome or ""})
    follow_up_evidence.add_agents_word(
        conn, episode_id=known.episode_id, follow_up_id=known.id, says=outcome, agent_id=agent_id, note=note, now=now
    )
    conclusion = Conclusion(outcome=outcome, post_id=None, note=note)
    _conclude(conn, [(one, conclusion) for one in _look(conn, known)], now=now, agent_id=agent_id)


def take_decision_back(conn: Connection, *, follow_up_id: FollowUpId, agent_id: AgentId, now: datetime) -> None:
    """Take an agent's own word on a look back: it runs on, or is judged by what else is known."""
    known = _known(conn, follow_up_id)
    if known.outcome == Outcome.RELAPSED:
        raise Refused(_("The case was reopened with it; resolve it if nothing is left to do."))
    if not follow_up_evidence.take_word_back(conn, follow_up_id=follow_up_id, agent_id=agent_id, now=now):
        raise Refused(_("There is no word of yours to take back."))
    facts = {"follow_up_id": follow_up_id}
    events.add_all(
        conn, [events.Event(kind=EventKind.FOLLOW_UP_TAKEN_BACK, case_id=known.case_id, agent_id=agent_id, facts=facts)], now=now
    )
    looks = _look(conn, known)
    follow_ups.plan_again(conn, follow_up_ids=[one.id for one in looks])
    due = [one for one in looks if one.due_at <= now]
    heard = heard_of(conn, due, now=now)
    _conclude(conn, [(one, _decide(one, heard[one.id])) for one in due], now=now)


def _known(conn: Connection, follow_up_id: FollowUpId) -> FollowUp:
    known = follow_ups.find(conn, follow_up_id=follow_up_id)
    if known is None:
        raise NotFound
    locked_case(conn, known.case_id)
    return known


def _look(conn: Connection, known: FollowUp) -> list[Due]:
    return [one for one in follow_ups.of_episode(conn, episode_id=known.episode_id) if one.id == known.id]


def customer_said(conn: Connection, *, case_id: CaseId, episode_id: EpisodeId, now: datetime) -> None:
    """Judge an episode anew, since its customer answered: what was concluded without their word, and what relapsed with it."""
    locked_case(conn, case_id)
    looks = follow_ups.of_episode(conn, episode_id=episode_id)
    heard = heard_of(conn, looks, now=now)
    anew = [(one, _decide(one, heard[one.id]) if one.outcome else _relapsed(one, heard[one.id])) for one in looks]
    _conclude(conn, [(one, conclusion) for one, conclusion in anew if conclusion and conclusion.outcome != one.outcome], now=now)
