"""Turn what the Account Activity API tells, in the form of X's first API, into the newer form, and so into posts. Pure.

Place in the path: `_x_hook.hear` -> `posts_of_activity` -> `_x_posts.posts_from`. What the ledger keeps is the newer form.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from amends.collectors._x_items import Fields, digits
from amends.collectors._x_messages import WRITTEN
from amends.collectors._x_posts import gone, posts_from
from amends.core import reading
from amends.core.ports import Account, Harvest

WRITTEN_AT = "%a %b %d %H:%M:%S %z %Y"
LATEST = 4_102_444_800_000
REFERENCES = (("in_reply_to_status_id_str", "replied_to"), ("quoted_status_id_str", "quoted"))
MEDIA_TYPES = {"photo", "video", "animated_gif"}


def is_activity(body: Fields) -> bool:
    """Tell whether a body is one of the Account Activity API."""
    return "for_user_id" in body or "tweet_create_events" in body or "tweet_delete_events" in body


def posts_of_activity(body: Fields, account: Account) -> Harvest:
    """Return the posts and private messages that were written, and of the posts that were deleted the marks that they leave."""
    posts, troubles = [], list[str]()
    for told in (*map(modern, reading.mappings(body.get("tweet_create_events"))), _messages(body)):
        harvest = posts_from(told, account)
        posts += harvest.posts
        troubles += harvest.troubles
    lost = [digits(reading.mapping(event.get("status")).get("id")) for event in reading.mappings(body.get("tweet_delete_events"))]
    return Harvest(posts=(*posts, *(gone(found, account) for found in lost if found)), troubles=tuple(troubles))


def modern(event: Fields) -> Fields:
    """Return a post of the first API with those it refers to, as API v2 would say it."""
    along = [reading.mapping(event[name]) for name in ("quoted_status", "retweeted_status") if isinstance(event.get(name), dict)]
    users = [_user(reading.mapping(post.get("user"))) for post in (event, *along)]
    return {
        "data": _post(event),
        "includes": {"tweets": [_post(post) for post in along], "users": users, "media": [*_media(event)]},
    }


def _messages(body: Fields) -> Fields:
    """Return the private messages in a body of the first API, as API v2 would say them."""
    events = [event for event in reading.mappings(body.get("direct_message_events")) if event.get("type") == "message_create"]
    people = [reading.mapping(one) for one in reading.mapping(body.get("users")).values()]
    return {"data": [_message(event) for event in events], "includes": {"users": [_user(one) for one in people]}}


def _message(event: Fields) -> Fields:
    told = reading.mapping(event.get("message_create"))
    said = reading.mapping(told.get("message_data"))
    people = [digits(told.get("sender_id")), digits(reading.mapping(told.get("target")).get("recipient_id"))]
    moment = reading.whole(event.get("created_timestamp"))
    return {
        "id": digits(event.get("id")),
        "event_type": WRITTEN,
        "text": said.get("text"),
        "entities": {"urls": reading.mapping(said.get("entities")).get("urls", [])},
        "sender_id": people[0],
        "dm_conversation_id": "-".join(sorted(people, key=lambda one: int(one or 0))),
        "created_at": datetime.fromtimestamp(moment / 1000, UTC).isoformat() if moment and moment < LATEST else None,
    }


def _id(fields: Fields) -> str:
    return digits(fields.get("id_str")) or digits(fields.get("id"))


def _post(event: Fields) -> Fields:
    whole = reading.mapping(event.get("extended_tweet")) or event
    entities = reading.mapping(whole.get("entities"))
    post: Fields = {
        "id": _id(event),
        "text": whole.get("full_text", event.get("full_text", event.get("text"))),
        "author_id": _id(reading.mapping(event.get("user"))),
        "lang": event.get("lang"),
        "entities": {
            "urls": entities.get("urls", []),
            "mentions": [
                {"username": named.get("screen_name"), "id": _id(named)} for named in reading.mappings(entities.get("user_mentions"))
            ],
        },
        "in_reply_to_user_id": digits(event.get("in_reply_to_user_id_str")) or None,
        "referenced_tweets": [*_references(event)],
        "attachments": {"media_keys": [medium["media_key"] for medium in _media(event)]},
    }
    written = _moment(event.get("created_at"))
    return post | ({"created_at": written} if written else {})


def _references(event: Fields) -> Iterator[Fields]:
    for name, kind in REFERENCES:
        if digits(event.get(name)):
            yield {"type": kind, "id": digits(event.get(name))}
    shared = _id(reading.mapping(event.get("retweeted_status")))
    if shared:
        yield {"type": "retweeted", "id": shared}


def _media(event: Fields) -> Iterator[Fields]:
    whole = reading.mapping(event.get("extended_tweet")) or event
    for medium in reading.mappings(reading.mapping(whole.get("extended_entities")).get("media")):
        kind = reading.text(medium.get("type"))
        if kind in MEDIA_TYPES and _id(medium):
            variants = [
                {"content_type": clip.get("content_type"), "bit_rate": clip.get("bitrate"), "url": clip.get("url")}
                for clip in reading.mappings(reading.mapping(medium.get("video_info")).get("variants"))
            ]
            address = {"url": medium.get("media_url_https")} if kind == "photo" else {"preview_image_url": medium.get("media_url_https")}
            yield {"media_key": f"3_{_id(medium)}", "type": kind, "alt_text": medium.get("ext_alt_text"), "variants": variants, **address}


def _user(fields: Fields) -> Fields:
    return {
        "id": _id(fields),
        "username": fields.get("screen_name"),
        "name": fields.get("name"),
        "profile_image_url": fields.get("profile_image_url_https"),
        "protected": fields.get("protected"),
        "verified": fields.get("verified"),
        "public_metrics": {"followers_count": fields.get("followers_count")},
    }


def _moment(value: object) -> str:
    """Return "Wed Oct 10 20:19:24 +0000 2018" as ISO 8601; nothing where it is no such thing."""
    try:
        return datetime.strptime(reading.text(value), WRITTEN_AT).astimezone(UTC).isoformat()
    except ValueError:
        return ""
