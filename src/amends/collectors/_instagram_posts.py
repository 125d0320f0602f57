"""Media and comments on Instagram as `Post`s. Pure.

Our own media are known by their id, comments under them by `c` and theirs. What others published is reached in other ways, so its id says
how: `t` media that tag us, `p` media that name us, `m` comments that name us. The root of a thread is the media that is commented on.
"""

from collections.abc import Iterator

from amends.core import graph_messages, reading
from amends.core.graph import batch_path, moment
from amends.core.graph_hooks import Change
from amends.core.harvest import Fields, gone_post, harvest, needed, parsed, raw
from amends.core.network_words import Lack
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Media, Metrics, Post, Visibility
from amends.core.translating import N_

NETWORK = "instagram"
TITLE = "Instagram"
SITE = "https://www.instagram.com/"
INBOX = f"{SITE}direct/inbox/"
COMMENT, TAGGED, NAMED, NAMING = "c", "t", "p", "m"
COMMENT_FIELDS = "id,text,timestamp,username,from{id,username},parent_id,hidden,like_count"
MEDIA_FIELDS = "id,caption,media_type,media_url,permalink,timestamp,username,like_count,comments_count"
NOT_FROM_HERE = N_("Instagram lets no program comment on media that only tag us: open it there.")


def posts_from(body: object, account: Account) -> Harvest:
    """Return the posts in a page of media with their comments, in one media, or in one comment."""
    return harvest(_items(parsed(body)), lambda fields: _post(fields, account))


def _items(body: object) -> Iterator[object]:
    told = reading.mapping(body)
    listed = reading.sequence(told["data"]) if isinstance(told.get("data"), list) else [body]
    for item in listed:
        if not isinstance(item, dict):
            yield item
            continue
        fields = reading.mapping(item)
        if graph_messages.is_talk(fields):
            yield from graph_messages.within(fields)
            continue
        comments = reading.mapping(fields.pop("comments", None)).get("data")
        yield from opened(fields) if "media_id" in fields else [fields]
        yield from under(reading.name(fields.get("id")), reading.sequence(comments), reading.link(fields.get("permalink")))


def under(media_id: str, comments: list[object], permalink: str = "") -> Iterator[object]:
    """Yield comments and the answers to them with the media that they stand under; what is no object stays what it is."""
    for comment in comments:
        if isinstance(comment, dict):
            yield from opened({**reading.mapping(comment), "media_id": media_id, "media_permalink": permalink})
        else:
            yield comment


def opened(comment: Fields) -> Iterator[object]:
    """Yield a comment, and then the answers that came inside it."""
    answers = reading.mappings(reading.mapping(comment.pop("replies", None)).get("data"))
    place: Fields = {name: comment[name] for name in ("media_id", "media_permalink") if name in comment}
    yield comment
    for answer in answers:
        yield {"parent_id": comment.get("id"), **answer, **place}


def _post(fields: Fields, account: Account) -> Post | None:
    if reading.name(fields.get("gone")):
        return gone(reading.name(fields.get("gone")))
    if graph_messages.is_said(fields):
        return graph_messages.message(fields, account, network=NETWORK, inbox=INBOX)
    own_id = needed(reading.name(fields.get("id")))
    published_at = moment(fields.get("timestamp"))
    if published_at is None:
        raise ValueError(Lack.TIME)
    media_id, kind = reading.name(fields.get("media_id")), reading.text(fields.get("kind"))
    is_comment = bool(media_id)
    external_id = f"{kind or (COMMENT if is_comment else '')}{own_id}"
    media = () if is_comment else _media(fields)
    text = reading.text(fields.get("text") if is_comment else fields.get("caption"))
    if not text and not media:
        raise ValueError(Lack.WORDS)
    parent = reading.name(fields.get("parent_id"))
    above = f"{NAMED if kind == NAMING else ''}{media_id}"
    return Post(
        network=NETWORK,
        external_id=external_id,
        author=author_of(fields, own_id, account),
        text=text,
        published_at=published_at,
        permalink=_permalink(fields, own_id, is_comment=is_comment),
        root_id=above if is_comment else external_id,
        parent_id=(f"{kind or COMMENT}{parent}" if parent and parent != media_id else above) if is_comment else None,
        raw=raw(fields),
        mentions=_mentions(text),
        media=media,
        metrics=Metrics(likes=reading.whole(fields.get("like_count")), replies=reading.whole(fields.get("comments_count"))),
        visibility=Visibility.FOLLOWERS if fields.get("hidden") is True else Visibility.PUBLIC,
        is_own=is_ours(fields, account),
        can_reply=kind != TAGGED,
        why_no_reply=NOT_FROM_HERE if kind == TAGGED else "",
    )


