"""Turn Reddit's things into `Post`s. Pure: values in, values out.

Place in the path: `reddit.fetch` -> `posts_from` -> `Post`. Takes a listing, the two listings of a thread, an answer to a comment, a
single thing, or lines of these. `external_id` is Reddit's fullname (`t3_…` a submission, `t1_…` a comment). A thing that cannot be read
becomes one line of `troubles`; the rest is good.
"""

import json
import re
from datetime import datetime

from amends.collectors._reddit_things import COMMENT, MESSAGE, SUBMISSION, Body, Fields, hidden_in, things
from amends.core import reading
from amends.core.network_words import Lack, Said
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Media, Metrics, Post, Visibility
from amends.core.translating import N_

__all__ = ["Fields", "gone", "hidden_in", "is_deleted", "posts_from", "things"]

NETWORK = "reddit"
HOME = "https://www.reddit.com"
DELETED = "[deleted]"
GONE = frozenset({"[deleted]", "[removed]"})
BY_REDDIT = re.compile(r"\[ ?removed by reddit\b.*\]", re.IGNORECASE | re.DOTALL)
THE_AUTHORS_DOING = frozenset({"deleted", "author"})
REDDITS_DOING = frozenset({"reddit", "anti_evil_ops", "community_ops", "legal_operations", "copyright_takedown", "content_takedown"})
NOT_SHOWN = "not shown"
FULLNAME = re.compile(r"t[134]_[0-9a-z]+")
MENTION = re.compile(r"(?<![\w/])/?u/([A-Za-z0-9_-]{2,20})\b")
IN_CONTEXT = re.compile(r"/comments/([0-9a-z]+)(?:/|\Z)")
PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp)(?:\?|\Z)", re.IGNORECASE)


def posts_from(body: Body, account: Account, *, messages: bool = False) -> Harvest:
    """Return the posts in a body of Reddit's API: in its order, a comment before the answers to it; private messages where asked for."""
    posts: dict[str, Post] = {}
    troubles: list[str] = []
    for place, (kind, fields) in enumerate(things(body, troubles, messages=messages)):
        try:
            post = _post(kind, fields, account)
        except ValueError as error:
            troubles.append(Said.POST % {"post": place, "why": error})
        else:
            posts[post.external_id] = post
    return Harvest(posts=tuple(posts.values()), troubles=tuple(troubles))


def gone(fullname: str, account: Account) -> Post:
    """Return the mark that a post leaves which Reddit no longer shows."""
    fields: Fields = {"name": fullname, "author": DELETED, "body": DELETED, "created_utc": 0, "removed_by_category": NOT_SHOWN}
    return _post(COMMENT, fields, account)


def _post(kind: str, fields: Fields, account: Account) -> Post:
    fullname = _fullname(kind, fields)
    author = _author(fields)
    deleted = is_deleted(fields)
    is_own = _is_ours(author, account)
    root_id = fullname if kind == SUBMISSION else _root_id(fields, fullname)
    why_not = why_gone(fields) if deleted else _why_no_reply(kind, fields)
    return Post(
        network=NETWORK,
        external_id=fullname,
        author=author,
        text="" if deleted else _text(kind, fields),
        published_at=_published_at(fields),
        edited_at=_edited_at(fields),
        deleted=deleted,
        permalink=_permalink(fields, fullname, root_id, account),
        root_id=root_id,
        parent_id=None if kind == SUBMISSION else _reference(fields.get("parent_id")),
        shared_id=_reference(fields.get("crosspost_parent")),
        raw=json.dumps({"kind": kind, "data": {**fields, "replies": ""}}).encode(),
        mentions=() if deleted else tuple(dict.fromkeys(MENTION.findall(_text(kind, fields)))),
        media=() if deleted else _media(fields),
        metrics=_metrics(fields),
        visibility=_visibility(kind, fields),
        is_own=is_own,
        can_reply=not why_not,
        why_no_reply=why_not,
    )


def _fullname(kind: str, fields: Fields) -> str:
    told = reading.text(fields.get("name")) or f"{kind}_{reading.text(fields.get('id'))}"
    if not FULLNAME.fullmatch(told):
        raise ValueError(Lack.ID)
    return told


def _reference(value: object) -> str | None:
    told = reading.text(value)
    return told if FULLNAME.fullmatch(told) else None


def _author(fields: Fields) -> Author:
    """Return the author; Reddit names never change, so an old body without the account's id is read by the name."""
    handle = reading.text(fields.get("author"))
    place = reading.text(fields.get("subreddit"))
    if not handle and "was_comment" in fields and place:
        return Author(external_id=f"r/{place.casefold()}", handle=f"r/{place}")
    if not handle or handle in GONE:
        return Author(external_id="deleted", handle=DELETED)
    return Author(external_id=reading.text(fields.get("author_fullname")) or f"u/{handle.casefold()}", handle=handle)


def _is_ours(author: Author, account: Account) -> bool:
    ours = account.options.get("user_id", "")
    if ours and author.external_id.startswith("t2_"):
        return author.external_id == (ours if ours.startswith("t2_") else f"t2_{ours}")
    return author.handle.casefold() == re.sub(r"^/?u/", "", account.handle).casefold()


