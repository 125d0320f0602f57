"""A folder of CSV and JSON Lines files that grow, come and go: each row is a post, read once.

Place in the path: `ingest` -> `Folder.fetch` -> files in the folder -> `core/rows` -> posts. The files are as `./amends import` takes them
(docs/import.md); nothing in the folder is ever changed. What is asked of it is in docs/networks/folder.md.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from typing_extensions import override

from amends.collectors._folder_files import Found, Place, files_in, moved, opened, place_of, print_of, still_there
from amends.core import reading
from amends.core.abilities import Abilities, Group, Option
from amends.core.clock import Clock, utc_now
from amends.core.errors import Refused, SettingsWrong
from amends.core.network_words import Said
from amends.core.ports import Account, Cursor, Harvest, Page, Standing
from amends.core.post import Post
from amends.core.rows.growing import Stretch, read_stretch, shape_of
from amends.core.rows.posts import ALIASES, RowDefaults, post_of
from amends.core.rows.records import Refusal, Row
from amends.core.translating import N_
from amends.core.unasked import Unasked
from amends.core.watching import Watch, WatchKind

NETWORK = "folder"
CREDENTIALS = ()
OPTIONS = (
    Option(name="columns", label=N_("Columns"), hint=N_("what odd columns mean: Kunde=author_handle, Nachricht=text")),
    Option(name="timezone", label=N_("Time zone of times without one"), default="UTC"),
    Option(name="encoding", label=N_("Encoding, where it is not UTF-8"), hint=N_("cp1252, iso8859-15 …")),
)
WATCHES = (WatchKind.FOLDER,)
ABILITIES = Abilities(
    title="Folder",
    mark="f",
    group=Group.FEEDS,
    at="",
    handle=N_("Name of the folder"),
    replies=False,
    refreshes=False,
    threads=False,
    over_http=False,
)
WHY_NO_REPLY = N_("This post came in a file; answer it where it was written.")
HEAD = 64 * 1024
STRETCHES = (256 * 1024, 8 * 1024 * 1024)
LEFT_ALONE = timedelta(seconds=60)
MOST_TROUBLES = 20
THE_END_OF_TIME = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """What a visit to one file brought: posts, what was refused, and how far it is read now."""

    posts: tuple[Post, ...] = ()
    troubles: tuple[str, ...] = ()
    place: Place


class Folder(Unasked):
    """Folders on this machine, one a watch."""

    network = NETWORK
    why_no_reply = WHY_NO_REPLY

    def __init__(self, account: Account, clock: Clock) -> None:
        super().__init__(account)
        self._clock = clock
        self._columns = _columns(account)
        self._zone = _zone(account)

    @override
    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return at most `budget` rows that are new, from the file that has waited longest; a row is read when its line is complete."""
        found, troubles = files_in(watch.query)
        kept = reading.mapping(reading.mapping(cursor).get("files"))
        places = moved(watch.query, [file.name for file in found], {name: place_of(told) for name, told in kept.items()})
        fresh: tuple[str, ...] = ()
        for file in found:
            try:
                visit = self._visit(watch.query, file, places.get(file.name, Place()), max(1, budget))
            except (Refused, OSError) as error:
                troubles.append(Said.FILE % {"name": file.name, "why": error})
                continue
            went_on = visit.place != places.get(file.name, Place())
            places[file.name] = visit.place
            if went_on:
                return Page(posts=visit.posts, cursor=_cursor(places), more=True, reads=len(visit.posts), troubles=visit.troubles)
            fresh = (*fresh, *visit.troubles)
        return Page(posts=(), cursor=_cursor(places), troubles=(*troubles, *fresh, *_refused_so_far(places)))

    def check(self) -> Standing:
        """Return that we only read; which folders is said by the watches, and their health shows whether that works."""
        return Standing(user_id="", handle=self._account.handle, can_reply=False, warnings=(WHY_NO_REPLY,))

    def _visit(self, folder: str, file: Found, place: Place, budget: int) -> Visit:
        with opened(folder, file.name) as content:
            begun = place if place.print and still_there(content, place) else Place()
            stretch, start = self._stretch(content, file, begun, budget)
            if stretch is None or not stretch.size:
                return Visit(place=begun)
            read = [self._read(row) for row in stretch.rows]
            refused = [one for one in read if isinstance(one, Refusal)]
            lines = [Said.ROW % {"name": file.name, "line": one.line + start.line, "why": one.reason} for one in refused]
            onward = Place(
                offset=start.offset + stretch.size,
                line=start.line + stretch.lines,
                print=print_of(content, start.offset + stretch.size),
                refused=begun.refused + len(refused),
                last=lines[-1] if lines else begun.last,
            )
        return Visit(posts=tuple(one for one in read if isinstance(one, Post)), troubles=_first(lines), place=onward)

    def _stretch(self, content: BinaryIO, file: Found, begun: Place, budget: int) -> tuple[Stretch | None, Place]:
        """Return the next rows of the file and where they begin; None where its header is not there yet."""
        content.seek(0)
        shape = shape_of(content.read(HEAD), mapping=self._columns, encoding=self._account.options.get("encoding", ""))
        if shape is None:
            return None, begun
        start = begun if begun.offset else replace(begun, offset=shape.start, line=shape.lines)
        quiet = datetime.fromtimestamp(file.changed, tz=UTC) + LEFT_ALONE <= self._clock()
        for size in STRETCHES:
            content.seek(start.offset)
            body = content.read(size)
            ends = start.offset + len(body) >= file.size
            whole = quiet if ends else size == STRETCHES[-1]
            stretch = read_stretch(shape, body, mapping=self._columns, most=budget, whole=whole)
            if stretch.size or ends:
                return stretch, start
        return None, start

    def _read(self, row: Row | Refusal) -> Post | Refusal:
        if isinstance(row, Refusal):
            return row
        try:
            return _post(row.values, self._zone, self._clock())
        except Refused as error:
            return Refusal(line=row.line, reason=str(error))


