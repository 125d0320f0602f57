"""Nobody answers twice: an answer is held where something was said since its author last looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.errors import Conflict
from amends.core.translating import N_
from amends.core.translating import gettext as _

WRITTEN_SINCE = N_("The customer has written since.")
LOOK_FIRST = N_("Read it, then send this all the same, or change it.")
"""Why an answer that was on its way did not go, and what its author does about it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """How far its author had seen the case: the customer's posts up to this number, our answers up to this id. None: nobody says."""

    posts: int | None = None
    reply: int | None = None


UNSEEN = Seen()


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPost:
    """What the customer wrote since."""

    number: int
    text: str
    language: str
    published_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class NewReply:
    """What a colleague answered since."""

    id: int
    agent: str
    text: str
    state: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Since:
    """What was said since the author of an answer looked."""

    posts: Sequence[NewPost] = ()
    replies: Sequence[NewReply] = ()

    def __bool__(self) -> bool:
        """Tell whether there is anything."""
        return bool(self.posts or self.replies)

    def seen_now(self, before: Seen) -> Seen:
        """Return how far somebody has seen the case who has read this too."""
        posts, replies = (one.number for one in self.posts), (one.id for one in self.replies)
        return Seen(posts=max(posts, default=before.posts), reply=max(replies, default=before.reply))


class Held(Conflict):
    """Something was said since you looked; read it, then send all the same or change your answer."""

    def __init__(self, since: Since, seen: Seen) -> None:
        super().__init__(_words(since))
        self.since = since
        self.seen = seen


def _words(since: Since) -> str:
    """Return what happened, and what a program does about it."""
    if since.posts:
        return _("The customer has written since. Nothing was sent; look, then send it again with what you have seen.")
    return _("%(name)s has answered since. Nothing was sent; look, then send it again with what you have seen.") % {
        "name": since.replies[-1].agent
    }
