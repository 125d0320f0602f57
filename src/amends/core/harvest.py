"""Read what a network sent, item by item, so that one odd thing never spoils a page.

Place in the path: collector's `posts_from` -> here -> `Harvest`. Pure.
"""

import json
from collections.abc import Callable, Iterable

from amends.core import reading
from amends.core.ports import Harvest
from amends.core.post import Post

LONGEST_NAME = 60
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
    for item in items:
        if not isinstance(item, dict):
            troubles.append("an item that is no JSON object")
            continue
        fields = reading.mapping(item)
        try:
            post = read(fields)
        except (ValueError, OverflowError, RecursionError) as error:
            troubles.append(f"{_name(fields)}: {error}")
        else:
            posts += [post] if post else []
    return Harvest(posts=tuple(posts), troubles=tuple(troubles))


def raw(fields: object) -> bytes:
    """Return a body as the ledger keeps it."""
    return json.dumps(fields).encode()


def needed(value: str, what: str) -> str:
    """Return `value`, or raise `ValueError` where the item lacks it."""
    if not value:
        raise ValueError(f"no {what}")
    return value


def _name(fields: Fields) -> str:
    return (reading.name(fields.get("id")) or "an item without an id")[:LONGEST_NAME]
