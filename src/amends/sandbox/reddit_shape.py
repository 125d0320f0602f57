"""Submissions, comments and listings as Reddit words them."""

import html
import re
from dataclasses import dataclass
from typing import Any

from amends.sandbox import ids
from amends.sandbox.records import Account, Network, PublicPost
from amends.sandbox.store import Store

Json = dict[str, Any]
_GONE = {"author": "[deleted]", "moderator": "[removed]"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Teller:
    """Words posts for one request: whose eyes, which base address, and whether texts come escaped (without `raw_json=1`)."""

    store: Store
    base: str
    escaped: bool = False

    def text(self, text: str) -> str:
        """Return a text as this request wants it."""
        return html.escape(text, quote=False) if self.escaped else text


def slug(title: str) -> str:
    """Return the readable part of a thread's address."""
    return re.sub(r"\W+", "_", title.lower(), flags=re.ASCII).strip("_")[:50] or "_"


def permalink(root: PublicPost, post: PublicPost) -> str:
    """Return the path of a post under the network's address."""
    path = f"/r/{root.subreddit}/comments/{root.id[3:]}/{slug(root.title)}/"
    return path if post.is_submission else f"{path}{post.id[3:]}/"


def listing(children: list[Json], after: str | None = None, before: str | None = None) -> Json:
    """Return Reddit's envelope around things."""
    return {
        "kind": "Listing",
        "data": {"after": after, "dist": len(children), "modhash": None, "geo_filter": "", "children": children, "before": before},
    }


def thing(teller: Teller, post: PublicPost, replies: Json | str = "") -> Json:
    """Return a submission (`t3`) or a comment (`t1`) with its kind."""
    if post.is_submission:
        return {"kind": "t3", "data": submission(teller, post)}
    return {"kind": "t1", "data": comment(teller, post) | {"replies": replies}}


def _common(post: PublicPost, root: PublicPost) -> Json:
    gone = post.deleted != "" and not (post.is_submission and post.deleted == "moderator")
    author = {"author": "[deleted]"} if gone else {"author": post.author.handle, "author_fullname": post.author.id}
    return author | {
        "id": post.id[3:],
        "name": post.id,
        "created": float(int(post.published_at)),
        "created_utc": float(int(post.published_at)),
        "edited": float(int(post.edited_at)) if post.edited_at else False,
        "subreddit": root.subreddit,
        "subreddit_id": ids.subreddit_id(root.subreddit),
        "subreddit_name_prefixed": f"r/{root.subreddit}",
        "subreddit_type": "public",
        "permalink": permalink(root, post),
        "score": post.likes + 1,
        "ups": post.likes + 1,
        "downs": 0,
        "locked": root.locked,
        "archived": False,
        "stickied": False,
        "distinguished": None,
        "likes": None,
        "saved": False,
        "gilded": 0,
        "num_reports": None,
        "mod_reports": [],
        "user_reports": [],
        "author_flair_text": None,
    }


def submission(teller: Teller, post: PublicPost) -> Json:
    """Return the fields of a submission."""
    text = _GONE.get(post.deleted, post.text)
    shared = teller.store.post(Network.REDDIT, post.shared_id) if post.shared_id else None
    path = teller.base + permalink(post, post)
    return _common(post, post) | {
        "title": teller.text(post.title),
        "selftext": teller.text(text),
        "selftext_html": _markup(text) if text else None,
        "is_self": not shared and not post.media,
        "url": f"{teller.base}/media/{post.media}.svg" if post.media else teller.base + permalink(shared, shared) if shared else path,
        "domain": f"self.{post.subreddit}",
        "num_comments": _size(teller.store, post),
        "num_crossposts": post.shares,
        "upvote_ratio": 0.9,
        "over_18": False,
        "spoiler": False,
        "is_video": False,
        "media": None,
        "link_flair_text": None,
        "removed_by_category": {"author": "deleted", "moderator": "moderator"}.get(post.deleted),
        **({"post_hint": "image"} if post.media else {}),
        **({"crosspost_parent": shared.id, "crosspost_parent_list": [submission(teller, shared)]} if shared else {}),
    }


def comment(teller: Teller, post: PublicPost) -> Json:
    """Return the fields of a comment."""
    root = teller.store.must_have(Network.REDDIT, post.root_id)
    text = _GONE.get(post.deleted, post.text)
    return _common(post, root) | {
        "body": teller.text(text),
        "body_html": _markup(text),
        "parent_id": post.parent_id,
        "link_id": root.id,
        "link_title": teller.text(root.title),
        "link_author": root.author.handle,
        "link_permalink": teller.base + permalink(root, root),
        "link_url": teller.base + permalink(root, root),
        "is_submitter": root.author.id == post.author.id,
        "num_comments": _size(teller.store, root),
        "score_hidden": False,
        "collapsed": False,
        "controversiality": 0,
        "over_18": False,
        "quarantine": False,
        "replies": "",
    }


def _size(store: Store, root: PublicPost) -> int:
    return store.rows("select count(*) as n from posts where network = 'reddit' and root_id = :root and id <> :root", root=root.id)[0]["n"]


def _markup(text: str) -> str:
    paragraphs = "\n\n".join(f"<p>{html.escape(part, quote=False)}</p>" for part in text.split("\n\n"))
    return f'<!-- SC_OFF --><div class="md">{paragraphs}\n</div><!-- SC_ON -->'


def in_inbox(teller: Teller, post: PublicPost, reader: Account) -> Json:
    """Return a comment as it lies in the inbox of somebody whom it calls or answers."""
    data = comment(teller, post)
    parent = teller.store.must_have(Network.REDDIT, post.parent_id)
    kind, subject = ("username_mention", "username mention") if parent.author.id != reader.id else ("comment_reply", "comment reply")
    if kind == "comment_reply" and parent.is_submission:
        kind, subject = "post_reply", "post reply"
    inbox = {
        "type": kind,
        "subject": subject,
        "dest": reader.handle,
        "was_comment": True,
        "new": False,
        "first_message": None,
        "first_message_name": None,
        "context": data["permalink"] + "?context=3",
    }
    return {"kind": "t1", "data": data | inbox}


def tree(teller: Teller, root: PublicPost, limit: int) -> Json:
    """Return the comments under `root` as nested listings; those beyond `limit` hide behind a `more`."""
    posts = teller.store.posts("p.network = 'reddit' and p.root_id = :root and p.id <> :root order by p.seq", root=root.id)
    shown, rest = posts[:limit], posts[limit:]
    below: dict[str, list[PublicPost]] = {}
    for post in shown:
        below.setdefault(post.parent_id, []).append(post)
    children = [branch for post in below.get(root.id, []) if (branch := _branch(teller, post, below)) is not None]
    return listing(children + ([_more(root, rest)] if rest else []))


def _branch(teller: Teller, post: PublicPost, below: dict[str, list[PublicPost]]) -> Json | None:
    children = [branch for child in below.get(post.id, []) if (branch := _branch(teller, child, below)) is not None]
    if post.deleted and not children:
        return None
    return thing(teller, post, listing(children) if children else "")


def _more(root: PublicPost, rest: list[PublicPost]) -> Json:
    names = [post.id[3:] for post in rest]
    data = {"count": len(names), "name": rest[0].id, "id": rest[0].id[3:], "parent_id": root.id, "depth": 0, "children": names}
    return {"kind": "more", "data": data}


def redditor(account: Account) -> Json:
    """Return an account."""
    return {
        "id": account.id[3:],
        "name": account.handle,
        "created": account.joined_at,
        "created_utc": account.joined_at,
        "comment_karma": account.followers,
        "link_karma": account.followers // 2,
        "total_karma": account.followers + account.followers // 2,
        "has_verified_email": True,
        "is_employee": False,
        "is_mod": bool(account.brand),
        "is_gold": False,
        "is_suspended": False,
        "verified": True,
        "subreddit": {"title": account.name, "public_description": account.about, "display_name": f"u_{account.handle}"},
    }
