"""What one row of an imported file means: a `Post`, or the reason why not. Pure; `docs/import.md` is this file in words."""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from amends.core import reading
from amends.core.errors import Refused
from amends.core.post import Author, Metrics, Post
from amends.core.regions import region_of
from amends.core.rows.wrong import Wrong

REQUIRED = ("author_handle", "text", "published_at")
ALIASES: Mapping[str, tuple[str, ...]] = {
    "external_id": ("id", "post_id", "tweet_id", "status_id", "comment_id"),
    "author_handle": ("handle", "username", "user_name", "screen_name", "author"),
    "author_id": ("user_id",),
    "author_name": ("name", "display_name"),
    "text": ("body", "content", "message", "full_text", "tweet"),
    "published_at": ("created_at", "created_utc", "date", "datetime", "timestamp", "time"),
    "network": ("platform",),
    "permalink": ("url", "link"),
    "parent_id": ("in_reply_to_status_id", "in_reply_to_id", "in_response_to_tweet_id"),
    "root_id": ("conversation_id", "thread_id"),
    "quoted_id": (),
    "shared_id": (),
    "language": ("lang",),
    "region": ("country", "country_code"),
    "followers": ("followers_count", "author_followers"),
    "likes": ("like_count",),
    "shares": ("share_count", "retweet_count"),
    "replies": ("reply_count",),
    "views": ("view_count", "impressions"),
    "is_own": (),
}
LONGEST_TEXT = 100_000
LONGEST_NAME = 500
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
MILLISECONDS_FROM = 1e11
SHORTEST_EPOCH = 9
YES = frozenset({"1", "true", "yes", "y", "t"})
SAME_NETWORK = {"twitter": "x"}
NETWORK = re.compile(r"[a-z][a-z0-9_-]{0,30}\Z")
SHORTENED = re.compile(r"\d(\.\d+)?[eE]\+\d+\Z")


@dataclass(frozen=True, kw_only=True, slots=True)
class RowDefaults:
    """What a row means where it does not say: its network, and the zone of a time without one."""

    network: str
    zone: tzinfo = UTC


