"""Read what a network sent, item by item, so that one odd thing never spoils a page.

Place in the path: collector's `posts_from` -> here -> `Harvest`. Pure.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from amends.core import reading
from amends.core.network_words import Lack, Said
from amends.core.ports import Harvest
from amends.core.post import Author, Post

LONGEST_NAME = 60
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
Fields = dict[str, object]


def parsed(body: object) -> object:
    """Return the JSON in `body`, which may be parsed already; None where there is none."""
    if not isinstance(body, bytes | str):
        return body
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found


def harvest(items: Iterable[object], read: Callable[[Fields], Post | None]) -> Harvest:
    """Return the posts that `read` makes of the items, and a line for each item that is no object or that it raises `ValueError` for.

    None says that the item is no post, which is no trouble.
    """
    posts: list[Post] = []
    troubles: list[str] = []
    for place, item in enumerate(items):
        if not isinstance(item, dict):
            troubles.append(Said.POST % {"post": place, "why": Lack.OBJECT})
            continue
        fields = reading.mapping(item)
        try:
            post = read(fields)
        except (ValueError, OverflowError, RecursionError) as error:
            troubles.append(Said.POST % {"post": _name(fields) or place, "why": why(error)})
        else:
            posts += [post] if post else []
    return Harvest(posts=tuple(posts), troubles=tuple(troubles))


def raw(fields: object) -> bytes:
    """Return a body as the ledger keeps it."""
    return json.dumps(fields).encode()


def gone_post(network: str, external_id: str, *, root_id: str = "") -> Post:
    """Return a post that its network shows no longer; of it only its id and that it is gone mean anything."""
    return Post(
        network=network,
        external_id=external_id,
        author=Author(external_id="deleted", handle="[deleted]"),
        text="",
        published_at=LONG_AGO,
        permalink="",
        root_id=root_id or external_id,
        raw=raw({"gone": external_id}),
        deleted=True,
    )


def why(error: Exception) -> str:
    """Return why an item could not be read, where Python's own words would be of no use."""
    if isinstance(error, OverflowError):
        return Lack.CALENDARS
    return Lack.DEPTH if isinstance(error, RecursionError) else str(error)


def needed(value: str, lack: Lack = Lack.ID) -> str:
    """Return `value`, or raise `ValueError` where the item lacks it."""
    if not value:
        raise ValueError(lack)
    return value


def _name(fields: Fields) -> str:
    return reading.name(fields.get("id"))[:LONGEST_NAME]
