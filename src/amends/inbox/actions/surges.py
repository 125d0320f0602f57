"""Rings where more complaints come than usual, once a surge. Place in the path: beat -> a rule -> here -> alerts -> the same deliveries.

Looking twice changes nothing: a surge that goes on is found by its rule and key, grows, and ends when it has looked over for a while.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions import called, cluster_alarms, conditions
from amends.inbox.actions.measure_clocks import desk_zone
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules import surges as rule
from amends.inbox.rules.alert_routes import rings_from
from amends.inbox.rules.customer_record import line
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, AlertId
from amends.inbox.rules.query import NotAQuery
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.seen import mark_by
from amends.inbox.rules.surge_words import WORDLESS, Told, sentence
from amends.inbox.rules.surges import NO_HABIT, Apart, Habit, Judged, Kind, Seen
from amends.inbox.store import alert_routes, events, surge_rules, surges
from amends.inbox.store.matching import TooBroad
from amends.inbox.store.surge_rules import Counted, NewRule, Places, SurgeRule
from amends.inbox.store.surges import NewSurge, Surge

EVERY = timedelta(seconds=50)
A_MONTH = timedelta(days=28)
LONGEST_NAME = 120
MOST_LOOKS = 750
"""How often a preview looks back over the last month."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What a rule would have done over the last month: how many alarms, the highest of them, and how many of its looks knew no habit."""

    alarms: int
    most: int
    looks: int
    blind: int


def look(conn: Connection, *, now: datetime) -> bool:
    """Look at the rule that was not looked at for longest; False where all were a moment ago. One that asks too much says so."""
    found = surge_rules.claim(conn, looked_before=now - EVERY, now=now)
    if found is None:
        return False
    try:
        seen = cluster_alarms.seen(conn, found, now=now) if found.kind == Kind.NEW_TOPIC else _seen(conn, found, now)
    except (NotAQuery, TooBroad) as error:
        surge_rules.set_trouble(conn, found.id, str(error))
        return True
    if found.trouble:
        surge_rules.set_trouble(conn, found.id, "")
    going_on = surges.still_open(conn, found.id)
    for key in sorted(seen.keys() | going_on.keys()):
        _settle(conn, found, key, seen.get(key, Seen(n=0, habit=())), going_on.get(key), now)
    return True


def escalate(conn: Connection, *, now: datetime) -> int:
    """Tell once more of surges that nobody acknowledged in time, and return how many those were.

    Of what should have been told several times meanwhile, in quiet hours or while we stood, is told once.
    """
    known = {one.id: one for one in surge_rules.every(conn)}
    told = 0
    for one in surges.unacknowledged(conn):
        minutes = known[one.rule_id].escalate_minutes if one.rule_id in known else None
        due = rule.escalations(raised_at=one.raised_at, after=timedelta(minutes=minutes), now=now) if minutes else 0
        if due > one.escalations and _may_ring(conn, one, now):
            surges.tell_again(conn, one.id, escalations=due, now=now)
            told += 1
    return told


def _may_ring(conn: Connection, one: Surge, now: datetime) -> bool:
    """Tell whether the route that a surge went has no quiet hours now, or lets it through."""
    row = alert_routes.find(conn, one.route_id) if one.route_id is not None else None
    return row is None or rings_from(row.route, severity=one.severity, at=now) <= now


def save(conn: Connection, new: NewRule, *, rule_id: int | None, agent_id: AgentId, now: datetime, seen: str = "") -> int:
    """Make a rule, or settle it anew, and return its id.

    `seen` is the `mark_of` the rule that its writer saw, if they say so: `Conflict` where it was settled anew since.
    """
    checked = _checked(conn, new, now)
    if rule_id is None:
        return surge_rules.insert(conn, checked, agent_id=agent_id, now=now)
    unchanged(conn, f"rule of rates {rule_id}", lambda: rule_of(conn, rule_id), mark_of, seen)
    surge_rules.update(conn, rule_id, checked)
    return rule_id


def mark_of(found: SurgeRule) -> str:
    """Return what tells a rule as its form shows it from the same rule settled anew since."""
    return mark_by(NewRule, found)


def switch(conn: Connection, rule_id: int, *, active: bool, now: datetime) -> None:
    """Let a rule watch, or rest: its surges that go on are over then, since nobody looks at them any more."""
    rule_of(conn, rule_id)
    surge_rules.set_active(conn, rule_id, active=active)
    if not active:
        _end_all(conn, rule_id, now)