def columns_of(header: list[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Return our field for each column that has a meaning; `mapping` (column to field) goes before our names, our names before aliases."""
    tidy = {column: re.sub(r"[\s-]+", "_", column.strip().lower()) for column in header}
    found = {column: mapping[column] for column in header if column in mapping}
    found |= {column: name for column, name in tidy.items() if name in ALIASES and name not in found.values() and column not in found}
    for field, aliases in ALIASES.items():
        if field not in found.values():
            named = [column for alias in aliases for column, name in tidy.items() if name == alias and column not in found]
            found |= dict.fromkeys(named[:1], field)
    return found


def post_of(values: Mapping[str, str], *, defaults: RowDefaults, now: datetime) -> Post:
    """Return the post of a row, whose `values` go by our field names; `Refused` says in a few words what is wrong with it."""
    missing = [field for field in REQUIRED if not values.get(field, "").strip() and field != "text"]
    if missing or "text" not in values:
        raise Refused(Wrong.NO_VALUE, fields=", ".join(missing) or "text")
    handle = _name(values, "author_handle").removeprefix("@").removeprefix("u/")
    published_at = _moment(values["published_at"], defaults.zone, now)
    network = _network(values.get("network", "") or defaults.network)
    external_id = _id(values, "external_id") or _derived_id(network, handle, published_at, values)
    parent_id = _id(values, "parent_id")
    return Post(
        network=network,
        external_id=external_id,
        author=_author(values, handle),
        text=_text(values["text"]),
        published_at=published_at,
        permalink=reading.link(values.get("permalink")),
        root_id=_id(values, "root_id") or parent_id or external_id,
        raw=json.dumps({"row": dict(values), "network": defaults.network, "zone": _zone_name(defaults.zone)}).encode(),
        language_hint=_name(values, "language")[:20],
        region=region_of(_name(values, "region")),
        parent_id=parent_id,
        quoted_id=_id(values, "quoted_id"),
        shared_id=_id(values, "shared_id"),
        metrics=Metrics(**{field: reading.whole(values.get(field)) for field in ("likes", "shares", "replies", "views")}),
        is_own=values.get("is_own", "").strip().lower() in YES,
    )


def reread(raw: bytes, *, now: datetime) -> Post:
    """Return the post of a row once more, from what `post_of` kept of it; ValueError (also `Refused`) where that cannot be read."""
    told = reading.mapping(json.loads(raw))
    values = {name: value for name, value in reading.mapping(told.get("row")).items() if isinstance(value, str)}
    defaults = RowDefaults(network=reading.text(told.get("network")), zone=ZoneInfo(reading.text(told.get("zone")) or "UTC"))
    return post_of(values, defaults=defaults, now=now)


def _zone_name(zone: tzinfo) -> str:
    return zone.key if isinstance(zone, ZoneInfo) else "UTC"


def _author(values: Mapping[str, str], handle: str) -> Author:
    followers = reading.whole(values.get("followers"))
    return Author(
        external_id=_id(values, "author_id") or f"handle:{handle.lower()}",
        handle=handle,
        name=_name(values, "author_name"),
        followers=followers if followers is not None and 0 <= followers < 2**31 else None,
    )


def _text(given: str) -> str:
    if len(given) > LONGEST_TEXT:
        raise Refused(Wrong.LONG_TEXT, n=len(given), most=LONGEST_TEXT)
    return reading.text(given)


def _name(values: Mapping[str, str], field: str) -> str:
    name = values.get(field, "").strip()
    if "\x00" in name:
        raise Refused(Wrong.NUL, field=field)
    if len(name) > LONGEST_NAME:
        raise Refused(Wrong.LONG_NAME, field=field, most=LONGEST_NAME)
    return reading.text(name)


def _id(values: Mapping[str, str], field: str) -> str | None:
    name = _name(values, field)
    if SHORTENED.match(name):
        raise Refused(Wrong.SHORTENED, field=field, value=name)
    return name.removesuffix(".0") or None


def _network(given: str) -> str:
    name = given.strip().lower()
    name = SAME_NETWORK.get(name, name)
    if not NETWORK.match(name):
        raise Refused(Wrong.NO_NETWORK, given=given[:30])
    return name


def _derived_id(network: str, handle: str, published_at: datetime, values: Mapping[str, str]) -> str:
    """Return an id that is the same for the same row, so that importing it twice adds nothing."""
    told = [network, handle.lower(), published_at.isoformat(), values["text"], values.get("parent_id", "")]
    return "import-" + hashlib.sha256(json.dumps(told).encode()).hexdigest()[:24]


def _moment(given: str, zone: tzinfo, now: datetime) -> datetime:
    moment = _read_moment(given.strip(), zone)
    if moment is None:
        raise Refused(Wrong.NO_TIME, given=given.strip()[:40])
    if not EARLIEST <= moment <= now + AHEAD:
        raise Refused(Wrong.FUTURE if moment > now else Wrong.LONG_PAST, given=f"{moment:%Y-%m-%d %H:%M}")
    return moment


def _read_moment(given: str, zone: tzinfo) -> datetime | None:
    seconds = _float(given)
    try:
        if math.isfinite(seconds) and len(given) >= SHORTEST_EPOCH:
            return datetime.fromtimestamp(seconds / 1000 if seconds >= MILLISECONDS_FROM else seconds, tz=UTC)
        moment = _iso_or_x(given)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _iso_or_x(given: str) -> datetime:
    """Read ISO 8601, or the way X writes times in its older exports."""
    try:
        return datetime.fromisoformat(given)
    except ValueError:
        return datetime.strptime(given, "%a %b %d %H:%M:%S %z %Y")


def _float(given: str) -> float:
    try:
        return float(given)
    except ValueError:
        return math.nan
