"""Find the posts in a body of Bluesky's API, whatever it is: a page, a thread, a record, an event of the stream. Pure.

Place in the path: `posts_from` -> here -> one `Item` a post. What cannot be a post where one is due becomes a line of `troubles`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from amends.core import reading
from amends.core.network_words import Lack, Said

Fields = dict[str, object]

POST, REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"
LISTS = ("notifications", "posts", "feed", "records")
URI = re.compile(r"at://([^/\s]+)/([A-Za-z][\w.-]*)/([^/\s?#]+)")
TALK = frozenset({"mention", "reply", "quote", "repost", "subscribed-post"})
TID = re.compile(r"[234567a-j][2-7a-z]{12}")
DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
CLOCKS, KEY_LENGTH = 10, 13
MICRO = 1_000_000
FIRST = datetime(2022, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A post as one of the bodies shows it.

    `record` is what its author signed, `view` what the network adds to it (author, counters, what we may do), `raw` the smallest part of
    the body that gives this item again. `indexed_at` is when the network says that it met it.
    """

    uri: str
    record: Fields
    view: Fields
    raw: Fields
    indexed_at: datetime | None

    @property
    def author_id(self) -> str:
        """Return the account that the post lies in."""
        return reading.text(reading.mapping(self.view.get("author")).get("did")) or parts(self.uri)[0]

    @property
    def published_at(self) -> datetime | None:
        """Return when it was published: as its author says, but neither after the network met it nor before there was a network."""
        told = reading.moment(self.record.get("createdAt"))
        if told is not None and told >= FIRST and (self.indexed_at is None or told <= self.indexed_at):
            return told
        witnesses = (self.indexed_at, tid_time(parts(self.uri)[2]))
        return next((found for found in witnesses if found is not None and found >= FIRST), None)

    @property
    def stands_at(self) -> datetime | None:
        """Return where it stands in a listing, which begins with the newest: by the earlier of the two times."""
        times = [found for found in (reading.moment(self.record.get("createdAt")), self.indexed_at) if found is not None]
        return min(times, default=None)

    def is_after(self, moment: datetime) -> bool:
        """Tell whether anything says that it is newer than `moment`: its author, the network, or the time in its key."""
        witnesses = (reading.moment(self.record.get("createdAt")), self.indexed_at, tid_time(parts(self.uri)[2]))
        return not any(witnesses) or any(found is not None and found >= moment for found in witnesses)


def parts(uri: str) -> tuple[str, str, str]:
    """Return the account, the collection and the key of a record's address; nothing of anything else."""
    found = URI.fullmatch(uri)
    return (found[1], found[2], found[3]) if found else ("", "", "")


def tid(moment: datetime, clock: int) -> str:
    """Return the key of a record made at `moment`; `clock` (less than 1024) tells makers of the same microsecond apart."""
    number, digits = (int(moment.timestamp() * MICRO) << CLOCKS) | clock, ""
    for _ in range(KEY_LENGTH):
        number, digit = divmod(number, 32)
        digits = DIGITS[digit] + digits
    return digits


def tid_time(key: str) -> datetime | None:
    """Return the moment that a record's key carries, None where it is no such key."""
    if not TID.fullmatch(key):
        return None
    number = 0
    for sign in key:
        number = number * 32 + DIGITS.index(sign)
    return reading.moment((number >> CLOCKS) / MICRO)


def items(body: bytes | Mapping[str, object] | list[object], troubles: list[str]) -> Iterator[Item]:
    """Yield the posts in `body`, in its order; notifications of another kind (likes, new followers) are none."""
    for value, due in _walk(_values(body, troubles) if isinstance(body, bytes) else [body], troubles):
        try:
            found = _item(value)
        except ValueError as error:
            if due:
                troubles.append(str(error))
        else:
            if found is not None:
                yield found


def _values(body: bytes, troubles: list[str]) -> list[object]:
    try:
        return [json.loads(body)]
    except (ValueError, RecursionError):
        return list(_lines(body, troubles))


