"""Where to look for a watch, and how far a walk through Mastodon's listing has come. Pure.

Every listing shows the newest first and goes on below an id (`max_id`). Marks are moments, not ids: notifications are numbered in a row,
statuses by their time, and software that speaks Mastodon's API numbers in ways of its own. A walk goes a while below its mark, since a
status that arrives late from another server stands where its own time puts it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from amends.collectors._mastodon_items import Fields, status_in
from amends.core import reading
from amends.core.errors import QueryRefused, Unreachable
from amends.core.network import NOT_WATCHED, UNEXPECTED
from amends.core.translating import N_
from amends.core.walk import Walk
from amends.core.watching import Watch, WatchKind

MOST = 40
CARE = ("mention", "quote", "update", "status", "quoted_update")
WATCHES = (WatchKind.MENTIONS, WatchKind.HASHTAG, WatchKind.SEARCH, WatchKind.OWN_POSTS)
LATE = {WatchKind.HASHTAG: timedelta(minutes=30), WatchKind.SEARCH: timedelta(minutes=30)}
SOON = timedelta(minutes=15)
NEXT = re.compile(r'<[^<>]*[?&]max_id=([\w-]+)[^<>]*>;\s*rel="?next"?')

Asked = dict[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """What to ask for a watch; `late` is how long after its time a status may still appear."""

    path: str
    asked: Asked
    late: timedelta
    kind: WatchKind

    def entries(self, body: object) -> list[object]:
        """Return the entries of a page."""
        found = reading.mapping(body).get("statuses") if self.kind is WatchKind.SEARCH else body
        if not isinstance(found, list):
            raise Unreachable(UNEXPECTED % {"title": "Mastodon"})
        return reading.sequence(found)

    def place_after(self, entries: Sequence[object], limit: int, place: str, link: str | None) -> str:
        """Return below which id the walk goes on, empty where this was the last page or the server does not move on.

        A server that filters shows fewer than were asked for, so its `Link` header counts where there is one; a search has none.
        """
        ids = [found for entry in entries if (found := reading.name(reading.mapping(entry).get("id")))]
        told = NEXT.search(link or "")
        full = bool(ids) and (self.kind is WatchKind.SEARCH or len(entries) >= limit)
        below = told[1] if told else min(ids, key=_order) if full and link is None else ""
        return below if not place or _order(below) < _order(place) else ""


def listing_of(watch: Watch, user_id: str) -> Listing:
    """Return what to ask for; `user_id` is our own."""
    late, query = LATE.get(watch.kind, SOON), watch.query.strip()
    places: dict[WatchKind, tuple[str, Asked]] = {
        WatchKind.MENTIONS: ("/api/v1/notifications", {"types[]": list(CARE), "include_filtered": "true"}),
        WatchKind.HASHTAG: (f"/api/v1/timelines/tag/{quote(query.lstrip('#'), safe='')}", {}),
        WatchKind.SEARCH: ("/api/v2/search", {"q": query, "type": "statuses"}),
        WatchKind.OWN_POSTS: (f"/api/v1/accounts/{quote(user_id, safe='')}/statuses", {}),
    }
    if watch.kind not in places:
        raise QueryRefused(NOT_WATCHED % {"title": "Mastodon"})
    if watch.kind.takes_words and not query.strip("#"):
        raise QueryRefused(N_("Say what to search for."))
    path, asked = places[watch.kind]
    return Listing(path=path, asked=asked, late=late, kind=watch.kind)


def first_mark(now: datetime, days: float) -> str:
    """Return the mark at which a first visit ends."""
    return _mark(now - timedelta(days=days))


def unread(walk: Walk, entries: Sequence[object], late: timedelta) -> list[object]:
    """Return the entries that an earlier page has not brought in this wording and that are not from before the walk's end.

    What only tells that somebody liked or followed falls out.
    """
    floor, ours = _below(walk.mark, late), filter(_concerns_us, entries)
    return [entry for entry in ours if not walk.knows(_stamp(entry)) and (_moment(entry) or floor) >= floor]


def after(walk: Walk, entries: Sequence[object], place: str, late: timedelta, now: datetime) -> Walk:
    """Return the walk after a page; a time that lies ahead of now counts as now, so that it closes no gap."""
    marks = [min(found, _mark(now)) for entry in entries if (found := _moment(entry))]
    newest = max((walk.newest, walk.mark, *marks))
    young = [_stamp(entry) for entry in filter(_concerns_us, entries) if (_moment(entry) or newest) >= _below(newest, late)]
    ended = bool(marks) and marks[-1] <= _below(walk.mark, late)
    return walk.after(marks, "" if ended else place, young)


def _order(found: str) -> tuple[int, str]:
    """Sort ids: numbers by their size, the words of other software (of one length) by their letters."""
    return len(found), found


def _concerns_us(entry: object) -> bool:
    kind = reading.text(reading.mapping(entry).get("type"))
    return not kind or kind in CARE


def _moment(entry: object) -> str:
    """Return when a notification was made or a status published; empty where it does not say."""
    found = reading.moment(reading.text(reading.mapping(entry).get("created_at")))
    return _mark(found) if found else ""


def _mark(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _below(mark: str, late: timedelta) -> str:
    found = reading.moment(mark)
    return _mark(found - late) if found else mark


def _stamp(entry: object) -> str:
    status: Fields = reading.mapping(status_in(entry))
    own: Mapping[str, object] = status or reading.mapping(entry)
    return f"{reading.name(own.get('id'))} {reading.text(own.get('edited_at'))}".strip()
