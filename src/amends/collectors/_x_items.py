"""Open a body of X's API and lay out what is in it: the posts asked for, and the users, posts and media that came along.

Place in the path: X's JSON -> `unpack` -> `_x_posts.posts_from`. Takes a page (`data`, `includes`), a single post, a line of a stream,
several lines of twarc, and twarc's flattened posts; and both spellings of the API (`referenced_tweets`, `referenced_posts`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from amends.core import reading
from amends.core.network_words import Lack, Said

Fields = dict[str, object]

FIELDS: dict[str, Any] = {
    "expansions": [
        "author_id",
        "referenced_tweets.id",
        "referenced_tweets.id.author_id",
        "in_reply_to_user_id",
        "attachments.media_keys",
        "entities.mentions.username",
        "edit_history_tweet_ids",
        "geo.place_id",
    ],
    "tweet_fields": [
        "attachments",
        "author_id",
        "conversation_id",
        "created_at",
        "edit_history_tweet_ids",
        "entities",
        "geo",
        "id",
        "in_reply_to_user_id",
        "lang",
        "note_tweet",
        "public_metrics",
        "referenced_tweets",
        "reply_settings",
        "text",
    ],
    "user_fields": ["id", "name", "profile_image_url", "protected", "public_metrics", "username", "verified"],
    "place_fields": ["country_code", "id"],
    "media_fields": ["alt_text", "media_key", "preview_image_url", "type", "url", "variants"],
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """What one body holds: `users`, `posts`, `media` and `places` by id; `first_ids` leads each id of an edited post to its first."""

    items: list[object] = field(default_factory=list)
    users: dict[str, Fields] = field(default_factory=dict)
    posts: dict[str, Fields] = field(default_factory=dict)
    media: dict[str, Fields] = field(default_factory=dict)
    places: dict[str, Fields] = field(default_factory=dict)
    first_ids: dict[str, str] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)


def either(item: Mapping[str, object], old: str, new: str) -> object:
    """Return the field under its old or its new spelling."""
    return item[old] if old in item else item.get(new)


def history(item: Mapping[str, object]) -> list[str]:
    """Return the ids of all versions of a post, oldest first; its own id where X does not tell."""
    ids = [found for found in map(digits, reading.sequence(either(item, "edit_history_tweet_ids", "edit_history_post_ids"))) if found]
    return ids or [digits(item.get("id"))]


def references(item: Mapping[str, object]) -> list[Fields]:
    """Return the posts that this one answers, quotes or shares."""
    return reading.mappings(either(item, "referenced_tweets", "referenced_posts"))


def unpack(body: bytes | Mapping[str, object]) -> Parcel:
    """Return what `body` holds; a line that is no JSON becomes a trouble and the other lines are good."""
    parcel = Parcel()
    for document in _documents(body, parcel.troubles):
        data = document.get("data", document if "id" in document and "text" in document else None)
        items = data if isinstance(data, list) else [data] if data is not None else []
        parcel.items.extend(items)
        _store(parcel, reading.mapping(document.get("includes")))
        parcel.troubles.extend(_partial_errors(document))
        for item in reading.mappings(items):
            _store_post(parcel, item)
            _store_flattened(parcel, item)
    return parcel


def digits(value: object) -> str:
    """Return an id of X, which is digits and nothing else; empty for anything else."""
    told = reading.name(value)
    return told if told.isascii() and told.isdigit() and len(told) < reading.LONGEST_NUMBER else ""


def posts_in(body: Mapping[str, object]) -> list[Fields]:
    """Return the posts that a body was asked for, without what came along."""
    data = body.get("data")
    return reading.mappings(data if isinstance(data, list) else [data])


def _partial_errors(document: Mapping[str, object]) -> Iterator[str]:
    """Return what X says it could not show; posts and people that a post merely refers to are no trouble."""
    for error in reading.mappings(document.get("errors")):
        if error.get("parameter") not in FIELDS["expansions"] and error.get("field") not in FIELDS["expansions"]:
            yield reading.text(error.get("detail")) or reading.text(error.get("title")) or Lack.REASON


def _documents(body: bytes | Mapping[str, object], troubles: list[str]) -> Iterator[Fields]:
    if not isinstance(body, bytes):
        yield reading.mapping(dict(body))
        return
    for place, value in _values(body, troubles):
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                yield reading.mapping(part)
            else:
                troubles.append(Said.LINE % {"line": place, "why": Lack.OBJECT})


def _values(body: bytes, troubles: list[str]) -> Iterator[tuple[int, object]]:
    """Return the body as one JSON value or, where it is none, the values of its lines."""
    try:
        yield 1, json.loads(body)
    except (ValueError, RecursionError):
        for number, line in enumerate(body.splitlines(), start=1):
            try:
                if line.strip():
                    yield number, json.loads(line)
            except (ValueError, RecursionError):
                troubles.append(Said.LINE % {"line": number, "why": Lack.JSON})


def _store(parcel: Parcel, includes: Mapping[str, object]) -> None:
    _index(parcel.users, reading.mappings(includes.get("users")), "id")
    _index(parcel.media, reading.mappings(includes.get("media")), "media_key")
    _index(parcel.places, reading.mappings(includes.get("places")), "id")
    for post in reading.mappings(either(includes, "tweets", "posts")):
        _store_post(parcel, post)


def _store_flattened(parcel: Parcel, item: Mapping[str, object]) -> None:
    """Store what twarc writes into the post itself: its author, its media, its place and the posts it refers to."""
    _index(parcel.users, [reading.mapping(item.get("author")), reading.mapping(item.get("in_reply_to_user"))], "id")
    _index(parcel.media, reading.mappings(reading.mapping(item.get("attachments")).get("media")), "media_key")
    _index(parcel.places, [reading.mapping(item.get("geo"))], "id")
    for referenced in references(item):
        _index(parcel.users, [reading.mapping(referenced.get("author"))], "id")
        if "text" in referenced:
            _store_post(parcel, referenced)


def _store_post(parcel: Parcel, post: Fields) -> None:
    _index(parcel.posts, [post], "id")
    versions = history(post)
    parcel.first_ids.update(dict.fromkeys(versions, versions[0]))


def _index(shelf: dict[str, Fields], things: Iterable[Fields], key: str) -> None:
    shelf.update({reading.name(thing.get(key)): thing for thing in things if reading.name(thing.get(key))})
