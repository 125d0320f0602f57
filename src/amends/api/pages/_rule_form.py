"""A rule as its form carries it: up to five rows, each with a deed and what that deed needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Form

from amends.core.database import Connection
from amends.core.translating import N_, _
from amends.inbox.actions import deeds
from amends.inbox.actions.deeds.deal import METHODS
from amends.inbox.actions.rule_book import MOST_DEEDS, Draft
from amends.inbox.rules.automation import TIMED, TRIGGERS, Trigger
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.store import agent_list, channels, incidents, macros, teams, topics
from amends.inbox.store.automation import Rule

Column = Annotated[list[str], Form()]
COLUMNS = ("deed", "to", "team", "topic", "text", "hours", "points", "reason", "channel", "by", "incident", "macro")
DEEDS: Mapping[str, str] = {
    "assign": N_("assign to"),
    "deal": N_("assign by method in the team"),
    "team": N_("give to the team"),
    "topic": N_("give the topic"),
    "untopic": N_("take the topic away"),
    "incident": N_("put into the incident"),
    "unincident": N_("take out of its incident"),
    "press": N_("raise the urgency"),
    "note": N_("leave the note"),
    "macro": N_("draft the macro"),
    "snooze": N_("snooze"),
    "resolve": N_("resolve"),
    "dismiss": N_("put aside"),
    "reopen": N_("reopen"),
    "alert": N_("alert the channel"),
    "notify": N_("tell"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """The rows of deeds as a form sends them: one list for each field."""

    rows: Sequence[Mapping[str, object]]


def columns(  # noqa: PLR0913
    deed: Column = [],  # noqa: B006 - FastAPI copies it
    to: Column = [],  # noqa: B006
    team: Column = [],  # noqa: B006
    topic: Column = [],  # noqa: B006
    text: Column = [],  # noqa: B006
    sleep: Column = [],  # noqa: B006
    points: Column = [],  # noqa: B006
    reason: Column = [],  # noqa: B006
    channel: Column = [],  # noqa: B006
    by: Column = [],  # noqa: B006
    incident: Column = [],  # noqa: B006
    macro: Column = [],  # noqa: B006
) -> Columns:
    """Return the rows in which a deed was chosen."""
    fields = (deed, to, team, topic, text, sleep, points, reason, channel, by, incident, macro)
    padded = [[*field, *[""] * (len(deed) - len(field))] for field in fields]
    return Columns(rows=[_row(values) for values in zip(*padded, strict=False) if values[0]])


def _row(values: Sequence[str]) -> dict[str, object]:
    """Return what one row asks for; a snooze without hours is one until the customer writes."""
    row: dict[str, object] = dict(zip(COLUMNS, values, strict=True))
    return row | {"reason": "customer"} if row["deed"] == "snooze" and not row["hours"] else row


def draft_of(name: str, trigger: str, hours: str, condition: str, stops: str, rows: Columns) -> Draft:
    """Return the rule as it is written."""
    return Draft(name=name, trigger=trigger, hours=hours, condition=condition, stops=stops == "yes", deeds=rows.rows)


def form_values(conn: Connection, rule: Rule | None) -> dict[str, Any]:
    """Return what the form shows and offers."""
    written = [dict(one) for one in rule.deeds] if rule else []
    return {
        "rule": rule,
        "rows": [*written, *[{} for _missing in range(MOST_DEEDS - len(written))]],
        "triggers": {trigger.value: _(words) for trigger, words in TRIGGERS.items()},
        "deed_words": {name: _(words) for name, words in DEEDS.items()},
        "agents": agent_list.active(conn),
        "teams": teams.every(conn),
        "methods": {method: _(words) for method, words in METHODS.items()},
        "topics": topics.every(conn),
        "incidents": incidents.going_on(conn, EVERYTHING),
        "channels": channels.active(conn),
        "macros": macros.shared(conn),
    }


def says(rule: Rule) -> dict[str, Any]:
    """Return a rule in words: when, if, then."""
    trigger = Trigger(rule.trigger)
    when = _(TRIGGERS[trigger])
    if trigger in TIMED:
        when = f"{when} ({rule.hours:g})"
    return {"when": when, "condition": rule.condition, "then": [deeds.deed_of(str(one["deed"])).said(one) for one in rule.deeds]}
