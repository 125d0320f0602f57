"""Who is told of an alarm and when: the first route that it fits, at once or in a digest. Pure.

Place in the path: alarm without deliveries -> here -> deliveries, items of digests, a call of who is on call. An alarm that fits no
route goes to every channel of the house at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.quiet_hours import Quiet
from amends.inbox.rules.words import Severity
from amends.inbox.rules.working_hours import DAY, DAYS, Span, zone_of, zone_or_utc

FLOOD = timedelta(minutes=10)
"""Within which a channel's alarms are counted, and after which the rest of a flood is told as one."""
MOST_UNROUTED = 1_000
"""How many alarms within that time go to a channel one by one where no route says otherwise."""
LONGEST_NAME = 60


class About(StrEnum):
    """What an alarm is about."""

    CASE = "case"
    SOURCE = "source"
    SURGE = "surge"


class WayOfRoute(StrEnum):
    """Whether a route tells at once or gathers."""

    NOW = "now"
    HOURLY = "hourly"
    DAILY = "daily"


class Why(StrEnum):
    """Why an alarm waits for a digest."""

    DIGEST = "digest"
    QUIET = "quiet"
    FLOOD = "flood"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRoute:
    """A route as it is settled; `severity` is the least it takes, no `about` means everything, `rota_id` is who is on call."""

    name: str
    severity: str = Severity.HIGH
    about: tuple[str, ...] = ()
    condition: str = ""
    channel_ids: tuple[int, ...] = ()
    rota_id: int | None = None
    escalate_minutes: int = 10
    way: str = WayOfRoute.NOW
    digest_minute: int = 9 * 60
    zone: str = "UTC"
    quiet: tuple[Span, ...] = ()
    critical_breaks: bool = True
    most: int | None = 30
    tells_end: bool = True

    @property
    def quiet_texts(self) -> list[str]:
        """The quiet hours of each weekday, Monday first, as people write them."""
        return [", ".join(str(span) for span in self.quiet if span.day == place) for place in range(len(DAYS))]


@dataclass(frozen=True, kw_only=True, slots=True)
class Later:
    """When an alarm is told in a digest, and why not at once."""

    due_at: datetime
    why: Why


NO_ROUTE = NewRoute(name="", most=MOST_UNROUTED)


def takes(route: NewRoute, *, severity: str, about: About, fits: bool) -> bool:
    """Tell whether a route takes an alarm; `fits` says whether it is what the route's query asks for."""
    loud_enough = severity == Severity.CRITICAL or route.severity == Severity.HIGH
    return loud_enough and (not route.about or about in route.about) and fits


def when(route: NewRoute, *, severity: str, told: int, now: datetime) -> Later | None:
    """Return in which digest an alarm is told over a channel that was told so many lately; None: at once."""
    loud_at = rings_from(route, severity=severity, at=now)
    if route.way != WayOfRoute.NOW:
        return Later(due_at=rings_from(route, severity=severity, at=_next_digest(route, now)), why=Why.DIGEST)
    if loud_at > now:
        return Later(due_at=loud_at, why=Why.QUIET)
    if route.most is not None and told >= route.most:
        return Later(due_at=rings_from(route, severity=severity, at=after_flood(now)), why=Why.FLOOD)
    return None


def rings_from(route: NewRoute, *, severity: str, at: datetime) -> datetime:
    """Return the first moment from `at` on in which an alarm may ring: quiet hours are over, or it breaks through them."""
    breaks = route.critical_breaks and severity == Severity.CRITICAL
    return at if breaks else Quiet(spans=route.quiet, zone=route.zone).ends(at)


def after_flood(now: datetime) -> datetime:
    """Return when what is too much at `now` is told as one: at the end of these ten minutes of the hour."""
    return now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0) + FLOOD


def checked(route: NewRoute, *, channels: Sequence[int], rotas: Sequence[int]) -> NewRoute:
    """Return the route; `Refused` where it makes no sense or leads nowhere."""
    name = " ".join(route.name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refused(_("A route needs a name of at most %(most)s characters.") % {"most": LONGEST_NAME})
    zone_of(route.zone)
    if not set(route.channel_ids) <= set(channels):
        raise Refused(_("There is no such channel any more."))
    if route.rota_id is not None and route.rota_id not in rotas:
        raise Refused(_("There is no such rota any more."))
    if not route.channel_ids and route.rota_id is None:
        raise Refused(_("Say whom it tells: a channel, or who is on call."))
    _check_numbers(route)
    return route


def _check_numbers(route: NewRoute) -> None:
    if not 1 <= route.escalate_minutes < DAY or not 0 <= route.digest_minute < DAY:
        raise Refused(_("Call the next in line after one minute to a day, and tell a digest at a time of day."))
    if route.most is not None and not 1 <= route.most <= 100_000:  # noqa: PLR2004
        raise Refused(_("Tell one to 100,000 alarms one by one within ten minutes, or leave it empty."))


def _next_digest(route: NewRoute, now: datetime) -> datetime:
    """Return the next full hour, or the next time of day, by the clock on the wall."""
    here = now.astimezone(zone_or_utc(route.zone))
    if route.way == WayOfRoute.HOURLY:
        return now + timedelta(hours=1) - timedelta(minutes=here.minute, seconds=here.second, microseconds=here.microsecond)
    days = (here.date() + timedelta(days=n) for n in range(3))
    hour, minute = divmod(route.digest_minute, 60)
    moments = (datetime(day.year, day.month, day.day, hour, minute, tzinfo=here.tzinfo).astimezone(UTC) for day in days)
    return next(at for at in moments if at > now)
