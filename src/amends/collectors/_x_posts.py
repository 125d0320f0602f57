"""Turn X's posts into `Post`s. Pure: values in, values out.

Place in the path: `x.fetch` -> `posts_from` -> `Post`. A post that cannot be read becomes one line of `troubles`; the rest is good.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from amends.collectors._x_items import Fields, Parcel, digits, either, history, references, unpack
from amends.core import reading
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Media, Metrics, Post, Visibility

NETWORK = "x"
HOME = "https://x.com"
UNKNOWN = "[unknown]"
DELETED = "[deleted]"
SNOWFLAKE_BEGINS = 1_288_834_974_657
FIRST_SNOWFLAKE = 29_700_859_247
NO_LANGUAGE = frozenset({"und", "zxx", "qam", "qct", "qht", "qme", "qst", "art"})
HANDLE = re.compile(r"(?<![\w@])@(\w{1,15})\b", re.ASCII)
SHARED, QUOTED, ANSWERED = ("retweeted", "reposted"), ("quoted",), ("replied_to",)
OPEN_ON_X = "X lets apps reply only to people who mention or quote this account: open on X to answer there."
MEDIA_KINDS = {"photo": "image", "video": "video", "animated_gif": "gif"}


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """One post being read: its own fields, the parcel it came in, and whose eyes we read it with."""

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
        return known == ours if known and ours else bool(reading.text(handle)) and _same(reading.text(handle), self.account.handle)


def posts_from(body: bytes | Mapping[str, object], account: Account) -> Harvest:
    """Return the posts in a body of X's API, in its order, each by its newest version known and under its first id."""
    parcel = unpack(body)
    posts: dict[str, Post] = {}
    troubles = list(parcel.troubles)
    for place, item in enumerate(parcel.items):
        try:
            post = _post(_view(item, parcel, account))
        except ValueError as error:
            troubles.append(f"post {place}: {error}")
        else:
            posts[post.external_id] = post
    return Harvest(posts=tuple(posts.values()), troubles=tuple(troubles))


def taken_at(external_id: str) -> datetime | None:
    """Return the moment that an id of X carries in itself, to the millisecond; None for ids older than that scheme."""
    number = reading.whole(external_id)
    if number is None or number < FIRST_SNOWFLAKE:
        return None
    return reading.moment(((number >> 22) + SNOWFLAKE_BEGINS) / 1000)


def id_at(moment: datetime) -> str:
    """Return the smallest id that a post of this moment could have."""
    return str(max(0, int(moment.timestamp() * 1000) - SNOWFLAKE_BEGINS) << 22)


def permalink(external_id: str, handle: str, account: Account) -> str:
    """Return the public address of a post; the network behind `base_url` has its pages there too."""
    home = account.options.get("web_url") or account.options.get("base_url") or HOME
    return f"{home.rstrip('/')}/{handle if re.fullmatch(r'[A-Za-z0-9_]+', handle) else 'i'}/status/{external_id}"


def gone(external_id: str, account: Account) -> Post:
    """Return the mark that a post leaves which X no longer shows."""
    return Post(
        network=NETWORK,
        external_id=external_id,
        author=Author(external_id="deleted", handle=DELETED),
        text="",
        published_at=taken_at(external_id) or datetime.fromtimestamp(0, tz=UTC),
        permalink=permalink(external_id, "", account),
        root_id=external_id,
        raw=json.dumps({"data": {"id": external_id}, "gone": True}).encode(),
        deleted=True,
        can_reply=False,
        why_no_reply="X no longer shows this post.",
    )


def _view(item: object, parcel: Parcel, account: Account) -> View:
    fields = reading.mapping(item)
    own_id = digits(fields.get("id"))
    if not own_id:
        raise ValueError("no id")
    versions = history(fields)
    newest = parcel.posts.get(versions[-1], {})
    item = newest if isinstance(newest.get("text"), str) else fields
    if not isinstance(item.get("text"), str):
        raise ValueError("no text")  # noqa: TRY004
    return View(item=item, parcel=parcel, account=account, first_id=versions[0])


def _post(view: View) -> Post:
    item = view.item
    author = _author(view)
    why_not = _why_no_reply(view)
    parent_id = view.referenced(ANSWERED)
    return Post(
        network=NETWORK,
        external_id=view.first_id,
        author=author,
        text=_text(view),
        published_at=_published_at(view),
        edited_at=_edited_at(view),
        permalink=permalink(view.first_id, author.handle, view.account),
        root_id=_root_id(view, parent_id),
        parent_id=parent_id,
        quoted_id=view.referenced(QUOTED),
        shared_id=view.referenced(SHARED),
        raw=_raw(view),
        language_hint=_language(item),
        mentions=_mentions(item),
        media=_media(view),
        metrics=_metrics(item),
        visibility=Visibility.FOLLOWERS if _user(view).get("protected") is True else Visibility.PUBLIC,
        is_own=view.is_ours(item.get("author_id"), author.handle),
        can_reply=not why_not,
        why_no_reply=why_not,
    )


def _language(item: Fields) -> str:
    told = reading.text(item.get("lang"))
    return "" if told in NO_LANGUAGE else told


