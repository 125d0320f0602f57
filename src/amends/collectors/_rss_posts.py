"""A feed's entries as `Post`s. Pure: what is read lies in the body, and nothing in it is followed.

A body is a feed (RSS 0.9 to 2.0, Atom, RDF), or the JSON that the ledger keeps of an entry.
"""

import io
import json
import re
from calendar import timegm
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import struct_time
from typing import Any

import feedparser

from amends.core import reading
from amends.core.harvest import Fields, harvest, needed, raw
from amends.core.html_text import text_of
from amends.core.network_words import Lack
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Media, Post
from amends.core.read_only import no_reply
from amends.core.translating import N_

NETWORK = "rss"
TITLE = N_("The feed")
MOST_ENTRIES = 1_000
UNREADABLE = re.compile(rb"\x00|&#(?:0+|x0+|x[dD][89a-fA-F][0-9a-fA-F]{2}|55[2-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]);")
"""References to what is no character; feedparser stumbles over them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """What a feed says: its entries as plain JSON, or nothing where the body is no feed; its hub, and by which address that knows it."""

    is_feed: bool
    entries: tuple[Fields, ...] = ()
    hub: str = ""
    topic: str = ""


def read_feed(body: bytes) -> Feed:
    """Return the entries of a feed, with times in seconds since 1970."""
    try:
        found: Any = feedparser.parse(io.BytesIO(UNREADABLE.sub(b"\xef\xbf\xbd", body)), sanitize_html=False)
    except (ValueError, RecursionError, LookupError):
        return Feed(is_feed=False)
    if not found.get("version"):
        return Feed(is_feed=False)
    told = reading.mapping(found.get("feed"))
    home = reading.link(told.get("link"))
    entries = tuple(_plain(reading.mapping(entry), home) for entry in list(found.entries)[:MOST_ENTRIES])
    return Feed(is_feed=True, entries=entries, hub=_linked(told, "hub"), topic=_linked(told, "self"))


def _linked(feed: Fields, relation: str) -> str:
    """Return where the feed's first link of this kind leads."""
    links = _objects(feed.get("links"))
    return next((reading.link(link.get("href")) for link in links if link.get("rel") == relation), "")


def posts_from(body: object, account: Account) -> Harvest:
    """Return the posts of a feed, of its entries, or of one kept entry."""
    if isinstance(body, bytes):
        kept = _kept(body)
        body = [kept] if kept else list(read_feed(body).entries)
    return harvest(reading.sequence(body), lambda fields: _post(fields, account))


def _kept(body: bytes) -> Fields:
    try:
        return reading.mapping(json.loads(body))
    except (ValueError, RecursionError):
        return {}


def _plain(entry: Mapping[str, object], home: str) -> Fields:
    """Return of an entry what we read, in plain JSON."""
    author = reading.mapping(entry.get("author_detail"))
    contents = [reading.text(part.get("value")) for part in _objects(entry.get("content"))]
    return {
        "id": reading.text(entry.get("id")) or reading.link(entry.get("link")),
        "link": reading.link(entry.get("link")),
        "home": home,
        "title": reading.text(entry.get("title")),
        "text": max([*contents, reading.text(entry.get("summary"))], key=len),
        "author": reading.text(author.get("name")) or reading.text(entry.get("author")),
        "published": _seconds(entry.get("published_parsed")),
        "updated": _seconds(entry.get("updated_parsed")),
        "language": reading.text(reading.mapping(entry.get("title_detail")).get("language")),
        "media": [
            [reading.text(one.get("type")).partition("/")[0], reading.link(one.get("href"))] for one in _objects(entry.get("enclosures"))
        ],
    }


def _objects(value: object) -> list[dict[str, object]]:
    return [reading.mapping(item) for item in value] if isinstance(value, Sequence) and not isinstance(value, str) else []


def _seconds(value: object) -> int | None:
    return timegm(value) if isinstance(value, struct_time) else None


def _post(fields: Fields, account: Account) -> Post:
    external_id = needed(reading.text(fields.get("id")))
    published, updated = (reading.moment(reading.whole(fields.get(name))) for name in ("published", "updated"))
    at = published or updated or reading.moment(reading.whole(fields.get("seen")))
    if at is None:
        raise ValueError(Lack.TIME)
    author = reading.text(fields.get("author")).strip()
    return Post(
        network=NETWORK,
        external_id=external_id,
        author=Author(external_id=author or f"feed:{account.handle}", handle=author or account.handle, name=author),
        text="\n\n".join(dict.fromkeys(filter(None, (text_of(reading.text(fields.get(name))) for name in ("title", "text"))))),
        published_at=at,
        edited_at=updated if published and updated and updated > published else None,
        permalink=reading.link(fields.get("link")) or reading.link(fields.get("home")),
        root_id=external_id,
        raw=raw(fields),
        language_hint=reading.text(fields.get("language")),
        media=_media(fields),
        can_reply=False,
        why_no_reply=no_reply(TITLE),
    )


def _media(fields: Fields) -> tuple[Media, ...]:
    pairs = [reading.sequence(pair) for pair in reading.sequence(fields.get("media"))]
    found = [(reading.text(pair[0]), reading.link(pair[-1])) for pair in pairs if pair]
    return tuple(Media(kind=kind or "file", url=url) for kind, url in found if url)


def stamp(post: Post) -> str:
    """Return what tells an entry and its state."""
    return post.external_id + (f"@{int(post.edited_at.timestamp())}" if post.edited_at else "")


def first_seen(entries: Sequence[Fields], now: datetime) -> list[Fields]:
    """Return the entries, those without any time with the moment at which they were first seen."""
    seen = int(now.astimezone(UTC).timestamp())
    dated = ("published", "updated")
    return [entry if any(entry.get(name) is not None for name in dated) else {**entry, "seen": seen} for entry in entries]
