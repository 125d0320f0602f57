"""How a fault spoils the JSON of a good answer."""

from collections.abc import Callable
from typing import Any

Json = Any
LISTS = ("data", "statuses", "notifications", "posts", "feed", "descendants", "thread", "children", "replies")


def _items(body: Json) -> list[Json] | None:
    """Return the list of things in an answer of any network; of a thread on Reddit, the one of its comments."""
    if isinstance(body, list):
        return _items(body[-1]) if _is_listing(body) else body
    inner = next((body[name] for name in LISTS if name in body), None) if isinstance(body, dict) else None
    return _items(inner) if isinstance(inner, dict) else inner if isinstance(inner, list) else None


def _is_listing(body: Json) -> bool:
    """Tell whether an answer is Reddit's: a listing, or the two of a thread."""
    last = body[-1] if isinstance(body, list) and body else body
    return isinstance(last, dict) and last.get("kind") == "Listing"


def duplicated(body: Json) -> Json:
    """Return the answer with its first items once more at the end."""
    items = _items(body)
    if items is not None:
        items.extend(items[:3])
    return body


def shuffled(body: Json) -> Json:
    """Return the answer with its items out of order, the same way each time."""
    items = _items(body)
    if items is not None:
        items[:] = items[1::2] + items[::2]
    return body


def partial(body: Json) -> Json:
    """Return the answer without one related object and with an error that says so; elsewhere, with a thing that cannot be read."""
    items = _items(body)
    if items is None:
        return body
    if _is_listing(body):
        items.append({"kind": "more", "data": {"count": 0, "name": "t1__", "id": "_", "parent_id": "", "depth": 0, "children": []}})
        return body
    if "data" not in body:
        items.append(_unreadable(body, items))
        return body
    users = body.get("includes", {}).get("users", [])
    lost = users.pop(0)["id"] if users else "0"
    error = {"value": lost, "detail": f"Could not find user with author_id: [{lost}].", "title": "Not Found Error", "resource_type": "user"}
    more = {"parameter": "author_id", "resource_id": lost, "type": "https://api.twitter.com/2/problems/resource-not-found"}
    body.setdefault("errors", []).append(error | more)
    return body


def _unreadable(body: Json, items: list[Json]) -> Json:
    """Return a thing that cannot be read: a notification without its status on Mastodon, a post without a record on Bluesky."""
    if isinstance(body, list) or "statuses" in body or "descendants" in body:
        return {"id": items[-1].get("id") if items else "1", "type": "mention", "status": None}
    return {"uri": "at://did:plc:nobody/app.bsky.feed.post/2222222222222", "cid": "", "record": None}


SPOILERS: dict[str, Callable[[Json], Json]] = {
    "half": lambda body: body,
    "partial": partial,
    "duplicates": duplicated,
    "shuffled": shuffled,
}
