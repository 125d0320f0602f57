"""Write the record of an answer. Pure.

Its key follows from the draft, so that a second try writes the same record, and Bluesky keeps one of it.
"""

import hashlib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.collectors._bluesky_items import MICRO, POST, parts, tid
from amends.collectors._bluesky_text import marked, words
from amends.core import reading
from amends.core.errors import ReplyRefused, Unreachable
from amends.core.ports import Draft
from amends.core.translating import N_

MOST_CLOCKS = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where an answer goes: strong references (address and version) to the post and to the root of its thread."""

    parent: dict[str, str]
    root: dict[str, str]
    languages: tuple[str, ...]
    handles: Mapping[str, str]


def key_of(draft: Draft) -> str:
    """Return the key of the draft's record: the moment of the first try, and a hash that tells drafts of one moment apart."""
    spread = int.from_bytes(hashlib.sha256(draft.key.encode()).digest()[:6])
    return tid(draft.since + timedelta(microseconds=spread % MICRO), spread // MICRO % MOST_CLOCKS)


def place_of(node: object, draft: Draft) -> Place:
    """Return where the answer goes, from the thread's own node of the post; `ReplyRefused` where nobody could see it there."""
    told = reading.mapping(node)
    if told.get("notFound") is True:
        raise ReplyRefused(N_("The post is deleted."))
    if told.get("blocked") is True:
        raise ReplyRefused(N_("The author blocks our account, or we block theirs; nobody would see an answer."))
    post = reading.mapping(told.get("post"))
    if reading.text(post.get("uri")) != draft.parent_id or not reading.text(post.get("cid")):
        raise Unreachable(N_("Bluesky does not show the post that is to be answered."))
    if reading.mapping(post.get("viewer")).get("replyDisabled") is True:
        raise ReplyRefused(N_("The author lets only some people answer in this thread, and not us."))
    return _place(post)


def _place(post: Mapping[str, object]) -> Place:
    record, author = reading.mapping(post.get("record")), reading.mapping(post.get("author"))
    parent = _strong(post)
    root = _strong(reading.mapping(reading.mapping(record.get("reply")).get("root")))
    languages = tuple(filter(None, map(reading.text, reading.sequence(record.get("langs")))))
    handles = {reading.text(author.get("handle")).casefold(): reading.text(author.get("did"))}
    return Place(parent=parent, root=root if all(root.values()) else parent, languages=languages[:1], handles=handles)


def _strong(told: Mapping[str, object]) -> dict[str, str]:
    return {"uri": reading.text(told.get("uri")), "cid": reading.text(told.get("cid"))}


def record_of(
    draft: Draft, place: Place, pictures: list[dict[str, object]], account_of: Callable[[str], str], now: datetime
) -> dict[str, object]:
    """Return the record of the answer; `account_of` names the account of a handle that the text mentions."""
    facets = marked(draft.text, lambda handle: place.handles.get(handle) or account_of(handle))
    record: dict[str, object] = {
        "$type": POST,
        "text": draft.text,
        "createdAt": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "reply": {"root": place.root, "parent": place.parent},
    }
    record |= {"langs": [*place.languages]} if place.languages else {}
    record |= {"facets": facets} if facets else {}
    return record | ({"embed": {"$type": "app.bsky.embed.images", "images": pictures}} if pictures else {})


def is_answer(record: Mapping[str, object], draft: Draft) -> bool:
    """Tell whether a record is the draft's."""
    parent = reading.text(reading.mapping(reading.mapping(record.get("reply")).get("parent")).get("uri"))
    return parent == draft.parent_id and _comparable(words(record.get("text"), None)[0]) == _comparable(draft.text)


def _comparable(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_post(uri: str) -> bool:
    """Tell whether an address is that of a post."""
    return parts(uri)[1] == POST
