"""Open a body of Mastodon's API and lay out the statuses in it, each with the id of the first status of its thread as far as it is known.

Place in the path: Mastodon's JSON -> `unpack` -> `_mastodon_posts.posts_from`. Takes a status, a notification, a conversation, a list of
any, a search, a context, the events of a stream, and what a post keeps as its raw body. Mastodon names no root, only parents: the root is
what `{"root_id": …, "status": …}` says (we looked it up), else the topmost parent that came along, else the parent's id.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from amends.core import reading
from amends.core.network_words import Lack

Fields = dict[str, object]
PARTS = ("statuses", "ancestors", "descendants")
INSIDE = ("status", "last_status")
LONGEST_THREAD = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """What one body holds: `items` in its order, `statuses` by id, `roots` the thread of each status where somebody looked it up."""

    items: list[object] = field(default_factory=list)
    statuses: dict[str, Fields] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def root_of(self, status: Mapping[str, object]) -> str:
        """Return the id of the first status of the thread, as far as it is known here."""
        own_id = reading.name(status.get("id"))
        for _ in range(LONGEST_THREAD):
            if own_id in self.roots:
                return self.roots[own_id]
            parent_id = parent_of(self.statuses.get(own_id, {}))
            if not parent_id:
                return own_id
            own_id = parent_id
        return own_id


def parent_of(status: Mapping[str, object]) -> str:
    """Return the id of the status that this one answers, empty where it answers none."""
    return reading.name(status.get("in_reply_to_id"))


def status_in(entry: object) -> object:
    """Return the status that a list's entry is about: the entry itself, or what a notification or a conversation carries."""
    fields = reading.mapping(entry)
    return next((fields[name] for name in INSIDE if isinstance(fields.get(name), dict)), entry)


def unpack(body: object) -> Parcel:
    """Return what is in a body."""
    parcel = Parcel()
    read = _read(body, parcel.troubles) if isinstance(body, bytes) else body
    for entry in _entries(read):
        item = status_in(entry)
        parcel.items.append(item)
        _remember(parcel, reading.mapping(item), reading.name(reading.mapping(entry).get("root_id")))
    return parcel


def _remember(parcel: Parcel, status: Fields, root_id: str) -> None:
    own_id = reading.name(status.get("id"))
    if own_id:
        parcel.statuses[own_id] = status
    if own_id and root_id:
        parcel.roots[own_id] = root_id


def _entries(read: object) -> Iterable[object]:
    if isinstance(read, list):
        return reading.sequence(read)
    fields = reading.mapping(read)
    parts = [entry for name in PARTS for entry in reading.sequence(fields.get(name))]
    return parts if any(isinstance(fields.get(name), list) for name in PARTS) else [read]


def _read(body: bytes, troubles: list[str]) -> object:
    """Return the JSON of a body, or of each event in a recorded stream."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        lines = [line.removeprefix(b"data:") for line in body.splitlines() if line.startswith(b"data:")]
    found: list[object] = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except (ValueError, RecursionError):
            troubles.append(Lack.JSON)
    troubles.extend(() if lines else (Lack.JSON,))
    return [entry for entry in found if isinstance(entry, dict)]
