"""Turn X's private messages into `Post`s that only their author and we see. Pure.

Place in the path: `_x_posts.posts_from` -> `message` -> `Post`. A message is known by `dm:` and its id, its thread by `dm:` and the
conversation's: ids of posts and of messages look alike.
"""

import re

from amends.collectors._x_items import Parcel, digits
from amends.collectors._x_view import NETWORK, View, author, home, media, raw, readable, taken_at
from amends.core import reading
from amends.core.network_words import Lack
from amends.core.ports import Account
from amends.core.post import Post, Visibility
from amends.core.translating import N_

MARK = "dm:"
WRITTEN = "MessageCreate"
OF_TWO = re.compile(r"\d{1,20}-\d{1,20}")
CONVERSATION = re.compile(r"[\d-]{1,41}")
OF_MANY = N_("Several people read this conversation: open on X to answer there.")
FIELDS = {
    "dm_event_fields": ["attachments", "created_at", "dm_conversation_id", "entities", "event_type", "id", "sender_id", "text"],
    "event_types": WRITTEN,
    "expansions": ["attachments.media_keys", "sender_id"],
    "media_fields": ["alt_text", "media_key", "preview_image_url", "type", "url", "variants"],
    "user_fields": ["id", "name", "profile_image_url", "public_metrics", "username", "verified"],
}


def is_event(item: object) -> bool:
    """Tell whether an item is one of a conversation: a message, or that somebody joined or left."""
    return "event_type" in reading.mapping(item)


def is_message(external_id: str) -> bool:
    """Tell whether this id, or that of a thread, is private."""
    return external_id.startswith(MARK)


def conversation_of(root_id: str) -> str:
    """Return X's id of a conversation; empty where `root_id` names none."""
    told = root_id.removeprefix(MARK)
    return told if is_message(root_id) and CONVERSATION.fullmatch(told) else ""


def message(item: object, parcel: Parcel, account: Account) -> Post | None:
    """Return a message as a post, None for other events of a conversation; ValueError where it cannot be read."""
    told = reading.mapping(item)
    if told.get("event_type") != WRITTEN:
        return None
    number, conversation = digits(told.get("id")), reading.name(told.get("dm_conversation_id"))
    published_at = reading.moment(reading.text(told.get("created_at"))) or taken_at(number)
    if not number or not CONVERSATION.fullmatch(conversation) or published_at is None:
        raise ValueError(Lack.TALK)
    view = View(item={**told, "author_id": told.get("sender_id")}, parcel=parcel, account=account, first_id=MARK + number)
    writer, why_not = author(view), "" if OF_TWO.fullmatch(conversation) else OF_MANY
    return Post(
        network=NETWORK,
        external_id=view.first_id,
        author=writer,
        text=readable(view.item),
        published_at=published_at,
        permalink=f"{home(account)}/messages/{conversation}",
        root_id=MARK + conversation,
        raw=raw(view),
        media=media(view),
        visibility=Visibility.DIRECT,
        is_own=view.is_ours(writer.external_id, writer.handle),
        can_reply=not why_not,
        why_no_reply=why_not,
    )