def delete(conn: Connection, rule_id: int, *, now: datetime) -> None:
    """Take a rule away; its surges that go on are over."""
    rule_of(conn, rule_id)
    surge_rules.set_deleted(conn, rule_id, at=now)
    _end_all(conn, rule_id, now)


def _end_all(conn: Connection, rule_id: int, now: datetime) -> None:
    for one in surges.still_open(conn, rule_id).values():
        surges.end(conn, one.id, now=now)


def restore(conn: Connection, rule_id: int) -> None:
    """Bring a rule back."""
    rule_of(conn, rule_id)
    surge_rules.set_deleted(conn, rule_id, at=None)


def rule_of(conn: Connection, rule_id: int) -> SurgeRule:
    """Return a rule; `NotFound` where there is none."""
    found = surge_rules.find(conn, rule_id)
    if found is None:
        raise NotFound(_("There is no such rule."))
    return found


def preview(conn: Connection, new: NewRule, *, now: datetime) -> Past:
    """Return what the rule would have done over the last four weeks; nothing is changed."""
    checked = _checked(conn, new, now)
    width = timedelta(minutes=checked.minutes)
    step = max(width, timedelta(hours=1))
    looks = [now - n * step for n in reversed(range(min(MOST_LOOKS, int(A_MONTH / step))))]
    habits = _habits(conn, looks, width) if checked.kind == Kind.HABIT else dict.fromkeys(looks, NO_HABIT)
    behind = {at: [end for _since, end in rule.around(habit.ends, width)] for at, habit in habits.items()}
    history = _history(conn, checked, {*looks, *(end for ends in behind.values() for end in ends)}, now)
    alarms, most = 0, 0
    for counts in history.values():
        ringing = False
        for at in looks:
            n = counts.get(at, 0)
            seen = Seen(n=n, habit=[counts.get(end, 0) for end in behind[at]], young=habits[at].young)
            found = rule.judged(_rule_of(checked), seen)
            alarms += found.surges and not ringing
            most = max(most, n if found.surges else 0)
            ringing = found.surges or (ringing and not found.calm)
    blind = sum(not habit.ends for habit in habits.values()) if checked.kind == Kind.HABIT else 0
    return Past(alarms=alarms, most=most, looks=len(looks), blind=blind)


def is_learning(conn: Connection, *, now: datetime) -> bool:
    """Tell whether the desk is too young for a habit of weeks, so that its rules go by that of the last days, or by none."""
    return _habits(conn, [now], timedelta(hours=1))[now].young


def _history(conn: Connection, new: NewRule, moments: Collection[datetime], now: datetime) -> Mapping[str, dict[datetime, int]]:
    """Return the count of each key in each window that ended at one of the moments."""
    ends, width = sorted(moments, reverse=True), timedelta(minutes=new.minutes)
    windows = [(end - width, end) for end in ends]
    if new.kind == Kind.NEW_TOPIC:
        counted = cluster_alarms.counted(conn, new, windows, now=now)
    else:
        counted = surge_rules.count(conn, parse(new.condition), Apart(new.apart_by), windows, now=now)
    found: dict[str, dict[datetime, int]] = {}
    for one in counted:
        found.setdefault(one.key, {})[ends[one.window - 1]] = one.n
    return found


def _rule_of(new: NewRule) -> rule.Rule:
    return rule.Rule(kind=Kind(new.kind), minutes=new.minutes, least=new.least, one_in=new.one_in)


def _seen(conn: Connection, found: SurgeRule, now: datetime) -> dict[str, Seen]:
    """Return what the rule counts now, by key; of a rate no habit is read. A habit keeps to the clock of the desk's calendar."""
    width = timedelta(minutes=found.minutes)
    habit = _habits(conn, [now], width)[now] if found.kind == Kind.HABIT else NO_HABIT
    asked = [(now - width, now), *rule.around(habit.ends, width)]
    counted = surge_rules.count(conn, parse(found.condition), Apart(found.apart_by), asked, now=now)
    keys = {one.key for one in counted if one.window == 1}
    return {key: _of_key(key, counted, len(asked), young=habit.young) for key in keys}


def _habits(conn: Connection, moments: Sequence[datetime], width: timedelta) -> dict[datetime, Habit]:
    """Return of what times the habit of each moment is learnt, by the clock of the desk's calendar."""
    zone = desk_zone(conn)
    weeks = {at: rule.weeks_before(at, zone) for at in moments}
    days = {at: rule.days_before(at, zone) for at in moments}
    known_weeks = set(surge_rules.known(conn, sorted({*chain(*weeks.values())}), span=timedelta(weeks=1), width=width))
    known_days = set(surge_rules.known(conn, sorted({*chain(*days.values())}), span=timedelta(days=1), width=width))
    return {
        at: rule.habit_of([week for week in weeks[at] if week in known_weeks], [day for day in days[at] if day in known_days])
        for at in moments
    }


