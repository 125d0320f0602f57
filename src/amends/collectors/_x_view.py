"""See one thing of X: who wrote it, its words, its pictures, and what of its body is kept. What posts and messages share. Pure.

Place in the path: `_x_items.unpack` -> `View` -> `_x_posts`, `_x_messages`.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from amends.collectors._x_items import Fields, Parcel, digits, either, references
from amends.core import reading
from amends.core.ports import Account
from amends.core.post import Author, Media

NETWORK = "x"
HOME = "https://x.com"
UNKNOWN = "[unknown]"
SNOWFLAKE_BEGINS = 1_288_834_974_657
FIRST_SNOWFLAKE = 29_700_859_247
MEDIA_KINDS = {"photo": "image", "video": "video", "animated_gif": "gif"}


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """One post or message being read: its own fields, the parcel it came in, and whose eyes we read it with."""

    item: Fields
    parcel: Parcel
    account: Account
    first_id: str

    def referenced(self, kinds: tuple[str, ...]) -> str | None:
        """Return the stable id of the post that this one answers, quotes or shares."""
        told = self._reference(kinds)
        return self.parcel.first_ids.get(told, told) or None

    def referenced_post(self, kinds: tuple[str, ...]) -> Fields:
        """Return that post's fields where it came along."""
        return self.parcel.posts.get(self._reference(kinds), {})

    def _reference(self, kinds: tuple[str, ...]) -> str:
        return next((digits(found.get("id")) for found in references(self.item) if reading.text(found.get("type")) in kinds), "")

    def is_ours(self, user_id: object, handle: object = "") -> bool:
        """Tell whether a user id, or else a handle, is our own."""
        ours = self.account.options.get("user_id", "")
        known = reading.name(user_id)
        return known == ours if known and ours else bool(reading.text(handle)) and same(reading.text(handle), self.account.handle)


def home(account: Account) -> str:
    """Return the address of X's pages; the network behind `base_url` has its own there too."""
    return (account.options.get("web_url") or account.options.get("base_url") or HOME).rstrip("/")


def taken_at(external_id: str) -> datetime | None:
    """Return the moment that an id of X carries in itself, to the millisecond; None for ids older than that scheme."""
    number = reading.whole(external_id)
    if number is None or number < FIRST_SNOWFLAKE:
        return None
    return reading.moment(((number >> 22) + SNOWFLAKE_BEGINS) / 1000)


def id_at(moment: datetime) -> str:
    """Return the smallest id that a post of this moment could have."""
    return str(max(0, int(moment.timestamp() * 1000) - SNOWFLAKE_BEGINS) << 22)


def user(view: View) -> Fields:
    """Return what X says of who wrote it, nothing where it leaves them out."""
    return view.parcel.users.get(reading.name(view.item.get("author_id")), reading.mapping(view.item.get("author")))


def author(view: View) -> Author:
    """Return the author; where X leaves them out, one that belongs to this post alone, so that strangers never become one person."""
    told = user(view)
    external_id = reading.name(view.item.get("author_id")) or reading.name(told.get("id"))
    return Author(
        external_id=external_id or f"unknown:{view.first_id}",
        handle=reading.text(told.get("username")) or UNKNOWN,
        name=reading.text(told.get("name")),
        followers=reading.whole(reading.mapping(told.get("public_metrics")).get("followers_count")),
        avatar_url=reading.link(told.get("profile_image_url")),
        verified=told.get("verified") is True,
    )


def place_of(view: View) -> Fields:
    """Return the place that the author named with the post, nothing where there is none."""
    return view.parcel.places.get(reading.name(reading.mapping(view.item.get("geo")).get("place_id")), {})


def readable(item: Fields) -> str:
    """Return the words of a post or a message: the long form where there is one, links as the pages they lead to."""
    note = reading.mapping(either(item, "note_tweet", "note_post"))
    whole = note if isinstance(note.get("text"), str) else item
    words = _unescape(reading.text(whole.get("text")))
    entities = {**reading.mapping(item.get("entities")), **reading.mapping(whole.get("entities"))}
    for url in reading.mappings(entities.get("urls")):
        short, full = reading.link(url.get("url")), reading.link(url.get("unwound_url")) or reading.link(url.get("expanded_url"))
        words = re.sub(re.escape(short) + r"(?![\w/])", lambda _: full, words) if short and full else words  # noqa: B023
    return words


def _unescape(words: str) -> str:
    """Undo the five escapes that X makes, and no other: `&copy` in a text is what the author wrote."""
    for escape, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        words = words.replace(escape, sign)
    return words


def media(view: View) -> tuple[Media, ...]:
    """Return the pictures and clips that came along."""
    keys = map(reading.name, reading.sequence(reading.mapping(view.item.get("attachments")).get("media_keys")))
    found = [_medium(view.parcel.media[key]) for key in keys if key in view.parcel.media]
    return tuple(medium for medium in found if medium.url)


def _medium(fields: Fields) -> Media:
    kind = reading.text(fields.get("type"))
    clips = [clip for clip in reading.mappings(fields.get("variants")) if clip.get("content_type") == "video/mp4"]
    best = max(clips, key=lambda clip: reading.whole(clip.get("bit_rate")) or 0, default={})
    url = reading.link(fields.get("url")) or reading.link(best.get("url")) or reading.link(fields.get("preview_image_url"))
    return Media(kind=MEDIA_KINDS.get(kind, kind or "image"), url=url, alt=reading.text(fields.get("alt_text")))


def same(handle: str, other: str) -> bool:
    """Tell whether two handles name the same account."""
    return handle.lstrip("@").casefold() == other.lstrip("@").casefold() != ""


def raw(view: View) -> bytes:
    """Return the post and what came along for it, in X's own shape, so that it can be read again by `posts_from`."""
    parcel = view.parcel
    wanted = {reading.name(found.get("id")) for found in references(view.item)} | {view.first_id}
    posts = [post for key, post in parcel.posts.items() if key in wanted and post is not view.item]
    people = dict.fromkeys(reading.name(post.get("author_id")) for post in (view.item, *posts))
    keys = reading.sequence(reading.mapping(view.item.get("attachments")).get("media_keys"))
    includes = {
        "tweets": posts,
        "users": [parcel.users[key] for key in people if key in parcel.users],
        "media": [parcel.media[key] for key in map(reading.name, keys) if key in parcel.media],
        "places": [named for named in (place_of(view),) if named],
    }
    return json.dumps({"data": view.item, "includes": {name: found for name, found in includes.items() if found}}).encode()
