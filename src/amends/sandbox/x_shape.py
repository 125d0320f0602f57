"""Posts and users as X's API v2 words them: only the fields asked for, related objects under `includes`."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from amends.sandbox import ids, words
from amends.sandbox.records import Account, Network, PublicPost
from amends.sandbox.store import Store

Json = dict[str, Any]
_LONG = 280


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What the caller asked to see beside the default fields; `newer` says that they use the spelling `post.fields`."""

    fields: frozenset[str]
    user_fields: frozenset[str]
    media_fields: frozenset[str]
    expansions: frozenset[str]
    base: str
    newer: bool = False


def wanted(query: Mapping[str, str], base: str) -> Wanted:
    """Read the fields and expansions of a request; `base` is the address of the X side."""

    def listed(*names: str) -> frozenset[str]:
        return frozenset(
            ",".join(query.get(name, "") for name in names).replace("_post", "_tweet").replace("posts.", "tweets.").split(",")
        ) - {""}

    return Wanted(
        fields=listed("tweet.fields", "post.fields"),
        user_fields=listed("user.fields"),
        media_fields=listed("media.fields"),
        expansions=listed("expansions"),
        base=base,
        newer="post.fields" in query,
    )


def moment(at: float) -> str:
    """Return a time as X writes it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(round(at * 1000) % 1000):03d}Z"


Worded = tuple[PublicPost, int]


def page(store: Store, found: list[Worded], asked: Wanted) -> Json:
    """Return `data`, `includes` and `errors` for posts, each in the wording whose number stands beside it."""
    includes, errors = _includes(store, [post for post, _ in found], asked)
    parts: Json = {"data": [tweet(store, post, number, asked) for post, number in found], "includes": includes, "errors": errors}
    return {name: part for name, part in parts.items() if part}


def tweet(store: Store, post: PublicPost, number: int, asked: Wanted) -> Json:
    """Return one post in the wording that has the id `number`."""
    history = [str(version.number) for version in store.versions(post.id)]
    text, urls = _shown(store, post, number)
    short = text if words.weighted_length(text) <= _LONG or post.shared_id else text[: _LONG - 1] + "…"
    escaped = html.escape(short, quote=False)
    every = _fields(store, post, escaped, urls, number) | ({"note_tweet": {"text": text}} if short != text else {})
    body: Json = {"id": str(number), "text": escaped, "edit_history_tweet_ids": history}
    fields = asked.fields | _implied(asked.expansions)
    body |= {name: value for name, value in every.items() if name in fields and value is not None}
    return _renamed(body) if asked.newer else body


def _shown(store: Store, post: PublicPost, number: int) -> tuple[str, list[str]]:
    version = store.version(number)
    text = version.text if version else post.text
    if post.media:
        text = f"{text} https://pic.x.example/{post.media}"
    urls = words.LINK.findall(text)
    return words.LINK.sub(lambda found: words.short_link(found.group()), text), urls


def _implied(expansions: frozenset[str]) -> frozenset[str]:
    return frozenset(name for expansion in expansions for name in (expansion.split(".")[0],) if name != "edit_history_tweet_ids")


def _fields(store: Store, post: PublicPost, text: str, urls: list[str], number: int) -> Json:
    created = ids.snowflake_time(number)
    parent = store.post(Network.X, post.parent_id) if post.parent_id else None
    return {
        "author_id": post.author.id,
        "created_at": moment(created),
        "conversation_id": post.root_id,
        "in_reply_to_user_id": parent.author.id if parent else None,
        "lang": "und" if post.language.endswith("-Latn") else post.language.split("-")[0],
        "referenced_tweets": _references(post) or None,
        "attachments": {"media_keys": [f"3_{post.id}"]} if post.media else None,
        "entities": _entities(store, text, urls) or None,
        "public_metrics": _metrics(post),
        "edit_controls": {"edits_remaining": 5, "is_edit_eligible": not post.parent_id, "editable_until": moment(post.published_at + 3600)},
        "possibly_sensitive": False,
        "reply_settings": "everyone",
    }


def _references(post: PublicPost) -> list[Json]:
    kinds = (("retweeted", post.shared_id), ("quoted", post.quoted_id), ("replied_to", post.parent_id))
    return [{"type": kind, "id": target} for kind, target in kinds if target]


def _metrics(post: PublicPost) -> Json:
    return {
        "retweet_count": post.shares,
        "reply_count": post.replies,
        "like_count": post.likes,
        "quote_count": 0,
        "bookmark_count": 0,
        "impression_count": 12 * (post.likes + 1) + post.author.followers // 20,
    }


def _entities(store: Store, text: str, urls: list[str]) -> Json:
    found: Json = {"mentions": [_mention(store, match) for match in words.MENTION.finditer(text)]}
    found["hashtags"] = [{"start": match.start(), "end": match.end(), "tag": match.group(1)} for match in words.HASHTAG.finditer(text)]
    starts = [(text.find(words.short_link(url)), url) for url in urls]
    found["urls"] = [_link(start, url) for start, url in starts if start >= 0]
    return {name: items for name, items in found.items() if items}


def _mention(store: Store, match: re.Match[str]) -> Json:
    known = store.account(Network.X, handle=match.group(1))
    body = {"start": match.start(), "end": match.end(), "username": known.handle if known else match.group(1)}
    return body | ({"id": known.id} if known else {})


def _link(start: int, url: str) -> Json:
    short = words.short_link(url)
    shown = url.split("://", 1)[1]
    return {
        "start": start,
        "end": start + len(short),
        "url": short,
        "expanded_url": url,
        "display_url": shown[:25] + ("…" if shown[25:] else ""),
    }


def user(account: Account, asked: Wanted) -> Json:
    """Return one account."""
    every = {
        "created_at": moment(account.joined_at),
        "description": account.about,
        "protected": False,
        "verified": bool(account.brand),
        "verified_type": "business" if account.brand else "none",
        "profile_image_url": f"{asked.base}/avatar/{account.handle}.svg",
        "public_metrics": {
            "followers_count": account.followers,
            "following_count": account.followers // 3,
            "tweet_count": 90,
            "listed_count": 0,
        },
    }
    return {"id": account.id, "name": account.name, "username": account.handle} | {
        name: value for name, value in every.items() if name in asked.user_fields
    }


def _includes(store: Store, posts: list[PublicPost], asked: Wanted) -> tuple[Json, list[Json]]:
    related, errors = _related(store, posts, asked)
    referenced = related if "referenced_tweets.id.author_id" in asked.expansions else []
    tweets = [tweet(store, post, post.head, asked) for post in related] + _other_wordings(store, posts, asked)
    found = {
        "users": [user(account, asked) for account in _people(store, posts, referenced, asked)],
        "posts" if asked.newer else "tweets": tweets,
        "media": [_media(post, asked) for post in posts if post.media and "attachments.media_keys" in asked.expansions],
    }
    return {name: items for name, items in found.items() if items}, errors


def _other_wordings(store: Store, posts: list[PublicPost], asked: Wanted) -> list[Json]:
    if "edit_history_tweet_ids" not in asked.expansions:
        return []
    edited = [post for post in posts if post.edited_at]
    return [tweet(store, post, version.number, asked) for post in edited for version in store.versions(post.id)]


def _related(store: Store, posts: list[PublicPost], asked: Wanted) -> tuple[list[PublicPost], list[Json]]:
    if not asked.expansions & {"referenced_tweets.id", "referenced_tweets.id.author_id"}:
        return [], []
    targets = dict.fromkeys(reference["id"] for post in posts for reference in _references(post))
    found = {target: store.post(Network.X, target) for target in targets}
    noun = "post" if asked.newer else "tweet"
    errors = [missing(noun, "referenced_tweets.id", target) for target, post in found.items() if post is None or post.deleted]
    return [post for post in found.values() if post is not None and not post.deleted], errors


def _people(store: Store, posts: list[PublicPost], referenced: list[PublicPost], asked: Wanted) -> list[Account]:
    found = {post.author.id: post.author for post in referenced}
    for post in posts:
        if "author_id" in asked.expansions:
            found[post.author.id] = post.author
        if "entities.mentions.username" in asked.expansions:
            called = [store.account(Network.X, handle=handle) for handle in post.mentions]
            found |= {account.id: account for account in called if account is not None}
        if "in_reply_to_user_id" in asked.expansions and post.parent_id:
            parent = store.must_have(Network.X, post.parent_id)
            found[parent.author.id] = parent.author
    return list(found.values())


def _media(post: PublicPost, asked: Wanted) -> Json:
    every = {"url": f"{asked.base}/media/{post.media}.svg", "width": 800, "height": 600, "alt_text": post.media.replace("-", " ")}
    return {"media_key": f"3_{post.id}", "type": "photo"} | {name: value for name, value in every.items() if name in asked.media_fields}


def missing(noun: str, parameter: str, value: str) -> Json:
    """Return the partial error that X puts beside the rest of an answer."""
    return {
        "value": value,
        "detail": f"Could not find {noun} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": noun,
        "parameter": parameter,
        "resource_id": value,
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }


def _renamed(body: Json) -> Json:
    names = {"edit_history_tweet_ids": "edit_history_post_ids", "referenced_tweets": "referenced_posts", "note_tweet": "note_post"}
    return {names.get(name, name): value for name, value in body.items()}
