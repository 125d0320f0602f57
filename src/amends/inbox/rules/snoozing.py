"""How long a case may sleep, and the times that are offered. Place in the path: an agent's wish -> here -> `actions.snooze`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.core.written import appointment

LONGEST = timedelta(days=366)
LONGEST_LABEL = 100
LATER = timedelta(hours=3)
MORNING = 9
QUARTER = 15
DAY = timedelta(days=1)
MONDAY = 0
WEEK = 7


class Reason(StrEnum):
    """What a sleeping case waits for; a post of its customer wakes it in any case."""

    TIME = "time"
    CUSTOMER = "customer"
    INCIDENT = "incident"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sleep:
    """Until when a case sleeps: `until` a time (None: none was set), `incident_id` the incident it waits for, `label` its name."""

    reason: Reason
    until: datetime | None = None
    label: str = ""
    incident_id: int | None = None


class Preset(StrEnum):
    """A time that is offered."""

    LATER = "later"
    TOMORROW = "tomorrow"
    MONDAY = "monday"
    WEEK = "week"


PRESETS: dict[Preset, str] = {
    Preset.LATER: N_("Later today"),
    Preset.TOMORROW: N_("Tomorrow morning"),
    Preset.MONDAY: N_("Monday morning"),
    Preset.WEEK: N_("In a week"),
}


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone that a browser or a program names; `Refused` where there is none of this name."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused(_("There is no time zone “%(name)s”.") % {"name": name[:40]}) from error


def presets(now: datetime, zone: ZoneInfo) -> dict[Preset, datetime]:
    """Return the times that can be chosen now, the next one first, as an agent in this zone reads the clock."""
    here = now.astimezone(zone)
    later = _quarter(now + LATER)
    found = {
        Preset.TOMORROW: _morning(here + DAY),
        Preset.MONDAY: _morning(here + DAY * (WEEK - here.weekday() + MONDAY)),
        Preset.WEEK: _morning(here + DAY * WEEK),
    }
    if later.astimezone(zone).date() == here.date():
        found = {Preset.LATER: later.astimezone(zone)} | found
    return dict(sorted(found.items(), key=lambda one: one[1]))


def _morning(day: datetime) -> datetime:
    return day.replace(hour=MORNING, minute=0, second=0, microsecond=0)


def _quarter(moment: datetime) -> datetime:
    """Return the next full quarter of an hour, which reads better than 14:37."""
    floor = moment.replace(minute=moment.minute - moment.minute % QUARTER, second=0, microsecond=0)
    return floor if floor == moment else floor + timedelta(minutes=QUARTER)


def chosen(preset: str, at: str, zone: str, now: datetime) -> datetime | None:
    """Return the time that a preset's name (`next` is the nearest one) or a clock's reading in the zone stands for; None for neither."""
    here = zone_of(zone)
    if at:
        return _read(at, here)
    if not preset:
        return None
    offered = presets(now, here)
    found = next(iter(offered.values())) if preset == "next" else offered.get(Preset(preset)) if preset in set(Preset) else None
    if found is None:
        raise Refused(_("This time cannot be chosen now; pick another one."))
    return found


def _read(text: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(ZoneInfo("UTC"))
    except (ValueError, OverflowError) as error:
        raise Refused(_("This is no date and time that we can read.")) from error


def checked(sleep: Sleep, now: datetime) -> Sleep:
    """Return the wish as it is kept; `Refused` where it makes no sense."""
    if sleep.reason is Reason.TIME and sleep.until is None:
        raise Refused(_("Say until when the case is to sleep."))
    if sleep.until is not None and sleep.until <= now:
        raise Refused(_("This time is over already; pick a later one."))
    if sleep.until is not None and sleep.until - now > LONGEST:
        raise Refused(_("A case sleeps for a year at most; resolve it if nothing is left to do."))
    if sleep.reason is Reason.INCIDENT and sleep.incident_id is None:
        raise Refused(_("Name the incident that the case waits for."))
    label = " ".join(sleep.label.split())[:LONGEST_LABEL]
    return Sleep(reason=sleep.reason, until=sleep.until, label=label, incident_id=sleep.incident_id)


def times(offered: dict[Preset, datetime]) -> Sequence[tuple[str, str, datetime]]:
    """Return the offered times with their names in the language that is spoken."""
    return [(preset.value, _(PRESETS[preset]), at) for preset, at in offered.items()]


def said(sleep: Sleep, zone: str) -> str:
    """Return until when a case sleeps, as an agent in this zone reads the clock."""
    if sleep.until is not None:
        return _("Snoozed until %(until)s") % {"until": appointment(sleep.until.astimezone(zone_of(zone)))}
    if sleep.reason is Reason.CUSTOMER:
        return _("Snoozed until the customer writes")
    return _("Snoozed until “%(label)s” is over") % {"label": sleep.label}
