"""Puts a case together for its page: thread, replies, notes and events in one order of time, with the customer beside them.

What strangers said in the thread is shown where it gives the customer's posts their sense: the first post, what the customer answered,
and what answers the customer. The rest is folded away, never dropped.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from amends.api import record_words
from amends.api.networks import Able, counted
from amends.api.pages import _events
from amends.api.pages._folding import Entry, folded
from amends.api.pages._marks import marks
from amends.api.pages._timeline import story
from amends.core.database import Connection
from amends.core.personal.finding import find
from amends.core.personal.kinds import Found
from amends.inbox.actions import approve, clocks_shown
from amends.inbox.actions.customer_facts import signals_now
from amends.inbox.rules import incidents, taking_back
from amends.inbox.rules.ids import CaseId, CustomerId
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.signals import risk_of
from amends.inbox.rules.words import ReplyState
from amends.inbox.store import (
    case_page,
    case_replies,
    customer_page,
    customer_side,
    incident_cases,
    incident_notes,
    matches_beside,
    memberships,
    order_shapes,
    post_topics,
    promises,
    relapses,
    snoozes,
    surveys,
    topics,
)
from amends.inbox.store.case_page import CaseHead, ThreadPost
from amends.inbox.store.case_parts import CaseParts
from amends.inbox.store.case_replies import ReplyRow


def case_values(conn: Connection, case: CaseHead, has: CaseParts, able: Able, scope: Scope, *, now: datetime) -> dict[str, Any]:
    """Return what `case.html` shows of a case that has these parts, save where what is unread begins."""
    case_id = CaseId(case.id)
    posts, replies = case_page.thread(conn, case), case_replies.replies(conn, case_id) if has.replies else []
    spoken = [*_thread(case, posts, replies), *(Entry(at=reply.sent_at or reply.created_at, kind="reply", what=reply) for reply in replies)]
    happened = case_page.events(conn, case_id)
    told = [Entry(at=event.at, kind="event", what=event) for event in happened if _events.is_shown(event)]
    notes = case_page.notes(conn, case_id) if has.notes else []
    noted = [Entry(at=note.created_at, kind="note", what=note) for note in notes]
    return {
        "case": case,
        "case_promises": promises.of_case(conn, case_id=case_id) if has.promises else [],
        **_of_incident(conn, case, has),
        "clocks": clocks_shown.of_case(conn, case_id) if has.clocks else [],
        "asleep": snoozes.find(conn, case_id=case_id) if has.sleep else None,
        "marks": marks(conn, case, posts),
        "finds": _finds(posts, order_shapes.newest(conn) if has.order_shapes else ()),
        "entries": list(folded(sorted([*spoken, *told, *noted], key=lambda entry: entry.at))),
        "topics": post_topics.of_case(conn, case_id),
        "all_topics": topics.every(conn),
        "newest_reply": max((reply.id for reply in replies), default=0),
        "approvers": _approvers(conn, case_id, replies, now),
        "newest_event": has.newest_event,
        "follow_ups": case_page.follow_ups(conn, case_id) if has.follow_ups else [],
        "asked": surveys.of_case(conn, case_id=case_id) if has.surveys else [],
        "earlier": relapses.history(conn, scope, case_id=case_id) if case.episode > 1 else (),
        "able": able(case.network),
        "most": counted(case.network, case.source_options, "", private=case.is_private).most,
        "event_text": _events.sentence,
        "event_mood": _events.mood,
        "to_take_back": taking_back.offered(happened),
        "by_rules": {event.facts.get("note_id"): event for event in happened if taking_back.is_of_rule(event.because)},
        **_customer_values(conn, case.customer_id, has, scope),
        **signals_beside(conn, case.customer_id, scope, belongs=has.memberships, now=now),
    }


def _approvers(conn: Connection, case_id: CaseId, replies: Iterable[ReplyRow], now: datetime) -> list[approve.Approver]:
    """Return who may approve what waits in a case; nobody is looked for where nothing waits."""
    waits = any(reply.state == ReplyState.PROPOSED for reply in replies)
    return approve.approvers(conn, case_id=case_id, now=now) if waits else []


def _of_incident(conn: Connection, case: CaseHead, has: CaseParts) -> dict[str, Any]:
    """Return the incident that the case belongs to, with what was said of it last in the customer's language."""
    found = incident_cases.of_case(conn, case.id) if has.incident else None
    said = incident_notes.newest(conn, found.incident_id, limit=1) if found else []
    note = incidents.spoken(said[0].texts, [case.language]) if said else ""
    return {"incident": found, "incident_note": note, "incident_stages": incidents.STAGES}


def _customer_values(conn: Connection, customer_id: int, has: CaseParts, scope: Scope) -> dict[str, Any]:
    """Return what the customer's pane shows to somebody who sees so much."""
    return {
        "customer": customer_page.customer(conn, customer_id, scope),
        "their_promises": promises.of_customer(conn, customer_id, scope) if has.promises else [],
        "handles": customer_page.handles(conn, customer_id),
        "their_cases": customer_page.cases(conn, customer_id, scope),
        "moods": customer_page.moods(conn, customer_id, scope),
        "story": story(customer_page.episodes(conn, customer_id, scope)),
        "side": customer_side.side(conn, CustomerId(customer_id)),
        "says": record_words,
        "maybes": matches_beside.beside(conn, customer_id, scope) if has.maybes else [],
    }


def signals_beside(conn: Connection, customer_id: int, scope: Scope, *, now: datetime, belongs: bool = True) -> dict[str, Any]:
    """Return what `customer_signals.html` shows: what the record says of the time to come, and where the customer `belongs` if anywhere."""
    signals = signals_now(conn, customer_id, scope, now=now)
    return {
        "signals": signals,
        "risk": risk_of(signals),
        "belongs": memberships.of_customer(conn, customer_id, now=now) if belongs else [],
    }


def _finds(posts: Iterable[ThreadPost], order_shapes: tuple[str, ...]) -> dict[int, tuple[Found, ...]]:
    """Return what personal data others show in their posts, by the post's id."""
    return {post.id: _found(post.text, post.language, order_shapes) for post in posts if not post.is_own}


@lru_cache(maxsize=1024)
def _found(text: str, language: str, order_shapes: tuple[str, ...]) -> tuple[Found, ...]:
    """Return what `find` finds; a case is drawn anew with each of its news, and twenty posts take three milliseconds."""
    return find(text, language, shapes=order_shapes)


def _thread(case: CaseHead, posts: Sequence[ThreadPost], replies: Sequence[ReplyRow]) -> Iterable[Entry]:
    """Yield the posts as entries, runs of unrelated ones as folds. A reply of ours that came back from the network is shown once."""
    known = {external_id for reply in replies for external_id in reply.external_ids}
    near = _near(case, posts)
    kept = [post for post in posts if post.external_id not in known]
    for related, run in groupby(kept, key=lambda post: post.id in near):
        together = list(run)
        if related:
            yield from (Entry(at=post.published_at, kind=_kind(post), what=post) for post in together)
        else:
            yield Entry(at=together[0].published_at, kind="fold", what=together)


def _near(case: CaseHead, posts: Sequence[ThreadPost]) -> set[int]:
    """Return the posts that belong to the talk with the customer."""
    own = {post.external_id for post in posts if post.in_case}
    answered = {post.parent_id for post in posts if post.in_case}
    return {
        post.id
        for post in posts
        if post.in_case or post.is_own or post.external_id in answered or post.parent_id in own or post.external_id == case.root_external_id
    }


def _kind(post: ThreadPost) -> str:
    if post.in_case:
        return "theirs"
    return "ours" if post.is_own else "context"
