"""Lets cases sleep: until a moment, for some hours, or until the customer writes."""

from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.inbox.actions import snooze
from amends.inbox.actions.deeds import At, Facts, number
from amends.inbox.rules import snoozing
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.snoozing import Reason, Sleep

EVENT = EventKind.CASE_SNOOZED
DECIDED_BY = frozenset({"status"})
SAYS = N_("snooze for %(n)s h")


def check(conn: Connection, asked: Facts, now: datetime) -> dict[str, object]:
    """Return how they sleep: `hours` from when it is done, a moment (`preset` or `at`, in `zone`), or a `reason` without a time."""
    if asked.get("hours"):
        return {"hours": _hours(str(asked["hours"]))}
    text = {name: str(asked.get(name) or "") for name in ("preset", "at", "zone", "reason", "incident")}
    sleep = wish(text["reason"], snoozing.chosen(text["preset"], text["at"], text["zone"], now), text["incident"])
    return snooze.written(snooze.named(conn, snoozing.checked(sleep, now)))


def wish(reason: str, until: datetime | None, incident: str = "") -> Sleep:
    """Return what was asked for; `Refused` for a reason that there is not."""
    if reason and reason not in set(Reason):
        raise Refused(_("A case sleeps until a time, until the customer writes, or until an incident is over."))
    known = number({"incident": incident}, "incident") if incident and reason == Reason.INCIDENT else None
    return Sleep(reason=Reason(reason or Reason.TIME), until=until, incident_id=known)


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError as error:
        raise Refused(_("Give the hours as a number.")) from error
    if not 0 < hours <= snoozing.LONGEST / timedelta(hours=1):
        raise Refused(_("A case sleeps for a year at most; resolve it if nothing is left to do."))
    return hours


def said(facts: Facts) -> str:
    """Return what it does."""
    hours = facts.get("hours")
    if isinstance(hours, int | float):
        return _(SAYS) % {"n": f"{hours:g}"}
    if facts["reason"] == Reason.CUSTOMER:
        return _("snooze until the customer writes")
    if facts["reason"] == Reason.INCIDENT:
        return _("snooze until “%(label)s” is over") % {"label": facts["label"]}
    return _("snooze until %(until)s UTC") % {"until": str(facts["until"])[:16].replace("T", " ")}


def act(at: At, facts: Facts) -> None:
    """Do it."""
    hours = facts.get("hours")
    until = at.now + timedelta(hours=hours) if isinstance(hours, int | float) else None
    sleep = Sleep(reason=Reason.TIME, until=until) if until else snooze.read(dict(facts), at.now)
    if sleep is None:
        raise Refused(_("This time is over already; pick a later one."))
    snooze.snooze(at.conn, case_id=at.case_id, sleep=sleep, agent_id=at.agent_id, now=at.now)
