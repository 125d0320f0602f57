"""Statuses and accounts as Mastodon's API words them: text as HTML, links cut for the eye, mentions and hashtags as links."""

import html
import re
from dataclasses import dataclass
from typing import Any

from amends.sandbox import words
from amends.sandbox.mastodon_access import moment
from amends.sandbox.records import Account, Network, PublicPost
from amends.sandbox.store import Store

Json = dict[str, Any]
PIECES = re.compile(rf"{words.LINK.pattern}|{words.MENTION.pattern}|{words.HASHTAG.pattern}", re.ASCII)
SHOWN = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Teller:
    """Words things for the side at the address `base`."""

    store: Store
    base: str

    def account(self, account: Account) -> Json:
        """Return one account."""
        return {
            "id": account.id,
            "username": account.handle,
            "acct": account.handle,
            "display_name": account.name,
            "locked": False,
            "bot": False,
            "created_at": moment(account.joined_at),
            "note": f"<p>{html.escape(account.about)}</p>",
            "url": f"{self.base}/@{account.handle}",
            "uri": f"{self.base}/users/{account.handle}",
            "avatar": f"{self.base.removesuffix('/mastodon')}/x/avatar/{account.handle}.svg",
            "followers_count": account.followers,
            "following_count": account.followers // 3,
            "statuses_count": 90,
            "emojis": [],
            "fields": [],
        }

    def status(self, post: PublicPost) -> Json:
        """Return one status, and inside it what it shares or quotes."""
        parent = self._other(post.parent_id)
        address = f"{self.base}/@{post.author.handle}/{post.id}"
        return {
            "id": post.id,
            "created_at": moment(post.published_at),
            "edited_at": moment(post.edited_at) if post.edited_at else None,
            "in_reply_to_id": post.parent_id or None,
            "in_reply_to_account_id": parent.author.id if parent else None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": self.visibility(post),
            "language": None if post.language == "und" else post.language.split("-")[0],
            "uri": address,
            "url": address,
            "content": self._html(post.text),
            "account": self.account(post.author),
            "media_attachments": [self._medium(post)] if post.media else [],
            "mentions": [self._mention(handle) for handle in post.mentions if self._known(handle)],
            "tags": [{"name": tag.lower(), "url": f"{self.base}/tags/{tag}"} for tag in words.HASHTAG.findall(post.text)],
            "replies_count": post.replies,
            "reblogs_count": post.shares,
            "favourites_count": post.likes,
            "reblog": self._inner(post.shared_id),
            "quote": {"state": "accepted", "quoted_status": self._inner(post.quoted_id)} if post.quoted_id else None,
            "emojis": [],
            "card": None,
            "poll": None,
        }

    def notification(self, post: PublicPost) -> Json:
        """Return the notification that a mention makes."""
        told = {"id": str(post.seq), "type": "mention", "created_at": moment(post.published_at), "group_key": f"ungrouped-{post.seq}"}
        return told | {"account": self.account(post.author), "status": self.status(post)}

    def visibility(self, post: PublicPost) -> str:
        """Return who may see a status."""
        return "direct" if self.store.fact(f"direct {post.id}") else "public"

    def _other(self, post_id: str) -> PublicPost | None:
        return self.store.post(Network.MASTODON, post_id) if post_id else None

    def _inner(self, post_id: str) -> Json | None:
        found = self._other(post_id)
        return self.status(found) if found and not found.deleted else None

    def _known(self, handle: str) -> Account | None:
        return self.store.account(Network.MASTODON, handle=handle)

    def _mention(self, handle: str) -> Json:
        found = self._known(handle)
        return {"id": found.id, "username": found.handle, "acct": found.handle, "url": f"{self.base}/@{found.handle}"} if found else {}

    def _medium(self, post: PublicPost) -> Json:
        url = f"{self.base.removesuffix('/mastodon')}/x/media/{post.media}.svg"
        return {"id": f"9{post.id}", "type": "image", "url": url, "preview_url": url, "description": post.media.replace("-", " ")}

    def _html(self, text: str) -> str:
        found, at = list[str](), 0
        for match in PIECES.finditer(text):
            found += [html.escape(text[at : match.start()], quote=False), self._piece(match.group())]
            at = match.end()
        body = "".join([*found, html.escape(text[at:], quote=False)])
        paragraphs = [part.replace("\n", "<br />") for part in re.split(r"\n{2,}", body)]
        return "".join(f"<p>{part}</p>" for part in paragraphs) if text else ""

    def _piece(self, piece: str) -> str:
        if piece.startswith("@"):
            known = self._known(piece[1:])
            link = f'<a href="{self.base}/@{known.handle}" class="u-url mention">@<span>{known.handle}</span></a>' if known else ""
            return f'<span class="h-card" translate="no">{link}</span>' if link else html.escape(piece)
        if piece.startswith("#"):
            tag = html.escape(piece[1:])
            return f'<a href="{self.base}/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
        return _link(piece)


def _link(url: str) -> str:
    begin, _, rest = url.partition("://")
    shown, hidden = html.escape(rest[:SHOWN]), html.escape(rest[SHOWN:])
    look = "ellipsis" if hidden else ""
    inner = f'<span class="invisible">{begin}://</span><span class="{look}">{shown}</span><span class="invisible">{hidden}</span>'
    return f'<a href="{html.escape(url)}" target="_blank" rel="nofollow noopener" translate="no">{inner}</a>'