def _of_key(key: str, counted: Sequence[Counted], windows: int, *, young: bool) -> Seen:
    by_window = {one.window: one.n for one in counted if one.key == key}
    return Seen(n=by_window.get(1, 0), habit=[by_window.get(place, 0) for place in range(2, windows + 1)], young=young)


def _settle(conn: Connection, found: SurgeRule, key: str, seen: Seen, going_on: Surge | None, now: datetime) -> None:
    """Raise, grow or end the surge of one key."""
    judged = rule.judged(found.as_rule, seen)
    if going_on is None:
        if judged.surges:
            _raise(conn, found, key, seen, judged, now)
        return
    calm_since = (going_on.calm_since or now) if judged.calm else None
    if seen.n:
        _keep_places(conn, going_on.id, _places(conn, found, key, now))
    surges.grow(conn, going_on.id, n=seen.n, reason=_reason(conn, found, key, seen.n, judged), calm_since=calm_since)
    if calm_since is not None and now - calm_since >= rule.CALM:
        surges.end(conn, going_on.id, now=now)
        _tell(conn, EventKind.ALERT_ENDED, going_on, now)


def _raise(conn: Connection, found: SurgeRule, key: str, seen: Seen, judged: Judged, now: datetime) -> None:
    places = _places(conn, found, key, now)
    new = NewSurge(
        rule_id=found.id,
        rule=f"surge: {found.name}",
        key=key,
        severity=found.severity,
        reason=_reason(conn, found, key, seen.n, judged),
        n=seen.n,
        expected=judged.expected,
        since=places.since or now,
    )
    alert_id = surges.insert(conn, new, now=now)
    raised = surges.find(conn, alert_id) if alert_id is not None else None
    if raised:
        _keep_places(conn, raised.id, places)
        _tell(conn, EventKind.ALERT_RAISED, raised, now)


def _places(conn: Connection, found: SurgeRule, key: str, now: datetime) -> Places:
    """Return where the cases are that a surge counts, and when the first of them was opened."""
    current = (now - timedelta(minutes=found.minutes), now)
    if found.kind == Kind.NEW_TOPIC:
        return surge_rules.places_of_cluster(conn, key, since=current[0])
    return surge_rules.places(conn, parse(found.condition), Apart(found.apart_by), key, current, now=now)


def _keep_places(conn: Connection, alert_id: AlertId, places: Places) -> None:
    """Keep where the cases are that a surge counts, by which it is seen."""
    surges.set_places(conn, alert_id, source_ids=places.sources or (), team_ids=places.teams or ())


def _reason(conn: Connection, found: SurgeRule, key: str, n: int, judged: Judged) -> str:
    """Return a sentence for whoever is woken by it: in English, as it goes to pagers; screens read it back."""
    if found.kind == Kind.NEW_TOPIC:
        name = f"{found.name}, {cluster_alarms.name_of(conn, key) or WORDLESS}"
        return sentence(Told(name=name, n=n, minutes=found.minutes, alike=True))
    usual = judged.expected if found.kind == Kind.HABIT else None
    apart = Apart(found.apart_by)
    where = called.written(key) if apart is Apart.LANGUAGE else surge_rules.name_of(conn, apart, key)
    return sentence(Told(name=found.name, n=n, minutes=found.minutes, where=where, usual=usual))


def _tell(conn: Connection, kind: EventKind, one: Surge, now: datetime) -> None:
    facts = {"alert_id": one.id, "rule": one.name, "severity": one.severity, "reason": one.reason}
    events.add_all(conn, [events.Event(kind=kind, facts=facts)], now=now)


def _checked(conn: Connection, new: NewRule, now: datetime) -> NewRule:
    name = line(new.name, LONGEST_NAME)
    if not name:
        raise Refused(_("A rule needs a name."))
    rule.checked(_rule_of(new))
    if new.escalate_minutes is not None and not 1 <= new.escalate_minutes <= 1_440:  # noqa: PLR2004
        raise Refused(_("Tell again after one minute to a day."))
    return NewRule(
        name=name,
        kind=Kind(new.kind),
        condition=conditions.check(conn, new.condition, now=now),
        apart_by=Apart.ALL if new.kind == Kind.NEW_TOPIC else Apart(new.apart_by),
        minutes=new.minutes,
        least=new.least,
        one_in=new.one_in,
        severity=new.severity,
        escalate_minutes=new.escalate_minutes,
    )
