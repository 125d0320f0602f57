"""Lets the rules of the team act. Place in the path: event, or a wait that is long enough -> here -> deeds on the case, and a log of it.

Each rule acts once for each event or waiting period of a case, however often a worker dies: the entry in its log is written in the same
transaction as what it did. What it does carries the chain of rules that led there, so that no rule answers itself.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.database import Connection, DatabaseGone
from amends.core.errors import AmendsError, Conflict, NotFound, Unsuited
from amends.core.log import logger
from amends.core.translating import _
from amends.inbox.actions import conditions, deeds
from amends.inbox.actions.deeds import At, Facts
from amends.inbox.actions.found import locked_case
from amends.inbox.rules.automation import MOST_FAILURES, TIMED, Outcome, Trigger, chain_of, kinds_of, loop
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.policy import Policy
from amends.inbox.store import automation, automation_log, events
from amends.inbox.store.automation import Rule
from amends.inbox.store.automation_log import Looks

log = logger(__name__)

BATCH = 50
MOST_ASKED = 100
"""How many questions one batch asks: it holds the cases that it asks about, and whoever works on one waits for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """One batch of work of the rules, and what was counted in it."""

    conn: Connection
    policy: Policy
    now: datetime
    counted: Counter[tuple[int, str]] = field(default_factory=Counter[tuple[int, str]])

    def count(self, rule: Rule, outcome: Outcome) -> Outcome:
        """Count what came of asking a rule, and return it."""
        self.counted[rule.id, outcome.value] += 1
        return outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """Why rules look at a case: an event or a waiting period by its name, and the rules it came of."""

    case_id: CaseId
    name: str
    chain: tuple[int, ...] = ()


