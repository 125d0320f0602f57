"""The half of a collector that a network has which cannot be asked anything: no threads, no refresh, and, by default, no replies."""

from collections.abc import Sequence

from amends.core.errors import ReplyRefused
from amends.core.ports import Account, Cursor, Draft, Page, Published
from amends.core.post import Post
from amends.core.watching import Watch


class Unasked:
    """What comes in by itself, or lies somewhere; `why_no_reply` is told where an answer is tried all the same."""

    max_reply_length = 0
    why_no_reply = ""

    def __init__(self, account: Account) -> None:
        self._account = account

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:  # noqa: ARG002
        """Return nothing: there is nothing to fetch."""
        return Page(posts=(), cursor=cursor or {})

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:  # noqa: ARG002
        """Return None: nothing is walked from the newest back."""
        return None

    def thread(self, root_id: str) -> tuple[Post, ...]:  # noqa: ARG002
        """Return nothing."""
        return ()

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:  # noqa: ARG002
        """Return nothing, which takes nothing for deleted."""
        return ()

    def reply(self, draft: Draft) -> Published:  # noqa: ARG002
        """Refuse."""
        raise ReplyRefused(self.why_no_reply)

    def find_reply(self, draft: Draft) -> Published | None:  # noqa: ARG002
        """Return None."""
        return None

    def reply_length(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)
