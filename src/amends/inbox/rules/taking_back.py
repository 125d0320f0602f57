"""Which of the things that happened to a case are offered to be taken back where they are told.

Place in the path: the thread of a case -> here -> the button of a line -> `actions.undo`, which refuses what anything later stands against.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from amends.inbox.rules.events import EventKind

STEPS = (
    EventKind.CASE_SNOOZED,
    EventKind.CASE_WOKEN,
    EventKind.CASE_RESOLVED,
    EventKind.RESOLVE_UNDONE,
    EventKind.CASE_DISMISSED,
    EventKind.CASE_REOPENED,
    EventKind.REOPEN_UNDONE,
)
INCIDENT = (EventKind.INCIDENT_JOINED, EventKind.INCIDENT_LEFT)
MATTERS: Mapping[str, str] = {
    EventKind.CASE_ASSIGNED: "assignee",
    **dict.fromkeys(STEPS, "status"),
    **dict.fromkeys(INCIDENT, "incident"),
    EventKind.CASE_PRESSED: "reason",
    EventKind.TOPIC_GIVEN: "topic_id",
    EventKind.TOPIC_TAKEN: "topic_id",
    EventKind.MACRO_DRAFTED: "draft_id",
}
"""What each kind of event changes; of a reason or a topic, the one that it names."""
BY_STEP = {EventKind.CASE_WOKEN, EventKind.CASE_RESOLVED, EventKind.CASE_REOPENED}
"""What the next step takes back as well; a rule's, of which nobody was told when it was done, is offered all the same."""


class Happened(Protocol):
    """An event of a case."""

    @property
    def id(self) -> int:
        """Its number; later ones are greater."""
        ...

    @property
    def kind(self) -> str:
        """What happened."""
        ...

    @property
    def facts(self) -> Mapping[str, Any]:
        """What is kept of it."""
        ...

    @property
    def because(self) -> Mapping[str, Any] | None:
        """What it came of."""
        ...


def is_of_rule(because: Mapping[str, object] | None) -> bool:
    """Tell whether a rule of the team did it, so that nobody had the moment to think better of it."""
    return "rule" in (because or {})


def offered(events: Sequence[Happened]) -> set[int]:
    """Return which of these events of one case nothing later speaks against: of each matter the newest that was not taken back."""
    undone = {event.because["undoes"] for event in events if event.because and "undoes" in event.because}
    found, known = set[int](), set[tuple[str, object]]()
    for event in sorted(events, key=lambda one: one.id, reverse=True):
        matter = MATTERS.get(event.kind, "")
        told = (matter, event.facts.get(matter))
        if not matter or told in known or event.id in undone or "undoes" in (event.because or {}):
            continue
        known.add(told)
        if event.kind not in BY_STEP or is_of_rule(event.because):
            found.add(event.id)
    return found
