"""Turn Mastodon's statuses into `Post`s. Pure: values in, values out.

Place in the path: `mastodon.fetch` -> `posts_from` -> `Post`. A status that cannot be read becomes a line of `troubles`; the rest is good.
"""

import json
from datetime import UTC, datetime

from amends.collectors._mastodon_items import Fields, Parcel, parent_of, unpack
from amends.collectors._mastodon_text import text_of
from amends.core import reading
from amends.core.network_words import Lack, Said
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Media, Metrics, Post, Visibility
from amends.core.translating import N_

NETWORK = "mastodon"
DELETED = "[deleted]"
UNKNOWN = "[unknown]"
SEEN_BY = {
    "public": Visibility.PUBLIC,
    "unlisted": Visibility.UNLISTED,
    "private": Visibility.FOLLOWERS,
    "limited": Visibility.FOLLOWERS,
    "direct": Visibility.DIRECT,
}
MEDIA_KINDS = {"image": "image", "video": "video", "gifv": "gif", "audio": "audio"}
ONLY_SHARES = N_("A boost has no thread of its own: answer the post that it shares.")


def posts_from(body: object, account: Account) -> Harvest:
    """Return the posts in a body of Mastodon's API, in its order, each once."""
    parcel = unpack(body)
    posts: dict[str, Post] = {}
    troubles = list(parcel.troubles)
    for place, item in enumerate(parcel.items):
        try:
            post = _post(reading.mapping(item), parcel, account)
        except ValueError as error:
            troubles.append(Said.POST % {"post": place, "why": error})
        else:
            posts[post.external_id] = post
    return Harvest(posts=tuple(posts.values()), troubles=tuple(troubles))


def gone(external_id: str) -> Post:
    """Return the mark that a status leaves which Mastodon no longer shows."""
    return Post(
        network=NETWORK,
        external_id=external_id,
        author=Author(external_id="deleted", handle=DELETED),
        text="",
        published_at=datetime.fromtimestamp(0, tz=UTC),
        permalink="",
        root_id=external_id,
        raw=json.dumps({"id": external_id, "gone": True}).encode(),
        deleted=True,
        can_reply=False,
        why_no_reply=N_("Mastodon no longer shows this post."),
    )


def is_ours(author: Fields, account: Account) -> bool:
    """Tell whether an account is our own: by its id where we know ours, else by its handle."""
    ours, known = account.options.get("user_id", ""), reading.name(author.get("id"))
    if ours and known:
        return ours == known
    return reading.text(author.get("acct")).casefold() == own_name(account).casefold() != ""


def own_name(account: Account) -> str:
    """Return our handle as our own server writes it, without the server's name."""
    return account.handle.strip().lstrip("@").partition("@")[0]


def _post(status: Fields, parcel: Parcel, account: Account) -> Post:
    external_id = reading.name(status.get("id"))
    if not external_id:
        raise ValueError(Lack.ID)
    if status.get("gone") is True:
        return gone(external_id)
    published_at = reading.moment(reading.text(status.get("created_at")))
    if not isinstance(status.get("content"), str):
        raise ValueError(Lack.WORDS)  # noqa: TRY004
    if published_at is None:
        raise ValueError(Lack.TIME)
    original = reading.mapping(status.get("reblog"))
    author = reading.mapping(status.get("account"))
    root_id = parcel.root_of(status)
    return Post(
        network=NETWORK,
        external_id=external_id,
        author=_author(author, external_id),
        text=_text(original or status),
        published_at=published_at,
        edited_at=reading.moment(reading.text(status.get("edited_at"))),
        permalink=_permalink(status, original),
        root_id=root_id,
        parent_id=parent_of(status) or None,
        quoted_id=_quoted_id(status),
        shared_id=reading.name(original.get("id")) or None,
        raw=_raw(status, root_id),
        language_hint=reading.text(status.get("language")),
        mentions=_mentions(original or status, account),
        media=_media(original or status),
        metrics=_metrics(original or status),
        visibility=SEEN_BY.get(reading.text(status.get("visibility")), Visibility.PUBLIC),
        is_own=is_ours(author, account),
        can_reply=not original,
        why_no_reply=ONLY_SHARES if original else "",
    )


def _author(author: Fields, external_id: str) -> Author:
    """Return the author; where the server leaves them out, one that belongs to this status alone."""
    handle = reading.text(author.get("acct")) or reading.text(author.get("username"))
    return Author(
        external_id=reading.name(author.get("id")) or f"unknown:{external_id}",
        handle=handle or UNKNOWN,
        name=reading.text(author.get("display_name")),
        followers=reading.whole(author.get("followers_count")),
        avatar_url=reading.link(author.get("avatar")),
    )


def _permalink(status: Fields, original: Fields) -> str:
    """Return the page on the author's own server; a boost has none, so that of what it shares."""
    told = (reading.link(found.get(name)) for found in (original, status) for name in ("url", "uri"))
    return next(filter(None, told), "")


def _text(status: Fields) -> str:
    """Return the content warning, the words and the choices of a poll, as they stand one under the other."""
    options = reading.mappings(reading.mapping(status.get("poll")).get("options"))
    parts = (
        reading.text(status.get("spoiler_text")).strip(),
        reading.text(text_of(reading.text(status.get("content")))),
        "\n".join(f"○ {reading.text(option.get('title'))}" for option in options),
    )
    return "\n\n".join(filter(None, parts))


def _quoted_id(status: Fields) -> str | None:
    """Return the id of the quoted status: whole, or by its id alone; other software has a field of its own."""
    quote = reading.mapping(status.get("quote"))
    quoted = reading.mapping(quote.get("quoted_status"))
    told = (quoted.get("id"), quote.get("quoted_status_id"), quote.get("id"), status.get("quote_id"))
    return next(filter(None, map(reading.name, told)), None)


def _mentions(status: Fields, account: Account) -> tuple[str, ...]:
    """Return the handles that are named; ours as the source calls it, with the server's name or without."""
    found: dict[str, None] = {}
    for mention in reading.mappings(status.get("mentions")):
        found[account.handle.strip().lstrip("@") if is_ours(mention, account) else reading.text(mention.get("acct"))] = None
    found.pop("", None)
    return tuple(found)


def _media(status: Fields) -> tuple[Media, ...]:
    found = [_medium(fields) for fields in reading.mappings(status.get("media_attachments"))]
    return tuple(medium for medium in found if medium.url)


def _medium(fields: Fields) -> Media:
    links = (reading.link(fields.get(name)) for name in ("url", "remote_url", "preview_url"))
    kind = MEDIA_KINDS.get(reading.text(fields.get("type")), "file")
    return Media(kind=kind, url=next(filter(None, links), ""), alt=reading.text(fields.get("description")))


def _metrics(status: Fields) -> Metrics:
    return Metrics(
        likes=reading.whole(status.get("favourites_count")),
        shares=reading.whole(status.get("reblogs_count")),
        replies=reading.whole(status.get("replies_count")),
    )


def _raw(status: Fields, root_id: str) -> bytes:
    """Return the status as Mastodon sent it; with the thread of an answer, which Mastodon does not say and we looked up."""
    return json.dumps({"root_id": root_id, "status": status} if parent_of(status) else status).encode()
