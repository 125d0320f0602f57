"""What people write to our bot on Telegram as `Post`s. Pure.

A message is known by its chat and its number there. A private chat is one thread; in a group a thread is a topic or a chain of answers.
"""

from collections.abc import Iterator
from datetime import datetime

from amends.core import reading
from amends.core.harvest import Fields, harvest, needed, parsed, raw
from amends.core.network_words import Lack
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Media, Post, Visibility

NETWORK = "telegram"
TITLE = "Telegram"
MESSAGES = ("message", "edited_message", "channel_post", "edited_channel_post", "business_message", "edited_business_message")
MEDIA = {"photo": "image", "video": "video", "voice": "audio", "audio": "audio", "document": "file", "sticker": "image"}
PRIVATE = "private"


def posts_from(body: object, account: Account) -> Harvest:
    """Return the posts in an answer to `getUpdates`, in one update, or in one message."""
    return harvest(_messages(parsed(body)), lambda fields: _post(fields, account))


def _messages(body: object) -> Iterator[object]:
    told = reading.mapping(body)
    updates = reading.sequence(told.get("result")) if isinstance(told.get("result"), list) else [told.get("result", body)]
    for update in updates:
        fields = reading.mapping(update)
        inside = [fields[name] for name in MESSAGES if name in fields]
        if inside or "update_id" not in fields:
            yield inside[0] if inside else update


def _post(fields: Fields, account: Account) -> Post:
    chat = reading.mapping(fields.get("chat"))
    chat_id, number = (needed(reading.name(value)) for value in (chat.get("id"), fields.get("message_id")))
    external_id = f"{chat_id}/{number}"
    answered = reading.name(reading.mapping(fields.get("reply_to_message")).get("message_id"))
    author = _author(fields, chat)
    text = reading.text(fields.get("text")) or reading.text(fields.get("caption"))
    media = tuple(Media(kind=kind, url="") for name, kind in MEDIA.items() if fields.get(name))
    if not text and not media:
        raise ValueError(Lack.WORDS)
    return Post(
        network=NETWORK,
        external_id=external_id,
        author=author,
        text=text,
        published_at=_moment(fields.get("date")),
        edited_at=_moment(fields["edit_date"]) if fields.get("edit_date") is not None else None,
        permalink=_permalink(chat, number),
        root_id=_root(chat, chat_id, fields, answered) or external_id,
        parent_id=f"{chat_id}/{answered}" if answered else None,
        raw=raw(fields),
        language_hint=reading.text(reading.mapping(fields.get("from")).get("language_code")).partition("-")[0],
        media=media,
        mentions=_mentions(fields, text),
        visibility=_visibility(chat),
        is_own=author.external_id == bot_id(account),
    )


def bot_id(account: Account) -> str:
    """Return the id of our bot, with which its token begins."""
    return account.credentials.get("token", "").partition(":")[0] or account.options.get("user_id", "")


def _author(fields: Fields, chat: Fields) -> Author:
    sender = reading.mapping(fields.get("from")) or reading.mapping(fields.get("sender_chat")) or chat
    names = (reading.text(sender.get(name)).strip() for name in ("first_name", "last_name", "title"))
    name = " ".join(filter(None, names))
    author_id = needed(reading.name(sender.get("id")), Lack.SENDER)
    return Author(external_id=author_id, handle=reading.text(sender.get("username")) or name or author_id, name=name)


def _root(chat: Fields, chat_id: str, fields: Fields, answered: str) -> str:
    if chat.get("type") == PRIVATE:
        return chat_id
    topic = reading.name(fields.get("message_thread_id")) or answered
    return f"{chat_id}/{topic}" if topic else ""


def _visibility(chat: Fields) -> Visibility:
    if chat.get("type") == PRIVATE:
        return Visibility.DIRECT
    return Visibility.PUBLIC if reading.text(chat.get("username")) else Visibility.FOLLOWERS


def _permalink(chat: Fields, number: str) -> str:
    """Return the address of a message of a public group; one in a private chat has none."""
    username = reading.text(chat.get("username"))
    return f"https://t.me/{username}/{number}" if username and chat.get("type") != PRIVATE else "https://t.me/"


def _mentions(fields: Fields, text: str) -> tuple[str, ...]:
    """Return who is named; Telegram counts places in UTF-16 code units."""
    units = text.encode("utf-16-le", "surrogatepass")
    found: list[str] = []
    for entity in reading.mappings(fields.get("entities")):
        start, length = reading.whole(entity.get("offset")), reading.whole(entity.get("length"))
        if entity.get("type") == "mention" and start is not None and length is not None:
            found.append(units[2 * start : 2 * (start + length)].decode("utf-16-le", "replace").lstrip("@"))
    return tuple(dict.fromkeys(filter(None, found)))


def _moment(value: object) -> datetime:
    seconds = reading.whole(value) if value is not None else None
    found = reading.moment(seconds) if seconds is not None else None
    if found is None:
        raise ValueError(Lack.TIME)
    return found