def is_deleted(fields: Fields) -> bool:
    """Tell whether Reddit shows the words no longer; a mark of removal alone may be the spam filter's and pass."""
    words = _words(fields)
    return words in GONE or bool(BY_REDDIT.fullmatch(words)) or (not words and bool(reading.text(fields.get("removed_by_category"))))


def why_gone(fields: Fields) -> str:
    """Return who took the words away, as far as Reddit says."""
    by, words = reading.text(fields.get("removed_by_category")), _words(fields)
    if by == NOT_SHOWN:
        return N_("Reddit no longer shows this.")
    if by in REDDITS_DOING or BY_REDDIT.fullmatch(words):
        return N_("Reddit removed this.")
    if by in THE_AUTHORS_DOING or (not by and words == DELETED):
        return N_("The author deleted this.")
    return N_("The moderators removed this.")


def _words(fields: Fields) -> str:
    return (reading.text(fields.get("body")) or reading.text(fields.get("selftext"))).strip()


def _published_at(fields: Fields) -> datetime:
    told = fields.get("created_utc")
    found = reading.moment(reading.number(told))
    if found is None:
        raise ValueError(Lack.TIME)
    return found


def _edited_at(fields: Fields) -> datetime | None:
    """Return when it was edited: Reddit says `false`, seconds, or (of very old posts) `true`."""
    told = fields.get("edited")
    return None if isinstance(told, bool) else reading.moment(reading.number(told))


def _root_id(fields: Fields, fullname: str) -> str:
    told = _reference(fields.get("link_id")) or _reference(fields.get("first_message_name"))
    if told:
        return told
    found = IN_CONTEXT.search(reading.text(fields.get("context")) or reading.text(fields.get("permalink")))
    if found:
        return f"{SUBMISSION}_{found[1]}"
    return _reference(fields.get("parent_id")) or fullname


def _text(kind: str, fields: Fields) -> str:
    """Return the whole text, Markdown as it was written: of a submission its title, then its body or the page that it links to."""
    if kind == COMMENT:
        return reading.text(fields.get("body"))
    if kind == MESSAGE:
        subject = "" if fields.get("first_message_name") else reading.text(fields.get("subject"))
        return "\n\n".join(filter(None, (subject, reading.text(fields.get("body")))))
    words = reading.text(fields.get("selftext"))
    linked = "" if words or fields.get("is_self") is not False else reading.link(fields.get("url"))
    return "\n\n".join(filter(None, (reading.text(fields.get("title")), words, linked)))


def _permalink(fields: Fields, fullname: str, root_id: str, account: Account) -> str:
    home = (account.options.get("web_url") or account.options.get("base_url") or HOME).rstrip("/")
    path = (reading.text(fields.get("permalink")) or reading.text(fields.get("context"))).partition("?")[0]
    if path.startswith("/") and not path.startswith("//"):
        return home + path
    if fullname.startswith(MESSAGE):
        return f"{home}/message/messages/{fullname.partition('_')[2]}"
    thread = f"{home}/comments/{root_id.partition('_')[2]}"
    return f"{thread}/" if fullname == root_id else f"{thread}/_/{fullname.partition('_')[2]}/"


def _media(fields: Fields) -> tuple[Media, ...]:
    """Return a submission's own picture or clip, or the pictures of its gallery."""
    gallery = [reading.mapping(found) for found in reading.mapping(fields.get("media_metadata")).values()]
    pictures = [reading.link(reading.mapping(found.get("s")).get("u")) for found in gallery]
    clip = reading.link(reading.mapping(reading.mapping(fields.get("media")).get("reddit_video")).get("fallback_url"))
    url = reading.link(fields.get("url"))
    single = url if fields.get("post_hint") == "image" or PICTURE.search(url) else ""
    found = [*(("image", picture) for picture in pictures), ("video", clip), ("image", single)]
    return tuple(Media(kind=kind, url=address) for kind, address in found if address)


def _metrics(fields: Fields) -> Metrics:
    return Metrics(
        likes=reading.whole(fields.get("score")),
        shares=reading.whole(fields.get("num_crossposts")),
        replies=reading.whole(fields.get("num_comments")) if "title" in fields else None,
        views=reading.whole(fields.get("view_count")),
    )


def _visibility(kind: str, fields: Fields) -> Visibility:
    if kind == MESSAGE:
        return Visibility.DIRECT
    return Visibility.FOLLOWERS if fields.get("subreddit_type") == "private" else Visibility.PUBLIC


def _why_no_reply(kind: str, fields: Fields) -> str:
    if kind == MESSAGE and (not fields.get("author") or fields.get("distinguished") == "admin"):
        return N_("Reddit or a subreddit wrote this message: answer it on Reddit.")
    if fields.get("locked") is True:
        return N_("The moderators locked this; Reddit takes no more answers.")
    if fields.get("archived") is True:
        return N_("This is archived; Reddit takes no more answers.")
    if fields.get("author_is_blocked") is True:
        return N_("This account blocks the author.")
    return ""
