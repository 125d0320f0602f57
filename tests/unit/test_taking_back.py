"""What a thread offers to take back: of each matter the newest thing that was not taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amends.inbox.rules.events import EventKind
from amends.inbox.rules.taking_back import offered

RULE: Mapping[str, Any] = {"rule": 7, "chain": [7]}


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    id: int
    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    because: Mapping[str, Any] | None = None


def test_of_each_matter_the_newest_is_offered() -> None:
    first = Event(id=1, kind=EventKind.CASE_ASSIGNED)
    newest = Event(id=2, kind=EventKind.CASE_ASSIGNED)
    snoozed = Event(id=3, kind=EventKind.CASE_SNOOZED)
    topics = [
        Event(id=4, kind=EventKind.TOPIC_GIVEN, facts={"topic_id": 1}),
        Event(id=5, kind=EventKind.TOPIC_GIVEN, facts={"topic_id": 2}),
    ]
    assert offered([first, newest, snoozed, *topics]) == {2, 3, 4, 5}


def test_what_was_taken_back_is_not_offered_and_what_was_before_it_is_again() -> None:
    events = [Event(id=1, kind=EventKind.CASE_ASSIGNED), Event(id=2, kind=EventKind.CASE_ASSIGNED)]
    assert offered([*events, Event(id=3, kind=EventKind.CASE_ASSIGNED, because={"undoes": 2})]) == {1}


def test_a_step_is_offered_where_a_rule_took_it() -> None:
    for kind in (EventKind.CASE_RESOLVED, EventKind.CASE_REOPENED):
        assert offered([Event(id=1, kind=kind)]) == set()
        assert offered([Event(id=1, kind=kind, because=RULE)]) == {1}
    woken = Event(id=2, kind=EventKind.CASE_WOKEN)
    assert offered([Event(id=1, kind=EventKind.CASE_RESOLVED, because=RULE), woken]) == set()
