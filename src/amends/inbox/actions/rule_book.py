"""Keeps the rules of the team: written, tried on past cases, put in order, switched, removed and brought back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import _
from amends.core.written import number
from amends.inbox.actions import conditions, deeds
from amends.inbox.actions.automation import would_act
from amends.inbox.actions.deeds import At
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.automation import TIMED, Trigger, kinds_of
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.rules.policy import Policy
from amends.inbox.rules.text import storable
from amends.inbox.store import automation, automation_log, events
from amends.inbox.store.automation import Kept, Rule
from amends.inbox.store.automation_log import Tried

LONGEST_NAME = 80
MOST_DEEDS = 5
SHORTEST_WAIT, LONGEST_WAIT = 1 / 60, 24 * 90
"""In hours."""
TRIED = 1_000
SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A rule as somebody writes it; each of the `deeds` has its name under `deed`, and what that deed asks for."""

    name: str
    trigger: str
    hours: str
    condition: str
    stops: bool
    deeds: Sequence[Mapping[str, object]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """On how many of the last cases a rule would have acted, how many it `fits` at all, of how many, and the first on which it acts."""

    acted: int
    fits: int
    looked: int
    first: Sequence[Tried]


def _named(kept: Kept) -> Kept:
    if not 0 < len(kept.name) <= LONGEST_NAME:
        raise Refused(_("A rule needs a name of at most %(most)s characters.") % {"most": LONGEST_NAME})
    return kept


def checked(conn: Connection, draft: Draft, now: datetime) -> Kept:
    """Return the rule as it may be tried; `Refused` says what is wrong with it. Only one that is kept needs a name."""
    if draft.trigger not in set(Trigger):
        raise Refused(_("Choose when the rule is to look at a case."))
    if not 0 < len(draft.deeds) <= MOST_DEEDS:
        raise Refused(_("A rule does one to %(most)s things.") % {"most": MOST_DEEDS})
    return Kept(
        name=" ".join(storable(draft.name).split()),
        stops=draft.stops,
        trigger=draft.trigger,
        hours=_hours(draft.hours) if Trigger(draft.trigger) in TIMED else None,
        condition=conditions.check(conn, storable(draft.condition), now=now),
        deeds=[_deed(conn, asked, now) for asked in draft.deeds],
    )


def _deed(conn: Connection, asked: Mapping[str, object], now: datetime) -> dict[str, object]:
    name = str(asked.get("deed") or "")
    facts = deeds.deed_of(name).check(conn, asked, now)
    if facts.get("until"):
        raise Refused(_("A rule lets cases sleep for some hours, not until a date."))
    return {"deed": name, **facts}


def _hours(text: str) -> float:
    try:
        hours = float(text or "nan")
    except ValueError:
        hours = 0.0
    if not SHORTEST_WAIT <= hours <= LONGEST_WAIT:
        raise Refused(_("Say after how many hours, at most %(most)s.") % {"most": number(LONGEST_WAIT)})
    return hours


def save(conn: Connection, draft: Draft, *, rule_id: int | None, agent_id: AgentId, now: datetime, seen: str = "") -> int:
    """Keep a new rule, or one that was changed, and return its id. It acts in the name of who saved it last.

    `seen` is when the rule was changed last, as its writer saw it, if they say so: `Conflict` where somebody changed it since.
    """
    kept = _named(checked(conn, draft, now))
    before: dict[str, object] = {}
    if rule_id is None:
        automation.lock_order(conn)
        saved = automation.insert(conn, kept, agent_id=agent_id, now=now)
    else:
        rule = unchanged(conn, f"rule {rule_id}", lambda: rule_of(conn, rule_id), lambda rule: rule.changed_at.isoformat(), seen)
        before, saved = _written(rule), rule_id
        automation.update(conn, kept, rule_id=rule_id, agent_id=agent_id, now=now)
    events.add(conn, EventKind.RULE_SAVED, now=now, agent_id=agent_id, rule_id=saved, before=before, after=asdict(kept))
    return saved


def _written(rule: Rule) -> dict[str, object]:
    return {name: getattr(rule, name) for name in Kept.__dataclass_fields__}


def rule_of(conn: Connection, rule_id: int, *, removed: bool = False) -> Rule:
    """Return a rule, ours until the transaction ends; `NotFound` where there is none (or, with `removed`, none that was removed)."""
    found = automation.find(conn, rule_id=rule_id)
    if found is None or (found.deleted_at is not None) != removed:
        raise NotFound(_("There is no such rule any more."))
    return found


def known_rule(conn: Connection, rule_id: int) -> Rule:
    """Return a rule, one that was removed too: what it did is told, and taken back, all the same."""
    found = automation.find(conn, rule_id=rule_id)
    if found is None:
        raise NotFound(_("There is no such rule any more."))
    return found


def try_out(conn: Connection, kept: Kept, *, agent_id: AgentId, policy: Policy, now: datetime) -> Trial:
    """Return on which of the newest `TRIED` cases the rule would have acted by itself, as they are now. Nothing is changed.

    What it fits and finds as it would make it, or cannot change, is not acted on.
    """
    heard = _heard(conn, kept, now)
    met = conditions.matches(conn, kept.condition, [case.id for case in heard], now=now)
    fits = [case for case in heard if case.id in met]
    kinds, known = _kinds(conn, kept, [case.id for case in fits]), dict[object, bool]()
    for case in fits:
        if kinds[case.id] not in known:
            place = At(conn=conn, case_id=case.id, agent_id=agent_id, policy=policy, now=now, why=kept.name)
            known[kinds[case.id]] = would_act(place, kept.deeds)
    acted = [case for case in fits if known[kinds[case.id]]]
    return Trial(acted=len(acted), fits=len(fits), looked=automation_log.newest_count(conn, limit=TRIED), first=acted[:SHOWN])


def _kinds(conn: Connection, kept: Kept, case_ids: Sequence[CaseId]) -> Mapping[CaseId, object]:
    """Return of each case what it has in common with those on which the deeds do the same; each is its own kind where that is not known."""
    decided = [deeds.deed_of(str(one["deed"])).DECIDED_BY for one in kept.deeds]
    if None in decided:
        return {case_id: case_id for case_id in case_ids}
    facts = sorted({name for names in decided if names for name in names})
    return {one.id: tuple(getattr(one, name) for name in facts) for one in automation_log.standings(conn, case_ids)}


def _heard(conn: Connection, kept: Kept, now: datetime) -> list[Tried]:
    trigger = Trigger(kept.trigger)
    if trigger is Trigger.UNANSWERED:
        return automation_log.newest_unanswered(conn, hours=kept.hours or 0, now=now, limit=TRIED)
    if trigger is Trigger.SILENT:
        return automation_log.newest_silent(conn, hours=kept.hours or 0, now=now, limit=TRIED)
    return automation_log.newest_heard(conn, kinds=kinds_of(trigger), limit=TRIED)


def switch(conn: Connection, *, rule_id: int, active: bool, agent_id: AgentId, now: datetime) -> None:
    """Switch a rule on or off."""
    rule = rule_of(conn, rule_id)
    if rule.active != active:
        automation.switch(conn, rule_id=rule_id, active=active, now=now)
        events.add(conn, EventKind.RULE_SWITCHED, now=now, agent_id=agent_id, rule_id=rule_id, name=rule.name, active=active)


def remove(conn: Connection, *, rule_id: int, agent_id: AgentId, now: datetime) -> None:
    """Remove a rule; what it did stays, and so does its log."""
    rule = rule_of(conn, rule_id)
    automation.set_deleted(conn, rule_id=rule_id, at=now)
    events.add(conn, EventKind.RULE_REMOVED, now=now, agent_id=agent_id, rule_id=rule_id, name=rule.name)


def restore(conn: Connection, *, rule_id: int, agent_id: AgentId, now: datetime) -> None:
    """Bring a removed rule back to where it was."""
    rule = rule_of(conn, rule_id, removed=True)
    automation.set_deleted(conn, rule_id=rule_id, at=None)
    automation.switch(conn, rule_id=rule_id, active=rule.active, now=now)
    events.add(conn, EventKind.RULE_RESTORED, now=now, agent_id=agent_id, rule_id=rule_id, name=rule.name)


def move(conn: Connection, *, rule_id: int, by: int, agent_id: AgentId, now: datetime) -> None:
    """Move a rule up (-1) or down (1) by one place; at the end it stays."""
    automation.lock_order(conn)
    ids = [rule.id for rule in automation.every(conn)]
    if rule_id not in ids:
        raise NotFound(_("There is no such rule any more."))
    here = ids.index(rule_id)
    there = min(len(ids) - 1, max(0, here + by))
    ids.insert(there, ids.pop(here))
    put_in_order(conn, ids, agent_id=agent_id, now=now)


def put_in_order(conn: Connection, rule_ids: Sequence[int], *, agent_id: AgentId, now: datetime) -> None:
    """Give all rules a new order; `Conflict` where a colleague made or removed one meanwhile."""
    automation.lock_order(conn)
    known = [rule.id for rule in automation.every(conn)]
    if sorted(known) != sorted(rule_ids):
        raise Conflict(_("The rules were changed meanwhile; look again before you put them in order."))
    if known != list(rule_ids):
        automation.put_in_order(conn, rule_ids)
        events.add(conn, EventKind.RULES_ORDERED, now=now, agent_id=agent_id, before=known, after=list(rule_ids))
