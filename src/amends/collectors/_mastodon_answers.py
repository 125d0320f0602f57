"""Answer on Mastodon, and find an answer again.

Place in the path: `Draft` -> `publish` -> our account's server. The parent is read first: whom to name and who may see the answer depend
on it as it is now. `Idempotency-Key` keeps a second try within an hour from publishing twice; `find` serves after that.
"""

import re
import unicodedata
from urllib.parse import quote

from amends.collectors._mastodon_client import MEDIA, STATUSES, Client, Gone
from amends.collectors._mastodon_items import Fields
from amends.collectors._mastodon_posts import is_ours, posts_from
from amends.collectors._mastodon_threads import one
from amends.collectors._mastodon_walk import MOST
from amends.core import reading
from amends.core.clock import CLOCKS_APART
from amends.core.errors import ReplyRefused, Unreachable
from amends.core.network import NOT_SHOWN, UNEXPECTED
from amends.core.ports import Account, Attachment, Draft, Published
from amends.core.post import Post
from amends.core.translating import N_

FROM_PUBLIC = "public"
AS_THE_PARENT = {"unlisted": "unlisted", "private": "private", "limited": "private", "direct": "direct"}
NAMES_IN_FRONT = re.compile(r"\A(?:@[\w.-]+(?:@[\w.-]+)?\s+)+")


def publish(client: Client, draft: Draft, account: Account) -> Published:
    """Publish `draft` under its parent."""
    try:
        parent = one(client, draft.parent_id)
    except Gone as error:
        raise ReplyRefused(N_("The post is no longer there.")) from error
    asked: dict[str, object] = {
        "status": addressed(draft.text, parent, account),
        "in_reply_to_id": draft.parent_id,
        "visibility": "direct" if draft.private else _seen_as(parent, account),
    }
    if draft.attachments:
        asked["media_ids[]"] = [_uploaded(client, attachment) for attachment in draft.attachments]
    body = client.call("POST", STATUSES, asked, headers={"Idempotency-Key": draft.key})
    made = posts_from(body, account).posts
    if not made:
        raise Unreachable(NOT_SHOWN % {"title": "Mastodon"})
    return _published(made[0])


def find(client: Client, draft: Draft, account: Account, *, pages: int) -> Published | None:
    """Look for the answer among our own statuses since the first try."""
    path = f"/api/v1/accounts/{quote(account.options['user_id'], safe='')}/statuses"
    place: dict[str, object] = {}
    for _ in range(pages):
        body = client.call("GET", path, {"limit": MOST, "exclude_reblogs": "true", **place})
        if not isinstance(body, list):
            raise Unreachable(UNEXPECTED % {"title": "Mastodon"})
        posts = posts_from(body, account).posts
        same = next((post for post in posts if _is_answer(post, draft)), None)
        if same or not posts or posts[-1].published_at < draft.since - CLOCKS_APART:
            return _published(same) if same else None
        place = {"max_id": posts[-1].external_id}
    return None


def addressed(text: str, parent: Fields, account: Account) -> str:
    """Return the text with its receiver in front, whom Mastodon tells of it only where they are named."""
    receiver = reading.mapping(parent.get("account"))
    handle = reading.text(receiver.get("acct"))
    named = re.search(rf"(?<![\w@])@{re.escape(handle)}(?![\w@-])", text, re.IGNORECASE)
    return text if named or not handle or is_ours(receiver, account) else f"@{handle} {text}"


def _seen_as(parent: Fields, account: Account) -> str:
    """Return who may see an answer: never more people than may see the parent."""
    told = reading.text(parent.get("visibility")) or FROM_PUBLIC
    if told == FROM_PUBLIC:
        return account.options.get("reply_visibility") or FROM_PUBLIC
    return AS_THE_PARENT.get(told, "direct")


def _uploaded(client: Client, attachment: Attachment) -> str:
    name = f"picture.{attachment.content_type.partition('/')[2].partition('+')[0] or 'bin'}"
    files = {"file": (name, attachment.content, attachment.content_type)}
    made = reading.mapping(client.call("POST", MEDIA, {"description": attachment.alt}, files=files))
    media_id = reading.name(made.get("id"))
    if not media_id or not reading.link(made.get("url")):
        raise Unreachable(N_("Mastodon has not finished with a picture yet."))
    return media_id


def _published(post: Post) -> Published:
    return Published(external_id=post.external_id, permalink=post.permalink, published_at=post.published_at)


def _is_answer(post: Post, draft: Draft) -> bool:
    late_enough = post.published_at >= draft.since - CLOCKS_APART
    return late_enough and post.parent_id == draft.parent_id and _comparable(post.text) == _comparable(draft.text)


def _comparable(text: str) -> str:
    """Return a text without what Mastodon changes in it: names in front, the server in a name, spaces."""
    bare = NAMES_IN_FRONT.sub("", f"{unicodedata.normalize('NFC', text).strip()} ")
    return " ".join(re.sub(r"(@[\w.-]+)@[\w.-]+", r"\1", bare).split())