def _user(view: View) -> Fields:
    return view.parcel.users.get(reading.name(view.item.get("author_id")), reading.mapping(view.item.get("author")))


def _author(view: View) -> Author:
    """Return the author; where X leaves them out, one that belongs to this post alone, so that strangers never become one person."""
    user = _user(view)
    external_id = reading.name(view.item.get("author_id")) or reading.name(user.get("id"))
    return Author(
        external_id=external_id or f"unknown:{view.first_id}",
        handle=reading.text(user.get("username")) or UNKNOWN,
        name=reading.text(user.get("name")),
        followers=reading.whole(reading.mapping(user.get("public_metrics")).get("followers_count")),
        avatar_url=reading.link(user.get("profile_image_url")),
        verified=user.get("verified") is True,
    )


def _published_at(view: View) -> datetime:
    """Return when the first version appeared: as X says where it came along, else as its id says (whole seconds, as X says them)."""
    first = view.parcel.posts.get(view.first_id, {})
    told = reading.moment(first.get("created_at")) if isinstance(first.get("created_at"), str) else None
    carried = taken_at(view.first_id)
    found = told or (carried.replace(microsecond=0) if carried else reading.moment(reading.text(view.item.get("created_at"))))
    if found is None:
        raise ValueError("no time")
    return found


def _edited_at(view: View) -> datetime | None:
    newest = history(view.item)[-1]
    if newest == view.first_id:
        return None
    told = reading.moment(reading.text(view.parcel.posts.get(newest, {}).get("created_at")))
    carried = taken_at(newest)
    return told or (carried.replace(microsecond=0) if carried else None)


def _root_id(view: View, parent_id: str | None) -> str:
    told = digits(view.item.get("conversation_id"))
    return view.parcel.first_ids.get(told, told) if told else parent_id or view.first_id


def _text(view: View) -> str:
    """Return the whole text: the long form where there is one, and of a share the text that X cuts off."""
    original = view.referenced_post(SHARED)
    if not isinstance(original.get("text"), str):
        return _readable(view.item)
    sharer = view.parcel.users.get(reading.name(original.get("author_id")), {})
    return f"RT @{reading.text(sharer.get('username')) or UNKNOWN}: {_readable(original)}"


def _readable(item: Fields) -> str:
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


def _mentions(item: Fields) -> tuple[str, ...]:
    entities = item.get("entities")
    told = [reading.text(found.get("username")) for found in reading.mappings(reading.mapping(entities).get("mentions"))]
    handles = told if isinstance(entities, dict) else HANDLE.findall(reading.text(item.get("text")))
    return tuple(dict.fromkeys(filter(None, handles)))


def _media(view: View) -> tuple[Media, ...]:
    keys = map(reading.name, reading.sequence(reading.mapping(view.item.get("attachments")).get("media_keys")))
    media = [_medium(view.parcel.media[key]) for key in keys if key in view.parcel.media]
    return tuple(medium for medium in media if medium.url)


def _medium(fields: Fields) -> Media:
    kind = reading.text(fields.get("type"))
    clips = [clip for clip in reading.mappings(fields.get("variants")) if clip.get("content_type") == "video/mp4"]
    best = max(clips, key=lambda clip: reading.whole(clip.get("bit_rate")) or 0, default={})
    url = reading.link(fields.get("url")) or reading.link(best.get("url")) or reading.link(fields.get("preview_image_url"))
    return Media(kind=MEDIA_KINDS.get(kind, kind or "image"), url=url, alt=reading.text(fields.get("alt_text")))


def _metrics(item: Fields) -> Metrics:
    counts = reading.mapping(item.get("public_metrics"))
    return Metrics(
        likes=reading.whole(counts.get("like_count")),
        shares=reading.whole(either(counts, "retweet_count", "repost_count")),
        replies=reading.whole(counts.get("reply_count")),
        views=reading.whole(counts.get("impression_count")),
    )


def _why_no_reply(view: View) -> str:
    """Return why we may not reply through the API, empty where we may: X wants the author to have mentioned or quoted us."""
    if view.referenced(SHARED):
        return "A share has no thread of its own: answer the post that it shares."
    if view.account.options.get("replies") == "everyone" or view.is_ours(view.item.get("author_id"), _user(view).get("username")):
        return ""
    return "" if _speaks_to_us(view) else OPEN_ON_X


def _speaks_to_us(view: View) -> bool:
    named = reading.mappings(reading.mapping(view.item.get("entities")).get("mentions"))
    if any(view.is_ours(found.get("id"), found.get("username")) for found in named):
        return True
    if any(_same(handle, view.account.handle) for handle in _mentions(view.item)):
        return True
    if view.is_ours(view.item.get("in_reply_to_user_id")):
        return True
    return view.is_ours(view.referenced_post(QUOTED).get("author_id"))


def _same(handle: str, other: str) -> bool:
    return handle.lstrip("@").casefold() == other.lstrip("@").casefold() != ""


def _raw(view: View) -> bytes:
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
    }
    return json.dumps({"data": view.item, "includes": {name: found for name, found in includes.items() if found}}).encode()
