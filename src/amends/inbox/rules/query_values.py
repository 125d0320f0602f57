"""What the values of a query mean: numbers, lengths of time, days. What cannot be read is told with an example that can."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any

from amends.core.errors import Refused
from amends.core.regions import region_of
from amends.core.translating import _
from amends.inbox.rules.query import Match
from amends.inbox.rules.query_fields import Field, Kind

_NUMBER = re.compile(r"(\d{1,15})([km]?)", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,5})(s|min|m|h|d|w)", re.IGNORECASE)
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}
_UNITS = {
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_DAYS_AGO = {"today": 0, "yesterday": 1}
_EARLIEST, _LATEST = date(1970, 1, 1), date(2999, 12, 31)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")


def number(text: str) -> int:
    """Return `70`, `10k` or `2m` as a number."""
    found = _NUMBER.fullmatch(text)
    if not found:
        raise Refused(_("“%(value)s” is no number; write for example 70 or 10k.") % {"value": text})
    return int(found[1]) * _TIMES[found[2].lower()]


def span(text: str) -> timedelta:
    """Return `30min`, `2h`, `3d` or `1w` as a length of time."""
    found = _SPAN.fullmatch(text)
    if not found:
        raise Refused(_("“%(value)s” is no length of time; write for example 30min, 2h, 3d or 1w.") % {"value": text})
    return int(found[1]) * _UNITS[found[2].lower()]


def day(text: str, now: datetime) -> datetime:
    """Return when the day `2026-03-01`, `today` or `yesterday` begins, in UTC."""
    if text in _DAYS_AGO:
        return datetime.combine(now.astimezone(UTC).date() - timedelta(days=_DAYS_AGO[text]), time.min, UTC)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not _EARLIEST <= found <= _LATEST:
        raise Refused(_("“%(value)s” is no day; write for example 2026-03-01, today or yesterday.") % {"value": text})
    return datetime.combine(found, time.min, UTC)


def checked(name: str, field: Field, match: Match) -> Match:
    """Return the match as the field called `name` takes it; `Refused` with what to write instead."""
    if match.op and not field.kind.compares:
        raise Refused(_("%(field)s: cannot be compared; leave “%(op)s” away.") % {"field": name, "op": match.op})
    said = next((one for one in field.values if one.lower() == match.value.lower()), None)
    if not match.op and said is not None:
        return Match(said)
    if field.kind is Kind.CHOICE:
        raise Refused(unknown(name, match.value, field.values))
    if name == "lang":
        return Match(_language(match.value))
    if name == "region":
        return Match(region_of(match.value))
    _check(name, field.kind, match)
    return _in_order(field.kind, match)


def _check(name: str, kind: Kind, match: Match) -> None:
    """Raise `Refused` where the kind cannot read a value of the match."""
    for value in (match.value, match.upto) if match.op == ".." else (match.value,):
        if kind in _READ:
            _READ[kind](value)
        elif not value.strip():
            raise Refused(_("A value is missing."))
    if kind is Kind.SPAN and not match.op:
        raise Refused(_("Say on which side: %(field)s:>%(value)s or %(field)s:<%(value)s.") % {"field": name, "value": match.value})


def _in_order(kind: Kind, match: Match) -> Match:
    """Return a range from its lesser end to its greater one, whichever was written first; where `today` lies is known when it is asked."""
    read, moves = _READ.get(kind), len({match.value, match.upto} & set(_DAYS_AGO)) == 1
    if match.op != ".." or read is None or moves or read(match.value) <= read(match.upto):
        return match
    return Match(match.upto, "..", match.value)


def _any_day(value: str) -> datetime:
    return day(value, datetime(2026, 1, 1, tzinfo=UTC))


_READ: Mapping[Kind, Callable[[str], Any]] = {Kind.NUMBER: number, Kind.SPAN: span, Kind.DATE: _any_day}


def _language(value: str) -> str:
    """Return a code as verdicts have it, in whatever case it was typed: `ta`, `ta-Latn`."""
    if not _LANGUAGE.fullmatch(value.lower()):
        raise Refused(_("“%(value)s” is no code of a language; write for example en, ta or si.") % {"value": value})
    return "-".join(part.title() if len(part) == len("Latn") else part for part in value.lower().split("-"))


def unknown(name: str, value: str, known: tuple[str, ...]) -> str:
    """Return what to say of a value that the field does not have: the nearest one, or all where they are few."""
    near = get_close_matches(value.lower(), [one.lower() for one in known], n=1, cutoff=0.55)
    if near:
        meant = next(one for one in known if one.lower() == near[0])
        return _("%(field)s: has no “%(value)s”; do you mean “%(meant)s”?") % {"field": name, "value": value, "meant": meant}
    some = ", ".join(known[:8])
    return _("%(field)s: has no “%(value)s”; there are: %(some)s.") % {"field": name, "value": value, "some": some or "—"}
