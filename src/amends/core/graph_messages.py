"""Private messages to a page or an account of Meta's as `Post`s that only their author and we see. Pure.

A message is known by `dm:` and its id, its thread by `dm:` and the id of the person: webhooks know no conversations, and one person has one
with us. Meta says of all but a conversation's newest twenty messages that they are deleted, so only its webhooks are believed in that. What
a webhook tells comes in another form; `told` turns it into the form in which the API shows the same.
"""

from collections.abc import Iterator
from urllib.parse import quote

from amends.core import reading
from amends.core.graph import moment
from amends.core.graph_hooks import Change
from amends.core.harvest import Fields, needed, raw
from amends.core.network_words import Lack
from amends.core.ports import Account
from amends.core.post import Author, Media, Post, Visibility

MARK = "dm:"
FIELDS = "id,message,from,to,created_time,attachments{mime_type,name,file_url,image_data{url},video_data{url}}"
SOMEBODY = "somebody"
CLIPS = {"video": "video_data", "image": "image_data"}


def is_message(external_id: str) -> bool:
    """Tell whether this id, or that of a thread, is private."""
    return external_id.startswith(MARK)


def graph_id(external_id: str) -> str:
    """Return the id by which Meta knows a message, as it stands in an address."""
    return quote(external_id.removeprefix(MARK), safe="")


def person_of(root_id: str) -> str:
    """Return whose conversation with us this is; empty where `root_id` names nobody."""
    told = root_id.removeprefix(MARK)
    return told if is_message(root_id) and told.isdecimal() else ""


def is_talk(fields: Fields) -> bool:
    """Tell whether an object is a conversation."""
    return "messages" in fields or "updated_time" in fields


def within(talk: Fields) -> Iterator[object]:
    """Yield the messages that came with a conversation; of those before the newest twenty Meta tells the id alone."""
    for one in reading.mappings(reading.mapping(talk.get("messages")).get("data")):
        if one.keys() - {"id"}:
            yield addressed(one)


def addressed(fields: Fields) -> Fields:
    """Return what Meta shows as a message as one to somebody, also where it does not say to whom: it must never pass for a public post."""
    return {"to": None, **fields}


def is_said(fields: Fields) -> bool:
    """Tell whether an object is a message: nothing else is addressed to somebody."""
    return "to" in fields


def message(fields: Fields, account: Account, *, network: str, inbox: str) -> Post | None:
    """Return a message as a post that agents open at `inbox`, None for one without words and pictures; ValueError where it is none."""
    own_id = needed(reading.name(fields.get("id")))
    published_at, ours = moment(fields.get("created_time")), account.options.get("user_id", "")
    sender = reading.mapping(fields.get("from"))
    people = [sender, *reading.mappings(reading.mapping(fields.get("to")).get("data"))]
    others = {found for found in (reading.name(one.get("id")) for one in people) if found and found != ours}
    if published_at is None or len(others) != 1:
        raise ValueError(Lack.TIME if published_at is None else Lack.TALK)
    media, text = tuple(_media(fields)), reading.text(fields.get("message"))
    if not text and not media:
        return None
    return Post(
        network=network,
        external_id=MARK + own_id,
        author=_author(sender, account),
        text=text,
        published_at=published_at,
        permalink=inbox,
        root_id=MARK + others.pop(),
        raw=raw(fields),
        media=media,
        visibility=Visibility.DIRECT,
        is_own=reading.name(sender.get("id")) == ours,
    )


def told(change: Change) -> Fields | None:
    """Return what a webhook says of a message in the form of the API; None for what has no words (that one was read)."""
    said = reading.mapping(change.value.get("message"))
    own_id, at = reading.name(said.get("mid")), reading.whole(change.value.get("timestamp"))
    if not own_id:
        return None
    if said.get("is_deleted") is True:
        return {"gone": MARK + own_id}
    sender, receiver = (reading.name(reading.mapping(change.value.get(name)).get("id")) for name in ("sender", "recipient"))
    attached = [_attached(one) for one in reading.mappings(said.get("attachments"))]
    fields: Fields = {"id": own_id, "from": {"id": sender}, "to": {"data": [{"id": receiver}]}, "message": said.get("text")}
    return fields | ({"created_time": at // 1000} if at else {}) | ({"attachments": {"data": attached}} if attached else {})


def named(fields: Fields, profile: Fields) -> Fields:
    """Return a message with what the sender's profile says of their name."""
    known = {name: profile[name] for name in ("name", "username") if reading.text(profile.get(name))}
    return {**fields, "from": {**reading.mapping(fields.get("from")), **known}}


def _author(sender: Fields, account: Account) -> Author:
    author_id, name = reading.name(sender.get("id")), reading.text(sender.get("name")).strip()
    handle = reading.text(sender.get("username")).strip() or name
    if author_id == account.options.get("user_id"):
        return Author(external_id=author_id, handle=account.handle, name=name)
    return Author(external_id=author_id or f"hidden:{SOMEBODY}", handle=handle or SOMEBODY, name=name)


def _attached(given: Fields) -> Fields:
    """Return a picture, clip or file of a webhook as the API shows it."""
    kind, url = reading.text(given.get("type")), reading.mapping(given.get("payload")).get("url")
    return {CLIPS[kind]: {"url": url}} if kind in CLIPS else {"file_url": url}


def _media(fields: Fields) -> Iterator[Media]:
    for one in reading.mappings(reading.mapping(fields.get("attachments")).get("data")):
        for kind, name in CLIPS.items():
            if url := reading.link(reading.mapping(one.get(name)).get("url")):
                yield Media(kind=kind, url=url, alt=reading.text(one.get("name")))
        if url := reading.link(one.get("file_url")):
            yield Media(kind="file", url=url, alt=reading.text(one.get("name")))