def apply_rules(conn: Connection, *, policy: Policy, now: datetime) -> int:
    """Let the rules answer some events, at most `BATCH` and fewer where there are many rules, and return how many."""
    rules = _in_force(conn)
    heard = automation_log.claim(conn, limit=max(1, min(BATCH, MOST_ASKED // max(1, len(rules)))))
    at = Round(conn=conn, policy=policy, now=now)
    for event in heard:
        if "undoes" in (event.because or {}):  # else a rule would do again at once what somebody took back
            continue
        asked = [rule for rule in rules if event.kind in kinds_of(Trigger(rule.trigger))]
        _ask_in_order(at, asked, Cause(case_id=event.case_id, name=f"e{event.id}", chain=chain_of(event.because)))
    _keep_counts(at)
    return len(heard)


def apply_timed(conn: Connection, *, policy: Policy, now: datetime) -> bool:
    """Let the rules of time act on what has waited long enough, and return whether more of it may be left."""
    at = Round(conn=conn, policy=policy, now=now)
    rules = [rule for rule in _in_force(conn) if Trigger(rule.trigger) in TIMED and rule.hours]
    room = BATCH
    for place, rule in enumerate(rules):
        lasts = [one.id for one in rules[:place] if one.stops and (one.trigger, one.hours) == (rule.trigger, rule.hours)]
        due = _overdue(at, rule, lasts, limit=room)
        for one in due:
            _ask_in_order(at, [rule], Cause(case_id=one.case_id, name=one.cause), is_period=True)
        room -= len(due)
        if not room:
            break
    _keep_counts(at)
    return not room


def _in_force(conn: Connection) -> list[Rule]:
    return [rule for rule in automation.every(conn) if rule.active]


def _overdue(at: Round, rule: Rule, lasts: Sequence[int], *, limit: int) -> Sequence[automation_log.Overdue]:
    """Return what a rule has to look at; `lasts` are rules before it, of the same hours, after which none is asked where they acted."""
    look = automation_log.unanswered if rule.trigger == Trigger.UNANSWERED else automation_log.silent
    looks = Looks(rule_id=rule.id, hours=rule.hours or 0, active_since=rule.active_since, lasts=lasts)
    return look(at.conn, looks, now=at.now, limit=limit)


def _keep_counts(at: Round) -> None:
    if at.counted:
        automation_log.count(at.conn, day=at.now.date(), numbers=at.counted)


def _ask_in_order(at: Round, rules: Sequence[Rule], cause: Cause, *, is_period: bool = False) -> None:
    """Ask one rule after the other; one that acted may be the last."""
    if not rules:
        return
    try:
        locked_case(at.conn, cause.case_id)
    except NotFound:
        return
    for rule in rules:
        if _ask(at, rule, cause, is_period=is_period) is Outcome.ACTED and rule.stops:
            return


def _ask(at: Round, rule: Rule, cause: Cause, *, is_period: bool) -> Outcome:
    """Let a rule look at a case, and act where it is called for. Only a waiting period is written down that did not call for it."""
    again = loop(rule.id, cause.chain)
    met, wrong = (False, "") if again else _meets(at, rule, cause.case_id)
    if not (again or met or wrong or is_period):
        return at.count(rule, Outcome.UNMET)
    entry_id = automation_log.begin(at.conn, rule_id=rule.id, case_id=cause.case_id, cause=cause.name, now=at.now)
    if not entry_id:
        return Outcome.UNMET
    outcome, why = _failed(at, rule, wrong) if wrong else (Outcome.LOOPED, again) if again else (Outcome.UNMET, "")
    outcome, why = _act(at, rule, cause) if met else (outcome, why)
    automation_log.finish(at.conn, entry_id=entry_id, outcome=outcome, why=why)
    return at.count(rule, outcome)


def _meets(at: Round, rule: Rule, case_id: CaseId) -> tuple[bool, str]:
    """Tell whether a case fulfils the condition, or why nobody can say: what it names may be gone, or called otherwise since."""
    try:
        return bool(conditions.matches(at.conn, rule.condition, [case_id], now=at.now)), ""
    except AmendsError as error:
        return False, str(error)


def _act(at: Round, rule: Rule, cause: Cause) -> tuple[Outcome, str]:
    """Do all that a rule says, or nothing of it; return what came of it, in words too."""
    because = {"rule": rule.id, "name": rule.name, "chain": [*cause.chain, rule.id]}
    try:
        with at.conn.transaction(), events.because(at.conn, because):
            done = _do(_place(at, rule, cause.case_id), rule.deeds)
    except DatabaseGone:
        raise
    except (Conflict, Unsuited) as error:
        return Outcome.UNMET, str(error)
    except Exception as error:
        known = isinstance(error, AmendsError)
        log.warning("rule_failed", rule_id=rule.id, case_id=cause.case_id, why=str(error), exc_info=None if known else error)
        return _failed(at, rule, str(error) if known else type(error).__name__)
    if rule.failures:
        automation.set_failures(at.conn, rule_id=rule.id, failures=0)
    return (Outcome.ACTED, "; ".join(done)) if done else (Outcome.UNMET, _("It was so already."))


def would_act(place: At, asked: Sequence[Facts]) -> bool:
    """Tell whether deeds would change something on a case: they are done, and taken back at once, so that it is what a rule then does."""
    try:
        with place.conn.transaction(force_rollback=True):
            locked_case(place.conn, place.case_id)
            return bool(_do(place, asked))
    except DatabaseGone:
        raise
    except Exception:  # noqa: BLE001 - whatever keeps a rule from acting
        return False


def _place(at: Round, rule: Rule, case_id: CaseId) -> At:
    return At(conn=at.conn, case_id=case_id, agent_id=rule.agent_id, policy=at.policy, now=at.now, why=rule.name)


def _do(place: At, asked: Sequence[Facts]) -> list[str]:
    """Do the deeds, and return in words those that changed something."""
    return [deeds.deed_of(str(one["deed"])).said(one) for one in asked if deeds.do(place, str(one["deed"]), one)]


def _failed(at: Round, rule: Rule, why: str) -> tuple[Outcome, str]:
    """Count a failure, and return it; a rule that failed too often in a row is switched off, and says so on its page."""
    current = automation.find(at.conn, rule_id=rule.id)
    if current is not None and current.active:
        _count_failure(at, current, why)
    return Outcome.FAILED, why


def _count_failure(at: Round, current: Rule, why: str) -> None:
    if current.failures + 1 < MOST_FAILURES:
        automation.set_failures(at.conn, rule_id=current.id, failures=current.failures + 1)
        return
    automation.switch(at.conn, rule_id=current.id, active=False, trouble=why, now=at.now)
    events.add(at.conn, EventKind.RULE_STOPPED, now=at.now, rule_id=current.id, name=current.name, why=why)
    log.error("rule_switched_off", rule_id=current.id, why=why)
