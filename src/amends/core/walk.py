"""Remember how far a walk through a listing has come that shows the newest first. Pure: the cursor in, the next cursor out.

A walk goes from the newest item back to the mark of the last complete one, page by page; the mark moves only when it gets there, so a crash
in between repeats and loses nothing. Marks are words that sort as the network's items do: ids of one length, or moments as ISO 8601.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from amends.core import reading
from amends.core.ports import Cursor, Json

REMEMBERED = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """How far a walk has come: from `newest` back towards `mark`, now at the network's own `place` (empty: at the top).

    Items are known by stamps (an id, with the time of its edit), the newest first: `known` are those that earlier walks read, which this
    one meets again where it overlaps and passes over; `met` are those of this walk so far.
    """

    mark: str = ""
    newest: str = ""
    place: str = ""
    known: tuple[str, ...] = ()
    met: tuple[str, ...] = ()

    @classmethod
    def resume(cls, cursor: Cursor | None, first: str = "") -> "Walk":
        """Return the walk that `cursor` describes; without one, a walk back to `first`."""
        told = reading.mapping(cursor)
        return cls(
            mark=reading.text(told.get("mark")) or first,
            newest=reading.text(told.get("newest")),
            place=reading.text(told.get("place")),
            known=_texts(told.get("known")),
            met=_texts(told.get("met")),
        )

    @classmethod
    def counted(cls, cursor: Cursor | None, first: str = "") -> "Walk":
        """Return the walk of `resume` where marks and places are whole numbers in digits; what is no number counts as absent."""
        told = cls.resume(cursor)
        mark, newest, place = (word if word.isascii() and word.isdecimal() else "" for word in (told.mark, told.newest, told.place))
        return replace(told, mark=mark or first, newest=newest, place=place)

    def cursor(self) -> Cursor:
        """Return the walk as it is kept in the database."""
        return {"mark": self.mark, "newest": self.newest, "place": self.place, "known": [*self.known], "met": [*self.met]}

    def knows(self, stamp: str) -> bool:
        """Tell whether an earlier walk or an earlier page of this one read an item."""
        return stamp in self.met or stamp in self.known

    def after(self, marks: Sequence[str], place: str, stamps: Iterable[str] = ()) -> "Walk":
        """Return the walk after a page of items with these `marks`; `place` is where it goes on, empty where the mark was reached."""
        newest = max((self.newest, *marks))
        # A walk comes from the newest to the older: where it is long, the stamps of its first pages are those that the next one meets.
        met = _newest(self.met, stamps)
        if place:
            return replace(self, newest=newest, place=place, met=met)
        return Walk(mark=max(self.mark, newest), known=_newest(met, self.known))

    def reached(self, marks: Sequence[str]) -> bool:
        """Tell whether a page has come down to the mark; a page of nothing has not, though it may be the last one."""
        return bool(marks) and min(marks) <= self.mark

    def split(self) -> "tuple[Walk, Walk] | None":
        """Part a walk under way: a new one down to where this one began, and this one, which goes on."""
        return (Walk(mark=self.newest, known=_newest(self.met, self.known)), self) if self.place and self.newest else None


class Kept(Protocol):
    """A walk of any network."""

    def cursor(self) -> Cursor:
        """Return the walk as it is kept in the database."""
        ...


def parted(walks: tuple[Kept, Kept] | None, **more: Json) -> tuple[Cursor, Cursor] | None:
    """Return the two halves of a walk as they are kept, each with `more` beside it; None where it could not be parted."""
    return walks and ({**walks[0].cursor(), **more}, {**walks[1].cursor(), **more})


def _newest(first: Iterable[str], then: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *then)))[:REMEMBERED]


def _texts(value: object) -> tuple[str, ...]:
    return tuple(filter(None, map(reading.text, reading.sequence(value))))
