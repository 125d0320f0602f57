"""Turn Bluesky's posts into `Post`s. Pure: values in, values out.

Place in the path: `bluesky.fetch` -> `posts_from` -> `Post`. `external_id` is the record's address (`at://did/collection/key`), which
never changes; Bluesky has no edits. A post that cannot be read becomes one line of `troubles`; the rest is good.
"""

import json
from collections.abc import Mapping

from amends.collectors._bluesky_items import POST, REPOST, Fields, Item, items, parts
from amends.collectors._bluesky_text import words
from amends.core import reading
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Media, Metrics, Post, Visibility
from amends.core.translating import N_

NETWORK = "bluesky"
HOME = "https://bsky.app"
PICTURES = "https://cdn.bsky.app/img/feed_fullsize/plain"
TAKEN_DOWN = frozenset({"!takedown", "!hide"})
MEMBERS_ONLY = "!no-unauthenticated"
NEVER = "1970-01-01T00:00:00.000Z"


def posts_from(body: bytes | Mapping[str, object] | list[object], account: Account) -> Harvest:
    """Return the posts in a body of Bluesky's API or its stream, in its order, each once."""
    troubles: list[str] = []
    posts = {item.uri: post_of(item, account) for item in items(body, troubles)}
    return Harvest(posts=tuple(posts.values()), troubles=tuple(troubles))


def gone(uri: str, account: Account) -> Post:
    """Return the mark that a post leaves which Bluesky no longer shows."""
    raw: Fields = {"uri": uri, "notFound": True}
    author = Author(external_id=parts(uri)[0] or "deleted", handle=parts(uri)[0] or "deleted")
    at = reading.moment(NEVER)
    assert at is not None  # noqa: S101 - a constant
    return Post(
        network=NETWORK,
        external_id=uri,
        author=author,
        text="",
        published_at=at,
        deleted=True,
        permalink=permalink(uri, account),
        root_id=uri,
        raw=json.dumps(raw).encode(),
        can_reply=False,
        why_no_reply=N_("The post is deleted."),
    )


def permalink(uri: str, account: Account) -> str:
    """Return where everybody can see a post; it holds also when its author takes another handle."""
    home = (account.options.get("web_url") or account.options.get("base_url") or HOME).rstrip("/")
    author, _, key = parts(uri)
    return f"{home}/profile/{author}/post/{key}"


def post_of(item: Item, account: Account) -> Post:
    """Return the item as a post."""
    published_at = item.published_at
    assert published_at is not None  # noqa: S101 - `items` gives none without
    author = _author(item, account)
    text, mentioned = words(item.record.get("text"), item.record.get("facets"))
    deleted = _is_taken_down(item)
    why_not = _why_no_reply(item, deleted=deleted)
    answered = reading.mapping(item.record.get("reply"))
    return Post(
        network=NETWORK,
        external_id=item.uri,
        author=author,
        text="" if deleted else _with_card(text, item.record),
        published_at=published_at,
        deleted=deleted,
        permalink=permalink(_shared(item) or item.uri, account),
        root_id=_reference(answered.get("root")) or _reference(answered.get("parent")) or item.uri,
        parent_id=_reference(answered.get("parent")),
        quoted_id=_reference(_embed(item.record, "record")),
        shared_id=_shared(item),
        raw=json.dumps(item.raw).encode(),
        language_hint=next((text for found in reading.sequence(item.record.get("langs")) if (text := reading.text(found))), ""),
        mentions=() if deleted else tuple(dict.fromkeys(_called(did, shown, account) for did, shown in mentioned)),
        media=() if deleted else _media(item),
        metrics=_metrics(item.view),
        visibility=Visibility.UNLISTED if MEMBERS_ONLY in _labels(reading.mapping(item.view.get("author"))) else Visibility.PUBLIC,
        is_own=_is_ours(author, account),
        can_reply=not why_not,
        why_no_reply=why_not,
    )


