"""Posts of a Discourse forum as `Post`s: pages of the newest, topics, single posts and calls share one form of a post. Pure.

Our ids are `topic/number`: so the first post of a topic, and the one that a post answers, are known without asking.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from amends.core import reading
from amends.core.harvest import Fields, gone_post, harvest, needed, parsed, raw
from amends.core.html_text import text_of
from amends.core.network_words import Lack
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Metrics, Post, Visibility
from amends.core.translating import N_

NETWORK = "discourse"
TITLE = "Discourse"
SAID_BY_PEOPLE = frozenset({1, 2})
"""The kinds of post that people wrote for all; the others are the forum's own notes and whispers among its staff."""

AVATAR_SIZE = "48"
LIKE = 2
CLOSED = N_("The topic is closed on the forum.")
MENTION = re.compile(r"(?<![\w@/])@(\w(?:[\w.-]{0,58}\w)?)")
WEB = re.compile(r"https?://", re.IGNORECASE)


def posts_from(body: object, account: Account) -> Harvest:
    """Return the posts in a page, a topic, a call, or in one post."""
    return harvest(items_of(parsed(body)), lambda fields: _post(fields, account))


def items_of(body: object) -> Sequence[object]:
    """Return what a body lists, each with what only the topic around it says."""
    told = reading.mapping(body)
    if "latest_posts" in told:
        return reading.sequence(told["latest_posts"])
    if "post_stream" in told:
        around = {"topic_title": told.get("title"), "topic_closed": bool(told.get("closed") or told.get("archived"))}
        listed = reading.sequence(reading.mapping(told["post_stream"]).get("posts"))
        return [{**around, **reading.mapping(item)} if isinstance(item, dict) else item for item in listed]
    return [told.get("post", body)]


def gone(external_id: str) -> Post:
    """Return a post that the forum shows no longer."""
    return gone_post(NETWORK, external_id, root_id=_first(external_id.partition("/")[0]))


def home(account: Account) -> str:
    """Return the forum's address as people open it."""
    told = account.options.get("address", "").strip().rstrip("/")
    return told if WEB.match(told) else f"https://{told}"


def external_id_of(fields: Fields) -> str:
    """Return our id of a post, or of what points at one; empty where it does not say."""
    topic, number = reading.whole(fields.get("topic_id")), reading.whole(fields.get("post_number"))
    return f"{topic}/{number}" if topic and number else ""


def _post(fields: Fields, account: Account) -> Post | None:
    if "gone" in fields:
        return gone(reading.text(fields["gone"]))
    external_id = needed(external_id_of(fields))
    if any(fields.get(name) for name in ("deleted_at", "hidden", "user_deleted")):
        return gone(external_id)
    if (reading.whole(fields.get("post_type")) or 1) not in SAID_BY_PEOPLE:
        return None
    topic, _, number = external_id.partition("/")
    words = _words(fields)
    is_closed = fields.get("topic_closed") is True
    return Post(
        network=NETWORK,
        external_id=external_id,
        author=_author(fields, account),
        text="\n\n".join(filter(None, (_title(fields) if number == "1" else "", words))),
        published_at=_moment(fields.get("created_at")),
        edited_at=reading.moment(fields.get("updated_at")) if (reading.whole(fields.get("version")) or 1) > 1 else None,
        permalink=f"{home(account)}/t/{reading.name(fields.get('topic_slug')) or '-'}/{external_id}",
        root_id=_first(topic),
        parent_id=None if number == "1" else f"{topic}/{reading.whole(fields.get('reply_to_post_number')) or 1}",
        raw=raw(fields),
        mentions=tuple(dict.fromkeys(MENTION.findall(words))),
        metrics=_metrics(fields),
        visibility=Visibility.DIRECT if fields.get("topic_archetype") == "private_message" else Visibility.PUBLIC,
        is_own=_is_ours(fields, account),
        can_reply=not is_closed,
        why_no_reply=CLOSED if is_closed else "",
    )


def _first(topic: str) -> str:
    return f"{topic}/1"


def _words(fields: Fields) -> str:
    """Return what the author typed where the forum says it, else the text of what it made of it."""
    return reading.text(fields.get("raw")).strip() or text_of(reading.text(fields.get("cooked")))


def _title(fields: Fields) -> str:
    return reading.text(fields.get("topic_title")).strip()


def _author(fields: Fields, account: Account) -> Author:
    handle = reading.text(fields.get("username")).strip()
    avatar = reading.text(fields.get("avatar_template")).replace("{size}", AVATAR_SIZE)
    return Author(
        external_id=reading.name(fields.get("user_id")) or handle or "deleted",
        handle=handle or "[deleted]",
        name=reading.text(fields.get("name")).strip(),
        avatar_url=reading.link(f"{home(account)}{avatar}" if avatar.startswith("/") else avatar),
    )


def _metrics(fields: Fields) -> Metrics:
    likes = [one.get("count") for one in reading.mappings(fields.get("actions_summary")) if reading.whole(one.get("id")) == LIKE]
    return Metrics(
        likes=reading.whole(next(iter(likes), None)),
        replies=reading.whole(fields.get("reply_count")),
        views=reading.whole(fields.get("reads")),
    )


def _is_ours(fields: Fields, account: Account) -> bool:
    ours = account.options.get("user_id", "")
    known = reading.name(fields.get("user_id"))
    if ours and known:
        return known == ours
    return reading.text(fields.get("username")).strip().casefold() == account.handle.casefold() != ""


def _moment(value: object) -> datetime:
    found = reading.moment(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(Lack.TIME)
    return found