def posts_from(body: object, account: Account) -> Harvest:
    """Return the post of a row, as `Post.raw` keeps it, and one line where it is none."""
    try:
        told: object = json.loads(body) if isinstance(body, bytes) else body
        values = {name: reading.text(value) for name, value in reading.mapping(told).items()}
        return Harvest(posts=(_post(values, _zone(account), THE_END_OF_TIME),))
    except (Refused, ValueError, RecursionError) as error:
        return Harvest(posts=(), troubles=(str(error),))


def build(account: Account, clock: Clock = utc_now) -> Folder:
    """Return the collector for folders. Options: `columns`, `timezone`, `encoding`."""
    return Folder(account, clock)


def _post(values: Mapping[str, str], zone: ZoneInfo, now: datetime) -> Post:
    """Return the row's post, of this network whatever it says: a source has one."""
    post = post_of({**values, "network": NETWORK}, defaults=RowDefaults(network=NETWORK, zone=zone), now=now)
    return replace(post, raw=json.dumps(dict(values)).encode(), can_reply=False, why_no_reply=WHY_NO_REPLY)


def _columns(account: Account) -> dict[str, str]:
    pairs = [pair.rpartition("=") for pair in account.options.get("columns", "").split(",") if pair.strip()]
    wrong = [field for column, _, field in pairs if field.strip() not in ALIASES or not column.strip()]
    if wrong:
        raise SettingsWrong(Said.COLUMNS, known=", ".join(ALIASES))
    return {column.strip(): field.strip() for column, _, field in pairs}


def _zone(account: Account) -> ZoneInfo:
    name = account.options.get("timezone", "").strip() or "UTC"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsWrong(Said.NO_ZONE, name=name[:60]) from error


def _cursor(places: Mapping[str, Place]) -> Cursor:
    return {"files": {name: place.kept() for name, place in places.items()}}


def _first(lines: Sequence[str]) -> tuple[str, ...]:
    more = len(lines) - MOST_TROUBLES
    return (*lines[:MOST_TROUBLES], Said.MORE_ROWS % {"n": f"{more:,}"}) if more > 1 else tuple(lines)


def _refused_so_far(places: Mapping[str, Place]) -> list[str]:
    """Return what stays to be said of rows that were refused, until their file is replaced or taken away."""
    return [
        Said.ROWS_REFUSED % {"name": name, "n": f"{place.refused:,}", "why": place.last} for name, place in places.items() if place.refused
    ]
