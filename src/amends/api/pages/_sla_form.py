"""A policy as its form carries it: lengths as people write them (`4h`, `1h 30min`), and up to six steps after a breach."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Form

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.inbox.rules.sla_policy import DEEDS, MOST_STEPS, Written
from amends.inbox.store import calendars, teams
from amends.inbox.store.sla_policies import PolicyRow

Column = Annotated[list[str], Form(max_length=MOST_STEPS)]
Length = Annotated[str, Form(max_length=40)]
Choice = Annotated[str, Form(max_length=20)]
_UNITS = {"min": 1, "m": 1, "h": 60, "d": 1440, "w": 10080}
_PART = re.compile(r"(\d{1,6})\s*(min|m|h|d|w)?")
PROMISES = (("first", N_("First answer")), ("next", N_("Next answers")), ("resolution", N_("Resolution")))


def minutes_of(text: str, *, business: bool = False) -> int | None:
    """Return a length of time in minutes, None where nothing is written; a number alone is minutes."""
    words = text.strip().lower()
    if not words:
        return None
    parts = [(int(n), unit or "min") for n, unit in _PART.findall(words)]
    if not parts or _PART.sub("", words).strip(" ,"):
        raise Refused(_("“%(value)s” is no length of time; write for example 30min, 4h or 1h 30min.") % {"value": text[:40]})
    if business and any(unit in {"d", "w"} for _n, unit in parts):
        raise Refused(_("Write business time in hours and minutes: how long a working day is, the calendar says."))
    return sum(n * _UNITS[unit] for n, unit in parts)


def written_length(minutes: int | None, *, business: bool = False) -> str:
    """Return a length as the form shows it, in the largest units in which it is whole."""
    if minutes is None:
        return ""
    if minutes and not business and minutes % 1440 == 0:
        return f"{minutes // 1440}d"
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours}h" if hours else "", f"{rest}min" if rest or not hours else "") if part)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entered:
    """What somebody entered, not read yet: it may be half written."""

    name: str
    condition: str
    calendar: str
    pauses: str
    warn_percent: str
    warn_before: str
    promises: Mapping[str, tuple[str, str]]
    steps: Sequence[tuple[str, str, str, str]]

    def written(self) -> Written:
        """Return the policy that the form holds; `Refused` where a length cannot be read."""
        promises: dict[str, Any] = {}
        for kind, (text, by) in self.promises.items():
            business = by == "business" and bool(text.strip())
            promises |= {f"{kind}_minutes": minutes_of(text, business=business), f"{kind}_business": business}
        return Written(
            name=self.name,
            condition=self.condition,
            calendar_id=_number(self.calendar),
            pauses=self.pauses == "yes",
            warn_percent=_number(self.warn_percent),
            warn_minutes=minutes_of(self.warn_before),
            steps=[_step(*row) for row in self.steps if row[0]],
            **promises,
        )


def _step(deed: str, after: str, team: str, points: str) -> dict[str, Any]:
    step: dict[str, Any] = {"minutes": minutes_of(after) or 0, "deed": deed}
    if deed == "team":
        step["team_id"] = _number(team)
    if deed == "urgency":
        step["points"] = _number(points) or 0
    return step


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - digits


def promised(
    first: Length = "",
    first_by: Choice = "wall",
    next: Length = "",  # noqa: A002 - the field's name
    next_by: Choice = "wall",
    resolution: Length = "",
    resolution_by: Choice = "wall",
) -> dict[str, tuple[str, str]]:
    """Return each promise as it was entered, and how it is counted."""
    return {"first": (first, first_by), "next": (next, next_by), "resolution": (resolution, resolution_by)}


def stepped(
    step_after: Column = [],  # noqa: B006 - FastAPI copies it
    step_deed: Column = [],  # noqa: B006
    step_team: Column = [],  # noqa: B006
    step_points: Column = [],  # noqa: B006
) -> list[tuple[str, str, str, str]]:
    """Return the steps as they were entered."""
    padded = [[*column, *[""] * (len(step_deed) - len(column))] for column in (step_after, step_team, step_points)]
    return list(zip(step_deed, *padded, strict=False))


def entered(  # noqa: PLR0913
    promises: Annotated[dict[str, tuple[str, str]], Depends(promised)],
    steps: Annotated[list[tuple[str, str, str, str]], Depends(stepped)],
    name: Annotated[str, Form(max_length=200)] = "",
    condition: Annotated[str, Form(max_length=2_000)] = "",
    calendar: Choice = "",
    pauses: Choice = "",
    warn_percent: Choice = "",
    warn_before: Length = "",
) -> Entered:
    """Return what the form holds."""
    return Entered(
        name=name,
        condition=condition,
        calendar=calendar,
        pauses=pauses,
        warn_percent=warn_percent,
        warn_before=warn_before,
        promises=promises,
        steps=steps,
    )


def form_values(conn: Connection, policy: PolicyRow | None) -> dict[str, Any]:
    """Return what the form shows and offers."""
    return {
        "policy": policy,
        "lengths": _lengths(policy),
        "promises": PROMISES,
        "steps": _rows(policy.steps if policy else ()),
        "deeds": DEEDS,
        "calendars": calendars.every(conn),
        "teams": teams.every(conn),
    }


def _lengths(policy: PolicyRow | None) -> dict[str, tuple[str, bool]]:
    """Return each promise as it is written, and whether in business time."""
    if policy is None:
        return {name: ("", False) for name, _words in PROMISES} | {"warn": ("", False)}
    found = {kind: (getattr(policy, f"{kind}_minutes"), getattr(policy, f"{kind}_business")) for kind, _words in PROMISES}
    told = {kind: (written_length(minutes, business=business), business) for kind, (minutes, business) in found.items()}
    return told | {"warn": (written_length(policy.warn_minutes), False)}


def _rows(steps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    shown = [dict(step) | {"after": written_length(step["minutes"])} for step in steps]
    return [*shown, *({"after": ""} for _missing in range(MOST_STEPS - len(shown)))]
