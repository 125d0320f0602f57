"""Posts and comments on a Facebook page as `Post`s. Pure.

A comment is known by `c` and its id, since the ids of posts and of comments look alike. The root of a thread is the post that is commented
on. What a webhook tells comes in another form; `told` turns it into the form in which the API shows the same.
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

NETWORK = "facebook"
TITLE = "Facebook"
SITE = "https://www.facebook.com"
INBOX = "https://business.facebook.com/latest/inbox/messenger?asset_id={}"
COMMENT = "c"
COMMENT_FIELDS = (
    "id,message,from{id,name},created_time,parent{id},can_comment,is_hidden,like_count,comment_count,permalink_url,attachment,message_tags"
)
POST_FIELDS = "id,message,from{id,name},created_time,permalink_url,is_hidden,message_tags,attachments{media_type,media,title,url}"
CLOSED = N_("Facebook lets nobody comment here any more: open it there, or answer in private.")
HIDDEN_NAME = "Somebody on Facebook"
CONTENT = frozenset({"post", "status", "photo", "video", "share", "link", "note", "album", "event"})
GONE, EDITED = frozenset({"remove", "delete", "block"}), "edited"


def posts_from(body: object, account: Account) -> Harvest:
    """Return the posts and comments in a page of objects, in one object with its comments, or in one comment."""
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
        yield fields
        yield from under(reading.name(fields.get("id")), reading.sequence(comments))


def under(post_id: str, comments: list[object]) -> Iterator[object]:
    """Yield comments with the post that they stand under; what is no object stays what it is."""
    for comment in comments:
        yield {**reading.mapping(comment), "post_id": post_id} if isinstance(comment, dict) else comment


def _post(fields: Fields, account: Account) -> Post | None:
    if reading.name(fields.get("gone")):
        return gone(reading.name(fields.get("gone")))
    if graph_messages.is_said(fields):
        return graph_messages.message(fields, account, network=NETWORK, inbox=INBOX.format(account.options.get("user_id", "")))
    own_id = needed(reading.name(fields.get("id")))
    post_id = reading.name(fields.get("post_id"))
    published_at = moment(fields.get("created_time"))
    if published_at is None:
        raise ValueError(Lack.TIME)
    media, text = _media(fields), reading.text(fields.get("message"))
    author = _author(fields, own_id)
    is_own = author.external_id == account.options.get("user_id")
    if not text and not media:
        # What our page publishes without words (a new cover) is nothing to anybody; so is a post that only shares.
        return None
    may = fields.get("can_comment") is not False
    parent = reading.name(reading.mapping(fields.get("parent")).get("id"))
    external_id = comment_id(own_id) if post_id else own_id
    return Post(
        network=NETWORK,
        external_id=external_id,
        author=author,
        text=text,
        published_at=published_at,
        edited_at=moment(fields.get("edited_time")),
        permalink=reading.link(fields.get("permalink_url")) or f"{SITE}/{own_id}",
        root_id=post_id or external_id,
        parent_id=(comment_id(parent) if parent else post_id) if post_id else None,
        raw=raw(fields),
        mentions=_mentions(fields),
        media=media,
        metrics=Metrics(likes=reading.whole(fields.get("like_count")), replies=reading.whole(fields.get("comment_count"))),
        visibility=Visibility.FOLLOWERS if fields.get("is_hidden") is True else Visibility.PUBLIC,
        is_own=is_own,
        can_reply=may,
        why_no_reply="" if may else CLOSED,
    )


def comment_id(graph_id: str) -> str:
    """Return the id under which a comment is kept."""
    return f"{COMMENT}{graph_id}"


def graph_id(external_id: str) -> str:
    """Return the id by which Facebook knows a post, a comment or a message."""
    return external_id.removeprefix(graph_messages.MARK).removeprefix(COMMENT)


def is_comment(external_id: str) -> bool:
    """Tell whether this is a comment's id."""
    return external_id.startswith(COMMENT)


def path_of(external_id: str) -> str:
    """Return where the present state of a post, a comment or a message is asked for."""
    if graph_messages.is_message(external_id):
        return batch_path(graph_messages.graph_id(external_id), graph_messages.FIELDS)
    return batch_path(graph_id(external_id), COMMENT_FIELDS if is_comment(external_id) else POST_FIELDS)


def post_of(comment: str, account: Account) -> str:
    """Return the post of our page that a comment (by Facebook's id) stands under: its id begins with the post's own half."""
    return f"{account.options.get('user_id', '')}_{comment.partition('_')[0]}"


def gone(external_id: str) -> Post:
    """Return a post that Facebook shows no longer."""
    return gone_post(NETWORK, external_id)


def told(change: Change, account: Account) -> Fields | None:
    """Return what a webhook says in the form of the API; None where it is about no words (a like)."""
    value = change.value
    item, verb = reading.text(value.get("item")), reading.text(value.get("verb"))
    comment, post_id = reading.name(value.get("comment_id")), reading.name(value.get("post_id"))
    if change.field not in {"feed", "mention"} or (item != "comment" and item not in CONTENT):
        return None
    own_id = comment or post_id
    if verb in GONE:
        return {"gone": comment_id(own_id) if comment else own_id} if own_id else None
    parent = reading.name(value.get("parent_id"))
    sender = {"id": value.get("sender_id"), "name": value.get("sender_name")} if "sender_id" in value else value.get("from")
    photo = reading.link(value.get("photo")) or reading.link(value.get("link"))
    fields: Fields = {
        "id": own_id,
        "message": value.get("message"),
        "from": sender,
        "created_time": value.get("created_time"),
        "permalink_url": reading.mapping(value.get("post")).get("permalink_url") if not comment else None,
        "edited_time": change.at if verb == EDITED else None,
        "attachment": {"type": "photo" if item in {"photo", "comment"} else item, "url": photo} if photo else None,
        "parent": {"id": parent} if comment and parent and parent != post_id else None,
        "post_id": (post_id or post_of(comment, account)) if comment else None,
    }
    return {name: found for name, found in fields.items() if found is not None}


def _author(fields: Fields, own_id: str) -> Author:
    """Return who wrote it; where Facebook hides the author, somebody of whom nothing else is known."""
    sender = reading.mapping(fields.get("from"))
    author_id, name = reading.name(sender.get("id")), reading.text(sender.get("name")).strip()
    if not author_id:
        return Author(external_id=f"hidden:{own_id}", handle=HIDDEN_NAME)
    return Author(external_id=author_id, handle=name or author_id, name=name)


def _mentions(fields: Fields) -> tuple[str, ...]:
    named = (reading.text(tag.get("name")) for tag in reading.mappings(fields.get("message_tags")))
    return tuple(dict.fromkeys(filter(None, named)))


def _media(fields: Fields) -> tuple[Media, ...]:
    """Return pictures and clips; a link that is shared is one too where it shows a picture."""
    attached = reading.mappings(reading.mapping(fields.get("attachments")).get("data"))
    return tuple(found for one in (reading.mapping(fields.get("attachment")), *attached) if (found := _medium(one)))


def _medium(attached: Fields) -> Media | None:
    kind = reading.text(attached.get("media_type")) or reading.text(attached.get("type"))
    picture = reading.mapping(reading.mapping(attached.get("media")).get("image")).get("src")
    url = reading.link(picture) or reading.link(attached.get("url"))
    return Media(kind="video" if "video" in kind else "image", url=url, alt=reading.text(attached.get("title"))) if url else None
