"""Posts and accounts as Bluesky's AppView words them: the record that its author signed, and the view around it."""

import re
from datetime import UTC, datetime
from typing import Any

from amends.sandbox import ids, words
from amends.sandbox.records import Account, Network, PublicPost
from amends.sandbox.store import Store

Json = dict[str, Any]
POST, REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"
DEFS = "app.bsky.feed.defs#"
FACET = "app.bsky.richtext.facet#"
_SHORT = 24


def moment(at: float) -> str:
    """Return a time as Bluesky writes it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def profile(account: Account, base: str = "") -> Json:
    """Return an account as it stands beside a post."""
    avatar = {"avatar": f"{base}x/avatar/{account.handle}.svg"} if base else {}
    return {
        "did": account.id,
        "handle": account.handle,
        "displayName": account.name,
        **avatar,
        "viewer": {"muted": False, "blockedBy": False},
        "labels": [],
    }


def strong(post_id: str) -> Json:
    """Return a strong reference to a post: its address and its version."""
    return {"uri": post_id, "cid": ids.cid(post_id)}


def record(store: Store, post: PublicPost) -> Json:
    """Return what the author signed."""
    created = {"createdAt": moment(post.published_at)}
    if post.shared_id:
        return {"$type": REPOST, "subject": strong(post.shared_id), **created}
    text, facets = rich_text(store, post.text)
    body: Json = {"$type": POST, "text": text, "langs": [post.language.split("-")[0]], **created}
    body |= {"facets": facets} if facets else {}
    body |= {"reply": {"root": strong(post.root_id), "parent": strong(post.parent_id)}} if post.parent_id else {}
    quote = {"$type": "app.bsky.embed.record", "record": strong(post.quoted_id)} if post.quoted_id else None
    picture = {"alt": post.media, "image": {"$type": "blob", "ref": {"$link": ids.cid(post.media)}, "mimeType": "image/jpeg", "size": 1}}
    pictures = {"$type": "app.bsky.embed.images", "images": [picture]} if post.media else None
    both = {"$type": "app.bsky.embed.recordWithMedia", "record": quote, "media": pictures} if quote and pictures else None
    embed = both or quote or pictures
    return body | ({"embed": embed} if embed else {})


def rich_text(store: Store, text: str) -> tuple[str, list[Json]]:
    """Return a text with its long links shortened, as clients do it, and the facets of its links, mentions and tags."""
    parts, facets, place = [""], list[Json](), 0
    for found in re.finditer(f"{words.LINK.pattern}|{words.SKY_MENTION.pattern}|{words.HASHTAG.pattern}", text):
        shown, feature = _feature(store, found[0])
        parts.append(text[place : found.start()])
        start = len("".join(parts).encode())
        parts.append(shown)
        place = found.end()
        if feature:
            facets.append({"index": {"byteStart": start, "byteEnd": start + len(shown.encode())}, "features": [feature]})
    return "".join([*parts, text[place:]]), facets


def _feature(store: Store, found: str) -> tuple[str, Json | None]:
    if found.startswith("http"):
        bare = found.partition("://")[2]
        shown = found if len(bare) <= _SHORT else bare[:_SHORT] + "..."
        return shown, {"$type": f"{FACET}link", "uri": found}
    if found.startswith("#"):
        return found, {"$type": f"{FACET}tag", "tag": found[1:]}
    account = store.account(Network.BLUESKY, handle=found[1:])
    return found, {"$type": f"{FACET}mention", "did": account.id} if account else None


def view(store: Store, post: PublicPost, base: str = "") -> Json:
    """Return a post as lists and threads show it."""
    root = store.post(Network.BLUESKY, post.root_id)
    viewer = {"threadMuted": False, "embeddingDisabled": False} | ({"replyDisabled": True} if root and root.locked else {})
    media = f"{base}x/media/{post.media}.svg"
    picture = {"$type": "app.bsky.embed.images#view", "images": [{"thumb": media, "fullsize": media, "alt": post.media}]}
    return {
        **strong(post.id),
        "author": profile(post.author, base),
        "record": record(store, post),
        **({"embed": picture} if post.media and not post.quoted_id else {}),
        "replyCount": post.replies,
        "repostCount": post.shares,
        "likeCount": post.likes,
        "quoteCount": 0,
        "indexedAt": moment(post.published_at),
        "viewer": viewer,
        "labels": [],
    }


def notification(store: Store, post: PublicPost, reason: str, base: str = "") -> Json:
    """Return a post as the one is told of it whom it concerns."""
    subject = post.shared_id or post.quoted_id or post.parent_id
    return {
        **strong(post.id),
        "author": profile(post.author, base),
        "reason": reason,
        **({"reasonSubject": subject} if reason != "mention" else {}),
        "record": record(store, post),
        "isRead": False,
        "indexedAt": moment(post.published_at),
        "labels": [],
    }


def feed_entry(store: Store, post: PublicPost, base: str = "") -> Json:
    """Return an entry of an author's feed: a post, or one that they shared."""
    shared = store.post(Network.BLUESKY, post.shared_id) if post.shared_id else None
    if shared is None:
        return {"post": view(store, post, base)}
    by = {"$type": f"{DEFS}reasonRepost", "by": profile(post.author, base), **strong(post.id), "indexedAt": moment(post.published_at)}
    return {"post": view(store, shared, base), "reason": by}


def node(store: Store, post: PublicPost | None, uri: str, below: dict[str, list[PublicPost]], base: str, depth: int) -> Json:
    """Return a post of a thread with the answers under it, `depth` deep."""
    if post is None or post.deleted:
        return {"$type": f"{DEFS}notFoundPost", "uri": uri, "notFound": True}
    answers = [node(store, one, one.id, below, base, depth - 1) for one in below.get(post.id, [])] if depth > 0 else []
    return {"$type": f"{DEFS}threadViewPost", "post": view(store, post, base), "replies": answers}