def _author(item: Item, account: Account) -> Author:
    told, did = reading.mapping(item.view.get("author")), item.author_id
    ours = account.handle.lstrip("@") if did == account.options.get("user_id") else ""
    return Author(
        external_id=did,
        handle=reading.text(told.get("handle")) or ours or did,
        name=reading.text(told.get("displayName")),
        avatar_url=reading.link(told.get("avatar")),
        verified=reading.mapping(told.get("verification")).get("verifiedStatus") == "valid",
    )


def _is_ours(author: Author, account: Account) -> bool:
    ours = account.options.get("user_id", "")
    return author.external_id == ours if ours else author.handle.casefold() == account.handle.lstrip("@").casefold()


def _called(did: str, shown: str, account: Account) -> str:
    """Return whom a mention calls: us by our handle whatever it says (people rename themselves), others as it stands in the text."""
    return account.handle.lstrip("@") if did == account.options.get("user_id") else shown or did


def _reference(value: object) -> str | None:
    uri = reading.text(reading.mapping(value).get("uri"))
    return uri if parts(uri)[1] == POST else None


def _shared(item: Item) -> str | None:
    return _reference(item.record.get("subject")) if parts(item.uri)[1] == REPOST else None


def _embed(record: Fields, kind: str) -> Fields:
    """Return what is embedded under `kind` (`record`, `media`, …): a quote that also has pictures wraps both once more."""
    embed = reading.mapping(record.get("embed"))
    found = reading.mapping(embed.get(kind))
    return reading.mapping(found.get("record")) or found if kind == "record" else found


def _media_of(embed: object) -> Fields:
    """Return the pictures' own embed: the whole, or the half that is no quote."""
    told = reading.mapping(embed)
    return reading.mapping(told.get("media")) or told


def _with_card(text: str, record: Fields) -> str:
    """Return the text with the page that its card leads to, where the words do not name it."""
    link = reading.link(reading.mapping(_media_of(record.get("embed")).get("external")).get("uri"))
    return text if not link or link in text else f"{text}\n\n{link}".strip()


def _media(item: Item) -> tuple[Media, ...]:
    """Return the pictures and the clip, from the network's view, else from the record itself."""
    shown, signed = _media_of(item.view.get("embed")), _media_of(item.record.get("embed"))
    pictures = reading.mappings(shown.get("images")) or reading.mappings(signed.get("images"))
    found = [Media(kind="image", url=_picture(picture, item), alt=reading.text(picture.get("alt"))) for picture in pictures]
    clip = reading.link(shown.get("playlist"))
    film = [Media(kind="video", url=clip, alt=reading.text(shown.get("alt")))] if clip else []
    return tuple(media for media in (*found, *film) if media.url)


def _picture(picture: Fields, item: Item) -> str:
    told = reading.link(picture.get("fullsize")) or reading.link(picture.get("thumb"))
    name = reading.text(reading.mapping(reading.mapping(picture.get("image")).get("ref")).get("$link"))
    return told or (reading.link(f"{PICTURES}/{item.author_id}/{name}@jpeg") if name else "")


def _metrics(view: Fields) -> Metrics:
    return Metrics(
        likes=reading.whole(view.get("likeCount")),
        shares=reading.whole(view.get("repostCount")),
        replies=reading.whole(view.get("replyCount")),
    )


def _labels(fields: Fields) -> frozenset[str]:
    return frozenset(reading.text(label.get("val")) for label in reading.mappings(fields.get("labels")) if label.get("neg") is not True)


def _is_taken_down(item: Item) -> bool:
    return bool(TAKEN_DOWN & (_labels(item.view) | _labels(reading.mapping(item.view.get("author")))))


def _why_no_reply(item: Item, *, deleted: bool) -> str:
    if deleted:
        return N_("The post is deleted.")
    between_us = reading.mapping(reading.mapping(item.view.get("author")).get("viewer"))
    if between_us.get("blockedBy") is True:
        return N_("The author blocks our account; nobody would see an answer.")
    if reading.text(between_us.get("blocking")):
        return N_("This account blocks the author.")
    if reading.mapping(item.view.get("viewer")).get("replyDisabled") is True:
        return N_("The author lets only some people answer in this thread, and not us.")
    return ""
