"""Counts what customers do and how they are, with the signals that follow from it.

Place in the path: a case changes -> backlog -> here -> queries.

Counting again changes nothing, so it may come late, twice or after a crash; `customer_facts.count_everybody_again` rebuilds all of it.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from amends.core.database import Connection
from amends.core.ports import Sentiment
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.signals import Standing, Told, risk_of, signals_of, stale_at
from amends.inbox.store import customer_facts
from amends.inbox.store.customer_facts import Counted, Facts

BATCH = 500


def count_batch(conn: Connection, *, now: datetime, limit: int = BATCH) -> int:
    """Count the facts of at most about `limit` customers who wait for it, and return how many they were."""
    ids = customer_facts.claim(conn, now=now, limit=limit)
    if ids:
        count_of(conn, ids, now=now)
    return len(ids)


def count_of(conn: Connection, customer_ids: Sequence[int], *, now: datetime) -> None:
    """Count the facts of these customers."""
    counted = customer_facts.count(conn, customer_ids, now=now)
    customer_facts.save(conn, [_facts(one, now) for one in counted], asked=customer_ids, now=now)


def facts_within(conn: Connection, customer_ids: Sequence[int], scope: Scope, *, now: datetime) -> dict[int, Facts]:
    """Return the facts of customers as far as a scope shows them, counted at this moment."""
    return {one.customer_id: _facts(one, now) for one in customer_facts.count(conn, customer_ids, scope=scope, now=now)}


def signals_now(conn: Connection, customer_id: int, scope: Scope, *, now: datetime) -> list[Told]:
    """Return the signals that hold for a customer now, as far as a scope shows them, with reasons; none for who is not there."""
    counted = customer_facts.count_one(conn, customer_id, scope=scope, now=now)
    return signals_of(_standing(counted), now) if counted else []


def _standing(at: Counted) -> Standing:
    return Standing(
        open_cases=at.open_cases,
        complaints=at.complaints,
        negative_of_five=list(at.moods).count(Sentiment.NEGATIVE),
        unanswered=at.unanswered,
        waiting_since=at.waiting_since,
        relapses_of_late=at.relapses_of_late,
        cancelled_at=at.cancelled_at,
        says_leaving=at.says_leaving,
        promise_due_at=at.promise_due_at,
        question_since=at.question_since,
        renews_on=at.renews_on,
        birthday_on=at.birthday_on,
        languages=at.languages or at.written,
        owner_languages=at.owner_languages,
    )


def _facts(at: Counted, now: datetime) -> Facts:
    standing = _standing(at)
    told = signals_of(standing, now)
    return Facts(
        customer_id=at.customer_id,
        cases=at.cases,
        open_cases=at.open_cases,
        last_case_at=at.last_case_at,
        last_contact_at=max(filter(None, (at.last_post_at, at.last_answer_at)), default=None),
        waiting_since=at.waiting_since,
        mood=_mood(at.moods),
        relapses=at.relapses,
        outcome=at.outcome,
        languages=at.written,
        signals=[one.signal.value for one in told],
        risk=risk_of(told),
        stale_at=stale_at(standing, now),
    )


def _mood(moods: Sequence[str]) -> str:
    """Return what most posts sound like, of two that are as frequent the newer one's; empty where there is none."""
    return Counter(moods).most_common(1)[0][0] if moods else ""
