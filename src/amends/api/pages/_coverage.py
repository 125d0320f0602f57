"""Lays out the ledger of each watch for its source's page: a bar of the last seven days, and its gaps in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from amends.api import gap_words
from amends.api.trouble_words import trouble
from amends.core.translating import _, ngettext
from amends.core.written import listed, number, percent
from amends.inbox.actions.ledger import Ledger
from amends.inbox.store.coverage import Covered
from amends.inbox.store.gaps import Gap

WIDTH = 1000.0
NARROWEST = 4.0


class Colour(StrEnum):
    """What a piece of the bar says."""

    COVERED = "covered"
    FILLED = "filled"
    OPEN = "open"
    LOST = "lost"


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A piece of the bar, in units of its view box."""

    x: float
    width: float
    colour: Colour
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A gap in words."""

    colour: Colour
    text: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchLedger:
    """The ledger of one watch: `told` sums the bar up, `open` are the gaps that matter now, `filled` those of the last week."""

    pieces: list[Piece]
    told: str
    open: list[Line]
    filled: list[Line]
    ways_back: list[str]


def by_watch(ledger: Ledger, now: datetime) -> dict[int, WatchLedger]:
    """Return the ledger of every watch that has one."""
    watch_ids = {one.watch_id for one in (*ledger.covered, *ledger.gaps, *ledger.backfills)}
    return {watch_id: _of_watch(ledger, watch_id, now) for watch_id in watch_ids}


def _of_watch(ledger: Ledger, watch_id: int, now: datetime) -> WatchLedger:
    covered = [one for one in ledger.covered if one.watch_id == watch_id]
    gaps = [one for one in ledger.gaps if one.watch_id == watch_id]
    lines = [Line(colour=colour_of(gap), text=gap_words.gap(gap, now), note=trouble(gap.note)) for gap in gaps]
    return WatchLedger(
        pieces=list(_pieces(covered, gaps, ledger.since, now)),
        told=_told(covered, gaps, ledger.since),
        open=[line for line in lines if line.colour is not Colour.FILLED],
        filled=[line for line in lines if line.colour is Colour.FILLED],
        ways_back=[gap_words.way_back(one) for one in ledger.backfills if one.watch_id == watch_id],
    )


def colour_of(gap: Gap) -> Colour:
    """Return how a gap is shown."""
    if gap.lost_note is not None:
        return Colour.LOST
    return Colour.FILLED if gap.filled_at else Colour.OPEN


def _pieces(covered: Iterable[Covered], gaps: Iterable[Gap], begin: datetime, now: datetime) -> Iterator[Piece]:
    """Yield the stretches, and over them the gaps, the lost ones on top."""
    for one in covered:
        yield _piece(
            one.since, one.until, Colour.COVERED, _("%(when)s: covered") % {"when": gap_words.when(one.since, one.until)}, begin, now
        )
    for gap in sorted(gaps, key=lambda gap: list(Colour).index(colour_of(gap))):
        until = gap.until or now
        if until > begin:
            yield _piece(gap.since or begin, until, colour_of(gap), gap_words.gap(gap, now), begin, now)


def _piece(since: datetime, until: datetime, colour: Colour, text: str, begin: datetime, now: datetime) -> Piece:
    scale = WIDTH / (now - begin).total_seconds()
    left = max((since - begin).total_seconds() * scale, 0)
    width = max((until - max(since, begin)).total_seconds() * scale, NARROWEST)
    return Piece(x=round(min(left, WIDTH - NARROWEST), 1), width=round(min(width, WIDTH - left + NARROWEST), 1), colour=colour, text=text)


def _told(covered: list[Covered], gaps: list[Gap], begin: datetime) -> str:
    """Return the bar in a sentence."""
    if not covered:
        return _("Nothing is covered yet: the first walk is not at its end.")
    first = max(covered[0].since, begin)
    last = max(one.until for one in covered)
    read = sum((one.until - max(one.since, begin) for one in covered), timedelta())
    share = percent(read / (last - first)) if last > first else percent(1)
    counts = {colour: sum(colour_of(gap) is colour for gap in gaps) for colour in (Colour.OPEN, Colour.FILLED, Colour.LOST)}
    words = [_counted(colour, count) for colour, count in counts.items() if count] or [_("No gap")]
    return _("Covered from %(when)s: %(share)s. %(gaps)s.") % {"when": gap_words.when(first, last), "share": share, "gaps": listed(words)}


def _counted(colour: Colour, count: int) -> str:
    told = {
        Colour.OPEN: ngettext("%(n)s gap open", "%(n)s gaps open", count),
        Colour.FILLED: ngettext("%(n)s gap filled", "%(n)s gaps filled", count),
        Colour.LOST: ngettext("%(n)s gap lost", "%(n)s gaps lost", count),
    }
    return told[colour] % {"n": number(count)}
