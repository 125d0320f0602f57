"""Hours of the week in which nothing rings, by the clock on the wall of a zone, whatever summer time does to it. Pure.

Place in the path: what somebody is told (`noticing`), and alarms (`alert_routes`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from amends.inbox.rules.working_hours import Span, zone_or_utc

LONGEST = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Quiet:
    """Spans of the week; one that ends before it begins goes over midnight."""

    spans: tuple[Span, ...] = ()
    zone: str = "UTC"

    def holds(self, now: datetime) -> bool:
        """Tell whether `now` is within them."""
        return self._span_at(now) is not None

    def ends(self, now: datetime) -> datetime:
        """Return the first moment from `now` on that is not quiet; a week later where all of the week is.

        An end that a spring night skips is over as soon as the clock on the wall has passed it.
        """
        at = now
        while (span := self._span_at(at)) is not None and at - now < LONGEST:
            at = max(self._end_of(span, at), at + timedelta(minutes=1))
        return min(at, now + LONGEST)

    def _span_at(self, now: datetime) -> Span | None:
        here = now.astimezone(zone_or_utc(self.zone))
        return next((span for span in self.spans if _within(span, here.weekday(), here.hour * 60 + here.minute)), None)

    def _end_of(self, span: Span, at: datetime) -> datetime:
        here = at.astimezone(zone_or_utc(self.zone))
        minute = here.hour * 60 + here.minute
        over_midnight = span.begins >= span.ends and minute >= span.begins
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(days=int(over_midnight))
        end = (midnight + timedelta(minutes=span.ends)).replace(tzinfo=here.tzinfo)
        return min(end.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def _within(span: Span, day: int, minute: int) -> bool:
    if span.begins < span.ends:
        return span.day == day and span.begins <= minute < span.ends
    return (span.day == day and minute >= span.begins) or ((span.day + 1) % 7 == day and minute < span.ends)
