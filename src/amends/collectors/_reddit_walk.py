"""Remember how far a walk through one of Reddit's listings has come. Pure: the cursor in, the next cursor out.

A walk goes from the newest thing back with `after` until it meets what the last complete walk had seen; only then the mark moves. So
nothing is lost where more arrives between two visits than one page holds. Things may appear late (approved by a moderator, indexed by
search): the walk overlaps the mark, and what is new on a page comes back whatever its age up to a day.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from amends.collectors._reddit_posts import Fields, is_deleted
from amends.core import reading
from amends.core.ports import Cursor, Missed
from amends.core.translating import N_

DAY = timedelta(days=1).total_seconds()
REMEMBERED = 200
ANCHORS = 5
TAIL = 3
DEEPEST = 950
TOO_MANY = N_("More than Reddit lists (1000) arrived since the last visit; what is older is out of reach.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """The state of a walk.

    `since` is the mark and `newest` the newest thing of this walk (seconds since 1970); `anchors` are the places to go on from, best
    last; `depth` says how many things it has passed; `known` and `walked` are stamps, of earlier walks and of this one, newest first.
    """

    since: float
    newest: float = 0
    anchors: tuple[str, ...] = ()
    depth: int = 0
    known: tuple[str, ...] = ()
    walked: tuple[str, ...] = ()

    @classmethod
    def resume(cls, cursor: Cursor | None, first: datetime) -> "Walk":
        """Return the walk that `cursor` describes; without one, a walk back to `first`."""
        told = reading.mapping(cursor)
        since = reading.number(told.get("since"))
        return cls(
            since=first.timestamp() if since is None else since,
            newest=reading.number(told.get("newest")) or 0,
            anchors=_texts(told.get("anchors")),
            depth=reading.whole(told.get("depth")) or 0,
            known=_texts(told.get("known")),
            walked=_texts(told.get("walked")),
        )

    def cursor(self) -> Cursor:
        """Return the walk as it is kept in the database."""
        return {
            "since": self.since,
            "newest": self.newest,
            "anchors": [*self.anchors],
            "depth": self.depth,
            "known": [*self.known],
            "walked": [*self.walked],
        }

    def split(self, now: datetime) -> "tuple[Walk, Walk] | None":
        """Part a walk under way: a new one down to where this one began, and this one."""
        return (self.complete(now), self) if self.anchors and self.newest else None

    def is_new(self, fields: Fields) -> bool:
        """Tell whether a thing is new to us or has changed since we saw it."""
        made = reading.number(fields.get("created_utc"))
        return stamp(fields) not in self.known and (made is None or made >= self.since - DAY)

    def after(self, page: list[Fields], following: str, overlap: timedelta, now: datetime) -> "Walk":
        """Return the walk after a page; `following` is where Reddit says that it goes on, empty at the end of the listing."""
        if not page and not following:
            fewer = self.anchors[:-1]
            return replace(self, anchors=fewer) if fewer else self.complete(now)
        if not following or _all_before(page[-TAIL:], self.since - overlap.total_seconds()):
            return self._past(page).complete(now)
        return replace(self._past(page), anchors=_anchors(page, following))

    def complete(self, now: datetime) -> "Walk":
        """Return where the next walk begins once this one has met the mark."""
        mark = max(self.since, min(self.newest, now.timestamp()))
        return Walk(since=mark, known=tuple(dict.fromkeys((*self.walked, *self.known)))[:REMEMBERED])

    def _past(self, page: list[Fields]) -> "Walk":
        newest = max([self.newest, *(reading.number(fields.get("created_utc")) or 0 for fields in page)])
        return replace(self, newest=newest, depth=self.depth + len(page), walked=(*self.walked, *map(stamp, page))[:REMEMBERED])

    def fell_short(self, page: list[Fields], following: str) -> bool:
        """Tell whether the listing ended before the walk met the mark: Reddit lists a thousand things and no more."""
        return bool(page) and not following and self.depth + len(page) >= DEEPEST and not _all_before(page[-1:], self.since)

    def missed(self, page: list[Fields], now: datetime) -> Missed:
        """Return the stretch between the mark and the oldest thing of the last page."""
        oldest = min((reading.number(fields.get("created_utc")) or now.timestamp() for fields in page), default=now.timestamp())
        return Missed(since=reading.moment(self.since), until=reading.moment(oldest) or now, reason=TOO_MANY)


def stamp(fields: Fields) -> str:
    """Return what tells a thing and its state: its fullname, with the time of its edit and whether it is gone."""
    edited = reading.whole(fields.get("edited"))
    return reading.text(fields.get("name")) + (f"@{edited}" if edited else "") + ("-" if is_deleted(fields) else "")


def _anchors(page: list[Fields], following: str) -> tuple[str, ...]:
    """Return where to go on: as Reddit says, and a few things before it for the case that it is deleted by then."""
    names = [reading.text(fields.get("name")) for fields in page[-ANCHORS:]]
    return (*(name for name in names if name and name != following), following)


def _all_before(fields: list[Fields], moment: float) -> bool:
    return bool(fields) and all((reading.number(thing.get("created_utc")) or 0) < moment for thing in fields)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(filter(None, map(reading.text, reading.sequence(value))))