def _lines(body: bytes, troubles: list[str]) -> Iterator[object]:
    for number, line in enumerate(body.splitlines(), start=1):
        try:
            if line.strip():
                yield json.loads(line)
        except (ValueError, RecursionError):
            troubles.append(Said.LINE % {"line": number, "why": Lack.JSON})


def _walk(values: list[object], troubles: list[str]) -> Iterator[tuple[Fields, bool]]:
    """Yield what may be a post and whether one is due there; with a list of what is still to do, so that no thread is too deep."""
    ahead = [(value, False) for value in reversed(values)]
    while ahead:
        value, due = ahead.pop()
        if isinstance(value, list):
            ahead.extend((inner, due) for inner in reversed(value))
        elif not isinstance(value, dict):
            troubles.append(Lack.OBJECT)
        else:
            fields = reading.mapping(value)
            inside = [(fields[name], True) for name in LISTS if isinstance(fields.get(name), list)]
            inside += [(fields[name], False) for name in ("thread", "parent", "replies") if isinstance(fields.get(name), dict | list)]
            ahead.extend(reversed(inside))
            if not inside or "post" in fields:
                yield fields, due


def _item(fields: Fields) -> Item | None:
    value = reading.mapping(fields.get("value"))
    if "post" in fields or "post" in value:
        return _of_feed(fields if "post" in fields else value)
    if isinstance(fields.get("commit"), dict) and "time_us" in fields:
        return _of_stream(fields)
    if fields.get("notFound") is True or fields.get("blocked") is True:
        return None
    if "reason" in fields and reading.text(fields.get("reason")).removesuffix("-via-repost") not in TALK:
        return None
    record = reading.mapping(fields.get("record")) or value
    return _checked(Item(uri=reading.text(fields.get("uri")), record=record, view=fields, raw=fields, indexed_at=_indexed_at(fields)))


def _of_feed(fields: Fields) -> Item | None:
    """Read an entry of a feed, or a node of a thread: a post, or somebody's share of one."""
    post, reason = reading.mapping(fields.get("post")), reading.mapping(fields.get("reason"))
    if not reading.text(reason.get("$type")).endswith("#reasonRepost"):
        return _item(post) if "post" not in post else None
    shared = {"subject": {"uri": post.get("uri")}, "$type": REPOST, "createdAt": reason.get("indexedAt")}
    raw: Fields = {"post": {"uri": post.get("uri")}, "reason": reason}
    view: Fields = {"author": reason.get("by")}
    return _checked(Item(uri=reading.text(reason.get("uri")), record=shared, view=view, raw=raw, indexed_at=_indexed_at(reason)))


def _of_stream(fields: Fields) -> Item | None:
    """Read an event of Jetstream; only what is new is a post (an update of one is none: Bluesky has no edits)."""
    commit = reading.mapping(fields.get("commit"))
    if commit.get("operation") != "create" or commit.get("collection") not in {POST, REPOST}:
        return None
    uri = f"at://{reading.text(fields.get('did'))}/{reading.text(commit.get('collection'))}/{reading.text(commit.get('rkey'))}"
    met_at = reading.whole(fields.get("time_us"))
    at = None if met_at is None else reading.moment(met_at / MICRO)
    return _checked(Item(uri=uri, record=reading.mapping(commit.get("record")), view={}, raw=fields, indexed_at=at))


def _indexed_at(fields: Fields) -> datetime | None:
    told = fields.get("indexedAt")
    return reading.moment(told) if isinstance(told, str) else None


def _checked(item: Item) -> Item:
    """Return the item; `ValueError` says what it lacks."""
    collection = parts(item.uri)[1]
    if collection not in {POST, REPOST}:
        raise ValueError(Said.POST % {"post": item.uri[:80], "why": Lack.ID})
    if not item.record or (collection == POST and not isinstance(item.record.get("text"), str)):
        raise ValueError(Said.POST % {"post": item.uri[:120], "why": Lack.WORDS})
    if item.published_at is None:
        raise ValueError(Said.POST % {"post": item.uri[:120], "why": Lack.TIME})
    return item
