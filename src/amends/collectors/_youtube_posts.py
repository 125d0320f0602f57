"""Comments of YouTube as `Post`s: threads with the few answers they show, and single comments. Pure."""

import re
from collections.abc import Iterator
from datetime import datetime

from amends.core import reading
from amends.core.harvest import Fields, harvest, needed, parsed, raw
from amends.core.html_text import text_of
from amends.core.network_words import Lack
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Metrics, Post
from amends.core.translating import N_

NETWORK = "youtube"
TITLE = "YouTube"
HOME = "https://www.youtube.com"
REJECTED = "rejected"
WHY_NOT = {
    "heldForReview": N_("YouTube holds this comment back until somebody approves it in YouTube Studio."),
    "likelySpam": N_("YouTube takes this comment for spam; approve it in YouTube Studio first."),
}
SWITCHED_OFF = N_("Answers are switched off under this comment or its video.")
MENTION = re.compile(r"(?<![\w@/])@([\w.-]{3,30})")


def posts_from(body: object, account: Account) -> Harvest:
    """Return the posts in a page of threads or comments, or in one comment."""
    told = parsed(body)
    fields = reading.mapping(told)
    items = reading.sequence(fields.get("items")) if "items" in fields else [told]
    return harvest((one for item in items for one in _flat(item)), lambda item: _post(item, account))


def thread_of(external_id: str) -> str:
    """Return the id of the comment that a thread begins with: those of its answers begin with it."""
    return external_id.partition(".")[0]


def gone(external_id: str) -> Post:
    """Return a comment that YouTube shows no longer."""
    return Post(
        network=NETWORK,
        external_id=external_id,
        author=Author(external_id="deleted", handle="[deleted]"),
        text="",
        published_at=datetime.fromisoformat("2005-02-14T00:00:00+00:00"),
        permalink="",
        root_id=thread_of(external_id),
        raw=raw({"gone": external_id}),
        deleted=True,
    )


def _flat(item: object) -> Iterator[object]:
    """Return a comment as it is, and of a thread its comments, each with what only the thread says."""
    told = reading.mapping(reading.mapping(item).get("snippet"))
    if "topLevelComment" not in told:
        yield item
        return
    around = {"canReply": told.get("canReply"), "totalReplyCount": told.get("totalReplyCount"), "videoId": told.get("videoId")}
    yield {**reading.mapping(told["topLevelComment"]), "thread": around}
    for answer in reading.mappings(reading.mapping(reading.mapping(item).get("replies")).get("comments")):
        yield {**answer, "thread": {**around, "totalReplyCount": None}}


def _post(fields: Fields, account: Account) -> Post:
    if "gone" in fields:
        return gone(reading.text(fields["gone"]))
    external_id = needed(reading.text(fields.get("id")))
    told, thread = reading.mapping(fields.get("snippet")), reading.mapping(fields.get("thread"))
    status = reading.text(told.get("moderationStatus"))
    if status == REJECTED:
        return gone(external_id)
    root_id = thread_of(external_id)
    text = _text(told)
    published_at, updated_at = _moment(told.get("publishedAt")), reading.moment(told.get("updatedAt"))
    why_no_reply = WHY_NOT.get(status, SWITCHED_OFF if thread.get("canReply") is False else "")
    return Post(
        network=NETWORK,
        external_id=external_id,
        author=_author(told),
        text=text,
        published_at=published_at,
        edited_at=updated_at if updated_at and updated_at > published_at else None,
        permalink=_permalink(external_id, told, thread),
        root_id=root_id,
        parent_id=root_id if root_id != external_id else None,
        raw=raw(fields),
        mentions=tuple(dict.fromkeys(MENTION.findall(text))),
        metrics=Metrics(likes=reading.whole(told.get("likeCount")), replies=reading.whole(thread.get("totalReplyCount"))),
        is_own=_channel(told) == account.options.get("user_id", "") != "",
        can_reply=not why_no_reply,
        why_no_reply=why_no_reply,
    )


def _text(told: Fields) -> str:
    """Return what the author typed where YouTube says it, else the text of what is shown."""
    return reading.text(told.get("textOriginal")).strip() or text_of(reading.text(told.get("textDisplay")))


def _channel(told: Fields) -> str:
    return reading.text(reading.mapping(told.get("authorChannelId")).get("value"))


def _author(told: Fields) -> Author:
    name = reading.text(told.get("authorDisplayName")).strip()
    return Author(
        external_id=_channel(told) or (f"guest:{name}" if name else "deleted"),
        handle=name.removeprefix("@") or "[deleted]",
        name=name,
        avatar_url=reading.link(told.get("authorProfileImageUrl")),
    )


def _permalink(external_id: str, told: Fields, thread: Fields) -> str:
    """Return where the comment is shown; without its video, YouTube only shows our comments in its Studio."""
    video = reading.text(told.get("videoId")) or reading.text(thread.get("videoId"))
    return f"{HOME}/watch?v={video}&lc={external_id}" if video else f"{HOME}/channel/{reading.text(told.get('channelId'))}"


def _moment(value: object) -> datetime:
    found = reading.moment(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(Lack.TIME)
    return found