def graph_id(external_id: str) -> str:
    """Return the id by which Instagram knows a media, a comment or a message."""
    if graph_messages.is_message(external_id):
        return external_id.removeprefix(graph_messages.MARK)
    return external_id.lstrip(COMMENT + TAGGED + NAMED + NAMING)


def is_shown(external_id: str) -> bool:
    """Tell whether Instagram tells the present state of this one: of what others published it does not."""
    return graph_messages.is_message(external_id) or external_id.removeprefix(COMMENT).isdecimal()


def path_of(external_id: str) -> str:
    """Return where the present state of a media, a comment or a message is asked for."""
    if graph_messages.is_message(external_id):
        return batch_path(graph_messages.graph_id(external_id), graph_messages.FIELDS)
    return batch_path(graph_id(external_id), MEDIA_FIELDS if external_id.isdecimal() else f"{COMMENT_FIELDS},media{{id,permalink}}")


def is_ours(fields: Fields, account: Account) -> bool:
    """Tell whether we wrote it: by our id, or by our name where Instagram tells no id."""
    writer, name = reading.name(reading.mapping(fields.get("from")).get("id")), reading.text(fields.get("username"))
    return writer == account.options.get("user_id") if writer else bool(name) and name.casefold() == account.handle.lstrip("@").casefold()


def gone(external_id: str) -> Post:
    """Return a post that Instagram shows no longer."""
    return gone_post(NETWORK, external_id)


def told(change: Change) -> Fields | None:
    """Return what a webhook says of a comment under our media in the form of the API; None for anything else."""
    value = change.value
    if change.field not in {"comments", "live_comments"}:
        return None
    sender = reading.mapping(value.get("from"))
    fields: Fields = {
        "id": value.get("id"),
        "text": value.get("text"),
        "timestamp": change.at,
        "username": sender.get("username"),
        "from": sender or None,
        "parent_id": value.get("parent_id"),
        "media_id": reading.name(reading.mapping(value.get("media")).get("id")),
    }
    return {name: found for name, found in fields.items() if found is not None}


def author_of(fields: Fields, own_id: str, account: Account) -> Author:
    """Return who wrote it; where Instagram hides the author, somebody of whom nothing else is known."""
    sender = reading.mapping(fields.get("from"))
    name = reading.text(sender.get("username")) or reading.text(fields.get("username"))
    if is_ours(fields, account):
        return Author(external_id=account.options.get("user_id", "") or f"@{name}", handle=name or account.handle)
    author_id = reading.name(sender.get("id")) or (f"@{name}" if name else f"hidden:{own_id}")
    return Author(external_id=author_id, handle=name or "somebody")


def _permalink(fields: Fields, own_id: str, *, is_comment: bool) -> str:
    link = reading.link(fields.get("media_permalink") if is_comment else fields.get("permalink"))
    return f"{link.rstrip('/')}/c/{own_id}/" if link and is_comment else link or SITE


def _mentions(text: str) -> tuple[str, ...]:
    words = (word.rstrip(".,:;!?)") for word in text.split() if word.startswith("@"))
    return tuple(dict.fromkeys(word[1:] for word in words if len(word) > 1))


def _media(fields: Fields) -> tuple[Media, ...]:
    kind = "video" if reading.text(fields.get("media_type")) == "VIDEO" else "image"
    return (Media(kind=kind, url=reading.link(fields.get("media_url"))),) if fields.get("media_type") else ()
