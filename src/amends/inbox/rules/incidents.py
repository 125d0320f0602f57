"""Incidents: one cause behind many complaints. Where one stands, what may follow, and which words it takes. Pure.

Place in the path: a cluster, a selection or an agent -> `actions.incidents` -> the cases, the board, and in the end the answers
(`rules.telling`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from amends.core.errors import Refused
from amends.core.translating import N_, Table, _
from amends.core.written import language_name
from amends.inbox.rules.customer_record import line, plain

LONGEST_NAME = 120
LONGEST_REASON = 300
LONGEST_NOTE = 2_000
AHEAD = timedelta(minutes=5)
LONGEST = timedelta(days=5 * 366)
"""So far a clock of somebody may be ahead of ours."""


class Gravity(StrEnum):
    """How bad it is."""

    MINOR = "minor"
    HIGH = "high"
    CRITICAL = "critical"


GRAVITIES = Table({Gravity.MINOR: N_("Minor"), Gravity.HIGH: N_("High"), Gravity.CRITICAL: N_("Critical")})


class Stage(StrEnum):
    """Where it stands."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MENDING = "mending"
    FIXED = "fixed"
    CLOSED = "closed"


STAGES = Table(
    {
        Stage.INVESTIGATING: N_("Investigating"),
        Stage.IDENTIFIED: N_("Cause identified"),
        Stage.MENDING: N_("Being mended"),
        Stage.FIXED: N_("Fixed"),
        Stage.CLOSED: N_("Closed"),
    }
)
OVER = frozenset({Stage.FIXED, Stage.CLOSED})


class How(StrEnum):
    """How a case came to an incident."""

    HAND = "hand"
    BULK = "bulk"
    QUERY = "query"
    CLUSTER = "cluster"
    RULE = "rule"


HOWS = Table(
    {
        How.HAND: N_("by hand"),
        How.BULK: N_("from a selection"),
        How.QUERY: N_("by a query"),
        How.CLUSTER: N_("by its likeness"),
        How.RULE: N_("by a rule"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewIncident:
    """An incident as somebody describes it; `started_at` None: now, or when the first of its complaints was published."""

    name: str
    brand_id: int
    severity: str = Gravity.HIGH
    started_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """Since when it is fixed, and since when closed."""

    fixed_at: datetime | None
    closed_at: datetime | None


def named(name: str) -> str:
    """Return a name as it is kept; `Refused` for none."""
    found = line(name, LONGEST_NAME)
    if not found:
        raise Refused(_("Give the incident a name that a colleague understands at once."))
    return found


def graded(severity: str) -> Gravity:
    """Return the severity; `Refused` where there is no such."""
    if severity not in set(Gravity):
        raise Refused(_("An incident is minor, high or critical."))
    return Gravity(severity)


def staged(status: str) -> Stage:
    """Return the status; `Refused` where there is no such."""
    if status not in set(Stage):
        raise Refused(_("An incident is investigating, identified, mending, fixed or closed."))
    return Stage(status)


def begun(started_at: datetime | None, first: datetime | None, now: datetime) -> datetime:
    """Return when it began: as was said, else with its first complaint, else now. `Refused` for a time to come, or long past."""
    if started_at is not None and started_at > now + AHEAD:
        raise Refused(_("An incident cannot begin in the future."))
    if started_at is not None and started_at < now - LONGEST:
        raise Refused(_("That is years ago; an incident began when people began to complain."))
    return started_at or min(first or now, now)


def times(before: Times, stage: Stage, now: datetime) -> Times:
    """Return since when it is fixed and closed once it stands so; what goes on again is neither."""
    if stage is Stage.CLOSED:
        return Times(fixed_at=before.fixed_at, closed_at=before.closed_at or now)
    return Times(fixed_at=(before.fixed_at or now) if stage is Stage.FIXED else None, closed_at=None)


def reasoned(reason: str) -> str:
    """Return why a case joins or leaves, as it is kept."""
    return line(reason, LONGEST_REASON)


def belonging(reason: str) -> str:
    """Return why a case joins; `Refused` where nobody says."""
    found = reasoned(reason)
    if not found:
        raise Refused(_("Say why it belongs here."))
    return found


def because(reason: str) -> str:
    """Return why a case leaves; `Refused` where nobody says."""
    found = reasoned(reason)
    if not found:
        raise Refused(_("Say why it does not belong here."))
    return found


def is_language(code: str) -> bool:
    """Tell whether a text may be kept as one in this language: one that we name."""
    return code != "und" and language_name(code) is not None


def noted(texts: Mapping[str, str]) -> dict[str, str]:
    """Return what is said in each language, without empty ones; `Refused` where nothing is said, or a language is none."""
    if not all(is_language(code) for code in texts):
        raise Refused(_("Name each language by its code: en, ta, si."))
    found = {language: words for language, text in texts.items() if (words := plain(text, LONGEST_NOTE))}
    if not found:
        raise Refused(_("Write what is known, in one language at least."))
    return found


def understood(texts: Mapping[str, str], languages: Sequence[str]) -> str:
    """Return the text in the first of the languages that there is one in, else in English; empty where there is none."""
    wanted = [code for language in languages for code in dict.fromkeys((language, language.partition("-")[0]))]
    return next((texts[code] for code in (*wanted, "en") if code in texts), "")


def spoken(texts: Mapping[str, str], languages: Sequence[str]) -> str:
    """Return the text that is `understood`, else that in any language; empty where there is none."""
    return understood(texts, languages) or next(iter(texts.values()), "")
